"""The awaited face end to end: the same outcomes, and a cancelled task loses and repeats nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.services.parts import NOW, AsyncAnswers, book, event, outcomes

from loansms import AsyncOutreachService, Lender, OutreachService
from loansms.model import Accepted, Account, Message, SubmitResult
from loansms.model.examples import borrower
from loansms.providers import AsyncSandboxProvider, AsyncSpoolProvider, SandboxProvider
from loansms.services import AsyncIntakeService, IntakeService
from loansms.stores import AsyncMemoryStore, AsyncSqliteStore, MemoryStore
from loansms.testing.examples import AT, claim
from loansms.testing.ledger_case import token_of


def service(store: Any, provider: Any, **more: Any) -> AsyncOutreachService:
    """Return an awaited service over these."""
    return AsyncOutreachService(
        policy="cn-consumer", lender=Lender.example("CN"), store=store, provider=provider, **more
    )


async def states(store: Any) -> list[str]:
    """Return the state of each loan's attempt, by loan."""
    found = [one async for one in store.attempts()]
    return [one.state.value for one in sorted(found, key=lambda one: one.loan_id or "")]


def test_a_day_awaited_is_the_day_itself(tmp_path: Path) -> None:
    """Run, collect and run again: outcomes, receipts and replies are those of the sync face."""
    rows = book(*({} for _ in range(80)))
    later = NOW + timedelta(days=2)

    async def awaited() -> list[Any]:
        async with AsyncSqliteStore(tmp_path / "run.db") as store:
            provider = AsyncSandboxProvider(7, reply_rate=0.2)
            outreach = service(store, provider)
            first = await outreach.run(rows, now=NOW)
            taken = await AsyncIntakeService(store=store, lender=Lender.example("CN")).collect(
                provider, now=later
            )
            again = await outreach.run(rows, now=NOW)
            return [outcomes(first), taken, outcomes(again)]

    store, provider = MemoryStore(), SandboxProvider(7, reply_rate=0.2)
    outreach = OutreachService(
        policy="cn-consumer", lender=Lender.example("CN"), store=store, provider=provider
    )
    first = outreach.run(rows, now=NOW)
    taken = IntakeService(store=store, lender=Lender.example("CN")).collect(provider, now=later)
    assert asyncio.run(awaited()) == [outcomes(first), taken, outcomes(outreach.run(rows, now=NOW))]
    assert taken.opted_out


def test_events_and_fresh_facts_are_awaited(tmp_path: Path) -> None:
    """The spool gets one line for the event; a core system that no longer lists the loan stops its row."""

    class Gone:
        async def current(self, loan_ids: object) -> dict[str, Account]:
            return {}

    async def play() -> list[str]:
        async with AsyncSqliteStore(tmp_path / "run.db") as store:
            outreach = service(store, AsyncSpoolProvider(tmp_path), facts=Gone())
            told = await outreach.notify_many([event("E-1", borrower(borrower_id="B-7"))], now=NOW)
            planned = await outreach.plan(book({}), now=NOW)
            return outcomes(told) + outcomes(planned) + outcomes(await outreach.run(book({}), now=NOW))

    assert asyncio.run(play()) == ["submitted", "planned", "none"]
    assert len((tmp_path / "submitted.jsonl").read_text(encoding="utf-8").splitlines()) == 1


class Hanging(AsyncAnswers):
    """Accepts one message and then waits for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = asyncio.Event()

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Accept the first; hang on the next."""
        result = await super().submit(message, deadline)
        if len(self.outbox) > 1:
            self.waiting.set()
            await asyncio.Event().wait()
        return result


@pytest.mark.parametrize("durable", [True, False])
def test_a_cancelled_run_leaves_one_unknown_and_gives_the_rest_back(tmp_path: Path, durable: bool) -> None:
    """The call that hung is unknown, what was behind it is sent by the next run, nothing goes out twice."""

    async def play() -> tuple[list[str], list[str], list[str | None]]:
        store = AsyncSqliteStore(tmp_path / "run.db") if durable else AsyncMemoryStore()
        provider = Hanging()
        task = asyncio.create_task(service(store, provider).run(book({}, {}, {}, {}), now=NOW))
        await asyncio.wait_for(provider.waiting.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        left = await states(store)
        after = AsyncAnswers()
        report = await service(store, after).run(book({}, {}, {}, {}), now=NOW)
        if isinstance(store, AsyncSqliteStore):
            await store.close()
        return left, outcomes(report), provider.loans + after.loans

    left, told, spoken = asyncio.run(play())
    assert left == ["accepted", "unknown", "rejected_retryable", "rejected_retryable"]
    assert told == ["already_done", "unknown", "submitted", "submitted"]
    assert sorted(map(str, spoken)) == ["L-1", "L-2", "L-3", "L-4"]


def test_a_cancelled_ending_is_still_written(tmp_path: Path) -> None:
    """An ending that waits for its turn on the store's thread is not taken back with its task."""

    async def play() -> list[str]:
        async with AsyncSqliteStore(tmp_path / "run.db") as store:
            token = token_of((await store.claim([claim()]))[0])
            slow = [
                asyncio.create_task(store.histories([f"d-{n}" for n in range(3_000)], AT)) for _ in range(4)
            ]
            ending = asyncio.create_task(store.finish("step-1", token, Accepted("p-1"), AT))
            await asyncio.sleep(0)  # a turn of the loop: the ending now waits behind the histories
            ending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await ending
            await asyncio.gather(*slow)
            return await states(store)

    assert asyncio.run(play()) == ["accepted"]


def test_two_awaited_runs_at_once_share_a_book(tmp_path: Path) -> None:
    """Two tasks over one store: each step once, each row accounted for."""

    async def play() -> tuple[list[str | None], list[list[str]]]:
        async with AsyncSqliteStore(tmp_path / "run.db") as store:
            provider = AsyncAnswers()
            rows = book(*({} for _ in range(70)))
            reports = await asyncio.gather(*(service(store, provider).run(rows, now=NOW) for _ in range(2)))
            return provider.loans, [outcomes(one) for one in reports]

    spoken, told = asyncio.run(play())
    assert len(spoken) == len(set(spoken)) == 70
    assert sum(one.count("submitted") for one in told) == 70
