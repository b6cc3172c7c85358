"""A ledger whose disk is full in the middle of a book, and has room again."""

from __future__ import annotations

import gc
import json
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from attrs import evolve, field, frozen
from tests.stores import mysql_server, postgres_server
from tests.stores.small_disk import filled, small_disk
from tests.stores.worker import claims_of, opened

from loansms.errors import StoreError
from loansms.model import Record, RecordKind, SubmitResult
from loansms.providers import SpoolProvider
from loansms.stores import AttemptState, Claim, Claimed, MysqlStore, PostgresStore, SqliteStore
from loansms.testing.examples import AT, message

DEBTORS, CAP, WINDOW = 400, 2, 8
MEGABYTES = {"sqlite": 8, "postgres": 96, "mysql": 160}
Told = tuple[str, str]
Store = SqliteStore | PostgresStore | MysqlStore


@frozen
class Served:
    """A ledger on a server of its own, the disk its data lie on, and how the server is brought up again."""

    ledger: str
    disk: Path
    again: Callable[[], None]


@pytest.fixture(params=["sqlite", "postgres", "mysql"])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    folder = Path(tempfile.mkdtemp(prefix="loansms-disk-"))
    kind: str = request.param
    if kind == "mysql" and mysql_server.is_absent():
        mysql_server.server_dsn()
    with small_disk(folder / "disk", MEGABYTES[kind]) as disk:
        data = disk / "data"
        if kind == "sqlite":
            yield Served(f"sqlite {disk / 'run.db'}", disk, lambda: None)
            return

        def start() -> None:
            if kind == "postgres":
                running[:] = postgres_server.started(folder, "--wal-segsize=1", data=data)
            else:
                running[:] = mysql_server.started(folder, data=data)

        def again() -> None:
            if running[0].poll() is not None:
                start()

        running: list[object] = []
        start()
        dsn = running[1]
        try:
            yield Served(f"mysql {dsn}" if kind == "mysql" else f"postgres book {dsn}", disk, again)
        finally:
            running[0].kill()
            running[0].wait()
    shutil.rmtree(folder, ignore_errors=True)


@frozen
class Desk:
    """A worker that counts: what it handed over, and what it could not write down."""

    store: Store
    provider: SpoolProvider
    held: list[tuple[str, str, SubmitResult]] = field(factory=list[tuple[str, str, SubmitResult]])

    def work(self, book: Sequence[Claim]) -> Told | None:
        """Claim, submit and finish in windows; stop at the first fault of the store, and return what it says."""
        for first in range(0, len(book), WINDOW):
            window = book[first : first + WINDOW]
            try:
                answers = self.store.claim(window)
            except StoreError as wrong:
                return str(wrong), wrong.zh
            for one, answer in zip(window, answers, strict=True):
                if isinstance(answer, Claimed):
                    sent = message(message_id=f"m-{one.step_key}", step_key=one.step_key)
                    result = self.provider.submit(sent, AT)
                    try:
                        self.store.finish(one.step_key, answer.token, result, AT)
                    except StoreError as wrong:
                        self.held.append((one.step_key, answer.token, result))
                        return str(wrong), wrong.zh
        return None


def refused(store: Store, step: Claim) -> None:
    """Write down steps that were not let through, one after another: a page may still have room for some."""
    for number in range(1000):
        told = Record(kind=RecordKind.DECIDED, at=AT, debtor="d", step_key=f"{number}", data=step.evidence)
        store.append([told])


def book() -> list[Claim]:
    """More steps than the caps let through, each with as much to keep as a real one."""
    chance = random.Random(7)
    told = [{"masked": "".join(chance.choices("0123456789abcdef", k=3000))} for _ in range(100)]
    claims = claims_of(DEBTORS * (CAP + 1), DEBTORS, CAP)
    return [evolve(one, evidence=told[place % 100]) for place, one in enumerate(claims)]


# MariaDB falls over on a full disk, and PyMySQL leaves a local socket it cannot connect to the collector.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_nothing_goes_out_that_is_not_written_and_the_work_goes_on_when_there_is_room(
    served: Served, tmp_path: Path
) -> None:
    provider, steps = SpoolProvider(tmp_path / "spool"), book()

    def sent() -> list[str]:
        lines = (tmp_path / "spool" / "submitted.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["step_key"] for line in lines]

    with opened(served.ledger) as store:
        desk = Desk(store, provider)
        assert desk.work(steps[:40]) is None
        with filled(served.disk):
            faults = [desk.work(steps[40:])]
            before = sent()
            # As long as there is no room nothing is claimed, and what must be written down stops its caller.
            faults.append(desk.work(steps[-WINDOW:]))
            with pytest.raises(StoreError) as unwritten:
                refused(store, steps[0])
            faults.append((str(unwritten.value), unwritten.value.zh))
            assert sent() == before
        served.again()
        for told in faults:
            assert told is not None
            assert "\n" not in "".join(told)
            assert all(told)
            assert "example|B-" not in "".join(told)
        deadline = time.monotonic() + 60
        while (fault := desk.work(steps[:WINDOW])) is not None:
            assert time.monotonic() < deadline, fault
            time.sleep(0.1)
        # What was handed over while its end could not be written is written now, under the token it was claimed with.
        for step_key, token, result in desk.held:
            store.finish(step_key, token, result, AT)
        assert desk.work(steps) is None

        assert len(sent()) == len(set(sent()))
        states = {one.step_key: one.state for one in store.attempts()}
        assert set(Counter(int(key[2:]) % DEBTORS for key in states).values()) == {CAP}
        accepted = {key for key, state in states.items() if state is AttemptState.ACCEPTED}
        assert accepted == set(sent())
        # What was claimed in the window that broke off and never handed over stays open: an operator is told of it.
        assert len(states) - len(accepted) < WINDOW
        kept = Counter(one.record.kind for one in store.entries())
        assert kept[RecordKind.CLAIMED] == len(states)
        assert kept[RecordKind.FINISHED] == len(accepted)
    del unwritten
    gc.collect()
