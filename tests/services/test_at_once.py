"""Several rows of a window with the provider at one time: no more than asked for, and every ending kept."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest
from tests.services.parts import NOW, Answers, AsyncAnswers, book, outcomes, service

from loansms import AsyncOutreachService, Lender
from loansms.errors import ConfigurationError
from loansms.model import Message, SubmitResult
from loansms.stores import AsyncMemoryStore

ROWS = book(*({} for _ in range(12)))


class Line(AsyncAnswers):
    """A carrier session: counts how many messages are on their way; breaks at the message of `breaks_at`."""

    def __init__(self, breaks_at: str = "", hangs: bool = False) -> None:
        super().__init__()
        self.breaks_at, self.hangs = breaks_at, hangs
        self.under_way = self.most = 0
        self.full = asyncio.Event()

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Take a turn of the loop or two, as a network does."""
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(0)
            if message.loan_id == self.breaks_at:
                raise LookupError("line broken")
            if self.hangs and self.under_way == 4:
                self.full.set()
            await (asyncio.Event().wait() if self.hangs else asyncio.sleep(0))
            return await super().submit(message, deadline)
        finally:
            self.under_way -= 1


def outreach(store: Any, line: Line, at_once: int = 4) -> AsyncOutreachService:
    return AsyncOutreachService(
        policy="cn-consumer", lender=Lender.example("CN"), store=store, provider=line, at_once=at_once
    )


async def states(store: AsyncMemoryStore) -> list[str]:
    return [one.state.value async for one in store.attempts()]


def test_a_window_of_the_line_is_used_and_not_passed() -> None:
    """Four of twelve under way, never five; the report keeps the book's order."""

    async def play() -> tuple[list[str], list[str], Line]:
        line = Line()
        report = await outreach(AsyncMemoryStore(), line).run(ROWS, now=NOW)
        return outcomes(report), [one.row.loan_id for one in report.rows], line

    told, loans, line = asyncio.run(play())
    assert (told, line.most, len(line.outbox)) == (["submitted"] * 12, 4, 12)
    assert loans == [row["loan_id"] for row in ROWS]


def test_a_fault_leaves_one_unknown_and_no_other_in_doubt() -> None:
    """Those under way come to their end; those behind are free for the next run."""

    async def play() -> tuple[list[str], int]:
        store, line = AsyncMemoryStore(), Line(breaks_at="L-6")
        with pytest.raises(LookupError):
            await outreach(store, line).run(ROWS, now=NOW)
        left = await states(store)
        assert left.count("accepted") == len(line.outbox)
        after = Line()
        told = outcomes(await outreach(store, after).run(ROWS, now=NOW))
        assert told.count("unknown") == 1
        return left, len(line.outbox) + len(after.outbox)

    left, sent = asyncio.run(play())
    assert (left.count("unknown"), sent) == (1, 11)
    assert left.count("rejected_retryable") >= 3


def test_a_cancelled_run_leaves_no_more_unknown_than_were_under_way() -> None:
    """Four hang and are unknown, eight are given back."""

    async def play() -> list[str]:
        store, line = AsyncMemoryStore(), Line(hangs=True)
        task = asyncio.create_task(outreach(store, line).run(ROWS, now=NOW))
        await asyncio.wait_for(line.full.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await states(store)

    left = asyncio.run(play())
    assert (left.count("unknown"), left.count("rejected_retryable")) == (4, 8)


def test_the_synchronous_face_says_that_it_goes_in_turn() -> None:
    """An option that did nothing would be believed."""
    with pytest.raises(ConfigurationError, match="one after another"):
        service(Answers(), at_once=2)
    with pytest.raises(ConfigurationError, match="1 or more"):
        outreach(AsyncMemoryStore(), Line(), at_once=0)
