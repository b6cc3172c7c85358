"""A card SMS (阅信 and its like): a picture with buttons for phones that show it, a plain SMS for the others."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from attrs import field, frozen

from loansms.documents.picture import Picture
from loansms.errors import CallerError
from loansms.model import Lender
from loansms.privacy import Secret


@frozen
class Button:
    """A button: its ``label``, and the ``link`` it opens, which no repr shows."""

    label: str
    link: str = field(repr=False)


@frozen(kw_only=True)
class Card:
    """What a card shows; ``fallback`` is the SMS where no card arrives. Which of the two did, a receipt tells."""

    title: Secret[str] = field(repr=False)
    picture: Picture = field(repr=False)
    buttons: tuple[Button, ...] = ()
    fallback: Secret[str] = field(repr=False)


def card(
    lender: Lender,
    *,
    title: Secret[str],
    picture: Picture,
    buttons: Sequence[Button] = (),
    fallback: Secret[str],
) -> Card:
    """Return a card whose buttons lead to the lender's own hosts only, by plain https.

    Raise CallerError for a link whose host is not in the lender's `link_allowlist`, or without a fallback.

    >>> lender = Lender.example()
    >>> shown = Picture(content=Secret(b""), width=390, height=520)
    >>> card(lender, title=Secret("t"), picture=shown, fallback=Secret("f"),
    ...      buttons=[Button("Pay", "https://pay.example.net/")])
    Traceback (most recent call last):
    loansms.errors.CallerError: buttons: expected an https link to a host of the lender's link_allowlist
    """
    if not fallback.reveal().strip() or not title.reveal().strip():
        raise CallerError("title, fallback: expected text", "title、fallback：不能为空")
    if not all(_listed(one.link, lender) for one in buttons):
        raise CallerError(
            "buttons: expected an https link to a host of the lender's link_allowlist",
            "buttons：应为指向 link_allowlist 所列域名的 https 链接",
        )
    return Card(title=title, picture=picture, buttons=tuple(buttons), fallback=fallback)


def _listed(link: str, lender: Lender) -> bool:
    try:
        parts = urlsplit(link)
        plain = parts.port is None and parts.username is None
    except ValueError:
        return False
    return (
        plain and parts.scheme == "https" and parts.hostname in {one.lower() for one in lender.link_allowlist}
    )
