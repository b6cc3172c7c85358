"""Which templates may carry a code, and why the others may not: the choice made once, before any code is sent.

>>> from loansms.templates import Catalogue
>>> chosen = choose(Catalogue.builtin().get("otp.plain", "zh-CN"), voice=False, bound=False, minutes=3)
>>> chosen.fault.code
'validity_untrue'
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import frozen

from loansms.model import Channel, Lender, Purpose, Reason
from loansms.planning.approved import unapproved
from loansms.planning.shown import NOT_SHOWN, can_show
from loansms.templates import SlotKind, Template

OTHER = "other"
"""The choice of the slot ``action`` to which an action of the host's own falls back."""

SUPPLIED = frozenset({"code", "spoken_code", "action", "minutes", "amount", "payee"})
"""The slots that a code's text may have: what planning can fill."""

_MAINLAND = "CN"
_HOME: Mapping[str, str] = {_MAINLAND: "zh-CN", "HK": "zh-Hant", "MO": "zh-Hant", "TW": "zh-Hant"}
_TOLD = re.compile(r"(\d+)\s?(?:分[钟鐘]|min)", re.IGNORECASE)

_NOT_A_CODE = Reason(
    "text_refused",
    "GEN-OTP-01",
    "The template is not one of a code: its purpose is not otp, or it has no place for the code.",
    severity="block",
    message_zh="该模板不是验证码模板：用途不是 otp，或没有验证码变量。",
)
_WRONG_CHANNEL = Reason(
    "wrong_channel",
    "house",
    "A template that is read cannot be spoken, nor the other way round: its channel is not the one asked for.",
    severity="block",
    message_zh="该模板的渠道与所需渠道不符：供阅读的模板不能用于语音播报，反之亦然。",
)
_UNTRUE = Reason(
    "validity_untrue",
    "GEN-OTP-01",
    "The template's fixed words promise more minutes than the code lives.",
    severity="block",
    message_zh="模板固定文字所写的有效时间长于验证码的实际有效期。",
)


@frozen
class Choice:
    """One template, what is filled into it, and why it may not carry a code (None = it may)."""

    template: Template
    fills: tuple[str, ...]
    fault: Reason | None


def choose(
    template: Template, *, voice: bool, bound: bool, minutes: int, approved_only: bool = False
) -> Choice:
    """Return `template` as the words of a code that lives `minutes` as a whole.

    `voice`: they are spoken; `bound`: the code is bound to a transaction; `approved_only`: no words but
    approved ones.
    """
    fills = tuple(SUPPLIED & template.slots.keys())
    fault = unapproved(template, approved_only=approved_only) or _fault(
        template, voice=voice, bound=bound, minutes=minutes
    )
    return Choice(template, fills, fault)


def _fault(template: Template, *, voice: bool, bound: bool, minutes: int) -> Reason | None:
    kinds = {slot.kind for slot in template.slots.values()}
    if template.purpose is not Purpose.OTP or not kinds & {SlotKind.CODE, SlotKind.SPOKEN}:
        return _NOT_A_CODE
    if (template.channel is Channel.VOICE) is not voice:
        return _WRONG_CHANNEL
    if bound and not can_show(template):
        return NOT_SHOWN
    told = [] if "minutes" in template.slots else _TOLD.findall(template.fixed_words)
    return _UNTRUE if any(int(number) > minutes for number in told) else None


def home_of(lender: Lender) -> str:
    """Return the language of the market where `lender` is at home."""
    return _HOME.get(lender.jurisdiction.partition("-")[0], "en")
