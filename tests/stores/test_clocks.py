"""Machines whose clocks differ and step, over every store: nothing twice, no cap passed, and what is unknown is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.stores.ledger_mysql import mysql_ledger
from tests.stores.ledger_postgres import postgres_ledger

from loansms.clock import Clock, FrozenClock
from loansms.model import Accepted
from loansms.stores import AttemptState, CapReached, Claimed, ContactLedger, MemoryStore, SqliteStore
from loansms.testing.examples import AT, claim, rolling

DAY = timedelta(days=1)
STEPS = [timedelta(0), timedelta(minutes=-50), timedelta(hours=3), timedelta(hours=-20), timedelta(minutes=1)]


@pytest.fixture(params=["memory", "sqlite", "postgres", "mysql"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Clock], ContactLedger]]:
    opened: list[SqliteStore] = []

    def sqlite(clock: Clock) -> ContactLedger:
        opened.append(SqliteStore(tmp_path / "run.db", clock=clock))
        return opened[-1]

    yield {
        "memory": lambda clock: MemoryStore(clock=clock),
        "sqlite": sqlite,
        "postgres": postgres_ledger,
        "mysql": mysql_ledger,
    }[request.param]
    for store in opened:
        store.close()


@contextmanager
def stepping(clock: FrozenClock, to: datetime) -> Iterator[None]:
    before = clock.now()
    clock.set(to)
    yield
    clock.set(before)


def test_a_cap_holds_for_clocks_that_step_back_and_forth_within_its_window(
    make: Callable[[Clock], ContactLedger],
) -> None:
    """Five machines a day apart at most, one cap of two in three days: two messages, whoever asks when."""
    clock = FrozenClock(AT)
    store = make(clock)
    won = 0
    for number, step in enumerate(STEPS):
        at = AT + step
        with stepping(clock, at):
            [answer] = store.claim(
                [claim(step_key=f"s-{number}", step=f"s-{number}", at=at, limits=(rolling(2, 3 * DAY, at),))]
            )
        won += isinstance(answer, Claimed)
        assert isinstance(answer, Claimed | CapReached)
    assert won == 2


def test_a_clock_that_leaps_makes_a_claim_unknown_and_never_free(
    make: Callable[[Clock], ContactLedger],
) -> None:
    """A day forward ends every lease; back again, the late answer no longer counts and nobody sends it again."""
    clock = FrozenClock(AT)
    store = make(clock)
    [mine] = store.claim([claim()])
    assert isinstance(mine, Claimed)
    with stepping(clock, AT + DAY):
        assert store.expire_leases() == 1
    [told] = list(store.attempts())
    assert told.state is AttemptState.UNKNOWN
    [again] = store.claim([claim()])
    assert not isinstance(again, Claimed)
    assert store.expire_leases() == 0
    store.finish("step-1", mine.token, Accepted("m-1"), AT)
    assert not isinstance(store.claim([claim()])[0], Claimed)


def test_a_holder_in_the_past_keeps_its_claim(make: Callable[[Clock], ContactLedger]) -> None:
    """Its machine steps back a day between claim and answer: the answer is the one that counts."""
    clock = FrozenClock(AT)
    store = make(clock)
    [mine] = store.claim([claim()])
    assert isinstance(mine, Claimed)
    with stepping(clock, AT - DAY):
        assert store.expire_leases() == 0
        assert store.finish("step-1", mine.token, Accepted("m-1"), AT - DAY)
    [told] = list(store.attempts())
    assert (told.state, told.provider_message_id) == (AttemptState.ACCEPTED, "m-1")
