"""What a day does to a simulated loan: it is paid, paid in part, or its next instalment falls due.

>>> from decimal import Decimal
>>> from loansms.model.examples import account
>>> asked = Money("1256.30", "CNY")
>>> one = account(term_months=12, disbursed_on=date(2026, 6, 24), instalment_amount=asked)
>>> paid = paid_in_full(one, date(2026, 9, 20))
>>> paid.due_on.isoformat(), paid.amount_due == asked
('2026-10-24', True)
>>> str(paid_in_part(one, Decimal("0.5")).amount_due)
'628.15 CNY'
>>> str(fallen_due(one, date(2026, 10, 24)).amount_due)
'2512.60 CNY'
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from attrs import evolve

from loansms.model import Account, Money
from loansms.model.loan import RepaymentMethod, month_later


def paid_in_full(account: Account, on: date) -> Account:
    """Return the account with all that is due paid: its next instalment is asked, or nothing where none is known."""
    settled = max(account.due_on, on)
    after = _instalment_after(account, settled)
    nothing = Money(0, account.amount_due.currency)
    return evolve(
        account,
        amount_due=account.instalment_amount if after and account.instalment_amount else nothing,
        due_on=after or account.due_on,
        penalty_due=account.penalty_due and nothing,
        fee_due=account.fee_due and nothing,
        promise_to_pay_until=None,
        last_paid_on=on,
        next_debit_at=_next_debit(account, settled),
    )


def paid_in_part(account: Account, share: Decimal) -> Account:
    """Return the account with that share of the amount due paid; what is unpaid stays as old as it was."""
    left = (account.amount_due * (1 - share)).rounded()
    return evolve(account, amount_due=left)


def fallen_due(account: Account, on: date) -> Account:
    """Return an overdue account with the instalment that falls due `on` that day added to what it owes."""
    asked = account.instalment_amount
    if asked is None or account.amount_due.amount <= 0 or account.due_on >= on:
        return account
    if (on.day < 28 and on.day != account.due_on.day) or _instalment_on(account, on) != on:
        return account
    return evolve(account, amount_due=account.amount_due + asked)


def _instalment_after(account: Account, day: date) -> date | None:
    """Return the first due date after `day`, None where the terms do not tell of one."""
    months = (day.year - account.due_on.year) * 12 + day.month - account.due_on.month
    return next(
        (found for more in (months, months + 1) if (found := _instalment(account, more)) and found > day),
        None,
    )


def _instalment_on(account: Account, day: date) -> date | None:
    return _instalment(account, (day.year - account.due_on.year) * 12 + day.month - account.due_on.month)


def _instalment(account: Account, more: int) -> date | None:
    """Return the due date `more` months after the account's, by its terms."""
    start, term = account.disbursed_on, account.term_months
    if start is None or term is None or account.method is RepaymentMethod.BULLET:
        return None
    number = (account.due_on.year - start.year) * 12 + account.due_on.month - start.month
    if number + more > term:
        return None
    # Counted from the first day there was: a 31st comes back after a February.
    first = start if month_later(start, number) == account.due_on else account.due_on
    return month_later(first, number + more if first is start else more)


def _next_debit(account: Account, settled: date) -> datetime | None:
    """Return the coming direct debit: a month on where it was that of an instalment due by `settled`."""
    debit_on, at = account.debit_on, account.next_debit_at
    if debit_on is None or at is None or debit_on > settled:
        return at
    local = at.astimezone(ZoneInfo(account.borrower.zones[0]))
    return datetime.combine(month_later(debit_on, 1), local.timetz())
