"""A legal notice as a PDF, made only where the borrower has agreed to be served this way.

It names the person in full, the contract and every amount, so it is no picture and no caption: it goes to the
address that was agreed, and its digest into the record of delivery. It says what is due and what the reader may
do, and claims no step at law: those need facts of their own.
"""

from __future__ import annotations

import re
from datetime import date

from attrs import field, frozen

from loansms.documents.blocks import Block, Content, Paragraph, Table, Tone, words
from loansms.documents.face import Face
from loansms.documents.files import style
from loansms.documents.pdf import Pdf, pdf
from loansms.documents.setting import pages
from loansms.documents.style import checked
from loansms.documents.written import Written
from loansms.errors import CallerError
from loansms.model import Attachment, Deny, Lender, Money, Purpose, Reason
from loansms.privacy import Secret

_NOT_AGREED = Deny(
    reasons=(
        Reason(
            code="service_address_not_agreed",
            # A notice by data message takes effect when it enters the system its addressee named.
            citation="民法典 art. 137",
            message="A legal notice is sent only where service_address_agreed is known to be true, with its date.",
            message_zh="仅在已确认 service_address_agreed（送达方式已书面约定）及约定日期时，方可发送法律通知。",
            severity="block",
            verified="R",
        ),
    )
)
_UNDRAWN = Deny(
    reasons=(
        Reason(
            code="name_not_drawable",
            citation="house",
            message="The typeface lacks a character of the name or the contract: give one that has it (face=).",
            message_zh="字体缺少姓名或合同编号中的字，请通过 face= 提供含该字的字体。",
            severity="block",
        ),
    )
)


@frozen(kw_only=True)
class LegalNotice:
    """A notice ready to be served; ``pdf.digest`` names its exact bytes.

    ``agreed_on`` is the day on which the way of service was agreed, ``number`` the lender's own of this notice.
    """

    pdf: Pdf
    number: str
    agreed_on: date
    issued_on: date
    locale: str
    words: Secret[tuple[str, ...]] = field(repr=False)

    @property
    def attachment(self) -> Attachment:
        """The notice as it goes with a mail: only to whom the ledger says that it was agreed with, on that day."""
        number = re.sub(r"[^A-Za-z0-9]+", "-", self.number).strip("-")[:40]
        return Attachment(
            name=f"notice-{number or self.issued_on.isoformat()}.pdf",
            media_type="application/pdf",
            content=self.pdf.content,
            words=self.words,
            locale=self.locale,
            agreed_on=self.agreed_on,
        )


def legal_notice(
    lender: Lender,
    *,
    name: Secret[str],
    contract: Secret[str],
    number: str,
    due_on: date,
    as_of: date,
    pay_by: date,
    issued_on: date,
    principal: Money,
    interest: Money,
    penalty: Money | None = None,
    fee: Money | None = None,
    service_address_agreed: bool | None = None,
    agreed_on: date | None = None,
    locale: str = "zh-CN",
    face: Face | None = None,
    accent: str = "",
) -> LegalNotice | Deny:
    """Return the notice that an amount is due, or Deny where it may not be made.

    It is made only with `service_address_agreed` True and `agreed_on`, the day of that agreement; anything else,
    an unknown one too, is a Deny, and so is a name that the typeface cannot draw.
    Raise CallerError for an empty name or contract, days out of order or nothing due, MissingExtra without the
    extra `mms`.
    """
    if service_address_agreed is not True or agreed_on is None or agreed_on > issued_on:
        return _NOT_AGREED
    parts = {"principal": principal, "interest": interest, "penalty": penalty, "fee": fee}
    due = {key: amount for key, amount in parts.items() if amount is not None and amount}
    _checked(name, contract, due, (due_on, as_of, issued_on, pay_by))
    say = Written.of("legal_notice", lender, locale, Purpose.COLLECTION.value)
    drawn = face or Face.installed(say.locale)
    if drawn.lacks(name.reveal()) or drawn.lacks(contract.reveal()):
        return _UNDRAWN
    days = {"due_on": due_on, "as_of": as_of, "pay_by": pay_by, "agreed_on": agreed_on}
    values = {key: say.day(on) for key, on in days.items()}
    values |= {"name": name.reveal(), "contract": contract.reveal(), "number": number}
    total = sum(due.values(), Money(0, principal.currency))
    table = Table(
        titles=tuple(say.part["columns"]),
        rows=tuple((say.say(key), say.figure(amount)) for key, amount in due.items()),
        total=(say.say("total"), say.figure(total)),
    )
    body: tuple[Block, ...] = (
        Paragraph(say.say("to", **values), Tone.HEADING),
        Paragraph(say.say("opening", **values)),
        Paragraph(say.say("unit", currency=say.currency(principal.currency)), Tone.SMALL),
        table,
        *(Paragraph(say.say(key, **values)) for key in ("request", "rights", "service_of")),
        Paragraph(say.slots["sender"], right=True),
        Paragraph(say.day(issued_on), right=True),
    )
    content = Content(
        sender=say.slots["sender"],
        title=say.say("title"),
        subtitle=say.say("number", **values),
        blocks=body,
        formal=True,
    )
    made = pdf(
        pages(content, style("sheet"), drawn, checked(accent) if accent else "", str(say.common["footer"])),
        drawn,
        title=content.title,
        author=content.sender,
        locale=say.locale,
    )
    return LegalNotice(
        pdf=made,
        number=number,
        agreed_on=agreed_on,
        issued_on=issued_on,
        locale=say.locale,
        words=Secret(words(content)),
    )


def _checked(
    name: Secret[str], contract: Secret[str], due: dict[str, Money], days: tuple[date, date, date, date]
) -> None:
    if not name.reveal().strip() or not contract.reveal().strip():
        raise CallerError("name, contract: expected text", "name、contract：不能为空")
    if not due or any(amount < Money(0, amount.currency) for amount in due.values()):
        raise CallerError("principal, interest: expected an amount due", "principal、interest：应有到期金额")
    if list(days) != sorted(days):
        raise CallerError(
            "due_on, as_of, issued_on, pay_by: expected days in this order",
            "due_on、as_of、issued_on、pay_by：日期应依次不早于前者",
        )
