"""Made-up borrowers and accounts for examples, tests and notebooks; nobody real stands behind them.

Mainland China reserves no numbers for fiction: the default is its operators' well-known service number.

>>> account().borrower.phone
PhoneNumber(CN 138****8000)
"""

from __future__ import annotations

from datetime import date
from typing import Any

from loansms.model.account import Account
from loansms.model.borrower import Borrower
from loansms.model.money import Money
from loansms.model.phone import PhoneNumber
from loansms.privacy import Secret


def borrower(**changes: Any) -> Borrower:
    """Return an example borrower in Shanghai, with the given fields changed."""
    fields: dict[str, Any] = {
        "borrower_id": "B-1",
        "phone": PhoneNumber.parse("13800138000", region="CN"),
        "name": Secret("张三"),
        "country": "CN",
        "language": "zh-CN",
        "zones": ("Asia/Shanghai",),
    }
    return Borrower(**{**fields, **changes})


def account(**changes: Any) -> Account:
    """Return an example account with 1,256.30 CNY due on 2026-09-24, with the given fields changed."""
    fields: dict[str, Any] = {
        "loan_id": "L-1",
        "amount_due": Money("1256.30", "CNY"),
        "due_on": date(2026, 9, 24),
    }
    if "borrower" not in changes:
        fields["borrower"] = borrower()
    return Account(**{**fields, **changes})
