"""How borrowers are assumed to behave in a simulation: stated chances, and luck that depends on nothing else.

No chance here is measured: a lender states its own, from its own records. Luck is a pure function of the seed, of
who, on which day and of what, so two policies meet the very same people (common random numbers), and neither the
order of a book nor what else is simulated changes anybody's day.

>>> behaviour = Behaviour.example()
>>> behaviour.pace(-30), behaviour.pace(3).daily < behaviour.pace(3).after_reading
(None, True)
>>> luck(1, "L-1", date(2026, 9, 24), "pay") == luck(1, "L-1", date(2026, 9, 24), "pay")
True
"""

from __future__ import annotations

from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

from attrs import field, frozen

from loansms.errors import CallerError
from loansms.files import converter, read_toml, structure

_PLACES = 64  # bits of a draw


def luck(seed: int, who: str, on: date, kind: str) -> float:
    """Return the draw of `who` for `kind` on a day, evenly spread over [0, 1)."""
    # Length-prefixed parts: no id can be made to run into its neighbour.
    parts = "".join(f"{len(part)}:{part}" for part in (str(seed), who, on.isoformat(), kind))
    return int.from_bytes(blake2b(parts.encode(), digest_size=_PLACES // 8).digest()) / (1 << _PLACES)


def _chance(_instance: object, attribute: Any, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, float | int) or not 0 <= value <= 1:
        raise CallerError(
            f"{attribute.name}: expected a chance from 0 to 1", f"{attribute.name}：应为 0 至 1 的概率"
        )


def _whole(_instance: object, attribute: Any, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise CallerError(
            f"{attribute.name}: expected a whole number of days, 1 or more",
            f"{attribute.name}：天数应为不小于 1 的整数",
        )


def _chance_field(default: float) -> Any:
    return field(default=default, validator=_chance)


@frozen(kw_only=True)
class Pace:
    """The chance that somebody pays on one day, from `from_dpd` days past due on until the next pace begins.

    None begins with the first day there is. ``after_reading`` holds for those who read a text about the loan lately.
    """

    from_dpd: int | None = None
    daily: float = field(validator=_chance)
    after_reading: float = field(validator=_chance)


def _by_day(paces: Any) -> tuple[Pace, ...]:
    return tuple(sorted(paces, key=_first_day))


def _first_day(pace: Pace) -> float:
    return float("-inf") if pace.from_dpd is None else pace.from_dpd


def _each_once(_instance: object, _attribute: object, paces: tuple[Pace, ...]) -> None:
    if len({_first_day(one) for one in paces}) != len(paces):
        raise CallerError(
            "pay: expected from_dpd to differ from one [[pay]] to the next",
            "pay：各 [[pay]] 的 from_dpd 应互不相同",
        )


@frozen(kw_only=True)
class Behaviour:
    """What is assumed of every borrower, all of it chances from 0 to 1 unless said otherwise.

    ``read`` is of those delivered, ``reply`` of those read, ``promise`` of those who reply (a promise to pay within
    ``promise_days`` days, of which ``keeps`` are kept), ``opt_out`` of those delivered. ``pay`` says how likely a
    payment is on each day; a reading counts as late as ``lately_days`` days after it. ``partial`` of the payments pay
    the share ``part`` of what is due. ``debit`` is the chance that a direct debit succeeds on its day. Raise
    ValueError for a number that is no chance.
    """

    name: str
    delivered: float = _chance_field(1.0)
    read: float = _chance_field(0.0)
    reply: float = _chance_field(0.0)
    opt_out: float = _chance_field(0.0)
    promise: float = _chance_field(0.0)
    promise_days: int = field(default=3, validator=_whole)
    keeps: float = _chance_field(0.0)
    lately_days: int = field(default=3, validator=_whole)
    partial: float = _chance_field(0.0)
    part: float = _chance_field(0.5)
    debit: float = _chance_field(0.0)
    pay: tuple[Pace, ...] = field(default=(), converter=_by_day, validator=_each_once)

    @classmethod
    def example(cls) -> Self:
        """Return invented chances, for a first look at the tool: nothing about real borrowers is in them."""
        return cls(
            name="example: invented, measured nowhere",
            delivered=0.97,
            read=0.8,
            reply=0.05,
            opt_out=0.003,
            promise=0.3,
            promise_days=5,
            keeps=0.6,
            partial=0.05,
            debit=0.85,
            pay=[
                Pace(from_dpd=-7, daily=0.03, after_reading=0.06),
                Pace(from_dpd=0, daily=0.35, after_reading=0.55),
                Pace(from_dpd=1, daily=0.1, after_reading=0.18),
                Pace(from_dpd=8, daily=0.04, after_reading=0.07),
                Pace(from_dpd=31, daily=0.01, after_reading=0.02),
                Pace(from_dpd=91, daily=0.002, after_reading=0.003),
            ],
        )

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Return the behaviour a TOML file states; raise ConfigurationError naming file, key and what was expected."""
        source = Path(path)
        made = converter()
        made.register_structure_hook(float, lambda value, _: value)  # a chance is judged by its own field
        return structure(read_toml(source), cls, source.name, using=made)

    def pace(self, dpd: int) -> Pace | None:
        """Return the pace of payment on a day past due; None where nobody pays yet."""
        begun = [one for one in self.pay if _first_day(one) <= dpd]
        return begun[-1] if begun else None
