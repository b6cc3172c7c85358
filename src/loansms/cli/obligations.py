"""`loansms obligations`: the duties of a book against what the store knows of them. Nothing is claimed or sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from attrs import asdict, frozen

from loansms.cli import choices
from loansms.cli.session import Session
from loansms.errors import CallerError
from loansms.insights.sentences import number
from loansms.model import DeliveryStatus, History, Lender, Reason, StepMark
from loansms.planning import DutyState, Obligation, choose_lender, debtor_key, obligations, tenant_of
from loansms.policy import Policy
from loansms.portfolio import Book, dialled_in, read_book, with_known_lenders
from loansms.stores import AttemptState, ContactLedger, SqliteStore

# Receipts that say for certain that it did not arrive.
_LOST: Final = frozenset({DeliveryStatus.UNDELIVERED, DeliveryStatus.EXPIRED, DeliveryStatus.REJECTED})


@frozen(kw_only=True)
class ObligationsRequest:
    """What the user asked; paths and names as typed."""

    book: Path
    policy: str
    store: Path
    options: Sequence[str] | None = None
    lender: Path | None = None
    packs: Sequence[str] | None = None
    columns: str | None = None
    encoding: str | None = None
    now: str | None = None
    every: bool = False
    json: bool = False


def list_obligations(session: Session, asked: ObligationsRequest) -> bool:
    """Show the duties whose day has come; return whether none is late and every row of the book was read."""
    at = choices.moment(asked.now, session.clock)
    policy = choices.policy(asked.policy, asked.options)
    lenders = choices.lenders(asked.lender, choices.names(asked.packs), asked.policy)
    book = read_book(
        asked.book,
        columns=asked.columns,
        encoding=asked.encoding or "utf-8",
        default_country=dialled_in(lenders.values()),
    )
    if not asked.store.is_file():
        raise CallerError(
            f"--store: no such file: {asked.store.name}; expected the store of your runs",
            f"--store：没有文件 {asked.store.name}，应为历次运行所用的存储文件",
        )
    book = with_known_lenders(book, lenders)
    with SqliteStore(asked.store, clock=session.clock) as store:
        found = _found(book, policy, lenders, store, at)
    shown = [one for one in found if asked.every or one.state is not DutyState.DONE]
    if asked.json:
        session.json(_record(found, shown, policy, at, len(book.rejects)))
    else:
        _show(session, found, shown, len(book.rejects))
    return not book.rejects and not any(one.late for one in found)


def _found(
    book: Book, policy: Policy, lenders: Mapping[str, Lender], store: ContactLedger, at: datetime
) -> list[Obligation]:
    tenants = sorted({tenant_of(one) for one in lenders.values()})
    debtors = [debtor_key(tenant, one) for tenant in tenants for one in book.borrower_ids]
    # Steps are told of all time; contacts play no part.
    histories = store.histories(debtors, at + timedelta(days=1))
    failed = _failed(store, {step.id for step in policy.steps if step.obligatory})
    found: list[Obligation] = []
    for row in book.rows:
        account = row.account
        lender = choose_lender(lenders, account.lender_id)
        if isinstance(lender, Reason):
            continue
        debtor = debtor_key(tenant_of(lender), account.borrower.borrower_id)
        known = histories.get(debtor, History())
        found += obligations(account, policy, known, at, failed=failed.get(debtor, ()))
    return sorted(found, key=lambda one: (one.state.rank, one.deadline, one.loan_id, one.step))


def _failed(store: ContactLedger, duties: set[str]) -> Mapping[str, set[StepMark]]:
    """Return the duties of each debtor that were tried and certainly did not arrive."""
    found: defaultdict[str, set[StepMark]] = defaultdict(set)
    for one in store.attempts():
        refused = one.state in (AttemptState.REJECTED, AttemptState.REJECTED_RETRYABLE)
        if one.step in duties and (refused or one.delivery in _LOST):
            found[one.debtor].add(one.mark)
    return found


def _show(session: Session, found: Iterable[Obligation], shown: Sequence[Obligation], rejected: int) -> None:
    counts = Counter(one.state for one in found)
    if rejected:
        session.warn(session.tell("duty.rejected", count=number(rejected)))
    session.say(session.tell("duty.counts", **{state.value: number(counts[state]) for state in DutyState}))
    if shown:
        heads = [session.tell(f"col.{key}") for key in ("loan_id", "step")]
        heads += [session.tell(f"duty.{key}") for key in ("due_on", "deadline", "state")]
        session.table(heads, [_line(session, one) for one in shown])


def _line(session: Session, one: Obligation) -> list[str]:
    state = session.tell(f"duty.is_{one.state.value}")
    notes = [session.tell("duty.failed")] if one.failed else []
    notes += [session.tell("duty.unknown_late")] if one.late and one.state is DutyState.UNKNOWN else []
    told = "; ".join([state, *notes]) if session.lang.startswith("en") else "；".join([state, *notes])
    return [one.loan_id, one.step, one.due_on.isoformat(), one.deadline.isoformat(), told]


def _record(
    found: Iterable[Obligation], shown: Iterable[Obligation], policy: Policy, at: datetime, rejected: int
) -> dict[str, Any]:
    counts = Counter(one.state for one in found)
    return {
        "command": "obligations",
        "at": at.isoformat(),
        "policy": policy.version,
        "counts": {state.value: counts[state] for state in DutyState},
        "late": sum(one.late for one in found),
        "rejected": rejected,
        "obligations": [asdict(one) for one in shown],
    }
