"""Whatever is asked in whatever order, memory, SQLite and PostgreSQL answer the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.stores.ledger_mysql import mysql_ledger
from tests.stores.ledger_postgres import postgres_ledger

from loansms.clock import FrozenClock
from loansms.model import (
    Accepted,
    Channel,
    Consent,
    Contact,
    ContactKind,
    DeliveryReceipt,
    DeliveryStatus,
    Purpose,
    Rejected,
    Revocation,
    Unknown,
)
from loansms.stores import AttemptRecord, Claimed, ContactLedger, MemoryStore, SqliteStore
from loansms.testing.examples import AT, claim, rolling

WEEK = timedelta(days=7)
KEYS = st.sampled_from([f"s-{number}" for number in range(6)])
DEBTORS = st.sampled_from(["e|B-1", "e|B-2"])
LOANS = st.sampled_from(["L-1", "L-2", None])
PURPOSES = st.sampled_from([Purpose.REPAYMENT_REMINDER, Purpose.COLLECTION, Purpose.OTP])
HOURS = st.integers(0, 400).map(lambda hours: timedelta(hours=hours))
RESULTS = st.sampled_from(
    [Accepted("p-1"), Accepted("p-2"), Rejected("E1"), Rejected("E2", retryable=True), Unknown("timeout")]
)
CODES = st.sampled_from(["opted_out", "dispute_open"])
LIMITED = frozenset({Purpose.REPAYMENT_REMINDER, Purpose.COLLECTION})


class CountingEntropy:
    """Tokens that count up, so that two stores give the same ones."""

    def __init__(self) -> None:
        self.given = 0

    def token(self, size: int) -> bytes:
        self.given += 1
        return self.given.to_bytes(size, "big")


class TwoLedgers(RuleBasedStateMachine):
    """Memory beside another store, which each machine below opens its own way."""

    opened: Callable[..., ContactLedger]

    def __init__(self) -> None:
        super().__init__()
        self.clock = FrozenClock(AT)
        self.memory = MemoryStore(clock=self.clock, entropy=CountingEntropy())
        self.other = self.opened()
        self.tokens: dict[str, list[int]] = {}
        # What each store calls the tokens it gave, in the order of its answers: how many it draws is its own affair.
        self.given: dict[int, list[str]] = {id(self.memory): [""], id(self.other): [""]}

    def both(self, verb) -> object:
        one, other = (self.numbered(store, verb(store)) for store in (self.memory, self.other))
        assert one == other
        return one

    def numbered(self, store: ContactLedger, told: object) -> object:
        """Return an answer with each token as its number in the order of this store's answers."""
        given = self.given[id(store)]
        match told:
            case list() | tuple():
                return [self.numbered(store, one) for one in told]
            case Claimed(token):
                given.append(token)
                return Claimed(str(len(given) - 1))
            case AttemptRecord():
                return evolve(told, token=str(given.index(told.token)))
            case _:
                return told

    @rule(
        asked=st.lists(st.tuples(KEYS, DEBTORS, LOANS, PURPOSES, HOURS, st.booleans()), max_size=4),
    )
    def claim(self, asked: list) -> None:
        claims = [
            claim(
                step_key=key,
                debtor=debtor,
                loan_id=loan,
                step=key,
                purpose=purpose,
                at=AT + after,
                limits=(rolling(2, WEEK, now=AT + after, purposes=LIMITED, per_loan=per_loan),),
            )
            for key, debtor, loan, purpose, after, per_loan in asked
        ]
        answers = self.both(lambda store: store.claim(claims))
        for one, answer in zip(claims, answers, strict=True):
            if isinstance(answer, Claimed):
                self.tokens.setdefault(one.step_key, []).append(int(answer.token))

    @rule(key=KEYS, which=st.integers(0, 2), result=RESULTS, after=HOURS)
    def finish(self, key: str, which: int, result, after: timedelta) -> None:
        held = self.tokens.get(key, [])
        token = held[which % len(held)] if held else 0  # nobody's
        self.both(lambda store: store.finish(key, self.given[id(store)][token], result, AT + after))

    @rule(
        key=st.none() | KEYS,
        provider_id=st.sampled_from(["p-1", "p-2", ""]),
        status=st.sampled_from(DeliveryStatus),
        after=HOURS,
    )
    def receipt(self, key: str | None, provider_id: str, status: DeliveryStatus, after: timedelta) -> None:
        told = DeliveryReceipt(provider_message_id=provider_id, step_key=key, status=status, at=AT + after)
        self.both(lambda store: store.record_receipt(told))

    @rule(key=KEYS, sent=st.booleans())
    def resolve(self, key: str, sent: bool) -> None:
        self.both(lambda store: store.resolve(key, sent, "desk-1", AT))

    @rule(debtor=DEBTORS, code=CODES, until=st.none() | HOURS, some=st.booleans())
    def suppress(self, debtor: str, code: str, until: timedelta | None, some: bool) -> None:
        end = None if until is None else AT + until
        purposes = frozenset({Purpose.COLLECTION}) if some else None
        self.both(lambda store: store.suppress(debtor, code, AT, end, purposes))

    @rule(debtor=DEBTORS, code=CODES)
    def release(self, debtor: str, code: str) -> None:
        self.both(lambda store: store.release(debtor, code, AT, "desk-1"))

    @rule(
        debtor=DEBTORS,
        source=st.sampled_from("ab"),
        kind=st.sampled_from(ContactKind),
        loan=LOANS,
        after=HOURS,
    )
    def contact(
        self, debtor: str, source: str, kind: ContactKind, loan: str | None, after: timedelta
    ) -> None:
        made = Contact(
            channel=Channel.SMS, at=AT + after, kind=kind, purpose=Purpose.COLLECTION, loan_id=loan
        )
        self.both(lambda store: store.record_contact(debtor, made, source))

    @rule(debtor=DEBTORS, source=st.sampled_from("ab"), named=st.sets(PURPOSES, min_size=1), after=HOURS)
    def consent(self, debtor: str, source: str, named: set[Purpose], after: timedelta) -> None:
        ends = AT + after + timedelta(hours=99)
        given = Consent(at=AT + after, purposes=named, channels=[Channel.SMS], expires_at=ends)
        self.both(lambda store: store.record_consent(debtor, given, source))

    @rule(debtor=DEBTORS, source=st.sampled_from("ab"), named=st.sets(PURPOSES), after=HOURS)
    def revoke(self, debtor: str, source: str, named: set[Purpose], after: timedelta) -> None:
        taken = Revocation(at=AT + after, purposes=named)
        self.both(lambda store: store.revoke_consent(debtor, taken, source))

    @rule(debtor=DEBTORS, key=KEYS, loan=LOANS)
    def defer(self, debtor: str, key: str, loan: str | None) -> None:
        mark = claim(step=key, loan_id=loan).mark
        self.both(lambda store: store.defer([(debtor, mark, AT)]))

    @rule(minutes=st.sampled_from([1, 10]))
    def time_passes(self, minutes: int) -> None:
        self.clock.move(timedelta(minutes=minutes))

    @rule()
    def sweep(self) -> None:
        self.both(lambda store: store.expire_leases())

    @rule(after=HOURS)
    def look(self, after: timedelta) -> None:
        self.both(lambda store: store.histories(["e|B-1", "e|B-2", "e|B-3"], AT + after))

    @invariant()
    def the_books_agree(self) -> None:
        def books(store: ContactLedger) -> object:
            return list(store.attempts()), store.audit_trail()

        self.both(books)


class SqliteLedger(TwoLedgers):
    def opened(self) -> ContactLedger:
        self.folder = TemporaryDirectory()
        self.sqlite = SqliteStore(
            Path(self.folder.name) / "run.db", clock=self.clock, entropy=CountingEntropy()
        )
        return self.sqlite

    def teardown(self) -> None:
        self.sqlite.close()
        self.folder.cleanup()


class PostgresLedger(TwoLedgers):
    def opened(self) -> ContactLedger:
        return postgres_ledger(self.clock, CountingEntropy())


class MysqlLedger(TwoLedgers):
    def opened(self) -> ContactLedger:
        return mysql_ledger(self.clock, CountingEntropy())


def examples(few: int) -> settings:
    return settings(
        max_examples=2_000 if os.environ.get("LOANSMS_SOAK") else few,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
    )


TestSqliteLedger = SqliteLedger.TestCase
TestSqliteLedger.settings = examples(40)
TestPostgresLedger = PostgresLedger.TestCase
TestPostgresLedger.settings = examples(12)
TestMysqlLedger = MysqlLedger.TestCase
TestMysqlLedger.settings = examples(12)
