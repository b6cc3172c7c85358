"""Make a card SMS whose buttons lead to the lender's own hosts only."""

from __future__ import annotations

from collections.abc import Sequence

from loansms.errors import CallerError
from loansms.model import Lender
from loansms.model.card import Button, Card, Picture
from loansms.privacy import Secret


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
    made = Card(title=title, picture=picture, buttons=tuple(buttons), fallback=fallback)
    if not made.stays_with(lender):
        raise CallerError(
            "buttons: expected an https link to a host of the lender's link_allowlist",
            "buttons：应为指向 link_allowlist 所列域名的 https 链接",
        )
    return made
