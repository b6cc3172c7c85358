"""What is special to codes in a SQLite file: upgrades, processes, kills, the host's transaction, what lies on disk.

Run as a program it is a worker of the race and crash tests; see `main`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.clock import FrozenClock
from loansms.errors import CallerError, StoreError
from loansms.otp import codes
from loansms.otp.admission import Bucket, Guard, Limit, NoRoom
from loansms.otp.budget import DAY, SECOND, FailureLimits
from loansms.otp.challenge import Attempt, Checked, NewChallenge, State
from loansms.otp.verdict import VerdictKind
from loansms.privacy import KeyRing, seal
from loansms.stores import (
    AlreadyDone,
    AsyncCodeStore,
    AsyncMemoryStore,
    AsyncSqliteStore,
    AttemptState,
    CodeStore,
    Grants,
    LockedOut,
    MemoryStore,
    Sent,
    SqliteStore,
)
from loansms.stores import code_statements as sql
from loansms.stores import statements as ledger_sql
from loansms.stores.rows import claim_row, micros
from loansms.stores.schema import APPLICATION_ID, MIGRATIONS, VERSION
from loansms.testing.examples import AT, claim

NOW = micros(AT)
MINUTE = 60 * SECOND
LIMITS = FailureLimits(
    failures=3, window=15 * MINUTE, ceiling=6, reserve=1, lane=1, known=2, known_for=2 * DAY
)
PHONE = Bucket("phone", "b-phone", (Limit(1, MINUTE), Limit(5, 60 * MINUTE)))
GUARD = Bucket("prefix", "b-prefix", (Limit(3, DAY),), slot=5 * MINUTE, guard=Guard(percent=50))
RIGHT, WRONG, GRANT = b"r" * 32, b"w" * 32, b"g" * 32


def new(challenge: str = "c-1", **changes: Any) -> NewChallenge:
    fields: dict[str, Any] = {
        "id": challenge,
        "budgets": ("u-1",),
        "tag": RIGHT,
        "sealed": b"sealed",
        "lives": 5 * MINUTE,
        "device": "d-1",
        "line": "d-1",
        "guards": (GUARD,),
    }
    return NewChallenge(**{**fields, **changes})


def right(device: str = "d-1") -> Attempt:
    return Attempt(tag=RIGHT, device=device, grant=GRANT, grant_lives=5 * MINUTE)


def wrong(device: str = "d-1") -> Attempt:
    return Attempt(tag=WRONG, device=device, grant=GRANT, grant_lives=5 * MINUTE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(path, clock=FrozenClock(AT)) as opened:
        yield opened


def accepted(store: SqliteStore, challenge: str = "c-1") -> None:
    """Open a challenge and answer it rightly, so that its grant is out."""
    assert isinstance(store.open_challenge(new(challenge), (), LIMITS), Sent)
    assert store.check_code(challenge, right(), LIMITS).kind is VerdictKind.ACCEPTED


def changes_of(store: SqliteStore, act: Callable[[], object]) -> int:
    """Return how many rows an act wrote."""
    with store._file.reading() as db:
        before = db.total_changes
    act()
    return db.total_changes - before


class TestTheFile:
    def test_a_ledger_of_version_1_keeps_its_rows_and_learns_codes(self, path: Path) -> None:
        """A step that was sent before the upgrade is not sent again after it."""
        with closing(sqlite3.connect(path)) as db:
            for statement in MIGRATIONS[0]:
                db.execute(statement)
            db.execute(ledger_sql.WRITE_ATTEMPT, claim_row(claim(), "0" * 32, NOW, 1))
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute("PRAGMA user_version = 1")
            db.commit()
        with SqliteStore(path, clock=FrozenClock(AT)) as store:
            assert [record.step_key for record in store.attempts()] == ["step-1"]
            accepted(store)
            assert store.claim([claim()]) == [AlreadyDone(AttemptState.UNKNOWN)]
            with store._file.reading() as db:
                assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)

    def test_a_hosts_tables_in_the_file_do_not_stop_the_upgrade(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as db:
            for statement in MIGRATIONS[0]:
                db.execute(statement)
            for name in ("challenge", "budget", "bucket", "consent", "revocation"):
                db.execute(f"CREATE TABLE {name} (id INTEGER)")
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute("PRAGMA user_version = 1")
            db.commit()
        with SqliteStore(path, clock=FrozenClock(AT)) as store:
            accepted(store)

    def test_everything_of_a_challenge_comes_back_from_disk(self, path: Path) -> None:
        """Times, tags, guard buckets with their limits, and several budgets survive a restart."""
        shadow = Bucket("ip", "b-ip", (Limit(2, MINUTE), Limit(9, DAY)), guard=Guard(percent=10, shadow=True))
        asked = new(
            budgets=("u-1", "u-2"), guards=(GUARD, shadow, PHONE), sealed=bytes(range(256)), taken=False
        )
        memory = MemoryStore()
        memory.open_challenge(asked, (), LIMITS, NOW)
        with SqliteStore(path) as store:
            store.open_challenge(asked, (), LIMITS, NOW)
        with SqliteStore(path) as store:
            assert store.load_challenge("c-1") == memory.load_challenge("c-1") == asked.opened(NOW)

    def test_failures_locks_and_charges_survive_a_restart(self, path: Path) -> None:
        for number in range(3):
            with SqliteStore(path) as store:
                store.open_challenge(new(f"c-{number}"), (), LIMITS, NOW)
                assert store.check_code(f"c-{number}", wrong(), LIMITS, NOW).kind is VerdictKind.WRONG
        with SqliteStore(path) as store:
            assert store.check_code("c-2", right(), LIMITS, NOW) == Checked(
                kind=VerdictKind.LOCKED, at=NOW, retry_at=NOW + 15 * MINUTE
            )
            assert store.open_challenge(new("c-9"), (), LIMITS, NOW) == LockedOut(NOW + 15 * MINUTE)
            open_ = new("c-8", budgets=("u-8",))
            assert isinstance(store.open_challenge(open_, (PHONE,), LIMITS, NOW), Sent)
        with SqliteStore(path) as store:
            again = new("c-7", budgets=("u-7",))
            assert store.open_challenge(again, (PHONE,), LIMITS, NOW + 1) == NoRoom("phone", NOW + MINUTE)

    def test_neither_code_nor_phone_lies_in_the_file(self, path: Path) -> None:
        """A whole life under the real derivation: no page, log or index holds the digits or the number."""
        ring = KeyRing({"k1": b"k" * 32}, current="k1", index={"i1": b"i" * 32})
        phone, bound = (
            "+8617400098765",
            codes.Bound(subject="B-7731-canary", action="disburse", transaction=""),
        )
        challenge = codes.new_id("k1", b"n" * 16)
        code = codes.derive(ring, challenge, bound, phone=phone, digits=8)
        asked = new(
            challenge,
            budgets=ring.blind("budget", "B-7731-canary disburse"),
            tag=codes.tag(ring, challenge, bound, code),
            sealed=seal.seal(ring, "k1", phone.encode(), about=challenge, nonce=b"o" * 12),
            guards=(),
        )
        (blind,) = ring.blind("phone", phone)
        typed = Attempt(tag=asked.tag, device="d-1", grant=GRANT, grant_lives=MINUTE)
        with SqliteStore(path) as store:
            store.open_challenge(asked, (Bucket("phone", blind, PHONE.limits),), LIMITS, NOW)
            assert store.check_code(challenge, wrong(), LIMITS, NOW).kind is VerdictKind.WRONG
            assert store.check_code(challenge, typed, LIMITS, NOW).kind is VerdictKind.ACCEPTED
            assert store.redeem_grant(challenge, GRANT, NOW)
            content = b"".join(found.read_bytes() for found in path.parent.iterdir())
        assert challenge.encode() in content
        for canary in (code, phone, phone[-8:], "B-7731-canary"):
            assert canary.encode() not in content
            assert canary.encode("utf-16-le") not in content

    def test_what_was_not_compared_writes_nothing(self, store: SqliteStore) -> None:
        """A flood against unknown, locked, used or superseded codes costs no flush to disk."""
        accepted(store)
        store.open_challenge(new("c-2", line="d-2"), (), LIMITS)
        store.open_challenge(new("c-3", line="d-2"), (), LIMITS)
        store.open_challenge(new("c-4", budgets=("u-4",)), (), LIMITS)
        for _ in range(3):
            store.check_code("c-4", wrong(), LIMITS)
        later = NOW + DAY
        answers: dict[str, int | None] = {"none": None, "c-1": None, "c-2": None, "c-4": None, "c-3": later}
        kinds: list[VerdictKind] = []
        for challenge, now in answers.items():
            check = partial(store.check_code, challenge, wrong(), LIMITS, now)
            assert changes_of(store, check) == 0
            kinds.append(check().kind)
        assert kinds == ["unknown", "superseded", "superseded", "locked", "expired"]

    def test_a_code_that_is_compared_writes_only_what_changed(self, store: SqliteStore) -> None:
        store.open_challenge(new(), (), LIMITS)
        assert changes_of(store, lambda: store.check_code("c-1", wrong(), LIMITS)) == 1
        assert changes_of(store, lambda: store.check_code("c-1", right(), LIMITS)) == 3

    def test_every_read_by_id_uses_an_index(self, store: SqliteStore) -> None:
        """However many codes there were, a check reads its own rows and nothing else."""
        with store._file.reading() as db:
            for statement in (sql.CHALLENGE, sql.EXISTS, sql.GRANT, sql.BUDGET, sql.LOG, sql.ASKED):
                plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}", ("x",))]
                assert [step for step in plan if step.startswith("SCAN")] == []

    def test_a_sweep_forgets_what_is_over_and_keeps_what_lives(self, path: Path) -> None:
        """More rows than one page of the sweep, old and young in turn."""
        with SqliteStore(path) as store:
            with store._file.writing() as db:
                rows = [(f"b-{number}", 0, NOW + number % 2) for number in range(2_500)]
                db.executemany(sql.ADD_SENT, rows)
            store.open_challenge(new(), (PHONE,), LIMITS, NOW)
            assert store.forget_codes(NOW) == 1_250
            assert store.forget_codes(NOW) == 0
            assert store.load_challenge("c-1") is not None
            assert store.forget_codes(NOW + 5 * MINUTE + DAY) == 1_250 + 2
            assert store.load_challenge("c-1") is None
            assert store.forget_codes(NOW + LIMITS.known_for - 1) == 0
            assert store.forget_codes(NOW + LIMITS.known_for) == 1

    def test_a_right_code_makes_room_in_its_guard_bucket(self, store: SqliteStore) -> None:
        """Three unverified fill the guard; each one that is verified, in the same slot, lets one more go out."""
        for number in range(3):
            asked = new(f"c-{number}", budgets=(f"u-{number}",))
            assert isinstance(store.open_challenge(asked, (GUARD,), LIMITS), Sent)
        for number in range(3):
            more = new(f"more-{number}", budgets=(f"m-{number}",))
            assert isinstance(store.open_challenge(more, (GUARD,), LIMITS), NoRoom)
            assert store.check_code(f"c-{number}", right(), LIMITS).kind is VerdictKind.ACCEPTED
            assert isinstance(store.open_challenge(more, (GUARD,), LIMITS), Sent)

    def test_a_locked_file_is_told_so_and_counts_nothing(self, path: Path) -> None:
        with SqliteStore(path, busy_for=timedelta(0)) as store:
            store.open_challenge(new(), (), LIMITS, NOW)
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(StoreError, match="locked") as told:
                    store.check_code("c-1", right(), LIMITS, NOW)
                assert told.value.zh
                other.execute("ROLLBACK")
            assert store.check_code("c-1", right(), LIMITS, NOW).kind is VerdictKind.ACCEPTED

    def test_a_charge_that_fails_half_way_leaves_nothing(self, store: SqliteStore) -> None:
        """All or nothing holds against the disk too: after the fault neither bucket nor challenge is there."""
        with store._file.writing() as db:
            db.execute("ALTER TABLE code_budget RENAME TO gone")
            db.execute("CREATE VIEW code_budget AS SELECT * FROM gone")
        with pytest.raises(StoreError):
            store.open_challenge(new(), (PHONE, GUARD), LIMITS)
        with store._file.writing() as db:
            db.execute("DROP VIEW code_budget")
            db.execute("ALTER TABLE gone RENAME TO code_budget")
        assert store.load_challenge("c-1") is None
        assert isinstance(store.open_challenge(new(), (PHONE, GUARD), LIMITS), Sent)


class TestTheClock:
    def test_a_clock_that_steps_back_accepts_no_code_and_frees_no_lock(self, path: Path) -> None:
        clock = FrozenClock(AT)
        with SqliteStore(path, clock=clock) as store:
            store.open_challenge(new(), (PHONE,), LIMITS)
            clock.move(timedelta(hours=-1))
            assert store.check_code("c-1", right(), LIMITS).kind is VerdictKind.EXPIRED
            full = store.open_challenge(new("c-2", budgets=("u-2",)), (PHONE,), LIMITS)
            assert full == NoRoom("phone", NOW + MINUTE)
            clock.set(AT)
            for _ in range(3):
                store.check_code("c-1", wrong(), LIMITS)
            clock.move(timedelta(hours=-1))
            assert store.check_code("c-1", right(), LIMITS).kind is VerdictKind.LOCKED

    def test_a_clock_without_a_zone_is_refused_and_nothing_is_held(self, path: Path) -> None:
        """The fault is the host's: one ValueError, and the file is free for the next caller."""

        class Naive:
            def now(self) -> datetime:
                return datetime(2026, 9, 24, 2, 0)

        with SqliteStore(path, clock=Naive()) as store, SqliteStore(path, clock=FrozenClock(AT)) as sound:
            sound.open_challenge(new(), (), LIMITS)
            for act in (
                lambda: store.open_challenge(new("c-2"), (), LIMITS),
                lambda: store.check_code("c-1", right(), LIMITS),
                lambda: store.redeem_grant("c-1", GRANT),
                store.forget_codes,
            ):
                with pytest.raises(ValueError, match="time zone"):
                    act()
            assert sound.check_code("c-1", right(), LIMITS).kind is VerdictKind.ACCEPTED

    def test_time_of_another_zone_is_the_same_moment(self, path: Path) -> None:
        shanghai = AT.astimezone(timezone(timedelta(hours=8)))
        with SqliteStore(path, clock=FrozenClock(shanghai)) as store:
            answer = store.open_challenge(new(), (), LIMITS)
            assert isinstance(answer, Sent)
            assert answer.at == NOW


