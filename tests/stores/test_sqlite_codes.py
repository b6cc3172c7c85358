"""What is special to codes in a SQLite file: upgrades, the clock, what lies on disk, every verb awaited."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest
from tests.stores.sqlite_code_worker import (
    GRANT,
    GUARD,
    LIMITS,
    MINUTE,
    NOW,
    PHONE,
    accepted,
    new,
    right,
    wrong,
)

from loansms.clock import FrozenClock
from loansms.errors import StoreError
from loansms.otp import codes
from loansms.otp.admission import Bucket, Guard, Limit, NoRoom
from loansms.otp.budget import DAY
from loansms.otp.challenge import Attempt, Checked, State
from loansms.otp.verdict import VerdictKind
from loansms.privacy import KeyRing, seal
from loansms.stores import (
    AlreadyDone,
    AsyncCodeStore,
    AsyncMemoryStore,
    AsyncSqliteStore,
    AttemptState,
    LockedOut,
    MemoryStore,
    Sent,
    SqliteStore,
)
from loansms.stores.claim_rows import taken_rows
from loansms.stores.rows import COLUMNS as ATTEMPT
from loansms.stores.sql.dialect import SQLITE
from loansms.stores.sqlite import code_statements as sql
from loansms.stores.sqlite.schema import APPLICATION_ID, MIGRATIONS, VERSION
from loansms.testing.examples import AT, claim


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(path, clock=FrozenClock(AT)) as opened:
        yield opened


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
            # The columns of version 1: what later ones added is left out.
            known = len(ATTEMPT) - ATTEMPT[::-1].index("token")
            ((row,), _) = taken_rows([(claim(), "0" * 32, 1)], NOW)
            db.execute(SQLITE.insert("attempt", ATTEMPT[:known]), row[:known])
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
