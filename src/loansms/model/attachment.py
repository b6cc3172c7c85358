"""A document that goes with a message: its exact bytes, known for good by their SHA-256.

>>> notice = Attachment(name="notice-17.pdf", media_type="application/pdf", content=Secret(b"%PDF-1.4"))
>>> notice, notice.size
(Attachment(name='notice-17.pdf', media_type='application/pdf'), 8)
>>> notice.told["sha256"][:12]
'e16fa5d9b519'
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from attrs import field, frozen

from loansms.errors import CallerError
from loansms.model.record import Json
from loansms.privacy import Secret

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_TYPE: Final = re.compile(r"[a-z]{1,32}/[a-z0-9.+-]{1,64}", re.ASCII)


def _named(_instance: object, _attribute: Any, name: str) -> None:
    if not _NAME.fullmatch(name) or re.search(r"\d{7}", name):
        raise CallerError(
            "attachment: name: expected a file name such as notice-17.pdf, with no number of seven digits or more",
            "附件名称：应为 notice-17.pdf 形式的文件名，且不含七位及以上的数字",
        )


def _typed(_instance: object, _attribute: Any, media_type: str) -> None:
    if not _TYPE.fullmatch(media_type):
        raise CallerError(
            "attachment: media_type: expected one such as application/pdf",
            "附件类型：应为 application/pdf 形式",
        )


@frozen(kw_only=True)
class Attachment:
    """One file; nothing of its content shows in a repr.

    ``words`` are its sentences in the language `locale`, which are reviewed before it goes; a file whose words nobody
    gives has none. ``agreed_on`` is there for a document that may go only where its reader agreed to be served so (a
    legal notice): the day of that agreement as the document names it.
    """

    name: str = field(validator=_named)
    media_type: str = field(validator=_typed)
    content: Secret[bytes] = field(repr=False)
    words: Secret[tuple[str, ...]] = field(factory=lambda: Secret(()), repr=False)
    locale: str = field(default="", repr=False)
    agreed_on: date | None = field(default=None, repr=False)

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.content.reveal()).hexdigest()

    @property
    def size(self) -> int:
        """The bytes of the file."""
        return len(self.content.reveal())

    @property
    def told(self) -> Mapping[str, Json]:
        """What a record says of it: name, type, bytes and digest."""
        return {"name": self.name, "type": self.media_type, "bytes": self.size, "sha256": self.digest}
