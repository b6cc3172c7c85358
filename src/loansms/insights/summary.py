"""The figures of one run: how many rows met which outcome, by stage, by day and by reason.

A pure function of the rows. Days are the recipient's own, because `send_at` stands in the recipient's zone.

>>> summarise([]).total
0
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from attrs import field, frozen

from loansms.insights.wording import general
from loansms.model import Reason
from loansms.services import Outcome, RunRow

# In the order in which a reader asks: what goes or went out, what waits, what may not, what needs a person.
OUTCOMES = (Outcome.PLANNED.value, *(one.value for one in Outcome if one is not Outcome.PLANNED))
_TIMED = frozenset({"submitted", "deferred", "unknown", "refused", "planned"})


@frozen
class Tally:
    """How many rows of one kind (a stage, a day) met each outcome, in the order of `OUTCOMES`."""

    key: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Rows of this kind."""
        return sum(self.counts.values())


@frozen
class ReasonTally:
    """How many rows had this reason first, and with which outcome.

    ``reason`` is the one met most often; ``variants`` counts the different sentences told under its code
    (days, dates and loans differ from row to row), and where there are several, `told` speaks of the kind.
    """

    outcome: str
    reason: Reason
    count: int
    variants: int = 1
    stages: Mapping[str, tuple[str, str]] = field(factory=dict[str, tuple[str, str]], repr=False)

    def told(self, lang: str) -> str:
        """Return one sentence that is true of all these rows, in `lang`."""
        kind = general(self.reason.code, lang, self.stages) if self.variants > 1 else ""
        return kind or self.reason.told(lang)


@frozen
class UnknownOutcome:
    """A step nobody can yet say was sent: ids and the line of the book, nothing about the person."""

    line: int | None
    loan_id: str
    step: str
    template: str


@frozen(kw_only=True)
class RunSummary:
    """The figures of one run; see the module for how rows are counted.

    ``segments`` counts billed segments of what was submitted (or would be, in a plan). ``next_send_at`` is
    the earliest time at which a deferred row may go out.
    """

    total: int
    outcomes: Mapping[str, int]
    by_stage: tuple[Tally, ...]
    by_day: tuple[Tally, ...]
    by_reason: tuple[ReasonTally, ...]
    segments: int
    next_send_at: datetime | None
    unknown: tuple[UnknownOutcome, ...]

    def count(self, outcome: str) -> int:
        """Return how many rows met `outcome`."""
        return self.outcomes.get(outcome, 0)

    def reasons_of(self, outcome: str) -> tuple[ReasonTally, ...]:
        """Return the reasons of one outcome, the most frequent first."""
        return tuple(one for one in self.by_reason if one.outcome == outcome)


def summarise(rows: Iterable[RunRow], stages: Mapping[str, tuple[str, str]] | None = None) -> RunSummary:
    """Count `rows` once over; the result holds no phone, name or text.

    `stages` gives the stages in their order with their labels (English, Chinese); others follow by name.
    """
    labels = stages or {}
    order = tuple(labels)
    outcomes: Counter[str] = Counter()
    by_stage: defaultdict[str, Counter[str]] = defaultdict(Counter)
    days: defaultdict[date, Counter[str]] = defaultdict(Counter)
    reasons: defaultdict[tuple[str, str, str], Counter[Reason]] = defaultdict(Counter)
    waiting: list[datetime] = []
    unknown: list[UnknownOutcome] = []
    segments = 0
    for one in rows:
        outcome, row = one.outcome.value, one.row
        outcomes[outcome] += 1
        if outcome not in {"none", "rejected"}:
            by_stage[row.stage][outcome] += 1
        if row.send_at is not None and outcome in _TIMED:
            days[row.send_at.date()][outcome] += 1
        why = row.reasons[0]
        reasons[outcome, why.code, why.rule_id][why] += 1
        if outcome in {"submitted", "planned"}:
            segments += row.segments or 0
        if outcome == "deferred" and row.send_at is not None:
            waiting.append(row.send_at)
        if outcome == "unknown":
            unknown.append(UnknownOutcome(one.line, row.loan_id, row.step, row.template))
    return RunSummary(
        total=outcomes.total(),
        outcomes=_ordered(outcomes),
        by_stage=tuple(
            Tally(key, _ordered(by_stage[key]))
            for key in sorted(by_stage, key=lambda key: (_place(key, order), key))
        ),
        by_day=tuple(Tally(day.isoformat(), _ordered(days[day])) for day in sorted(days)),
        by_reason=_by_reason(reasons, labels),
        segments=segments,
        next_send_at=min(waiting, default=None),
        unknown=tuple(unknown),
    )


def _by_reason(
    reasons: Mapping[tuple[str, str, str], Counter[Reason]], stages: Mapping[str, tuple[str, str]]
) -> tuple[ReasonTally, ...]:
    tallies = [
        ReasonTally(outcome, found.most_common(1)[0][0], found.total(), len(found), stages)
        for (outcome, _, _), found in reasons.items()
    ]
    return tuple(sorted(tallies, key=lambda one: (_rank(one.outcome), -one.count, one.reason.code)))


def _place(key: str, order: Sequence[str]) -> int:
    return order.index(key) if key in order else len(order)


def _rank(outcome: str) -> int:
    return _place(outcome, OUTCOMES)


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return {key: counts[key] for key in sorted(counts, key=_rank)}
