"""Messages handed to a line together: what one caller is told of each, and what the gateway really took."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from typing import Any

import pytest
from tests.providers.carrier.lines import LINES, cmpp, letter, ms, settings, soon, until

from loansms.errors import UnsupportedByProvider
from loansms.model import Accepted, Channel, DeliveryStatus, OutcomeClass, Rejected, Unknown
from loansms.privacy import Secret
from loansms.providers.base import AsyncSupportsBatch, SupportsBatch
from loansms.providers.carrier import AsyncCarrierLine, CarrierLine
from loansms.providers.carrier.batch import Batch
from loansms.providers.smpp.dialect import SmppDialect
from loansms.testing.fake_ismg import FakeIsmg
from loansms.testing.fake_smsc import PASSWORD, SYSTEM_ID, FakeSmsc
from loansms.testing.gateway_faults import Faults

NOT_REACHED = Rejected("not_reached", True, OutcomeClass.FAILED_RETRYABLE)


def line_to(gateway: FakeIsmg, **changes: Any) -> AsyncCarrierLine:
    return AsyncCarrierLine(cmpp(), settings(gateway, **changes))


@pytest.mark.parametrize("protocol", sorted(LINES))
def test_each_is_answered_in_order_long_ones_among_them_and_the_window_is_kept(protocol: str) -> None:
    make_gateway, make_dialect, changes = LINES[protocol]
    book = [letter(number, long=number % 5 == 0) for number in range(60)]
    with make_gateway(Faults(early=1.0)) as gateway:
        with CarrierLine(make_dialect(), settings(gateway, window=4, **changes)) as line:
            if line.listening_port:
                gateway.bring_to("127.0.0.1", line.listening_port)
            assert isinstance(line, SupportsBatch)
            answers = line.submit_many(book, soon())
            assert line.submit_many([], soon()) == []
        assert (
            line.submit_many(book[:2], soon())
            == [Rejected("line_closed", True, OutcomeClass.FAILED_RETRYABLE)] * 2
        )
    parts = [one.parts or (one.provider_message_id,) for one in answers if isinstance(one, Accepted)]
    assert len(parts) == len(book)
    assert [len(one) > 1 for one in parts] == [number % 5 == 0 for number in range(60)]
    # In order: the id of each is the one its own number was taken under.
    taken = {one.segment.phone[-11:] for one in gateway.record.taken}
    assert taken == {one.to.e164[-11:] for one in book}
    assert len({part for one in parts for part in one}) == len(gateway.record.taken)
    assert gateway.record.most_unanswered <= 4
    assert gateway.record.taken_twice() == []


def test_a_channel_it_does_not_take_is_refused_aloud_before_anything_is_sent() -> None:
    async def run() -> None:
        async with line_to(gateway) as line:
            assert isinstance(line, AsyncSupportsBatch)
            with pytest.raises(UnsupportedByProvider):
                await line.submit_many([letter(1), letter(2, channel=Channel.VOICE)], soon())

    with FakeIsmg() as gateway:
        asyncio.run(run())
    assert gateway.record.taken == []


def test_what_cannot_be_written_and_what_is_refused_is_told_of_itself_alone() -> None:
    async def run() -> None:
        book = [letter(number) for number in range(6)]
        book[2] = letter(2, text=Secret("长" * 40_000))
        async with line_to(gateway) as line:
            answers = await line.submit_many(book, soon())
            assert [one for one in answers if isinstance(one, Rejected)] == [
                Rejected("unwritable_text", kind=OutcomeClass.FAILED_PERMANENT)
            ]
            assert answers[2] == Rejected("unwritable_text", kind=OutcomeClass.FAILED_PERMANENT)
            gateway.faults = Faults(refused=1.0)
            assert {type(one) for one in await line.submit_many(book[3:], soon())} == {Rejected}
            assert await line.submit_many(book, soon(-1)) == [NOT_REACHED] * 6

    with FakeIsmg() as gateway:
        asyncio.run(run())
    assert len(gateway.record.taken) == 5


def test_what_came_too_fast_is_handed_over_again_and_only_that() -> None:
    async def run() -> None:
        async with line_to(gateway) as line:
            answers = await line.submit_many([letter(number) for number in range(40)], soon())
            assert all(isinstance(one, Accepted) for one in answers)

    with FakeIsmg(faults=Faults(seed=4, throttled=0.3)) as gateway:
        asyncio.run(run())
    assert gateway.record.throttled
    assert gateway.record.taken_twice() == []


def test_too_fast_until_the_deadline_is_told_as_the_gateway_said_it() -> None:
    async def run() -> None:
        async with line_to(gateway) as line:
            answers = await line.submit_many([letter(number) for number in range(3)], soon(0.2))
            assert {one.kind for one in answers if isinstance(one, Rejected)} == {OutcomeClass.RATE_LIMITED}
            assert len(answers) == 3

    with FakeIsmg(faults=Faults(throttled=1.0)) as gateway:
        asyncio.run(run())
    assert gateway.record.taken == []


def test_a_gateway_that_never_answers_leaves_what_was_written_unknown_and_the_rest_unsent() -> None:
    async def run() -> None:
        async with line_to(gateway, window=2, closing=ms(10)) as line:
            await until(lambda: line.state.ready)
            answers = await line.submit_many([letter(number) for number in range(30)], soon(0.2))
            assert answers == [Unknown("no_answer")] * 2 + [NOT_REACHED] * 28
            assert line.state.waiting == 0

    with FakeIsmg(faults=Faults(mute=1.0)) as gateway:
        asyncio.run(run())
    assert len(gateway.record.taken) == 2


def test_a_line_that_closes_says_of_each_whether_it_may_have_been_sent() -> None:
    async def run() -> None:
        line = line_to(gateway, window=3, closing=ms(20))
        await line.open()
        await until(lambda: line.state.ready)
        waiting = asyncio.create_task(line.submit_many([letter(number) for number in range(40)], soon(60)))
        await until(lambda: line.state.unanswered == 3)
        await line.close()
        told = Counter(type(one).__name__ for one in await waiting)
        assert told == {"Unknown": 3, "Rejected": 37}

    with FakeIsmg(faults=Faults(mute=1.0)) as gateway:
        asyncio.run(run())


def test_long_messages_take_their_turn_like_any_other() -> None:
    """No more of them are begun than are ahead of the window, and a caller that leaves takes those along that wait."""

    async def run() -> None:
        async with line_to(gateway, window=2) as line:
            await until(lambda: line.state.ready)
            book = [letter(number, long=True) for number in range(100)]
            waiting = asyncio.create_task(line.submit_many(book, soon(60)))
            await until(lambda: line.state.unanswered == 2)
            assert line.state.waiting <= 8
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert line.state.waiting == 0

    with FakeIsmg(faults=Faults(mute=1.0)) as gateway:
        asyncio.run(run())
    assert len(gateway.record.taken) == 2


def test_a_caller_that_gives_up_sends_no_more_and_a_report_tells_what_was_sent_all_the_same() -> None:
    async def run() -> None:
        async with line_to(gateway, window=3) as line:
            await until(lambda: line.state.ready)
            book = [letter(number, long=number == 5) for number in range(40)]
            waiting = asyncio.create_task(line.submit_many(book, soon(60)))
            await until(lambda: line.state.unanswered == 3)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert line.state.waiting == 0
            await until(lambda: line.state.held >= 3)
            told = await line.receipts(soon())
            assert {one.step_key for one in told} == {"s-0", "s-1", "s-2"}
            assert {one.status for one in told} <= {DeliveryStatus.ACCEPTED, DeliveryStatus.DELIVERED}
            assert isinstance(await line.submit(letter(50), soon()), Accepted)

    with FakeIsmg(answer_after=0.1) as gateway:
        asyncio.run(run())
    assert len(gateway.record.taken) == 4


def test_the_loop_goes_on_while_a_batch_is_told_at_once_that_it_was_not_sent() -> None:
    """Nobody is let in, so nothing is waited for: whoever else is in the loop has its turns all the same."""

    async def run() -> None:
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        line = AsyncCarrierLine(cmpp(secret="wrong"), settings(gateway, first_pause=ms(50)))
        async with line:
            await until(lambda: line.state.refused)
            beside = asyncio.create_task(others())
            answers = await line.submit_many([letter(number) for number in range(1000)], soon())
            beside.cancel()
            assert {type(one) for one in answers} == {Rejected}
            assert turns > 5

    with FakeIsmg() as gateway:
        asyncio.run(run())


def test_nothing_is_begun_after_the_deadline() -> None:
    async def run() -> None:
        async with line_to(gateway, window=2, closing=ms(10)) as line:
            await until(lambda: line.state.ready)
            before = line._next
            answers = await line.submit_many([letter(number) for number in range(3000)], soon(0.2))
            assert answers == [Unknown("no_answer")] * 2 + [NOT_REACHED] * 2998
            assert line._next - before < 20

    with FakeIsmg(faults=Faults(mute=1.0)) as gateway:
        asyncio.run(run())


def test_a_fault_is_raised_as_submit_raises_it() -> None:
    dialect = SmppDialect(system_id=SYSTEM_ID, password=Secret(PASSWORD), source="10690000", bind="receiver")
    with FakeSmsc() as gateway, CarrierLine(dialect, settings(gateway)) as line:
        with pytest.raises(UnsupportedByProvider):
            line.submit(letter(), soon())
        with pytest.raises(UnsupportedByProvider):
            line.submit_many([letter(1), letter(2)], soon())


def test_a_batch_that_ended_is_kept_by_nobody_and_a_throttle_adds_no_deadline() -> None:
    async def run() -> None:
        async with line_to(gateway) as line:
            answers = await line.submit_many([letter(number) for number in range(12)], soon(3600))
            assert {type(one) for one in answers} == {Accepted}
            del answers
            gc.collect()
            assert not [one for one in gc.get_objects() if isinstance(one, Batch)]
            assert len(line._hand_over._deadlines) <= 12

    with FakeIsmg(faults=Faults(seed=4, throttled=0.6)) as gateway:
        asyncio.run(run())
    assert len(gateway.record.throttled) > 6
