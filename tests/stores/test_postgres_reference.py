"""Codes in a real PostgreSQL: any history is answered as memory, the reference, answers it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stores.postgres_code_parts import GRANT, LIMITS, MINUTE, NOW, RIGHT, attempt, bucket, new
from tests.stores.postgres_server import fresh_schema, postgres_dsn

from loansms.otp.admission import Bucket, Guard, Limit
from loansms.otp.budget import DAY, SECOND, FailureLimits
from loansms.stores import MemoryStore, PostgresStore
from loansms.stores.codes import CodeStore


@pytest.fixture(scope="module")
def store() -> Iterator[PostgresStore]:
    with fresh_schema() as schema, PostgresStore(postgres_dsn(), schema=schema, pool_max=16) as made:
        yield made


PLACES = (
    Bucket("phone", "p2", (Limit(1, MINUTE), Limit(3, 10 * MINUTE))),
    Bucket("ip", "p1", (Limit(2, MINUTE),), 20 * SECOND),
    Bucket("prefix", "p3", (Limit(2, 10 * MINUTE), Limit(3, DAY)), 0, Guard(50)),
    Bucket("country", "p0", (Limit(1, 10 * MINUTE), Limit(2, DAY)), 7 * SECOND, Guard(100, shadow=True)),
)
# How often each is drawn: most verbs shall meet an open challenge, and many a full bucket or a used-up budget.
VERBS = (
    ["open"] * 5 + ["check"] * 8 + ["resend"] * 3 + ["take", "refund", "redeem", "redeem", "load", "forget"]
)
SOON = [0, 1, SECOND, SECOND, 7 * SECOND, 20 * SECOND, MINUTE]
STEPS = [*SOON * 5, 3 * MINUTE, 10 * MINUTE, -MINUTE, -SECOND, DAY - 1, DAY, 3 * DAY]


@frozen
class Step:
    """One verb with all that any verb may ask for, `after` the one before it."""

    verb: str
    after: int
    name: str
    budgets: tuple[str, ...]
    device: str
    places: list[int]
    guards: list[int]
    send: int
    yes: bool


def step_of(draw: Random) -> Step:
    return Step(
        verb=draw.choice(VERBS),
        after=draw.choice(STEPS),
        name=draw.choice(["c1", "c2", "c3", "c4", "c5", "c6"]),
        budgets=draw.choice([("b1",), ("b1",), ("b2", "b1"), ()]),
        device=draw.choice(["d1", "d1", "d2", "d3", ""]),
        places=draw.sample(range(len(PLACES)), draw.randrange(4)),
        guards=draw.sample(range(len(PLACES)), draw.randrange(3)),
        send=draw.choice([1, 1, 2, 3]),
        yes=draw.random() < 0.4,
    )


def limits_of(draw: Random) -> FailureLimits:
    return FailureLimits(
        failures=draw.randint(1, 3),
        window=draw.choice([MINUTE, 20 * MINUTE, 2 * DAY]),
        ceiling=draw.randint(3, 5),
        reserve=draw.randint(0, 2),
        lane=draw.randint(0, 2),
        known=draw.randint(1, 2),
        known_for=draw.choice([MINUTE, 3 * DAY]),
    )


EXAMPLES = iter(range(1_000_000))


def chosen(places: Sequence[int], mark: str) -> list[Bucket]:
    return [
        Bucket(one.name, f"{mark}{one.id}", one.limits, one.slot, one.guard)
        for one in map(PLACES.__getitem__, places)
    ]


def answer(store: CodeStore, mark: str, step: Step, limits: FailureLimits, now: int) -> object:
    name, places = mark + step.name, chosen(step.places, mark)
    match step.verb:
        case "open":
            asked = new(
                name,
                tuple([mark + one for one in step.budgets]),
                device=step.device,
                line=step.device or "none",
                guards=tuple(chosen(step.guards, mark)),
                taken=step.yes,
                lives=(5 if step.yes else 2) * MINUTE,
            )
            return store.open_challenge(asked, places, limits, now)
        case "resend":
            return store.resend_challenge(name, places, limits, left=MINUTE, taken=step.yes, now=now)
        case "take":
            return store.take_send(name, step.send, now)
        case "refund":
            return store.refund_send(name, step.send, places)
        case "check":
            return store.check_code(name, attempt(RIGHT if step.yes else b"", step.device), limits, now)
        case "redeem":
            return store.redeem_grant(name, b"" if step.yes else GRANT, now)
        case "load":
            return store.load_challenge(name)
        case _:
            store.forget_codes(now)
            return None


@settings(max_examples=200)
@given(seed=st.integers(0, 2**64 - 1), length=st.integers(1, 60))
def test_any_history_has_the_answers_of_memory(store: PostgresStore, seed: int, length: int) -> None:
    """Every verb answers as the reference does, to the microsecond of retry_at."""
    draw, now, mark = Random(seed), NOW, f"x{next(EXAMPLES)}-"
    reference, limits = MemoryStore(), limits_of(draw)
    for step in [step_of(draw) for _ in range(length)]:
        now += step.after
        assert answer(store, mark, step, limits, now) == answer(reference, mark, step, limits, now), step


def test_a_long_run_of_right_codes_has_the_answers_of_memory(store: PostgresStore) -> None:
    """Long logs, a guard that learns, more devices than are remembered, a ceiling that is cut."""
    reference = MemoryStore()
    limits = evolve(LIMITS, failures=2, window=MINUTE, ceiling=4, lane=2)
    guard = Bucket("prefix", "long-g", (Limit(2, DAY),), 0, Guard(50))
    places = [
        guard,
        bucket("long-b", 30, 60 * MINUTE),
        Bucket("ip", "long-c", (Limit(28, 30 * SECOND), Limit(40, DAY)), 3),
    ]
    for number in range(60):
        now, name, device = NOW + number * SECOND, f"long-{number}", f"d{number % 4}"
        asked = new(name, ("long",), device=device, line=device, guards=(guard,))
        tries = [attempt(device=device)] if number % 3 else [attempt(b"", device)] * 3
        for one in (store, reference):
            one.forget_codes(NOW)
        answers = [
            [
                one.open_challenge(asked, places, limits, now + number // 40 * DAY),
                *[one.check_code(name, typed, limits, now + number // 40 * DAY) for typed in tries],
                one.resend_challenge(name, places, limits, left=0, now=now + 1 + number // 40 * DAY),
            ]
            for one in (store, reference)
        ]
        assert answers[0] == answers[1], number
