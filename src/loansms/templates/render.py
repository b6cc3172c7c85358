"""Fill a template: strictly, in the reader's language, with the cost known.

Nothing is guessed: a missing, extra, mistyped or over-long value is a TemplateError that names template, slot
and expectation, never the value. `Rendered` keeps its text out of every repr.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NoReturn

from attrs import field, frozen

from loansms.errors import TemplateError
from loansms.model import Channel, Lender, Purpose
from loansms.templates.formats import formats
from loansms.templates.frame import jurisdiction_of
from loansms.templates.locales import fallbacks
from loansms.templates.parts import Fixed, Part
from loansms.templates.released import refusal
from loansms.templates.slots import Slot, SlotKind, Writing, WrongValue
from loansms.templates.template import Template
from loansms.text import Billing, Encoding, count

_LINE = 60  # characters: the longest name or line of a lender profile that is written by hand
_UNTAUGHT = frozenset(
    {
        Purpose.OTP,
        Purpose.SECURITY_ALERT,
        Purpose.CREDIT_PRENOTICE,
        Purpose.SETTLEMENT_OFFER,
        Purpose.RELAY,
        Purpose.MARKETING,
    }
)


@frozen(kw_only=True)
class Rendered:
    """A finished text: what is sent, in how many segments and which encoding; a text to be spoken counts one.

    ``slots`` are the values as they were written, the lender's own words among them. ``closing`` is the opt-out line at the end of `text` ("" without one), with what joins it to the body;
    ``education`` says whether an education line may be added.
    """

    text: str = field(repr=False)
    segments: int
    encoding: Encoding
    locale: str
    billing: Billing
    signature: str = ""
    closing: str = field(default="", repr=False)
    joiner: str = field(default="", repr=False)
    education: bool = False
    slots: Mapping[str, str] = field(factory=dict[str, str], repr=False)


def render(
    template: Template,
    values: Mapping[str, object],
    *,
    locale: str | None = None,
    lender: Lender | None = None,
    on: date | None = None,
    approved_only: bool = False,
) -> Rendered:
    """Return `template` filled with `values`: exactly the names in ``template.slots``.

    `locale`, where given, must be served by the template's own (zh-HK by zh-Hant, en-GB by en). `lender`
    fills the lender's slots, names the sender where no 【signature】 does, and decides opt-out line and
    billing; without one `values` fill those slots too and the template's language decides the rest. `on` is the reader's date, from which a date
    more than half a year away is told with its year; without it the value of ``as_of`` serves.
    `approved_only` refuses a text that is not approved; a retired one is refused always.
    Raise TemplateError for whatever does not fit.

    >>> from datetime import date
    >>> from loansms.model import Money
    >>> from loansms.templates import Catalogue
    >>> template = Catalogue.builtin().get("reminder.due_in_3", locale="en")
    >>> values = {"amount_due": Money("310.15", "USD"), "due_on": date(2026, 9, 24), "loan_ref": "0042"}
    >>> done = render(template, values, lender=Lender.example("US"))
    >>> done.text.startswith("Example Lending: "), done.segments, done.encoding
    (True, 2, 'GSM-7')
    """
    refused = refusal(template, approved_only=approved_only)
    if refused is not None:
        raise refused
    if locale is not None and template.locale not in fallbacks(locale):
        _fail(
            template,
            "locale",
            f"a language served by {template.locale}; fetch the template in the language wanted",
            f"{template.locale} 所服务的语言；请按所需语言取模板",
        )
    slots = _slots(template, lender)
    if values.keys() != slots.keys():
        _names_differ(template, slots, values)
    as_of = on or values.get("as_of")
    writing = Writing(formats(template.locale), as_of if isinstance(as_of, date) else None, lender)
    said = _lender_words(template, lender)
    for name, slot in slots.items():
        try:
            said[name] = slot.written(values[name], writing)
        except WrongValue as wrong:
            _fail(template, name, str(wrong), wrong.zh)
    body = _joined(template.parts, said)
    return _framed(template, body, said, lender)


def _framed(template: Template, body: str, said: dict[str, str], lender: Lender | None) -> Rendered:
    jurisdiction = jurisdiction_of(template.locale, lender)
    mainland = jurisdiction == "CN"
    billing: Billing = "cn" if mainland else "gsm"
    heard = template.channel is Channel.VOICE  # a call has no 【signature】 and no segments
    signature = lender.signature if lender is not None and mainland and not heard else ""
    internal = template.channel is Channel.AGENT
    closing = "" if internal else template.frame.closing_for(template.purpose, jurisdiction, template.opt_out)
    if lender is not None and not internal and not template.names_sender:
        body = _joined(template.frame.opening_for(template.purpose, lender), said) + body
    if closing:
        closing = template.frame.joiner + closing
    text = body + closing
    cost = count(text, billing, signature)
    return Rendered(
        text=text,
        segments=1 if heard else cost.segments,
        encoding=cost.encoding,
        locale=template.locale,
        billing=billing,
        signature=signature,
        closing=closing,
        joiner=template.frame.joiner,
        education=template.education and not internal and template.purpose not in _UNTAUGHT,
        slots=said,
    )


def _joined(parts: tuple[Part, ...], said: Mapping[str, str]) -> str:
    return "".join([part.text if isinstance(part, Fixed) else said[part.name] for part in parts])


def _slots(template: Template, lender: Lender | None) -> Mapping[str, Slot]:
    """Return the slots that values must fill: without a lender, those of its profile too."""
    if lender is not None or not template.lender_slots:
        return template.slots
    profile = {name: Slot(name, SlotKind.TEXT, max_length=_LINE) for name in template.lender_slots}
    return {**template.slots, **profile}


def _lender_words(template: Template, lender: Lender | None) -> dict[str, str]:
    if lender is None:
        return {}
    words = lender.slots(template.locale, template.recipient.value, template.purpose.value)
    for name in template.lender_slots:
        if not words.get(name):
            _fail(template, name, "a value in the lender profile", "贷款机构资料中的对应内容")
    return words


def _names_differ(template: Template, slots: Mapping[str, Slot], values: Mapping[str, object]) -> NoReturn:
    missing = [name for name in slots if name not in values]
    extra = sorted(str(name) for name in values if name not in slots)
    told = [f"missing {', '.join(missing)}"] * bool(missing) + [
        f"not a slot of it: {', '.join(extra)}"
    ] * bool(extra)
    told_zh = [f"缺少 {'、'.join(missing)}"] * bool(missing) + [f"多出 {'、'.join(extra)}"] * bool(extra)
    takes = ", ".join(slots) or "none"
    raise TemplateError(
        f"{template.place}: {'; '.join(told)}; it takes {takes}",
        f"{template.place}：{'；'.join(told_zh)}；应提供 {takes}",
    )


def _fail(template: Template, slot: str, expected: str, zh: str) -> NoReturn:
    raise TemplateError(
        f"{template.place}: {slot}: expected {expected}", f"{template.place}：{slot}：应为{zh}"
    ) from None
