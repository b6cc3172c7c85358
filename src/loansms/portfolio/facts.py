"""What a book says of each borrower over all their rows: a refusal anywhere holds everywhere.

>>> from loansms.portfolio.reading import read_book
>>> row = {"borrower_id": "B-1", "phone": "13800138000", "currency": "CNY", "amount_due": "9", "next_due_on": "2026-09-24"}
>>> book = read_book(
...     [{"loan_id": "L-1", **row, "consent_sms": "yes"}, {"loan_id": "L-2", **row, "consent_sms": "no"}],
...     default_country="CN",
... )
>>> facts = book_facts(book)["B-1"]
>>> facts.loans, facts.consent_sms, facts.opted_out
(('L-1', 'L-2'), False, False)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from attrs import evolve, frozen

from loansms.model import Account, PhoneNumber
from loansms.portfolio.book import Book, BookRow


@frozen(kw_only=True)
class BorrowerFacts:
    """One borrower over the whole book.

    ``consent_sms`` is False when any row says so, True when some do and none refuses, None when none speaks.
    ``phones`` holds every number their rows give, the first one first.
    """

    opted_out: bool = False
    consent_sms: bool | None = None
    loans: tuple[str, ...] = ()
    phones: tuple[PhoneNumber, ...] = ()


def book_facts(book: Book) -> dict[str, BorrowerFacts]:
    """Return the facts of every borrower who has a good row, or a refusal on a bad one."""
    accounts: defaultdict[str, list[Account]] = defaultdict(list)
    for row in book.rows:
        accounts[row.account.borrower.borrower_id].append(row.account)
    everyone = dict.fromkeys((*accounts, *sorted(book.opted_out), *sorted(book.refused_sms)))
    return {one: _facts(one, accounts.get(one, []), book) for one in everyone}


def _facts(borrower_id: str, accounts: list[Account], book: Book) -> BorrowerFacts:
    said = {account.borrower.consent_sms for account in accounts}
    refused = borrower_id in book.refused_sms or False in said
    return BorrowerFacts(
        opted_out=borrower_id in book.opted_out or any(one.borrower.opted_out for one in accounts),
        consent_sms=False if refused else (True if True in said else None),
        loans=tuple(account.loan_id for account in accounts),
        phones=tuple({one.borrower.phone.e164: one.borrower.phone for one in accounts}.values()),
    )


def counted_on(account: Account, as_of: date | None) -> Account:
    """Let a due date that the whole book has not lived to see be known as such: it cannot say who missed it."""
    if as_of is None or account.as_of is not None or account.due_on <= as_of:
        return account
    return evolve(account, as_of=as_of)


def conflicts(rows: Iterable[BookRow]) -> tuple[tuple[str, str], ...]:
    """Return, as (English, Chinese), what a person should look at before a run: numbers that disagree."""
    number: dict[str, str] = {}
    owner: dict[str, str] = {}
    changing: set[str] = set()
    sharing: set[str] = set()
    for row in rows:
        borrower = row.account.borrower
        borrower_id, e164 = borrower.borrower_id, borrower.phone.e164
        if number.setdefault(borrower_id, e164) != e164:
            changing.add(borrower_id)
        if owner.setdefault(e164, borrower_id) != borrower_id:
            sharing.add(e164)
    several, shared = len(changing), len(sharing)
    warnings: list[tuple[str, str]] = []
    if several:
        warnings.append(
            (
                f"{several} borrowers have different phone numbers on different loans; each loan uses its own.",
                f"{several} 位借款人在不同借据上的手机号不同，各借据使用各自的号码。",
            )
        )
    if shared:
        warnings.append(
            (
                f"{shared} phone numbers serve more than one borrower_id; caps count by borrower_id, so check them.",
                f"{shared} 个手机号对应多个 borrower_id；频次按 borrower_id 计算，请核对。",
            )
        )
    return tuple(warnings)
