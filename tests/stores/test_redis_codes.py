"""Codes in Redis: the same answers as the reference, one round trip, nothing readable kept, one plain error."""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
import redis
import redis.asyncio
from attrs import evolve, frozen
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.stores.redis_server import free_port, own_url, redis_url

from loansms.errors import ConfigurationError, LoansmsError, StoreError
from loansms.otp import codes
from loansms.otp.admission import Bucket, Guard, Limit
from loansms.otp.budget import DAY, SECOND, FailureLimits
from loansms.otp.challenge import Attempt, Checked, Closed, NewChallenge
from loansms.otp.verdict import VerdictKind
from loansms.privacy.keys import KeyRing
from loansms.privacy.seal import seal
from loansms.stores import MemoryStore
from loansms.stores._async.redis import AsyncRedisStore
from loansms.stores._sync.redis import RedisStore
from loansms.stores.codes import CodeStore, LockedOut, Opening, Sent

MINUTE = 60 * SECOND
NOON = 1_790_000_000 * SECOND
LIMITS = FailureLimits(failures=3, window=10 * MINUTE, ceiling=5, reserve=1, lane=1, known=2)
TIGHT = evolve(LIMITS, failures=1, lane=0, reserve=0, known=1, known_for=30 * MINUTE)
PLAIN = Bucket("phone", "p", (Limit(1, MINUTE), Limit(3, 60 * MINUTE)))
BUCKETS = (
    PLAIN,
    Bucket("country", "c", (Limit(4, 10 * MINUTE),), slot=MINUTE),
    Bucket("prefix", "x", (Limit(2, 10 * MINUTE), Limit(3, 60 * MINUTE)), slot=MINUTE, guard=Guard(50)),
    Bucket("address", "i", (Limit(1, 30 * MINUTE),), guard=Guard(100, shadow=True)),
)
RIGHT = Attempt(tag=b"right", device="d1", grant=b"grant", grant_lives=MINUTE)
WRONG = evolve(RIGHT, tag=b"wrong")
_tenants = (f"t{os.getpid()}-{number}" for number in itertools.count())


def new(challenge_id: str = "c0", **changes: object) -> NewChallenge:
    plain = NewChallenge(
        id=challenge_id, budgets=("b1",), tag=b"right", sealed=b"s\x00\xff", lives=5 * MINUTE
    )
    return evolve(plain, **changes)


@pytest.fixture
def client() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url()) as one:
        yield one


@pytest.fixture
def store() -> Iterator[RedisStore]:
    made = RedisStore(redis_url(), tenant=next(_tenants))
    yield made
    made.close()


# ---- the same answers as the reference ------------------------------------------------------------------------

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
        real, reference, now = RedisStore(client=client, tenant=next(_tenants)), MemoryStore(), NOON
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
        stores: list[CodeStore] = [RedisStore(client=client, tenant=next(_tenants)), MemoryStore()]
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


# ---- races ----------------------------------------------------------------------------------------------------


