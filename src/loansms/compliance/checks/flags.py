"""Which suppressions are up: those the context names, and those the facts tell in their own words."""

from __future__ import annotations

from datetime import datetime

from loansms.compliance.context import Context
from loansms.compliance.facts import Facts, moment, records
from loansms.model import Channel

# Times in a life at which nobody wants to hear of a debt; facts of these names say that it is such a time.
LIFE_EVENTS = frozenset({"bereavement", "calamity", "wedding", "festival"})
# Facts that raise a flag by being true.
FACT_FLAGS = {
    "disputed": "dispute_open",
    "contact_refused": "contact_refused",
    "attorney_represented": "attorney_represented",
    "opted_out": "opted_out",
    "hardship": "hardship",
    "deceased": "deceased",
    **{event: event for event in sorted(LIFE_EVENTS)},
}


def opt_outs(facts: Facts, channel: Channel) -> tuple[datetime, ...]:
    """Return when the person asked for no more messages of this kind at this address, in no order."""
    known = records(facts.get("opt_outs"))
    times = (moment(one.get("at")) for one in known if _reaches(one, channel))
    return tuple(at for at in times if at is not None)


def flags(context: Context, channel: Channel) -> frozenset[str]:
    """Return every suppression that is up for messages to this debtor on this channel."""
    facts = context.facts
    up = {*context.suppressions, *(flag for fact, flag in FACT_FLAGS.items() if facts.get(fact) is True)}
    if context.opted_out or "opted_out" in up:
        up |= {"opted_out", "consent_revoked", "marketing_refused"}
    if "revoke_all" in up:
        # Whoever revoked for every topic revoked for this one (47 CFR 64.1200(a)(10)).
        up |= {"consent_revoked", "marketing_refused"}
    if facts.get("cease_request"):
        up.add("cease_or_refusal_to_pay")
    for one in records(facts.get("opt_outs")):
        up.add("marketing_refused")
        if _reaches(one, channel):
            up |= {"medium_or_address_refused", "consent_revoked"}
    return frozenset(up)


def _reaches(one: Facts, channel: Channel) -> bool:
    """Whether an opt-out is of this address and this channel."""
    return one.get("address", "this") == "this" and _same_medium(one.get("channel"), channel)


def _same_medium(named: object, channel: Channel) -> bool:
    """Whether the refusal reaches this channel; one that names none reaches all, MMS is a text too."""
    texts = {Channel.SMS.value, Channel.MMS.value, "text"}
    asked = getattr(named, "value", named)
    return asked in (None, "", "any", channel.value) or (asked in texts and channel.value in texts)
