"""Codes in Redis: exact under races, one round trip, nothing readable kept, every client served."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
import redis.asyncio
from attrs import evolve
from tests.stores.redis_code_parts import (
    BUCKETS,
    LIMITS,
    MINUTE,
    NOON,
    PLAIN,
    RIGHT,
    TENANTS,
    WRONG,
    new,
    verbs,
)
from tests.stores.redis_server import own_url, redis_url

from loansms.otp import codes
from loansms.otp.admission import Bucket, Guard, Limit
from loansms.otp.budget import DAY, SECOND
from loansms.otp.challenge import Attempt, Checked, Closed, NewChallenge
from loansms.otp.verdict import VerdictKind
from loansms.privacy.keys import KeyRing
from loansms.privacy.seal import seal
from loansms.stores import MemoryStore
from loansms.stores._async.redis import AsyncRedisStore
from loansms.stores._sync.redis import RedisStore
from loansms.stores.codes import LockedOut, Sent


@pytest.fixture
def client() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url()) as one:
        yield one


@pytest.fixture
def store() -> Iterator[RedisStore]:
    made = RedisStore(redis_url(), tenant=next(TENANTS))
    yield made
    made.close()


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
    # Budgets live longest, guards' notes a year.
    assert {client.pttl(key) > 60_000 for key in ours} == {True}
    # What every test before left grows old while others run, but all of it ends: -1 is a key without an end.
    assert -1 not in {client.pttl(key) for key in keys}


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
    one, two = (RedisStore(client=client, tenant=next(TENANTS)) for _ in range(2))
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
        store = RedisStore(client=client, tenant=next(TENANTS))
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
        store = RedisStore(own_url(), tenant=next(TENANTS))
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
        return await history(AsyncRedisStore(redis_url(), tenant=next(TENANTS)))

    got, expected = asyncio.run(run()), plain(MemoryStore())
    assert sorted(map(repr, got)) == sorted(map(repr, expected))


def test_a_cancelled_check_leaves_no_answer_for_the_next() -> None:
    async def run() -> VerdictKind:
        store = AsyncRedisStore(redis_url(), tenant=next(TENANTS))
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


def test_a_locked_budget_stays_locked_for_a_new_code_and_tells_until_when(store: RedisStore) -> None:
    store.open_challenge(new(), (), LIMITS, NOON)
    for number in range(3):
        store.check_code("c0", evolve(WRONG, device=""), LIMITS, NOON + number)
    assert store.open_challenge(new("c1"), (), LIMITS, NOON + 9) == LockedOut(NOON + 10 * MINUTE)


def test_a_thousand_tasks_share_the_connections_that_were_allowed() -> None:
    async def run() -> tuple[int, int]:
        store = AsyncRedisStore(own_url(), tenant=next(TENANTS), connections=8)
        with redis.Redis.from_url(own_url()) as watcher:
            before = int(watcher.info("clients")["connected_clients"])
            answers = await asyncio.gather(*[store.load_challenge(f"c{n}") for n in range(1000)])
            during = int(watcher.info("clients")["connected_clients"])
        await store.close()
        return len(answers), during - before

    answered, opened = asyncio.run(run())
    assert answered == 1000
    assert 1 <= opened <= 8
