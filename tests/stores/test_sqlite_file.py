"""The SQLite file itself: what is opened, refused, kept, and never written into it."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from loansms.clock import FrozenClock
from loansms.errors import StoreError
from loansms.model import Accepted, Consent, History, PhoneNumber, Revocation
from loansms.privacy import Secret
from loansms.providers import SandboxProvider
from loansms.stores import (
    REVOKED,
    AlreadyDone,
    AttemptState,
    Claimed,
    Guarantees,
    MemoryStore,
    SqliteStore,
    Suppressed,
)
from loansms.stores.rows import COLUMNS
from loansms.stores.sql import statements as sql
from loansms.stores.sql.dialect import COLUMNS as TABLES
from loansms.stores.sql.dialect import SQLITE
from loansms.stores.sqlite.schema import APPLICATION_ID, MIGRATIONS, VERSION
from loansms.testing.examples import AT, claim, message


def fault(path: Path) -> str:
    """Return the one line with which a path is refused."""
    with pytest.raises(StoreError) as told:
        SqliteStore(path)
    assert told.value.zh
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "a folder" in fault(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert "does not exist" in fault(tmp_path / "nowhere" / "run.db")


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    book = tmp_path / "book.csv"
    book.write_text("loan_id,phone\n" * 200)
    assert "not a SQLite file" in fault(book)
    assert book.read_text() == "loan_id,phone\n" * 200


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE orders (id INTEGER)")
    db.close()
    before = path.read_bytes()
    assert "another program" in fault(path)
    assert path.read_bytes() == before


def test_a_ledger_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    SqliteStore(path).close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    assert "newer loansms" in fault(path)


def test_a_place_that_cannot_be_written_is_refused() -> None:
    if not Path("/proc/self").exists():
        assert "does not exist" in fault(Path("/proc/run.db"))
    else:
        assert "cannot be opened" in fault(Path("/proc/run.db"))


def test_a_read_only_ledger_is_told_so(tmp_path: Path) -> None:
    """The first write fails with one line, and nothing is claimed."""
    with SqliteStore(tmp_path / "run.db") as store:
        with store._file.reading() as db:
            pass
        db.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match="read-only"):
            store.claim([claim()])
        db.execute("PRAGMA query_only = OFF")
        assert list(store.attempts()) == []


def test_a_memory_path_points_to_the_memory_store() -> None:
    assert "MemoryStore" in fault(Path(":memory:"))


def test_a_locked_ledger_is_told_so_and_claims_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    with SqliteStore(path, busy_for=timedelta(0)) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            store.claim([claim()])
        other.execute("ROLLBACK")
        other.close()
        assert list(store.attempts()) == []
        assert isinstance(store.claim([claim()])[0], Claimed)


def test_a_store_carried_over_a_fork_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes on one SQLite connection corrupt it: the child must open its own."""
    with SqliteStore(tmp_path / "run.db") as store:
        here = os.getpid()
        with monkeypatch.context() as child:
            child.setattr(os, "getpid", lambda: here + 1)
            with pytest.raises(StoreError, match="fork"):
                store.claim([claim()])


def test_the_ledger_is_there_after_it_was_closed(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "run.db") as store:
        (answer,) = store.claim([claim()])
        assert isinstance(answer, Claimed)
    with SqliteStore(tmp_path / "run.db") as store:
        assert store.finish("step-1", answer.token, Accepted("p-1"), AT)
        (record,) = store.attempts()
        assert record.state is AttemptState.ACCEPTED


def test_every_commit_is_flushed(tmp_path: Path) -> None:
    """WAL with synchronous = FULL (2): a claim that power loss could take back would be sent twice."""
    with SqliteStore(tmp_path / "run.db") as store, store._file.reading() as db:
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_the_table_holds_the_records_fields(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "run.db") as store, store._file.reading() as db:
        names = [row[1] for row in db.execute("PRAGMA table_info(attempt)")]
        assert sorted(names) == sorted(["id", *COLUMNS])
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_a_ledger_from_before_consents_keeps_its_refusals_and_learns_them(tmp_path: Path) -> None:
    """Who had refused before the upgrade is not written to after it, and can agree and refuse anew."""
    path = tmp_path / "run.db"
    with closing(sqlite3.connect(path)) as db:
        for statement in (one for step in MIGRATIONS[:2] for one in step):
            db.execute(statement)
        db.execute(
            SQLITE.insert("suppression", TABLES["suppression"]), ("example|B-1", "opted_out", 0, None, None)
        )
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 2")
        db.commit()
    agreed = Consent(at=AT, purposes=["repayment_reminder"], channels=["sms"])
    with SqliteStore(path) as store:
        assert isinstance(store.claim([claim()])[0], Suppressed)
        assert store.record_consent("example|B-2", agreed, "form-1")
        assert store.revoke_consent("example|B-2", Revocation(at=AT), "call-1")
    with SqliteStore(path) as store:
        assert store.claim([claim(debtor="example|B-2")]) == [Suppressed(REVOKED)]
        known = store.histories(["example|B-1", "example|B-2"], AT)
    assert known["example|B-1"].opted_out
    assert (known["example|B-2"].consents, known["example|B-2"].revocations) == (
        (agreed,),
        (Revocation(at=AT),),
    )


