"""The Django example as its operator meets it: migrate, fill, send, send again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "hosts" / "django_lender"
NOW = "2026-09-24T10:00:00+08:00"
FILL = """
import django; django.setup()
from datetime import date; from decimal import Decimal
from django.core.management import call_command
from lending.models import Customer, Loan
call_command("migrate", run_syncdb=True, verbosity=0)
for number, (mobile, refused) in enumerate([("17400000001", False), ("17400000002", True), ("12", False), ("17400000004", False)], 1):
    who = Customer.objects.create(number=f"B-{number}", name="周金丝", mobile=mobile, refused=refused)
    Loan.objects.create(number=f"L-{number}", customer=who, due=Decimal("1256.30"), due_on=date(2026, 9, 24))
for command in [["--plan"], [], []]:
    print("#", *command); call_command("send_reminders", "--now", "2026-09-24T10:00:00+08:00", *command)
from lending.accounts import DjangoFacts
Loan.objects.filter(number="L-4").update(closed=True)
print("#", sorted(DjangoFacts().current(["L-1", "L-4"])))
"""


def test_the_daily_run_is_a_management_command(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", FILL],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "LENDER_DATA": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    planned, sent, again, fresh = told.stdout.split("#")[1:]
    assert planned.split("\n")[1:] == ["denied: 1", "rejected: 1", "planned: 2", ""]
    assert sent.split("\n")[1:] == ["submitted: 2", "denied: 1", "rejected: 1", ""]
    assert "submitted" not in again
    assert "already_done: 2" in again
    assert fresh.strip() == "['L-1']"
    assert "L-3: line 4, column phone" in told.stderr
    assert not any(canary in told.stdout + told.stderr for canary in ("17400000001", "周金丝"))
