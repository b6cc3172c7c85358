"""What a stored or shown text still gives away: phones, names, numbers, addresses, amounts, secrets.

For records (logs, traces, previews, exports), where nothing of a person may stand in full. It is stricter than
the review of a message, which may name the amount that is owed. How a value is masked is
`loansms.privacy`; what that leaves shows nothing here.

>>> [one.kind for one in leaks("13800138000 paid 512.40元, card 4111 1111 1111 1111")]
['phone', 'amount', 'card_number']
>>> leaks("138****8000 paid, card ****1111")
()
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from loansms.compliance.wording.identifiers import luhn

KINDS: Final = (
    "phone",
    "id_number",
    "card_number",
    "account_number",
    "email",
    "address",
    "amount",
    "name",
    "otp",
    "password",
    "cvv",
    "card_pin",
    "biometrics",
)
# What a person is known by, as against what is known of them.
IDENTIFYING: Final = frozenset({"phone", "id_number", "card_number", "account_number", "email", "name"})

_RUN: Final = re.compile(r"(?<![\dxX*.])\+?[\d*](?:[ \-.]?[\d*]){5,24}[xX]?(?![\d*])")
_DATE_IN_ID: Final = re.compile(
    r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dxX]"
)
_MOBILE: Final = re.compile(r"(?:00?86)?1[3-9]\d{9}")
_US_PHONE: Final = re.compile(r"(?<![\d*])(?:\+?1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?![\d*])")
_INTERNATIONAL: Final = re.compile(r"(?<!\d)\+[1-9]\d{0,2}[ .-]?\d(?:[ .-]?\d){6,12}(?!\d)")
_SSN: Final = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")
_ACCOUNT: Final = re.compile(
    r"(?:账号|帐号|账户|银行卡|卡号|\baccount|\bacct|\biban)\s?(?:号码?|number|no\.?|为|是|is|:|#|=|\s)*([A-Za-z]{0,4}\d{8,24})",
    re.IGNORECASE | re.ASCII,
)
_REFERENCE: Final = re.compile(
    r"(?:合同|编号|订单|流水|单号|凭证|案号|工单|批次|交易号|contract|order|reference|ref\.?|invoice|case|ticket|transaction)"
    r"(?:号码?|编号|no\.?|number|#|:|=|\s|为|是)*$",
    re.IGNORECASE | re.ASCII,
)
# A moment as a log writes it: milliseconds since 1970, or date and time in one.
_MOMENT: Final = re.compile(
    r"1\d{12}|20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?:\d{3})?"
)
_EMAIL: Final = re.compile(r"(?<![\w.*+-])([\w.+*-]+)@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_AMOUNT: Final = re.compile(
    r"(?:[¥$€£]|\b(?:CNY|RMB|USD|人民币))\s?(\d[\d,]{0,15}(?:\.\d{1,4})?)"
    r"|(?<![\d,.])(\d[\d,]{0,15}(?:\.\d{1,4})?)\s?(?:元|块钱|dollars\b)",
    re.IGNORECASE | re.ASCII,
)
_ADDRESSES: Final = (
    re.compile(
        r"[\u4e00-\u9fff]{1,10}(?:路|街|巷|弄|大道|胡同|小区|村|苑|大厦)\s?\d+\s?(?:号|弄|栋|幢|室|单元|楼|组)?"
    ),
    re.compile(
        r"\b\d{1,6} (?:[A-Z][a-z]+\.? ){1,4}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way)\b"
    ),
)
_SECRETS: Final = {
    "otp": (
        re.compile(r"(?:验证码|校验码|动态码|注册码|口令码)[^\d\n。;]{0,12}(?<!\d)(\d{4,8})(?!\d)"),
        re.compile(r"(?<!\d)(\d{4,8})(?!\d).{0,8}(?:验证码|校验码|动态码|注册码)"),
        re.compile(
            r"\b(?:code|otp|passcode)\b[^\d\n.;]{0,16}(?<!\d)(\d{4,8})(?!\d)", re.IGNORECASE | re.ASCII
        ),
        re.compile(r"(?<!\d)(\d{4,8})(?!\d) is your\b.{0,30}\bcode\b", re.IGNORECASE | re.ASCII),
    ),
    "password": (
        re.compile(r"(?:密码|口令)(?:已重置)?\s?(?:为|是|:|=)\s?((?=[\w@#$!]*[\da-zA-Z])[\w@#$!]{4,})"),
        re.compile(r"\b(?:password|passwd|pwd)\b\s?(?:is|:|=)\s?([^\s*,;]{4,})", re.IGNORECASE | re.ASCII),
    ),
    "cvv": (
        re.compile(
            r"(?:\bcvv2?\b|\bcvc2?\b|安全码)\s?(?:is|为|是|:|=)?\s?(\d{3,4})(?!\d)", re.IGNORECASE | re.ASCII
        ),
    ),
    "card_pin": (
        re.compile(
            r"(?:\bpin\b|取款密码|交易密码)\s?(?:is|为|是|:|=)\s?(\d{4,6})(?!\d)", re.IGNORECASE | re.ASCII
        ),
    ),
    "biometrics": (
        re.compile(r"(?:人脸|指纹|声纹|虹膜)(?:特征|模板|数据|图像)\s?(?:为|是|:|=)\s?\S{4,}"),
        re.compile(
            r"\b(?:face|finger ?print|iris|voice ?print) ?(?:template|vector|hash|data) ?[:=] ?\S{4,}",
            re.IGNORECASE | re.ASCII,
        ),
    ),
}
# The hundred commonest surnames of the mainland (2020 census), and some of two characters.
_SURNAME: Final = (
    "(?:欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常])"
)
_NAMES: Final = (
    re.compile(rf"({_SURNAME}[\u4e00-\u9fff]{{1,2}})(?:先生|女士|小姐|同志)"),
    re.compile(
        rf"(?:(?:姓名|户名|尊敬的)\s?(?:为|是|:|=)?|(?:借款人|持卡人|联系人|担保人|客户)\s?(?:为|是|:|=))\s?"
        rf"({_SURNAME}[\u4e00-\u9fff]{{1,2}})(?![\u4e00-\u9fff*])"
    ),
    re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.? ([A-Z][a-z]+(?: [A-Z][a-z]+)*)"),
    re.compile(
        r"\bDear ((?!Customer|Sir|Madam|Client|Borrower|Member|Valued|User)[A-Z][a-z]+(?: [A-Z][a-z]+)*)"
    ),
    re.compile(r"\b(?i:name|borrower|customer)\s?[:=]\s?([A-Z][a-z]+(?: [A-Z][a-z]+)*)"),
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_CHECK: Final = "10X98765432"
_ROUND: Final = 100  # an amount of whole hundreds tells nobody's bill
_PHONE_KEEP: Final = (3, 4)
_ID_KEEP: Final = (6, 4)
_CARD_KEEP: Final = (0, 4)


@frozen
class Leak:
    """One thing shown: its kind and where it stands in the text; ``disguised`` when it had to be normalised."""

    kind: str
    span: tuple[int, int]
    disguised: bool = False


def leaks(text: str, names: Iterable[str] = (), lines: Iterable[str] = ()) -> tuple[Leak, ...]:
    """Return everything `text` shows of a person, in the order it stands there.

    `names` are the names of the people it may be about, `lines` the lender's own numbers, which may stand.
    """
    plain = "".join(_narrow(one) for one in text)
    listed = {re.sub(r"\D", "", one) for one in lines}
    found = [
        *_numbers(plain, listed),
        *_marked(plain),
        *_people(plain, names),
    ]
    made = (
        Leak(kind, (start, end), _disguised(kind, text[start:end], plain[start:end]))
        for kind, start, end in sorted(found, key=lambda one: (one[1], one[0]))
    )
    return tuple(dict.fromkeys(made))


def id_check_digit(number: str) -> bool:
    """Return whether the last character of a mainland ID number fits the rest (GB 11643-1999).

    >>> id_check_digit("11010519491231002X"), id_check_digit("110105194912310021")
    (True, False)
    """
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == number[17].upper()


def _narrow(one: str) -> str:
    """Return a full-width or styled character as the plain one, where it is one character."""
    plain = unicodedata.normalize("NFKC", one)
    return plain if len(plain) == 1 else one


def _numbers(plain: str, listed: set[str]) -> Iterator[tuple[str, int, int]]:
    for found in _RUN.finditer(plain):
        shown = re.sub(r"[ \-.+]", "", found[0])
        kind = _kind(shown, plain[max(0, found.start() - 16) : found.start()])
        if kind and not _own_line(shown, listed):
            yield kind, found.start(), found.end()
    for found in (*_US_PHONE.finditer(plain), *_INTERNATIONAL.finditer(plain)):
        if not _own_line(re.sub(r"\D", "", found[0]), listed) and not _MOBILE.search(
            re.sub(r"\D", "", found[0])
        ):
            yield "phone", found.start(), found.end()
    for found in _SSN.finditer(plain):
        yield "id_number", found.start(), found.end()
    for found in _ACCOUNT.finditer(plain):
        yield "account_number", found.start(1), found.end(1)


def _own_line(digits: str, listed: set[str]) -> bool:
    return digits in listed or re.match(r"(?:400|800)\d{7}$|9[56]\d{3,6}$", digits) is not None


def _kind(shown: str, before: str) -> str:
    """Return what a run of digits and stars is, "" where it tells nothing."""
    if "*" in shown:
        # Stars beside a number that is shown whole hide nothing of it.
        bare = shown.strip("*")
        return _half_masked(shown) or (_kind(bare, before) if bare.isdigit() else "")
    if _MOBILE.fullmatch(shown) or re.fullmatch(r"861[3-9]\d{9}", shown):
        return "phone"
    if _DATE_IN_ID.fullmatch(shown) and id_check_digit(shown):
        return "id_number"
    # A number that its check digit does not tell may be that of a contract, which the word before it says.
    if _REFERENCE.search(before) and not luhn_card(shown):
        return ""
    if _DATE_IN_ID.fullmatch(shown):
        return "id_number"
    return "card_number" if luhn_card(shown) else ""


def luhn_card(shown: str) -> bool:
    """Return whether digits are as long as a card number and its check digit fits."""
    if not shown.isdigit() or not 13 <= len(shown) <= 19 or len(set(shown)) == 1:
        return False
    return _MOMENT.fullmatch(shown) is None and luhn(shown)


def _half_masked(shown: str) -> str:
    """Return what a run with stars in it shows too much of."""
    front, back = shown.index("*"), len(shown) - 1 - shown.rindex("*")
    if re.fullmatch(r"1[3-9*][\d*]{9}", shown) and (front > _PHONE_KEEP[0] or back > _PHONE_KEEP[1]):
        return "phone"
    if len(shown) == 18 and (front > _ID_KEEP[0] or back > _ID_KEEP[1]):
        return "id_number"
    if len(shown) in (15, 16, 17, 19) and (front > _CARD_KEEP[0] or back > _CARD_KEEP[1]):
        return "card_number"
    return ""


def _marked(plain: str) -> Iterator[tuple[str, int, int]]:
    for found in _EMAIL.finditer(plain):
        if "*" not in found[1] or len(found[1].rstrip("*")) > 1:
            yield "email", found.start(), found.end()
    for pattern in _ADDRESSES:
        for found in pattern.finditer(plain):
            yield "address", found.start(), found.end()
    for found in _AMOUNT.finditer(plain):
        if not _rounded(found[1] or found[2]):
            yield "amount", found.start(), found.end()
    for kind, patterns in _SECRETS.items():
        for pattern in patterns:
            for found in pattern.finditer(plain):
                yield kind, found.start(), found.end()


def _rounded(amount: str) -> bool:
    whole, _, cents = amount.replace(",", "").partition(".")
    return not cents.strip("0") and int(whole) % _ROUND == 0


def _people(plain: str, names: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    for name in names:
        if len(name) > 1:
            for found in re.finditer(re.escape(name), plain):
                yield "name", found.start(), found.end()
    for pattern in _NAMES:
        for found in pattern.finditer(plain):
            yield "name", found.start(1), found.end(1)


def _disguised(kind: str, shown: str, plain: str) -> bool:
    """Whether separators or full-width signs kept a plain search from seeing it."""
    if kind not in IDENTIFYING:
        return False
    return shown != plain or (kind in ("phone", "id_number", "card_number") and not shown.isalnum())