def test_a_record_that_could_not_be_written_is_told_and_not_half_there(tmp_path: Path) -> None:
    """Nobody may believe a refusal was recorded when it was not."""
    with SqliteStore(tmp_path / "run.db") as store:
        with store._file.reading() as db:
            pass
        db.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match="read-only"):
            store.revoke_consent("example|B-1", Revocation(at=AT), "call-1")
        with pytest.raises(StoreError, match="read-only"):
            store.record_consent("example|B-1", Consent(at=AT, scopes=["more_contacts"]), "form-1")
        db.execute("PRAGMA query_only = OFF")
        assert store.histories(["example|B-1"], AT)["example|B-1"] == History()
        assert store.revoke_consent("example|B-1", Revocation(at=AT), "call-1")


def test_questions_about_debtors_use_an_index(tmp_path: Path) -> None:
    """However large the ledger grows, a claim reads its own debtors and nothing else."""
    asked = {
        sql.CONTACTS: ("[]", 0, "[]", 0),
        sql.STEPS: ("[]",),
        sql.STATES: ("[]",),
        sql.SUPPRESSIONS: ("[]",),
        sql.DEFERRED: ("[]",),
        sql.CONSENTS: ("[]",),
        sql.REVOCATIONS: ("[]",),
        sql.SILENT: (0,),
        sql.BY_PROVIDER_ID: ("p",),
        sql.BY_KEY: ("k",),
        sql.BY_PART: ("p",),
        sql.PARTS: ("p",),
        sql.HOLDS: ("[]",),
        sql.PAYMENTS: ("[]",),
        sql.KEYS: ("[]",),
        sql.TAGGED: ("[]",),
        sql.UNSEALED: (1,),
        sql.LEAVES: (0, 1),
        sql.ENTRIES.replace("<whose>", " AND debtor = ?"): (0, "d", 1),
        sql.ENTRIES.replace("<whose>", " AND loan_id = ?"): (0, "l", 1),
        sql.SEALED.replace("<row>", " AND in_row = ?"): ("s", "r"),
        sql.SWEEP: (0,),
        sql.FREE_JOBS: (0, 0, 1),
    }
    with SqliteStore(tmp_path / "run.db") as store, store._file.reading() as db:
        for statement, values in asked.items():
            plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {SQLITE.sql(statement)}", values)]
            walked = [step for step in plan if step.startswith("SCAN") and "VIRTUAL TABLE" not in step]
            # These two want the first rows of an index in its order; any other would walk it to the end.
            first_of = {sql.UNSEALED: "ledger_entry_unsealed", sql.FREE_JOBS: "ledger_job_turn"}
            assert [step for step in walked if not step.endswith(first_of.get(statement, " "))] == [], (
                statement
            )


def test_first_openings_at_once_do_not_collide(tmp_path: Path) -> None:
    """Many workers may start on a file that is not there yet."""
    path = tmp_path / "run.db"
    with ThreadPoolExecutor(8) as threads:
        stores = list(threads.map(lambda _: SqliteStore(path), range(16)))
    kinds = [type(store.claim([claim()])[0]).__name__ for store in stores]
    assert kinds == ["Claimed", *["AlreadyDone"] * 15]
    for store in stores:
        store.close()


