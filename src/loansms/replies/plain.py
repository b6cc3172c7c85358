"""The plain forms of a reply that the cues are written for, each with its way back to the text.

The Chinese form has no spaces and simplified characters, and what the input method mistook is put right; the English form
is words between single spaces, without apostrophes, with clauses parted by a comma. Width, case, look-alike letters and letters
spaced out are the same in both.

>>> chinese("退 訂，谢謝！").text, english("DON'T  text me!!").text
('退订,谢谢!', ' dont text me , ')
>>> english("s.t.o.p it").text
' stop it '
>>> chinese("我要 tui订").span(2, 4)
(3, 7)
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Final

from attrs import field, frozen

from loansms.replies.files import folds, spelt
from loansms.replies.spelling import meant
from loansms.text import CLAUSE_MARKS, Normalised, normalise

_KEEP: Final = CLAUSE_MARKS | {"、"}
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN: Final = re.compile(r"[a-z]")
_FIGURE: Final = re.compile(r"[0-9]")
_TOKEN: Final = re.compile(
    r"[$£€¥]?[0-9]+(?:[.,/:-][0-9]+)*(?:st|nd|rd|th|k|am|pm|d)?(?![a-z])|[a-z][a-z0-9]*(?:'[a-z]+)*|[0-9]+|[$£€¥?]|[.,;!、。\n:()\u3400-\u9fff]+"
)


@frozen
class Form:
    """A plain `text`; `at[i]` is where in it piece i begins, `starts[i]` and `ends[i]` bound that piece in the original."""

    text: str = field(repr=False)
    at: Sequence[int] = field(repr=False)
    starts: Sequence[int] = field(repr=False)
    ends: Sequence[int] = field(repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where `text[start:end]` lies in the original."""
        first = max(0, bisect_right(self.at, start) - 1)
        last = max(first, bisect_right(self.at, end - 1) - 1)
        # A cue begins with the space before its first word.
        if first < last and self.text[start] == " ":
            first = max(0, bisect_right(self.at, start + 1) - 1)
        return self.starts[first], self.ends[last]


def normal(text: str) -> Normalised:
    """Return the form both readings start from."""
    return normalise(text, keep=_KEEP)


def chinese(text: str, given: Normalised | None = None) -> Form | None:
    """Return the Chinese form of `text`, or None where nothing of it is Chinese."""
    base = given or normal(text)
    plain = base.text.translate(folds()) if not base.text.isascii() else base.text
    kept: Sequence[int] = range(len(plain))
    if " " in plain:
        kept = [place for place, char in enumerate(plain) if char != " "]
        plain = plain.replace(" ", "")
    starts: Sequence[int] = [base.offsets[one] for one in kept]
    ends: Sequence[int] = [base.ends[one] for one in kept]
    if _slips()[0].search(plain):
        plain, starts, ends = _put_right(plain, starts, ends)
    return Form(plain, range(len(plain)), starts, ends) if _CHINESE.search(plain) else None


def english(text: str, given: Normalised | None = None) -> Form | None:
    """Return the English form of `text`, or None where there is no Latin letter in it, nor a figure alone."""
    base = given or normal(text)
    plain = base.text if base.text.isascii() else base.text.translate(folds())
    if not _LATIN.search(plain) and (_CHINESE.search(plain) or not _FIGURE.search(plain)):
        return None
    pieces = [(_word(one[0]), *one.span()) for one in _TOKEN.finditer(plain)]
    words = list(_joined(pieces))
    at: list[int] = []
    place = 1
    for word, _, _ in words:
        at.append(place)
        place += len(word) + 1
    return Form(
        f" {' '.join(word for word, _, _ in words)} ",
        at,
        [base.offsets[start] for _, start, _ in words],
        [base.ends[end - 1] for _, _, end in words],
    )


