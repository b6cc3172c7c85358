"""What a gateway refuses of the contacts and links in a template, and of the form of its codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from loansms.model import Lender, Purpose
from loansms.templates.acceptance import Acceptance
from loansms.templates.acceptance_terms import PhoneKind
from loansms.templates.lint_checks import LINKED, NUMBER, Fault
from loansms.templates.parts import Fixed, Gap
from loansms.templates.slots import SlotKind
from loansms.templates.template import Template
from loansms.text.short_links import SHORT_HOSTS

_LINE_SLOTS = frozenset({"service_line", "complaint_line"})
_PRIVATE = re.compile(
    r"(?:加|私|我的?)微信|微信号|(?<![A-Za-z])QQ(?![A-Za-z])|加[^。，]{0,4}群|群号", re.IGNORECASE
)
_MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_SHORT_LINE = re.compile(r"(?<![\d-])95\d{3}(?![\d-])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# A link that is not finished where the fixed words end, and words that go on with one.
_OPEN_LINK = re.compile(rf"(?:://|{LINKED.pattern})$", re.IGNORECASE)
_TAIL = re.compile(r"(?:\.(?:com|cn|net)\b|/[\w?=&-])", re.IGNORECASE)


def code_faults(template: Template, profile: Acceptance, _lender: Lender) -> Iterator[Fault]:
    """Yield what a code is refused for; one that shows an amount is registered as a notice, not held to this."""
    bound = profile.code
    if bound is None or template.purpose is not Purpose.OTP:
        return
    words = template.fixed_words
    if bound.words and not any(one in words for one in bound.words):
        told = ", ".join(bound.words)
        yield Fault(
            "otp_word",
            f"a code is not called by a word {profile.name} asks for: {told}",
            f"验证码短信须含 {profile.name} 要求的字样之一：{told}",
            bound.citation,
        )
    many = bound.max_variables is not None and len(template.slots) > bound.max_variables
    if any(slot.kind is SlotKind.MONEY for slot in template.slots.values()):
        if many:
            yield Fault(
                "otp_slots",
                f"amount and payee do not fit a code template of {profile.name}; register it as a notice and ask "
                "whether that is taken",
                f"金额和收款方不符合 {profile.name} 验证码模板的要求；请按通知类模板报备，并向通道确认是否接受",
                bound.citation,
                "warning",
            )
        return
    if many:
        yield Fault(
            "otp_slots",
            f"a code template of {profile.name} takes {bound.max_variables} variable, the code; use otp.plain",
            f"{profile.name} 的验证码模板只能有 {bound.max_variables} 个变量，即验证码；请使用 otp.plain",
            bound.citation,
        )
        return  # otp.plain mends the rest too
    if not bound.contacts and (_contacts(template) or _numbers(words)):
        yield Fault(
            "otp_contact",
            f"{profile.name} takes no contact line in a code template; use otp.plain or take it out",
            f"{profile.name} 的验证码模板不得含联系方式；请使用 otp.plain 或删去",
            bound.citation,
        )
    if not bound.links and _has_link(template):
        yield Fault(
            "otp_link",
            f"{profile.name} takes no link in a code template; take it out",
            f"{profile.name} 的验证码模板不得含链接；请删去",
            bound.citation,
        )


def _contacts(template: Template) -> list[str]:
    """Return the names of the slots that hold a telephone line, as often as they stand in the text."""
    return [
        part.name
        for part in template.parts
        if isinstance(part, Gap)
        and (
            part.name in _LINE_SLOTS
            or (part.name in template.slots and template.slots[part.name].kind is SlotKind.PHONE)
        )
    ]


def phone_faults(template: Template, profile: Acceptance, lender: Lender) -> Iterator[Fault]:
    """Yield what the telephone lines and other contacts of a text are refused for."""
    bound = profile.phones
    if bound is None:
        return
    lines = _contacts(template)
    found = _numbers(template.fixed_words)
    if bound.max_count is not None and len(lines) + len(found) > bound.max_count:
        yield Fault(
            "phones_many",
            f"{len(lines) + len(found)} contact lines, {profile.name} takes {bound.max_count}; leave out the rest",
            f"有 {len(lines) + len(found)} 个联系电话，{profile.name} 最多 {bound.max_count} 个；请删去多余的",
            bound.citation,
        )
    said = lender.slots(template.locale, template.recipient.value, template.purpose.value)
    told = [*found, *(re.sub(r"\D", "", said[name]) for name in lines if name in _LINE_SLOTS)]
    kinds = {_phone_kind(number) for number in told}
    if PhoneKind.MOBILE in kinds - set(bound.kinds):
        yield Fault(
            "mobile_number",
            f"it names a mobile number, which {profile.name} refuses; name a service line",
            f"含有 {profile.name} 不接受的手机号；请改用客服电话",
            bound.citation,
        )
    elif not kinds <= set(bound.kinds):
        taken = ", ".join(bound.kinds)
        yield Fault(
            "phone_kind",
            f"it names a line of a kind {profile.name} refuses; name one of these in the lender profile: {taken}",
            f"含有 {profile.name} 不接受的号码类型；只接受 {taken}，请在机构资料中改用此类号码",
            bound.citation,
        )
    if _PRIVATE.search(template.fixed_words):
        yield Fault(
            "private_contact",
            f"it names a messenger or a group, which {profile.name} refuses; name a service line",
            f"含有 {profile.name} 不接受的微信、QQ 或群号；请改用客服电话",
            bound.citation,
        )


def _numbers(words: str) -> list[str]:
    """Return the telephone numbers that stand in `words`, in digits; a date is none."""
    told = [*NUMBER.finditer(words), *_SHORT_LINE.finditer(words)]
    return [re.sub(r"\D", "", one[0]) for one in told if not _DATE.fullmatch(one[0])]


def _phone_kind(number: str) -> PhoneKind:
    """Return the kind of a mainland number in digits."""
    if _MOBILE.fullmatch(number):
        return PhoneKind.MOBILE
    if number.startswith("400"):
        return PhoneKind.LINE_400
    return PhoneKind.LINE_95 if number.startswith("95") else PhoneKind.LANDLINE


def link_faults(template: Template, profile: Acceptance, _lender: Lender) -> Iterator[Fault]:
    """Yield what the links of a text are refused for."""
    bound = profile.links
    if bound is None or not _has_link(template):
        return
    if not bound.taken:
        yield Fault(
            "link_refused",
            f"{profile.name} takes no link; name the app or a service line",
            f"{profile.name} 不接受链接；请改写为 APP 名称或客服电话",
            bound.citation,
        )
        return
    if not bound.variable and _runs_into_gap(template):
        yield Fault(
            "link_variable",
            f"a variable stands in a link; {profile.name} takes fixed links only",
            f"链接中含变量；{profile.name} 只接受固定链接",
            bound.citation,
        )
    if not bound.short and any(
        one[1].casefold().removeprefix("www.") in SHORT_HOSTS for one in LINKED.finditer(template.fixed_words)
    ):
        yield Fault(
            "link_short",
            f"a shortened link, which {profile.name} refuses; give the whole address on your own host",
            f"含有 {profile.name} 不接受的短链接；请写明自有域名的完整网址",
            bound.citation,
        )
    if bound.filed:
        yield Fault(
            "link_filing",
            f"{profile.name} takes links to hosts with an ICP filing; check that this one has it",
            f"{profile.name} 只接受已完成 ICP 备案的域名；请核实",
            bound.citation,
            "warning",
        )


def _has_link(template: Template) -> bool:
    return "://" in template.fixed_words or LINKED.search(template.fixed_words) is not None


def _runs_into_gap(template: Template) -> bool:
    """Return whether a value becomes a part of a link: behind its beginning, or in front of its path."""
    for one, other in pairwise(template.parts):
        if isinstance(one, Fixed) and _OPEN_LINK.search(one.text):
            return True
        if isinstance(other, Fixed) and _TAIL.match(other.text):
            return True
    return False
