"""What has happened with a debtor: contacts on every channel, steps done, holds that stop the ladder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from attrs import field, frozen

from loansms.clock import require_aware
from loansms.model.consent import Consent, Revocation, record_order
from loansms.model.message import Channel, Purpose
from loansms.model.money import Money
from loansms.model.preferences import Preferences


class ContactKind(StrEnum):
    """What a past contact was; the words of the contact facts in compliance rules."""

    ATTEMPT = "attempt"
    VOICEMAIL = "voicemail"
    NOT_CONNECTED = "not_connected"
    CONVERSATION = "conversation"
    MESSAGE = "message"
    INBOUND_MESSAGE = "inbound_message"
    INBOUND_CALL = "inbound_call"


@frozen(kw_only=True)
class Contact:
    """One contact with a debtor, by us, an agency or the debtor."""

    channel: Channel
    at: datetime
    kind: ContactKind = ContactKind.MESSAGE
    purpose: Purpose | None = None
    loan_id: str | None = None


class HoldKind(StrEnum):
    """Why the ladder stands still.

    DISPUTE: the debt is disputed. HARDSHIP: an arrangement is open. PROMISE: a promise to pay is open, until its day.
    PLAN: a repayment plan is being kept. CURED: the arrears were paid. OPERATOR: a member of staff has paused it.
    SETTLEMENT: an agreed sum is being paid. DECEASED, BANKRUPTCY, LEGAL: with these, and with OPERATOR, steps beside the
    ladder rest too, all but duties; after the first two, duties as well.
    """

    DISPUTE = "dispute"
    HARDSHIP = "hardship"
    PROMISE = "promise"
    PLAN = "plan"
    CURED = "cured"
    OPERATOR = "operator"
    SETTLEMENT = "settlement"
    DECEASED = "deceased"
    BANKRUPTCY = "bankruptcy"
    LEGAL = "legal"


@frozen
class Hold:
    """Something that stops the ladder; `until` is the last day it holds, None = until released."""

    kind: HoldKind
    until: date | None = None
    loan_id: str | None = None

    def active(self, on: date, loan_id: str) -> bool:
        """Return whether this hold stops `loan_id` on that day.

        >>> promised = Hold(HoldKind.PROMISE, until=date(2026, 9, 25), loan_id="L-1")
        >>> promised.active(date(2026, 9, 25), "L-1"), promised.active(date(2026, 9, 26), "L-1")
        (True, False)
        """
        return (self.until is None or on <= self.until) and self.loan_id in (None, loan_id)


@frozen(kw_only=True)
class Payment:
    """Money that came in on a loan, by the lender's books; what was planned before it knows it no more."""

    loan_id: str
    amount: Money
    at: datetime = field(converter=require_aware)


@frozen
class StepMark:
    """A step of one loan's ladder at one due date: what dedupe and catch-up are about.

    For an event, `loan_id` is the loan or "", `step` the event id, and `due_on` None.
    """

    loan_id: str
    step: str
    due_on: date | None


def _marks(marks: Iterable[StepMark]) -> frozenset[StepMark]:
    """Freeze any collection of marks; a converter of its own, because type checkers lose frozenset's."""
    return frozenset(marks)


def _holds(given: Iterable[Hold]) -> tuple[Hold, ...]:
    return tuple(sorted(given, key=lambda one: (one.kind, one.until or date.max, one.loan_id or "")))


def _consents(given: Iterable[Consent]) -> tuple[Consent, ...]:
    return tuple(sorted(given, key=record_order))


def _revocations(given: Iterable[Revocation]) -> tuple[Revocation, ...]:
    return tuple(sorted(given, key=record_order))


@frozen(kw_only=True)
class History:
    """A debtor's past over all loans and channels, oldest contact first.

    ``done`` are steps claimed before (sent, rejected or unknown), ``unknown`` those of them whose outcome
    nobody knows yet, ``deferred`` steps that were due and had to wait, ``opted_out`` whether the debtor refused all but codes, alerts and required notices.
    ``consents`` and ``revocations`` are all that were ever recorded, in order of their time; ``holds`` those recorded
    and not released, beside what an account states itself; ``preferences`` the latest word on each wish.
    """

    contacts: tuple[Contact, ...] = ()
    done: frozenset[StepMark] = field(default=frozenset[StepMark](), converter=_marks)
    unknown: frozenset[StepMark] = field(default=frozenset[StepMark](), converter=_marks)
    deferred: frozenset[StepMark] = field(default=frozenset[StepMark](), converter=_marks)
    opted_out: bool = False
    consents: tuple[Consent, ...] = field(default=(), converter=_consents)
    revocations: tuple[Revocation, ...] = field(default=(), converter=_revocations)
    holds: tuple[Hold, ...] = field(default=(), converter=_holds)
    preferences: Preferences = field(factory=Preferences)

    @classmethod
    def of(cls, contacts: Iterable[Contact]) -> History:
        """Return a history of just these contacts."""
        return cls(contacts=tuple(sorted(contacts, key=lambda c: c.at)))
