"""Steps that no lawful hour can serve, and more contacts planned than the caps of the packs allow.

A pack is asked about a loan of which everything speaks for sending: what it refuses then, it refuses to everybody.
Contacts are counted for one loan that has as many steps as its audiences allow, each on its first day at noon.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final, Protocol

from attrs import frozen

from loansms.calendars import ZonedWindow, next_open
from loansms.model import CapLimit, Channel, Contact, Draft, Purpose, Reason, RecipientRole
from loansms.policy.check_finding import Finding, Severity, finding
from loansms.policy.check_subject import Subject
from loansms.policy.ladder import Ladder, Rung, repeated
from loansms.policy.stages import Anchor, Step

# Days past due count from this Monday. No clock is set forward or back in the weeks before it or the four months after
# it, so that seven days are seven times 24 hours.
_MONDAY: Final = date(2026, 4, 20)
_FORTNIGHT: Final = timedelta(days=14)
# A step without an end is looked at for a month.
_LOOKED: Final = 31
_LOAN: Final = "loan"


class AnswerLike(Protocol):
    """What the rules of one place say of a kind of message at noon of a day."""

    @property
    def place(self) -> str:
        """The country or state, such as CN or US-MA."""
        ...

    @property
    def at(self) -> datetime:
        """The noon."""
        ...

    @property
    def blocks(self) -> Sequence[Reason]:
        """What refuses outright."""
        ...

    @property
    def hours(self) -> Sequence[tuple[Reason, ZonedWindow]]:
        """The windows that all have to be open."""
        ...

    @property
    def limits(self) -> Sequence[CapLimit]:
        """The caps that count it."""
        ...

    @property
    def house(self) -> frozenset[str]:
        """The ids of the rules among them that are the lender's own choice."""
        ...


class PackLike(Protocol):
    """What the proof of a policy asks of a rule pack; `loansms.compliance.RulePack` has it."""

    @property
    def version(self) -> str:
        """The pack and its state."""
        ...

    @property
    def places(self) -> Sequence[str]:
        """The places it has rules for; none for a pack that only joins others."""
        ...

    def at_best(self, kind: Draft, on: date, days_past_due: int, beside: Any = ...) -> Sequence[AnswerLike]:
        """Return what a message of this kind meets on that day in each place, the packs `beside` it included."""
        ...


@frozen
class _Packs:
    """The packs together; the same question is asked once."""

    packs: Sequence[PackLike]

    def answers(
        self, purpose: Purpose, channel: Channel, role: RecipientRole, day: int
    ) -> tuple[AnswerLike, ...]:
        kind = Draft(purpose=purpose, channel=channel, recipient=role)
        on = _MONDAY + timedelta(days=day)
        return tuple(one for pack in self.packs for one in pack.at_best(kind, on, day, self.packs))


@frozen
class _Planned:
    """A contact: the step, the day past due it is planned for, the last day it may still go."""

    step: Step
    name: str
    day: int
    last: int


def pack_findings(subject: Subject, packs: Sequence[PackLike]) -> Iterator[Finding]:
    """Yield what the packs, asked together, never allow this policy."""
    if packs and not any(pack.places for pack in packs):
        yield finding(
            Severity.NOTE,
            "pack_without_place",
            f"pack {packs[0].version}",
            "Its rules are for every country: give the pack of a country too, and hours and caps are proved.",
            "该规则包不限国家；请同时提供所在国家的规则包，以便核验时段与频次。",
        )
        return
    asked = _Packs(packs)
    yield from _never(subject, asked)
    yield from _over_caps(subject, asked)


def _never(subject: Subject, packs: _Packs) -> Iterator[Finding]:
    @cache
    def refused(
        purpose: Purpose, channel: Channel, role: RecipientRole, day: int
    ) -> tuple[Reason, str] | None:
        return _refused(packs, purpose, channel, role, day)

    for step in subject.steps:
        day = step.day if step.anchor == Anchor.DUE_ON else 0
        sent = [channel for channel in step.channels if channel is not Channel.AGENT]
        found = {channel: refused(step.purpose, channel, step.recipient, day) for channel in sent}
        against = {channel: why for channel, why in found.items() if why is not None}
        whole = len(against) == len(step.channels)
        for channel, (reason, place) in against.items():
            rule = reason.rule_id or reason.code
            yield finding(
                Severity.ERROR if whole or step.together else Severity.WARN,
                "never_allowed",
                f"step {step.id}",
                f'Step "{step.id}" can never go to the {step.recipient} by {channel} in {place}: {rule}.',
                f"步骤“{step.id}”在 {place} 永远不能以 {channel} 发送给 {step.recipient}：{rule}。",
            )


