"""The few glyphs of a document as a TrueType font of their own, for a PDF to carry.

reportlab embeds TrueType outlines only, and the free Chinese fonts are drawn in PostScript (CFF) ones. The
glyphs that a document uses, a hundred or so, are turned into quadratic curves here, to within one thousandth
of an em. The same font comes out for the same text, to the byte.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from loansms.errors import MissingExtra

_ERROR: Final = 1 / 1000  # em: a hair at any size that is read


def subset(path: Path, text: Iterable[str], name: str) -> bytes:
    """Return a TrueType font called `name` with the characters of `text` that the font at `path` has."""
    tools = _tools()
    with path.open("rb") as file, tools["ttLib"].TTFont(file, lazy=True, fontNumber=0) as font:
        known = font.getBestCmap()
        wanted = {ord(char): known[ord(char)] for char in sorted(set(text)) if ord(char) in known}
        names = [".notdef", *dict.fromkeys(wanted.values())]
        em, drawn = font["head"].unitsPerEm, font.getGlyphSet()
        glyphs = {one: _quadratic(drawn[one], em, tools) for one in names}
        for each in glyphs.values():
            each.recalcBounds(None)
        advances, line = font["hmtx"].metrics, font["hhea"]
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


def _quadratic(glyph: Any, em: int, tools: dict[str, Any]) -> Any:
    pen = tools["pens.ttGlyphPen"].TTGlyphPen(None)
    # PostScript contours turn the other way than TrueType ones; which way is filled does not depend on it here.
    glyph.draw(tools["pens.cu2quPen"].Cu2QuPen(pen, em * _ERROR))
    return pen.glyph()


def _left(glyph: Any) -> int:
    return int(glyph.xMin) if glyph.numberOfContours else 0


def _tools() -> dict[str, Any]:
    names = ("ttLib", "fontBuilder", "pens.ttGlyphPen", "pens.cu2quPen")
    try:
        return {name: import_module(f"fontTools.{name}") for name in names}
    except ImportError:
        raise MissingExtra("mms", "PDF documents") from None