def squeezed(text: str, given: Normalised | None = None) -> str:
    """Return the letters and figures of `text` alone, each run of one and the same letter as one.

    >>> squeezed("S-T-O-P-P!"), squeezed("ＴＤ。"), squeezed("$t0p")
    ('stop', 'td', 'stop')
    """
    base = (given or normal(text)).text.translate(folds())
    bare = "".join(one for one in base if one.isalnum() or one in "$@")
    if _LATIN.search(bare) and not bare.isalpha():
        bare = bare.translate(_LEET)
    if _slips()[0].search(bare):
        bare = _put_right(bare, range(len(bare)), range(len(bare)))[0]
    return "".join(one for one, _ in groupby(bare))


_LEET: Final = str.maketrans("013$5@", "oiessa")


def _word(token: str) -> str:
    if not (token[0].isalnum() or token[0] in "$£€¥?"):
        return ","
    word = token.replace("'", "")
    return meant(word) or word if word[0] in _MISSPELT else word


# First letters of what a misspelt stop word can begin with: asking of every word would be felt.
_MISSPELT: Final = frozenset("stuocrpadwxzevmn")


def _joined(pieces: list[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    """Join letters spaced out into a word: three or more single ones in a row."""
    if sum(len(word) == 1 and word.isalpha() for word, _, _ in pieces) < _SPACED:
        yield from pieces
        return
    run: list[tuple[str, int, int]] = []
    for piece in [*pieces, ("", 0, 0)]:
        single = len(piece[0]) == 1 and (piece[0].isalpha() or (piece[0] == "," and bool(run)))
        if single:
            run.append(piece)
            continue
        yield from _one_or_all(run)
        run = []
        if piece[0]:
            yield piece


_SPACED: Final = 3


def _one_or_all(run: list[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    letters = [piece for piece in run if piece[0] != ","]
    if len(letters) < _SPACED:
        yield from run
        return
    word = "".join(word for word, _, _ in letters)
    yield meant(word) or word, letters[0][1], letters[-1][2]
    if run[-1][0] == ",":
        yield run[-1]


@cache
def _slips() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return what finds a slip, and the right spelling of each by its letters, without what must follow them."""
    pairs = sorted(spelt(), key=lambda pair: -len(pair[0]))
    right = {slip.partition("(?")[0]: word for slip, word in pairs}
    return re.compile("|".join(slip for slip, _ in pairs)), right


def _put_right(
    plain: str, starts: Sequence[int], ends: Sequence[int]
) -> tuple[str, Sequence[int], Sequence[int]]:
    """Write every slip as it was meant; each character of the right spelling stands for the whole slip."""
    slips, right = _slips()
    parts: list[str] = []
    firsts: list[int] = []
    lasts: list[int] = []
    done = 0
    for slip in slips.finditer(plain):
        start, end = slip.span()
        word = right[slip[0]]
        parts += (plain[done:start], word)
        firsts += (*starts[done:start], *(starts[start] for _ in word))
        lasts += (*ends[done:start], *(ends[end - 1] for _ in word))
        done = end
    parts.append(plain[done:])
    return "".join(parts), [*firsts, *starts[done:]], [*lasts, *ends[done:]]


@frozen
class Forms:
    """A reply in every form it is read in: as given, with `bounds` of what is not blank in it, Chinese and English."""

    text: str = field(repr=False)
    base: Normalised = field(repr=False)
    zh: Form | None = field(repr=False)
    en: Form | None = field(repr=False)
    bounds: tuple[int, int] | None = None

    @classmethod
    def of(cls, text: str) -> Forms:
        """Return the forms of `text`."""
        base = normal(text)
        bare = text.strip()
        start = text.find(bare)
        return cls(
            text, base, chinese(text, base), english(text, base), (start, start + len(bare)) if bare else None
        )

    def each(self) -> Iterator[tuple[str, Form]]:
        """Yield the language and the form of each that the reply has."""
        if self.zh is not None:
            yield "zh", self.zh
        if self.en is not None:
            yield "en", self.en
