"""What the benchmarks of claims share: batches of new claims, the rows they write, and times taken in turns.

Both sides of a ratio write the same rows of the same two tables in one flushed transaction: attempts, and the journal's
entries of them. Which side goes first changes with every turn, and each is taken by its lower quartile, for a machine
that is busy with others slows some turns, not a whole run.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from loansms.stores import Claim, Claimed, ContactLedger
from loansms.stores.claim_rows import taken_rows
from loansms.testing.examples import claim, rolling

Rows = Sequence[Sequence[object]]


def windows(size: int, turns: int, prefix: str = "s") -> Iterator[list[Claim]]:
    limits = (rolling(1, timedelta(days=1)), rolling(3, timedelta(days=7)))
    # One at a time: ten thousand claims that lie about would be walked by the garbage collector again and again.
    for turn in range(turns):
        yield [
            claim(
                step_key=f"{prefix}-{size}-{turn:06}-{place:04}",
                debtor=f"example|{prefix}-{size}-{turn * size + place}",
                loan_id=f"L-{turn * size + place}",
                limits=limits,
            )
            for place in range(size)
        ]


def rows_of(window: Sequence[Claim]) -> tuple[Rows, Rows]:
    return taken_rows([(one, "0" * 32, 1) for one in window], 0)


def take(store: ContactLedger, window: list[Claim], held: dict[str, str]) -> None:
    answers = zip((one.step_key for one in window), store.claim(window), strict=True)
    held.update({key: answer.token for key, answer in answers if isinstance(answer, Claimed)})
    if len(held) != len(window):
        raise AssertionError("the benchmark measures claims that are taken")


class Times:
    """Seconds of each side, in the order in which they were taken."""

    def __init__(self) -> None:
        self._taken: dict[str, list[float]] = defaultdict(list)

    def add(self, name: str, act: Callable[..., object], *given: object) -> None:
        began = time.perf_counter()
        act(*given)
        self._taken[name].append(time.perf_counter() - began)

    def turn(self, number: int, *acts: tuple[object, ...]) -> None:
        """Take one time of each of `acts` (a name, what is called, what it is given), every other turn from the end."""
        for name, act, *given in acts if number % 2 else reversed(acts):
            assert isinstance(name, str)
            assert callable(act)
            self.add(name, act, *given)

    def best(self, name: str) -> float:
        """Return the lower quartile: what a turn takes that nobody else disturbs much."""
        taken = sorted(self._taken[name])
        return taken[len(taken) // 4]

    def ratio(self, floor: str, name: str) -> float:
        return self.best(floor) / self.best(name)
