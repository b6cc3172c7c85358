"""What an experiment says today: the effect of each arm, the harm beside it, and whether to go on, stop or decide.

Stop rules come first. A split that is not as meant stops the reading, because no figure can be trusted any more. A harm
stops the experiment where it is above what was allowed and more than chance explains; it is tested at every look without
an allowance for looking often, because a false alarm costs a pause and a missed one costs borrowers. Only then is the
outcome asked about.

>>> usual = Arm(name="usual", borrowers=4000, outcome=1360, harms={"complained": 8})
>>> warm = Arm(name="warm", borrowers=4010, outcome=1604, harms={"complained": 9})
>>> read_out([usual, warm], outcome=("paid within 7 days", "7 天内还款")).told()
'Decide: “warm” is better than “usual” on paid within 7 days: +6.0 percentage points (95 % interval +2.7 to +9.3). \
No harm passed its limit.'
>>> from attrs import evolve
>>> read_out([usual, evolve(warm, harms={"complained": 40})]).verdict
<Verdict.STOP_HARM: 'stop_harm'>
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from loansms.errors import CallerError
from loansms.insights.effect import Effect, checked_alpha
from loansms.insights.shares import compare
from loansms.insights.split import srm
from loansms.insights.tails import fisher_tail
from loansms.insights.units import cases, whole
from loansms.policy import Experiment

BROKEN_SPLIT: Final = 0.001
"""A split less likely than this is broken: stricter than the 0.05 of an effect, because it is asked at every look."""


class Verdict(StrEnum):
    """What a read-out comes to.

    STOP_SPLIT the borrowers are not split as meant; STOP_HARM a harm passed its limit; WAIT a fixed interval is asked
    for before its size is reached; BETTER an arm is better than the control; WORSE every arm is worse; OPEN the
    interval holds 0; CANNOT_TELL there is nothing to compute from.
    """

    STOP_SPLIT = "stop_split"
    STOP_HARM = "stop_harm"
    WAIT = "wait"
    BETTER = "better"
    WORSE = "worse"
    OPEN = "open"
    CANNOT_TELL = "cannot_tell"

    @property
    def stops(self) -> bool:
        """Whether the experiment has to stop now."""
        return self in (Verdict.STOP_SPLIT, Verdict.STOP_HARM)


def _counts(harms: Mapping[str, int]) -> dict[str, int]:
    return dict(harms)


@frozen(kw_only=True)
class Arm:
    """One arm: its borrowers, how many of them met the outcome, and how many suffered each harm; "" is the holdout.

    Borrowers are counted, never messages: each stands in one arm and once in each figure.
    """

    name: str
    borrowers: int
    outcome: int
    harms: Mapping[str, int] = field(factory=dict[str, int], converter=_counts, hash=False)

    def __attrs_post_init__(self) -> None:
        cases(f"{self.name or 'holdout'}.outcome", self.outcome, "borrowers", self.borrowers)
        for name, count in self.harms.items():
            cases(f"{self.name or 'holdout'}.harms.{name}", count, "borrowers", self.borrowers)

    @property
    def share(self) -> float | None:
        """The share that met the outcome; None in an empty arm."""
        return self.outcome / self.borrowers if self.borrowers else None


@frozen(kw_only=True)
class Harm:
    """One harm beside an effect: how much more of it there is, how much more was allowed, and whether that is passed.

    ``p_value`` is one-sided and exact: how likely so many more would be if the arm did no harm.
    """

    name: str
    effect: Effect
    limit: float
    p_value: float
    passed: bool


@frozen(kw_only=True)
class Comparison:
    """One arm beside the control: ``effect`` on what was hoped for, ``harms`` beside it, and the ``verdict`` of both."""

    arm: Arm
    control: Arm
    effect: Effect
    harms: tuple[Harm, ...]
    verdict: Verdict


@frozen(kw_only=True)
class ReadOut:
    """What an experiment says at one look; `told` says it in a sentence, a notebook shows it as a table.

    ``outcome`` is what was hoped for, in English and Chinese. ``alpha`` is that of the whole read-out; each of several
    comparisons gets its part of it. ``best`` is the arm a BETTER verdict is about.
    """

    experiment: str
    outcome: tuple[str, str]
    arms: tuple[Arm, ...]
    control: Arm
    comparisons: tuple[Comparison, ...]
    srm_p: float
    alpha: float
    sequential: bool
    planned: int | None
    higher_is_better: bool
    verdict: Verdict
    best: Comparison | None

    @property
    def borrowers(self) -> int:
        """Borrowers of all arms."""
        return sum(one.borrowers for one in self.arms)

    @property
    def passed(self) -> tuple[tuple[str, str], ...]:
        """The (arm, harm) pairs that passed their limit."""
        return tuple(
            (one.arm.name, harm.name) for one in self.comparisons for harm in one.harms if harm.passed
        )

    def told(self, lang: str = "en") -> str:
        """Return the verdict in a sentence or two, for somebody who decides; `lang` is en or zh-CN."""
        from loansms.insights.read_out_wording import verdict_told  # noqa: PLC0415 - reads this very class

        return verdict_told(self, lang)

    def _repr_html_(self) -> str:
        from loansms.insights.read_out_report import summary_html  # noqa: PLC0415 - reads this very class

        return summary_html(self)


def count_arms(
    experiment: Experiment,
    borrowers: Iterable[str],
    outcome: Collection[str],
    harms: Mapping[str, Collection[str]] | None = None,
) -> tuple[Arm, ...]:
    """Return the arms of `experiment` over `borrowers`, counted from the ids of those who met outcome and harms.

    Give everybody who came into the experiment, written to or not: whoever is left out because of what an arm did
    spoils the comparison. The holdout comes first, then the arms by name; an id told twice counts once.

    >>> tone = Experiment(name="tone-2026", arms={"usual": 1, "warm": 1})
    >>> [(one.name, one.borrowers, one.outcome) for one in count_arms(tone, ["B-1", "B-2", "B-3"], {"B-2"})]
    [('usual', 2, 1), ('warm', 1, 0)]
    """
    met = frozenset(outcome)
    suffered = {name: frozenset(ids) for name, ids in (harms or {}).items()}
    theirs: dict[str, set[str]] = {name: set() for name in weights_of(experiment)}
    for one in borrowers:
        theirs[experiment.arm(one)].add(one)
    return tuple(
        Arm(
            name=name,
            borrowers=len(ids),
            outcome=len(ids & met),
            harms={harm: len(ids & who) for harm, who in suffered.items()},
        )
        for name, ids in theirs.items()
    )


def weights_of(experiment: Experiment) -> dict[str, int]:
    """Return the weight of each arm, in the order of `count_arms`; a holdout of weight 0 is none."""
    holdout = {"": experiment.holdout} if experiment.holdout else {}
    return {**holdout, **{name: experiment.arms[name] for name in sorted(experiment.arms)}}


def read_out(
    arms: Sequence[Arm],
    *,
    control: str | None = None,
    experiment: Experiment | str = "",
    weights: Mapping[str, float] | None = None,
    limits: Mapping[str, float] | None = None,
    outcome: tuple[str, str] = ("the outcome", "目标指标"),
    alpha: float = 0.05,
    sequential: bool = True,
    tuning: float = 5000,
    planned: int | None = None,
    higher_is_better: bool = True,
) -> ReadOut:
    """Return what `arms` say at this look.

    `control` is the arm the others are held against: the first where none is named, which is the holdout of
    `count_arms`. The split is held against `weights`, those of `experiment` where it is given, else equal ones.
    `limits` says by harm how much larger its share may be than in the control (0.002: 0.2 points more); 0 where none
    is given. Several arms share `alpha` in equal parts (Bonferroni). With ``sequential=False`` the interval is fixed
    and may be read once: `planned` has to say at how many borrowers, and before that the verdict is to wait.

    Raise CallerError for fewer than two arms, two of one name, harms not counted in every arm, an unknown control,
    weights that do not name every arm, a limit that is below 0 or names no harm, and a fixed interval without `planned`.
    """
    known = _named(arms)
    usual = _control(known, control)
    checked_alpha(alpha)
    if sequential is False and planned is None:
        raise CallerError(
            "planned: expected the number of borrowers at which a fixed interval is read, settled before the start",
            "planned：固定区间只能读取一次，请给出事先确定的样本量",
        )
    others = [one for one in known.values() if one is not usual]
    allowed = _limits(limits or {}, usual)
    shared = weights_of(experiment) if weights is None and isinstance(experiment, Experiment) else weights
    ask = _Ask(alpha / len(others), sequential, tuning, higher_is_better, allowed)
    comparisons = tuple(ask.compared(usual, one) for one in others)
    split = srm([one.borrowers for one in arms], _weights(shared, known))
    early = not sequential and sum(one.borrowers for one in arms) < whole("planned", planned)
    best = _best(comparisons, higher_is_better)
    return ReadOut(
        experiment=experiment.name if isinstance(experiment, Experiment) else experiment,
        outcome=outcome,
        arms=tuple(arms),
        control=usual,
        comparisons=comparisons,
        srm_p=split,
        alpha=alpha,
        sequential=sequential,
        planned=planned,
        higher_is_better=higher_is_better,
        verdict=_verdict(split, comparisons, early),
        best=best,
    )


@frozen
class _Ask:
    alpha: float
    sequential: bool
    tuning: float
    higher_is_better: bool
    limits: Mapping[str, float]

    def compared(self, control: Arm, arm: Arm) -> Comparison:
        effect = self._effect(control.outcome, control, arm.outcome, arm)
        harms = tuple(self._harm(name, limit, control, arm) for name, limit in self.limits.items())
        return Comparison(arm=arm, control=control, effect=effect, harms=harms, verdict=self._verdict(effect))

    def _effect(self, x_a: int, a: Arm, x_b: int, b: Arm) -> Effect:
        return compare(x_a, a.borrowers, x_b, b.borrowers, self.alpha, self.sequential, self.tuning)

    def _harm(self, name: str, limit: float, control: Arm, arm: Arm) -> Harm:
        x_a, x_b = control.harms[name], arm.harms[name]
        effect = self._effect(x_a, control, x_b, arm)
        p_value = fisher_tail(x_a, control.borrowers, x_b, arm.borrowers)
        # An empty arm has a difference of nan, which passes no limit.
        passed = effect.difference > limit and p_value < self.alpha
        return Harm(name=name, effect=effect, limit=limit, p_value=p_value, passed=passed)

    def _verdict(self, effect: Effect) -> Verdict:
        if not effect.computed:
            return Verdict.CANNOT_TELL
        if not effect.is_clear:
            return Verdict.OPEN
        return Verdict.BETTER if (effect.difference > 0) == self.higher_is_better else Verdict.WORSE


def _verdict(split: float, comparisons: Sequence[Comparison], early: bool) -> Verdict:
    said = [one.verdict for one in comparisons]
    if split < BROKEN_SPLIT:
        return Verdict.STOP_SPLIT
    if any(harm.passed for one in comparisons for harm in one.harms):
        return Verdict.STOP_HARM
    if early:
        return Verdict.WAIT
    if Verdict.BETTER in said:
        return Verdict.BETTER
    if len(set(said)) == 1:
        return said[0]
    return Verdict.OPEN


def _best(comparisons: Sequence[Comparison], higher_is_better: bool) -> Comparison | None:
    better = [one for one in comparisons if one.verdict is Verdict.BETTER]
    sign = 1 if higher_is_better else -1
    return max(better, key=lambda one: sign * one.effect.difference, default=None)


def _named(arms: Sequence[Arm]) -> dict[str, Arm]:
    known = {one.name: one for one in arms}
    if len(arms) < 2 or len(known) != len(arms):
        raise CallerError(
            "arms: expected two or more, each with a name of its own", "arms：应至少有两组，且名称互不相同"
        )
    if len({frozenset(one.harms) for one in arms}) > 1:
        raise CallerError(
            "arms: expected the same harms counted in every arm", "arms：每组都应统计相同的负面指标"
        )
    return known


def _control(known: Mapping[str, Arm], name: str | None) -> Arm:
    if name is None:
        return next(iter(known.values()))
    if name not in known:
        raise CallerError(
            f"control: expected one of {', '.join(map(repr, known))}",
            f"control：应为 {'、'.join(map(repr, known))} 之一",
        )
    return known[name]


def _limits(limits: Mapping[str, float], control: Arm) -> dict[str, float]:
    unknown = [name for name in limits if name not in control.harms]
    if unknown or not all(0 <= one < 1 for one in limits.values()):
        raise CallerError(
            f"limits: expected shares of 0 or more for harms that the arms count ({', '.join(control.harms)})",
            f"limits：应为不小于 0 的比例，且对应各组已统计的负面指标（{'、'.join(control.harms)}）",
        )
    return {name: limits.get(name, 0.0) for name in control.harms}


def _weights(weights: Mapping[str, float] | None, known: Mapping[str, Arm]) -> list[float] | None:
    if weights is None:
        return None
    if weights.keys() != known.keys():
        raise CallerError(
            f"weights: expected one for each of {', '.join(map(repr, known))}",
            f"weights：应与 {'、'.join(map(repr, known))} 各组一一对应",
        )
    return [float(weights[name]) for name in known]
