"""A phone number that prints masked.

Mainland mobiles written as eleven ASCII digits (or +86 and eleven digits) take a fast path: one anchored
match of the very pattern that `phonenumbers` carries for CN mobiles, so both give one answer (a property
test holds it). Everything else goes through `phonenumbers`. Letters are refused before parsing, because the
parser would dial them as vanity digits.

>>> phone = PhoneNumber.parse("13800138000", region="CN")
>>> phone, str(phone), phone.country
(PhoneNumber(CN 138****8000), '138****8000', 'CN')
>>> phone.e164
'+8613800138000'
>>> PhoneNumber.parse("1.38E+10", region="CN")
Traceback (most recent call last):
loansms.errors.CallerError: phone: expected digits, a spreadsheet has rounded them; set the column to text and export it again
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from attrs import field, frozen
from phonenumbers import PhoneMetadata, PhoneNumberType
from phonenumbers.timezone import time_zones_for_number

from loansms.errors import CallerError
from loansms.privacy.mask import mask_phone
from loansms.privacy.secret import Secret


def _cn_mobile() -> re.Pattern[str]:
    metadata = PhoneMetadata.metadata_for_region("CN")
    if metadata is None or metadata.mobile is None or not metadata.mobile.national_number_pattern:
        raise ImportError("phonenumbers carries no pattern of mainland mobiles")
    return re.compile(rf"(?:\+86)?({metadata.mobile.national_number_pattern})", re.ASCII)


_CN_MOBILE = _cn_mobile()
_SPREADSHEET = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_TEXTABLE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


@frozen(repr=False, order=False)
class PhoneNumber:
    """A valid number; `e164` is the plain value, everything printed, copied to a dict or dumped is masked.

    ``country`` is the ISO code of the numbering plan ("CN"), ``can_text`` whether its kind of number
    receives text messages at all (a landline does not).
    """

    _e164: Secret[str]
    country: str
    masked: str = field(eq=False)
    can_text: bool = field(eq=False, default=True)

    @classmethod
    def parse(cls, text: str, region: str | None = None) -> PhoneNumber:
        """Parse `text` as dialled in `region` (ISO code; not needed when it begins with +).

        Raise ValueError, which names no digits, for anything that is not a valid number.
        """
        if region in (None, "CN") or text.startswith("+86"):
            match = _CN_MOBILE.fullmatch(text)
            if match and (region == "CN" or text.startswith("+")):
                national = match[1]
                return cls(Secret(f"+86{national}"), "CN", mask_phone(national))
        return _parse_any(text, region)

    @property
    def e164(self) -> str:
        """The plain number, such as +8613800138000."""
        return self._e164.reveal()

    @property
    def zones(self) -> tuple[str, ...]:
        """IANA zones in which this number's prefix lies; several where a prefix spans zones, () if unknown."""
        found = time_zones_for_number(phonenumbers.parse(self.e164))
        return tuple(sorted(zone for zone in found if zone != "Etc/Unknown"))

    def __repr__(self) -> str:
        return f"PhoneNumber({self.country} {self.masked})"

    def __str__(self) -> str:
        return self.masked

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)


_WITH_COUNTRY = ("with + and country code", "含 + 与国家代码")


def _parse_any(text: str, region: str | None) -> PhoneNumber:
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        raise CallerError("phone: expected a number, got nothing", "phone：应为号码，现为空")
    if _SPREADSHEET.fullmatch(plain):
        raise CallerError(
            "phone: expected digits, a spreadsheet has rounded them; set the column to text and export it again",
            "phone：该号码已被电子表格四舍五入，请将该列设为文本后重新导出",
        )
    if _LETTER.search(plain):
        raise CallerError("phone: expected digits, got letters", "phone：应为数字，其中有字母")
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        where, zh = (f"as dialled in {region}", f"{region} 的拨号形式") if region else _WITH_COUNTRY
        raise CallerError(f"phone: expected a phone number {where}", f"phone：应为号码（{zh}）") from None
    # The country is found once and the number proved valid for it: the same answer as is_valid_number, which
    # would look the country up again (25 countries share +1).
    country = phonenumbers.region_code_for_number(number)
    if number.extension or not country or not phonenumbers.is_valid_number_for_region(number, country):
        where, zh = (f" for {region}", f"{region} 的") if region else ("", "")
        raise CallerError(
            f"phone: expected a valid phone number{where} (wrong length or prefix)",
            f"phone：应为{zh}有效号码（长度或号段不符）",
        )
    return PhoneNumber(
        Secret(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)),
        country,
        mask_phone(phonenumbers.national_significant_number(number)),
        phonenumbers.number_type(number) in _TEXTABLE,
    )
