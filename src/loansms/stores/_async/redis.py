"""One-time codes in Redis or Valkey: each verb one script, one round trip, on the server's clock.

All keys of a tenant share the hash tag `{loansms:<tenant>}`, so they lie in one slot; each has a time to live. A
verb that got no answer is never sent again: it may have counted. (Only when the server does not know a script
yet, and so has done nothing, is it sent once more, with its text.)

Redis answers before it has copied or flushed a write: a failover or a power cut may take back the last failures,
sends or a used code. Give it `maxmemory-policy noeviction`, since an evicted budget is an empty budget, and a
server of Redis 6 or later.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol, cast

from loansms.errors import ConfigurationError, MissingExtra
from loansms.otp.admission import Bucket
from loansms.otp.budget import FailureLimits
from loansms.otp.challenge import Attempt, Challenge, Checked, NewChallenge
from loansms.stores.claims import Guarantees
from loansms.stores.codes import Opening
from loansms.stores.redis import wire
from loansms.stores.redis.turns import AsyncTurns

try:
    from redis.asyncio import from_url
    from redis.asyncio.client import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import NoScriptError, RedisError, ResponseError

    from loansms.stores.redis.errors import told
except ImportError:
    raise MissingExtra("redis", "AsyncRedisStore") from None

_MOST = 10_000  # connections: a server's own default limit is the one that counts


class _Connection(Protocol):
    """What is used of a client's connection; its answers are bytes whatever the client decodes."""

    async def send_packed_command(self, command: list[bytes]) -> None: ...

    async def read_response(self, disable_decoding: bool) -> object: ...

    async def can_read(self) -> bool: ...

    async def disconnect(self) -> None: ...


class _Pool(Protocol):
    """What is used of a client's pool. Its connections are taken directly: a client would send again."""

    connection_kwargs: dict[str, object]

    async def get_connection(self) -> _Connection: ...

    async def release(self, connection: _Connection) -> None: ...

    async def disconnect(self) -> None: ...


