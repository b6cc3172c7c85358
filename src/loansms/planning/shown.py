"""Whether a text shows what its code is bound to: the amount and the payee, exactly and beyond doubt.

What is seen is what is signed (PSD2 RTS art. 5(1)(a) and (b); OWASP Transaction Authorization Cheat Sheet). A payee's
name is often chosen by the payee, so it may neither hide characters, nor turn the order of reading, nor say
more than a name: an amount, a code, a line to call.

>>> unclear("示例商户有限公司", heard=False) is None
True
>>> unclear("示例商户，金额1.00元", heard=False).code
'payee_unclear'
"""

from __future__ import annotations

import re
import unicodedata

from loansms.model import Lender, Reason
from loansms.otp import Transaction
from loansms.templates import SlotKind, Template
from loansms.templates.formats import formats
from loansms.templates.slots import Writing

_CITATION = "PSD2 RTS art. 5(1)(a)-(b); OWASP Transaction Authorization Cheat Sheet"
NOT_SHOWN = Reason(
    "transaction_not_shown",
    _CITATION,
    "The text does not show the amount and the payee exactly as the code is bound to them.",
    severity="block",
    message_zh="文案未如实显示验证码所绑定的金额和收款方。",
)
_UNCLEAR = Reason(
    "payee_unclear",
    _CITATION,
    "The payee's name holds characters that cannot be seen or turn the reading order, or it says more than a name: "
    "an amount, digits, a sentence.",
    severity="block",
    message_zh="收款方名称含不可见字符、改变阅读顺序的字符，或含有金额、数字串、语句等名称以外的内容。",
)
_UNSPEAKABLE = Reason(
    "payee_unclear",
    _CITATION,
    "The payee's name holds symbols that a voice cannot read; send it as a text.",
    severity="block",
    message_zh="收款方名称含语音无法播报的符号；请改用短信。",
)
# Drawn as nothing, yet no control or format characters, which a slot refuses: fillers and variation selectors.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_MONEY = "CNY|RMB|USD|HKD|TWD|EUR|GBP|JPY"
# What a name has no need of and a text of ours has: an amount, a code, a line to call, a sentence, a last line
# that a browser fills in. Whoever chooses a payee's name must not speak for the lender in it.
_SPEAKS = re.compile(
    rf"[¥￥$＄€£]\s?\d|\d\s?(?:[元圆圓]|(?:{_MONEY})\b)|\b(?:{_MONEY})\s?\d"
    r"|(?:\d[\s.-]?){5}"  # five digits: a code, a line, an account
    r"|[#＃@＠/／\\]|[，。；：！？、]|[;:!?]"
    r"|验证码|驗證碼|校验码|动态码|密码|密碼|有效|分钟|分鐘|致电|致電|电话|電話|客服|点击|點擊|链接|連結|转账|轉帳|退款"
    r"|\b(?:code|otp|pin|password|valid|expires?|minutes?|call|click|link|refund|reply|verify)\b",
    re.IGNORECASE,
)
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_SYMBOL = "So"  # Unicode general category of emoji and other pictures


def can_show(template: Template) -> bool:
    """Return whether `template` has the places in which amount and payee stand."""
    kinds = {name: slot.kind for name, slot in template.slots.items()}
    return kinds.get("amount") is SlotKind.MONEY and kinds.get("payee") is SlotKind.TEXT


def not_shown(template: Template, text: str, transaction: Transaction, lender: Lender) -> Reason | None:
    """Return why `text`, made from `template`, does not show `transaction`; None when it does."""
    if not can_show(template):
        return NOT_SHOWN
    amount = template.slots["amount"].written(
        transaction.amount, Writing(formats(template.locale), lender=lender)
    )
    return None if amount in text and transaction.payee in text else NOT_SHOWN


def unclear(payee: str, *, heard: bool) -> Reason | None:
    """Return why the words of `payee` could be read as something else; `heard` when they are spoken."""
    if _SPEAKS.search(unicodedata.normalize("NFKC", payee)) or _SPEAKS.search(payee):
        return _UNCLEAR
    if payee.isascii():
        return None
    if _UNSEEN.search(payee) or any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in payee):
        return _UNCLEAR
    if heard and any(unicodedata.category(char) == _SYMBOL for char in payee):
        return _UNSPEAKABLE
    return None
