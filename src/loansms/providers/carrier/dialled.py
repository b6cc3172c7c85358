"""Numbers as the mainland gateways dial them: eleven digits, with 86 before them or not, and 00 before another country's.

>>> phone = PhoneNumber.parse("13800138000", region="CN")
>>> dialled(phone, country_code=False), dialled(phone, country_code=True)
('13800138000', '8613800138000')
>>> number_of("+8613800138000") == number_of("13800138000") == number_of("008613800138000") == phone
True
>>> number_of("+12025550123").country
'US'
>>> number_of("10690000") is None
True
"""

from __future__ import annotations

from loansms.model import PhoneNumber


def dialled(phone: PhoneNumber, *, country_code: bool) -> str:
    """Return the digits of `phone`; ``country_code`` puts 86 before a mainland number too."""
    digits = phone.e164.removeprefix("+")
    if phone.country == "CN":
        return digits if country_code else digits.removeprefix("86")
    return f"00{digits}"


def number_of(text: str) -> PhoneNumber | None:
    """Return the number a gateway names, or None where it is none (a pseudo number, a short code, nothing)."""
    # A field of digits may be padded with zeros on its left, and 00 is the way abroad.
    told = text.strip()
    digits = told.removeprefix("+").lstrip("0")
    # Eleven digits that begin with 1 are a mainland number, and with + before them one of North America.
    abroad = told.startswith("+") or len(digits) != 11 or not digits.startswith("1")
    if not digits.isascii() or not digits.isdigit():
        return None
    try:
        return PhoneNumber.parse(f"+{digits}" if abroad else digits, region="CN")
    except ValueError:
        return None
