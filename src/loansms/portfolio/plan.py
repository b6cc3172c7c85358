"""A whole book through the plan of one account: row by row, then one message a debtor.

What a borrower's other rows say is gathered first: a refusal on any loan holds on all. Rejected rows come out
in their place, so that the plan has a row for every row of the book.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from attrs import evolve, frozen

from loansms.calendars import Overrides
from loansms.clock import require_aware
from loansms.compliance import RulePack
from loansms.errors import ConfigurationError
from loansms.model import Account, History, Lender, Reason
from loansms.planning import (
    PlanDecision,
    PlanRow,
    arbitrate,
    choose_lender,
    debtor_key,
    plan_account,
    tenant_of,
)
from loansms.policy import Policy
from loansms.portfolio.book import Book, BookRow, Reject
from loansms.portfolio.facts import BorrowerFacts, book_facts
from loansms.portfolio.files import ColumnMap
from loansms.portfolio.frame import plan_frame
from loansms.portfolio.reading import read_book
from loansms.templates import Catalogue

if TYPE_CHECKING:
    import polars


class PlanRules(Protocol):
    """What a book is planned by."""

    @property
    def policy(self) -> Policy | None: ...  # noqa: D102
    @property
    def catalogue(self) -> Catalogue: ...  # noqa: D102
    @property
    def packs(self) -> Sequence[RulePack]: ...  # noqa: D102
    @property
    def lenders(self) -> Mapping[str, Lender]: ...  # noqa: D102
    @property
    def provider(self) -> str: ...  # noqa: D102
    @property
    def overrides(self) -> Overrides: ...  # noqa: D102
    @property
    def approved_only(self) -> bool: ...  # noqa: D102


@frozen(kw_only=True)
class _Rules:
    policy: Policy | None
    catalogue: Catalogue
    packs: Sequence[RulePack]
    lenders: Mapping[str, Lender]
    provider: str
    overrides: Overrides
    approved_only: bool


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
    rules = _Rules(
        policy=Policy.named(policy),
        catalogue=catalogue or Catalogue.builtin(),
        packs=[one if isinstance(one, RulePack) else RulePack.load(one, on=now.date()) for one in names],
        lenders=lenders,
        provider=provider,
        overrides=overrides or Overrides(),
        approved_only=approved_only,
    )
    book = (
        frame_or_path
        if isinstance(frame_or_path, Book)
        else read_book(
            frame_or_path,
            columns=columns,
            encoding=encoding,
            default_country=dialled_in(lenders.values()),
        )
    )
    return plan_frame(row for _, row in plan_rows(book, setup=rules, now=now, histories=history or {}))


def plan_rows(
    book: Book, *, setup: PlanRules, now: datetime, histories: Mapping[str, History]
) -> list[tuple[int, PlanRow]]:
    """Return (line, planned row) for every row of `book`, rejects included, in the book's order.

    `histories` is keyed by debtor (`loansms.planning.debtor_key`) or borrower id. Raise ConfigurationError
    when `setup` has no policy.
    """
    if setup.policy is None:
        raise ConfigurationError("policy: a book needs one", "policy：规划账册需要指定策略")
    book = with_known_lenders(book, setup.lenders)
    facts = book_facts(book)
    planned: list[tuple[int, PlanRow]] = [(one.line, _rejected(one)) for one in book.rejects]
    debtors: defaultdict[str, list[tuple[int, PlanRow]]] = defaultdict(list)
    for row in book.rows:
        borrower_id = row.account.borrower.borrower_id
        lender = _lender(setup.lenders, row.account)
        debtor = debtor_key(tenant_of(lender), borrower_id)
        account = _counted_on(_with_facts(row.account, facts[borrower_id]), book.as_of)
        result = plan_account(
            account,
            policy=setup.policy,
            catalogue=setup.catalogue,
            packs=setup.packs,
            lender=lender,
            now=now,
            history=histories.get(debtor) or histories.get(borrower_id),
            provider=setup.provider,
            opted_out=facts[borrower_id].opted_out,
            overrides=setup.overrides,
            approved_only=setup.approved_only,
        )
        debtors[debtor].append((row.line, result))
    for theirs in debtors.values():
        chosen = arbitrate([one for _, one in theirs], setup.packs)
        planned += [(line, one) for (line, _), one in zip(theirs, chosen, strict=True)]
    return sorted(planned, key=lambda one: one[0])


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
        told, zh = (
            text.removeprefix("lender_id").lstrip(":： ") for text in (found.message, found.message_zh)
        )
        account = row.account
        rejects.append(Reject(row.line, "lender_id", told, zh, account.loan_id, account.borrower.borrower_id))
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


def _counted_on(account: Account, as_of: date | None) -> Account:
    """Let a due date that the whole book has not lived to see be known as such: it cannot say who missed it."""
    if as_of is None or account.as_of is not None or account.due_on <= as_of:
        return account
    return evolve(account, as_of=as_of)


def _rejected(reject: Reject) -> PlanRow:
    return PlanRow(
        loan_id=reject.loan_id or "",
        borrower_id=reject.borrower_id or "",
        decision=PlanDecision.REJECT,
        reasons=(
            Reason("bad_row", "house", reject.told(), severity="block", message_zh=reject.told("zh-CN")),
        ),
    )
