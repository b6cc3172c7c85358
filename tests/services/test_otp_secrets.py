"""What a thief finds in the store, the queue, the logs and the clock: nothing to use."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import attrs
import psycopg
import pytest
import redis
from tests.services.otp_parts import CLIENT, PAYMENT, PHONE, Bank, Jobs, other_than
from tests.services.test_totp import KEPT
from tests.stores.code_stores import emptied
from tests.stores.postgres_server import postgres_dsn
from tests.stores.redis_server import own_url

from loansms import Channel, OtpService, PhoneNumber
from loansms.errors import StoreError
from loansms.otp import Client, Issued, VerdictKind
from loansms.otp.admission import Guard
from loansms.otp.profiles import HOUR, LENDER, BucketRule, Rate
from loansms.stores import CodeStore, MemoryStore, PostgresStore, RedisStore, SqliteStore


def memory_dump(store: MemoryStore) -> str:
    """Everything the store holds, every value in full: no repr hides what a debugger would show."""

    def told(value: object) -> object:
        if attrs.has(type(value)):
            return [told(getattr(value, one.name)) for one in attrs.fields(type(value))]
        if isinstance(value, dict):
            return [[told(key), told(one)] for key, one in value.items()]
        return [told(one) for one in value] if isinstance(value, list | tuple | set) else value

    return repr(told(vars(store)))


def sqlite_dump(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(path.parent.iterdir()))


def redis_dump(url: str) -> bytes:
    with redis.Redis.from_url(url) as server:
        return b"\n".join(
            key + b" " + (server.dump(key) or b"") + b" " + repr(server.object("encoding", key)).encode()
            for key in server.scan_iter(match="*otp-secrets*")
        )


def postgres_dump(schema: str) -> bytes:
    said: list[bytes] = []
    with psycopg.connect(postgres_dsn(), autocommit=True) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = %s", (schema,)
        ).fetchall()
        for (table,) in tables:
            query = psycopg.sql.SQL("copy {} to stdout").format(psycopg.sql.Identifier(schema, table))
            with connection.cursor().copy(query) as rows:
                said += [bytes(row) for row in rows]
    return b"".join(said)


@pytest.fixture(params=["memory", "sqlite", "redis", "postgres"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[CodeStore, object]]:
    """A store, and how to take all it keeps."""
    if request.param == "memory":
        memory = MemoryStore()
        yield memory, lambda: memory_dump(memory).encode()
    elif request.param == "sqlite":
        with SqliteStore(tmp_path / "otp.db") as sqlite:
            yield sqlite, lambda: sqlite_dump(tmp_path / "otp.db")
    elif request.param == "redis":
        url = own_url()
        yield RedisStore(url, tenant="otp-secrets"), lambda: redis_dump(url)
    else:
        schema = emptied()
        with PostgresStore(postgres_dsn(), schema=schema) as postgres:
            yield postgres, lambda: postgres_dump(schema)


def test_dumps_queues_and_logs_hold_no_code_and_no_phone(
    kept: tuple[CodeStore, object], caplog: pytest.LogCaptureFixture
) -> None:
    store, dump = kept
    jobs = Jobs()
    bank = Bank(store=store, clock=None, queue=jobs)
    codes: set[str] = set()
    with caplog.at_level(logging.DEBUG):
        for subject, phone in (("B-1", PHONE), ("B-2", PhoneNumber.parse("17400000001", region="CN"))):
            issued = bank.issued(subject=subject, phone=phone, action="early_repayment", transaction=PAYMENT)
            assert bank.otp.deliver(jobs[-1])
            codes.add(bank.code)
            bank.verify(
                issued, other_than(bank.code), subject=subject, action="early_repayment", transaction=PAYMENT
            )
            bank.verify(issued, bank.code, subject=subject, action="early_repayment", transaction=PAYMENT)
            bank.otp.resend(issued.challenge_id, channel=Channel.VOICE)
    assert callable(dump)
    found = dump()
    assert len(found) > 500
    told = [found, "\n".join(jobs).encode(), caplog.text.encode(), repr(bank.events).encode()]
    secrets = {"13800138000", "17400000001", "1380013", PAYMENT.payee, "B-1", "203.0.113.7", "d-1", *codes}
    for secret in secrets:
        for one in told:
            assert secret.encode() not in one, "a secret is told"


def test_a_guard_that_watches_is_told_to_the_audit() -> None:
    watched = BucketRule(
        name="prefix_guard", rates=(Rate(count=2, window=HOUR),), guard=Guard(percent=0, shadow=True)
    )
    bank = Bank(profile=LENDER.ruled(watched))
    for n in range(4):
        number = PhoneNumber.parse(f"1740000000{n}", region="CN")
        bank.issued(subject=f"B-{n}", phone=number, client=None)
    seen = [[shadow.name for shadow in one.shadows] for one in bank.events]
    assert seen == [[], [], ["prefix_guard"], ["prefix_guard"]]
    assert (bank.events[-1].shadows[0].unverified, bank.events[-1].shadows[0].allowed) == (3, 2)


def test_a_guard_that_acts_refuses_and_a_verified_code_makes_room() -> None:
    acting = BucketRule(name="prefix_guard", rates=(Rate(count=2, window=HOUR),), guard=Guard(percent=0))
    bank = Bank(profile=LENDER.ruled(acting))
    numbers = [PhoneNumber.parse(f"1740000000{n}", region="CN") for n in range(4)]
    first = bank.issued(subject="B-0", phone=numbers[0], client=None)
    code = bank.code
    bank.issued(subject="B-1", phone=numbers[1], client=None)
    refused = bank.issue(subject="B-2", phone=numbers[2], client=None)
    assert refused.reason.code == "full_prefix_guard"
    assert bank.kind(first, code, subject="B-0", client=None) is VerdictKind.ACCEPTED
    bank.issued(subject="B-2", phone=numbers[2], client=None)


def test_every_answer_takes_the_least_time_that_was_set() -> None:
    bank = Bank()
    slow: OtpService = bank.again(answer_after=timedelta(milliseconds=40))
    acts = (
        lambda: slow.issue(subject="B-1", phone=PHONE, action="login", client=CLIENT),
        lambda: slow.issue(subject="B-1", phone=PHONE, action="login", client=CLIENT),
        lambda: slow.decoy("B-404"),
        lambda: slow.verify("v1.k1.AAAAAAAAAAAAAAAAAAAAAA", "123456", subject="B-1", action="login"),
        lambda: slow.resend("nonsense"),
        lambda: slow.redeem("nonsense", subject="B-1", action="login"),
        lambda: slow.verify_totp(KEPT, "000000", subject="B-1", action="login"),
    )
    for act in acts:
        began = time.monotonic()
        act()
        # Not how fast it is, but that it is never quicker than it was told to be.
        assert time.monotonic() - began >= 0.04


class _Down(MemoryStore):
    """A store whose server went away."""

    def check_code(self, *_args: object, **_named: object) -> object:
        raise StoreError("codes.example: the server does not answer", "服务器无响应")


def test_a_store_that_is_down_is_one_error_and_no_accept() -> None:
    bank = Bank()
    issued = bank.issued()
    bank.otp = bank.again(store=_Down())
    with pytest.raises(StoreError) as told:
        bank.verify(issued, bank.code)
    assert bank.code not in repr(told.value)


def test_a_device_chosen_by_nobody_is_no_lane() -> None:
    bank = Bank()
    theirs = bank.issued(client=Client(device="d-0"))
    wrong = 0
    for n in range(20):
        verdict = bank.verify(theirs, bank.wrong, client=Client(device=f"d-{n}"))
        wrong += verdict.kind is VerdictKind.WRONG
    assert wrong <= 7
    assert isinstance(theirs, Issued)
