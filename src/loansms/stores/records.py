"""From a claim to the record of its attempt, and from records to a debtor's history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from loansms.model import Consent, Contact, ContactKind, History, Hold, Preferences, Revocation, StepMark
from loansms.stores.claims import OPTED_OUT, AttemptRecord, AttemptState, Claim, Suppression

Wanted = tuple[datetime, str, Preferences]
"""When and from which source somebody said how they want to be written to."""


def attempt_of(claim: Claim, token: str, lease_until: datetime, tries: int) -> AttemptRecord:
    """Return the record of a claim that was just taken."""
    return AttemptRecord(
        step_key=claim.step_key,
        debtor=claim.debtor,
        borrower_id=claim.borrower_id,
        loan_id=claim.loan_id,
        step=claim.step,
        due_on=claim.due_on,
        recipient=claim.recipient,
        purpose=claim.purpose,
        channel=claim.channel,
        template=claim.template,
        fingerprint=claim.fingerprint,
        at=claim.at,
        versions=claim.versions,
        state=AttemptState.ATTEMPTING,
        lease_until=lease_until,
        tries=tries,
        token=token,
        tenant=claim.tenant,
        stage=claim.stage,
        route=claim.route,
        segments=claim.segments,
        number=claim.number,
    )


def contact_of(attempt: AttemptRecord) -> Contact:
    """Return the contact an attempt is to its debtor."""
    return Contact(
        channel=attempt.channel,
        at=attempt.at,
        kind=ContactKind.MESSAGE,
        purpose=attempt.purpose,
        loan_id=attempt.loan_id,
    )


def history_of(
    contacts: Iterable[Contact],
    steps: Iterable[tuple[StepMark, AttemptState]],
    deferred: Iterable[StepMark],
    suppressions: Iterable[Suppression],
    since: datetime,
    consents: Iterable[Consent] = (),
    revocations: Iterable[Revocation] = (),
    holds: Iterable[Hold] = (),
    preferences: Iterable[Wanted] = (),
) -> History:
    """Return one debtor's history; `steps` are all attempts as (mark, state).

    A step that came back for a passing reason was due and has to wait, as much as a deferred one.
    """
    steps = list(steps)
    return History(
        contacts=tuple(sorted(contacts, key=_order)),
        done={mark for mark, state in steps if state.is_done},
        unknown={mark for mark, state in steps if state.is_open},
        deferred={*deferred, *(mark for mark, state in steps if not state.is_done)},
        opted_out=any(
            one.code == OPTED_OUT and (one.until is None or one.until > since) for one in suppressions
        ),
        consents=consents,
        revocations=revocations,
        holds=holds,
        preferences=standing(preferences),
    )


def standing(told: Iterable[Wanted]) -> Preferences:
    """Return the latest word on each wish, of those told as (time, source, wishes) in whatever order."""
    found = Preferences()
    for _, _, wanted in sorted(told, key=lambda one: one[:2]):
        found = found.then(wanted)
    return found


def _order(contact: Contact) -> tuple[datetime, str, str, str, str]:
    """Oldest first; of one moment, an order that does not depend on the store."""
    return contact.at, contact.channel, contact.kind, contact.purpose or "", contact.loan_id or ""
