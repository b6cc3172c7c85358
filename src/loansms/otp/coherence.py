"""What a profile may not say in contradiction to itself, before any standard is asked.

>>> from attrs import evolve
>>> from loansms.otp.profiles import LENDER
>>> [fault.field for fault in contradictions(evolve(LENDER, failure_reserve=10, device_lane=6))]
['failure_reserve', 'device_lane']
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from typing import TypeGuard

from attrs import frozen

from loansms.otp.profile import COUNTED, GUARD, BucketRule, Profile

_NOTHING = timedelta(0)
_COUNTRY = re.compile(r"[A-Z]{2}")


@frozen(kw_only=True)
class Shortfall:
    """One setting that does not hold: which, what it is, what was needed, and the clause that asks for it."""

    field: str
    got: str
    needed: str
    needed_zh: str
    clause: str
    verified: str = "house"
    field_zh: str = ""

    def told(self, lang: str = "en") -> str:
        """Return one line in `lang` (en or zh-CN)."""
        if lang.startswith("zh"):
            mark = "，未核实" if self.verified == "R" else ""
            field, got = self.field_zh or self.field, WORDS.get(self.got, self.got)
            return f"{field}：当前为 {got}，要求：{self.needed_zh}（{self.clause}{mark}）"
        mark = ", unverified" if self.verified == "R" else ""
        return f"{self.field}: got {self.got}, needed: {self.needed} ({self.clause}{mark})"


WORDS = {"yes": "是", "no": "否", "none": "无", "no limit": "无限制"}
"""What `shown` says for values that are no numbers or names, in Chinese."""


def contradictions(profile: Profile) -> tuple[Shortfall, ...]:
    """Return each setting that contradicts another or itself, () when there is none."""
    told = [
        _fault(field, shown(getattr(profile, field)), needed, needed_zh)
        for field, holds, needed, needed_zh in _OF_A_PROFILE
        if not holds(profile)
    ]
    return (*told, *_of_rules(profile))


def shown(value: object) -> str:
    """Return a setting as it is told: spans in seconds, several in order."""
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g} s"
    if are_several(value):
        return ", ".join(sorted(str(one) for one in value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def are_several(value: object) -> TypeGuard[Collection[object]]:
    """Return whether a setting is several things, in any of Python's collections."""
    return isinstance(value, frozenset | set | tuple | list)


_OF_A_PROFILE: tuple[tuple[str, Callable[[Profile], bool], str, str], ...] = (
    ("name", lambda one: one.name.strip() != "", "a name", "名称"),
    ("lifetime", lambda one: one.lifetime > _NOTHING, "more than no time", "大于零"),
    ("grant_lifetime", lambda one: one.grant_lifetime > _NOTHING, "more than no time", "大于零"),
    (
        "resend_left",
        lambda one: _NOTHING <= one.resend_left < one.lifetime,
        "from 0 to less than the lifetime",
        "不小于零且小于 lifetime",
    ),
    ("failures", lambda one: one.failures >= 1, "at least 1", "至少为 1"),
    (
        "failure_window",
        lambda one: one.failure_window >= one.lifetime,
        "at least the lifetime, or one code could be guessed more often than `failures`",
        "不小于 lifetime，否则同一验证码的猜测次数会超过 failures",
    ),
    (
        "failure_ceiling",
        lambda one: one.failure_ceiling >= one.failures,
        "at least `failures`",
        "不小于 failures",
    ),
    (
        "failure_reserve",
        lambda one: 0 <= one.failure_reserve < one.failure_ceiling,
        "from 0 to less than `failure_ceiling`",
        "不小于零且小于 failure_ceiling",
    ),
    (
        "device_lane",
        lambda one: 0 <= one.device_lane <= one.failures,
        "from 0 to `failures`",
        "不小于零且不大于 failures",
    ),
    ("known_devices", lambda one: one.known_devices >= 1, "at least 1", "至少为 1"),
    ("known_device_for", lambda one: one.known_device_for > _NOTHING, "more than no time", "大于零"),
    (
        "countries",
        lambda one: (
            one.countries is None
            or (len(one.countries) > 0 and all(_COUNTRY.fullmatch(code) for code in one.countries))
        ),
        "ISO codes of two capital letters, such as CN; None for the lender's own",
        "两位大写 ISO 代码，如 CN；None 表示本机构所在地区",
    ),
)


def _of_rules(profile: Profile) -> Iterator[Shortfall]:
    often = Counter(rule.name for rule in profile.rules)
    for name, count in often.items():
        if name not in COUNTED:
            known = ", ".join(COUNTED)
            yield _fault(f"rules: {name}", "an unknown name", f"one of {known}", f"{known} 之一")
        if count > 1:
            yield _fault(f"rules: {name}", f"{count} rules", "one rule of a name", "同名规则只能有一条")
    for rule in profile.rules:
        for field, holds, got, needed, needed_zh in _OF_A_RULE:
            if not holds(rule):
                yield _fault(f"rules: {rule.name}: {field}", shown(got(rule)), needed, needed_zh)


def _shortest(rule: BucketRule) -> timedelta:
    return min((rate.window for rate in rule.rates), default=_NOTHING)


_OF_A_RULE: tuple[tuple[str, Callable[[BucketRule], bool], Callable[[BucketRule], object], str, str], ...] = (
    ("rates", lambda rule: len(rule.rates) > 0, lambda rule: rule.rates, "at least one rate", "至少一个速率"),
    (
        "count",
        lambda rule: all(rate.count >= 1 for rate in rule.rates),
        lambda rule: min(rate.count for rate in rule.rates),
        "at least 1",
        "至少为 1",
    ),
    (
        "window",
        lambda rule: all(rate.window > _NOTHING for rate in rule.rates),
        _shortest,
        "more than no time",
        "大于零",
    ),
    (
        "slot",
        lambda rule: not rule.rates or _NOTHING <= rule.slot * 2 <= max(_shortest(rule), _NOTHING),
        lambda rule: rule.slot,
        "from 0 to half of the shortest window",
        "不小于零且不超过最短窗口的一半",
    ),
    (
        "guard",
        lambda rule: (rule.guard is not None) == rule.name.endswith(GUARD),
        lambda rule: rule.guard is not None,
        f"a guard in the rules whose name ends in {GUARD}, and in no other",
        f"名称以 {GUARD} 结尾的规则须有 guard，其他规则不得有",
    ),
    (
        "guard.percent",
        lambda rule: rule.guard is None or rule.guard.percent >= 0,
        lambda rule: None if rule.guard is None else rule.guard.percent,
        "at least 0",
        "不小于零",
    ),
)


def _fault(field: str, got: str, needed: str, needed_zh: str) -> Shortfall:
    return Shortfall(field=field, got=got, needed=needed, needed_zh=needed_zh, clause="house: coherence")
