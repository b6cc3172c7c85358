"""The ledger and the codes of a lender group in one schema of a PostgreSQL database, shared by many machines.

A batch of claims is two round trips: locks and reads, then writes and the commit, with the one rule `decide` between
them. Nothing is retried: a connection that breaks is a StoreError, and what the server committed stays counted.

>>> "create table ledger.attempt (" in PostgresStore.schema_sql(schema="ledger")
True
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from loansms.clock import Clock, Entropy, SystemEntropy
from loansms.stores._sync.postgres import PostgresCodes
from loansms.stores.claims import LEASE_FOR, Claim, Claimed, ClaimResult, Guarantees
from loansms.stores.postgres.faults import NotPlain, TwinId
from loansms.stores.postgres.forgetting import forget
from loansms.stores.postgres.plainly import ASK, question
from loansms.stores.postgres.session import PostgresDatabase
from loansms.stores.rows import COLUMNS, micros
from loansms.stores.sql.ledger import SqlLedger
from loansms.stores.sql.server_clock import ServerClock

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool


class PostgresStore(SqlLedger, PostgresCodes):
    """A contact ledger and a store of codes in one schema; share it between threads, open it anew after a fork.

    ``dsn`` as libpq reads it, or ``pool``: a psycopg pool of the host's, which stays the host's to close. ``migrate``:
    create or renew the tables at the first verb or ``open()``; without it they must be there (`schema_sql`).
    ``timeout`` bounds the wait for a connection and for an answer. Leases of ``lease_for`` end by the server's clock,
    or by ``clock``.
    """

    def __init__(
        self,
        dsn: str = "",
        *,
        pool: ConnectionPool[Any] | None = None,
        schema: str = "loansms",
        migrate: bool = True,
        timeout: timedelta = timedelta(seconds=5),
        pool_min: int = 1,
        pool_max: int = 10,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        lease_for: timedelta = LEASE_FOR,
    ) -> None:
        PostgresCodes.__init__(
            self,
            dsn,
            pool=pool,
            schema=schema,
            migrate=migrate,
            timeout=timeout,
            pool_min=pool_min,
            pool_max=pool_max,
        )
        server = ServerClock()
        self._database = PostgresDatabase(
            self._pool,
            schema=schema,
            place=self._place,
            seconds=self._seconds,
            ready=self._usable,
            clock=server,
        )
        self._plainly = ASK.format(schema=schema, lock=self._database.lock)
        self._insert_attempt = self._database.dialect.insert("attempt", COLUMNS)
        self._plain = True
        SqlLedger.__init__(self, self._database, clock or server, entropy or SystemEntropy(), lease_for)

    def claim(self, claims: Sequence[Claim]) -> list[ClaimResult]:
        """Decide each claim in order in one transaction, flushed to disk before it returns."""
        if self._plain and claims:
            try:
                return self._claim_plainly(claims)
            except (NotPlain, TwinId):
                self._plain = False
        answers = super().claim(claims)
        # Batches resemble the one before: a run that goes on after a stop meets done steps for a while.
        self._plain = all(isinstance(one, Claimed) for one in answers)
        return answers

    def _claim_plainly(self, claims: Sequence[Claim]) -> list[ClaimResult]:
        """Take all of them in one trip, or raise NotPlain."""
        # The question takes the debtors' locks itself.
        with self._db.writing() as db:
            now = self._now()
            asked = question(claims, now)
            if asked is None:
                raise NotPlain("", "")
            db.later(self._plainly, [asked])
            answers = [Claimed(self._token()) for _ in claims]
            taken = [(claim, answer.token, 1) for claim, answer in zip(claims, answers, strict=True)]
            # Plain: a step that somebody else has claimed meanwhile ends the batch.
            self._take(db, taken, micros(now + self._lease_for), write=self._insert_attempt)
        return list(answers)

    def guarantees(self) -> Guarantees:
        """Say what this store promises: every one of them, on a server that flushes (fsync = on)."""
        return Guarantees(
            durable=True,
            atomic_claims=True,
            survives_process_kill=True,
            survives_power_loss=True,
            multi_process=True,
            lease_for=self._lease_for,
            codes=True,
            journal=True,
            vault=True,
            queue=True,
        )

    def _forgotten(self) -> None:
        with self._database.connection() as connection:
            forget(connection, self._schema)
