"""A reply read in the light of what was sent: the message it answers, what it means, what follows.

Pure: a debtor's trail, the catalogue and the rules go in, a reading comes out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

from loansms.calendars import Overrides, plausible_zones
from loansms.errors import ConfigurationError
from loansms.model import CONSENT_FREE, InboundMessage, Lender, Purpose
from loansms.replies import (
    Finding,
    Intent,
    Reader,
    ReplyContext,
    ReplyPlan,
    Scope,
    Understanding,
    answer_for,
    hours_to_ring,
    understand,
)
from loansms.services.replies.rules import ReplyRules
from loansms.services.replies.trail import REPLY_STEP, Answered, Trail
from loansms.services.replies.values import tail_of
from loansms.services.replies.wishes import score_in, wishes_in
from loansms.templates import Catalogue

WHICH_LOAN: Final = "reply.which_loan"
_ANSWERS: Final = "reply."  # what we wrote back is not what a refusal is about
_LONGEST_REFERENCE: Final = 32
_CONFIRMED: Final = 1.0

AccessCodes = Mapping[str, frozenset[Purpose]]
"""What is sent from which access number, by how the number with its extension begins."""


@frozen(kw_only=True)
class Reading:
    """One reply of one debtor: ``answered`` is the message it answers, ``purposes`` those a refusal is about.

    ``about`` is what a complaint is counted against: of texts known by recency alone, the latest that was no answer of ours.
    ``call_hours`` are those of the person's own day in which they asked to be rung.
    """

    answered: Answered | None
    about: Answered | None
    purposes: frozenset[Purpose]
    context: ReplyContext
    understanding: Understanding
    plan: ReplyPlan
    score: int | None = None
    wishes: tuple[str, ...] = ()
    call_hours: tuple[time, time] | None = None
    received: datetime = field(repr=False)

    @property
    def says_nothing_else(self) -> bool:
        """Whether the reply was a score or a wish, and nothing that a person has to look at."""
        unclear = self.understanding.intent is Intent.UNCLEAR
        return unclear and (self.score is not None or bool(self.wishes))

    def among(self, loan_ids: Sequence[str]) -> Reading:
        """Return the same reading where only these of its loans are open."""
        around = evolve(self.context, loan_ids=tuple(loan_ids))
        plan = answer_for(self.understanding, around, received_on=self.received.date())
        return evolve(self, context=around, plan=plan)


@frozen(kw_only=True)
class ReadingRoom:
    """What every reply of a lender is read with; raise ConfigurationError for a menu of unknown meanings."""

    lender: Lender
    catalogue: Catalogue = field(repr=False)
    rules: ReplyRules = field(repr=False)
    overrides: Overrides = field(factory=Overrides, repr=False)
    access_codes: AccessCodes = field(factory=dict[str, frozenset[Purpose]])
    reader: Reader | None = None

    def __attrs_post_init__(self) -> None:
        known = set(Intent)
        for template in self.catalogue.templates.values():
            if not set(template.menu.values()) <= known:
                raise ConfigurationError(
                    f"{template.place}: menu: expected meanings out of {', '.join(sorted(known))}",
                    f"{template.place}：menu：应为 {', '.join(sorted(known))} 之一",
                )

    @property
    def country(self) -> str:
        """The country whose calendar and order of day and month hold."""
        return self.lender.jurisdiction.partition("-")[0]

    def local(self, at: datetime) -> datetime:
        """Return a moment on the lender's clock, where no record of the person is at hand."""
        return at.astimezone(ZoneInfo(plausible_zones(self.country)[0]))

    def read(self, message: InboundMessage, trail: Trail) -> Reading:
        """Return what `message` means to the debtor of `trail`."""
        text, received = message.text.reveal(), self.local(message.received_at)
        answered, about, purposes, sure = self._answers(message, trail)
        template = self.catalogue.templates.get((answered.template, answered.locale)) if answered else None
        context = ReplyContext(
            purpose=answered.purpose if answered else _only(purposes),
            kind=answered.template if answered else "",
            menu={key: Intent(told) for key, told in template.menu.items()} if template else {},
            language=answered.locale if answered else "",
            zone=str(received.tzinfo),
            country=self.country,
            overrides=self.overrides,
            loan_ids=self._loans(message, trail, answered if sure else None),
            wrong_person=trail.wrong_person,
        )
        chosen = _chosen_loan(text, answered, trail)
        if chosen is not None:
            context, meant = evolve(context, loan_ids=(chosen[0],)), chosen[1]
        else:
            meant = understand(text, context=context, received_at=received, reader=self.reader)
        return Reading(
            answered=answered,
            about=about,
            purposes=purposes,
            context=context,
            understanding=meant,
            plan=answer_for(meant, context, received_on=received.date()),
            score=score_in(text, template.scale) if template and template.scale else None,
            wishes=wishes_in(text) if meant.intent is not Intent.OPT_OUT else (),
            call_hours=hours_to_ring(text) if _asks_for_a_call(meant) else None,
            received=received,
        )

    def _answers(
        self, message: InboundMessage, trail: Trail
    ) -> tuple[Answered | None, Answered | None, frozenset[Purpose], bool]:
        """Return the message answered, the one it is about, a refusal's purposes, and whether it is known."""
        named = trail.message(message.reply_to) if message.reply_to else None
        if named is not None:
            return named, named, frozenset({named.purpose}), True
        sent_there = self._of_access_code(message.access_code)
        told = [
            one
            for one in self._messages(message, trail)
            if one.purpose not in CONSENT_FREE and (not sent_there or one.purpose in sent_there)
        ]
        if not told:
            return None, None, sent_there, False
        subject = [one for one in told if not one.template.startswith(_ANSWERS)] or told
        recent = [one for one in subject if message.received_at - one.at <= self.rules.recent]
        return told[0], subject[0], frozenset(one.purpose for one in (subject[0], *recent)), False

    def _of_access_code(self, code: str) -> frozenset[Purpose]:
        found = [prefix for prefix in self.access_codes if prefix and code.startswith(prefix)]
        return self.access_codes[max(found, key=len)] if found else frozenset()

    def _messages(self, message: InboundMessage, trail: Trail) -> list[Answered]:
        return trail.messages(message.received_at, self.rules.answers_for, self.rules.skew)

    def _loans(self, message: InboundMessage, trail: Trail, sure: Answered | None) -> tuple[str, ...]:
        told = [sure] if sure else self._messages(message, trail)
        return tuple(dict.fromkeys(loan for one in told for loan in one.loan_ids))


