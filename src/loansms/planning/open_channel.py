"""A step goes by the first of its channels that its reader has not taken back.

In mainland China who answers a reminder with "T" ends reminders by SMS, not the debt's: the step moves to the next channel
the policy names for it, where the whole gate is asked. What was taken back on every channel stays where it was, and is
denied there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve

from loansms.model import Channel, Reason
from loansms.planning.companions import on_channel
from loansms.planning.duty import taken_back
from loansms.planning.row import PlanRow
from loansms.templates import Catalogue


def by_open_channel(
    row: PlanRow, channels: Sequence[Channel], catalogue: Catalogue, now: datetime
) -> PlanRow:
    """Return `row` on the first of `channels` that was not taken back, as it is where that is its own or there is none.

    Its words are still to come; ``why`` says which channel was refused.
    """
    if row.channel is None or not taken_back(row, row.channel, now):
        return row
    following = next(
        (one for one in channels if one is not row.channel and not taken_back(row, one, now)), None
    )
    if following is None:
        return row
    why = Reason(
        "channel_refused",
        "house",
        f"The person took back messages of this kind by {row.channel}: it goes on by {following}.",
        message_zh=f"对方已拒绝通过 {row.channel} 接收此类消息，改用 {following}。",
    )
    moved = on_channel(evolve(row, why=(*row.why, why)), following, channels.index(following), catalogue)
    return evolve(moved, competes=row.competes and following is not Channel.AGENT)
