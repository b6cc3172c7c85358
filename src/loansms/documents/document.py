"""A finished document: asked for as pictures of a phone's width, or as a PDF on A4."""

from __future__ import annotations

from attrs import field, frozen

from loansms.documents.blocks import Content, words
from loansms.documents.face import Face
from loansms.documents.files import style
from loansms.documents.pdf import Pdf, pdf
from loansms.documents.picture import picture
from loansms.documents.setting import pages
from loansms.model import Picture, Purpose
from loansms.privacy import Secret


@frozen(kw_only=True)
class Document:
    """What a lender sends; nothing of it shows in a repr.

    ``purpose`` is what a review and a consent check ask for. ``caption`` is the text beside the picture in a
    multimedia message, ``fallback`` the SMS for a phone that takes none.
    """

    kind: str
    locale: str
    purpose: Purpose
    content: Content = field(repr=False)
    caption: Secret[str] = field(repr=False)
    fallback: Secret[str] = field(repr=False)
    footer: str = field(repr=False)
    face: Face = field(repr=False)
    accent: str = ""

    @property
    def words(self) -> Secret[tuple[str, ...]]:
        """Every text of the document, its caption and its fallback, for a wording review."""
        return Secret((*words(self.content), self.caption.reveal(), self.fallback.reveal()))

    def pictures(self, *, scale: float = 2.0, colours: int = 32) -> tuple[Picture, ...]:
        """Return a PNG for each page: 390 points wide, `scale` pixels a point, at most `colours` colours.

        Raise MissingExtra without the extra `mms`.
        """
        made = pages(self.content, style("phone"), self.face, self.accent, self.footer)
        return tuple(picture(page, self.face, scale=scale, colours=colours) for page in made)

    def pdf(self) -> Pdf:
        """Return the document as a PDF on A4. Raise MissingExtra without the extra `mms`."""
        made = pages(self.content, style("sheet"), self.face, self.accent, self.footer)
        return pdf(
            made,
            self.face,
            title=self.face.drawable(self.content.title),
            author=self.content.sender,
            locale=self.locale,
        )
