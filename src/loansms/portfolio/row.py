"""One row of a loan book: its cells to an account, or the one column that kept it from being one.

Beyond each cell's own form a row must agree with itself: days past due with the dates, an oldest unpaid date
with the day the book was made, amounts with their currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen

from loansms.calendars import plausible_zones
from loansms.errors import CallerError, UnreadableBook
from loansms.model import Account, Borrower, Guarantor, PhoneNumber
from loansms.portfolio import parse
from loansms.portfolio.columns import COLUMNS, DUE_DATES, REQUIRED, Recognised
from loansms.portfolio.parse import Expected, Parser
from loansms.portfolio.table import Cells

_MONEY = ("amount_due", "principal", "instalment_amount", "penalty_due", "fee_due", "balance")
# Columns that Account takes under their own name, as they were parsed.
_PLAIN = (
    "lender_id", "product", "annual_rate", "term_months", "method", "disbursed_on", "grace_days", "autopay",
    "debit_account_tail", "risk_segment", "status", "dispute", "hardship", "promise_to_pay_until",
    "last_paid_on", "as_of",
)  # fmt: skip
_TAKEN = frozenset((*_PLAIN, *_MONEY))
_REQUIRED = frozenset(REQUIRED)

_NO_DUE_DATE = Expected(
    "expected a date here or in oldest_unpaid_due_on, found none",
    "此列与 oldest_unpaid_due_on 至少应有一个日期",
)
_NO_COUNTRY = Expected(
    "expected the country of this number in a country column", "请在 country 列注明该号码所属国家"
)
_NO_ZONE = Expected("expected a time zone; none is known for this country", "该国家没有已知时区，请填写时区")
_AFTER_NEXT = Expected("expected a day no later than next_due_on", "不应晚于 next_due_on")
_AFTER_AS_OF = Expected("expected a day no later than the book's own date", "不应晚于账册日期")
_OVERDUE_WITHOUT_DATE = Expected(
    "says overdue, but oldest_unpaid_due_on is empty", "为逾期，但 oldest_unpaid_due_on 为空"
)
_UPCOMING_WITH_DATE = Expected(
    "says not yet due, but oldest_unpaid_due_on is given", "为未到期，但填有 oldest_unpaid_due_on"
)


@frozen
class PhoneZones:
    """`PhoneNumber.zones`, asked once for all numbers of a prefix where the prefix alone decides.

    The table of `phonenumbers` is keyed by at most nine digits (TIMEZONE_LONGEST_PREFIX), country code
    included; in +1 and +86 every number that receives texts is of a kind that has a place.
    """

    known: dict[str, tuple[str, ...]] = field(factory=dict[str, tuple[str, ...]], repr=False)

    def of(self, phone: PhoneNumber) -> tuple[str, ...]:
        """Return the zones of `phone`."""
        if not phone.e164.startswith(("+86", "+1")):
            return phone.zones
        prefix = phone.e164[:10]
        zones = self.known.get(prefix)
        if zones is None:
            zones = self.known[prefix] = phone.zones
        return zones


@frozen
class Fault:
    """The column that kept a row from being an account, and what was expected there."""

    column: str
    expected: Expected


@frozen
class RowParser:
    """Turns the rows of one book into accounts.

    `default_country` is where numbers without + are dialled; `as_of` the day the book was made, where the
    rows do not say it themselves.
    """

    width: int
    fields: tuple[tuple[int, str, Parser | None, Mapping[str, str] | None], ...]
    extra: tuple[tuple[str, int], ...]
    fixed: Mapping[str, Any]
    default_country: str | None
    as_of: date | None
    places: PhoneZones = field(factory=PhoneZones)

    @classmethod
    def of(cls, seen: Recognised, default_country: str | None = None, as_of: date | None = None) -> RowParser:
        """Return the parser for the columns that were recognised."""
        fields = tuple(
            (seen.known[name], name, parser, seen.values.get(name))
            for name, parser in COLUMNS.items()
            if name in seen.known
        )
        fixed = {name: _fixed(name, value) for name, value in seen.fixed.items()}
        return cls(seen.width, fields, tuple(seen.extra.items()), fixed, default_country, as_of)

    def account(self, cells: Cells) -> Account | Fault:
        """Return the account in a row of the right width, or the first column that is wrong."""
        found: dict[str, Any] = dict(self.fixed)
        for at, name, parser, words in self.fields:
            cell = cells[at].strip()
            if not cell:
                continue
            if words is not None:
                cell = words.get(cell, cell)
            value: Any = parser(cell) if parser is not None else cell
            if value.__class__ is Expected:
                return Fault(name, value)
            found[name] = value
        fault = self._disagreement(found) or _priced(found)
        if fault is not None:
            return fault
        borrower = self._borrower(found)
        if isinstance(borrower, Fault):
            return borrower
        guarantor = _guarantor(found, borrower.country)
        if isinstance(guarantor, Fault):
            return guarantor
        return self._built(found, borrower, guarantor, cells)

    def _disagreement(self, found: Mapping[str, Any]) -> Fault | None:
        if not found.keys() >= _REQUIRED:
            return Fault(next(name for name in REQUIRED if name not in found), parse.BLANK)
        oldest, coming = (found.get(name) for name in DUE_DATES)
        if oldest is None and coming is None:
            return Fault("next_due_on", _NO_DUE_DATE)
        as_of = found.get("as_of", self.as_of)
        if oldest is not None:
            if coming is not None and oldest > coming:
                return Fault("oldest_unpaid_due_on", _AFTER_NEXT)
            if as_of is not None and oldest > as_of:
                return Fault("oldest_unpaid_due_on", _AFTER_AS_OF)
        wrong = self._stated_days(found.get("days_past_due"), oldest, coming, as_of)
        return Fault("days_past_due", wrong) if wrong else None

    def _stated_days(
        self, stated: int | None, oldest: date | None, coming: date | None, as_of: date | None
    ) -> Expected | None:
        """Hold the stated days past due against the dates; 0 is taken for every loan that is not overdue."""
        if stated is None:
            return None
        due_on = oldest or coming
        if as_of is not None and due_on is not None:
            days = (as_of - due_on).days
            return None if stated in (days, max(days, 0)) else _days(days)
        if stated > 0 and oldest is None and any(name == DUE_DATES[0] for _, name, _, _ in self.fields):
            return _OVERDUE_WITHOUT_DATE
        return _UPCOMING_WITH_DATE if stated < 0 and oldest is not None else None

    def _borrower(self, found: dict[str, Any]) -> Borrower | Fault:
        dialled: str = found["phone"]
        stated: str | None = found.get("country")
        phone = parse.mobile(dialled, stated or self.default_country)
        if isinstance(phone, Expected):
            return Fault("phone", phone)
        abroad = phone.country if dialled.startswith(("+", "＋")) else None
        country = stated or abroad or self.default_country or phone.country
        if not country:
            return Fault("country", _NO_COUNTRY)
        region = found.get("region")
        try:
            zones = plausible_zones(country, region, found.get("timezone"), self.places.of(phone))
        except CallerError:
            return Fault("timezone", _NO_ZONE)
        return Borrower(
            borrower_id=found["borrower_id"],
            phone=phone,
            name=found.get("name"),
            country=country,
            region=region,
            language=found.get("language") or parse.language_of(country),
            zones=zones,
            consent_sms=found.get("consent_sms"),
            consent_marketing=found.get("consent_marketing", False),
            opted_out=found.get("opt_out", False),
        )

    def _built(
        self, found: dict[str, Any], borrower: Borrower, guarantor: Guarantor | None, cells: Cells
    ) -> Account:
        plain = {name: found[name] for name in _TAKEN & found.keys()}
        debit: datetime | None = found.get("next_debit_at")
        if debit is not None and debit.tzinfo is None:
            debit = debit.replace(tzinfo=ZoneInfo(borrower.zones[0]))
        extra = {name: cells[at].strip() for name, at in self.extra}
        if "notes" in found:
            extra["notes"] = found["notes"]
        return Account(
            loan_id=found["loan_id"],
            borrower=borrower,
            due_on=found.get(DUE_DATES[0]) or found[DUE_DATES[1]],
            next_debit_at=debit,
            guarantor=guarantor,
            extra=extra,
            **plain,
        )


def _fixed(name: str, value: str) -> object:
    parser = COLUMNS[name]
    parsed = parser(value) if parser is not None else value
    if isinstance(parsed, Expected):
        raise UnreadableBook(
            f"--columns: fixed {name}: {parsed.told}", f"--columns：fixed {name}：{parsed.told_zh}"
        )
    return parsed


def _days(days: int) -> Expected:
    return Expected(f"expected {days}, as the dates say", f"按日期应为 {days}")


def _priced(found: dict[str, Any]) -> Fault | None:
    """Turn the row's amounts into money of its currency, in place."""
    currency: str = found["currency"]
    for name in _MONEY:
        if name in found:
            priced = parse.money(found[name], currency)
            if isinstance(priced, Expected):
                return Fault(name, priced)
            found[name] = priced
    return None


def _guarantor(found: Mapping[str, Any], country: str) -> Guarantor | Fault | None:
    if "guarantor_phone" not in found:
        return None
    phone = parse.mobile(found["guarantor_phone"], country)
    if isinstance(phone, Expected):
        return Fault("guarantor_phone", phone)
    return Guarantor(phone=phone, name=found.get("guarantor_name"), consent=found.get("guarantor_consent"))
