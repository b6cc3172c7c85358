"""What the words of a text mean, in the order they stand: the senses of ``lexicon/senses.toml``.

A sentence about a debt is made of few senses: who acts (we, an impostor, a court), towards whom (you, kin, a
boss), what (tell, visit, sue, help), and how it is meant (never, if, you may). Chinese words are met longest first,
English ones by the word, by the phrase or by their beginning.

>>> [name_of(one) for one in senses("我们不会告诉您的家人")]
['we', 'never', 'tell', 'you', 'kin']
>>> [name_of(one) for one in senses("we will visit your neighbours")]
['we', 'future', 'visit', 'you', 'neighbour']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Final

from attrs import frozen

from loansms.compliance.files import lexicon_file

_TOKEN: Final = re.compile(r"[a-z']+(?:-[a-z]+)?|[\u3400-\u9fff]+")
_FIRST_CHINESE: Final = "\u3400"
_LETTER: Final = "\ue000"  # senses are written in letters for private use, which no text in plain form holds


@frozen
class _Words:
    """The words of every sense and, by first character or word, how long they are, the longest first."""

    chinese: dict[str, str]
    chinese_lengths: dict[str, tuple[int, ...]]
    english: dict[tuple[str, ...], str]
    english_lengths: dict[str, tuple[int, ...]]
    beginnings: dict[str, str]


def senses(text: str) -> str:
    """Return the senses in a piece of plain text, a letter each, in order; a word of several gives each of them."""
    known = _words()
    found: list[str] = []
    tokens: list[str] = _TOKEN.findall(text)
    at, end = 0, len(tokens)
    while at < end:
        token = tokens[at]
        if token >= _FIRST_CHINESE:
            found.append(_chinese(token))
            at += 1
            continue
        for length in known.english_lengths.get(token, ()):
            met = known.english.get(tuple(tokens[at : at + length]))
            if met is not None:
                found.append(met)
                at += length
                break
        else:
            found.append(_begun(token))
            at += 1
    return "".join(found)


def letters(*names: str) -> frozenset[str]:
    """Return the letters of the senses named."""
    every = list(lexicon_file("senses"))
    return frozenset(chr(ord(_LETTER) + every.index(name)) for name in names)


def name_of(letter: str) -> str:
    """Return the name in the lexicon of a sense that `senses` gave."""
    return list(lexicon_file("senses"))[ord(letter) - ord(_LETTER)]


@lru_cache(maxsize=4096)
def _chinese(run: str) -> str:
    known = _words()
    found: list[str] = []
    at = 0
    while at < len(run):
        for length in known.chinese_lengths.get(run[at], ()):
            met = known.chinese.get(run[at : at + length])
            if met is not None:
                found.append(met)
                at += length
                break
        else:
            at += 1
    return "".join(found)


@lru_cache(maxsize=8192)
def _begun(word: str) -> str:
    """Return the senses of the longest beginning of `word` that the lexicon has."""
    beginnings = _words().beginnings
    return next((beginnings[word[:n]] for n in range(len(word), 1, -1) if word[:n] in beginnings), "")


@cache
def _words() -> _Words:
    chinese: dict[str, str] = {}
    english: dict[tuple[str, ...], str] = {}
    beginnings: dict[str, str] = {}
    for number, words in enumerate(lexicon_file("senses").values()):
        sense = chr(ord(_LETTER) + number)
        for word in words["zh"].split():
            chinese[word] = chinese.get(word, "") + sense
        for phrase in map(str.strip, words["en"].split(",")):
            if phrase.endswith("*"):
                beginnings[phrase[:-1]] = beginnings.get(phrase[:-1], "") + sense
            else:
                key = tuple(_TOKEN.findall(phrase))
                english[key] = english.get(key, "") + sense
    return _Words(chinese, _lengths(chinese), english, _lengths(english), beginnings)


def _lengths(words: Iterable[Sequence[str]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for word in words:
        found.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(several, reverse=True)) for first, several in found.items()}
