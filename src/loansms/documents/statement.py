"""The statement of a loan: what it costs, and every instalment with its interest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from loansms.documents.blocks import Amount, Block, Content, Figures, Paragraph, Table, Tone
from loansms.documents.document import Document
from loansms.documents.face import Face
from loansms.documents.style import checked
from loansms.documents.written import Written, unnumbered
from loansms.errors import CallerError
from loansms.model import Instalment, Lender, Loan, Money, Purpose, annual_cost
from loansms.privacy import Secret, mask_name

_TAIL = re.compile(r"[0-9]{1,4}")
_MASKED = 4  # characters of a masked name: a row of stars would tell how long the name is
_ALIKE = Decimal("0.0001")  # one hundredth of a percent: nothing a reader would tell apart


def statement(
    loan: Loan,
    lender: Lender,
    *,
    as_of: date,
    schedule: Sequence[Instalment] = (),
    settled: int = 0,
    name: Secret[str] | None = None,
    whole_name: bool = False,
    product: str = "",
    account_tail: str = "",
    locale: str = "zh-CN",
    face: Face | None = None,
    accent: str = "",
) -> Document:
    """Return the statement of `loan` on a day: its terms, the interest in all, every instalment.

    `schedule` is the plan as it stands (moved due dates, a new plan), by default that of the terms; `settled`
    of its instalments, from the first, are repaid. The name is masked unless `whole_name`; of the loan's id and
    the account only the last four characters are shown. `accent` is the lender's colour (#rrggbb).
    Raise CallerError for a schedule whose principals are not the loan's, or a name or product with a long number
    in it, MissingExtra without the extra `mms`.
    """
    plan = tuple(schedule) or loan.schedule()
    nothing = Money(0, loan.principal.currency).rounded()
    interest = sum((one.interest for one in plan), nothing)
    if sum((one.principal for one in plan), nothing) != loan.principal:
        raise CallerError(
            "schedule: expected principals that add up to the loan's", "schedule：各期本金之和应等于借款本金"
        )
    if not 0 <= settled <= len(plan):
        raise CallerError(
            "settled: expected a number of instalments of the schedule", "settled：应为还款计划内的期数"
        )
    if account_tail and not _TAIL.fullmatch(account_tail):
        raise CallerError("account_tail: expected the last four digits", "account_tail：应为账号后四位")
    say = Written.of("statement", lender, locale, Purpose.TRANSACTION_NOTICE.value)
    owed = sum((one.total for one in plan[settled:]), nothing)
    shown = "" if name is None else name.reveal() if whole_name else mask_name(name.reveal())[:_MASKED]
    rows = [
        ("name", unnumbered("name", shown)),
        ("loan_ref", say.tail(loan.loan_id)),
        ("product", unnumbered("product", product)),
        ("principal", say.money(loan.principal)),
        ("annual_rate", say.rate(loan.annual_rate)),
        ("irr", _yearly(loan, plan, say)),
        ("method", say.methods[loan.method]),
        ("periods", "" if settled else say.say("periods_value", periods=str(len(plan)))),
        (
            "settled",
            say.say("settled_value", settled=str(settled), periods=str(len(plan))) if settled else "",
        ),
        ("interest_total", say.money(interest)),
        ("account", say.tail(account_tail) if account_tail else ""),
    ]
    blocks: tuple[Block, ...] = (
        Amount(say.say("rest" if settled else "whole"), say.money(owed)),
        Figures(tuple((say.say(key), value) for key, value in rows if value)),
        Paragraph(say.say("schedule"), Tone.HEADING),
        Paragraph(_under(say, loan.principal.currency, settled), Tone.SMALL),
        _table(plan, interest, loan.principal, settled, say),
        Paragraph(str(say.part["notes"][loan.method]), Tone.SMALL),
        Paragraph(say.say("changes"), Tone.SMALL),
        Paragraph(say.say("questions"), Tone.SMALL),
    )
    content = Content(
        sender=say.slots["sender"],
        title=say.say("title"),
        subtitle=str(say.common["as_of"]).format(as_of=say.day(as_of)),
        blocks=blocks,
    )
    return Document(
        kind="statement",
        locale=say.locale,
        purpose=Purpose.TRANSACTION_NOTICE,
        content=content,
        caption=Secret(say.say("caption", loan_ref=loan.loan_id[-4:])),
        fallback=Secret(say.say("fallback", loan_ref=loan.loan_id[-4:])),
        footer=str(say.common["footer"]),
        face=face or Face.installed(say.locale),
        accent=checked(accent) if accent else "",
    )


def _table(
    plan: Sequence[Instalment], interest: Money, principal: Money, settled: int, say: Written
) -> Table:
    return Table(
        titles=tuple(say.part["columns"]),
        rows=tuple(
            (
                str(one.number),
                say.short_day(one.due_on),
                say.figure(one.principal),
                say.figure(one.interest),
                say.figure(one.total),
            )
            for one in plan
        ),
        total=(
            say.say("total"),
            "",
            say.figure(principal),
            say.figure(interest),
            say.figure(principal + interest),
        ),
        settled=settled,
    )


def _under(say: Written, currency: str, settled: int) -> str:
    """Return what is told between the heading and the table."""
    unit = say.say("unit", currency=say.currency(currency))
    if not settled:
        return unit
    return f"{unit}{'。' if say.locale.startswith('zh') else '. '}{say.say('faint')}"


def _yearly(loan: Loan, plan: Sequence[Instalment], say: Written) -> str:
    """Return the internal rate of return where it is another than the contract's rate, as with flat interest."""
    first = loan.first_due_on
    months = [
        (one.due_on.year - first.year) * 12 + one.due_on.month - first.month + 1 for one in loan.schedule()
    ]
    if len(plan) != len(months):
        return ""
    cost = annual_cost(loan.principal, plan, months).irr
    return say.rate(cost.normalize()) if abs(cost - loan.annual_rate) > _ALIKE else ""