def test_no_number_name_or_text_is_ever_stored(tmp_path: Path) -> None:
    """A message goes out and comes back delivered; no page, log or index of the ledger knows its words."""
    canaries = {"phone": "17400098765", "text": "canary-body-7731", "name": "canary-name-4410"}
    sandbox = SandboxProvider(reject_rate=0, unknown_rate=0)
    sent = message(
        to=PhoneNumber.parse(canaries["phone"], region="CN"),
        text=Secret(f"{canaries['name']}: {canaries['text']}"),
    )
    with SqliteStore(tmp_path / "run.db") as store:
        (answer,) = store.claim([claim()])
        assert isinstance(answer, Claimed)
        store.finish("step-1", answer.token, sandbox.submit(sent, AT), AT)
        for receipt in sandbox.receipts(AT + timedelta(days=2)):
            assert store.record_receipt(receipt)
        files = [path for path in tmp_path.iterdir() if path.stat().st_size]
        content = b"".join(path.read_bytes() for path in files)
    assert b"step-1" in content
    for canary in (*canaries.values(), canaries["phone"][-8:]):
        assert canary.encode() not in content
        assert canary.encode("utf-16-le") not in content


def test_tokens_do_not_show_in_reprs(tmp_path: Path) -> None:
    """Who reads a log cannot finish another's attempt."""
    with SqliteStore(tmp_path / "run.db") as store:
        (answer,) = store.claim([claim()])
        assert isinstance(answer, Claimed)
        (record,) = store.attempts()
        assert answer.token not in f"{answer!r} {record!r} {store!r}"


def test_memory_and_sqlite_say_what_they_promise(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "run.db") as store:
        assert store.guarantees() == Guarantees(
            durable=True,
            atomic_claims=True,
            survives_process_kill=True,
            survives_power_loss=True,
            multi_process=True,
            codes=True,
            journal=True,
            vault=True,
            queue=True,
        )
    assert MemoryStore().guarantees() == Guarantees(
        durable=False,
        atomic_claims=True,
        survives_process_kill=False,
        survives_power_loss=False,
        multi_process=False,
        codes=True,
        journal=True,
        vault=True,
        queue=True,
    )


def test_more_attempts_than_a_page_are_all_listed(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "run.db") as store:
        store.claim([claim(step_key=f"s-{number:05}") for number in range(2_500)])
        assert [record.step_key for record in store.attempts()] == [
            f"s-{number:05}" for number in range(2_500)
        ]


def test_a_new_ledger_is_its_owners_alone(tmp_path: Path) -> None:
    """Who owes, and how late, is nobody else's to read: the file, its log and its index; an old file keeps its rights."""
    path = tmp_path / "run.db"
    with SqliteStore(path) as store:
        store.claim([claim()])
        assert {found.stat().st_mode & 0o777 for found in tmp_path.iterdir()} == {0o600}
    path.chmod(0o640)
    SqliteStore(path).close()
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("replaced", [False, True])
def test_a_ledger_that_vanishes_while_open_stops_the_run(tmp_path: Path, replaced: bool) -> None:
    """A claim in a deleted file would be forgotten with it, and the step sent again: it is not granted."""
    path = tmp_path / "run.db"
    with SqliteStore(path) as store:
        store.claim([claim()])
        for found in tmp_path.iterdir():
            found.unlink()
        if replaced:
            SqliteStore(path).close()
        with pytest.raises(StoreError, match="deleted, moved or replaced") as told:
            store.claim([claim(step_key="step-2")])
        assert told.value.zh


def test_a_ledger_damaged_on_disk_is_told_so(tmp_path: Path) -> None:
    """Nothing is claimed from pages that cannot be read."""
    path = tmp_path / "run.db"
    with SqliteStore(path) as store:
        store.claim([claim(step_key=f"s-{number}") for number in range(500)])
    content = bytearray(path.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page : page + 64] = b"\xff" * 64
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"), SqliteStore(path) as store:
        store.claim([claim()])


def test_a_clock_that_jumps_back_takes_no_claim_from_its_holder(tmp_path: Path) -> None:
    """The lease only lasts longer; a jump forward makes it unknown, and the holder may still tell the truth."""
    clock = FrozenClock(AT)
    with SqliteStore(tmp_path / "run.db", clock=clock) as store:
        (answer,) = store.claim([claim()])
        assert isinstance(answer, Claimed)
        clock.move(timedelta(hours=-3))
        assert store.expire_leases() == 0
        assert store.claim([claim()]) == [AlreadyDone(AttemptState.ATTEMPTING)]
        clock.move(timedelta(days=1))
        assert store.expire_leases() == 1
        assert store.finish("step-1", answer.token, Accepted("p-1"), AT)
