"""What a lender is told of a message on a carrier's line, and what the gateway really took."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.providers.carrier.lines import cmpp, letter, ms, settings, soon, until

from loansms.clock import Entropy
from loansms.errors import UnsupportedByProvider
from loansms.model import Accepted, Channel, DeliveryStatus, OutcomeClass, Rejected, Unknown
from loansms.providers import AsyncProvider, AsyncSupportsInbound, AsyncSupportsReceipts
from loansms.providers.carrier.session import AsyncCarrierLine
from loansms.testing.fake_ismg import FakeIsmg
from loansms.testing.gateway_faults import Faults

Drive = Callable[[AsyncCarrierLine], Awaitable[None]]


def on_a_line(
    gateway: FakeIsmg, drive: Drive, dialect: Any = None, entropy: Entropy | None = None, **changes: Any
) -> None:
    async def run() -> None:
        line = AsyncCarrierLine(dialect or cmpp(), settings(gateway, **changes), entropy=entropy)
        async with line:
            await drive(line)

    asyncio.run(run())


def test_a_long_message_has_an_id_a_segment_and_one_receipt() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        answer = await line.submit(letter(1, long=True), soon())
        assert isinstance(answer, Accepted)
        assert answer.segments == len(answer.parts) == len(gateway.record.taken) > 2
        assert answer.parts[0] == answer.provider_message_id
        await until(lambda: line.state.held)
        (receipt,) = await line.receipts(soon())
        assert (receipt.step_key, receipt.status) == ("s-1", DeliveryStatus.DELIVERED)
        assert receipt.provider_message_id == answer.provider_message_id
        assert await line.receipts(soon()) == []
        assert isinstance(line, AsyncProvider)
        assert isinstance(line, AsyncSupportsReceipts)
        assert isinstance(line, AsyncSupportsInbound)
        with pytest.raises(UnsupportedByProvider):
            await line.submit(letter(channel=Channel.VOICE), soon())

    with FakeIsmg() as gateway:
        on_a_line(gateway, drive)
    assert gateway.record.farewells == 1


@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "cut", "garbled"])
def test_a_socket_lost_before_the_answer_leaves_the_message_unknown_and_it_is_never_written_again(
    fault: str,
) -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        assert await line.submit(letter(), soon()) == Unknown("line_lost")
        gateway.faults = Faults()
        await until(lambda: line.state.ready)
        assert isinstance(await line.submit(letter(2), soon()), Accepted)

    with FakeIsmg(faults=Faults(**{fault: 1.0})) as gateway:
        on_a_line(gateway, drive)
    record = gateway.record
    assert len(record.taken) + len(record.lost) == 2
    assert record.taken_twice() == []


def test_an_answer_later_than_the_deadline_is_unknown_and_a_receipt_tells_the_truth_afterwards() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        await until(lambda: line.state.ready)
        assert await line.submit(letter(3), soon(0.05)) == Unknown("no_answer")
        await until(lambda: line.state.held)
        told = await line.receipts(soon())
        assert [(one.step_key, one.status) for one in told] == [("s-3", DeliveryStatus.ACCEPTED)]
        assert line.state.unanswered == 0

    with FakeIsmg(faults=Faults(late=1.0, late_by=0.1, dropped=1.0)) as gateway:
        on_a_line(gateway, drive)
    assert len(gateway.record.taken) == 1


def test_a_gateway_that_never_answers_fills_the_window_and_who_waits_is_told_at_the_deadline() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        await until(lambda: line.state.ready)
        answers = await asyncio.gather(*(line.submit(letter(number), soon(0.15)) for number in range(5)))
        assert answers.count(Unknown("no_answer")) == 2
        assert answers.count(Rejected("not_reached", retryable=True)) == 0
        refused = [one for one in answers if isinstance(one, Rejected)]
        assert [(one.code, one.retryable, one.kind) for one in refused] == [
            ("not_reached", True, OutcomeClass.FAILED_RETRYABLE)
        ] * 3
        assert line.state.waiting == 0

    with FakeIsmg(faults=Faults(mute=1.0)) as gateway:
        on_a_line(gateway, drive, window=2, closing=ms(10))
    assert gateway.record.most_unanswered == 2


def test_places_of_submits_nobody_answers_are_given_back_after_the_time_for_an_answer() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        assert await line.submit(letter(1), soon()) == Unknown("no_answer")
        gateway.faults = Faults()
        assert isinstance(await line.submit(letter(2), soon(4)), Accepted)

    with FakeIsmg(faults=Faults(mute=1.0)) as gateway:
        on_a_line(gateway, drive, window=1, answer=ms(60), idle=timedelta(seconds=60))


def test_nobody_there_is_not_sent_and_may_be_tried_again() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        answer = await line.submit(letter(), soon(0.05))
        assert answer == Rejected("not_reached", True, OutcomeClass.FAILED_RETRYABLE)
        assert await line.submit(letter(), soon(-1)) == answer

    with FakeIsmg() as gateway:
        pass
    on_a_line(gateway, drive)


def test_what_came_too_fast_is_handed_over_again_and_only_that() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        answers = await asyncio.gather(*(line.submit(letter(n, long=n == 0), soon()) for n in range(12)))
        assert all(isinstance(one, Accepted) for one in answers)

    with FakeIsmg(faults=Faults(seed=4, throttled=0.4)) as gateway:
        on_a_line(gateway, drive)
    record = gateway.record
    assert record.throttled
    assert record.taken_twice() == []


class _Longest:
    """Draws the longest pause every time."""

    def token(self, size: int) -> bytes:
        return b"\xff" * size


def test_what_came_too_fast_until_the_deadline_was_provably_not_sent() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        await until(lambda: line.state.ready)
        answer = await line.submit(letter(), soon(0.2))
        assert isinstance(answer, Rejected)
        assert (answer.code, answer.retryable, answer.kind) == ("8", True, OutcomeClass.RATE_LIMITED)

    with FakeIsmg(faults=Faults(throttled=1.0)) as gateway:
        on_a_line(gateway, drive, entropy=_Longest(), throttle_pause=ms(100))
    # At once and after a tenth of a second; the next pause is twice as long and ends after the deadline.
    assert len(gateway.record.throttled) == 2


def test_a_long_message_refused_at_its_first_segment_is_not_sent_at_all() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        answer = await line.submit(letter(long=True), soon())
        assert answer == Rejected("13", False, OutcomeClass.INVALID_NUMBER)
        assert await line.receipts(soon()) == []

    with FakeIsmg(faults=Faults(refused_part=1)) as gateway:
        on_a_line(gateway, drive)
    assert gateway.record.taken == []


def test_a_part_refused_after_others_were_taken_is_accepted_and_told_as_partial() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        answer = await line.submit(letter(5, long=True), soon())
        assert isinstance(answer, Accepted)
        assert len(answer.parts) == (answer.segments or 0) - 1
        told = await line.receipts(soon())
        assert [(one.step_key, one.status, one.raw_code) for one in told] == [
            ("s-5", DeliveryStatus.PARTIAL, "13")
        ]

    with FakeIsmg(faults=Faults(refused_part=2, dropped=1.0)) as gateway:
        on_a_line(gateway, drive)
    assert gateway.record.taken_twice() == []


def test_a_wrong_secret_is_told_at_once_and_not_tried_over_and_over() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        answer = await line.submit(letter(), soon())
        assert answer == Rejected("login_3", True, OutcomeClass.AUTH_ERROR, access="secret")
        assert line.state.refused == "3"
        assert "wrong-secret" not in f"{line!r} {line.state!r} {answer!r}"

    with FakeIsmg() as gateway:
        on_a_line(gateway, drive, dialect=cmpp(secret="wrong-secret"), most_pause=timedelta(minutes=1))
    assert gateway.record.refused_logins == 1


def test_an_idle_line_is_tested_and_one_that_stays_silent_is_opened_anew() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        await until(lambda: gateway.record.tests >= 3)
        assert line.state.connected == 1
        gateway.faults = Faults(deaf=True)
        await until(lambda: line.state.connected == gateway.record.connections == 2)

    with FakeIsmg() as gateway:
        on_a_line(gateway, drive, idle=ms(15), answer=ms(200), tries=2, closing=ms(20))


def test_closing_waits_for_answers_and_takes_nothing_more() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        await until(lambda: line.state.ready)
        under_way = [asyncio.create_task(line.submit(letter(n), soon())) for n in range(4)]
        await until(lambda: line.state.unanswered == 2)
        closing = asyncio.create_task(line.close())
        await asyncio.sleep(0)
        assert await line.submit(letter(9), soon()) == Rejected(
            "line_closed", True, OutcomeClass.FAILED_RETRYABLE
        )
        await closing
        answers = [await one for one in under_way]
        assert [isinstance(one, Accepted) for one in answers] == [True, True, False, False]
        assert {one.code for one in answers if isinstance(one, Rejected)} == {"line_closed"}

    with FakeIsmg(answer_after=0.2) as gateway:
        on_a_line(gateway, drive, window=2)
    assert (len(gateway.record.taken), gateway.record.farewells) == (2, 1)


def test_what_is_unanswered_when_closing_takes_too_long_is_unknown() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        under_way = asyncio.create_task(line.submit(letter(), soon()))
        await until(lambda: gateway.record.taken)
        await line.close()
        assert await under_way == Unknown("closed")

    with FakeIsmg(faults=Faults(mute=1.0)) as gateway:
        on_a_line(gateway, drive, closing=ms(20))


def test_a_caller_that_is_cancelled_gives_its_place_back_and_the_message_is_not_written_again() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        first = asyncio.create_task(line.submit(letter(1), soon()))
        await until(lambda: gateway.record.taken)
        waiting = asyncio.create_task(line.submit(letter(2), soon()))
        await until(lambda: line.state.waiting)
        for one in (first, waiting):
            one.cancel()
        await asyncio.gather(first, waiting, return_exceptions=True)
        assert isinstance(await line.submit(letter(3), soon()), Accepted)
        told = [(one.step_key, one.status) for one in await line.receipts(soon())]
        assert ("s-1", DeliveryStatus.ACCEPTED) in told

    with FakeIsmg(answer_after=0.05) as gateway:
        on_a_line(gateway, drive, window=1)
    assert len(gateway.record.taken) == 2


def test_submits_are_spaced_as_the_carrier_granted() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        await until(lambda: line.state.ready)
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(line.submit(letter(number), soon()) for number in range(11)))
        assert asyncio.get_running_loop().time() - began >= 0.1

    with FakeIsmg() as gateway:
        on_a_line(gateway, drive, rate=100)


def test_a_deadline_before_ones_turn_costs_nobody_elses_turn() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        await until(lambda: line.state.ready)
        answers = await asyncio.gather(*(line.submit(letter(number), soon(0.05)) for number in range(20)))
        assert sum(isinstance(one, Rejected) for one in answers) >= 15
        assert isinstance(await line.submit(letter(99), soon(0.5)), Accepted)

    with FakeIsmg() as gateway:
        on_a_line(gateway, drive, rate=10)


def test_who_came_first_is_written_first_and_who_gave_up_is_not_written_at_all() -> None:
    async def drive(line: AsyncCarrierLine) -> None:
        await until(lambda: line.state.ready)
        asked = [asyncio.create_task(line.submit(letter(number), soon())) for number in range(12)]
        await asyncio.sleep(0)
        assert line.state.waiting == 10
        for place in (4, 7):
            asked[place].cancel()
        # Its deadline comes while it waits.
        late = await line.submit(letter(12), soon(0.005))
        assert late == Rejected("not_reached", True, OutcomeClass.FAILED_RETRYABLE)
        await asyncio.gather(*asked, return_exceptions=True)

    with FakeIsmg(answer_after=0.02) as gateway:
        on_a_line(gateway, drive, window=2)
    written = [int(one.segment.phone[-4:]) for one in gateway.record.taken]
    assert written == [0, 1, 2, 3, 5, 6, 8, 9, 10, 11]
    assert gateway.record.most_unanswered == 2
