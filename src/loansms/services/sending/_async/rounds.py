"""The rounds of a run: rows looked at once more with fresh facts, held back or claimed, and handed over.

The facts, the budget and what two people signed are asked just before the claim; the claim decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from loansms.calendars.localtime import start_of_local_day
from loansms.clock import Clock
from loansms.model import Account, History
from loansms.planning import PlanDecision, PlanRow, decide
from loansms.services.sending._async.dispatch import AsyncDispatcher
from loansms.services.sending.claims import JOINED, debtor_of, deferrals, settled, unsent
from loansms.services.sending.fact_age import with_fresh_facts
from loansms.services.sending.facts import AsyncFactSource, checked_facts
from loansms.services.sending.held_back import Passes, passed
from loansms.services.sending.ramp import Ramp
from loansms.services.sending.recheck import recheck
from loansms.services.sending.report import Outcome, RunRow
from loansms.services.sending.setup import Setup
from loansms.services.sending.signed_plan import SignedPlan
from loansms.services.watching.budget import Budget, Spending
from loansms.stores import AsyncContactLedger


class AsyncRounds:
    """How an outreach service sends what it planned."""

    setup: Setup
    _store: AsyncContactLedger
    _facts: AsyncFactSource | None
    _dispatch: AsyncDispatcher
    _budget: Budget | None
    _spending: Spending | None
    _max_age: timedelta | None

    async def _send_window(
        self,
        rows: Sequence[PlanRow],
        histories: Mapping[str, History],
        clock: Clock,
        setup: Setup,
        *,
        facts_at: datetime | None = None,
        held: Sequence[Passes] = (),
    ) -> list[RunRow]:
        """Send rows window by window; `facts_at` is when their facts were asked for, None where they are to be."""
        ended: dict[int, RunRow] = {}
        # More than one round only where the provider is so slow that a lease ends before the window does.
        while places := [place for place in range(len(rows)) if place not in ended]:
            going = [rows[place] for place in places]
            told = await self._send_round(going, histories, clock, setup, facts_at, held)
            ended.update(
                (place, one)
                for place, one in zip(places, told, strict=True)
                if one.outcome is not Outcome.PLANNED
            )
        await self._remember_deferred([one.row for one in ended.values()])
        return [ended[place] for place in range(len(rows))]

    async def _send_round(
        self,
        rows: Sequence[PlanRow],
        histories: Mapping[str, History],
        clock: Clock,
        setup: Setup,
        facts_at: datetime | None,
        held: Sequence[Passes],
    ) -> list[RunRow]:
        asked_at = facts_at or clock.now()
        current = await self._current(rows) if facts_at is None else None
        at = clock.now()
        again = [recheck(row, setup, histories.get(debtor_of(row), History()), at, current) for row in rows]
        asked = self._facts is not None
        again = [passed(self._of_this_age(row, at, asked=asked), at, held) for row in again]
        again = await self._within_budget(again, at)
        still = [row for row in again if row.decision is PlanDecision.SEND]
        sent = iter(
            await self._dispatch.send(
                still,
                clock,
                lambda row, moment: decide(row, setup.packs, moment, words_read=True),
                asked_at if self._facts else None,
            )
        )
        return [next(sent) if row.decision is PlanDecision.SEND else unsent(row) for row in again]

    async def _within_budget(self, rows: list[PlanRow], at: datetime) -> list[PlanRow]:
        budget, route = self._budget, self._dispatch.provider.name
        if budget is None:
            return rows
        if self._spending is None or self._spending.is_stale(at):
            since = start_of_local_day(at, budget.zone)
            today = [one async for one in self._store.attempts(since=since) if one.state.counts]
            self._spending = Spending(budget, budget.spent(today, at), at)
        return [self._spending.take(row, route, at) for row in rows]

    async def _current(self, rows: Sequence[PlanRow]) -> Mapping[str, Account] | None:
        loans = [one.loan_id for row in rows if row.account is not None for one in (row, *row.joined)]
        return checked_facts(await self._facts.current(loans)) if self._facts and loans else None

    def _of_this_age(self, row: PlanRow, at: datetime, *, asked: bool | None = None) -> PlanRow:
        # The host's system speaks just before the claim: until then the book's age decides nothing.
        if self._max_age is None or (asked is None and self._facts is not None):
            return row
        return with_fresh_facts(row, at, self._max_age, asked=bool(asked))

    async def _held_back(
        self, rows: Sequence[PlanRow], at: datetime, only: SignedPlan | None, ramp: Ramp | None
    ) -> list[Passes]:
        """Return what keeps rows of this run back: the signed plan, and the stage the ramp has come to."""
        held: list[Passes] = [only.passes] if only else []
        if ramp is None:
            return held
        rows = [passed(self._of_this_age(row, at), at, held) for row in rows]
        due = [row.borrower_id for row in rows if row.decision is PlanDecision.SEND]
        version = self.setup.versions.get("policy")
        tried = [
            one
            async for one in self._store.attempts(since=at - ramp.within)
            if one.due_on and one.code != JOINED and one.versions.get("policy") == version
        ]
        known = await self._store.histories(sorted({one.debtor for one in tried}), at)
        refused = {one.borrower_id for one in tried if known.get(one.debtor, History()).opted_out}
        return [*held, ramp.choose(due, tried, refused, at).passes]

    async def _settled(self, rows: Sequence[RunRow], at: datetime) -> list[RunRow]:
        """Look once more at what nobody knew: another process may have finished its step meanwhile."""
        open_still = [done.row for done in rows if done.outcome is Outcome.UNKNOWN]
        if not open_still:
            return list(rows)
        histories = await self._store.histories(sorted({debtor_of(row) for row in open_still}), at)
        return [settled(done, histories.get(debtor_of(done.row), History())) for done in rows]

    async def _remember_deferred(self, rows: Iterable[PlanRow]) -> None:
        if waiting := list(deferrals(rows)):
            await self._store.defer(waiting)