def at_once(threads: int, act: Callable[[int], object]) -> list[object]:
    ready = threading.Barrier(threads)

    def one(number: int) -> object:
        ready.wait()
        return act(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def kinds(answers: list[object]) -> Counter[VerdictKind]:
    return Counter(answer.kind for answer in answers if isinstance(answer, Checked))


def test_one_right_code_typed_by_64_threads_is_accepted_once(store: RedisStore) -> None:
    store.open_challenge(new(), BUCKETS, LIMITS)
    answers = at_once(64, lambda _: store.check_code("c0", RIGHT, LIMITS))
    assert kinds(answers) == {VerdictKind.ACCEPTED: 1, VerdictKind.SUPERSEDED: 63}
    assert sum(bool(one) for one in at_once(64, lambda _: store.redeem_grant("c0", b"grant"))) == 1


def test_parallel_wrong_guesses_never_pass_the_budget(store: RedisStore) -> None:
    """Of several challenges of one budget, too."""
    for number in range(4):
        store.open_challenge(new(f"c{number}", line=f"l{number}"), (), LIMITS)
    answers = at_once(64, lambda number: store.check_code(f"c{number % 4}", evolve(WRONG, device=""), LIMITS))
    assert kinds(answers) == {VerdictKind.WRONG: 3, VerdictKind.LOCKED: 61}


def test_a_bucket_admits_what_it_holds_and_no_refused_opening_burns_another(store: RedisStore) -> None:
    wide = Bucket("address", "i", (Limit(4, MINUTE),))
    answers = at_once(
        32, lambda number: store.open_challenge(new(f"c{number}"), (PLAIN, wide), evolve(LIMITS, failures=9))
    )
    assert sum(isinstance(one, Sent) for one in answers) == 1
    rest = [store.open_challenge(new(f"r{number}"), (wide,), LIMITS) for number in range(4)]
    assert [isinstance(one, Sent) for one in rest] == [True, True, True, False]


# ---- what is kept ---------------------------------------------------------------------------------------------


def test_neither_a_code_nor_a_phone_is_in_the_server_and_every_key_has_a_time_to_live(
    client: redis.Redis, store: RedisStore
) -> None:
    ring = KeyRing({"k1": b"k" * 32}, current="k1", index={"i1": b"i" * 32})
    about, phone = codes.new_id("k1", b"n" * 16), "+8617400000001"
    bound = codes.Bound(subject="B-1", action="login", transaction="")
    code = codes.derive(ring, about, bound, phone=phone, digits=6)
    guard = Bucket("prefix", *ring.blind("prefix", phone[:8]), (Limit(9, DAY),), guard=Guard(50))
    challenge = NewChallenge(
        id=about,
        budgets=ring.blind("subject", "B-1|login"),
        tag=codes.tag(ring, about, bound, code),
        sealed=seal(ring, "k1", f"{phone} {code}".encode(), about=about, nonce=b"n" * 12),
        lives=5 * MINUTE,
        guards=(guard,),
    )
    buckets = (Bucket("phone", *ring.blind("phone", phone), (Limit(5, DAY),)), guard)
    assert isinstance(store.open_challenge(challenge, buckets, LIMITS), Sent)
    assert isinstance(store.resend_challenge(about, buckets, LIMITS, left=0), Sent)
    assert store.check_code(about, WRONG, LIMITS).kind is VerdictKind.WRONG
    right = Attempt(tag=codes.tag(ring, about, bound, code), grant=b"g" * 32, grant_lives=MINUTE)
    assert store.check_code(about, right, LIMITS).kind is VerdictKind.ACCEPTED
    assert store.redeem_grant(about, b"g" * 32)
    assert store.refund_send(about, 2, buckets)

    keys = list(client.scan_iter(match="{loansms:*", count=1000))
    dump = b"\n".join(
        [*keys, *(client.dump(key) or b"" for key in keys), *(_value(client, key) for key in keys)]
    )
    assert about.encode() in dump
    for secret in (code, phone, phone[1:], phone[3:], "B-1", "login"):
        assert secret.encode() not in dump
    ours = [key for key in keys if key.startswith(store._prefix[:-2])]
    assert len(ours) == 4
    # Every key of every test before: budgets live longest, guards' notes a year.
    assert {client.pttl(key) > 60_000 for key in keys} == {True}


def _value(client: redis.Redis, key: bytes) -> bytes:
    value = client.get(key)
    assert isinstance(value, bytes)
    return value


@pytest.mark.parametrize("now", [None, NOON - 9999 * DAY, NOON + 9999 * DAY])
def test_what_a_rule_needs_is_kept_as_long_by_a_services_own_clock(
    client: redis.Redis, store: RedisStore, now: int | None
) -> None:
    """Times to live are counted from now on, whatever now is: a day after the challenge and its grant."""
    bucket = Bucket("phone", "p", (Limit(9, 2 * DAY),), slot=MINUTE)
    store.open_challenge(new(), (bucket,), LIMITS, now)
    seconds = DAY // SECOND
    assert _lives(client, store, b"c:c0") == pytest.approx(2 * seconds + 300, abs=120)
    assert _lives(client, store, b"b:b1") == pytest.approx(90 * seconds, abs=120)
    assert _lives(client, store, b"a:p") == pytest.approx(2 * seconds, abs=120)
    assert store.take_send("c0", 1, now) is False
    store.check_code("c0", evolve(RIGHT, grant_lives=3 * DAY), evolve(LIMITS, known_for=0), now)
    assert _lives(client, store, b"c:c0") == pytest.approx(4 * seconds, abs=120)
    assert _lives(client, store, b"b:b1") == pytest.approx(90 * seconds, abs=120)
    assert store.redeem_grant("c0", b"grant", now)
    assert _lives(client, store, b"c:c0") == pytest.approx(4 * seconds, abs=120)
    assert store.forget_codes(now) == 0
    assert store.load_challenge("c0") is not None


def _lives(client: redis.Redis, store: RedisStore, name: bytes) -> int:
    return int(client.ttl(store._prefix[:-2] + name))


def test_tenants_on_one_server_do_not_meet(client: redis.Redis) -> None:
    one, two = (RedisStore(client=client, tenant=next(_tenants)) for _ in range(2))
    assert isinstance(one.open_challenge(new(), (PLAIN,), LIMITS), Sent)
    assert isinstance(two.open_challenge(new(), (PLAIN,), LIMITS), Sent)
    assert one.open_challenge(new(), (), LIMITS) is Closed.EXISTS


# ---- bad input, other clients ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", "nobody", "\ud800", "x" * 100_000, "}{c:c0", "c0\r\nFLUSHALL\r\n", "验"]
)
def test_an_unknown_challenge_is_unknown_however_it_is_written(store: RedisStore, name: str) -> None:
    store.open_challenge(new(), (), LIMITS)
    assert store.check_code(name, RIGHT, LIMITS).kind is VerdictKind.UNKNOWN
    assert store.resend_challenge(name, (), LIMITS, left=0) is Closed.UNKNOWN
    assert store.load_challenge(name) is None
    assert store.take_send(name, 1) is False
    assert store.refund_send(name, 1, ()) is False
    assert store.redeem_grant(name, b"grant") is False
    assert store.check_code("c0", RIGHT, LIMITS).kind is VerdictKind.ACCEPTED


