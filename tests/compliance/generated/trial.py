"""A trial: one message put before one rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from loansms.calendars import calendar_for
from loansms.compliance import Context, Rule
from loansms.compliance.rule import ANY
from loansms.model import Channel, Draft, Party, RecipientRole
from loansms.privacy import Secret


@frozen
class Trial:
    """What is asked, of whom, when."""

    message: Draft
    context: Context
    now: datetime

    def knowing(self, **facts: Any) -> Trial:
        """Return the trial with more facts."""
        return evolve(self, context=evolve(self.context, facts={**self.context.facts, **facts}))

    def saying(self, text: str, **changes: Any) -> Trial:
        """Return the trial with another text."""
        return evolve(self, message=evolve(self.message, text=Secret(text), **changes))


def plain(rule: Rule) -> Trial:
    """Return a neutral message that the rule looks at: its channel, class, party, role, zone and date."""
    channel = next(iter(sorted(rule.applies.roads)), Channel.SMS)
    purpose = min(rule.applies.purposes)
    roles = rule.applies.recipient_roles
    country, _, region = rule.jurisdiction.partition("-")
    zone = rule.tz if rule.tz not in (None, "recipient") else _ZONES.get(country, "UTC")
    # A weekday morning, after every date from which a shipped rule is in force.
    now = datetime(2027, 3, 3, 11, 0, tzinfo=ZoneInfo(str(zone)))
    return Trial(
        message=Draft(
            purpose=purpose,
            channel=channel,
            recipient=RecipientRole.BORROWER if ANY in roles else RecipientRole(roles[0]),
            locale="zh-CN" if country == "CN" else "en",
            signature="安信消费" if country == "CN" else "Example Lender",
        ),
        context=Context(
            jurisdiction="CN" if rule.jurisdiction == ANY else country,
            region=region or None,
            party=Party.FIRST if rule.applies.party == "any" else Party(rule.applies.party),
            zones=(str(zone),),
            provider="direct_carrier",
            # The Union has no calendar of its own: a member's stands in.
            calendar=calendar_for("DE") if country == "EU" else None,
        ),
        now=now.astimezone(UTC),
    )


# Where a debtor of each country is taken to be, for rules that read the recipient's own clock.
_ZONES = {
    "*": "Asia/Shanghai",
    "CN": "Asia/Shanghai",
    "US": "America/New_York",
    "CA": "America/Toronto",
    "ID": "Asia/Jakarta",
    "MX": "America/Mexico_City",
    "BR": "America/Sao_Paulo",
    "EU": "Europe/Berlin",
}

# How a rule of one check type is passed, and how it is broken.
Pair = tuple[Callable[[Rule], Trial], Callable[[Rule], Trial]]
