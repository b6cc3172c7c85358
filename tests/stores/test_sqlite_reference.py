"""Codes in a SQLite file: any history is answered as memory, the reference, answers it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stores.sqlite_code_worker import GRANT, GUARD, LIMITS, MINUTE, PHONE, RIGHT, WRONG, new, wrong

from loansms.clock import FrozenClock
from loansms.otp.admission import Bucket, Guard, Limit
from loansms.otp.budget import DAY, SECOND
from loansms.otp.challenge import Attempt
from loansms.stores import CodeStore, MemoryStore, SqliteStore
from loansms.stores.rows import micros
from loansms.testing.examples import AT

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