def test_any_text_and_bytes_come_back_as_they_went(store: RedisStore) -> None:
    odd = new(
        "\ud800验}", budgets=("验", ""), tag=bytes(256), sealed=bytes(range(256)), device="\ud800", line="}"
    )
    odd = evolve(odd, guards=(evolve(BUCKETS[3], id="}{", name="验"), BUCKETS[1]))
    opened = store.open_challenge(odd, (), LIMITS, NOON)
    assert isinstance(opened, Sent)
    assert store.load_challenge(odd.id) == odd.opened(NOON)


def test_a_client_that_decodes_its_answers_serves_as_well() -> None:
    with redis.Redis.from_url(redis_url(), decode_responses=True, protocol=3) as client:
        store = RedisStore(client=client, tenant=next(_tenants))
        one = new(tag=b"\xff\x00")
        assert isinstance(store.open_challenge(one, BUCKETS, LIMITS, NOON), Sent)
        assert store.load_challenge("c0") == one.opened(NOON)
        assert store.check_code("c0", RIGHT, LIMITS, NOON).kind is VerdictKind.WRONG
        store.close()
        assert client.ping()


def test_scripts_the_server_forgot_are_given_again(client: redis.Redis, store: RedisStore) -> None:
    store.open_challenge(new(), (), LIMITS)
    client.script_flush()
    assert store.check_code("c0", WRONG, LIMITS).kind is VerdictKind.WRONG
    client.script_flush()
    assert store.check_code("c0", RIGHT, LIMITS).kind is VerdictKind.ACCEPTED
    client.script_flush()
    assert store.redeem_grant("c0", b"grant")


def test_a_verb_is_one_round_trip() -> None:
    with redis.Redis.from_url(own_url()) as client, client.monitor() as heard:
        store = RedisStore(own_url(), tenant=next(_tenants))
        for _ in range(2):  # at first the server learns the scripts
            for act in verbs(store):
                act()
        client.echo("over")
        said: list[str] = []
        while "ECHO" not in said:
            command = heard.next_command()
            if command["client_type"] != "lua":
                said.append(command["command"].split()[0].upper())
        store.close()
    verbs_heard = [word for word in said if word not in ("CLIENT", "HELLO", "ECHO")]
    assert verbs_heard[-7:] == ["EVALSHA", "GET", *["EVALSHA"] * 5]


