"""Where a line may end: no mark at a line's start that belongs to what stands before it (避头尾).

After CLREQ and GB/T 15834-2011, 5.1 (both recalled): closing marks never begin a line, opening ones never end
one, a dash or an ellipsis is not cut; a figure stays with its unit, a word and a number in one piece. The line
is short by a character or two instead. A word wider than the line is cut, since nothing may leave the page.

>>> breaks("应还金额：1,256.30元。", [1.0] * 15, 6.0)
['应还金额：', '1,256.', '30元。']
>>> breaks("甲乙丙丁。戊", [1.0] * 6, 4.0)
['甲乙丙', '丁。戊']
>>> breaks("Pay on time", [0.5] * 11, 3.0)
['Pay on', 'time']
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from loansms.documents.face import TIED
from loansms.documents.spacing import UNITS

NO_START: Final = frozenset("，。、；：？！）》〉】」』〕”’…—～·％%‰℃,.;:?!)]}々")
NO_END: Final = frozenset("（《〈【「『〔“‘([{¥￥$€£")
_WORD: Final = re.compile(
    r"(?:\u00a0|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u2018-\u201f\u2026\u2014\U00020000-\U000323af])+|.",
    re.DOTALL,
)


def breaks(text: str, advances: Sequence[float], width: float) -> list[str]:
    """Return `text` cut into lines of at most `width`; `advances` are those of its characters, in one unit."""
    upto = (0.0, *accumulate(advances))
    lines: list[str] = []
    start = end = 0
    for first, last in _pieces(text):
        inked = first + len(text[first:last].rstrip())  # blanks at a line's end may hang over
        if end > start and upto[inked] - upto[start] > width:
            lines.append(text[start:end])
            start = first
        while upto[inked] - upto[start] > width:
            cut = _fitting(upto, start, width)
            lines.append(text[start:cut])
            start = cut
        end = last
    lines.append(text[start:end])
    return [line.strip() for line in lines if line.strip()]


def _fitting(upto: Sequence[float], start: int, width: float) -> int:
    """Return where a piece that is too wide is cut: one character at least goes on the line."""
    cut = start + 1
    while cut + 1 < len(upto) and upto[cut + 1] - upto[start] <= width:
        cut += 1
    return cut


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Return the spans between which a line may end."""
    start = 0
    for end in (found.end() for found in _WORD.finditer(text)):
        if end == len(text) or _may_end(text, end):
            yield start, end
            start = end


def _may_end(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if after.isspace() or before == TIED or before in NO_END or after in NO_START:
        return False
    return not ((before.isdigit() and after in UNITS) or (before in "年月" and after.isdigit()))
