"""How a batch of claims is decided, as a pure function: dedupe, suppression and consent, changed facts, brakes, caps.

A store loads what is known of the batch, asks this, and writes what was taken, all inside one transaction.
The order is fixed: a done step is done even for a suppressed debtor, and a suppressed debtor is told so even
when a cap is full. What was revoked since the plan was made stops the claim, whatever the plan knew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from attrs import define, field

from loansms.model import (
    CapLimit,
    ConsentRecord,
    Contact,
    ContactKind,
    Hold,
    Payment,
    Purpose,
    Reason,
    consent_revoked,
)
from loansms.model.disposition import ASKING
from loansms.stores.brakes import Stop
from loansms.stores.claims import (
    PAID_SINCE,
    REVOKED,
    AlreadyDone,
    AttemptState,
    CapReached,
    Claim,
    Claimed,
    ClaimResult,
    Stopped,
    Suppressed,
    Suppression,
    held_reason,
)


@define
class Standing:
    """What is known of the steps and debtors of one batch; deciding adds what it takes.

    ``contacts`` must reach back to the earliest `since` of the batch's limits, and holds attempts that count
    beside contacts recorded from elsewhere. ``consents`` are the records of debtors who revoked anything, all of
    them; of others there is nothing to ask. ``stops`` are the brakes, ``holds`` what was recorded and not released. ``deferred`` is whether any of the debtors
    has a step that waits.
    """

    states: dict[str, AttemptState] = field(factory=dict[str, AttemptState])
    suppressions: dict[str, list[Suppression]] = field(factory=dict[str, list[Suppression]])
    contacts: dict[str, list[Contact]] = field(factory=dict[str, list[Contact]])
    consents: dict[str, list[ConsentRecord]] = field(factory=dict[str, list[ConsentRecord]])
    stops: list[Stop] = field(factory=list[Stop])
    holds: dict[str, list[Hold]] = field(factory=dict[str, list[Hold]])
    payments: dict[str, list[Payment]] = field(factory=dict[str, list[Payment]])
    deferred: bool = True


def decide(claims: Sequence[Claim], standing: Standing, token: Callable[[], str]) -> list[ClaimResult]:
    """Return one answer a claim, in order; what is taken counts against the claims after it."""
    # Of most debtors a batch has one claim: then there is nobody after it to count against.
    left = Counter([claim.debtor for claim in claims])
    answers: list[ClaimResult] = []
    for claim in claims:
        left[claim.debtor] -= 1
        refused = _refused(claim, standing)
        if refused is None:
            standing.states[claim.step_key] = AttemptState.ATTEMPTING
            if left[claim.debtor]:
                standing.contacts.setdefault(claim.debtor, []).append(_contact(claim))
        answers.append(refused or Claimed(token()))
    return answers


def earliest(claims: Iterable[Claim]) -> datetime | None:
    """Return the earliest moment any limit of the batch counts from, None when there are no limits."""
    return min((limit.since for claim in claims for limit in claim.limits), default=None)


def frees_at(limit: CapLimit, used: Sequence[datetime]) -> datetime | None:
    """Return the first moment at which a full `limit` has room; `used` are the contacts that fill it.

    A rolling window counts a contact up to and including its last instant, so room comes just after it.
    """
    if limit.count <= 0:
        return None
    if limit.rolling_for is None:
        return limit.frees_at
    leaves = sorted(used)[len(used) - limit.count]
    return leaves + limit.rolling_for + timedelta(microseconds=1)


def _refused(claim: Claim, standing: Standing) -> ClaimResult | None:
    """Return why a claim may not be taken, None when it may."""
    state = standing.states.get(claim.step_key)
    if state is not None and state.is_done:
        return AlreadyDone(state)
    for suppression in standing.suppressions.get(claim.debtor, ()):
        if suppression.stops(claim.purpose, claim.at) and not _confirms(claim, suppression):
            return Suppressed(suppression.reason)
    known = standing.consents.get(claim.debtor)
    if known and consent_revoked(known, claim.purpose, claim.channel, claim.at):
        return Suppressed(REVOKED)
    if (standing.payments or standing.holds) and (changed := _changed(claim, standing)) is not None:
        return Suppressed(changed)
    if standing.stops:
        named = claim.named()
        for stop in standing.stops:
            if stop.halts(named):
                return Stopped(stop)
    return _fullest(claim, standing.contacts.get(claim.debtor, ())) if claim.limits else None


def _contact(claim: Claim) -> Contact:
    return Contact(
        channel=claim.channel,
        at=claim.at,
        kind=ContactKind.MESSAGE,
        purpose=claim.purpose,
        loan_id=claim.loan_id,
    )


def _confirms(claim: Claim, suppression: Suppression) -> bool:
    """Whether a claim is the one message that may follow this very stop: its key makes a second one the same step."""
    told = claim.confirms
    return (
        told is not None
        and claim.purpose is Purpose.TRANSACTION_NOTICE
        and (told.code, told.stopped_at) == (suppression.code, suppression.at)
        and told.stopped_at <= claim.at <= told.until
        and claim.step_key == told.key(claim.debtor)
    )


def _changed(claim: Claim, standing: Standing) -> Reason | None:
    """Return what was recorded since the plan that stops a message which asks for money, None for nothing."""
    if claim.purpose not in ASKING:
        return None
    if claim.facts_at is not None:
        for payment in standing.payments.get(claim.debtor, ()):
            if payment.loan_id == claim.loan_id and payment.at > claim.facts_at:
                return PAID_SINCE
    for hold in standing.holds.get(claim.debtor, ()):
        if hold.active(claim.local_on or claim.at.date(), claim.loan_id or ""):
            return held_reason(hold.kind.value)
    return None


def _fullest(claim: Claim, contacts: Sequence[Contact]) -> CapReached | None:
    """Return the reached limit that frees last: its time is the first at which all have room."""
    reached: list[CapReached] = []
    for limit in claim.limits:
        used = [one.at for one in contacts if limit.counts(one, claim.loan_id)] if contacts else []
        if len(used) >= limit.count:
            reached.append(CapReached(limit, frees_at(limit, used)))
    never = next((full for full in reached if full.retry_at is None), None)
    return never or max(reached, key=_retry_at, default=None)


def _retry_at(full: CapReached) -> datetime:
    assert full.retry_at is not None
    return full.retry_at
