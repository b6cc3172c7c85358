"""The rows of one window on their way: one after another, or several at once where the provider takes several.

The hand-held pair of what `scripts/unasync.py` cannot write: the synchronous face goes in turn.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from attrs import frozen

from loansms.errors import ConfigurationError


@frozen
class Turns:
    """Acts one after another; what one raises ends them."""

    at_once: int = 1

    def __attrs_post_init__(self) -> None:
        if self.at_once != 1:
            raise ConfigurationError(
                "at_once: the synchronous face sends one after another; use AsyncOutreachService",
                "at_once：同步接口逐条发送；请使用 AsyncOutreachService",
            )

    def take(self, acts: Sequence[Callable[[], None]]) -> None:
        """Do them all, in order."""
        for act in acts:
            act()


@frozen
class AsyncTurns:
    """Acts begun in order, up to `at_once` of them under way; what one raises lets no other begin.

    Those under way are seen through to their end first, so that none is left in doubt for another's fault. A
    cancellation cancels them.
    """

    at_once: int = 1

    def __attrs_post_init__(self) -> None:
        if self.at_once < 1:
            raise ConfigurationError(
                f"at_once: expected 1 or more, got {self.at_once}",
                f"at_once：应不小于 1，实际为 {self.at_once}",
            )

    async def take(self, acts: Sequence[Callable[[], Awaitable[None]]]) -> None:
        """Do them all; raise the first fault."""
        if self.at_once == 1:
            for act in acts:
                await act()
            return
        left = iter(acts)

        async def lane() -> None:
            try:
                for act in left:
                    await act()
            finally:
                # All were begun, or one has failed: nothing more begins in any lane.
                deque(left, maxlen=0)

        lanes = [asyncio.ensure_future(lane()) for _ in acts[: self.at_once]]
        try:
            if lanes:
                await asyncio.wait(lanes)
        finally:
            for one in lanes:
                one.cancel()
            ended = await asyncio.gather(*lanes, return_exceptions=True)
        for fault in ended:
            if fault is not None:
                raise fault
