"""A document as multimedia messages: pictures made small enough, split where they must be, and packed.

Packing is `multipart/related` with the SMIL first (RFC 2387), as MM7 and most gateways take it. What is measured
against a limit is the packed message, base64 and all: whoever carries the parts in binary has a quarter to spare.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.message import MIMEPart
from email.policy import SMTP
from functools import cached_property
from hashlib import sha256
from typing import Final

from attrs import define, field

from loansms.documents.document import Document
from loansms.documents.limits import SizeLimit
from loansms.documents.smil import smil
from loansms.errors import CallerError
from loansms.model import Picture
from loansms.privacy import Secret

# Pixels a point and colours, the best first. One pixel a point is as small as a phone still shows legibly.
_QUALITIES: Final = ((2.0, 32), (2.0, 12), (1.5, 16), (1.5, 8), (1.0, 8))


@define(frozen=True, kw_only=True, slots=False)
class MmsPackage:
    """One multimedia message, number `part` of `parts`; ``fallback`` is the SMS for a phone that takes none."""

    subject: Secret[str] = field(repr=False)
    text: Secret[str] = field(repr=False)
    fallback: Secret[str] = field(repr=False)
    pictures: tuple[Picture, ...] = field(repr=False)
    part: int = 1
    parts: int = 1

    @cached_property
    def content(self) -> Secret[bytes]:
        """The message as a MIME entity with its headers, equal for equal parts."""
        names = [f"page{number}.png" for number in range(1, len(self.pictures) + 1)]
        whole = MIMEPart(policy=SMTP)
        whole["Subject"] = self.subject.reveal()
        whole["MIME-Version"] = "1.0"
        whole["Content-Type"] = 'multipart/related; type="application/smil"; start="<smil>"'
        said = self.text.reveal().encode()
        parts = [
            ("smil", "application", "smil", "layout.smil", smil(names, "words.txt")),
            ("words", "text", "plain", "words.txt", said),
            *(
                (name.removesuffix(".png"), "image", "png", name, one.content.reveal())
                for name, one in zip(names, self.pictures, strict=True)
            ),
        ]
        for content_id, main, sub, name, inside in parts:
            part = MIMEPart(policy=SMTP)
            part.set_content(inside, maintype=main, subtype=sub, cid=f"<{content_id}>", disposition="inline")
            part.set_param("name", name)
            if main == "text":
                part.set_param("charset", "utf-8")
            part["Content-Location"] = name
            whole.attach(part)
        # A boundary of the content's own instead of a random one: equal messages are equal bytes.
        whole.set_boundary(f"=_{sha256(b''.join(one[4] for one in parts)).hexdigest()[:32]}")
        return Secret(whole.as_bytes())

    @property
    def size(self) -> int:
        """Bytes of the packed message."""
        return len(self.content.reveal())


def packages(document: Document, limit: SizeLimit, *, at_most: int = 3) -> tuple[MmsPackage, ...]:
    """Return `document` as multimedia messages within `limit`, in as few as it takes, `at_most` of them.

    Pictures lose colours, then size, until all fit into one message; where even the smallest do not, the pages are
    divided among several. Raise CallerError where that is too many or one page alone is too large.
    """
    best: tuple[MmsPackage, ...] = ()
    for scale, colours in _QUALITIES:
        made = _divided(document, document.pictures(scale=scale, colours=colours), limit)
        if made and (not best or len(made) < len(best)):
            best = made
        if len(best) == 1:
            break
    if not best or len(best) > at_most:
        raise CallerError(
            f"limit: the {document.kind} does not fit {at_most} messages of {limit.message} bytes:"
            " send the PDF by another channel, or take a larger limit",
            f"limit：{document.kind} 无法装入 {at_most} 条 {limit.message} 字节的彩信，请改用其他渠道发送 PDF 或放宽限制",
        )
    return best


def _divided(document: Document, pictures: Sequence[Picture], limit: SizeLimit) -> tuple[MmsPackage, ...]:
    """Return `pictures` in messages filled one after another; nothing where one of them fits none."""
    groups: list[list[Picture]] = [[]]
    for one in pictures:
        if limit.picture is not None and one.size > limit.picture:
            return ()
        if groups[-1] and _package(document, [*groups[-1], one], 9, 9).size > limit.message:
            groups.append([])
        groups[-1].append(one)
    made = tuple(_package(document, group, at, len(groups)) for at, group in enumerate(groups, 1))
    return made if all(one.size <= limit.message for one in made) else ()


def _package(document: Document, pictures: Sequence[Picture], part: int, parts: int) -> MmsPackage:
    turn = f" ({part}/{parts})" if parts > 1 else ""
    return MmsPackage(
        subject=Secret(f"{document.content.title}{turn}"),
        text=document.caption,
        fallback=document.fallback,
        pictures=tuple(pictures),
        part=part,
        parts=parts,
    )
