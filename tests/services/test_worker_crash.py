"""Workers that share a queue, killed at any moment: no step twice, every step sent or accounted for."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.forked import Ended, Worker
from tests.services.queue_worker import VERBS, main
from tests.stores.mysql_server import fresh_database
from tests.stores.postgres_server import fresh_schema, postgres_dsn
from tests.stores.worker import opened

NOW = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
LOANS = 40
WINDOW = 16
LATER = NOW + timedelta(minutes=11)  # past the lease of a job


@pytest.fixture
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store by its name in tests/stores/worker.py: a file, or on a server where the test asks for one."""
    kind = getattr(request, "param", "sqlite")
    if kind == "postgres":
        with fresh_schema() as schema:
            yield f"postgres {schema} {postgres_dsn()}"
    elif kind == "mysql":
        with fresh_database() as dsn:
            yield f"mysql {dsn}"
    else:
        yield f"sqlite {tmp_path / 'run.db'}"


EVERY_STORE = pytest.mark.parametrize("ledger", ["sqlite", "postgres", "mysql"], indirect=True)


@pytest.fixture
def book(tmp_path: Path, ledger: str) -> Path:
    """Forty borrowers, one loan each, due today, all of them in the queue."""
    path = tmp_path / "book.csv"
    rows = [f"L-{n},B-{n},1740000{n:04},CNY,{100 + n}.00,2026-09-24" for n in range(LOANS)]
    path.write_text("loan_id,borrower_id,phone,currency,amount_due,next_due_on\n" + "\n".join(rows) + "\n")
    assert play(tmp_path, ledger, "put:none").returncode == 0
    return path


def start(tmp_path: Path, ledger: str, point: str, count: int = 1, now: datetime = NOW) -> Worker:
    files = (ledger, tmp_path / "spool", tmp_path / "book.csv")
    return Worker(main, *files, now.isoformat(), point, count)


def play(tmp_path: Path, ledger: str, point: str, count: int = 1, now: datetime = NOW) -> Ended:
    return start(tmp_path, ledger, point, count, now).ended()


def spooled(tmp_path: Path) -> Counter[str]:
    path = tmp_path / "spool" / "submitted.jsonl"
    return Counter(json.loads(line)["loan_id"] for line in path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(
    ("point", "count"),
    [
        ("after_take_jobs", 2),
        ("after_claim", 2),
        ("before_finish", 20),
        ("before_end_jobs", 1),
        ("after_end_jobs", 2),
    ],
)
def test_a_killed_worker_repeats_and_loses_nothing(
    tmp_path: Path, ledger: str, book: Path, point: str, count: int
) -> None:
    """After the lease the next worker has the jobs: each loan was spooled once, or is told as unknown."""
    assert play(tmp_path, ledger, f"work:{point}", count).returncode == -9
    again = play(tmp_path, ledger, "work:none", now=LATER)
    assert again.returncode == 0, again.stderr
    outcomes = dict(json.loads(again.stdout))
    unknown = {loan for loan, outcome in outcomes.items() if outcome == "unknown"}
    sent = spooled(tmp_path)
    assert set(sent.values()) == {1}
    assert set(sent) | unknown == {f"L-{n}" for n in range(LOANS)}
    assert len(unknown) <= WINDOW
    with opened(ledger) as store:
        assert store.count_jobs() == 0


def test_a_book_killed_while_it_is_queued_is_queued_again(tmp_path: Path, ledger: str, book: Path) -> None:
    """The jobs of the first time stay as they are; nothing is in the queue twice."""
    assert play(tmp_path, ledger, "put:after_put_jobs").returncode == -9
    assert play(tmp_path, ledger, "put:none").returncode == 0
    with opened(ledger) as store:
        assert store.count_jobs() == LOANS


@EVERY_STORE
def test_three_workers_and_a_killed_one_share_a_queue(tmp_path: Path, ledger: str, book: Path) -> None:
    """Four processes at once, one of them killed with a window in hand: each loan once."""
    workers = [
        start(tmp_path, ledger, "work:after_take_jobs"),
        *(start(tmp_path, ledger, "work:none") for _ in range(3)),
    ]
    told = [one.ended() for one in workers]
    assert [one.returncode for one in told[1:]] == [0, 0, 0], told
    last = play(tmp_path, ledger, "work:none", now=LATER)
    assert last.returncode == 0, last.stderr
    assert spooled(tmp_path) == {f"L-{n}": 1 for n in range(LOANS)}


@pytest.mark.soak
@EVERY_STORE
@pytest.mark.parametrize("seed", range(25))
def test_four_workers_killed_again_and_again(tmp_path: Path, ledger: str, book: Path, seed: int) -> None:
    """Hundreds of kills over each store, anywhere: nothing twice, nothing lost."""
    chance = random.Random(seed)
    points = [f"{when}_{verb}" for verb in (*VERBS[:4], "submit") for when in ("before", "after")]
    kills = 0
    for turn in range(4):
        now = NOW + turn * timedelta(minutes=11)
        workers = [
            start(tmp_path, ledger, f"work:{chance.choice(points)}", chance.choice((1, 1, 2, 8)), now)
            for _ in range(4)
        ]
        kills += sum(one.ended().returncode == -9 for one in workers)
    last = play(tmp_path, ledger, "work:none", now=NOW + timedelta(hours=2))
    assert last.returncode == 0, last.stderr
    sent = spooled(tmp_path)
    with opened(ledger) as store:
        tried = {one.loan_id: one.state.value for one in store.attempts()}
        assert store.count_jobs() == 0
    assert kills
    assert set(sent.values()) <= {1}  # none at all where every window died before its first call
    assert set(tried) == {f"L-{n}" for n in range(LOANS)}
    assert {loan for loan, state in tried.items() if state == "accepted"} <= set(sent)
    assert {"accepted", "unknown", "attempting"} >= set(tried.values())
