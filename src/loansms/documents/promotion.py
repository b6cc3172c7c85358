"""A promotion as a picture: the rate, the term and the conditions, and no amount anybody could take as theirs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from loansms.documents.blocks import Amount, Block, Content, Figures, Flow, Paragraph, Tone
from loansms.documents.document import Document
from loansms.documents.face import Face
from loansms.documents.style import checked
from loansms.documents.written import Written, unnumbered, unpriced
from loansms.errors import CallerError
from loansms.model import Lender, Purpose
from loansms.privacy import Secret


def promotion(
    lender: Lender,
    *,
    product: str,
    annual_rate: Decimal,
    opt_out: str,
    months: int | None = None,
    valid_until: date | None = None,
    locale: str = "zh-CN",
    face: Face | None = None,
    accent: str = "",
) -> Document:
    """Return the promotion of a product at its lowest yearly rate (a fraction, simple interest).

    `opt_out` is the line that tells how to refuse further promotions, as the rules and the carrier ask for it;
    it ends the caption and the fallback. Sending one needs consent, a lawful hour and a free cap: that is
    decided where every message is.
    Raise CallerError for a product that names an amount or a number, an empty opt-out or a rate that is none,
    MissingExtra without the extra `mms`.
    """
    if not product.strip():
        raise CallerError("product: expected the name of the product", "product：应为产品名称")
    if not opt_out.strip():
        raise CallerError(
            "opt_out: expected the line that tells how to refuse further promotions",
            "opt_out：应为退订提示语",
        )
    if annual_rate < 0 or not annual_rate.is_finite():
        raise CallerError("annual_rate: expected a fraction of 0 or more", "annual_rate：应为不小于 0 的小数")
    named = unpriced("product", unnumbered("product", product))
    values = {"product": named, "opt_out": opt_out}
    say = Written.of("promotion", lender, locale, Purpose.MARKETING.value)
    rows = [
        (say.say("term"), say.say("term_value", months=str(months)) if months else ""),
        (say.say("valid"), say.day(valid_until) if valid_until else ""),
    ]
    told = tuple(row for row in rows if row[1])
    figures: tuple[Block, ...] = (Figures(told),) if told else ()
    content = Content(
        sender=say.slots["sender"],
        title=say.say("title", **values),
        subtitle=say.say("subtitle"),
        blocks=(
            Amount(say.say("rate_label"), say.say("rate", annual_rate=say.rate(annual_rate)), hero=True),
            *figures,
            Paragraph(say.say("how"), Tone.HEADING),
            Flow(say.steps(say.part["steps"], **values)),
            Paragraph(say.say("terms"), Tone.SMALL),
            Paragraph(say.say("questions"), Tone.SMALL),
            Paragraph(opt_out, Tone.SMALL),
        ),
    )
    return Document(
        kind="promotion",
        locale=say.locale,
        purpose=Purpose.MARKETING,
        content=content,
        caption=Secret(say.say("caption", **values)),
        fallback=Secret(say.say("fallback", **values)),
        footer=str(say.common["footer"]),
        face=face or Face.installed(say.locale),
        accent=checked(accent) if accent else "",
    )
