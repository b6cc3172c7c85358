"""What an account can put into a template's slots: exactly the slots the template declares.

A slot whose fact the account lacks is left out, and rendering refuses the text by the slot's name: a guess
never stands in for a figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from loansms.model import Account, ContactKind, History, annual_cost
from loansms.model.loan import Loan, month_later

_PLAIN = re.compile(r"[A-Za-z0-9_-]")


def account_values(
    slots: Iterable[str], account: Account, history: History, now: datetime, locale: str
) -> dict[str, Any]:
    """Return the values of those of `slots` that the account knows, as of `now`, in words of `locale`."""
    today = account.borrower.local_date(now)
    wanted = list(slots)
    found = {slot: _FROM_ACCOUNT[slot](account, today) for slot in wanted if slot in _FROM_ACCOUNT}
    if "history" in wanted:
        found["history"] = contacts_told(account, history, locale)
    return {slot: value for slot, value in found.items() if value is not None}


def _tail(loan_id: str) -> str:
    """Return the last four characters of a loan's id that a text may hold; an id may be of any language."""
    return "".join(_PLAIN.findall(loan_id))[-4:].lstrip("-_") or "****"


def contacts_told(account: Account, history: History, locale: str) -> str:
    """Return how often the debtor was written to and last when: for the person who takes the case."""
    sent = [contact for contact in history.contacts if contact.kind is ContactKind.MESSAGE]
    words = _HISTORY_ZH if locale.startswith("zh") else _HISTORY_EN
    if not sent:
        return words[0]
    last = sent[-1].at.astimezone(ZoneInfo(account.borrower.zones[0])).date()
    return words[1].format(count=len(sent), last=last.isoformat())


_HISTORY_EN = ("none on record", "{count} sent lately, the last on {last}")
_HISTORY_ZH = ("暂无记录", "近期已发{count}条，最近一次{last}")


def _annual_cost(account: Account, _today: date) -> object:
    """Return the nominal internal rate of return of the loan's own plan, where its terms are known."""
    terms = (
        account.principal,
        account.annual_rate,
        account.term_months,
        account.method,
        account.disbursed_on,
    )
    if None in terms:
        return None
    principal, rate, months, method, disbursed_on = terms
    if principal is None or rate is None or months is None or method is None or disbursed_on is None:
        return None
    loan = Loan(
        loan_id=account.loan_id,
        principal=principal,
        annual_rate=rate,
        periods=months,
        method=method,
        first_due_on=month_later(disbursed_on, 1),
    )
    plan = loan.schedule()
    return annual_cost(principal, plan, [months] if len(plan) == 1 else None).irr


def _as_of(account: Account, today: date) -> date:
    """Return the day the figures are of: the book's, where it is not still to come for the reader."""
    return min(account.as_of or today, today)


def _next_debit_on(account: Account, today: date) -> object:
    debit = account.next_debit_at
    on = debit and account.borrower.local_date(debit)
    # A debit of the past is not the next one: what comes after it is not known.
    return on if on is not None and on >= today else None


_FROM_ACCOUNT: Mapping[str, Callable[[Account, date], object]] = {
    "amount_due": lambda account, _today: account.amount_due,
    "amount": lambda account, _today: account.amount_due,
    "instalment_amount": lambda account, _today: account.instalment_amount,
    "principal": lambda account, _today: account.principal,
    "penalty_due": lambda account, _today: account.penalty_due,
    "fee_due": lambda account, _today: account.fee_due,
    "balance": lambda account, _today: account.balance,
    "due_on": lambda account, _today: account.due_on,
    # Counted on the day the text names, not on the day it is read: "as of" speaks for both figures.
    "days_past_due": lambda account, today: max(account.days_past_due(_as_of(account, today)), 0),
    "days_to_due": lambda account, today: max(-account.days_past_due(today), 0),
    "debit_account_tail": lambda account, _today: account.debit_account_tail,
    "next_debit_on": _next_debit_on,
    "annual_rate": lambda account, _today: account.annual_rate,
    "annual_cost": _annual_cost,
    "method": lambda account, _today: account.method,
    "term_months": lambda account, _today: account.term_months,
    "as_of": _as_of,
    "promise_on": lambda account, _today: account.promise_to_pay_until,
    "loan_ref": lambda account, _today: _tail(account.loan_id),
    "name": lambda account, _today: account.borrower.name,
}
