"""Codes in a SQLite file that several processes share, and processes that are killed: exact, and nothing is lost."""

from __future__ import annotations

import json
import signal
from collections import Counter
from pathlib import Path

import pytest
from tests.forked import Worker
from tests.stores.sqlite_code_worker import GRANT, LIMITS, NOW, accepted, main, new, right, wrong

from loansms.clock import FrozenClock
from loansms.otp.verdict import VerdictKind
from loansms.stores import SqliteStore
from loansms.testing.examples import AT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.db"


def start(*arguments: object) -> Worker:
    return Worker(main, *arguments)


def told_by(worker: Worker) -> list[str]:
    code, out, err = worker.ended()
    assert code == 0, err
    told: list[str] = json.loads(out)
    return told


class TestProcesses:
    def test_one_right_code_is_accepted_once_over_processes(self, path: Path) -> None:
        """Three processes type the right code of 40 challenges: 40 are accepted, and no grant is redeemed twice."""
        with SqliteStore(path) as store:
            for number in range(40):
                store.open_challenge(new(f"c-{number}", budgets=(f"u-{number}",)), (), LIMITS, NOW)
        workers = [start(path, "right", 40) for _ in range(3)]
        told = Counter(kind for worker in workers for kind in told_by(worker))
        assert told == {"accepted": 40, "redeemed": 40, "superseded": 80, "refused": 80}

    def test_parallel_wrong_guesses_never_pass_the_budget(self, path: Path) -> None:
        with SqliteStore(path) as store:
            store.open_challenge(new(), (), LIMITS, NOW)
            workers = [start(path, "wrong", 10) for _ in range(3)]
            told = Counter(kind for worker in workers for kind in told_by(worker))
            assert told == {"wrong": 3, "locked": 27}

    def test_a_killed_process_loses_no_counted_attempt(self, path: Path) -> None:
        """SIGKILL right after two answers: both are counted, so one more guess is the last."""
        with SqliteStore(path) as store:
            store.open_challenge(new(), (), LIMITS, NOW)
        worker = start(path, "die-wrong", 2)
        assert worker.ended().returncode == -signal.SIGKILL
        with SqliteStore(path) as store:
            assert store.check_code("c-1", wrong(), LIMITS, NOW).kind is VerdictKind.WRONG
            assert store.check_code("c-1", right(), LIMITS, NOW).kind is VerdictKind.LOCKED

    def test_a_kill_between_the_answer_and_the_redemption_leaves_the_grant_good(self, path: Path) -> None:
        with SqliteStore(path) as store:
            store.open_challenge(new(), (), LIMITS, NOW)
        worker = start(path, "die-right", 1)
        assert worker.ended().returncode == -signal.SIGKILL
        with SqliteStore(path) as store:
            assert store.check_code("c-1", right(), LIMITS, NOW).kind is VerdictKind.SUPERSEDED
            assert store.redeem_grant("c-1", GRANT, NOW)
            assert not store.redeem_grant("c-1", GRANT, NOW)

    def test_a_kill_inside_the_hosts_transaction_leaves_the_grant_good(self, path: Path) -> None:
        """Redeemed, but the host died before its commit: nothing happened, neither payout nor redemption."""
        with SqliteStore(path, clock=FrozenClock(AT)) as store:
            accepted(store)
        worker = start(path, "die-redeeming", 1)
        assert worker.ended().returncode == -signal.SIGKILL
        with SqliteStore(path) as store:
            assert store.redeem_grant("c-1", GRANT, NOW)
