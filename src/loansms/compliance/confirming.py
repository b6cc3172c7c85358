"""How soon after a stop its one confirmation may go, by the packs in force.

>>> from loansms.compliance.pack import RulePack
>>> confirm_within([RulePack.load("US")]), confirm_within([RulePack.load("CN")]) is None
(datetime.timedelta(seconds=300), True)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from loansms.compliance.checks.caps import Cap
from loansms.compliance.pack import RulePack


def confirm_within(packs: Sequence[RulePack]) -> timedelta | None:
    """Return the shortest time a rule on confirmations of revocations gives, None where no pack has one."""
    minutes = [
        one.check.within_minutes
        for pack in packs
        for one in pack.bound
        if isinstance(one.check, Cap)
        and one.check.within_minutes is not None
        and any(limit.period.kind == "per_revocation" for limit in one.check.every)
    ]
    return timedelta(minutes=min(minutes)) if minutes else None
