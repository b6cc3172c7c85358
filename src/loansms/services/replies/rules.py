"""How replies are taken in, as data: what an opt-out reaches in which country, and whose a case is by when.

>>> [one.code for one in stops_of(Scope.KIND, "CN", [Purpose.MARKETING])]
['marketing_refused']
>>> [sorted(one.channels) for one in stops_of(Scope.KIND, "CN", [Purpose.COLLECTION])]
[[<Channel.MMS: 'mms'>, <Channel.SMS: 'sms'>]]
>>> [one.code for one in stops_of(Scope.KIND, "US", [Purpose.COLLECTION])]
['opted_out']
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from attrs import evolve, field, frozen

from loansms.calendars import WorkCalendar
from loansms.errors import CallerError
from loansms.files import read_toml, structure
from loansms.model import Channel, Purpose
from loansms.replies import CaseKind, Scope
from loansms.stores import OPTED_OUT

WRONG_PERSON: Final = "wrong_person"
"""The suppression code of a number that is not the borrower's."""

# A refusal leaves codes, alerts and the notice the law requires before a report to a credit bureau.
STOPPED: Final = frozenset(Purpose) - {Purpose.OTP, Purpose.SECURITY_ALERT, Purpose.CREDIT_PRENOTICE}


@frozen(kw_only=True)
class StopReach:
    """What an opt-out stops: with `code` these purposes on every channel, else these purposes on `channels`.

    ``rule`` is the rule of the pack it follows.
    """

    rule: str = ""
    code: str = ""
    purposes: frozenset[Purpose] = frozenset[Purpose]()
    channels: frozenset[Channel] = frozenset[Channel]()


@frozen(kw_only=True)
class Ownership:
    """Whose a case is (a role of the lender's), and in how many working days it is answered; ``source`` says who set that."""

    owner: str
    workdays: int
    source: str = ""

    def due(self, opened_on: date, calendar: WorkCalendar) -> date:
        """Return the last day to answer a case of that day."""
        return calendar.add_workdays(opened_on, self.workdays)


def _owned(given: Mapping[CaseKind, Ownership]) -> Mapping[CaseKind, Ownership]:
    if missing := sorted(set(CaseKind) - given.keys()):
        raise CallerError(
            f"case: expected an owner for every kind, missing {', '.join(missing)}",
            f"case：每类工单都应有处理人，缺少 {'、'.join(missing)}",
        )
    return given


@frozen(kw_only=True)
class ReplyRules:
    """The rules of `services/data/replies.toml`, or a host's own in their place."""

    answers_for_days: int
    skew_seconds: int
    recent_hours: int
    answer_within_hours: int
    confirm_within_minutes: int
    reach: Mapping[str, Mapping[Purpose, StopReach]] = field()
    case: Mapping[CaseKind, Ownership] = field(converter=_owned)

    @classmethod
    def load(cls, path: str | Path) -> ReplyRules:
        """Read rules of your own from a TOML file; raise ConfigurationError naming file and key."""
        source = Path(path)
        return structure(read_toml(source), cls, source.name)

    @property
    def answers_for(self) -> timedelta:
        """How long after a message a reply may answer it."""
        return timedelta(days=self.answers_for_days)

    @property
    def skew(self) -> timedelta:
        """How much later than its reply a message may seem."""
        return timedelta(seconds=self.skew_seconds)

    @property
    def recent(self) -> timedelta:
        """How far back an opt-out reaches where only recency tells what it answers."""
        return timedelta(hours=self.recent_hours)

    def confirm_until(self, stopped_at: datetime, allowed: timedelta | None) -> datetime:
        """Return until when a stop may be confirmed; `allowed` is what the packs leave, None where they say nothing."""
        own = timedelta(minutes=self.confirm_within_minutes)
        return stopped_at + min(own, allowed or own)

    @property
    def answer_within(self) -> timedelta:
        """How old a reply may be to be answered by a template."""
        return timedelta(hours=self.answer_within_hours)


@cache
def reply_rules() -> ReplyRules:
    """Return the rules that ship."""
    place = files("loansms.services").joinpath("data", "replies.toml")
    return structure(tomllib.loads(place.read_text(encoding="utf-8")), ReplyRules, "replies.toml")


ALL: Final = StopReach(code=OPTED_OUT, purposes=STOPPED)
"""What a refusal of everything stops."""


def stops_of(
    scope: Scope, jurisdiction: str, purposes: Iterable[Purpose], rules: ReplyRules | None = None
) -> tuple[StopReach, ...]:
    """Return what an opt-out of `scope` stops; `purposes` are those of the messages it may answer.

    Where one of them is not in the country's table, or none is known, all is stopped: a stop that reaches too far is put
    right by a person, one that is missed is not.
    """
    named = (rules or reply_rules()).reach.get(jurisdiction.partition("-")[0], {})
    answered = frozenset(purposes)
    if scope is Scope.ALL or not answered or not answered <= named.keys():
        return (ALL,)
    found: dict[tuple[str, frozenset[Channel]], StopReach] = {}
    for kind in sorted(answered):
        one = named[kind]
        before = found.get((one.code, one.channels))
        own = one.purposes or frozenset({kind})
        reached = own | before.purposes if before else own
        found[one.code, one.channels] = evolve(one, purposes=reached)
    return tuple(found.values())
