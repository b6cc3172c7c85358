"""Suppressions: a refusal, a dispute, an attorney and the like stop a message while they last.

A flag is up when the context names it, or when the facts tell the same in their own words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.facts import moment, records
from loansms.compliance.rule import Rule
from loansms.model import Channel, ContactKind

# Facts that raise a flag by being true.
FACT_FLAGS = {
    "disputed": "dispute_open",
    "contact_refused": "contact_refused",
    "attorney_represented": "attorney_represented",
    "opted_out": "opted_out",
    "hardship": "hardship",
    "deceased": "deceased",
}
OUTBOUND = frozenset(
    {ContactKind.MESSAGE, ContactKind.ATTEMPT, ContactKind.VOICEMAIL, ContactKind.CONVERSATION}
)


@frozen(kw_only=True)
class Suppression:
    """`flag` stops; `except` names the narrow ways round it that the source leaves open.

    The other parameters tell people how far a refusal reaches and how it is taken in.
    """

    flag: str
    scope: str = ""
    duration: str = ""
    exceptions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    free_text: bool = False
    max_business_days: int | None = None

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a block while the flag is up and none of the exceptions holds."""
        if self.flag in flags(case) and not self._excepted(case):
            yield blocked(rule, self.flag)

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


def flags(case: Case) -> frozenset[str]:
    """Return every suppression that is up for this message."""
    context, facts = case.context, case.context.facts
    up = set(context.suppressions)
    up |= {flag for fact, flag in FACT_FLAGS.items() if facts.get(fact) is True}
    if context.opted_out or "opted_out" in up:
        up |= {"opted_out", "consent_revoked", "marketing_refused"}
    if "revoke_all" in up:
        # Whoever revoked for every topic revoked for this one (47 CFR 64.1200(a)(10)).
        up |= {"consent_revoked", "marketing_refused"}
    if facts.get("cease_request"):
        up.add("cease_or_refusal_to_pay")
    for one in records(facts.get("opt_outs")):
        up.add("marketing_refused")
        if one.get("address", "this") == "this" and _same_medium(one.get("channel"), case.message.channel):
            up |= {"medium_or_address_refused", "consent_revoked"}
    return frozenset(up)


def _same_medium(named: object, channel: Channel) -> bool:
    """Whether the refusal reaches this channel; one that names none reaches all, MMS is a text too."""
    texts = {Channel.SMS.value, Channel.MMS.value, "text"}
    asked = getattr(named, "value", named)
    return asked in (None, "", "any", channel.value) or (asked in texts and channel.value in texts)


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
