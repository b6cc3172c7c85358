"""The awaited sandbox and spool answer what the plain ones do."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from loansms.clock import FrozenClock
from loansms.model import Accepted
from loansms.providers import (
    AsyncProvider,
    AsyncSandboxProvider,
    AsyncSpoolProvider,
    AsyncSupportsInbound,
    AsyncSupportsReceipts,
    SandboxProvider,
)
from loansms.testing.examples import AT, message

LATER = AT + timedelta(days=3)


def test_the_awaited_sandbox_is_the_sandbox() -> None:
    plain, awaited = SandboxProvider(5, reply_rate=1), AsyncSandboxProvider(5, reply_rate=1)
    book = [message(message_id=f"m-{n}", step_key=f"s-{n}") for n in range(30)]

    async def drive() -> tuple[object, ...]:
        answers = [await awaited.submit(one, AT) for one in book]
        return answers, await awaited.receipts(LATER), await awaited.inbound(LATER)

    expected = [plain.submit(one, AT) for one in book], plain.receipts(LATER), plain.inbound(LATER)
    assert asyncio.run(drive()) == expected
    assert awaited.outbox == plain.outbox
    assert isinstance(awaited, AsyncProvider)
    assert isinstance(awaited, AsyncSupportsReceipts)
    assert isinstance(awaited, AsyncSupportsInbound)


def test_the_awaited_spool_writes_whole_lines(tmp_path: Path) -> None:
    spool = AsyncSpoolProvider(tmp_path, FrozenClock(AT))

    async def drive() -> list[object]:
        return await asyncio.gather(*(spool.submit(message(message_id=f"m-{n}"), AT) for n in range(20)))

    assert set(asyncio.run(drive())) == {Accepted(f"spool-m-{n}") for n in range(20)}
    assert {line["message_id"] for line in spool.outbox} == {f"m-{n}" for n in range(20)}
    assert not isinstance(spool, AsyncSupportsReceipts)
