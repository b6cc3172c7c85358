"""Pauses a template, step or route whose complaints, opt-outs or losses pass their limit, until a named person resumes it.

Run it as often as receipts and replies come in. A stop is obeyed by the very next claim; `Desk.resume` takes it back.
"""

from __future__ import annotations

from datetime import datetime

from loansms.clock import Clock, SystemClock, require_aware
from loansms.errors import StoreError
from loansms.model import RecordKind
from loansms.services.watching.guardrails import (
    BY,
    LOST,
    MEANT,
    Breach,
    Count,
    Limits,
    Told,
    breaches,
    house_limits,
    resumed_at,
)
from loansms.stores import AsyncFullLedger, AttemptState, Stop, StopScope

# What counts as sent: the provider took it, or may have. A step another loan's message told ends as a refusal.
_OUT = frozenset({AttemptState.ACCEPTED, AttemptState.UNKNOWN})


class AsyncGuardrails:
    """Watches one ledger; `limits` default to the house's. Raise StoreError for a store without a journal."""

    def __init__(
        self, *, store: AsyncFullLedger, limits: Limits | None = None, clock: Clock | None = None
    ) -> None:
        if not store.guarantees().journal:
            raise StoreError(
                "store: guardrails read replies from the journal; use a store that keeps one",
                "store：护栏须从日志读取回复，请使用带有日志的存储",
            )
        self._store = store
        self._limits = limits or house_limits()
        self._clock = clock or SystemClock()

    async def passed(self, *, now: datetime | None = None) -> list[Breach]:
        """Return the limits that are passed, without stopping anything."""
        at = require_aware(now or self._clock.now())
        meant, resumed = await self._heard(at - self._limits.window)
        told: list[Told] = []
        async for one in self._store.attempts(since=at - self._limits.window):
            if one.state not in _OUT:
                continue
            lost = {Count.UNDELIVERED} if one.delivery in LOST else set[Count]()
            bad = meant.get(one.step_key, set()) | lost
            told.append(
                Told(
                    at=one.at,
                    template=one.template,
                    stage=one.stage,
                    step=one.step,
                    route=one.route,
                    bad=bad,
                )
            )
        return breaches(told, self._limits, at, resumed)

    async def check(self, *, now: datetime | None = None) -> list[Breach]:
        """Stop what passed its limit, with its figures as the reason; return what was stopped just now."""
        at = require_aware(now or self._clock.now())
        return [one for one in await self.passed(now=at) if await self._store.stop(_stop(one, at))]

    async def _heard(self, since: datetime) -> tuple[dict[str, set[Count]], dict[tuple[StopScope, str], datetime]]:
        """Return what replies said of which message, and what was resumed when: what came before the window counts for nothing."""
        meant: dict[str, set[Count]] = {}
        resumed: dict[tuple[StopScope, str], datetime] = {}
        async for entry in self._store.entries(since=since):
            record = entry.record
            if record.kind is RecordKind.REPLY and (about := str(record.data.get("about", ""))):
                told = record.data.get("meant", ())
                words = told if isinstance(told, tuple) else ()
                meant.setdefault(about, set()).update(MEANT[str(one)] for one in words if str(one) in MEANT)
            elif record.kind is RecordKind.RESUMED:
                key, when = resumed_at(str(record.data["scope"]), str(record.data["value"]), record.at)
                resumed[key] = when
        return meant, resumed


def _stop(breach: Breach, at: datetime) -> Stop:
    return Stop(scope=breach.scope, value=breach.value, at=at, by=BY, why=breach.why)
