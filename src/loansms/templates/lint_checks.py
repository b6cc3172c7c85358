"""The house checks on one template: each yields its faults, none knows the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from attrs import frozen

from loansms.model import Channel, Purpose
from loansms.templates.frame import jurisdiction_of
from loansms.templates.parts import Fixed, Gap
from loansms.templates.review import sample_text
from loansms.templates.slots import SlotKind
from loansms.templates.template import Template
from loansms.text import count

_LONGEST = 500  # characters with signature and values (CNP-FMT-04)
_SAID = 2  # times that a voice says the digits
_SYMBOLS = re.compile(r"[【】¥￥★☆※→←↑↓●■◆▲]")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[\s-]?)?1[3-9]\d(?:[\s-]?\d{4}){2}(?!\d)")
NUMBER = re.compile(r"(?<!\d)\+?\d(?:[\s()-]{0,2}\d){5,}(?!\d)")
_FLAT = re.compile(
    r"(?<![款当])(?:[月日]息|[月日]利率|[月日]费率|[月日]費率)|分期手续费率|分期手續費率|[百千万萬]分之|[\d一二三四五六七八九十]厘|分利|\b(?:flat|monthly|daily) (?:interest )?rate|\bper ?cent\b|\d\s*[%％]",
    re.IGNORECASE,
)
_VALIDITY = re.compile(r"分[钟鐘]|有效|minutes?|valid|expires", re.IGNORECASE)
_KEEP = re.compile(
    r"[勿别不][^。！]{0,6}(?:告知|告訴|告诉|泄露|洩露|透露|提供|转发|轉發|索要)|(?:not|never) [a-z ]{0,12}(?:share|tell|give)",
    re.IGNORECASE,
)
# A host, with or without its scheme; the group is the host.
LINKED = re.compile(
    r"(?:https?://|\bwww\.)?\b((?:[a-z0-9-]+\.)+(?:com|cn|net|org|io|co|im|gd|gl|ly|gy|id|top|xyz|vip|cc|info|me))\b"
    r"(?:/[!-~]*)?",
    re.IGNORECASE | re.ASCII,
)
REFUSE = re.compile(r"拒收|退订|退訂|\bSTOP\b|opt out|unsubscribe", re.IGNORECASE)


@frozen
class Fault:
    """What one check found."""

    rule: str
    message: str
    message_zh: str
    citation: str = "house"
    severity: str = "error"


def _rate_alone(template: Template) -> Iterator[Fault]:
    rated = any(slot.kind is SlotKind.RATE for slot in template.slots.values())
    if "annual_cost" not in template.slots and (rated or _FLAT.search(template.fixed_words)):
        yield Fault(
            "rate_without_annual_cost",
            "a rate is told without the annual cost; add {annual_cost}",
            "只说利率而未说年化综合成本；请加上 {annual_cost}",
            "PBOC announcement 2021 no. 3 (recalled)",
        )


def _adjacent(template: Template) -> Iterator[Fault]:
    for one, other in pairwise(_without_blanks(template)):
        if isinstance(one, Gap) and isinstance(other, Gap):
            yield Fault(
                "adjacent_slots",
                f"{{{one.name}}} and {{{other.name}}} stand side by side; put words between them",
                f"变量 {{{one.name}}} 与 {{{other.name}}} 相邻；中间请加文字",
                "CNP-TPL-01",
            )


def _without_blanks(template: Template) -> list[Fixed | Gap]:
    return [part for part in template.parts if isinstance(part, Gap) or part.text.strip()]


def _all_variable(template: Template) -> Iterator[Fault]:
    if not any(char.isalpha() for char in template.fixed_words):
        yield Fault(
            "all_variable",
            "no fixed words; a template must show its scene",
            "没有固定文字；模板须能看出使用场景",
            "CNP-TPL-01",
        )


def _symbols(template: Template) -> Iterator[Fault]:
    if _SYMBOLS.search(template.fixed_words):
        yield Fault(
            "symbols",
            "it holds 【】, ¥ or another symbol gateways refuse; the signature is added outside",
            "含有【】、¥ 等通道不接受的符号；签名由通道添加",
            "CNP-FMT-01, CNP-FMT-02",
        )


def _opt_out(template: Template) -> Iterator[Fault]:
    if template.purpose is not Purpose.MARKETING or template.channel is Channel.AGENT:
        return
    line = template.frame.closing_for(
        template.purpose, jurisdiction_of(template.locale, None), template.opt_out
    )
    if not line and not REFUSE.search(template.fixed_words):
        yield Fault(
            "opt_out_missing",
            "marketing does not say how to refuse it; drop opt_out = false or add an opt-out line to frames.toml",
            "营销短信未说明退订方式；请去掉 opt_out = false 或在 frames.toml 中补充退订语",
            "CN-SMS-03, CNP-OPT-02",
        )


def _code(template: Template) -> Iterator[Fault]:
    if template.purpose is not Purpose.OTP:
        return
    if not _KEEP.search(template.fixed_words):
        yield Fault(
            "otp_no_warning", "a code does not say that it is not to be shared", "验证码短信未提示勿告知他人", "GEN-OTP-01"
        )  # fmt: skip
    if not _VALIDITY.search(template.fixed_words):
        yield Fault(
            "otp_no_validity", "a code does not say how long it is valid", "验证码短信未说明有效时间", "GEN-OTP-01"
        )  # fmt: skip


def _spoken(template: Template) -> Iterator[Fault]:
    """A voice cannot be read again: the digits are said one by one, twice, by a caller who gives a name."""
    if template.purpose is not Purpose.OTP or template.channel is not Channel.VOICE:
        return
    told = [part.name for part in template.parts if isinstance(part, Gap)]
    said = [name for name in told if name in template.slots and template.slots[name].kind is SlotKind.SPOKEN]
    if len(said) < _SAID:
        yield Fault(
            "code_not_spoken",
            f"a code by voice is said digit by digit, {_SAID} times; use {{spoken_code}}",
            f"语音验证码须逐位播报 {_SAID} 遍；请使用 {{spoken_code}}",
        )
    if not template.names_sender:
        yield Fault(
            "voice_unnamed",
            "a call shows no signature; say who calls with {lender_name}",
            "语音不显示签名；请用 {lender_name} 说明来电机构",
        )


def _length(template: Template) -> Iterator[Fault]:
    if len(sample_text(template)) > _LONGEST:
        yield Fault(
            "too_long",
            f"longer than {_LONGEST} characters with sample values",
            f"填入示例值后超过 {_LONGEST} 个字符",
            "CNP-FMT-04",
        )


def _numbers(template: Template) -> Iterator[Fault]:
    if _MOBILE.search(template.fixed_words):
        yield Fault(
            "mobile_number",
            "a mobile number stands in the words; only listed lines may be named, as {service_line}",
            "文案中含手机号；只能以 {service_line} 等变量引用已列明的号码",
            "GEN-CONTACT-01, CNP-TEL-01",
        )
    elif NUMBER.search(template.fixed_words):
        yield Fault(
            "fixed_number",
            "a number stands in the words; name a line as {service_line} so that it follows the lender profile",
            "文案中写死了号码；请用 {service_line} 等变量，使其随机构资料变化",
            "GEN-CONTACT-01",
            "warning",
        )


def _script(template: Template) -> Iterator[Fault]:
    """Simplified text is held to GB 2312, traditional to Big5-HKSCS: the standards' own character sets."""
    kept = {"zh-CN": "gb2312", "zh-Hant": "big5hkscs"}.get(template.locale)
    if kept is None:
        return
    strange = sorted({char for char in template.fixed_words if char.isalpha() and not _encodes(char, kept)})
    if strange:
        told = "".join(strange)
        yield Fault(
            "script",
            f"characters of another script: {told}",
            f"含有非本字体的字符：{told}",
            "CNP-FMT-03",
        )


def _encodes(char: str, codec: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _gsm7(template: Template) -> Iterator[Fault]:
    if template.locale.split("-")[0] == "en" and count(template.fixed_words).encoding != "GSM-7":
        yield Fault(
            "not_gsm7",
            "a character outside GSM-7 (a curly quote, a long dash) more than doubles the cost",
            "含有 GSM-7 之外的字符（弯引号、长破折号等），费用会翻倍以上",
            "3GPP TS 23.038",
            "warning",
        )


CHECKS: tuple[Callable[[Template], Iterator[Fault]], ...] = (
    _rate_alone,
    _adjacent,
    _all_variable,
    _symbols,
    _opt_out,
    _code,
    _spoken,
    _length,
    _numbers,
    _script,
    _gsm7,
)
