"""Codes in Redis: every history is answered as memory, the reference, answers it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import pytest
import redis
import redis.asyncio
from attrs import evolve, frozen
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.stores.redis_code_parts import BUCKETS, LIMITS, MINUTE, NOON, RIGHT, TENANTS, TIGHT, new
from tests.stores.redis_server import redis_url

from loansms.otp.admission import Bucket, Limit
from loansms.otp.budget import DAY, SECOND
from loansms.otp.challenge import Attempt
from loansms.otp.verdict import VerdictKind
from loansms.stores import MemoryStore
from loansms.stores._sync.redis import RedisStore
from loansms.stores.codes import CodeStore, Opening, Sent


@pytest.fixture
def client() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url()) as one:
        yield one


@pytest.fixture
def store() -> Iterator[RedisStore]:
    made = RedisStore(redis_url(), tenant=next(TENANTS))
    yield made
    made.close()


NAMES = ("c0", "c1", "c2", "c3")
IDS = st.sampled_from(NAMES)
DEVICES = st.sampled_from(["", "d1", "d2", "d3"])
OF_BUCKETS = st.one_of(st.just(()), st.lists(st.sampled_from(BUCKETS), max_size=4, unique=True).map(tuple))
OF_LIMITS = st.sampled_from([LIMITS, LIMITS, TIGHT])
SENDS = st.integers(0, 3)
WAITS = st.sampled_from(
    [*[0] * 6, 1, *[SECOND] * 4, MINUTE - 1, MINUTE, 7 * MINUTE, 31 * MINUTE, DAY, -MINUTE]
)
TIMELESS = {"refund_send", "load_challenge"}


@frozen
class Verb:
    """A verb, and what it is asked; printable, so that a history that fails can be read."""

    name: str
    asked: tuple[object, ...]
    more: Mapping[str, object] = {}

    def __call__(self, store: CodeStore, now: int) -> object:
        timed = {} if self.name in TIMELESS else {"now": now}
        return getattr(store, self.name)(*self.asked, **self.more, **timed)


@st.composite
def opens(draw: st.DrawFn) -> Verb:
    device = draw(DEVICES)
    challenge = new(
        draw(IDS),
        budgets=draw(st.sampled_from([("b1",), ("b2",), ("b1", "b2"), ()])),
        lives=draw(st.sampled_from([MINUTE, 5 * MINUTE, 40 * MINUTE, 2 * DAY])),
        device=device,
        line=device,
        guards=draw(OF_BUCKETS),
        taken=draw(st.booleans()),
    )
    return Verb("open_challenge", (challenge, draw(OF_BUCKETS), draw(OF_LIMITS)))


@st.composite
def resends(draw: st.DrawFn) -> Verb:
    more = {"left": draw(st.sampled_from([0, 2 * MINUTE])), "taken": draw(st.booleans())}
    return Verb("resend_challenge", (draw(IDS), draw(OF_BUCKETS), draw(OF_LIMITS)), more)


@st.composite
def checks(draw: st.DrawFn) -> Verb:
    attempt = Attempt(
        tag=draw(st.sampled_from([b"right", b"wrong", b"wrong", b""])),
        device=draw(DEVICES),
        grant=draw(st.sampled_from([b"grant", b"\x00\xff", b""])),
        grant_lives=draw(st.sampled_from([MINUTE, DAY])),
    )
    return Verb("check_code", (draw(IDS), attempt, draw(OF_LIMITS)))


@st.composite
def others(draw: st.DrawFn) -> Verb:
    challenge_id, send = draw(IDS), draw(SENDS)
    verbs = [
        Verb("take_send", (challenge_id, send)),
        Verb("refund_send", (challenge_id, send, draw(OF_BUCKETS))),
        Verb("redeem_grant", (challenge_id, draw(st.sampled_from([b"grant", b"\x00\xff", b""])))),
        Verb("load_challenge", (challenge_id,)),
    ]
    return draw(st.sampled_from(verbs))


STEPS = st.tuples(WAITS, st.one_of(opens(), resends(), checks(), checks(), checks(), others()))
HISTORIES = st.tuples(
    st.lists(st.tuples(WAITS, opens()), min_size=4, max_size=8), st.lists(STEPS, min_size=10, max_size=40)
)


@settings(max_examples=120)
@given(HISTORIES)
def test_every_history_is_answered_as_the_reference_answers_it(
    history: tuple[list[tuple[int, Verb]], list[tuple[int, Verb]]],
) -> None:
    with redis.Redis.from_url(redis_url()) as client:
        real, reference, now = RedisStore(client=client, tenant=next(TENANTS)), MemoryStore(), NOON
        for number, (waits, verb) in enumerate(itertools.chain(*history)):
            now += waits
            assert verb(real, now) == verb(reference, now), number
        for name in NAMES:
            assert real.load_challenge(name) == reference.load_challenge(name)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 600), st.sampled_from([1, 1, 1, -1, 0])), min_size=1, max_size=60),
    st.sampled_from(BUCKETS),
)
@example([(0, 1), (60, 0), (0, 0), (60, 1), (60, -1), (60, 1)], BUCKETS[2])
def test_a_long_log_is_counted_as_the_reference_counts_it(
    uses: list[tuple[int, int]], bucket: Bucket
) -> None:
    """Many uses, verified uses (0) and refunds (-1) of one bucket, some of them late (a clock that stepped back)."""
    wide = evolve(bucket, limits=(Limit(40, 60 * MINUTE), Limit(20, 5 * MINUTE)), slot=bucket.slot)
    with redis.Redis.from_url(redis_url()) as client:
        stores: list[CodeStore] = [RedisStore(client=client, tenant=next(TENANTS)), MemoryStore()]
        now = NOON
        for number, (seconds, kind) in enumerate(uses):
            now += (seconds if number % 7 else -seconds) * SECOND // 10
            one = new(f"c{number}", budgets=(f"b{number}",), guards=(wide,))
            asked = [[store.open_challenge(one, (wide,), LIMITS, now)] for store in stores]
            for store, answers in zip(stores, asked, strict=True):
                if kind == 0:
                    answers.append(store.check_code(one.id, RIGHT, LIMITS, now))
                elif kind == -1:
                    answers.append(store.refund_send(one.id, 1, (wide,)))
            assert asked[0] == asked[1], number


def test_many_right_codes_are_told_to_their_guards_though_nobody_asks_for_a_code(store: RedisStore) -> None:
    """The notes of right codes do not pile up: past a size they are told at once."""
    guards = tuple(evolve(BUCKETS[2], id=f"{'g' * 300}{number}") for number in range(3))
    reference = MemoryStore()
    stores: list[CodeStore] = [store, reference]
    for number in range(90):
        for one in stores:
            one.open_challenge(new(f"c{number}", budgets=(f"b{number}",), guards=guards), (), LIMITS, NOON)
    for number in range(90):
        answers = {one.check_code(f"c{number}", RIGHT, LIMITS, NOON + number) for one in stores}
        assert {answer.kind for answer in answers} == {VerdictKind.ACCEPTED}
    told = [_until_refused(one, guards) for one in stores]
    assert told[0] == told[1]
    assert len(told[0]) > 90


def _until_refused(store: CodeStore, guards: tuple[Bucket, ...]) -> list[Opening]:
    told: list[Opening] = []
    while len(told) < 300 and (not told or isinstance(told[-1], Sent)):
        one = new(f"n{len(told)}", budgets=(f"n{len(told)}",))
        told.append(store.open_challenge(one, guards, LIMITS, NOON + MINUTE))
    return told
