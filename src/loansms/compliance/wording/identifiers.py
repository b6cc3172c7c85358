"""Identifiers that must not stand in a text in full: ID and card numbers, phones, addresses, secrets.

Masked numbers, order and contract numbers, and the lender's own listed lines pass. Card numbers are told by
their Luhn digit or by the word before them, mainland ID numbers by a birth date inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from loansms.compliance.facts import Facts
from loansms.compliance.wording.clauses import Reading

_RUN: Final = re.compile(r"(?<![\d*x])\d(?:[ -]?\d){10,21}x?(?![\d*])")
_ID: Final = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx]")
_MOBILE: Final = re.compile(r"(?:86)?1[3-9]\d{9}")
_SSN: Final = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")
_NAMED_SSN: Final = re.compile(
    r"\b(?:ssn|social security)(?: number| no\.?|#)?(?: is|:)? ?\d{3}[ -]?\d{2}[ -]?\d{4}\b"
)
_NUMBERED: Final = re.compile(
    r"(?:合同|编号|订单|流水|单号|凭证|案号|工单|票号|批次|交易号|contract|order|reference|ref\.?|invoice|tracking|case|ticket|confirmation|transaction)(?:号码?|编号|no\.?|number|id|#|:|\s|为|是)*$"
)
_CARD: Final = re.compile(
    r"(?:卡号|银行卡|信用卡|储蓄卡|账号|\bcard|\baccount)(?:\s?(?:号码?|number|no\.?|为|是|is|:|ending|#))*\s?$"
)
_US_PHONE: Final = re.compile(r"(?<!\d)(?:\+?1[ -]?)?\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)")
_PATTERNS: Final = (
    re.compile(r"(?:密码|口令|cvv2?|安全码)(?:已重置)?(?:为|是|:)\s?(?=[a-z0-9@#$!]*\d)[a-z0-9@#$!]{3,}"),
    re.compile(
        r"\b(?:password|passcode|pin|cvv2?|cvc)(?: number| code)?(?: has been (?:re)?set to| is(?: now)?|:| =)\s?(?=[\w@#$!]*\d)[\w@#$!]{3,}"
    ),
    re.compile(
        r"(?:家庭住址|住址|家住|住在|居住(?:在|于|地)|户籍地址|家庭地址|您位于|你位于|地址:).{0,24}(?:路|街|道|巷|弄|里|小区|村|苑|园|栋|幢|单元|室).{0,6}\d"
    ),
    re.compile(
        r"(?:[\u4e00-\u9fff]{2,8}(?:路|街|巷|大道)\d+号).{0,12}(?:\d+(?:栋|幢|单元|楼|室|号楼)).{0,20}"
    ),
    re.compile(
        r"\b(?:home address|residing at|lives? at|address (?:is|on file|:)|your (?:home|house) at)\b.{0,12}\d{1,6} [a-z0-9. ]{2,30}\b(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|blvd|boulevard|court|ct|way)\b"
    ),
    re.compile(r"\b(?:date of birth|dob|born on)(?: is|:)? ?(?:\d|[a-z]{3,9} \d)"),
)
_BRANCH: Final = re.compile(r"网点|支行|分行|营业厅|营业部|门店|branch|office hours")


def findings(reading: Reading, facts: Facts) -> Iterator[tuple[int, int]]:
    """Yield, in the original, each identifier that stands in full."""
    plain = reading.plain
    listed = {re.sub(r"\D", "", str(one)) for one in facts.get("contact_allowlist") or ()}
    for found in _RUN.finditer(plain):
        if _is_identifier(found[0], plain[max(0, found.start() - 14) : found.start()], listed):
            yield reading.span(found.start(), found.end())
    for pattern in (_SSN, _NAMED_SSN):
        for found in pattern.finditer(plain):
            yield reading.span(found.start(), found.end())
    for found in _US_PHONE.finditer(plain):
        # A phone is the person's own when the text says whose it is: (phone …) after a name, "your cell".
        before = plain[max(0, found.start() - 24) : found.start()]
        if re.search(
            r"\((?:phone|cell|mobile|tel)[^\d]{0,8}$|\byour (?:cell|phone|mobile)[^\d]{0,14}$", before
        ):
            yield reading.span(found.start(), found.end())
    for pattern in _PATTERNS:
        for found in pattern.finditer(plain):
            if not _BRANCH.search(plain):
                yield reading.span(found.start(), found.end())


def _is_identifier(shown: str, before: str, listed: set[str]) -> bool:
    digits = re.sub(r"[ -]", "", shown)
    if digits in listed or re.match(r"(?:400|800|95)", digits):
        return False
    if _MOBILE.fullmatch(digits):
        return True
    if _NUMBERED.search(before):
        return False
    if _ID.fullmatch(digits):
        return True
    return 13 <= len(digits) <= 19 and digits.isdigit() and (bool(_CARD.search(before)) or luhn(digits))


def luhn(digits: str) -> bool:
    """Return whether the check digit of a card number fits.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
