"""The daily run and the event notice: load facts, ask planning, carry the plan out.

The promise: at most one provider submission per step key while the store keeps its acknowledged writes;
nothing lost; no cap passed. Never "exactly once".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Literal, cast

from attrs import evolve

from loansms.calendars import Overrides
from loansms.clock import Clock, RunningClock, SystemClock, require_aware
from loansms.compliance import RulePack
from loansms.model import Attachment, Borrower, Card, Channel, Confirmation, History, Lender, Purpose, Reason
from loansms.planning import Event, PlanDecision, PlanRow, debtor_key, tenant_of
from loansms.policy import Outcome as WhatHappened
from loansms.policy import Policy
from loansms.portfolio import Book, dialled_in, plan_rows, read_book, with_known_lenders
from loansms.portfolio.plan import ToldAccount, told_accounts
from loansms.portfolio.rules import policy_for
from loansms.providers import AsyncProvider
from loansms.services.intake.moved import in_turn_of, lost, moved_on
from loansms.services.keeping._async.keeper import AsyncKeeper
from loansms.services.sending._async.dispatch import AsyncDispatcher
from loansms.services.sending._async.queueing import AsyncQueueing
from loansms.services.sending._async.rounds import AsyncRounds
from loansms.services.sending.claims import unsent
from loansms.services.sending.decided import decisions
from loansms.services.sending.facts import AsyncFactSource, checked_facts
from loansms.services.sending.held_back import Passes, passed
from loansms.services.sending.ramp import Ramp
from loansms.services.sending.recheck import same_loan, with_refusal
from loansms.services.sending.refusals import refusal_warnings
from loansms.services.sending.report import RunReport, RunRow
from loansms.services.sending.rollout import Rollout
from loansms.services.sending.setup import Setup, keeps_journal
from loansms.services.sending.signed_plan import SignedPlan
from loansms.services.sending.stale import calendar_warnings
from loansms.services.sending.turns import AsyncTurns
from loansms.services.watching.budget import Budget, Spending
from loansms.services.watching.signals import QUIET, Signals
from loansms.stores import AsyncContactLedger, AsyncJournal, AttemptRecord
from loansms.templates import Catalogue

# How far back contacts are read: longer than the longest rolling cap of any shipped pack (7 days).
HISTORY_FOR = timedelta(days=35)
_RECORDS = 1_000  # records written in one transaction
Progress = Callable[[int, int], None]


class AsyncOutreachService(AsyncRounds, AsyncQueueing):
    """Plans and sends what a book or an event calls for.

    `policy` is a Policy, a preset's name or a file (only `run` and `plan` need one); `lender` one profile or
    several by id; `packs` default to the lenders' jurisdictions. `facts` is asked again before each window;
    `overrides` correct the calendars (`loansms.calendars.load_overrides`). `keeper` seals who was written to and what
    was said; without one nothing of it is kept. ``audit="required"`` refuses a store without a journal; with one,
    what cannot be written down is not sent, because the record is part of the claim. `budget` is what a day may cost:
    what is over it waits (reason ``budget``).
    `window` rows are claimed together: a kill leaves at most that many unknown; up to `at_once` of them are with the
    provider at one time (the synchronous face: one). Figures older than `max_age`, by the ``as_of`` of the account,
    send nothing. `rollout` leaves all but a share of the borrowers to the system before. Raise ConfigurationError or
    StoreError when the parts do not fit together.
    """

    def __init__(
        self,
        *,
        lender: Lender | Mapping[str, Lender],
        store: AsyncContactLedger,
        provider: AsyncProvider,
        policy: Policy | str | Path | None = None,
        catalogue: Catalogue | None = None,
        packs: Sequence[RulePack | str] | None = None,
        clock: Clock | None = None,
        facts: AsyncFactSource | None = None,
        window: int = 32,
        deadline_for: timedelta = timedelta(seconds=30),
        overrides: Overrides | None = None,
        keeper: AsyncKeeper | None = None,
        audit: Literal["required", "where_kept"] = "where_kept",
        at_once: int = 1,
        signals: Signals = QUIET,
        budget: Budget | None = None,
        max_age: timedelta | None = None,
        rollout: Rollout | None = None,
    ) -> None:
        self._here: list[Passes] = [rollout.passes] if rollout else []
        self._budget = budget
        self._spending: Spending | None = None
        self._max_age = max_age
        self._clock = clock or SystemClock()
        self._store = store
        kept = keeps_journal(store.guarantees(), audit)
        self._journal = cast("AsyncJournal", store) if kept else None
        self._facts = facts
        self._window = window
        self._signals = signals
        self.setup: Setup = Setup.of(
            policy=policy,
            catalogue=catalogue,
            packs=packs,
            lender=lender,
            provider=provider.name,
            guarantees=store.guarantees(),
            on=self._clock.now().date(),
            overrides=overrides,
        )
        self._dispatch = AsyncDispatcher(
            store=store,
            provider=provider,
            deadline_for=deadline_for,
            versions=self.setup.versions,
            packs=self.setup.packs,
            keeper=keeper,
            turns=AsyncTurns(at_once),
            signals=signals,
        )

    async def plan(self, book: object, *, now: datetime | None = None, **reading: Any) -> RunReport:
        """Return what a run would do, without claiming or sending anything; arguments as for `run`."""
        at = require_aware(now or self._clock.now())
        read, setup = self._read(book, reading), self.setup.in_force(at.date())
        planned, _ = await self._planned(read, at, setup)
        planned = [(line, self._of_this_age(row, at)) for line, row in planned]
        return self._report(read, at, [unsent(row, line) for line, row in planned])

    async def run(
        self,
        book: object,
        *,
        now: datetime | None = None,
        on_progress: Progress | None = None,
        only: SignedPlan | None = None,
        ramp: Ramp | None = None,
        **reading: Any,
    ) -> RunReport:
        """Plan the whole book at `now` and send what may be said now; run again, it sends nothing twice.

        `book` is a path (.csv, .parquet, .xlsx), a frame, rows or a Book; `reading` goes to `read_book`
        (columns, encoding). `on_progress(done, total)` counts rows to send. `only` keeps back what two people did not
        sign, `ramp` whoever's turn has not come; both wait as deferred. Raise UnreadableBook for a book that cannot be
        read at all; a bad row is an outcome.
        """
        at = require_aware(now or self._clock.now())
        clock = RunningClock(at, self._clock)
        read, setup = self._read(book, reading), self.setup.in_force(at.date())
        planned, histories = await self._planned(read, at, setup)
        held = await self._held_back([row for _, row in planned], at, only, ramp)
        planned = [(line, passed(self._of_this_age(row, at), at, held)) for line, row in planned]
        # Before anything is sent: a run that dies half-way must not forget who has to wait.
        await self._remember_deferred([row for _, row in planned])
        ended: dict[int, RunRow] = {}
        to_send = [place for place, (_, row) in enumerate(planned) if row.decision is PlanDecision.SEND]
        # The most urgent first: what the day's end cuts off is what may wait.
        to_send.sort(key=lambda place: (-planned[place][1].priority, place))
        for first in range(0, len(to_send), self._window):
            places = to_send[first : first + self._window]
            going = [planned[place][1] for place in places]
            window = await self._send_window(going, histories, clock, setup, held=held)
            ended.update(zip(places, window, strict=True))
            if on_progress:
                on_progress(min(first + self._window, len(to_send)), len(to_send))
        rows = [
            RunRow(ended[place].row, ended[place].outcome, line) if place in ended else unsent(row, line)
            for place, (line, row) in enumerate(planned)
        ]
        settled = await self._settled(rows, at)
        await self._written(settled, at, setup)
        return self._report(read, at, settled)

    async def fall_back(self, book: object, *, now: datetime | None = None, **reading: Any) -> RunReport:
        """Send by the policy's next channel what was not delivered, or not answered, on the one before.

        Only steps whose table (``then``) says so go on, only while the step is still what is due, and only after the whole
        gate was asked anew for the new channel; an unknown never. `book` is today's, as for `run`: a loan that is not in
        it is not spoken of. The report has a row for each step that would go on; run again, it sends nothing twice.
        """
        at = require_aware(now or self._clock.now())
        clock = RunningClock(at, self._clock)
        read, setup = self._read(book, reading), self.setup.in_force(at.date())
        policy = policy_for(setup, read.columns)
        told = {one.account.loan_id: one for one in told_accounts(read)}
        histories = await self._histories(read, at)
        since = at - HISTORY_FOR
        attempts = [one async for one in self._store.attempts(since=since) if one.loan_id in told]
        moved = lost(attempts, histories, policy, at)
        ended: list[RunRow] = []
        for first in range(0, len(moved), self._window):
            part = moved[first : first + self._window]
            rows: list[PlanRow] = []
            asked_at = clock.now()
            for last, outcome in await self._still_theirs(part, told):
                history = histories.get(last.debtor, History())
                account = told[last.loan_id or ""]
                rows.append(
                    moved_on(
                        last,
                        outcome,
                        told=account,
                        setup=setup,
                        policy=policy,
                        history=history,
                        now=clock.now(),
                    )
                )
            rows = [passed(row, at, self._here) for row in in_turn_of(rows, setup)]
            going = [row for row in rows if row.decision is PlanDecision.SEND]
            sent = iter(await self._send_window(going, histories, clock, setup, facts_at=asked_at))
            ended += [next(sent) if row.decision is PlanDecision.SEND else unsent(row) for row in rows]
        lines = {loan_id: one.line for loan_id, one in told.items()}
        return self._report(read, at, [RunRow(one.row, one.outcome, lines[one.row.loan_id]) for one in ended])

    async def _still_theirs(
        self, part: Sequence[tuple[AttemptRecord, WhatHappened]], told: dict[str, ToldAccount]
    ) -> list[tuple[AttemptRecord, WhatHappened]]:
        """Put the present facts of some loans into `told`; return the attempts whose loan is still there."""
        if self._facts is None:
            return list(part)
        fresh = checked_facts(await self._facts.current([one.loan_id or "" for one, _ in part]))
        kept: list[tuple[AttemptRecord, WhatHappened]] = []
        for last, outcome in part:
            loan_id = last.loan_id or ""
            if loan_id in fresh and same_loan(fresh[loan_id], told[loan_id].account):
                account = with_refusal(fresh[loan_id], told[loan_id].account)
                told[loan_id] = evolve(told[loan_id], account=account)
                kept.append((last, outcome))
        return kept

    async def notify(
        self,
        template: str,
        *,
        borrower: Borrower,
        values: Mapping[str, Any],
        event_id: str,
        purpose: Purpose | None = None,
        loan_id: str | None = None,
        lender_id: str | None = None,
        channel: Channel = Channel.SMS,
        facts: Mapping[str, Any] | None = None,
        confirms: Confirmation | None = None,
        attachments: Sequence[Attachment] = (),
        card: Card | None = None,
        now: datetime | None = None,
    ) -> RunRow:
        """Send one event notice through the same gate, claim and record; `event_id` is its dedupe key.

        An event id names one happening to one borrower (and loan): the same id for another borrower is
        another notice, the same id again for the same borrower is already done, whatever template or values
        it comes with. A deferred notice is not kept, because the ledger holds no words: give it again, with
        the same `event_id`, from the row's `send_at` on. `attachments` go only by a provider that carries files, a legal
        notice only where the ledger holds the agreement on service it names; `card` is for providers of cards. `confirms` is the
        stop that the notice may follow, once and in its time; its key is then the stop's. Raise TemplateError for an unknown template or
        another purpose than the template's.
        """
        event = Event(
            event_id=event_id,
            template=template,
            borrower=borrower,
            values=values,
            purpose=purpose,
            loan_id=loan_id,
            channel=channel,
            facts=facts or {},
            confirms=confirms,
            attachments=tuple(attachments),
            card=card,
        )
        return (await self.notify_many([event], lender_id=lender_id, now=now))[0]

    async def notify_many(
        self, events: Iterable[Event], *, lender_id: str | None = None, now: datetime | None = None
    ) -> list[RunRow]:
        """Send many event notices, in order; each has its own outcome.

        `lender_id` speaks for the events that name no lender of their own.
        """
        at = require_aware(now or self._clock.now())
        clock = RunningClock(at, self._clock)
        told = list(events)
        setup = self.setup.in_force(at.date())
        ended: list[RunRow] = []
        for first in range(0, len(told), self._window):
            part = told[first : first + self._window]
            keys = [
                debtor_key(tenant_of(setup.lender(one.lender_id or lender_id)), one.borrower.borrower_id)
                for one in part
            ]
            histories = await self._store.histories(keys, at - HISTORY_FOR)
            rows = [
                passed(setup.event(event, lender_id, histories.get(key, History()), at), at, self._here)
                for event, key in zip(part, keys, strict=True)
            ]
            sendable = [row for row in rows if row.decision is PlanDecision.SEND]
            sent = iter(await self._send_window(sendable, histories, clock, setup))
            ended += [next(sent) if row.decision is PlanDecision.SEND else unsent(row) for row in rows]
        await self._written(ended, at, setup)
        return ended

    async def _written(self, rows: Iterable[RunRow], at: datetime, setup: Setup) -> None:
        """Write down what was due and kept back, where the store keeps a journal."""
        if self._journal is not None:
            records = decisions(rows, at, setup.versions)
            while part := list(islice(records, _RECORDS)):
                await self._journal.append(part)

    def _read(self, book: object, reading: Mapping[str, Any]) -> Book:
        if isinstance(book, Book):
            return with_known_lenders(book, self.setup.lenders)
        default = dialled_in(self.setup.lenders.values())
        options: dict[str, Any] = {"default_country": default, **reading}
        return with_known_lenders(read_book(book, **options), self.setup.lenders)

    async def _planned(
        self, book: Book, at: datetime, setup: Setup
    ) -> tuple[list[tuple[int, PlanRow]], Mapping[str, History]]:
        histories = await self._histories(book, at)
        rows = plan_rows(book, setup=setup, now=at, histories=histories)
        return [(line, passed(row, at, self._here)) for line, row in rows], histories

    async def _histories(self, book: Book, at: datetime) -> Mapping[str, History]:
        tenants = {tenant_of(one) for one in self.setup.lenders.values()}
        debtors = [
            debtor_key(tenant, borrower) for tenant in sorted(tenants) for borrower in book.borrower_ids
        ]
        return await self._store.histories(debtors, at - HISTORY_FOR)

    def _report(self, book: Book, at: datetime, rows: Sequence[RunRow]) -> RunReport:
        return RunReport(
            now=at,
            rows=rows,
            rejects=book.rejects,
            warnings=[
                *(
                    Reason("book", "house", told, severity="warn", message_zh=zh)
                    for told, zh in book.warnings
                ),
                *calendar_warnings(rows, at, self.setup),
                *refusal_warnings(self.setup.provider, self.setup.catalogue, self.setup.lenders.values()),
            ],
            versions=[f"{name} {version}" for name, version in self.setup.versions.items()],
            lenders=[one.name for one in self.setup.lenders.values()],
            book=book.name,
        )
