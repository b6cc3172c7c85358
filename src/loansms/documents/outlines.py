"""The few glyphs of a document as a TrueType font of their own, for a PDF to carry.

reportlab embeds TrueType outlines only, and the free Chinese fonts are drawn in PostScript (CFF) ones. The
glyphs that a document uses, a hundred or so, are turned into quadratic curves here, to within one thousandth
of an em. The same font comes out for the same text, to the byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final

from attrs import field, frozen

from loansms.errors import MissingExtra

_ERROR: Final = 1 / 1000  # em: a hair at any size that is read
_ONE_AT_A_TIME: Final = Lock()
"""fontTools reads a font bit by bit as it is asked, which two threads may not do at once."""


@frozen(eq=False)
class _Source:
    """A font that stays open, since reading its tables takes longer than drawing a document's glyphs.

    ``glyphs`` are those drawn before, by their names: a lender's documents use the same few hundred.
    """

    font: Any
    known: Mapping[int, str]
    drawn: Any
    glyphs: dict[str, Any] = field(factory=dict[str, Any])


def subset(path: Path, text: Iterable[str], name: str) -> bytes:
    """Return a TrueType font called `name` with the characters of `text` that the font at `path` has.

    Raise MissingExtra without the extra `mms`.
    """
    tools = _tools()
    with _ONE_AT_A_TIME:
        return _subset(_source(path), sorted(set(text)), name, tools)


def _subset(source: _Source, chars: list[str], name: str, tools: dict[str, Any]) -> bytes:
    wanted = {ord(char): source.known[ord(char)] for char in chars if ord(char) in source.known}
    names = [".notdef", *dict.fromkeys(wanted.values())]
    advances, line, em = source.font["hmtx"].metrics, source.font["hhea"], source.font["head"].unitsPerEm
    glyphs = {one: _quadratic(source, one, em, tools) for one in names}
    made = tools["fontBuilder"].FontBuilder(em, isTTF=True)
    made.setupGlyphOrder(names)
    made.setupCharacterMap(wanted)
    made.setupGlyf(glyphs)
    made.setupHorizontalMetrics({one: (advances[one][0], _left(glyphs[one])) for one in names})
    made.setupHorizontalHeader(ascent=line.ascent, descent=line.descent)
    made.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    made.setupOS2(sTypoAscender=line.ascent, sTypoDescender=line.descent)
    made.setupPost()
    # The time of writing would make two equal documents differ.
    made.font.recalcTimestamp = False
    made.font["head"].created = made.font["head"].modified = 0
    written = BytesIO()
    made.save(written)
    return written.getvalue()


@cache
def _source(path: Path) -> _Source:
    font = _tools()["ttLib"].TTFont(BytesIO(path.read_bytes()), lazy=True, fontNumber=0)
    return _Source(font, font.getBestCmap(), font.getGlyphSet())


def _quadratic(source: _Source, name: str, em: int, tools: dict[str, Any]) -> Any:
    found = source.glyphs.get(name)
    if found is None:
        pen = tools["pens.ttGlyphPen"].TTGlyphPen(None)
        # PostScript contours turn the other way than TrueType ones; what is filled does not depend on it here.
        source.drawn[name].draw(tools["pens.cu2quPen"].Cu2QuPen(pen, em * _ERROR))
        found = source.glyphs[name] = pen.glyph()
        found.recalcBounds(None)
    return found


def _left(glyph: Any) -> int:
    return int(glyph.xMin) if glyph.numberOfContours else 0


def _tools() -> dict[str, Any]:
    names = ("ttLib", "fontBuilder", "pens.ttGlyphPen", "pens.cu2quPen")
    try:
        return {name: import_module(f"fontTools.{name}") for name in names}
    except ImportError:
        raise MissingExtra("mms", "PDF documents") from None
