"""An old and a new version of loansms at work on one ledger, as while a fleet is being upgraded."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.forked import Worker
from tests.stores.fresh_ledger import KINDS, fresh_ledger
from tests.stores.next_version import next_version, started
from tests.stores.worker import main, opened

from loansms.errors import StoreError
from loansms.model import Preferences
from loansms.stores import AttemptState, SqliteStore
from loansms.testing.examples import AT, claim

STEPS, DEBTORS, CAP = 400, 80, 4


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next_version(tmp_path_factory.mktemp("next"))


@pytest.fixture(params=KINDS)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_ledger(request.param, tmp_path) as named:
        yield named


def ready(gate: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(list(gate.glob("ready-*"))) < count:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_old_workers_go_on_while_the_new_version_migrates_under_them(
    ledger: str, tmp_path: Path, later: Path
) -> None:
    """Three old workers stand in the middle of their book when a new one migrates; two of the four are killed."""
    spool, gate = tmp_path / "spool", tmp_path / "gate"
    gate.mkdir()
    book = (ledger, spool, STEPS, DEBTORS, CAP)
    old = [
        Worker(main, *book, die_after, gate, 100 * place) for place, die_after in enumerate(("-", 20, -25))
    ]
    ready(gate, 3)
    new = started(later, *book, "-", gate, 300)
    ready(gate, 4)

    # One that starts now is of the old version, and the ledger of the new: it is told so, and asks for nothing.
    with pytest.raises(StoreError, match=r"newer loansms \(.*upgrade loansms"), opened(ledger) as store:
        store.attempts()

    (gate / "go").touch()
    ends = [worker.ended() for worker in old]
    assert [one.returncode for one in ends] == [0, -signal.SIGKILL, -signal.SIGKILL], ends[0].stderr
    told, wrong = new.communicate(timeout=60)
    assert new.returncode == 0, wrong
    last = started(later, *book, "-")
    _, wrong = last.communicate(timeout=60)
    assert last.returncode == 0, wrong

    lines = (spool / "submitted.jsonl").read_text(encoding="utf-8").splitlines()
    sent = [json.loads(line)["step_key"] for line in lines]
    assert len(sent) == len(set(sent))
    mine = json.loads(ends[0].stdout)
    assert mine
    assert json.loads(told)
    assert set(mine).isdisjoint(json.loads(told))

    states = after(later, ledger)
    claimed = Counter(int(key[2:]) % DEBTORS for key in states)
    assert set(claimed.values()) == {CAP}
    accepted = {key for key, state in states.items() if state == AttemptState.ACCEPTED}
    assert accepted <= set(sent) <= set(states)
    # What the killed held: at most one window each.
    assert 1 <= len(states) - len(accepted) <= 16


def after(later: Path, ledger: str) -> dict[str, str]:
    """Return the states of all attempts as the new version reads them, and prove that its journal is whole."""
    code = (
        "import json, sys; from tests.stores.worker import opened\n"
        "with opened(sys.argv[1]) as store:\n"
        "    entries = store.entries()\n"
        "    claimed = [one.record.step_key for one in entries if one.record.kind == 'claimed']\n"
        "    states = {one.step_key: one.state.value for one in store.attempts()}\n"
        "    assert sorted(claimed) == sorted(states), (len(claimed), len(states))\n"
        "    print(json.dumps(states))\n"
    )
    found = started(later, ledger, code=code)
    told, wrong = found.communicate(timeout=60)
    assert found.returncode == 0, wrong
    states: dict[str, str] = json.loads(told)
    return states


def test_a_word_of_a_newer_version_stops_the_old_one_and_is_told(tmp_path: Path) -> None:
    """A channel, a state or a wish that this version does not know: one line, nothing recorded, nothing guessed."""

    def attempts(store: SqliteStore) -> object:
        return list(store.attempts())

    def history(store: SqliteStore) -> object:
        return store.histories(["example|B-1"], since=AT - timedelta(days=9))

    for place, (asked, change) in enumerate(
        (
            (attempts, "UPDATE attempt SET channel = 'rcs'"),
            (attempts, "UPDATE attempt SET state = 'waiting_for_bank'"),
            (history, "UPDATE ledger_preference SET told = '{\"pause\": true}'"),
        )
    ):
        path = tmp_path / f"{place}.db"
        with SqliteStore(path) as store:
            store.claim([claim()])
            store.record_preferences("example|B-1", Preferences(shorter=True), AT, "s-1")
        with sqlite3.connect(path) as db:
            db.execute(change)
        with (
            SqliteStore(path) as store,
            pytest.raises(StoreError, match=r"a newer one wrote it; nothing was recorded, upgrade") as told,
        ):
            asked(store)
        assert "升级" in told.value.zh
        assert "rcs" not in str(told.value)
