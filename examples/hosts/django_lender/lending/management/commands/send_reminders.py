"""`python manage.py send_reminders`: the daily run, from cron. Run again, it sends nothing twice."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lending.accounts import DjangoFacts, open_loans
from loansms import Lender, OutreachService
from loansms.clock import SystemClock
from loansms.providers import SandboxProvider
from loansms.stores import SqliteStore


class Command(BaseCommand):
    """Send what is due today; the counts are printed, a bad row by its loan and reason."""

    help = "Send what is due today, each step once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--now` for a rehearsal and `--plan` to look without sending."""
        parser.add_argument("--now", type=datetime.fromisoformat, help="the moment, with its offset")
        parser.add_argument("--plan", action="store_true", help="send nothing, only say what would be sent")

    def handle(self, *_: Any, **options: Any) -> None:
        """Run the day."""
        now = options["now"] or SystemClock().now()
        if now.utcoffset() is None:
            raise CommandError("--now: expected a time with its offset, such as 2026-09-24T10:00:00+08:00")
        book = list(open_loans())
        if not book:
            self.stdout.write("no open loans")
            return
        with SqliteStore(settings.LOANSMS["ledger"]) as store:
            service = OutreachService(
                policy=settings.LOANSMS["policy"],
                lender=Lender.example(),  # your own profile: Lender.load("lender.toml")
                store=store,
                provider=SandboxProvider(),  # your gateway
                facts=DjangoFacts(),
            )
            report = service.plan(book, now=now) if options["plan"] else service.run(book, now=now)
        for outcome, count in report.counts.items():
            if count:
                self.stdout.write(f"{outcome}: {count}")
        for one in report.rejects:
            self.stderr.write(f"{one.loan_id}: {one.told()}")
