"""A thousand messages through a bad day of the gateway: every one ends final or unknown, none sent twice, none lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from tests.providers.carrier.lines import LINES, letter, settings, soon, until

from loansms.model import Accepted, DeliveryReceipt, DeliveryStatus, Message, Rejected, SubmitResult, Unknown
from loansms.providers.carrier.session import AsyncCarrierLine
from loansms.testing.fake_gateway import FakeGateway
from loansms.testing.gateway_faults import Faults

BAD_DAY = Faults(
    seed=20260924,
    throttled=0.04,
    refused=0.01,
    reset_every=60,
    reset_before=0.002,
    reset_after=0.003,
    cut=0.002,
    garbled=0.002,
    answered_twice=0.05,
    late=0.03,
    late_by=0.05,
    undelivered=0.05,
    early=0.1,
    reported_twice=0.2,
    elsewhere=0.3,
    shuffled=True,
)
FINAL = {DeliveryStatus.DELIVERED, DeliveryStatus.UNDELIVERED, DeliveryStatus.PARTIAL}


async def _drive(
    gateway: FakeGateway, book: Sequence[Message], dialect: Any, settled: Any, changes: dict[str, Any]
) -> tuple[list[SubmitResult], list[DeliveryReceipt]]:
    told: list[DeliveryReceipt] = []
    async with AsyncCarrierLine(dialect, settings(gateway, connections=3, window=8, **changes)) as line:
        if line.listening_port:
            gateway.bring_to("127.0.0.1", line.listening_port)
        # One caller each, and one caller for many: both at once on the same connections.
        half = len(book) // 2
        *answers, together = await asyncio.gather(
            *(line.submit(one, soon(60)) for one in book[:half]), line.submit_many(book[half:], soon(60))
        )
        answers += together
        gateway.faults = Faults()

        async def more() -> None:
            while not settled(told, answers):
                told.extend(await line.receipts(soon()))
                await asyncio.sleep(0.01)

        await asyncio.wait_for(more(), 20)
        assert line.state.unanswered == line.state.waiting == 0
        await until(lambda: line.state.ready)
    return answers, told


def a_bad_day(protocol: str, count: int) -> Counter[str]:
    """Hand `count` messages over and check what the lender was told against what the gateway took; return the counts."""
    make_gateway, make_dialect, changes = LINES[protocol]
    book = [letter(number, long=number % 7 == 0) for number in range(count)]

    with make_gateway(BAD_DAY) as gateway:

        def settled(told: Sequence[DeliveryReceipt], answers: Sequence[SubmitResult]) -> bool:
            final = {one.step_key for one in told if one.status in FINAL}
            return all(
                one.step_key in final
                for one, answer in zip(book, answers, strict=True)
                if isinstance(answer, Accepted)
            )

        answers, told = asyncio.run(_drive(gateway, book, make_dialect(), settled, changes))
    record = gateway.record
    assert record.resets > 0
    assert record.throttled
    assert record.taken_twice() == []
    # None lost: whatever the gateway took was told as accepted or unknown, and what was told as rejected it never took.
    reached = Counter(one.segment.phone[-11:] for one in record.taken)
    for message, answer in zip(book, answers, strict=True):
        taken = reached[message.to.e164[-11:]]
        match answer:
            case Accepted(parts=parts):
                assert taken >= max(1, len(parts))
            case Rejected():
                assert taken == 0
            case Unknown(cause=cause):
                assert cause == "line_lost"
    # Each state is told once, and nothing is told of a message that was not sent.
    states = Counter((one.step_key, one.status) for one in told if one.step_key)
    assert set(states.values()) <= {1}
    rejected = {m.step_key for m, one in zip(book, answers, strict=True) if isinstance(one, Rejected)}
    assert not rejected & {one.step_key for one in told}
    return Counter(type(one).__name__ for one in answers) + Counter(one.status.value for one in told)


@pytest.mark.parametrize("protocol", sorted(LINES))
def test_two_hundred_messages_survive_a_bad_day(protocol: str) -> None:
    counts = a_bad_day(protocol, 200)
    assert counts["Accepted"] > 100
    assert counts["Unknown"] > 0


@pytest.mark.soak
@pytest.mark.parametrize("protocol", sorted(LINES))
def test_a_thousand_messages_survive_a_bad_day(protocol: str) -> None:
    counts = a_bad_day(protocol, 1000)
    assert counts["Accepted"] > 500
