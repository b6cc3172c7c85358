"""A typeface as documents need it: what it can draw, and how wide each character is.

Chinese type needs a font with some thirty thousand glyphs, so none ships here: it comes with the extra `mms`
(Noto Sans SC and Noto Sans TC, SIL Open Font License 1.1) or from a path of the host's. One font cannot serve both
scripts: the same character is drawn otherwise on the mainland than in Taiwan, and commas stand in the middle there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

from loansms.errors import ConfigurationError, MissingExtra

MISSING: Final = "〓"
"""Drawn for a character the typeface lacks: the mark that Chinese and Japanese printers set in its place."""

TIED: Final = "\u00a0"
"""A blank at which no line ends (U+00A0)."""
_INSTALLED: Final = {"zh-CN": "pylopdf_fonts_zh_cn", "zh-Hant": "pylopdf_fonts_zh_tw"}
_MIDDLE: Final = 0.25  # em: where the ink of a comma begins that does not stand to the left
_BLANK: Final = re.compile(rf"[^\S{TIED}]+")


@frozen(eq=False)
class Face:
    """One font file; make it with `installed` or `at`.

    ``widths`` maps a code point to its advance in em. The ten digits have one advance, so that columns of
    figures stand under one another; a font whose digits differ is refused. ``centred`` says that its commas
    and full stops stand in the middle of their square, as traditional Chinese has them.
    """

    path: Path
    widths: Mapping[int, float] = field(repr=False)
    centred: bool = False

    @classmethod
    def installed(cls, locale: str = "zh-CN") -> Face:
        """Return the typeface of the extra `mms` for a locale; raise MissingExtra where it is not installed."""
        try:
            found: Any = import_module(_INSTALLED.get(locale, _INSTALLED["zh-CN"]))
        except ImportError:
            raise MissingExtra("mms", "documents") from None
        return cls.at(found.sans_path())

    @classmethod
    def at(cls, path: str | Path) -> Face:
        """Return the typeface of a TrueType or OpenType file (.ttf, .otf).

        Raise ConfigurationError for a file that is no such font, has no Chinese, or has digits of unlike
        widths, MissingExtra without the extra `mms`.
        """
        return _face(Path(path))

    def width(self, char: str) -> float:
        """Return the advance of one character in em; that of `MISSING` where the typeface lacks it."""
        found = self.widths.get(ord(char))
        return self.widths[ord(MISSING)] if found is None else found

    def lacks(self, text: str) -> bool:
        """Whether a character of `text` cannot be drawn."""
        return any(ord(char) not in self.widths for char in plain(text))

    def drawable(self, text: str) -> str:
        """Return `text` in one line, without control and format characters, `MISSING` for what it lacks."""
        return "".join(char if ord(char) in self.widths else MISSING for char in plain(text))


def plain(text: str) -> str:
    """Return `text` composed (NFC), in one line, without characters that draw nothing.

    >>> plain(" 张\\u200b三 \\n a\\x00b ")
    '张三 ab'
    """
    spaced = _BLANK.sub(" ", unicodedata.normalize("NFC", text))
    return "".join(char for char in spaced if unicodedata.category(char)[0] != "C").strip()


@cache
def _face(path: Path) -> Face:
    try:
        library: Any = import_module("fontTools.ttLib")
        pens: Any = import_module("fontTools.pens.boundsPen")
    except ImportError:
        raise MissingExtra("mms", "documents") from None
    try:
        with path.open("rb") as file, library.TTFont(file, lazy=True, fontNumber=0) as font:
            advances, em = font["hmtx"].metrics, font["head"].unitsPerEm
            widths = {code: advances[name][0] / em for code, name in font.getBestCmap().items()}
            widths[ord(TIED)] = widths[ord(" ")]  # drawn as a blank
            comma = pens.BoundsPen(None)
            if ord("，") in widths:
                font.getGlyphSet()[font.getBestCmap()[ord("，")]].draw(comma)
    except (OSError, library.TTLibError, KeyError, AttributeError):
        raise ConfigurationError(
            f"font {path.name}: expected a readable TrueType or OpenType file (.ttf, .otf)",
            f"字体 {path.name}：应为可读取的 TrueType 或 OpenType 文件（.ttf、.otf）",
        ) from None
    if any(ord(char) not in widths for char in f"年，{MISSING}¥0123456789"):
        raise ConfigurationError(
            f"font {path.name}: expected a font with Chinese characters and punctuation, such as Noto Sans SC",
            f"字体 {path.name}：应含中文字符和标点，例如 Noto Sans SC",
        )
    if len({widths[ord(digit)] for digit in "0123456789"}) > 1:
        raise ConfigurationError(
            f"font {path.name}: expected digits of one width, so that columns of figures line up",
            f"字体 {path.name}：数字宽度应一致，以便金额对齐",
        )
    return Face(path, widths, centred=bool(comma.bounds) and comma.bounds[0] / em > _MIDDLE)
