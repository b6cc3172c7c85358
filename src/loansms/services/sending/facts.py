"""Where a service asks, just before it sends, whether what was planned is still so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from loansms.errors import ConfigurationError
from loansms.model import Account


class FactSource(Protocol):
    """The host's core system: today's truth about loans."""

    def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
        """Return the present account of each loan; a loan left out is settled or gone, and is not sent to."""
        ...


class AsyncFactSource(Protocol):
    """The same, awaited."""

    async def current(self, loan_ids: Sequence[str]) -> Mapping[str, Account]:
        """Return the present account of each loan; a loan left out is settled or gone, and is not sent to."""
        ...


def checked_facts(told: object) -> Mapping[str, Account]:
    """Return what a fact source told; raise ConfigurationError when that is no mapping of accounts.

    None would otherwise read as "no source was given", and yesterday's book would be sent.
    """
    if isinstance(told, Mapping):
        accounts = cast("Mapping[object, object]", told)
        wrong = [one for one in accounts.values() if not isinstance(one, Account)]
        if not wrong:
            return cast("Mapping[str, Account]", told)
        told = wrong[0]
    kind = type(told).__name__
    raise ConfigurationError(
        f"facts: current() must return a mapping of loan id to Account, got {kind}",
        f"facts：current() 应返回借据号到 Account 的映射，实际为 {kind}",
    )
