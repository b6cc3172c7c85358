"""How long records must be kept: the longest floor of every rule that looks at a kind of message.

>>> from loansms.compliance import RulePack
>>> packs = [RulePack.load("CN")]
>>> retention_floor(packs, Purpose.COLLECTION, Channel.SMS)
60
"""

from __future__ import annotations

from collections.abc import Sequence

from loansms.compliance.checks.retention import RetentionMin
from loansms.compliance.pack import RulePack
from loansms.model import Channel, Purpose


def retention_floor(
    packs: Sequence[RulePack], purpose: Purpose, channel: Channel, lender_type: str | None = None
) -> int:
    """Return for how many months records of such messages are kept at least; 0 where no rule asks for any.

    Rules for another type of lender than `lender_type` are left out; where it is not known, all count.
    """
    floors = (
        one.check.floor
        for pack in packs
        for one in pack.for_kind(purpose, channel)
        if isinstance(one.check, RetentionMin)
        and not one.rule.pending
        and (lender_type is None or one.check.lender_type in ("", lender_type))
    )
    return max(floors, default=0)