def test_the_awaited_store_gives_the_same_answers() -> None:
    async def history(store: AsyncRedisStore) -> list[object]:
        told: list[object] = [await store.open_challenge(new(taken=False), BUCKETS, LIMITS, NOON)]
        told.append(await store.take_send("c0", 1, NOON))
        told.append(await store.resend_challenge("c0", BUCKETS[1:2], LIMITS, left=0, now=NOON))
        told.append(await store.refund_send("c0", 2, BUCKETS[1:2]))
        told.append(await store.check_code("c0", WRONG, LIMITS, NOON))
        told += await asyncio.gather(*[store.check_code("c0", RIGHT, LIMITS, NOON) for _ in range(5)])
        told.append(await store.load_challenge("c0"))
        told.append(await store.redeem_grant("c0", b"grant", NOON))
        told.append(await store.forget_codes())
        await store.close()
        return told

    def plain(store: MemoryStore) -> list[object]:
        told: list[object] = [store.open_challenge(new(taken=False), BUCKETS, LIMITS, NOON)]
        told.append(store.take_send("c0", 1, NOON))
        told.append(store.resend_challenge("c0", BUCKETS[1:2], LIMITS, left=0, now=NOON))
        told.append(store.refund_send("c0", 2, BUCKETS[1:2]))
        told.append(store.check_code("c0", WRONG, LIMITS, NOON))
        told += [store.check_code("c0", RIGHT, LIMITS, NOON) for _ in range(5)]
        told.append(store.load_challenge("c0"))
        told.append(store.redeem_grant("c0", b"grant", NOON))
        return [*told, 0]

    async def run() -> list[object]:
        return await history(AsyncRedisStore(redis_url(), tenant=next(_tenants)))

    got, expected = asyncio.run(run()), plain(MemoryStore())
    assert sorted(map(repr, got)) == sorted(map(repr, expected))


def test_a_cancelled_check_leaves_no_answer_for_the_next() -> None:
    async def run() -> VerdictKind:
        store = AsyncRedisStore(redis_url(), tenant=next(_tenants))
        await store.open_challenge(new(), (), LIMITS)
        for _ in range(20):
            task = asyncio.create_task(store.load_challenge("c0"))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        kind = (await store.check_code("c0", RIGHT, LIMITS)).kind
        await store.close()
        return kind

    assert asyncio.run(run()) is VerdictKind.ACCEPTED


# ---- a server that fails --------------------------------------------------------------------------------------


def verbs(store: RedisStore) -> list[Callable[[], object]]:
    return [
        lambda: store.open_challenge(new(), BUCKETS, LIMITS),
        lambda: store.load_challenge("c0"),
        lambda: store.resend_challenge("c0", BUCKETS, LIMITS, left=0),
        lambda: store.take_send("c0", 1),
        lambda: store.refund_send("c0", 1, BUCKETS),
        lambda: store.check_code("c0", RIGHT, LIMITS),
        lambda: store.redeem_grant("c0", b"grant"),
    ]