def _asks_for_a_call(meant: Understanding) -> bool:
    return any(one.intent is Intent.CALL_ME for one in meant.all)


def _only(purposes: Iterable[Purpose]) -> Purpose | None:
    found = list(purposes)
    return found[0] if len(found) == 1 else None


def _chosen_loan(text: str, answered: Answered | None, trail: Trail) -> tuple[str, Understanding] | None:
    """Return the loan a person named when asked which, with what they had said of it; None where they named none."""
    if answered is None or answered.template != WHICH_LOAN:
        return None
    before = trail.replies.get(answered.step.removeprefix(REPLY_STEP), {})
    loans = before.get("asked_of", ())
    said = unicodedata.normalize("NFKC", text).strip().casefold()
    if not isinstance(loans, tuple) or not said or len(said) > _LONGEST_REFERENCE:
        return None
    meant = [one for one in map(str, loans) if said in (tail_of(one).casefold(), one.casefold())]
    if len(meant) != 1:
        return None
    day, intent = before.get("promise_on"), Intent(str(before["intent"]))
    on = datetime.fromisoformat(str(day)).date() if day else None
    finding = Finding(intent=intent, rule="which_loan", span=(0, len(text)), confidence=_CONFIRMED, on=on)
    return meant[0], Understanding(
        intent=intent, confidence=_CONFIRMED, span=finding.span, promise_on=on, all=(finding,)
    )


def stops_asked(readings: Iterable[Reading]) -> tuple[Scope, frozenset[Purpose]] | None:
    """Return how far the stop in a reply goes, over all whom its number may stand for; None where it asks for none."""
    scopes = [one.plan.suppress for one in readings if one.plan.suppress is not None]
    if not scopes:
        return None
    purposes = frozenset[Purpose]().union(*(one.purposes for one in readings))
    # Who got nothing lately reads as "all", because nothing is known of them; another of the number was written to.
    return (Scope.KIND if Scope.KIND in scopes else Scope.ALL), purposes
