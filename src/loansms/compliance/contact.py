"""May this person be contacted now? The same rules for a caller who has no message yet.

Fact keys and kinds of contact are those of the compliance reference. What the question leaves out is read
the strict way: an unknown party is a third-party collector, the recipient is the borrower, and no provider
rule is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from loansms.calendars import plausible_zones
from loansms.compliance.consents import with_records
from loansms.compliance.context import Context
from loansms.compliance.evaluate import evaluate
from loansms.compliance.pack import RulePack
from loansms.compliance.rule import CLASSES
from loansms.errors import CallerError
from loansms.model import (
    Channel,
    Consent,
    Contact,
    ContactKind,
    Decision,
    Draft,
    Party,
    Purpose,
    RecipientRole,
    Revocation,
)
from loansms.privacy import Secret

WordT = TypeVar("WordT", bound=Enum)
PastContact = Contact | tuple[Channel | str, datetime, ContactKind | str]


def contact_decision(
    *,
    jurisdiction: str,
    purpose: Purpose | str,
    channel: Channel | str,
    zones: Sequence[str] = (),
    past_contacts: Iterable[PastContact] = (),
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    packs: Sequence[RulePack] | None = None,
    consents: Iterable[Consent] = (),
    revocations: Iterable[Revocation] = (),
) -> Decision:
    """Return whether a contact of this kind may be made at `now` (aware).

    `past_contacts` are (channel, at, kind) of this debt; `packs` default to the jurisdiction's, in force on
    the day of `now`. `consents` and `revocations` are the person's records; the facts of those names may hold
    more of them, as values or as mappings of the same fields. No zones means any the jurisdiction has. Raise CallerError for an unknown word.
    """
    known = dict(facts or {})
    kind = _word(CLASSES, purpose, "purpose")
    road = _enum(Channel, channel, "channel")
    context = Context(
        jurisdiction=jurisdiction,
        party=_party(known),
        zones=tuple(known.get("zones") or zones) or _all_zones(jurisdiction),
        provider=str(known.get("provider") or "unnamed"),
        past_contacts=tuple(_contact(one, kind) for one in (*past_contacts, *known.get("past_contacts", ()))),
        facts=known,
        consent_sms=known.get("consent_sms"),
        consent_marketing=known.get("consent_marketing") is True,
        consents=consents,
        revocations=revocations,
        opted_out=known.get("opted_out") is True,
        loan_id=known.get("loan_id"),
        region=known.get("region"),
    )
    text = known.get("text")
    draft = Draft(
        purpose=kind,
        channel=road,
        recipient=_enum(RecipientRole, known.get("recipient_role") or "borrower", "recipient_role"),
        text=Secret(text) if isinstance(text, str) else None,
        signature=str(known.get("signature") or ""),
    )
    asked = _default_packs(jurisdiction, now) if packs is None else packs
    return evaluate(draft, with_records(context, draft, now), asked, now)


def _default_packs(jurisdiction: str, now: datetime) -> tuple[RulePack, ...]:
    return (RulePack.load(jurisdiction.partition("-")[0], on=now.date()),)


def _all_zones(jurisdiction: str) -> tuple[str, ...]:
    country, _, region = jurisdiction.partition("-")
    return plausible_zones(country, region or None)


def _party(facts: Mapping[str, Any]) -> Party:
    named = facts.get("party") or ("first" if facts.get("third_party") is False else "third")
    return _enum(Party, named, "party")


def _contact(one: PastContact, purpose: Purpose) -> Contact:
    if isinstance(one, Contact):
        return one
    channel, at, kind = one
    return Contact(
        channel=_enum(Channel, channel, "past_contacts: channel"),
        at=at,
        kind=_enum(ContactKind, kind, "past_contacts: kind"),
        purpose=purpose,
    )


def _enum(words: type[WordT], given: object, where: str) -> WordT:
    try:
        return words(given)
    except ValueError:
        options = ", ".join(str(one.value) for one in words)
        raise CallerError(f"{where}: expected one of {options}", f"{where}：应为 {options} 之一") from None


def _word(words: Mapping[str, Purpose], given: str, where: str) -> Purpose:
    found = words.get(str(given))
    if found is None:
        options = ", ".join(words)
        raise CallerError(f"{where}: expected one of {options}", f"{where}：应为 {options} 之一")
    return found
