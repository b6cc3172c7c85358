"""What may follow from a reply: an answer by template, holds, an end of messages, a case for a person.

Everything a reply says is acted on, not only what it says first: who opts out and disputes has both. Nothing here
sends: the template goes through the gate like any other.

>>> from datetime import UTC, date, datetime
>>> from loansms.replies.reading import understand
>>> at = datetime(2026, 9, 24, 10, 0, tzinfo=UTC)
>>> plan = answer_for(understand("周五发工资还", received_at=at), received_on=at.date())
>>> plan.template, plan.holds
('reply.promise_noted', (Hold(kind=<HoldKind.PROMISE: 'promise'>, until=datetime.date(2026, 9, 25), loan_id=None),))
>>> answer_for(understand("how much do I owe"), ReplyContext(wrong_person=True)).template is None
True
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final

from attrs import field, frozen

from loansms.files import structure
from loansms.model import Hold, HoldKind
from loansms.replies.context import ReplyContext
from loansms.replies.files import data
from loansms.replies.intent import Intent, Scope
from loansms.replies.understanding import SURE, Finding, Understanding


class CaseKind(StrEnum):
    """Why a reply is a case for a person.

    PAYMENT_CHECK: says it is paid, which the books may not show yet. PROMISE: a day further off than promises are held for.
    PLAN: asks for other terms. OPT_IN: wants messages again. UNCLEAR: not understood. The others are named for what was said.
    """

    COMPLAINT = "complaint"
    FRAUD = "fraud"
    DISPUTE = "dispute"
    WRONG_PERSON = "wrong_person"
    THIRD_PARTY = "third_party"
    ABUSE = "abuse"
    HARDSHIP = "hardship"
    PAYMENT_CHECK = "payment_check"
    PROMISE = "promise"
    PLAN = "plan"
    CALL_BACK = "call_back"
    OPT_IN = "opt_in"
    UNCLEAR = "unclear"


@frozen(kw_only=True)
class ReplyPlan:
    """What follows from one reply.

    ``template`` is the kind of the answer, None where none may be given; ``holds`` stop the ladder (of the one loan that can be
    meant, else of all); ``suppress`` is how far messages end; ``cases`` are for a person, the gravest first;
    ``asks_which_loan`` says that the answer asks instead of telling; ``marks_wrong_person`` that the number is
    to be marked as not the borrower's.
    """

    template: str | None = None
    holds: tuple[Hold, ...] = ()
    suppress: Scope | None = None
    cases: tuple[CaseKind, ...] = ()
    asks_which_loan: bool = False
    marks_wrong_person: bool = False


@frozen(kw_only=True)
class _Act:
    template: str
    undated: str = ""
    hold: HoldKind | None = None
    case: CaseKind | None = None
    suppress: bool = False
    tells_debt: bool = False
    one_loan: bool = False
    mark: bool = False


@frozen(kw_only=True)
class _Acts:
    longest_promise_days: int
    which_loan: str
    intent: dict[str, _Act] = field()


def answer_for(
    understanding: Understanding, context: ReplyContext | None = None, *, received_on: date | None = None
) -> ReplyPlan:
    """Return what follows from a reply to the message that `context` tells of.

    `received_on` is the person's day when it came: with it, a promise further off than the table allows goes to a person. A promise
    holds nothing without a day; its answer asks for one. Where the number is marked wrong, or this reply says so, no answer that
    speaks of a loan is given.
    """
    around, acts = context or _NOTHING_KNOWN, _acts()
    meant = _meant(understanding)
    stranger = around.wrong_person or Intent.WRONG_PERSON in {one.intent for one in meant}
    several = len(around.loan_ids) > 1
    first = acts.intent[understanding.intent.value]
    asks = several and first.one_loan and not stranger
    template = acts.which_loan if asks else _template(understanding, first)
    if (stranger and first.tells_debt) or _from_third_party(meant):
        template = ""
    cases = [acts.intent[one.intent.value].case for one in meant]
    if understanding.to_person:
        cases.append(CaseKind.UNCLEAR)
    holds: list[Hold] = []
    for one in meant:
        held, case = _hold(one, acts, around, received_on)
        holds += [held] if held and held not in holds else []
        cases.append(case)
    if stranger:
        cases.insert(0, CaseKind.WRONG_PERSON)
    return ReplyPlan(
        template=template or None,
        holds=tuple(holds),
        suppress=understanding.scope,
        cases=tuple(dict.fromkeys(case for case in cases if case)),
        asks_which_loan=asks,
        marks_wrong_person=any(acts.intent[one.intent.value].mark for one in meant),
    )


_NOTHING_KNOWN: Final = ReplyContext()


def _meant(understanding: Understanding) -> tuple[Finding, ...]:
    """Return the findings that are acted on: one of each meaning, those that are sure and the deciding one."""
    kept: dict[Intent, Finding] = {}
    for one in understanding.all:
        if one.confidence >= SURE or one.intent is understanding.intent:
            kept.setdefault(one.intent, one)
    return tuple(kept.values())


def _from_third_party(meant: tuple[Finding, ...]) -> bool:
    """Whether somebody else answered: they are told nothing, unless they ask to stop."""
    intents = {one.intent for one in meant}
    return Intent.THIRD_PARTY in intents and Intent.OPT_OUT not in intents


def _template(understanding: Understanding, act: _Act) -> str:
    dated = understanding.promise_on is not None
    return act.undated if act.undated and not dated else act.template


def _hold(
    one: Finding, acts: _Acts, context: ReplyContext, received_on: date | None
) -> tuple[Hold | None, CaseKind | None]:
    """Return the hold that a finding sets, and the case where a person must decide about it."""
    kind = acts.intent[one.intent.value].hold
    loan = context.loan_ids[0] if len(context.loan_ids) == 1 else None
    if kind is None:
        return None, None
    if kind is not HoldKind.PROMISE:
        return Hold(kind, None, loan), None
    if one.on is None:
        return None, None
    if received_on is not None and (one.on - received_on).days > acts.longest_promise_days:
        return None, CaseKind.PROMISE
    return Hold(kind, one.on, loan), None


@cache
def _acts() -> _Acts:
    return structure(data("acts"), _Acts, "acts.toml")
