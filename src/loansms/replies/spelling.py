"""Misspelt words that ask to stop: one slip of a finger away from the word, and no word of its own.

>>> meant("stpo"), meant("shop"), meant("unsubcribe"), meant("stoptexting"), meant("monday")
('stop', None, 'unsubscribe', 'stop', None)
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache
from itertools import groupby
from string import ascii_lowercase
from typing import Final

from loansms.replies.files import data

_LONG: Final = "unsubscribe"
_ALIKE: Final = (
    0.8  # share of letters in place; unsubscribe and subscribe differ by less, and are told apart by "un"
)
_GLUED: Final = re.compile(
    r"stop(?:text|txt|tex|mes|msg|sms|call|send|spam|contact|bother|haras|me$|it$|now|pls|please|plz|al$|this|these|the|sub|noti|remind)"
)


def meant(token: str) -> str | None:
    """Return the stop word that one word of a reply is a misspelling of, None where it is none."""
    if token in _slips():
        return _slips()[token]
    if token[0] == "u" and len(token) > 6:
        return _LONG if token.startswith(("un", "us", "ub")) and _alike(token) else None
    if token[0] == "s" and len(token) > 4:
        short = collapsed(token)
        return "stop" if short == "stop" or _GLUED.match(short) else None
    return None


def collapsed(text: str) -> str:
    """Return `text` with every run of one letter as one."""
    return "".join(one for one, _ in groupby(text))


def _alike(token: str) -> bool:
    return SequenceMatcher(None, collapsed(token), _LONG, autojunk=False).ratio() >= _ALIKE


@cache
def _slips() -> dict[str, str]:
    words = data("opt_out")["misspelt"]
    kept = frozenset(words["never"])
    return {
        slip: word for word in words["of"] for slip in _one_off(word) if slip not in kept and slip != word
    }


def _one_off(word: str) -> set[str]:
    """Return what one dropped, doubled, swapped, wrong or added letter makes of a word."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    dropped = {head + tail[1:] for head, tail in cuts if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    wrong = {head + one + tail[1:] for head, tail in cuts if tail for one in ascii_lowercase}
    added = {head + one + tail for head, tail in cuts for one in ascii_lowercase}
    return dropped | swapped | wrong | added
