"""What one loan looks like today: the snapshot every decision starts from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from attrs import field, frozen

from loansms.model.borrower import Borrower, Guarantor
from loansms.model.history import Hold, HoldKind
from loansms.model.loan import RepaymentMethod
from loansms.model.message import RecipientRole
from loansms.model.money import Money


@frozen(kw_only=True)
class Account:
    """One loan of one borrower as the lender's core system tells it.

    ``amount_due`` is what is asked for now; zero means nothing is asked. ``due_on`` is the oldest unpaid due
    date, or the next one where nothing is overdue. ``extra`` keeps the book's other columns, as text, for
    audiences.
    """

    loan_id: str
    borrower: Borrower
    amount_due: Money
    due_on: date
    lender_id: str | None = None
    product: str | None = None
    principal: Money | None = None
    annual_rate: Decimal | None = None
    term_months: int | None = None
    instalment_amount: Money | None = None
    method: RepaymentMethod | None = None
    disbursed_on: date | None = None
    penalty_due: Money | None = None
    fee_due: Money | None = None
    grace_days: int = 0
    autopay: bool = False
    debit_account_tail: str | None = None
    next_debit_at: datetime | None = None
    balance: Money | None = None
    risk_segment: str | None = None
    status: str | None = None
    dispute: bool = False
    hardship: bool = False
    promise_to_pay_until: date | None = None
    last_paid_on: date | None = None
    as_of: date | None = None
    guarantor: Guarantor | None = None
    extra: Mapping[str, str] = field(factory=dict[str, str], repr=False)

    def days_past_due(self, on: date) -> int:
        """Return calendar days since the due date: 0 on it, negative before.

        >>> from datetime import date
        >>> from loansms.model.examples import account
        >>> account(due_on=date(2026, 9, 24)).days_past_due(date(2026, 9, 21))
        -3
        """
        return (on - self.due_on).days

    def has(self, role: RecipientRole) -> bool:
        """Whether somebody of that role is known to be reached about this loan."""
        return role is RecipientRole.BORROWER or (
            role is RecipientRole.GUARANTOR and self.guarantor is not None
        )

    @property
    def debit_on(self) -> date | None:
        """The borrower's date of the coming (or last tried) direct debit of an account that pays by one."""
        if not self.autopay or self.next_debit_at is None:
            return None
        return self.borrower.local_date(self.next_debit_at)

    @property
    def holds(self) -> tuple[Hold, ...]:
        """The holds the book itself states: an open promise to pay."""
        if self.promise_to_pay_until is None:
            return ()
        return (Hold(HoldKind.PROMISE, self.promise_to_pay_until, self.loan_id),)
