"""A rule in words, as a lawyer reads it: whom it binds, what it asks, since when, and by whose word.

>>> asked({"count": 3, "period": {"kind": "rolling", "days": 7}}, "en")
[('at most', '3'), ('period', 'in any 7 days')]
>>> hours({"days": "mon-sun", "from": "09:00", "to": "20:00", "on": "workday"}, "en")
'every day 09:00 to before 20:00, on workdays, make-up workdays included'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final, cast

from loansms.cli.rule_labels import label, parameter
from loansms.cli.wording import tell
from loansms.compliance import Rule
from loansms.compliance.rule import ANY
from loansms.insights.wording import is_chinese
from loansms.model import Purpose

_FEW: Final = 3  # purposes left out that are quicker to name than those that remain
_UNITS: Final = ("days", "hours", "minutes")
# What a lawyer wrote in whole sentences, or names that are nobody's code: shown as they stand.
_WRITTEN: Final = frozenset(
    {"calendar", "citation", "literal", "message_en", "message_zh", "regex", "supersedes"}
)


def asked(params: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """Return each parameter of a check as (what it asks, its value), both in words."""
    return [(parameter(name, lang), in_words(name, value, lang)) for name, value in params.items()]


def in_words(name: str, value: object, lang: str) -> str:
    """Return the value of the parameter or field of that name in words."""
    if name in _WRITTEN and isinstance(value, str):
        return value
    return _SPECIAL[name](value, lang) if _is_special(name, value) else worded(value, lang)


def worded(value: object, lang: str) -> str:
    """Return any value of a pack in words: lists with commas, tables as "name: value"."""
    if isinstance(value, bool):
        return tell("yes" if value else "no", lang)
    if isinstance(value, str):
        return label(value, lang)
    if isinstance(value, Mapping):
        told = cast("Mapping[str, object]", value).items()
        return "; ".join(f"{label(name, lang)}: {worded(one, lang)}" for name, one in told)
    if isinstance(value, list | tuple):
        return _joined((worded(one, lang) for one in cast("Iterable[object]", value)), lang)
    return "–" if value is None else str(value)


def hours(one: Mapping[str, Any], lang: str) -> str:
    """Return open hours in words."""
    before = one.get("to_inclusive") is not True
    told = tell(
        "rule.hours_before" if before else "rule.hours", lang, days=label(one["days"], lang), start=one["from"], end=one["to"]
    )  # fmt: skip
    return _joined((told, *([label(one["on"], lang)] if one.get("on") else [])), lang)


def period(one: Mapping[str, Any], lang: str) -> str:
    """Return the stretch of time a cap counts over, in words."""
    stretch = " ".join(f"{one[unit]} {label(unit, lang)}" for unit in _UNITS if unit in one)
    if one.get("kind") == "rolling":
        return tell("rule.rolling", lang, stretch=stretch)
    if one.get("kind") == "calendar":
        days = one.get("days", 1)
        return tell("rule.daily", lang) if days == 1 else tell("rule.calendar", lang, count=str(days))
    return " ".join(part for part in (label(str(one.get("kind")), lang), stretch) if part)


def limit(one: Mapping[str, Any], lang: str) -> str:
    """Return one limit of a cap in words, with what it counts."""
    told = tell("rule.limit", lang, count=str(one["count"]), period=period(one["period"], lang))
    return f"{told} ({worded(one['classes'], lang)})" if one.get("classes") else told


def applies(rule: Rule, lang: str) -> str:
    """Return which messages a rule looks at, in few words; what it does not narrow is left out."""
    narrowed = [
        worded(rule.applies.channels, lang) if ANY not in rule.applies.channels else "",
        _purposes(rule, lang),
        tell("rule.to", lang, roles=worded(rule.applies.recipient_roles, lang))
        if ANY not in rule.applies.recipient_roles
        else "",
        label(rule.applies.party, lang) if rule.applies.party != "any" else "",
    ]
    return "; ".join(one for one in narrowed if one) or tell("rule.every", lang)


def dates(rule: Rule, lang: str) -> str:
    """Return since when and until when a rule binds; a dash where no date was established."""
    start, end = rule.effective_from, rule.effective_to
    if end is not None:
        return tell("rule.until", lang, start=_day(start), end=_day(end))
    return tell("rule.since", lang, start=_day(start)) if start else "–"


def mark(rule: Rule, confirmed: Mapping[str, str]) -> str:
    """Return the mark of a citation, with a sign where counsel has confirmed a recalled one."""
    return f"{rule.verified or '–'}{' ✓' if rule.id in confirmed else ''}"


def in_full(rule: Rule, confirmed: Mapping[str, str], lang: str) -> list[tuple[str, str]]:
    """Return all a rule says as (heading, words), both messages included."""
    lifted = rule.override
    by = label(lifted.by, lang) if lifted else ""
    rows = [
        ("authority", label(rule.authority.value, lang)),
        ("severity", label(rule.severity.value, lang)),
        ("binds", rule.jurisdiction if rule.jurisdiction != ANY else tell("rule.anywhere", lang)),
        ("applies", applies(rule, lang)),
        ("check", label(rule.check.type, lang)),
    ]
    rows = [(tell(f"rule.{key}", lang), told) for key, told in rows]
    rows += [(f"  {name}", told) for name, told in asked(rule.check.params, lang)]
    more = [
        ("clock", label(rule.tz, lang) if rule.tz else ""),
        ("days_off", rule.calendar or ""),
        ("dates", dates(rule, lang)),
        ("supersedes", rule.supersedes or ""),
        ("lifted", tell("rule.lifted_reason", lang, by=by) if lifted and lifted.needs_reason else by),
        ("citation", rule.citation),
        ("mark", label(rule.verified, lang) if rule.verified else "–"),
        ("confirmed", confirmed.get(rule.id, "")),
        ("english", rule.message_en),
        ("chinese", rule.message_zh),
    ]
    return rows + [(tell(f"rule.{key}", lang), told) for key, told in more if told]


def _purposes(rule: Rule, lang: str) -> str:
    named = [one for one in Purpose if one in rule.applies.purposes]
    left = [one.value for one in Purpose if one not in rule.applies.purposes]
    if not left:
        return ""
    if len(left) <= _FEW:
        return tell("rule.all_but", lang, some=worded(left, lang))
    return worded([one.value for one in named], lang)


def _joined(parts: Iterable[str], lang: str) -> str:
    return ("、" if is_chinese(lang) else ", ").join(parts)


def _day(on: date | None) -> str:
    return on.isoformat() if on else "…"


def _each(told: Callable[[Mapping[str, Any], str], str]) -> Callable[[Any, str], str]:
    return lambda listed, lang: "; ".join(told(one, lang) for one in listed)


# Parameters that hold tables of their own shape.
_SPECIAL: Final[Mapping[str, Callable[[Any, str], str]]] = {
    "allow": _each(hours),
    "limits": _each(limit),
    "period": period,
}


def _is_special(name: str, value: object) -> bool:
    """Return whether a value is a table, or a list of tables, as `_SPECIAL` reads them."""
    first = next(iter(cast("list[object]", value)), None) if isinstance(value, list) else value
    return name in _SPECIAL and isinstance(first, Mapping)
