"""A whole book through the plan of one account: row by row, then one message a debtor.

What a borrower's other rows say is gathered first: a refusal on any loan holds on all. Rejected rows come out
in their place, so that the plan has a row for every row of the book.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from loansms.calendars import Overrides
from loansms.clock import require_aware
from loansms.compliance import RulePack
from loansms.errors import ConfigurationError
from loansms.model import Account, History, Lender, Reason
from loansms.planning import (
    PlanRow,
    arbitrate,
    choose_lender,
    debtor_key,
    plan_loan,
    tenant_of,
)
from loansms.policy import Policy
from loansms.portfolio.book import Book, BookRow
from loansms.portfolio.facts import BorrowerFacts, book_facts, counted_on
from loansms.portfolio.files import ColumnMap
from loansms.portfolio.frame import plan_frame
from loansms.portfolio.rejects import rejected, unknown_lender
from loansms.portfolio.rules import PlanRules, Rules, joining_of, policy_for, wanted_columns
from loansms.templates import Catalogue

if TYPE_CHECKING:
    import polars


def plan_book(
    frame_or_path: object,
    *,
    policy: Policy | str | Path,
    lender: Lender | Mapping[str, Lender],
    now: datetime,
    catalogue: Catalogue | None = None,
    packs: Sequence[RulePack | str] | None = None,
    history: Mapping[str, History] | None = None,
    provider: str = "sandbox",
    columns: ColumnMap | Mapping[str, str] | str | Path | None = None,
    encoding: str = "utf-8",
    overrides: Overrides | None = None,
    approved_only: bool = False,
) -> polars.DataFrame:
    """Return the plan of a whole book at `now`, one row or more for each of its rows, in its order.

    `policy` is a Policy, a preset's name or a TOML path; `packs` RulePacks or their names, by default those of
    the lenders' jurisdictions; `history` maps a debtor key or a borrower id to what has happened;
    `overrides` correct the calendar; `approved_only` denies what no approved template says. For the other arguments see `read_book`. Columns: see `loansms.portfolio.frame`. Advice for the whole book: the
    claim decides at the moment of sending.
    """
    require_aware(now)
    lenders = {lender.lender_id: lender} if isinstance(lender, Lender) else dict(lender)
    names = packs if packs is not None else sorted({one.jurisdiction for one in lenders.values()})
    rules = Rules(
        policy=Policy.named(policy),
        catalogue=catalogue or Catalogue.builtin(),
        packs=[one if isinstance(one, RulePack) else RulePack.load(one, on=now.date()) for one in names],
        lenders=lenders,
        provider=provider,
        overrides=overrides or Overrides(),
        approved_only=approved_only,
    )
    if isinstance(frame_or_path, Book):
        return plan_frame(
            row for _, row in plan_rows(frame_or_path, setup=rules, now=now, histories=history or {})
        )
    from loansms.portfolio.columnar import plan_whole  # noqa: PLC0415 - needs an extra
    from loansms.portfolio.reading_columns import read_columns  # noqa: PLC0415 - needs an extra

    book = read_columns(
        frame_or_path,
        columns=columns,
        encoding=encoding,
        default_country=dialled_in(lenders.values()),
        extra=rules.policy.asked_columns if rules.policy else frozenset(),
        wanted=wanted_columns(rules.policy, rules.catalogue),
    )
    return plan_whole(book, rules=rules, now=now, histories=history or {})


def plan_rows(
    book: Book, *, setup: PlanRules, now: datetime, histories: Mapping[str, History]
) -> list[tuple[int, PlanRow]]:
    """Return (line, planned row) for every row of `book`, rejects included, in the book's order.

    `histories` is keyed by debtor (`loansms.planning.debtor_key`) or borrower id. Raise ConfigurationError
    when `setup` has no policy.
    """
    policy = policy_for(setup, book.columns)
    book = with_known_lenders(book, setup.lenders)
    planned: list[tuple[int, PlanRow]] = [(one.line, rejected(one)) for one in book.rejects]
    debtors: defaultdict[str, list[tuple[int, PlanRow]]] = defaultdict(list)
    for row in told_accounts(book):
        account, borrower_id = row.account, row.account.borrower.borrower_id
        lender = _lender(setup.lenders, account)
        debtor = debtor_key(tenant_of(lender), borrower_id)
        result = plan_loan(
            account,
            policy=policy,
            catalogue=setup.catalogue,
            packs=setup.packs,
            lender=lender,
            now=now,
            history=histories.get(debtor) or histories.get(borrower_id),
            provider=setup.provider,
            opted_out=row.opted_out,
            overrides=setup.overrides,
            approved_only=setup.approved_only,
        )
        debtors[debtor] += [(row.line, one) for one in result]
    joining = joining_of(setup, policy)
    for theirs in debtors.values():
        chosen = arbitrate([one for _, one in theirs], setup.packs, joining=joining)
        planned += [(line, one) for (line, _), one in zip(theirs, chosen, strict=True)]
    return sorted(planned, key=lambda one: one[0])


@frozen
class ToldAccount:
    """An account as the whole book tells of it, the line it stands on, and whether its borrower opted out anywhere."""

    line: int
    account: Account
    opted_out: bool


def told_accounts(book: Book) -> Iterator[ToldAccount]:
    """Yield the accounts of `book`, what other rows say of each borrower put into them."""
    facts = book_facts(book)
    for row in book.rows:
        theirs = facts[row.account.borrower.borrower_id]
        account = counted_on(_with_facts(row.account, theirs), book.as_of)
        yield ToldAccount(row.line, account, theirs.opted_out)


def dialled_in(lenders: Iterable[Lender]) -> str | None:
    """Return the country where numbers without + are dialled: the lenders' own, where they share one."""
    countries = {one.jurisdiction for one in lenders}
    return countries.pop() if len(countries) == 1 else None


def with_known_lenders(book: Book, lenders: Mapping[str, Lender]) -> Book:
    """Return `book` with the rows whose lender_id names no lender, or none of several, among the rejects."""
    known: list[BookRow] = []
    rejects = list(book.rejects)
    for row in book.rows:
        found = choose_lender(lenders, row.account.lender_id)
        if isinstance(found, Lender):
            known.append(row)
            continue
        account = row.account
        rejects.append(unknown_lender(found, row.line, account.loan_id, account.borrower.borrower_id))
    if len(known) == len(book.rows):
        return book
    return evolve(book, rows=tuple(known), rejects=tuple(sorted(rejects, key=lambda one: one.line)))


def _lender(lenders: Mapping[str, Lender], account: Account) -> Lender:
    found = choose_lender(lenders, account.lender_id)
    if isinstance(found, Reason):
        raise ConfigurationError(found.message, found.message_zh)
    return found


def _with_facts(account: Account, facts: BorrowerFacts) -> Account:
    """Let a refusal of SMS on any row speak for this one too."""
    borrower = account.borrower
    if facts.consent_sms is not False or borrower.consent_sms is False:
        return account
    return evolve(account, borrower=evolve(borrower, consent_sms=False))
