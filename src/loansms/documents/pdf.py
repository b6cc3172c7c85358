"""Pages as a PDF: real text in an embedded subset of the typeface, no time in it, equal bytes for equal pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from threading import Lock
from typing import Any, Final

from attrs import field, frozen

from loansms.documents.face import Face
from loansms.documents.outlines import subset
from loansms.documents.page import Disc, Page, Panel, Words
from loansms.errors import MissingExtra
from loansms.privacy import Secret

_ONE_AT_A_TIME: Final = Lock()
"""reportlab keeps fonts in tables of the process, by name: two documents at once would take each other's away."""


@frozen(kw_only=True)
class Pdf:
    """A PDF of `pages` pages; `digest` is the SHA-256 of its bytes in hex, for a record of delivery to name."""

    content: Secret[bytes] = field(repr=False)
    pages: int
    digest: str

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.content.reveal())


def pdf(pages: Sequence[Page], face: Face, *, title: str, author: str, locale: str) -> Pdf:
    """Return `pages` as one PDF. Raise MissingExtra without the extra `mms`."""
    try:
        ttfonts: Any = import_module("reportlab.pdfbase.ttfonts")
        fonts: Any = import_module("reportlab.pdfbase.pdfmetrics")
        canvases: Any = import_module("reportlab.pdfgen.canvas")
    except ImportError:
        raise MissingExtra("mms", "PDF documents") from None
    chars = sorted({char for page in pages for item in _texts(page) for char in item.text})
    name = f"Loansms{sha256(''.join(chars).encode()).hexdigest()[:8]}"
    outlines = subset(face.path, chars, name)
    written = BytesIO()
    with _ONE_AT_A_TIME:
        font = ttfonts.TTFont(name, BytesIO(outlines))
        fonts.registerFont(font)
        try:
            canvas = canvases.Canvas(
                written, invariant=1, pageCompression=1, lang=locale, initialFontName=name
            )
            canvas.setTitle(title)
            canvas.setAuthor(author)
            for page in pages:
                canvas.setPageSize((page.width, page.height))
                _draw(canvas, page, name)
                canvas.showPage()
            canvas.save()
        finally:
            _forget(fonts, font)
    content = written.getvalue()
    return Pdf(content=Secret(content), pages=len(pages), digest=sha256(content).hexdigest())


def _forget(fonts: Any, font: Any) -> None:
    """Take `font` out of reportlab's tables, which would keep one for each document for as long as a process runs."""
    for table in ("_fonts", "_dynFaceNames"):
        known: dict[str, Any] = getattr(fonts, table, {})
        for name in [name for name, one in known.items() if one is font]:
            del known[name]


def _texts(page: Page) -> Iterator[Words]:
    return (item for item in page.items if isinstance(item, Words))


def _draw(canvas: Any, page: Page, font: str) -> None:
    for item in page.items:
        canvas.setFillColor(item.colour)
        match item:
            case Panel():
                bottom = page.height - item.y - item.height
                canvas.rect(item.x, bottom, item.width, item.height, stroke=0, fill=1)
            case Disc():
                canvas.circle(item.x, page.height - item.y, item.radius, stroke=0, fill=1)
            case Words():
                for x, run in _runs(item):
                    canvas.setFont(font, item.size)
                    canvas.drawString(x, page.height - item.y, run)


def _runs(item: Words) -> Iterable[tuple[float, str]]:
    """Return the pieces of a line with their places, cut where two characters stand nearer or wider than usual."""
    x, start, run = item.x, item.x, ""
    for at, (char, advance) in enumerate(zip(item.text, item.advances, strict=True)):
        run += char
        x += advance
        if at == len(item.text) - 1 or at in item.apart:
            yield start, run
            start, run = x, ""
