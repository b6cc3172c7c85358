"""The rules of the data files, compiled at the first reply, and where they find something in a plain form.

>>> from loansms.replies.plain import chinese
>>> form = chinese("我失业了")
>>> [rule.id for rule, _ in findings("cues", "zh", form)] if form else []
['hardship.said']
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Final

from attrs import frozen

from loansms.replies.files import data
from loansms.replies.intent import Intent
from loansms.replies.plain import Form

LANGUAGES: Final = ("zh", "en")
_CLASS: Final = re.compile(r"(?<!\(\?)(?<!\(\?P)<([a-z]+)>")
_TRIES: Final = 12  # cues of one rule that may be turned round before it is left: what one reply can hold


@frozen(eq=False)
class Rule:
    """One rule: its cues by language, and the words (`unless`) that turn a cue round where they overlap it.

    ``yields``: any clearer meaning goes before it; ``doubtful``: a person reads the reply even so.
    """

    id: str
    intent: Intent
    confidence: float
    rank: int
    cues: Mapping[str, re.Pattern[str]]
    unless: Mapping[str, re.Pattern[str]]
    yields: bool = False
    doubtful: bool = False

    def found(self, form: Form, language: str) -> tuple[int, int] | None:
        """Return where the first cue that nothing turns round stands in the form, if one does."""
        cues = self.cues[language]
        one = cues.search(form.text)
        if one is None:
            return None
        unless = self.unless.get(language)
        lifted = [each.span() for each in unless.finditer(form.text)] if unless else []
        for _ in range(_TRIES):
            if one is None:
                return None
            start, end = one.span()
            if not any(first < end and start < last for first, last in lifted):
                return start, end
            one = cues.search(form.text, start + 1)
        return None


def findings(name: str, language: str, form: Form) -> Iterator[tuple[Rule, tuple[int, int]]]:
    """Yield each rule of a data file that finds something in a form, and where."""
    for rule in _of_language(name)[language]:
        span = rule.found(form, language)
        if span is not None:
            yield rule, span


@cache
def _of_language(name: str) -> dict[str, tuple[Rule, ...]]:
    return {one: tuple(rule for rule in rules(name) if one in rule.cues) for one in LANGUAGES}


@cache
def rules(name: str) -> tuple[Rule, ...]:
    """Return the rules of a data file."""
    ranks = data("intents")["rank"]
    return tuple(
        Rule(
            one["id"],
            Intent(one["intent"]),
            one["confidence"],
            one.get("rank", ranks[one["intent"]]),
            _compiled(one, ""),
            _compiled(one, "_unless"),
            one.get("yields", False),
            one.get("doubtful", False),
        )
        for one in data(name)["rule"]
    )


def _compiled(rule: Mapping[str, Any], kind: str) -> dict[str, re.Pattern[str]]:
    return {
        language: one_of(rule[language + kind], language)
        for language in LANGUAGES
        if rule.get(language + kind)
    }


def one_of(patterns: list[str], language: str) -> re.Pattern[str]:
    """Return the pattern that finds any of `patterns`; those of English are of whole words."""
    expanded = (expand(one, language) for one in patterns)
    return re.compile("|".join(_of_words(one) if language == "en" else f"(?:{one})" for one in expanded))


def _of_words(pattern: str) -> str:
    """Write a pattern so that it begins with the space before its first word and ends before one."""
    start, end = " ", "(?= )"
    if pattern.startswith("^ "):
        pattern, start = pattern[2:], "^ "
    if pattern.endswith(" $"):
        pattern, end = pattern[:-2], "(?= $)"
    return f"{start}(?:{pattern}){end}"


@lru_cache(maxsize=4096)
def expand(pattern: str, language: str) -> str:
    """Write the classes of words.toml out in a pattern.

    >>> expand("<weekday>", "zh")
    '(?:(?:周|星期|礼拜)[一二三四五六日天末1-7])'
    """
    classes = data("words")[language]
    return _CLASS.sub(lambda found: _written(found[1], classes, language), pattern)


def _written(name: str, classes: Mapping[str, str], language: str) -> str:
    inner = expand(classes[name], language)
    return inner if name in {"gap", "far"} else f"(?:{inner})"
