"""Who a step speaks to beside the borrower: the same loan, another person, another number, another consent."""

from __future__ import annotations

from attrs import evolve

from loansms.calendars import plausible_zones
from loansms.errors import CallerError
from loansms.model import Account, Borrower, Reason, RecipientRole

NO_BASIS = Reason(
    "guarantor_consent",
    "house",
    "A guarantor is written to only after agreeing to it, and no such consent is recorded.",
    severity="block",
    message_zh="未记录担保人同意接收信息，不予发送。",
)


def reader_of(account: Account, role: RecipientRole) -> Borrower:
    """Return the person of that role as the one who is written to; the debt stays the borrower's.

    Raise ValueError for a role the account knows nobody of.
    """
    if role is RecipientRole.BORROWER:
        return account.borrower
    other = account.guarantor if role is RecipientRole.GUARANTOR else None
    if other is None:
        raise CallerError(
            f"role: expected one that the account names, it has no {role.value}",
            f"role：应为借据中已有的角色，借据没有 {role.value}",
        )
    country = other.phone.country or account.borrower.country
    return evolve(
        account.borrower,
        phone=other.phone,
        name=other.name,
        country=country,
        region=None,
        zones=plausible_zones(country, None, None, other.phone.zones),
        consent_sms=other.consent,
        consent_marketing=False,
        opted_out=False,
    )


def no_basis(account: Account, role: RecipientRole) -> Reason | None:
    """Return why a person of that role may not be written to about this loan; None for the borrower."""
    if role is not RecipientRole.GUARANTOR:
        return None
    agreed = account.guarantor is not None and account.guarantor.consent is True
    return None if agreed else NO_BASIS
