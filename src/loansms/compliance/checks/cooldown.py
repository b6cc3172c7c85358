"""Cooldown: no call for some days after a conversation, the day of it being day one (12 CFR 1006.14(b)(2))."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.checks.periods import midnight
from loansms.compliance.facts import agreements, moment
from loansms.compliance.rule import Rule
from loansms.errors import CallerError
from loansms.model import Channel, ContactKind

# A call the person made is a conversation too, whoever started it (cmt 14(b)(2)(ii)-1).
TALKS = frozenset({ContactKind.CONVERSATION, ContactKind.INBOUND_CALL})


@frozen(kw_only=True)
class Cooldown:
    """`days` local days, the first being that of the conversation about the debt.

    `key` and `either_party_started` tell people what the source counts.
    """

    days: int
    after: str = "telephone_conversation"
    first_day: str = "date_of_conversation"
    key: tuple[str, ...] = ()
    either_party_started: bool = True

    def __attrs_post_init__(self) -> None:
        if (
            self.days < 1
            or self.after != "telephone_conversation"
            or self.first_day != "date_of_conversation"
        ):
            raise CallerError(
                "cooldown: expected days >= 1, after telephone_conversation, first_day date_of_conversation",
                "cooldown：days 应不小于 1，after 应为 telephone_conversation，first_day 应为 date_of_conversation",
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a block until the cooldown of the last conversation ends."""
        talks = [
            c.at
            for c in case.context.past_contacts
            if c.kind in TALKS and c.channel in (Channel.VOICE, Channel.AGENT)
            if c.loan_id is None or case.context.loan_id in (None, c.loan_id)
        ]
        if not talks or self._agreed(rule, case, max(talks)):
            return
        ends = midnight(max(talks), case.zones(rule)[0], self.days)
        if case.now < ends:
            yield blocked(rule, "cooldown", retry_at=ends)

    def _agreed(self, rule: Rule, case: Case, talked_at: datetime) -> bool:
        """Whether the person asked for this call, straight to the collector, in or after that conversation."""
        return rule.override is not None and any(
            (at := moment(one.get("at"))) is not None and talked_at <= at <= case.now
            for one in agreements(case.context.facts, "call_this_number", "collector")
        )
