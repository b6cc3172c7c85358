"""Which arm of an experiment a borrower belongs to: the same today, tomorrow and in a column.

The bucket is GrowthBook's second version, so that figures of both can be laid side by side: FNV-1a of 32 bits over
seed and id, its digits hashed once more, in ten-thousandths. The borrower is assigned, never the loan.

>>> bucket("seed", "a"), bucket("foo", "def")
(0.0505, 0.2019)
>>> tone = Experiment(name="tone-2026", arms={"usual": 1, "warm": 1}, holdout=2)
>>> [tone.arm(f"B-{number}") for number in range(6)]
['', 'usual', 'usual', '', '', 'usual']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from attrs import field, frozen

from loansms.errors import CallerError

_OFFSET = 0x811C9DC5
_PRIME = 0x01000193
BUCKETS = 10_000


def fnv1a(text: str) -> int:
    """Return the 32-bit FNV-1a digest of a text.

    >>> hex(fnv1a("")), hex(fnv1a("a")), hex(fnv1a("foobar"))
    ('0x811c9dc5', '0xe40c292c', '0xbf9cf968')
    """
    digest = _OFFSET
    for byte in text.encode():
        digest = (digest ^ byte) * _PRIME & 0xFFFFFFFF
    return digest


def bucket(seed: str, unit_id: str) -> float:
    """Return the place of a unit in [0, 1), by ten-thousandths."""
    return fnv1a(str(fnv1a(seed + unit_id))) % BUCKETS / BUCKETS


def assign(unit_id: str, experiment: str, arms: Sequence[str], weights: Sequence[float] | None = None) -> str:
    """Return the arm of `unit_id`: always the same for one experiment, whatever else is asked.

    `weights` are shares of any sum, equal where none are given. Raise ValueError for no arms, for weights that are
    not one for each arm, negative, or all 0.

    >>> assign("B-1", "tone-2026", ["a", "b"]) == assign("B-1", "tone-2026", ["a", "b"])
    True
    """
    shares = [1.0] * len(arms) if weights is None else [float(one) for one in weights]
    if not arms or len(shares) != len(arms) or min(shares) < 0 or not sum(shares) > 0:
        raise CallerError(
            "arms: expected one or more, each with a weight of 0 or more that are not all 0",
            "arms：至少应有一组，各组权重不得为负，也不得全为 0",
        )
    place = bucket(experiment, unit_id) * sum(shares)
    ends = list(accumulate(shares))
    return next((arm for arm, end in zip(arms, ends, strict=True) if place < end), arms[-1])


@frozen(kw_only=True)
class Experiment:
    """A comparison within a policy: `arms` by weight, and the weight of a `holdout` that hears none of its steps.

    Arms are laid out by name, the holdout last, so that the order of a file moves nobody.
    """

    name: str
    arms: Mapping[str, int] = field(hash=False)
    holdout: int = 0

    def arm(self, borrower_id: str) -> str:
        """Return the arm of a borrower; the empty name is the holdout."""
        named = sorted(self.arms)
        return assign(
            borrower_id, self.name, [*named, ""], [*(self.arms[one] for one in named), self.holdout]
        )
