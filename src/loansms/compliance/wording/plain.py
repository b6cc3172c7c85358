"""The plain form of a text alone: all that most rules ask of words that were proved before.

It is the plain form that `read` cuts into sentences, without the cutting.

>>> words = plain("您已逾期，请还款。")
>>> words.plain, words.span(0, 4)
('您已逾期,请还款。', (0, 4))
"""

from __future__ import annotations

import re
from typing import Final

from attrs import field, frozen

from loansms.text import CLAUSE_MARKS, Normalised, normalise, read_as

_KEEP: Final = CLAUSE_MARKS | set(":【】")
_FOLDS: Final = read_as()
# Most texts hold none of them.
_FOLDED: Final = re.compile(f"[{re.escape(''.join(map(chr, _FOLDS)))}]")


@frozen
class Plain:
    """A text in its plain form with the way back."""

    original: str = field(repr=False)
    plain: str = field(repr=False)
    normalised: Normalised = field(repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where `plain[start:end]` lies in the original."""
        return self.normalised.span(start, end)


def plain(text: str) -> Plain:
    """Return `text` in plain form."""
    normalised = normalise(text, keep=_KEEP)
    shown = normalised.text
    return Plain(text, shown.translate(_FOLDS) if _FOLDED.search(shown) else shown, normalised)
