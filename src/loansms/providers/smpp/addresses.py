"""Numbers as a message centre takes them: digits with the type of number and the plan beside them.

>>> phone = PhoneNumber.parse("+14155550100")
>>> dialled(phone, region=None)
(1, 1, '14155550100')
>>> number_of(1, "14155550100", region="CN") == number_of(0, "+14155550100", region="CN") == phone
True
>>> sender("10690000"), sender("+14155550100"), sender("Lender")
((3, 0, '10690000'), (1, 1, '14155550100'), (5, 0, 'Lender'))
"""

from __future__ import annotations

from typing import Final, TypeAlias

from phonenumbers import country_code_for_region

from loansms.model import PhoneNumber

# Type of number, numbering plan, digits (SMPP 3.4, 5.2.5 and 5.2.6).
Address: TypeAlias = tuple[int, int, str]

# E.164 numbers have more digits than any short code.
_SHORT_CODE: Final = 8


def dialled(phone: PhoneNumber, *, region: str | None) -> Address:
    """Return `phone` as an international number, or as a national one of `region`."""
    digits = phone.e164.removeprefix("+")
    if region is not None and region == phone.country:
        return 2, 1, digits.removeprefix(str(country_code_for_region(region)))
    return 1, 1, digits


def sender(address: str) -> Address:
    """Return the sender's address: letters, a short code, or an international number."""
    digits = address.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return 5, 0, address
    return (3, 0, digits) if len(digits) <= _SHORT_CODE else (1, 1, digits)


def number_of(ton: int, address: str, *, region: str | None) -> PhoneNumber | None:
    """Return the number a centre names; None where it is none. Without `region` every number is international."""
    text = address.strip()
    digits = text.removeprefix("+").removeprefix("00")
    if not (digits.isascii() and digits.isdigit()):
        return None
    national = region is not None and ton != 1 and not text.startswith(("+", "00"))
    return (_parsed(digits, region) if national else None) or _parsed(f"+{digits}", None)


def _parsed(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return PhoneNumber.parse(text, region=region)
    except ValueError:
        return None
