"""Codes in a Redis that is down, deaf, full or not ours: one plain error without the password, nothing changed."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
import redis
import redis.asyncio
from tests.stores.redis_code_parts import LIMITS, RIGHT, TENANTS, WRONG, new, verbs
from tests.stores.redis_server import free_port, own_url, redis_url

from loansms.errors import ConfigurationError, LoansmsError, StoreError
from loansms.otp.verdict import VerdictKind
from loansms.stores._async.redis import AsyncRedisStore
from loansms.stores._sync.redis import RedisStore
from loansms.stores.codes import Sent


@pytest.fixture
def client() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url()) as one:
        yield one


@pytest.fixture
def store() -> Iterator[RedisStore]:
    made = RedisStore(redis_url(), tenant=next(TENANTS))
    yield made
    made.close()


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
        assert (
            failure(act)
            == f"Redis at 127.0.0.1:{port}: cannot be reached, or closed the connection; try again"
        )
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
    assert failure(lambda: store.check_code("c0", RIGHT, LIMITS)).endswith(
        "refused the command (WRONGTYPE); see its log"
    )
    client.delete(store._prefix + b"c0")


@pytest.mark.parametrize(
    ("break_it", "mend_it", "told"),
    [
        (
            ("CONFIG", "SET", "maxmemory", "1"),
            ("CONFIG", "SET", "maxmemory", "0"),
            "is out of memory; give it more, nothing may be evicted",
        ),
        (
            ("REPLICAOF", "127.0.0.1", "1"),
            ("REPLICAOF", "NO", "ONE"),
            "is a read-only replica: give the primary",
        ),
        (
            ("CONFIG", "SET", "requirepass", "s3cret"),
            ("CONFIG", "SET", "requirepass", ""),
            "refused the name or the password; mend the url",
        ),
    ],
)
def test_a_server_that_refuses_is_one_plain_error_and_changes_nothing(
    break_it: tuple[str, ...], mend_it: tuple[str, ...], told: str
) -> None:
    tenant = next(TENANTS)
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
