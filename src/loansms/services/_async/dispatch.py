"""Send planned rows: claim one window, hand each claimed row to the provider, finish under its token.

The claim is committed before a byte goes out, so a kill leaves at most one window unknown. A row whose
outcome is unknown is never handed over again. When something unexpected is raised in the middle of a window,
the row in flight is left unknown, the rows behind it are given back as not sent, and it is raised on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from attrs import frozen

from loansms.errors import ProviderError, UnsupportedByProvider
from loansms.model import Message, Rejected, SubmitResult, Unknown
from loansms.planning import PlanRow
from loansms.providers import AsyncProvider
from loansms.services.claims import (
    channel_refused,
    claim_of,
    key_of,
    message_of,
    outcome_of_claim,
    outcome_of_submit,
)
from loansms.services.report import RunRow
from loansms.stores import AsyncContactLedger, Claimed


@frozen(kw_only=True)
class AsyncDispatcher:
    """Carries out planned rows over one store and one provider."""

    store: AsyncContactLedger
    provider: AsyncProvider
    deadline_for: timedelta
    versions: Mapping[str, str]

    async def send(self, rows: Sequence[PlanRow], at: datetime) -> list[RunRow]:
        """Claim and submit one window of rows; return them in order with their outcomes."""
        refused = [channel_refused(row, self.provider.channels, self.provider.name) for row in rows]
        able = [row for row, no in zip(rows, refused, strict=True) if no is None]
        results = await self.store.claim([claim_of(row, at, self.versions) for row in able])
        claimed = [row for row, result in zip(able, results, strict=True) if isinstance(result, Claimed)]
        tokens = [result.token for result in results if isinstance(result, Claimed)]
        sent = iter(await self._submit_all(claimed, tokens, at))
        told = iter(
            next(sent) if isinstance(result, Claimed) else outcome_of_claim(row, result)
            for row, result in zip(able, results, strict=True)
        )
        return [next(told) if no is None else no for no in refused]

    async def _submit_all(self, rows: Sequence[PlanRow], tokens: Sequence[str], at: datetime) -> list[RunRow]:
        done: list[RunRow] = []
        reached = 0
        try:
            for row, token in zip(rows, tokens, strict=True):
                message = message_of(row)
                reached += 1
                result = await self._submit(message, at)
                await self.store.finish(message.step_key, token, result, at)
                done.append(outcome_of_submit(row, result))
        finally:
            # Only an exception or an interrupt leaves rows unreached: they were claimed and never handed over.
            for row, token in zip(rows[reached:], tokens[reached:], strict=True):
                await self.store.finish(key_of(row), token, NOT_REACHED, at)
        return done

    async def _submit(self, message: Message, at: datetime) -> SubmitResult:
        try:
            return await self.provider.submit(message, at + self.deadline_for)
        except UnsupportedByProvider:
            return Rejected("unsupported")
        except ProviderError:
            return Unknown("provider_error")


NOT_REACHED = Rejected("not_reached", retryable=True)
