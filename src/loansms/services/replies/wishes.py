"""How a person wants to be written to, read from a reply; and what the score of a survey is.

A wish is kept in the ledger and told with the history, so that the next plan heeds it. It is not an opt-out: what has to be
sent is still sent.

>>> wishes_in("短信别天天发，发英文的")
('less_often', 'in_english')
>>> [score_in(text, 5) for text in ("５", "5分", "6", "0", "5 texts a day")]
[5, 5, None, None, None]
>>> wanted = preferences_of(["mornings", "in_english", "evenings"])
>>> wanted.hours, wanted.language
((datetime.time(18, 0), datetime.time(21, 0)), 'en')
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import time
from functools import cache
from importlib.resources import files
from typing import Final

from attrs import frozen

from loansms.files import structure
from loansms.model import Channel, Preferences

_SCORE: Final = re.compile(
    r"\s*([0-9]{1,2})\s*(?:分|星|/\s*(?:5|10)|stars?|points?)?\s*[.!。！]?\s*", re.IGNORECASE
)
_MOST_READ: Final = 2000


@frozen(kw_only=True)
class _Wish:
    cues: tuple[str, ...]
    channel: Channel | None = None
    hours: tuple[str, ...] = ()
    language: str = ""

    @property
    def pattern(self) -> re.Pattern[str]:
        return _compiled(self.cues)


def preferences_of(names: Iterable[str]) -> Preferences:
    """Return the wishes of these names, in the order in which they were said; an unknown name says nothing."""
    found = Preferences()
    for name in names:
        found = found.then(_preference(name))
    return found


def _preference(name: str) -> Preferences:
    wish = _wishes().get(name)
    if wish is None:
        return Preferences()
    if wish.hours:
        first, last = (time.fromisoformat(one) for one in wish.hours)
        return Preferences(hours=(first, last))
    return Preferences(
        channel=wish.channel,
        language=wish.language,
        less_often=True if name == "less_often" else None,
        shorter=True if name == "shorter" else None,
    )


def wishes_in(text: str) -> tuple[str, ...]:
    """Return the names of the wishes in a reply, in the order of `wishes.toml`."""
    plain = unicodedata.normalize("NFKC", text[:_MOST_READ]).casefold()
    return tuple(name for name, one in _wishes().items() if one.pattern.search(plain))


def score_in(text: str, scale: int) -> int | None:
    """Return the score a reply is, 1 to `scale`; None where it says anything else."""
    found = _SCORE.fullmatch(unicodedata.normalize("NFKC", text))
    score = int(found[1]) if found else 0
    return score if 1 <= score <= scale else None


@cache
def _compiled(cues: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(cues))


@cache
def _wishes() -> Mapping[str, _Wish]:
    told = tomllib.loads(
        files("loansms.services").joinpath("data", "wishes.toml").read_text(encoding="utf-8")
    )
    return {name: structure(table, _Wish, f"wishes.toml {name}") for name, table in told.items()}
