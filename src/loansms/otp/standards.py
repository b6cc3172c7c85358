"""Whether a profile keeps what it claims: clauses as data, each with its source and how far that was verified.

A floor holds for every profile; beside it, every standard the profile names. A clause is a setting that is
checked, or something the library holds whatever the profile says, or something left to the host: the last is
shown, never claimed. A clause nobody here has read is marked R and shown as unverified.

>>> from attrs import evolve
>>> from loansms.otp.profiles import LENDER
>>> check_profile(LENDER)
()
>>> check_profile(evolve(LENDER, digits=4))[0].told()
'digits: got 4, needed: >= 6 (NIST SP 800-63B-4, 3.1.3.2 (as quoted); OWASP ASVS 5.0, V6.5.4)'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cache

from attrs import field, frozen

from loansms.errors import ConfigurationError
from loansms.otp.coherence import WORDS, Shortfall, are_several, contradictions, shown
from loansms.otp.files import packaged_clauses
from loansms.otp.profile import DAY, Profile

FLOOR = "floor"
"""The standard that every profile is held to, named or not."""

Value = int | str | tuple[str, ...] | None
"""What is compared: a number (None = no limit), a word, several words."""


def _plain(value: object) -> Value:
    """Return a setting as clauses state it: spans in whole seconds, rounded up; sets in order."""
    if isinstance(value, timedelta):
        return -(-value // timedelta(seconds=1))
    if isinstance(value, int | str) or value is None:
        return value
    if are_several(value):
        return tuple(sorted(str(one) for one in value))
    raise TypeError(f"a clause compares no {type(value).__name__}")


class Held(StrEnum):
    """Who keeps a clause: a setting of the profile, the library's code, or the host."""

    SETTING = "setting"
    CODE = "code"
    HOST = "host"


@frozen(kw_only=True)
class Clause:
    """One clause of a standard in our own words; ``verified`` is V1, V2, R (unverified) or house.

    Of a setting: ``measure``, ``operator`` and ``bound``; ``of`` and ``within`` (seconds) for sends. ``where``
    names the module that holds a clause of the code.
    """

    standard: str
    clause: str
    citation: str
    verified: str
    en: str
    zh: str
    held: Held = field(default=Held.SETTING, converter=Held)
    measure: str = ""
    operator: str = ""
    bound: Value = field(default=None, converter=_plain)
    of: str = ""
    within: int = 0
    where: str = ""

    @property
    def unverified(self) -> bool:
        """Whether nobody here has read it in any source."""
        return self.verified == "R"

    @property
    def subject(self) -> str:
        """What is measured, in one word or a few."""
        if self.of:
            return f"sends of {self.of} in {self.within} s"
        return _SUBJECTS.get(self.measure, (self.measure, ""))[0]

    @property
    def subject_zh(self) -> str:
        """The same in Chinese."""
        if self.of:
            return f"{self.of} 在 {self.within} 秒内的发送次数"
        return _SUBJECTS.get(self.measure, ("", self.measure))[1]

    def told(self, lang: str = "en") -> str:
        """Return what it asks, in `lang` (en or zh-CN)."""
        return self.zh if lang.startswith("zh") else self.en


@frozen(kw_only=True)
class Claim:
    """One clause and how a profile stands to it; `got` is the setting, `met` is None where the host must do it."""

    clause: Clause
    got: Value
    met: bool | None

    @property
    def shown(self) -> str:
        """The setting as it is told, or who keeps the clause: code, host."""
        return shown(self.got) if self.clause.held is Held.SETTING else self.clause.held.value


@cache
def clauses() -> tuple[Clause, ...]:
    """Return every clause that ships, in the order of the table."""
    return tuple(Clause(**row) for row in packaged_clauses())


def standards() -> tuple[str, ...]:
    """Return the names a profile may claim."""
    return tuple(dict.fromkeys(one.standard for one in clauses() if one.standard != FLOOR))


def claims(profile: Profile) -> tuple[Claim, ...]:
    """Return every clause that `profile` is held to: the floor and what it names, in the order of the table."""
    named = {FLOOR, *profile.standards}
    return tuple(_claim(clause, profile) for clause in clauses() if clause.standard in named)