def failure(act: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        act()
    assert "\n" not in str(caught.value)
    assert caught.value.zh.startswith("Redis（")
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_a_server_that_is_down_is_one_plain_error_without_the_password() -> None:
    port = free_port()
    store = RedisStore(f"redis://somebody:s3cret@127.0.0.1:{port}/0")
    for act in verbs(store):
        assert failure(act) == f"Redis at 127.0.0.1:{port}: cannot be reached, or closed the connection"
    assert "s3cret" not in repr(store)


@contextmanager
def deaf(heard: list[bytes]) -> Iterator[int]:
    """A server that greets its clients, notes what else it is sent, and never answers to that."""
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection:
            while data := connection.recv(65536):
                if b"EVALSHA" in data or b"GET" in data:
                    heard.append(data)
                else:
                    connection.sendall(b"+OK\r\n" * data.count(b"CLIENT"))

    def listen(server: socket.socket) -> None:
        with suppress(OSError):  # closed below
            while True:
                threads.append(threading.Thread(target=serve, args=(server.accept()[0],)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = threading.Thread(target=listen, args=(server,))
        listener.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    for thread in (listener, *threads):
        thread.join()


@pytest.mark.parametrize("own", [True, False])
def test_a_server_that_never_answers_is_an_error_after_the_timeout_and_hears_a_verb_once(own: bool) -> None:
    """A given client's own retries (three, by redis-py's default) would count an attempt four times."""
    heard: list[bytes] = []
    with deaf(heard) as port, redis.Redis(port=port, protocol=2, socket_timeout=0.1) as client:
        timeout = timedelta(milliseconds=100)
        store = RedisStore(f"redis://localhost:{port}", timeout=timeout) if own else RedisStore(client=client)
        for act in verbs(store):
            assert failure(act) == (
                f"Redis at localhost:{port}: gave no answer in time: whether it counted is unknown, "
                "and nothing was sent again"
            )
        store.close()
    assert len(heard) == 7


def test_a_key_of_another_kind_is_told_without_its_name(client: redis.Redis, store: RedisStore) -> None:
    client.hset(store._prefix + b"c0", "field", "value")
    client.expire(store._prefix + b"c0", 3600)
    assert failure(lambda: store.check_code("c0", RIGHT, LIMITS)).endswith("refused the command (WRONGTYPE)")
    client.delete(store._prefix + b"c0")


@pytest.mark.parametrize(
    ("break_it", "mend_it", "told"),
    [
        (
            ("CONFIG", "SET", "maxmemory", "1"),
            ("CONFIG", "SET", "maxmemory", "0"),
            "is out of memory",
        ),
        (
            ("REPLICAOF", "127.0.0.1", "1"),
            ("REPLICAOF", "NO", "ONE"),
            "is a read-only replica: give the primary",
        ),
        (
            ("CONFIG", "SET", "requirepass", "s3cret"),
            ("CONFIG", "SET", "requirepass", ""),
            "refused the name or the password",
        ),
    ],
)
def test_a_server_that_refuses_is_one_plain_error_and_changes_nothing(
    break_it: tuple[str, ...], mend_it: tuple[str, ...], told: str
) -> None:
    tenant = next(_tenants)
    store, fresh = RedisStore(own_url(), tenant=tenant), RedisStore(own_url(), tenant=tenant)
    assert isinstance(store.open_challenge(new(), (), LIMITS), Sent)
    before = store.load_challenge("c0")
    with redis.Redis.from_url(own_url()) as client:
        client.ping()  # signed in before a password is asked for
        client.execute_command(*break_it)
        try:
            assert failure(lambda: fresh.check_code("c0", WRONG, LIMITS)).endswith(told)
        finally:
            client.execute_command(*mend_it)
    assert store.load_challenge("c0") == before
    assert store.check_code("c0", RIGHT, LIMITS).kind is VerdictKind.ACCEPTED
    store.close()
    fresh.close()


def test_what_the_store_promises_is_what_redis_can_keep(store: RedisStore) -> None:
    said = store.guarantees()
    assert (said.codes, said.multi_process, said.survives_process_kill) == (True, True, True)
    assert [said.ledger, said.atomic_claims, said.durable, said.survives_power_loss] == [False] * 4


@pytest.mark.parametrize("tenant", ["", "a}b", "a{b", "a b", "租户", "x" * 65])
def test_a_tenant_that_would_break_the_hash_tag_is_refused(tenant: str) -> None:
    with pytest.raises(ConfigurationError, match="tenant"):
        RedisStore(redis_url(), tenant=tenant)


def test_an_address_or_a_client_of_another_kind_is_refused_without_being_repeated() -> None:
    with pytest.raises(ConfigurationError) as caught:
        RedisStore("http://u:s3cret@somewhere")
    assert "s3cret" not in str(caught.value)
    with pytest.raises(ConfigurationError, match="client"):
        RedisStore(client=redis.asyncio.Redis())  # type of the awaited store
    with pytest.raises(ConfigurationError, match="client"):
        AsyncRedisStore(client=redis.Redis())


def test_without_the_extra_the_error_names_it() -> None:
    script = (
        "import sys; sys.modules['redis'] = None\n"
        "import loansms, loansms.stores\n"
        "try:\n    import loansms.stores._sync.redis\n"
        "except ImportError as wrong:\n    print(type(wrong).__name__, wrong)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "MissingExtra RedisStore needs the extra 'redis': pip install 'loansms[redis]'\n"
    assert issubclass(StoreError, LoansmsError)


def test_a_locked_budget_stays_locked_for_a_new_code_and_tells_until_when(store: RedisStore) -> None:
    store.open_challenge(new(), (), LIMITS, NOON)
    for number in range(3):
        store.check_code("c0", evolve(WRONG, device=""), LIMITS, NOON + number)
    assert store.open_challenge(new("c1"), (), LIMITS, NOON + 9) == LockedOut(NOON + 10 * MINUTE)


def test_a_thousand_tasks_share_the_connections_that_were_allowed() -> None:
    async def run() -> tuple[int, int]:
        store = AsyncRedisStore(own_url(), tenant=next(_tenants), connections=8)
        with redis.Redis.from_url(own_url()) as watcher:
            before = int(watcher.info("clients")["connected_clients"])
            answers = await asyncio.gather(*[store.load_challenge(f"c{n}") for n in range(1000)])
            during = int(watcher.info("clients")["connected_clients"])
        await store.close()
        return len(answers), during - before

    answered, opened = asyncio.run(run())
    assert answered == 1000
    assert 1 <= opened <= 8
