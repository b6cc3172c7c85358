"""Consent records as the rules read them: those of the context, and those written among the facts.

A consent that cannot be read counts as none. A revocation that cannot be read ends everything: nobody's refusal
is lost to a misspelling.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, cast

from attrs import evolve

from loansms.compliance.context import Context
from loansms.compliance.facts import Facts, moment, records
from loansms.compliance.rule import CLASSES
from loansms.model import (
    Consent,
    ConsentRecord,
    ConsentScope,
    Purpose,
    Revocation,
    Sendable,
    consent_in_force,
    consent_revoked,
    consents_in_force,
)

# Marks an agreement that was copied out of a record, which must not be read as a record of its own.
_DERIVED: Final = "derived"
_EVER: Final = datetime.max.replace(tzinfo=UTC)


def records_of(context: Context) -> tuple[ConsentRecord, ...]:
    """Return every record of consent and revocation that is known, in no order."""
    if nothing_recorded(context):
        return ()
    known: tuple[ConsentRecord, ...] = (*_consents(context), *_revocations(context))
    return known


def nothing_recorded(context: Context) -> bool:
    """Return whether there is no record at all, readable or not: nothing a record decides need be asked."""
    return not (
        context.consents
        or context.revocations
        or "consents" in context.facts
        or "revocations" in context.facts
    )


def _consents(context: Context) -> tuple[Consent, ...]:
    read = (_consent(one) for one in _listed(context.facts, "consents"))
    return (*context.consents, *(one for one in read if one is not None))


def _revocations(context: Context) -> tuple[Revocation, ...]:
    return (*context.revocations, *(_revocation(one) for one in _listed(context.facts, "revocations")))


def unread(context: Context, purpose: Purpose) -> bool:
    """Return whether a consent to `purpose` is written among the facts that nobody can read."""
    return any(
        _consent(one) is None and purpose.value in _words(one.get("purposes"))
        for one in records(context.facts.get("consents"))
    )


def with_records(context: Context, message: Sendable, now: datetime) -> Context:
    """Return the context with what its records mean for `message`, in the words that other rules read.

    The fact `consents` then holds the wider agreements in force and no others, and "consent_revoked" is up
    where the person took back messages of this kind. A consent to them stands as ``consent_sms`` where the
    book says nothing. Done twice it changes nothing more.
    """
    if nothing_recorded(context):
        return context
    consents, revocations = _consents(context), _revocations(context)
    known: tuple[ConsentRecord, ...] = (*consents, *revocations)
    if not known:
        return context
    purpose, channel = message.purpose, message.channel
    wider = [
        {"scope": scope.value, "given_to": one.given_to.value, "at": one.at, _DERIVED: True}
        for scope in ConsentScope
        for one in consents_in_force(known, purpose, channel, now, scope=scope)
    ]
    # Without its date an agreement cannot be younger than any refusal.
    undated = [
        one
        for one in records(context.facts.get("consents"))
        if _DERIVED not in one
        and _consent(one) is None
        and not any(_ends(old, one, message) for old in known)
    ]
    changed = evolve(
        context,
        consents=dict.fromkeys(consents),
        revocations=dict.fromkeys(revocations),
        facts={**context.facts, "consents": [*wider, *undated]},
    )
    if consent_revoked(known, purpose, channel, now):
        return evolve(changed, suppressions=changed.suppressions | {"consent_revoked"})
    if changed.consent_sms is None and consent_in_force(known, purpose, channel, now):
        return evolve(changed, consent_sms=True)
    return changed


def _ends(record: ConsentRecord, undated: Facts, message: Sendable) -> bool:
    scope = next((one for one in ConsentScope if one.value == undated.get("scope")), None)
    return isinstance(record, Revocation) and record.ends(message.purpose, message.channel, scope)


def _listed(facts: Facts, key: str) -> Iterable[object]:
    """Return what a fact lists; one value alone is a list of one."""
    found: object = facts.get(key)
    if found is None:
        return ()
    return cast("Iterable[object]", found) if isinstance(found, list | tuple) else (found,)


def _consent(one: object) -> Consent | None:
    if isinstance(one, Consent):
        return one
    read = next(iter(records([one])), None)
    at = moment(read.get("at")) if read else None
    if read is None or at is None or _DERIVED in read:
        return None
    ends: object = read.get("expires_at")
    expires_at = moment(ends)
    if ends is not None and expires_at is None:
        return None
    try:
        return Consent(
            at=at,
            purposes=_words(read.get("purposes")),
            channels=_words(read.get("channels")),
            scopes=_words(read.get("scopes") or read.get("scope")),
            text_version=str(read.get("text_version") or ""),
            source=str(read.get("source") or ""),
            evidence=str(read.get("evidence") or ""),
            given_to=str(read.get("given_to") or "creditor"),
            expires_at=expires_at,
        )
    except ValueError:
        return None


def _revocation(one: object) -> Revocation:
    if isinstance(one, Revocation):
        return one
    read = next(iter(records([one])), None)
    at = moment(read.get("at")) if read else None
    if read is None or at is None:
        return Revocation(at=_EVER)
    try:
        return Revocation(
            at=at,
            purposes=_words(read.get("purposes")),
            channels=_words(read.get("channels")),
            scopes=_words(read.get("scopes") or read.get("scope")),
        )
    except ValueError:
        return Revocation(at=_EVER)


def _words(given: Any) -> list[str]:
    """Return the words a fact lists, classes of the reference as the purposes they are."""
    listed = [given] if isinstance(given, str) else given or []
    if not isinstance(listed, list | tuple | set | frozenset):
        return ["?"]  # no word of any list: the record is refused
    words = (str(getattr(one, "value", one)) for one in cast("Iterable[object]", listed))
    return [CLASSES[one].value if one in CLASSES else one for one in words]
