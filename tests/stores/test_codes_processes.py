"""Several processes on one store of codes: one is accepted, no budget is passed, a kill loses no attempt."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path

import pytest
from tests.stores.code_stores import emptied
from tests.stores.code_worker import GUESSED, GUESSERS, MANY, PROCESSES, THREADS, check, open_store
from tests.stores.postgres_server import postgres_dsn
from tests.stores.redis_server import redis_url

from loansms.stores.codes import Sent
from loansms.testing.code_examples import CODE, LIMITS, OTHER, WRONG, new

WORKER = Path(__file__).with_name("code_worker.py")
Place = tuple[str, str]


@pytest.fixture(params=["sqlite", "redis", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty store with a code of one person, and three of another on lines of their own."""
    kind: str = request.param
    if kind == "sqlite":
        where = str(tmp_path / "codes.db")
    elif kind == "redis":
        where = f"{redis_url()}|{uuid.uuid4().hex}"
    else:
        where = f"{postgres_dsn()}|{emptied()}"
    store = open_store(kind, where)
    for asked in (new(CODE), *(new(one, budgets=(OTHER,), line=one) for one in GUESSED)):
        assert isinstance(store.open_challenge(asked, [], LIMITS), Sent)
    store.close()
    return kind, where


def start(task: str, place: Place) -> subprocess.Popen[str]:
    command = [sys.executable, str(WORKER), task, *place]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_eight_processes_accept_a_code_once_and_never_pass_a_budget(place: Place) -> None:
    """64 right answers, one accepted; then 64 wrong ones over three codes, five compared."""
    worker = start("race", place)
    out, err = worker.communicate(timeout=120)
    assert worker.returncode == 0, err
    told = json.loads(out)
    right = Counter(kind for answers, _ in told for kind in answers)
    wrong = Counter(kind for _, answers in told for kind in answers)
    everybody = PROCESSES * THREADS
    assert right == {"accepted": 1, "superseded": everybody - 1}
    assert wrong == {"wrong": LIMITS.failures, "locked": everybody - LIMITS.failures}


def test_a_killed_process_loses_no_counted_attempt(place: Place) -> None:
    """Whatever was answered before the kill is counted; what was on its way may be."""
    with start("guess", place) as worker:
        assert worker.stdout is not None
        answered = [worker.stdout.readline() for _ in range(20)]
        worker.kill()
        # Not communicate(): it would pass over what readline has taken in already.
        answered += worker.stdout.readlines()
    assert worker.returncode < 0
    seen = answered.count("wrong\n")
    assert 20 <= seen <= MANY.failures

    store = open_store(*place)
    left = 0
    while check(store, GUESSED[0], WRONG, MANY) == "wrong":
        left += 1
    store.close()
    assert seen <= MANY.failures - left <= seen + GUESSERS