class AsyncRedisStore:
    """A store of codes on a Redis or Valkey server, shared by any number of processes.

    ``url`` is of redis-py's kind (redis://, rediss://, unix://); or give a ``client`` of your own, whose
    timeouts then hold. ``tenant`` (letters, digits, . - _) keeps lender groups on one server apart.
    ``timeout``: how long to wait for a connection and for an answer. ``connections``: how many verbs are under way at
    once, the others wait their turn (50 is a house value; a server takes 10,000 clients unless told otherwise).
    It keeps no ledger.
    """

    def __init__(
        self,
        url: str = "redis://localhost:6379/0",
        *,
        client: Redis | None = None,
        tenant: str = "default",
        timeout: timedelta = timedelta(seconds=2),
        connections: int = 50,
    ) -> None:
        self._prefix = wire.prefix(tenant)
        used = _client(url, timeout) if client is None else client
        if not _serves(used):
            raise ConfigurationError(
                "AsyncRedisStore: client: expected a Redis of module redis.asyncio, and no cluster's",
                "AsyncRedisStore：client 应为 redis.asyncio 的 Redis 对象（不支持集群客户端）",
            )
        self._owned = used if client is None else None
        self._pool = cast("_Pool", used.connection_pool)
        self._turns = AsyncTurns(connections)
        self._idle: deque[_Connection] = deque()
        self._pid = os.getpid()
        self._place = wire.place(self._pool.connection_kwargs)

    def __repr__(self) -> str:
        return f"AsyncRedisStore({self._place})"

    def guarantees(self) -> Guarantees:
        """Say what this store promises: codes for many processes; the server may lose its last writes."""
        return Guarantees(
            durable=False,
            atomic_claims=False,
            survives_process_kill=True,
            survives_power_loss=False,
            multi_process=True,
            ledger=False,
            codes=True,
        )

    async def close(self) -> None:
        """Close the connections, unless they are those of a client that was given."""
        if self._owned is not None:
            self._idle.clear()
            await self._pool.disconnect()

    async def open_challenge(
        self, new: NewChallenge, buckets: Sequence[Bucket], limits: FailureLimits, now: int | None = None
    ) -> Opening:
        """Open a challenge and charge every bucket, or change nothing."""
        answer = await self._bytes(
            "open",
            new.id,
            wire.limits_of(limits) + wire.moment(now),
            wire.number(new.lives, new.taken),
            wire.body(new),
            wire.buckets_of(buckets),
        )
        return wire.opening(answer, buckets)

    async def load_challenge(self, challenge_id: str) -> Challenge | None:
        """Return the challenge as it stands, None for an unknown or forgotten one."""
        record = await self._told(wire.command(b"GET", self._key(challenge_id)))
        return wire.challenge(challenge_id, record) if isinstance(record, bytes) else None

    async def resend_challenge(
        self,
        challenge_id: str,
        buckets: Sequence[Bucket],
        limits: FailureLimits,
        *,
        left: int,
        taken: bool = True,
        now: int | None = None,
    ) -> Opening:
        """Admit one more send of an open challenge and charge every bucket, or change nothing."""
        answer = await self._bytes(
            "resend",
            challenge_id,
            wire.limits_of(limits) + wire.moment(now),
            wire.number(left, taken),
            wire.buckets_of(buckets),
        )
        return wire.opening(answer, buckets)

    async def take_send(self, challenge_id: str, send: int, now: int | None = None) -> bool:
        """Take an admitted send to the provider: True once a send, False for all who come later."""
        return await self._run("take", challenge_id, wire.moment(now), wire.number(send)) == 1

    async def refund_send(self, challenge_id: str, send: int, buckets: Sequence[Bucket]) -> bool:
        """Give back the last send, which certainly did not go out: once."""
        return await self._run("refund", challenge_id, wire.number(send), wire.buckets_of(buckets)) == 1

    async def check_code(
        self, challenge_id: str, attempt: Attempt, limits: FailureLimits, now: int | None = None
    ) -> Checked:
        """Count, compare, consume and grant in one act."""
        given = wire.limits_of(limits) + wire.moment(now)
        return wire.checked(await self._bytes("check", challenge_id, given, *wire.attempt_of(attempt)))

    async def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        """Use up the grant of that tag; True exactly once, False for any other and after its time."""
        return await self._run("redeem", challenge_id, wire.moment(now), grant) == 1

    async def forget_codes(self, now: int | None = None) -> int:  # noqa: ARG002 - the server forgets by its clock
        """Return 0: every key has a time to live."""
        return 0

    def _key(self, challenge_id: str) -> bytes:
        return self._prefix + wire.raw(challenge_id)

    async def _bytes(self, verb: str, challenge_id: str, *values: bytes) -> bytes:
        return cast("bytes", await self._run(verb, challenge_id, *values))

    async def _run(self, verb: str, challenge_id: str, *values: bytes) -> object:
        """Run the script of `verb` by its digest; by its text only where the server says it has no such script."""
        script, key = wire.script(verb), self._key(challenge_id)
        try:
            return await self._sent(wire.command(b"EVALSHA", script.digest, b"1", key, *values))
        except NoScriptError:
            return await self._told(wire.command(b"EVAL", script.text, b"1", key, *values))
        except (RedisError, OSError) as wrong:
            raise told(wrong, self._place) from None

    async def _told(self, command: bytes) -> object:
        try:
            return await self._sent(command)
        except (RedisError, OSError) as wrong:
            raise told(wrong, self._place) from None

    async def _sent(self, command: bytes) -> object:
        """Send one command once, and return its answer."""
        async with self._turns:
            return await self._answered(command)

    async def _answered(self, command: bytes) -> object:
        connection = await self._ready()
        try:
            await connection.send_packed_command([command])
            answer = await connection.read_response(disable_decoding=True)
        except ResponseError:
            await self._pool.release(connection)  # an answer like any other: the connection is in order
            raise
        except BaseException:
            await connection.disconnect()  # else the answer that is still to come would be read as another's
            await self._pool.release(connection)
            raise
        if self._owned is None:
            await self._pool.release(connection)
        else:
            self._idle.append(connection)
        return answer

    async def _ready(self) -> _Connection:
        """Return a connection that can be sent to: of this store's own, the one last used.

        redis-py's pool does the same check, and counts for its observers besides: a tenth of a verb's time.
        """
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._idle.clear()
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:
                break  # another thread took the last one
            if not await self._is_stale(connection):
                return connection
            await connection.disconnect()
            await self._pool.release(connection)
        return await self._pool.get_connection()

    async def _is_stale(self, connection: _Connection) -> bool:
        """Return whether the server closed it, or something lies in it that nobody asked for."""
        try:
            return await connection.can_read()
        except (RedisError, OSError):
            return True


def _serves(client: object) -> bool:
    return isinstance(client, Redis)


def _client(url: str, timeout: timedelta) -> Redis:
    """Return a client that never sends twice; RESP 2, because every answer is one string."""
    seconds = timeout.total_seconds()
    try:
        return from_url(
            url,
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            retry=Retry(NoBackoff(), 0),
            max_connections=_MOST,
            protocol=2,
        )
    except ValueError:
        raise ConfigurationError(
            "AsyncRedisStore: url: expected redis://host:port/number, rediss://... or unix://...",
            "AsyncRedisStore：url 应为 redis://主机:端口/库号、rediss://... 或 unix://...",
        ) from None
