"""Suppressions: a refusal, a dispute, an attorney and the like stop a message while they last.

Which flags are up is read in `loansms.compliance.checks.flags`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from attrs import frozen

from loansms.compliance.checks.flags import LIFE_EVENTS
from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.context import SUPPRESSIONS
from loansms.compliance.facts import moment, records
from loansms.compliance.rule import Rule
from loansms.errors import CallerError
from loansms.model import ContactKind

OUTBOUND = frozenset(
    {ContactKind.MESSAGE, ContactKind.ATTEMPT, ContactKind.VOICEMAIL, ContactKind.CONVERSATION}
)


@frozen(kw_only=True)
class Suppression:
    """`flag` stops, or any of `flags`; `except` names the narrow ways round it that the source leaves open.

    A flag is a word of `SUPPRESSIONS`, or an event in the person's life (bereavement, calamity, wedding,
    festival) that the facts tell under that name. The other parameters tell people how far a refusal
    reaches and how it is taken in; the hours a person asked for (``honour``) are the windows' part.
    """

    flag: str = ""
    flags: tuple[str, ...] = ()
    scope: str = ""
    duration: str = ""
    exceptions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    free_text: bool = False
    max_business_days: int | None = None
    honour: str = ""
    calls_recorded: bool = False

    def __attrs_post_init__(self) -> None:
        if bool(self.flag) == bool(self.flags):
            raise CallerError(
                "suppression: expected either flag or flags", "suppression：应给出 flag 或 flags 之一"
            )
        known = SUPPRESSIONS | LIFE_EVENTS
        if not self.named <= known:
            raise CallerError(
                f"flag: expected some of {', '.join(sorted(known))}",
                f"flag：应为 {'、'.join(sorted(known))} 中的若干项",
            )

    @cached_property
    def named(self) -> frozenset[str]:
        """The flags any of which stops."""
        return frozenset((*self.flags, *([self.flag] if self.flag else [])))

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a block for each flag that is up while none of the exceptions holds."""
        up = self.named & case.flags
        if up and not self._excepted(case):
            for flag in sorted(up):
                yield blocked(rule, flag)

    def _excepted(self, case: Case) -> bool:
        facts = case.context.facts
        told = any(facts.get(name) is True for name in self.exceptions)
        replying = any("reply" in name for name in self.exceptions) and answers(case, self._refused_at(case))
        return told or replying

    def _refused_at(self, case: Case) -> datetime | None:
        """Return when the medium was last refused: a reply to that very message is no reply to a later one."""
        if self.flag != "medium_or_address_refused":
            return None
        times = [moment(one.get("at")) for one in records(case.context.facts.get("opt_outs"))]
        return max((at for at in times if at is not None), default=None)


def answers(case: Case, after: datetime | None = None) -> bool:
    """Return whether this is the first thing said since the person wrote: the one reply some rules leave.

    What they wrote at or before `after` is not answered so.
    """
    asked: datetime | None = moment(case.context.facts.get("reply_to"))
    if asked is None or asked > case.now or (after is not None and asked <= after):
        return False
    return not any(
        contact.kind in OUTBOUND
        and asked < contact.at <= case.now
        and contact.channel is case.message.channel
        for contact in case.context.past_contacts
    )
