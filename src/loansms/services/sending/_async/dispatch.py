"""Send planned rows: claim one window, hand each claimed row to the provider, finish under its token.

The claim is committed before a byte goes out, so a kill leaves at most one window unknown. A row whose
outcome is unknown is never handed over again. When something unexpected is raised in the middle of a window,
the row in flight is left unknown, the rows behind it are given back as not sent, and it is raised on.

A slow provider makes a window long: a row is asked about again when a second or more has passed since its
gate, and what the lease no longer covers is given back unsent, told as PLANNED.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from attrs import field, frozen

from loansms.clock import Clock
from loansms.compliance import RulePack
from loansms.errors import ProviderError, StoreError, UnsupportedByProvider
from loansms.model import Message, Rejected, SubmitResult, Unknown
from loansms.planning import PlanDecision, PlanRow
from loansms.providers import AsyncProvider
from loansms.services.keeping._async.keeper import AsyncKeeper
from loansms.services.sending.answers import checked_answer
from loansms.services.sending.attached import files_refused
from loansms.services.sending.claims import (
    NOTHING_KEPT,
    Terms,
    channel_refused,
    claim_of,
    claims_joined,
    ending_joined,
    held_elsewhere,
    key_of,
    message_of,
    outcome_of_claim,
    outcome_of_submit,
    outcome_of_twin,
    unsent,
)
from loansms.services.sending.report import RunRow
from loansms.services.sending.turns import AsyncTurns
from loansms.services.watching.signals import QUIET, Figure, Signals, Span
from loansms.stores import AsyncContactLedger, Claimed

NOT_REACHED = Rejected("not_reached", retryable=True)
INTERRUPTED = Unknown("interrupted")
# Contact windows open and close on the minute: within a second a gate's answer stands.
GATED_FOR = timedelta(seconds=1)

Gate = Callable[[PlanRow, datetime], PlanRow]
# The keys and tokens of one row: its own step first, then those of the loans it speaks for.
Held = tuple[tuple[str, str], ...]


@frozen(kw_only=True)
class AsyncDispatcher:
    """Carries out planned rows over one store and one provider."""

    store: AsyncContactLedger
    provider: AsyncProvider
    deadline_for: timedelta
    versions: Mapping[str, str]
    packs: Sequence[RulePack] = ()
    keeper: AsyncKeeper | None = None
    turns: AsyncTurns = field(factory=AsyncTurns)
    signals: Signals = QUIET

    async def send(
        self, rows: Sequence[PlanRow], clock: Clock, gate: Gate, facts_at: datetime | None
    ) -> list[RunRow]:
        """Claim and submit one window of rows, gated just now; return them in order with their outcomes.

        `facts_at` is when the facts were asked for, None where they are the book's. `clock` tells the run's own time, `gate` what may be said of a row at a later moment. A row that the
        lease no longer covers comes back as PLANNED: not sent, to be claimed anew.
        """
        at = clock.now()
        refused = [
            channel_refused(row, self.provider.channels, self.provider.name)
            or files_refused(row, self.provider)
            for row in rows
        ]
        keys = [key_of(row) for row in rows]
        # The same step twice in one window is asked about once.
        asked: dict[str, PlanRow] = {}
        for key, row, no in zip(keys, rows, refused, strict=True):
            if no is None:
                asked.setdefault(key, row)
        with self.signals.span(Span.WINDOW, provider=self.provider.name):
            answered = await self._claimed(list(asked.values()), at, facts_at)
            held = [(row, result) for row, result in answered if not isinstance(result, RunRow)]
            sent = iter(await self._submit_all(held, at, clock, gate))
        lasted = (clock.now() - at).total_seconds()
        self.signals.add(Figure.WINDOW_DURATION, lasted, provider=self.provider.name)
        ended = {
            key: result if isinstance(result, RunRow) else next(sent)
            for key, (_, result) in zip(asked, answered, strict=True)
        }
        return [
            no or (ended[key] if asked[key] is row else outcome_of_twin(row, ended[key]))
            for key, row, no in zip(keys, rows, refused, strict=True)
        ]

    async def _claimed(
        self, rows: Sequence[PlanRow], at: datetime, facts_at: datetime | None
    ) -> list[tuple[PlanRow, Held | RunRow]]:
        """Return each row with the tokens it holds, its own first, or with its outcome where it may not go.

        A row that speaks for other loans holds all of their steps or none. Their claims come last: while a window is
        on its way they count as contacts.
        """
        terms = Terms(
            versions=self.versions,
            route=self.provider.name,
            facts_at=facts_at or at,
            asked=facts_at is not None,
        )
        kept = await self.keeper.seal(rows, at, self.packs) if self.keeper and rows else {}
        own = [claim_of(row, at, terms, kept.get(key_of(row), NOTHING_KEPT)) for row in rows]
        beside = [claims_joined(row, claim, terms) for row, claim in zip(rows, own, strict=True)]
        results = await self.store.claim([*own, *(one for several in beside for one in several)])
        for answer, count in Counter(type(one).__name__ for one in results).items():
            self.signals.add(Figure.CLAIMS, count, provider=self.provider.name, answer=answer)
        rest = iter(results[len(own) :])
        answered: list[tuple[PlanRow, Held | RunRow]] = []
        for row, claim, result, several in zip(rows, own, results, beside, strict=False):
            parts = [(claim, result), *((one, next(rest)) for one in several)]
            tokens = [(one.step_key, got.token) for one, got in parts if isinstance(got, Claimed)]
            if len(tokens) == len(parts):
                answered.append((row, tuple(tokens)))
                continue
            await self._finish(tuple(tokens), NOT_REACHED, at)
            told = held_elsewhere(row) if isinstance(result, Claimed) else outcome_of_claim(row, result)
            answered.append((row, told))
        return answered

    async def _finish(self, held: Held, result: SubmitResult, at: datetime) -> None:
        """Record how a row ended, and with it the steps it spoke for."""
        for place, (key, token) in enumerate(held):
            await self.store.finish(key, token, result if place == 0 else ending_joined(result), at)

    async def _submit_all(
        self, held: Sequence[tuple[PlanRow, Held]], at: datetime, clock: Clock, gate: Gate
    ) -> list[RunRow]:
        done: dict[int, RunRow] = {}
        endings: dict[int, SubmitResult] = {}

        async def send_one(place: int) -> None:
            row, tokens = held[place]
            moment = clock.now()
            now = row if moment - at < GATED_FOR else gate(row, moment)
            # The first row always goes: a window never comes back whole.
            covered = place == 0 or moment - at < self._held_for
            if now.decision is not PlanDecision.SEND or not covered:
                await self._finish(tokens, NOT_REACHED, moment)
                done[place] = unsent(now)
                return
            message = message_of(row)
            endings[place] = INTERRUPTED
            endings[place] = await self._submit(message, moment)
            self._tell(message, endings[place], clock.now() - moment)
            await self._finish(tokens, endings[place], clock.now())
            done[place] = outcome_of_submit(row, endings[place])

        try:
            await self.turns.take([partial(send_one, place) for place in range(len(held))])
        finally:
            # Only an exception or an interrupt leaves rows here. It is what the caller must hear of, and a
            # store that fails now leaves these rows attempting, which their lease turns into unknown.
            with suppress(StoreError):
                for place, (_, tokens) in enumerate(held):
                    if place not in done:
                        await self._finish(tokens, endings.get(place, NOT_REACHED), clock.now())
        return [done[place] for place in range(len(held))]

    @property
    def _held_for(self) -> timedelta:
        """How long after the claim the last call of a window may begin."""
        return self.store.guarantees().lease_for - self.deadline_for

    def _tell(self, message: Message, result: SubmitResult, lasted: timedelta) -> None:
        how = {"provider": self.provider.name, "result": type(result).__name__}
        self.signals.add(Figure.SUBMIT_DURATION, lasted.total_seconds(), **how)
        self.signals.add(
            Figure.SUBMITS, 1, channel=message.channel.value, purpose=message.purpose.value, **how
        )

    async def _submit(self, message: Message, at: datetime) -> SubmitResult:
        try:
            with self.signals.span(
                Span.SUBMIT,
                provider=self.provider.name,
                channel=message.channel.value,
                purpose=message.purpose.value,
            ):
                answer = await self.provider.submit(message, at + self.deadline_for)
        except UnsupportedByProvider:
            return Rejected("unsupported")
        except ProviderError:
            return Unknown("provider_error")
        return checked_answer(answer, self.provider.name)