def check_profile(profile: Profile) -> tuple[Shortfall, ...]:
    """Return what `profile` falls short of: its own contradictions, unknown standards, then clause by clause."""
    known = standards()
    unknown = [
        Shortfall(
            field="standards",
            got=name,
            needed=f"one of {', '.join(known)}",
            needed_zh=f"{'、'.join(known)} 之一",
            clause="house: coherence",
        )
        for name in profile.standards
        if name not in known
    ]
    missed = [_shortfall(one) for one in claims(profile) if one.met is False]
    # A standard may repeat the floor word for word: that is told once.
    return tuple(dict.fromkeys((*contradictions(profile), *unknown, *missed)))


def require_sound(profile: Profile) -> Profile:
    """Return `profile` when nothing is missing.

    Raise ConfigurationError with every shortfall: the field, what it is, what was needed, and the clause.
    """
    missing = check_profile(profile)
    if missing:
        raise ConfigurationError(
            f"profile {profile.name}: {'; '.join(one.told() for one in missing)}",
            f"配置 {profile.name}：{'；'.join(one.told('zh-CN') for one in missing)}",
        )
    return profile


def most(profile: Profile, name: str, within: timedelta) -> int | None:
    """Return how many sends the rule `name` admits in any window of `within`, None when nothing limits them."""
    rule = profile.rule(name)
    if rule is None or rule.guard is not None:
        return None
    sound = [rate for rate in rule.rates if rate.window > timedelta(0)]
    return min([rate.count * -(-within // rate.window) for rate in sound], default=None)


def _claim(clause: Clause, profile: Profile) -> Claim:
    if clause.held is not Held.SETTING:
        return Claim(clause=clause, got=None, met=True if clause.held is Held.CODE else None)
    got = _measured(clause, profile)
    return Claim(clause=clause, got=got, met=_OPERATORS[clause.operator](got, clause.bound))


def _measured(clause: Clause, profile: Profile) -> Value:
    if clause.measure == "sends":
        return most(profile, clause.of, timedelta(seconds=clause.within))
    if clause.measure == "left":
        return _left(profile)
    if clause.measure == "in_a_row":
        # Each device's lane adds to a full window, so with lanes the ceiling alone bounds them all.
        return profile.failure_ceiling if profile.device_lane else profile.failures
    return _plain(getattr(profile, clause.measure))


def _left(profile: Profile) -> int | None:
    """Return what unconfirmed sends leave of the carrier's day, None when no day is kept."""
    day = most(profile, "carrier", DAY)
    strangers = most(profile, "phone_unconfirmed", DAY)
    if day is None:
        return None
    return 0 if strangers is None else max(day - strangers, 0)


def _at_least(got: Value, bound: Value) -> bool:
    return got is None or (isinstance(got, int) and isinstance(bound, int) and got >= bound)


def _at_most(got: Value, bound: Value) -> bool:
    return isinstance(got, int) and isinstance(bound, int) and got <= bound


def _inside(got: Value, bound: Value) -> bool:
    return isinstance(got, tuple) and isinstance(bound, tuple) and bool(got) and set(got) <= set(bound)


def _some(got: Value, _bound: Value) -> bool:
    return bool(got)


def _is(got: Value, bound: Value) -> bool:
    return got == bound


_OPERATORS: Mapping[str, Callable[[Value, Value], bool]] = {
    ">=": _at_least,
    "<=": _at_most,
    "within": _inside,
    "some": _some,
    "is": _is,
}
_SUBJECTS = {
    "left": ("carrier less phone_unconfirmed in 86400 s", "86400 秒内 carrier 减去 phone_unconfirmed 的余量"),
    "in_a_row": (
        "failures in a row (failure_ceiling while device_lane is not 0)",
        "连续失败次数（device_lane 不为 0 时为 failure_ceiling）",
    ),
}
_NEEDED: Mapping[str, tuple[str, str]] = {
    ">=": (">= {}", ">= {}"),
    "<=": ("<= {}", "<= {}"),
    "within": ("none but {}", "仅限 {}"),
    "some": ("at least one", "至少一项"),
    "is": ("{}", "{}"),
}
_NO_LIMIT = "no limit"


def _shortfall(claim: Claim) -> Shortfall:
    clause = claim.clause
    needed, needed_zh = _NEEDED[clause.operator]
    bound = shown(clause.bound)
    limitless = claim.got is None and clause.operator == "<="
    return Shortfall(
        field=clause.subject,
        got=_NO_LIMIT if limitless else shown(claim.got),
        needed=needed.format(bound),
        needed_zh=needed_zh.format(WORDS.get(bound, bound)),
        clause=clause.citation,
        verified=clause.verified,
        field_zh=clause.subject_zh,
    )
