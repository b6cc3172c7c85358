"""One timer for all that is waited for: everybody is told at their own moment, and what is settled does not pile up."""

from __future__ import annotations

import asyncio

from loansms.providers.carrier.deadlines import Deadlines


def test_each_is_told_at_its_own_moment_whatever_the_order_they_came_in() -> None:
    async def drive() -> list[str]:
        loop, deadlines = asyncio.get_running_loop(), Deadlines[str]()
        order: list[str] = []
        waits: list[asyncio.Future[str]] = []
        for place in (3, 1, 2):
            wait: asyncio.Future[str] = loop.create_future()
            wait.add_done_callback(lambda one: order.append(one.result()))
            deadlines.end(wait, loop.time() + place * 0.01, str(place))
            waits.append(wait)
        await asyncio.wait(waits, timeout=2)
        return order

    assert asyncio.run(drive()) == ["1", "2", "3"]


def test_who_gave_up_or_was_answered_is_told_nothing_and_takes_no_room() -> None:
    async def drive() -> int:
        loop, deadlines = asyncio.get_running_loop(), Deadlines[str]()
        for number in range(5000):
            wait: asyncio.Future[str] = loop.create_future()
            deadlines.end(wait, loop.time() + 60, "late")
            if number % 2:
                wait.set_result("answered")
            else:
                wait.cancel()
        return len(deadlines)

    assert asyncio.run(drive()) <= 1024


def test_nobody_is_told_anything_after_the_end() -> None:
    async def drive() -> bool:
        loop, deadlines = asyncio.get_running_loop(), Deadlines[str]()
        wait: asyncio.Future[str] = loop.create_future()
        deadlines.end(wait, loop.time() + 0.005, "late")
        deadlines.close()
        await asyncio.sleep(0.02)
        return wait.done()

    assert not asyncio.run(drive())
