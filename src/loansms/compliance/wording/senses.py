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
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from attrs import frozen

from loansms.compliance.files import lexicon_file

_TOKEN: Final = re.compile(r"[a-z']+(?:-[a-z]+)?|[\u3400-\u9fff]+")
_FIRST_CHINESE: Final = "\u3400"
_LETTER: Final = "\ue000"  # senses are written in letters for private use, which no text in plain form holds


@frozen
class _Words:
    """The words of every sense: Chinese by word, English by first word and by beginning."""

    chinese: dict[str, tuple[str, ...]]
    lengths: dict[str, tuple[int, ...]]
    english: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]
    beginnings: dict[str, tuple[str, ...]]


def senses(text: str) -> str:
    """Return the senses in a piece of plain text, a letter each, in order; a word of several gives each of them."""
    known = _words()
    found: list[str] = []
    tokens: list[str] = _TOKEN.findall(text)
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token >= _FIRST_CHINESE:
            found += _chinese(token)
            at += 1
            continue
        phrases = known.english.get(token)
        met = None if phrases is None else next(_phrases(phrases, tokens, at), None)
        if met is None:
            found += _begun(token)
            at += 1
        else:
            found += met[1]
            at += len(met[0])
    return "".join(found)


def letters(*names: str) -> frozenset[str]:
    """Return the letters of the senses named."""
    every = list(lexicon_file("senses"))
    return frozenset(chr(ord(_LETTER) + every.index(name)) for name in names)


def name_of(letter: str) -> str:
    """Return the name in the lexicon of a sense that `senses` gave."""
    return list(lexicon_file("senses"))[ord(letter) - ord(_LETTER)]


def _phrases(
    phrases: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...], tokens: list[str], at: int
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the phrases that stand at this place, the longest first."""
    return (
        phrase
        for phrase in phrases
        if len(phrase[0]) == 1 or tuple(tokens[at : at + len(phrase[0])]) == phrase[0]
    )


@lru_cache(maxsize=4096)
def _chinese(run: str) -> tuple[str, ...]:
    known = _words()
    found: list[str] = []
    at = 0
    while at < len(run):
        for length in known.lengths.get(run[at], ()):
            met = known.chinese.get(run[at : at + length])
            if met is not None:
                found += met
                at += length
                break
        else:
            at += 1
    return tuple(found)


@lru_cache(maxsize=8192)
def _begun(word: str) -> tuple[str, ...]:
    """Return the senses of the longest beginning of `word` that the lexicon has."""
    beginnings = _words().beginnings
    return next((beginnings[word[:n]] for n in range(len(word), 1, -1) if word[:n] in beginnings), ())


@cache
def _words() -> _Words:
    chinese: dict[str, tuple[str, ...]] = {}
    english: dict[tuple[str, ...], tuple[str, ...]] = {}
    beginnings: dict[str, tuple[str, ...]] = {}
    for number, words in enumerate(lexicon_file("senses").values()):
        sense = chr(ord(_LETTER) + number)
        for word in words["zh"].split():
            chinese[word] = (*chinese.get(word, ()), sense)
        for written in map(str.strip, words["en"].split(",")):
            if written.endswith("*"):
                beginnings[written[:-1]] = (*beginnings.get(written[:-1], ()), sense)
            else:
                key = tuple(_TOKEN.findall(written))
                english[key] = (*english.get(key, ()), sense)
    by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for phrase, of in sorted(english.items(), key=lambda pair: -len(pair[0])):
        by_first.setdefault(phrase[0], []).append((phrase, of))
    lengths: dict[str, set[int]] = {}
    for word in chinese:
        lengths.setdefault(word[0], set()).add(len(word))
    return _Words(
        chinese,
        {first: tuple(sorted(several, reverse=True)) for first, several in lengths.items()},
        {first: tuple(several) for first, several in by_first.items()},
        beginnings,
    )