def _refused(
    packs: _Packs, purpose: Purpose, channel: Channel, role: RecipientRole, day: int
) -> tuple[Reason, str] | None:
    """Return the rule because of which no instant of a fortnight is lawful somewhere, and where."""
    places = packs.answers(purpose, channel, role, day)
    for at, first in enumerate(places):
        windows = [window for _, window in first.hours]
        if next_open(windows, first.at, _FORTNIGHT) is None:
            return _narrowest(first), first.place
        if not first.blocks:
            continue
        later = (packs.answers(purpose, channel, role, day + more)[at] for more in range(1, _FORTNIGHT.days))
        if all(one.blocks for one in later):
            return first.blocks[0], first.place
    return None


def _narrowest(answer: AnswerLike) -> Reason:
    """Return the rule whose hours are shut although those before it leave some open."""
    windows: list[ZonedWindow] = []
    for reason, window in answer.hours:
        windows.append(window)
        if next_open(windows, answer.at, _FORTNIGHT) is None:
            return reason
    return answer.hours[-1][0]


def _over_caps(subject: Subject, packs: _Packs) -> Iterator[Finding]:
    told: set[tuple[str, Severity]] = set()
    for role in subject.recipients:
        for crowd in subject.crowds(role):
            plan = _plan(subject, crowd)
            for place in range(len(packs.answers(Purpose.COLLECTION, Channel.SMS, role, 0))):
                for rule, one in _counted(plan, packs, place):
                    # Of each rule the first day is told: what follows hangs on it.
                    if (rule, one.severity) not in told:
                        told.add((rule, one.severity))
                        yield one


def _plan(subject: Subject, crowd: Sequence[Step]) -> list[_Planned]:
    counted = [step for step in crowd if step.on_ladder]
    written = {one.id: step for step in counted for one in repeated(step, subject.by_stage[step.stage])}
    said = [
        _Planned(written[rung.step.id], rung.step.id, rung.step.day, _last(rung))
        for rung in Ladder(subject.stages, counted).rungs
        if rung.last is None or rung.last >= rung.step.day
    ]
    duties = [
        _Planned(step, step.id, step.day, step.day + step.deadline_days) for step in crowd if step.obligatory
    ]
    spoken = [one for one in (*said, *duties) if one.step.channels[0] is not Channel.AGENT]
    return sorted(spoken, key=lambda one: (one.day, not one.step.obligatory, one.name))


def _last(rung: Rung) -> int:
    """Return the last day on which a step that a cap refused is tried again; a reminder never is."""
    if rung.is_reminder:
        return rung.step.day
    looked = rung.step.day + _LOOKED
    return looked if rung.last is None else min(rung.last, looked)


def _counted(plan: Sequence[_Planned], packs: _Packs, place: int) -> Iterator[tuple[str, Finding]]:
    made: list[Contact] = []
    for one in plan:
        for channel in one.step.channels if one.step.together else one.step.channels[:1]:
            full = _full(one, channel, one.day, packs, place, made)
            day = one.day if full is None else _first_free(one, channel, packs, place, made)
            if full is not None:
                rule = full.reason.rule_id or full.reason.code
                yield (
                    rule,
                    _too_many(one, rule, full.count, _answer(one, channel, one.day, packs, place).place, day),
                )
            if day is not None:
                at = _answer(one, channel, day, packs, place).at
                made.append(Contact(channel=channel, at=at, purpose=one.step.purpose, loan_id=_LOAN))


def _first_free(
    one: _Planned, channel: Channel, packs: _Packs, place: int, made: Sequence[Contact]
) -> int | None:
    days = range(one.day + 1, one.last + 1)
    return next((day for day in days if _full(one, channel, day, packs, place, made) is None), None)


def _full(
    one: _Planned, channel: Channel, day: int, packs: _Packs, place: int, made: Sequence[Contact]
) -> CapLimit | None:
    """Return the limit that has no room for a contact on that day."""
    answer = _answer(one, channel, day, packs, place)
    lifted = answer.house if one.step.obligatory else frozenset[str]()
    for limit in answer.limits:
        used = sum(limit.counts(contact, _LOAN) for contact in made)
        # A limit of none at all refuses outright, which is told of the step itself.
        if used >= limit.count > 0 and limit.reason.rule_id not in lifted:
            return limit
    return None


def _answer(one: _Planned, channel: Channel, day: int, packs: _Packs, place: int) -> AnswerLike:
    return packs.answers(one.step.purpose, channel, one.step.recipient, day)[place]


def _too_many(one: _Planned, rule: str, count: int, place: str, day: int | None) -> Finding:
    if day is None:
        after, after_zh = "and no later day is left for it", "且之后没有可发送的日期"
    else:
        after, after_zh = f"and waits until day {day}", f"顺延至第 {day} 天"
    return finding(
        Severity.ERROR if day is None else Severity.WARN,
        "over_cap",
        f"step {one.step.id}",
        f'Step "{one.name}" of day {one.day} is one contact more than {rule} allows in {place} ({count}), {after}.',
        f"第 {one.day} 天的步骤“{one.name}”超出 {place} 的频次上限（{rule}：{count} 次），{after_zh}。",
    )
