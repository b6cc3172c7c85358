"""What a person agreed to or took back, where a cap counts from it or leaves it out."""

from __future__ import annotations

from datetime import datetime, timedelta

from loansms.compliance.checks.flags import opt_outs
from loansms.compliance.checks.hit import Case
from loansms.compliance.consents import records_of
from loansms.compliance.facts import moment, records
from loansms.model import ContactKind, Revocation, consents_in_force


def revoked_at(case: Case) -> datetime | None:
    """Return when the person last took back such messages, unless they have agreed to them since."""
    purpose, channel, known = case.message.purpose, case.message.channel, records_of(case.context)
    if not known and "opt_outs" not in case.context.facts:
        return None
    ended = [one.at for one in known if isinstance(one, Revocation) and one.ends(purpose, channel)]
    last = max(
        (at for at in (*ended, *opt_outs(case.context.facts, case.message.channel)) if at <= case.now),
        default=None,
    )
    if last is None:
        return None
    agreed = (one.at for one in consents_in_force(known, purpose, channel, case.now))
    return None if any(at > last for at in agreed) else last


def consented(at: datetime, case: Case) -> bool:
    """Whether a call at that time lay within seven days of a consent given straight to the collector.

    The consent ends at the next conversation (cmt 14(b)(3)(i)-2).
    """
    for one in records(case.context.facts.get("consents")):
        given: datetime | None = moment(one.get("at"))
        if one.get("scope") != "call_this_number" or one.get("given_to") != "collector" or given is None:
            continue
        talked = any(
            c.kind is ContactKind.CONVERSATION and given < c.at < at for c in case.context.past_contacts
        )
        if not talked and given <= at <= given + timedelta(days=7):
            return True
    return False