class TestTheHostsTransaction:
    """A grant and what it allows are one commit, or neither happened."""

    @pytest.fixture
    def host(self, store: SqliteStore, path: Path) -> Iterator[sqlite3.Connection]:
        accepted(store)
        with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as db:
            db.execute("CREATE TABLE payout (loan_id TEXT)")
            yield db

    def test_a_rollback_leaves_the_grant_good(self, store: SqliteStore, host: sqlite3.Connection) -> None:
        host.execute("BEGIN IMMEDIATE")
        assert store.redeem_in(host).redeem_grant("c-1", GRANT)
        host.execute("INSERT INTO payout VALUES ('L-1')")
        host.execute("ROLLBACK")
        assert host.execute("SELECT count(*) FROM payout").fetchone() == (0,)
        assert store.redeem_grant("c-1", GRANT)

    def test_a_commit_spends_it(self, store: SqliteStore, host: sqlite3.Connection) -> None:
        host.execute("BEGIN IMMEDIATE")
        grants = store.redeem_in(host)
        assert grants.redeem_grant("c-1", GRANT)
        assert not grants.redeem_grant("c-1", GRANT)
        host.execute("INSERT INTO payout VALUES ('L-1')")
        host.execute("COMMIT")
        assert not store.redeem_grant("c-1", GRANT)
        assert host.execute("SELECT count(*) FROM payout").fetchone() == (1,)

    def test_a_wrong_late_or_unknown_grant_is_refused(
        self, store: SqliteStore, host: sqlite3.Connection
    ) -> None:
        host.execute("BEGIN IMMEDIATE")
        grants: Grants = store.redeem_in(host)
        assert not grants.redeem_grant("c-1", WRONG)
        assert not grants.redeem_grant("c-1", b"")
        assert not grants.redeem_grant("c-1", GRANT, NOW + 5 * MINUTE)
        assert not grants.redeem_grant("c-2", GRANT)
        assert grants.redeem_grant("c-1", GRANT, NOW + 5 * MINUTE - 1)
        host.execute("COMMIT")

    def test_the_hosts_row_and_text_factories_and_temp_tables_do_not_matter(
        self, store: SqliteStore, host: sqlite3.Connection
    ) -> None:
        host.row_factory = lambda _cursor, _row: "mine"
        host.text_factory = bytes
        host.execute("CREATE TEMP TABLE code_challenge (id)")
        host.execute("BEGIN IMMEDIATE")
        assert store.redeem_in(host).redeem_grant("c-1", GRANT)
        host.execute("COMMIT")
        assert not store.redeem_grant("c-1", GRANT)

    def test_a_connection_without_a_transaction_is_refused(
        self, store: SqliteStore, host: sqlite3.Connection
    ) -> None:
        """It would spend the grant before the action is done."""
        with pytest.raises(CallerError, match="BEGIN IMMEDIATE") as told:
            store.redeem_in(host).redeem_grant("c-1", GRANT)
        assert told.value.zh
        assert store.redeem_grant("c-1", GRANT)

    @pytest.mark.parametrize("place", ["other.db", ":memory:"])
    def test_a_connection_to_another_file_is_refused(
        self, store: SqliteStore, tmp_path: Path, place: str
    ) -> None:
        accepted(store)
        name = place if place == ":memory:" else str(tmp_path / place)
        with closing(sqlite3.connect(name, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(CallerError, match="main file") as told:
                store.redeem_in(other).redeem_grant("c-1", GRANT)
            assert told.value.zh

    def test_a_snapshot_that_is_out_of_date_spends_nothing_twice(
        self, store: SqliteStore, host: sqlite3.Connection
    ) -> None:
        """A deferred transaction that read before another redeemed: one error of ours, never a second True."""
        host.execute("BEGIN")
        host.execute("SELECT count(*) FROM payout").fetchone()
        assert store.redeem_grant("c-1", GRANT)
        with pytest.raises(StoreError, match="locked"):
            store.redeem_in(host).redeem_grant("c-1", GRANT)
        host.execute("ROLLBACK")

    def test_a_closed_connection_is_an_error_of_ours(self, store: SqliteStore, path: Path) -> None:
        host = sqlite3.connect(path)
        host.close()
        with pytest.raises(StoreError):
            store.redeem_in(host).redeem_grant("c-1", GRANT)

    def test_it_is_there_awaited(self, path: Path, store: SqliteStore, host: sqlite3.Connection) -> None:
        async def redeemed() -> bool:
            async with AsyncSqliteStore(path, clock=FrozenClock(AT)) as awaited:
                host.execute("BEGIN IMMEDIATE")
                done = await awaited.redeem_in(host).redeem_grant("c-1", GRANT)
                host.execute("COMMIT")
                return done and not await awaited.redeem_grant("c-1", GRANT)

        assert asyncio.run(redeemed())


class TestAwaited:
    @pytest.mark.parametrize("kind", ["memory", "sqlite"])
    def test_every_verb_is_there(self, path: Path, kind: str) -> None:
        async def life(store: AsyncCodeStore) -> None:
            assert store.guarantees().codes
            opened = await store.open_challenge(new(taken=False), (PHONE,), LIMITS, NOW)
            assert isinstance(opened, Sent)
            assert await store.take_send("c-1", 1, NOW)
            again = await store.resend_challenge("c-1", (), LIMITS, left=MINUTE, taken=False, now=NOW + 1)
            assert again == Sent(at=NOW + 1, expires_at=NOW + 5 * MINUTE, send=2)
            assert await store.refund_send("c-1", 2, ())
            assert (await store.check_code("c-1", wrong(), LIMITS, NOW)).kind is VerdictKind.WRONG
            assert (await store.check_code("c-1", right(), LIMITS, NOW)).kind is VerdictKind.ACCEPTED
            assert await store.redeem_grant("c-1", GRANT, NOW)
            kept = await store.load_challenge("c-1")
            assert kept is not None
            assert (kept.state, kept.sends, kept.refunded, kept.redeemed) == (State.USED, 2, 2, True)
            assert await store.forget_codes(NOW + 90 * DAY) == 4
            assert await store.load_challenge("c-1") is None

        async def on_disk() -> None:
            async with AsyncSqliteStore(path) as store:
                await life(store)

        asyncio.run(life(AsyncMemoryStore()) if kind == "memory" else on_disk())

    def test_a_cancelled_check_is_counted_all_the_same(self, path: Path) -> None:
        """Who hangs up has still guessed."""

        async def hang_up() -> None:
            async with AsyncSqliteStore(path) as store:
                await store.open_challenge(new(), (), LIMITS, NOW)
                tries = [asyncio.create_task(store.check_code("c-1", wrong(), LIMITS, NOW)) for _ in range(3)]
                await asyncio.sleep(0)
                for one in tries:
                    one.cancel()
                await asyncio.gather(*tries, return_exceptions=True)
                assert (await store.check_code("c-1", right(), LIMITS, NOW)).kind is VerdictKind.LOCKED

        asyncio.run(hang_up())


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(worker: subprocess.Popen[str]) -> list[str]:
    out, err = worker.communicate(timeout=60)
    assert worker.returncode == 0, err
    told: list[str] = json.loads(out)
    return told


class TestProcesses:
    def test_one_right_code_is_accepted_once_over_processes(self, path: Path) -> None:
        """Three processes type the right code of 40 challenges: 40 are accepted, and no grant is redeemed twice."""
        with SqliteStore(path) as store:
            for number in range(40):
                store.open_challenge(new(f"c-{number}", budgets=(f"u-{number}",)), (), LIMITS, NOW)
        workers = [start(path, "right", 40) for _ in range(3)]
        told = Counter(kind for worker in workers for kind in ended(worker))
        assert told == {"accepted": 40, "redeemed": 40, "superseded": 80, "refused": 80}

    def test_parallel_wrong_guesses_never_pass_the_budget(self, path: Path) -> None:
        with SqliteStore(path) as store:
            store.open_challenge(new(), (), LIMITS, NOW)
            workers = [start(path, "wrong", 10) for _ in range(3)]
            told = Counter(kind for worker in workers for kind in ended(worker))
            assert told == {"wrong": 3, "locked": 27}

    def test_a_killed_process_loses_no_counted_attempt(self, path: Path) -> None:
        """SIGKILL right after two answers: both are counted, so one more guess is the last."""
        with SqliteStore(path) as store:
            store.open_challenge(new(), (), LIMITS, NOW)
        worker = start(path, "die-wrong", 2)
        worker.communicate(timeout=60)
        assert worker.returncode == -signal.SIGKILL
        with SqliteStore(path) as store:
            assert store.check_code("c-1", wrong(), LIMITS, NOW).kind is VerdictKind.WRONG
            assert store.check_code("c-1", right(), LIMITS, NOW).kind is VerdictKind.LOCKED

    def test_a_kill_between_the_answer_and_the_redemption_leaves_the_grant_good(self, path: Path) -> None:
        with SqliteStore(path) as store:
            store.open_challenge(new(), (), LIMITS, NOW)
        worker = start(path, "die-right", 1)
        worker.communicate(timeout=60)
        assert worker.returncode == -signal.SIGKILL
        with SqliteStore(path) as store:
            assert store.check_code("c-1", right(), LIMITS, NOW).kind is VerdictKind.SUPERSEDED
            assert store.redeem_grant("c-1", GRANT, NOW)
            assert not store.redeem_grant("c-1", GRANT, NOW)

    def test_a_kill_inside_the_hosts_transaction_leaves_the_grant_good(self, path: Path) -> None:
        """Redeemed, but the host died before its commit: nothing happened, neither payout nor redemption."""
        with SqliteStore(path, clock=FrozenClock(AT)) as store:
            accepted(store)
        worker = start(path, "die-redeeming", 1)
        worker.communicate(timeout=60)
        assert worker.returncode == -signal.SIGKILL
        with SqliteStore(path) as store:
            assert store.redeem_grant("c-1", GRANT, NOW)


# Random histories: two lines, two devices, three budgets, buckets that fill; times that mostly run forwards.
# Which challenge: how many openings ago; for an opening 0 is a new one.
BACK = st.sampled_from([0, 0, 0, 1])
DEVICES = st.sampled_from(["", "d-1", "d-2"])
COUNTED = (
    PHONE,
    Bucket("ip", "b-ip", (Limit(2, 10 * MINUTE),), slot=MINUTE),
    GUARD,
    Bucket("country", "b-country", (Limit(2, DAY),), guard=Guard(percent=10, shadow=True)),
)
BUCKETS = st.lists(st.sampled_from(COUNTED), max_size=3, unique_by=lambda one: one.id).map(tuple)
STEPS = st.one_of(st.integers(-SECOND, MINUTE), st.sampled_from([0, 0, 1, 20 * MINUTE, -20 * MINUTE, DAY]))
TAGS = st.sampled_from([RIGHT, RIGHT, WRONG, WRONG, b""])

OPENINGS = st.fixed_dictionaries(
    {
        "verb": st.just("open"),
        "back": BACK,
        "budgets": st.sampled_from([("u-1",), ("u-2",), ("u-1", "u-3"), ()]),
        "device": DEVICES,
        "line": st.sampled_from(["", "d-1", "d-2"]),
        "guards": BUCKETS,
        "taken": st.booleans(),
        "lives": st.sampled_from([MINUTE, 5 * MINUTE]),
        "buckets": BUCKETS,
    }
)
CHECKS = st.fixed_dictionaries(
    {
        "verb": st.just("check"),
        "back": BACK,
        "device": DEVICES,
        "tag": TAGS,
        "grant": st.just(GRANT),
    }
)
OTHERS = st.one_of(
    st.fixed_dictionaries(
        {
            "verb": st.just("resend"),
            "back": BACK,
            "buckets": BUCKETS,
            "left": st.sampled_from([0, MINUTE]),
            "taken": st.booleans(),
        }
    ),
    st.fixed_dictionaries({"verb": st.just("take"), "back": BACK, "send": st.sampled_from([1, 1, 2, 3])}),
    st.fixed_dictionaries(
        {"verb": st.just("refund"), "back": BACK, "send": st.sampled_from([1, 1, 2, 3]), "buckets": BUCKETS}
    ),
    st.fixed_dictionaries(
        {
            "verb": st.just("redeem"),
            "back": BACK,
            "grant": st.sampled_from([GRANT, GRANT, WRONG, b""]),
        }
    ),
)
HISTORIES = st.lists(st.tuples(st.one_of(OPENINGS, CHECKS, CHECKS, OTHERS), STEPS), max_size=40)


def done(store: CodeStore, about: str, act: dict[str, Any], now: int | None) -> object:
    """Do one act of a history about a challenge, return its answer and the challenge after it."""
    answer: object
    match act["verb"]:
        case "open":
            named = {name: act[name] for name in ("budgets", "device", "line", "guards", "taken", "lives")}
            answer = store.open_challenge(new(about, **named), act["buckets"], LIMITS, now)
        case "check":
            typed = Attempt(tag=act["tag"], device=act["device"], grant=act["grant"], grant_lives=MINUTE)
            answer = store.check_code(about, typed, LIMITS, now)
        case "resend":
            answer = store.resend_challenge(
                about, act["buckets"], LIMITS, left=act["left"], taken=act["taken"], now=now
            )
        case "take":
            answer = store.take_send(about, act["send"], now)
        case "refund":
            answer = store.refund_send(about, act["send"], act["buckets"])
        case _:
            answer = store.redeem_grant(about, act["grant"], now)
    return answer, store.load_challenge(about)


def probed(store: CodeStore, opened: int, now: int) -> list[object]:
    """Use up every bucket and budget that is left, so that whatever is remembered of the past shows."""
    told: list[object] = []
    for number in range(6):
        for bucket in COUNTED:
            asked = new(f"p-{bucket.id}-{number}", budgets=(f"p-{number}",), guards=())
            told.append(store.open_challenge(asked, (bucket,), LIMITS, now))
    for device in ("d-1", "", "d-2", "d-1", "d-2"):
        ids = [f"c-{number}" for number in range(opened + 1)]
        told += [store.check_code(one, wrong(device), LIMITS, now) for one in ids]
    return told


@settings(max_examples=60, deadline=None)
@given(history=HISTORIES, own_clock=st.booleans())
def test_memory_and_sqlite_give_the_same_answers(
    history: list[tuple[dict[str, Any], int]], own_clock: bool
) -> None:
    """Over random histories, with the time given or by the store's clock, two connections taking turns."""
    clock = FrozenClock(AT)
    memory = MemoryStore(clock=clock)
    opened = 0
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.db"
        with SqliteStore(path, clock=clock) as one, SqliteStore(path, clock=clock) as other:
            for number, (act, by) in enumerate(history):
                clock.move(timedelta(microseconds=by))
                now = None if own_clock else micros(clock.now())
                opened += act["verb"] == "open"
                about = f"c-{opened - act['back']}"
                assert done((one, other)[number % 2], about, act, now) == done(memory, about, act, now)
            now = micros(clock.now())
            assert probed(one, opened, now) == probed(memory, opened, now)
            clock.move(timedelta(days=1, hours=1))
            one.forget_codes()
            memory.forget_codes()
            for number in range(opened + 1):
                assert one.load_challenge(f"c-{number}") == memory.load_challenge(f"c-{number}")


def main(path: str, what: str, times: int) -> None:
    """Type the right code of every challenge and redeem it, or wrong ones; `die-…` ends in SIGKILL."""
    told: list[str] = []
    with SqliteStore(path) as store:
        if what == "die-redeeming":
            host = sqlite3.connect(path, isolation_level=None)
            host.execute("BEGIN IMMEDIATE")
            if store.redeem_in(host).redeem_grant("c-1", GRANT, NOW):
                os.kill(os.getpid(), signal.SIGKILL)
        for number in range(times):
            if what == "right":
                told.append(store.check_code(f"c-{number}", right(), LIMITS, NOW).kind)
                told.append("redeemed" if store.redeem_grant(f"c-{number}", GRANT, NOW) else "refused")
            else:
                attempt = right() if what == "die-right" else wrong()
                told.append(store.check_code("c-1", attempt, LIMITS, NOW).kind)
        if what.startswith("die"):
            os.kill(os.getpid(), signal.SIGKILL)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
