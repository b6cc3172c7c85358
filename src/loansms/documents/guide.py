"""The guide to one way of paying, as a flow of numbered steps."""

from __future__ import annotations

from collections.abc import Sequence

from loansms.documents.blocks import Content, Flow, Paragraph, Step, Tone
from loansms.documents.document import Document
from loansms.documents.face import Face
from loansms.documents.files import wording
from loansms.documents.style import checked
from loansms.documents.written import Written, unnumbered
from loansms.errors import CallerError
from loansms.model import Lender, PayChannel, Purpose
from loansms.privacy import Secret


def guide(
    lender: Lender,
    way: str,
    *,
    channel: PayChannel | None = None,
    steps: Sequence[Step] = (),
    locale: str = "zh-CN",
    face: Face | None = None,
    accent: str = "",
) -> Document:
    """Return how to pay by one of the lender's channels, by default the one for all.

    `way` says what the channel is: app, auto_debit, bank_transfer or official_account, whose steps ship; or any
    word of yours with `steps` of yours (to be reviewed like any text).
    Raise CallerError for a channel that is not in the lender's profile or a way without steps, MissingExtra
    without the extra `mms`.
    """
    say = Written.of("guide", lender, locale)
    if channel is not None and channel not in lender.pay_channels:
        raise CallerError(
            "channel: expected one of the lender's pay channels", "channel：应为机构档案中的还款渠道"
        )
    known = ways(locale)
    if not steps and way not in known:
        raise CallerError(
            f"way: expected one of {', '.join(known)}, or steps of your own",
            f"way：应为 {'、'.join(known)} 之一，或自行提供 steps",
        )
    if way == "official_account" and not lender.official_account and not steps:
        raise CallerError(
            "way: expected official_account in the lender's profile", "way：机构档案须填写 official_account"
        )
    values = {"pay_channel": _named(channel, lender, say.locale)}
    told = tuple(steps) or say.steps(say.part["ways"][way], **values)
    for one in steps:
        _checked(one, lender)
    content = Content(
        sender=say.slots["sender"],
        title=say.say("title"),
        subtitle=say.say("subtitle", **values),
        blocks=(
            Flow(told),
            Paragraph(say.say("safety"), Tone.SMALL),
            Paragraph(say.say("questions"), Tone.SMALL),
        ),
    )
    return Document(
        kind="guide",
        locale=say.locale,
        purpose=Purpose.TRANSACTION_NOTICE,
        content=content,
        caption=Secret(say.say("caption", **values)),
        fallback=Secret(say.say("fallback", **values)),
        footer=str(say.common["footer"]),
        face=face or Face.installed(say.locale),
        accent=checked(accent) if accent else "",
    )


def ways(locale: str = "zh-CN") -> tuple[str, ...]:
    """Return the ways of paying whose steps ship.

    >>> ways("en")
    ('app', 'auto_debit', 'bank_transfer', 'official_account')
    """
    return tuple(wording(locale)[1]["guide"]["ways"])


def _checked(step: Step, lender: Lender) -> None:
    """Raise CallerError for a step of the host's with a number that is not the lender's own."""
    text = f"{step.title} {step.text}"
    for number in lender.allowed_contacts:
        text = text.replace(number, "")
    unnumbered("steps", text)


def _named(channel: PayChannel | None, lender: Lender, locale: str) -> str:
    if channel is None:
        return lender.slots(locale)["pay_channel"]
    names = channel.names
    found = (names[key] for key in (locale, locale.split("-", maxsplit=1)[0], "*") if key in names)
    return next(found, next(iter(names.values())))
