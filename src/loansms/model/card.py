"""A card SMS (阅信 and its like): a picture with buttons for phones that show it, a plain SMS for the others."""

from __future__ import annotations

from urllib.parse import urlsplit

from attrs import field, frozen

from loansms.model.lender import Lender
from loansms.privacy import Secret


@frozen(kw_only=True)
class Picture:
    """A PNG; `width` and `height` in pixels."""

    content: Secret[bytes] = field(repr=False)
    width: int
    height: int

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.content.reveal())


@frozen
class Button:
    """A button and where it leads."""

    label: str
    link: str = field(repr=False)


@frozen(kw_only=True)
class Card:
    """What a card shows; ``fallback`` is the SMS where no card arrives. Which of the two did, a receipt tells."""

    title: Secret[str] = field(repr=False)
    picture: Picture = field(repr=False)
    buttons: tuple[Button, ...] = ()
    fallback: Secret[str] = field(repr=False)

    def stays_with(self, lender: Lender) -> bool:
        """Whether every button leads, by plain https, to a host of the lender's `link_allowlist`."""
        return all(_listed(one.link, lender) for one in self.buttons)


def _listed(link: str, lender: Lender) -> bool:
    try:
        parts = urlsplit(link)
        plain = parts.port is None and parts.username is None
    except ValueError:
        return False
    return (
        plain and parts.scheme == "https" and parts.hostname in {one.lower() for one in lender.link_allowlist}
    )
