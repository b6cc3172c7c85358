"""A page as a PNG: a palette of few colours, no time and no text chunk in it, so equal pages are equal bytes."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from loansms.documents.face import Face
from loansms.documents.page import Disc, Page, Panel, Words
from loansms.documents.palette import palette
from loansms.errors import MissingExtra
from loansms.model.card import Picture
from loansms.privacy import Secret

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

_ROUND = 4  # a circle is drawn this many times larger and brought down, so that its edge is smooth


def picture(page: Page, face: Face, *, scale: float = 2.0, colours: int = 32) -> Picture:
    """Return `page` as a PNG of `scale` pixels a point with at most `colours` colours (2 to 256).

    Raise MissingExtra without the extra `mms`.
    """
    try:
        from PIL import Image, ImageDraw  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("mms", "pictures of documents") from None
    width, height = round(page.width * scale), round(page.height * scale)
    sheet = Image.new("RGB", (width, height), "#ffffff")
    draw = ImageDraw.Draw(sheet)
    for item in page.items:
        match item:
            case Panel():
                _panel(draw, item, scale)
            case Disc():
                _disc(sheet, item, scale)
            case Words():
                _words(draw, item, face.path, scale)
    chosen = Image.new("P", (1, 1))
    # Pillow reads 256 entries: what is not given is the first colour again.
    known = palette(page, colours)
    chosen.putpalette([part for one in (*known, *(known[:1] * (256 - len(known)))) for part in one])
    few = sheet.quantize(palette=chosen, dither=Image.Dither.NONE)
    few.putpalette([part for one in known for part in one])
    written = BytesIO()
    few.save(written, "PNG", compress_level=6)
    return Picture(content=Secret(written.getvalue()), width=width, height=height)


def _panel(draw: ImageDraw.ImageDraw, item: Panel, scale: float) -> None:
    left, top = round(item.x * scale), round(item.y * scale)
    right, bottom = round((item.x + item.width) * scale), round((item.y + item.height) * scale)
    # The far edge belongs to the rectangle in Pillow; a rule is one pixel at least.
    draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=item.colour)


def _disc(sheet: Image.Image, item: Disc, scale: float) -> None:
    from PIL import Image, ImageDraw  # noqa: PLC0415 - an extra

    left, top = round((item.x - item.radius) * scale), round((item.y - item.radius) * scale)
    side = round(2 * item.radius * scale)
    large = Image.new("L", (side * _ROUND, side * _ROUND))
    ImageDraw.Draw(large).ellipse((0, 0, side * _ROUND - 1, side * _ROUND - 1), fill=255)
    sheet.paste(item.colour, (left, top, left + side, top + side), large.reduce(_ROUND))


def _words(draw: ImageDraw.ImageDraw, item: Words, path: Path, scale: float) -> None:
    font, x = _font(path, item.size * scale), item.x
    for char, advance in zip(item.text, item.advances, strict=True):
        # Character by character: the places are the page's, not those of a hinted font.
        draw.text((x * scale, item.y * scale), char, fill=item.colour, font=font, anchor="ls")
        x += advance


@lru_cache(64)
def _font(path: Path, size: float) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415 - an extra

    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
