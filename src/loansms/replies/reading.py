"""What a reply means: rules first, the message it answers beside them, and a model only where they are unsure.

>>> from datetime import datetime, timezone
>>> at = datetime(2026, 9, 24, 10, 0, tzinfo=timezone.utc)                       # a Thursday
>>> said = understand("下个月5号先还两千", received_at=at)
>>> said.intent.value, str(said.promise_on), str(said.promise_amount), said.all[0].rule
('promise_to_pay', '2026-10-05', '2000', 'promise.dated')
>>> understand("1", context=ReplyContext(menu={"1": Intent.QUESTION_BALANCE})).intent.value
'question_balance'
>>> understand("Stop texting me, I paid already").intent.value
'opt_out'
>>> understand("mlem").to_person
True
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Final

from attrs import evolve

from loansms.calendars import WorkCalendar, calendar_for
from loansms.calendars.localtime import zone
from loansms.clock import require_aware
from loansms.errors import CallerError
from loansms.replies.amounts import AmountFound, amounts
from loansms.replies.context import ReplyContext
from loansms.replies.cues import findings, rules
from loansms.replies.days import DayFound, days
from loansms.replies.files import data
from loansms.replies.intent import Doubt, Intent, Scope
from loansms.replies.opt_out import OptOuts, opt_outs
from loansms.replies.plain import Form, Forms
from loansms.replies.reader import Reader
from loansms.replies.understanding import SURE, Finding, Understanding

MOST_READ: Final = 2000  # characters: ten joined messages hold 1,530 in Latin script, 670 in Chinese
"""How many characters of a reply are read; what is beyond is left out."""

_MENU_SURE: Final = 0.99
_NOTHING_KNOWN: Final = ReplyContext()
_UNCLEAR: Final = 0.3
_NOTHING: Final = 0.1
_CHOICE: Final = re.compile(
    r"\s*(?:回复?|选择?|按|我选|第|option|number|press|reply|choose|choice|no)?[\s.:#(]*([0-9]{1,2}|[一二三四五六七八九])[\s.!,。)、项个]*"
)
_FIGURES: Final = {word: str(value) for value, word in enumerate("一二三四五六七八九", 1)}
# Where a language is at home, if the message answered does not say (the likely subtags of CLDR).
_HOME: Final = {"zh": "CN", "en": "US"}


def understand(
    text: str,
    language: str | None = None,
    received_at: datetime | None = None,
    context: ReplyContext | None = None,
    *,
    reader: Reader | None = None,
) -> Understanding:
    """Return what a borrower's reply means.

    `language` (zh or en, with or without a region) is a hint only: every reply is read in both. `received_at`, aware, is what
    days are reckoned from, in the zone of `context` where it names one; without it no day resolves. `reader` is asked
    where the rules are unsure. Any text gives an answer: at most `MOST_READ` characters are read, and `unread` says how many
    were not. CallerError where `received_at` has no time zone, or the zone or country of `context` is not known.
    """
    around = context or _NOTHING_KNOWN
    spoken = (language or around.language).lower()
    forms = Forms.of(text[:MOST_READ])
    unread = max(0, len(text) - MOST_READ)
    doubts: list[Doubt] = [Doubt.CUT] if unread else []
    chosen = _choice(forms, around, doubts)
    stops = opt_outs(forms)
    found = [*chosen, *stops.sure, *stops.near, *_cues(forms)]
    day = _day(received_at, around)
    calendar = _calendar(around, spoken, forms)
    if any(one.intent is Intent.PROMISE_TO_PAY for one in found):
        found = [*_promises(found, forms, day, calendar, around)]
    if reader is not None and not any(one.confidence >= SURE for one in found):
        found += _asked(reader, text[:MOST_READ], forms, doubts)
    return _settled(found, stops, doubts, around, unread)


def _choice(forms: Forms, context: ReplyContext, doubts: list[Doubt]) -> list[Finding]:
    """Return what a number answers of the menu."""
    number = _CHOICE.fullmatch(forms.base.text)
    if number is None or forms.bounds is None:
        return []
    picked = _FIGURES.get(number[1], number[1])
    picked = picked if picked in context.menu else picked.lstrip("0")
    intent = context.menu.get(picked)
    if intent is None:
        doubts.append(Doubt.NO_MENU)
        return []
    return [Finding(intent=intent, rule=f"menu.{picked}", span=forms.bounds, confidence=_MENU_SURE)]


def _cues(forms: Forms) -> Iterator[Finding]:
    for language, form in forms.each():
        for rule, span in findings("cues", language, form):
            yield Finding(intent=rule.intent, rule=rule.id, span=form.span(*span), confidence=rule.confidence)


def _day(received_at: datetime | None, context: ReplyContext) -> date | None:
    """Return the day it was for the person when the reply came."""
    if received_at is None:
        return None
    require_aware(received_at, "received_at")
    return (received_at.astimezone(zone(context.zone)) if context.zone else received_at).date()


def _calendar(context: ReplyContext, spoken: str, forms: Forms) -> WorkCalendar | None:
    country = context.country
    if not country:
        tongue, _, region = spoken.replace("_", "-").partition("-")
        country = region.upper() if len(region) == _REGION else _HOME.get(tongue, "")
        if not country and not spoken:
            country = _HOME["zh" if forms.zh is not None else "en"]
    if not country:
        return None
    if context.country:
        return calendar_for(country, overrides=context.overrides)
    try:
        return calendar_for(country, overrides=context.overrides)
    except CallerError:
        return None  # a region that only a language tag names, and no calendar knows


_REGION: Final = 2


def _promises(
    found: list[Finding], forms: Forms, day: date | None, calendar: WorkCalendar | None, context: ReplyContext
) -> Iterator[Finding]:
    """Give each promise the day and the amount it speaks of, or why it has none."""
    read: dict[str, tuple[list[DayFound], list[AmountFound]]] = {}
    for one in found:
        if one.intent is not Intent.PROMISE_TO_PAY or one.rule.startswith("menu."):
            yield one
            continue
        for language, form in forms.each():
            if language not in read:
                read[language] = (
                    days(form.text, language, day, calendar) if day else [],
                    amounts(form.text, language, context.amount_due),
                )
        yield _promised(one, forms, read, "" if day else "no_received_at")


def _promised(
    one: Finding, forms: Forms, read: dict[str, tuple[list[DayFound], list[AmountFound]]], missing: str
) -> Finding:
    spoken: list[tuple[int, DayFound]] = []
    named: list[tuple[int, AmountFound]] = []
    for language, form in forms.each():
        days_of, amounts_of = read[language]
        spoken += [(_distance(form, each.start, each.end, one.span), each) for each in days_of]
        named += [(_distance(form, each.start, each.end, one.span), each) for each in amounts_of]
    on = _nearest_day(spoken)
    amount = _nearest_amount(named)
    reasons = [missing or (on.reason if on else "no_day"), "" if amount is None else amount.reason]
    return evolve(
        one,
        on=on.on if on else None,
        amount=amount.value if amount else None,
        reason=" ".join(each for each in reasons if each),
    )


def _distance(form: Form, start: int, end: int, span: tuple[int, int]) -> int:
    """Return how many characters lie between what stands at `start` and the words that promise; 0 within them."""
    first, last = form.span(start, end)
    return max(0, span[0] - last, first - span[1])


def _nearest_day(spoken: list[tuple[int, DayFound]]) -> DayFound | None:
    """Return the day of a promise: one that resolved before one that did not, the nearest, of those within it the last."""
    return min(spoken, key=lambda each: (each[1].on is None, each[0], -each[1].start))[1] if spoken else None


def _nearest_amount(named: list[tuple[int, AmountFound]]) -> AmountFound | None:
    return (
        min(named, key=lambda each: (each[1].value is None, not each[1].paid, each[0]))[1] if named else None
    )


def _asked(reader: Reader, text: str, forms: Forms, doubts: list[Doubt]) -> list[Finding]:
    opinion = reader.read(text, "zh" if forms.zh is not None else "en")
    if opinion is None or opinion.intent is Intent.UNCLEAR or not 0 < opinion.confidence <= 1:
        return []
    doubts.append(Doubt.MODEL)
    return [
        Finding(
            intent=opinion.intent,
            rule="model",
            span=forms.bounds or (0, 0),
            confidence=opinion.confidence,
        )
    ]


def _settled(
    found: list[Finding], stops: OptOuts, doubts: list[Doubt], context: ReplyContext, unread: int
) -> Understanding:
    ranks = _ranks()
    ordered = sorted(found, key=lambda one: (*_weight(one, stops, ranks), one.span))
    if not ordered:
        # A number without a menu has said why nobody can tell.
        doubts = doubts if Doubt.NO_MENU in doubts else [*doubts, Doubt.UNREAD]
        return Understanding(Intent.UNCLEAR, _NOTHING, doubts=tuple(doubts), unread=unread)
    first, intents = ordered[0], {one.intent for one in ordered}
    if first.intent is Intent.OPT_OUT:
        if stops.doubtful or len(intents) > 1:
            doubts.append(Doubt.MIXED_OPT_OUT)
        elif stops.near:
            doubts.append(Doubt.MAYBE_OPT_OUT)
    elif stops.near:
        doubts.append(Doubt.MAYBE_OPT_OUT)
    if first.confidence < SURE and Doubt.MODEL not in doubts and first.intent is not Intent.OPT_OUT:
        doubts.append(Doubt.WEAK)
    if any(pair <= intents for pair in _excluding()):
        doubts.append(Doubt.SEVERAL)
    unsure = first.confidence < _WEAKEST
    promise = next((one for one in ordered if one.intent is Intent.PROMISE_TO_PAY), None)
    return Understanding(
        Intent.UNCLEAR if unsure else first.intent,
        min(first.confidence, _UNCLEAR) if unsure else first.confidence,
        first.span,
        promise.on if promise else None,
        promise.amount if promise else None,
        tuple(ordered),
        _scope(ordered, context),
        tuple(dict.fromkeys(doubts)),
        unread,
    )


_WEAKEST: Final = 0.5


def _weight(one: Finding, stops: OptOuts, ranks: dict[str, int]) -> tuple[bool, bool, int, float]:
    opted = one in stops.sure
    near = one in stops.near
    rank = ranks.get(one.rule, ranks[one.intent])
    if one.rule == "promise.dated" and one.on is None and one.amount is None:
        rank = ranks[one.intent]
    return (not opted, near or (not opted and one.confidence < SURE), rank, -one.confidence)


@cache
def _ranks() -> dict[str, int]:
    """Return the rank of each intent, and of each rule that has one of its own."""
    return {**data("intents")["rank"], **{rule.id: rule.rank for rule in rules("cues")}}


@cache
def _excluding() -> tuple[frozenset[Intent], ...]:
    return tuple(frozenset(map(Intent, pair)) for pair in data("intents")["excludes"])


def _scope(ordered: list[Finding], context: ReplyContext) -> Scope | None:
    """Return how far an opt-out goes: as far as its words say, else the kind it answers, all where that is not known."""
    said = [one for one in ordered if one.intent is Intent.OPT_OUT]
    if not said:
        return None
    if context.purpose is None or any(one.scope is Scope.ALL for one in said):
        return Scope.ALL
    return Scope.KIND
