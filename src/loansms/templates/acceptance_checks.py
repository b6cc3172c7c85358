"""What one gateway refuses of one template: each check reads one section of the profile, none knows the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from loansms.model import Channel, Lender, Purpose
from loansms.templates.acceptance import Acceptance
from loansms.templates.acceptance_contacts import code_faults, link_faults, phone_faults
from loansms.templates.acceptance_terms import Demand, Script
from loansms.templates.frame import jurisdiction_of
from loansms.templates.lint_checks import REFUSE, Fault
from loansms.templates.parts import Fixed, Gap, Part
from loansms.templates.review import sample_lender
from loansms.templates.slots import Slot, SlotKind
from loansms.templates.template import Template

Check = Callable[[Template, Acceptance, Lender], Iterator[Fault]]

SCRIPT = "script_refused"  # told once a language by the lint
_CLOSING = 12  # characters in which a way to refuse is said at the end of a text


def faults(template: Template, profile: Acceptance, lender: Lender | None = None) -> Iterator[Fault]:
    """Yield what `profile` refuses of the form of `template`; `lender` None is an example of its market."""
    if template.channel is not Channel.SMS:
        return
    yield from _script(template, profile)
    if not profile.reads(template.locale):
        return
    speaker = lender or sample_lender(template.locale)
    for check in CHECKS:
        yield from check(template, profile, speaker)


def _script(template: Template, profile: Acceptance) -> Iterator[Fault]:
    """A text in the other script is refused whole, whatever the languages of the profile."""
    wanted = profile.script
    written = {"zh-CN": Script.SIMPLIFIED, "zh-Hant": Script.TRADITIONAL}.get(template.locale)
    if wanted is None or written is None or written is wanted.takes:
        return
    yield Fault(
        SCRIPT,
        f"{profile.name} takes {wanted.takes} characters only; send it by another route",
        f"{profile.name} 只接受{'简体' if wanted.takes is Script.SIMPLIFIED else '繁体'}字；请改走其他通道",
        wanted.citation,
    )


def _characters(template: Template, profile: Acceptance, _lender: Lender) -> Iterator[Fault]:
    words = template.fixed_words
    if profile.brackets is not None and set(words) & set(profile.brackets.forbid):
        yield Fault(
            "symbols",
            f"it holds {profile.brackets.forbid}; {profile.name} adds the signature outside, take them out",
            f"正文含{profile.brackets.forbid}；签名由 {profile.name} 在正文之外添加，请删去",
            profile.brackets.citation,
        )
    if profile.symbols is not None:
        held = "".join(sorted(set(words) & set(profile.symbols.forbid)))
        if held:
            yield Fault(
                "symbols",
                f"it holds {held}, which {profile.name} refuses; write it in words, an amount with 元",
                f"含有 {profile.name} 不接受的符号 {held}；请改用文字，金额写“元”",
                profile.symbols.citation,
            )


def _variables(template: Template, profile: Acceptance, _lender: Lender) -> Iterator[Fault]:
    bound = profile.variables
    if bound is None:
        return
    told = [part.name for part in template.parts if isinstance(part, Gap) and part.name in template.slots]
    severity = "warning" if bound.varies else "error"
    if not bound.adjacent:
        yield from _adjacent(template, bound.citation)
    if not bound.all_variable and not any(char.isalpha() for char in template.fixed_words):
        yield Fault(
            "all_variable",
            f"no fixed words; {profile.name} takes a template that shows its scene, add words",
            f"没有固定文字；{profile.name} 要求模板能看出使用场景，请补充文字",
            bound.citation,
        )
    if bound.max_count is not None and len(told) > bound.max_count:
        yield Fault(
            "slots_many",
            f"{len(told)} variables, {profile.name} takes {bound.max_count}; fix some as words or split the text",
            f"有 {len(told)} 个变量，{profile.name} 最多 {bound.max_count} 个；请改为固定文字或拆分模板",
            bound.citation,
        )
    twice = sorted({name for name in told if told.count(name) > 1})
    if twice and not bound.repeated:
        yield Fault(
            "slot_repeated",
            f"{', '.join(twice)} stands twice; {profile.name} takes each variable once, reword",
            f"变量 {'、'.join(twice)} 重复出现；{profile.name} 只允许出现一次，请改写",
            bound.citation,
        )
    if bound.max_chars is None or (template.purpose is Purpose.OTP and (profile.code or bound.varies)):
        return
    long = sorted(
        name for name in set(told) if longest(template.slots[name], template.locale) > bound.max_chars
    )
    if long:
        yield Fault(
            "slots_long",
            f"{', '.join(long)} may be longer than the {bound.max_chars} characters {profile.name} takes of one "
            "value; lower max_length in slots.toml or shorten the choices",
            f"变量 {'、'.join(long)} 可能超过 {profile.name} 单个变量 {bound.max_chars} 个字符的上限；"
            "请在 slots.toml 中调低 max_length 或缩短选项",
            bound.citation,
            severity,
        )


def _adjacent(template: Template, citation: str) -> Iterator[Fault]:
    spoken = [part for part in template.parts if isinstance(part, Gap) or part.text.strip()]
    for one, other in pairwise(spoken):
        if _varies(template, one) and _varies(template, other):
            yield Fault(
                "adjacent_slots",
                f"{_name(one)} and {_name(other)} stand side by side; put words between them",
                f"变量 {_name(one)} 与 {_name(other)} 相邻；中间请加文字",
                citation,
            )


def _varies(template: Template, part: Part) -> bool:
    return isinstance(part, Gap) and part.name in template.slots


def _name(part: Part) -> str:
    return f"{{{part.name}}}" if isinstance(part, Gap) else ""


def longest(slot: Slot, locale: str) -> int:
    """Return the most characters that a value of `slot` can have."""
    if slot.kind is not SlotKind.CHOICE:
        return slot.max_length
    words = (
        one.get(locale) or one.get("en") or next(iter(one.values()), "") for one in slot.choices.values()
    )
    return max(map(len, words), default=slot.max_length)


def _length(template: Template, profile: Acceptance, lender: Lender) -> Iterator[Fault]:
    bound = profile.length
    if bound is None:
        return
    most = longest_text(template, lender)
    if most > bound.max_chars:
        yield Fault(
            "too_long",
            f"up to {most} characters with signature and the longest values, {profile.name} takes "
            f"{bound.max_chars}; shorten it or lower max_length of its slots",
            f"连同签名和最长的变量值可达 {most} 个字符，{profile.name} 最多 {bound.max_chars} 个；"
            "请缩短文案或调低变量的 max_length",
            bound.citation,
        )


def longest_text(template: Template, lender: Lender) -> int:
    """Return the most characters `template` can have from `lender`: signature, frame and longest values."""
    said = lender.slots(template.locale, template.recipient.value, template.purpose.value)
    opening = () if template.names_sender else template.frame.opening_for(template.purpose, lender)
    closing = template.frame.closing_for(
        template.purpose, jurisdiction_of(template.locale, lender), template.opt_out
    )
    signature = len(lender.signature) + 2 if lender.jurisdiction == "CN" else 0
    body = sum(_most(part, template, said) for part in (*opening, *template.parts))
    return signature + body + len(template.frame.joiner) * bool(closing) + len(closing)


def _most(part: Part, template: Template, said: dict[str, str]) -> int:
    if isinstance(part, Fixed):
        return len(part.text)
    slot = template.slots.get(part.name)
    return longest(slot, template.locale) if slot is not None else len(said.get(part.name, ""))


def _notice_opt_out(template: Template, profile: Acceptance, lender: Lender) -> Iterator[Fault]:
    bound = profile.notice_opt_out
    if bound is None or template.purpose is Purpose.MARKETING or bound.demand is Demand.FREE:
        return
    stands = bool(REFUSE.search(template.fixed_words + _closing(template, lender)))
    if bound.demand is Demand.FORBIDDEN and stands:
        yield Fault(
            "opt_out_in_notice",
            f"an opt-out line in a notice is refused by {profile.name}; take it out, the frame adds it where it belongs",
            f"{profile.name} 不接受通知类短信含退订语；请删去，需要时由框架自动添加",
            bound.citation,
        )
    if bound.demand is Demand.REQUIRED and not stands:
        yield Fault(
            "opt_out_missing",
            f"{profile.name} asks for an opt-out line in notices too; set opt_out = true",
            f"{profile.name} 要求通知类短信也含退订语；请设 opt_out = true",
            bound.citation,
        )


def _promotion_opt_out(template: Template, profile: Acceptance, lender: Lender) -> Iterator[Fault]:
    bound = profile.promotion_opt_out
    if bound is None or template.purpose is not Purpose.MARKETING or bound.demand is Demand.FREE:
        return
    text = (template.fixed_words + _closing(template, lender)).rstrip(" 。.")
    if not REFUSE.search(text):
        yield Fault(
            "opt_out_missing",
            f"a promotion by {profile.name} ends with {bound.text or 'a way to refuse it'}; "
            "drop opt_out = false or add the line to frames.toml",
            f"{profile.name} 的推广短信须以“{bound.text or '退订方式'}”结尾；请去掉 opt_out = false 或补充退订语",
            bound.citation,
        )
    elif bound.exact and not text.endswith(bound.text):
        yield Fault(
            "opt_out_inexact",
            f"{profile.name} takes one opt-out line, as the last words: {bound.text}",
            f"{profile.name} 只接受以“{bound.text}”结尾；请照此书写",
            bound.citation,
        )
    elif not REFUSE.search(text[-_CLOSING:]):
        yield Fault(
            "opt_out_not_last",
            f"the opt-out line is not the last thing said; {profile.name} wants it at the end",
            f"退订语不在文末；{profile.name} 要求以退订语结尾",
            bound.citation,
        )


def _closing(template: Template, lender: Lender) -> str:
    return template.frame.closing_for(
        template.purpose, jurisdiction_of(template.locale, lender), template.opt_out
    )


def _signature(_template: Template, profile: Acceptance, lender: Lender) -> Iterator[Fault]:
    bound = profile.signature
    if bound is None or lender.example_only:
        return
    least, most = bound.min_chars or 0, bound.max_chars or len(lender.signature)
    if not least <= len(lender.signature) <= most:
        yield Fault(
            "signature_length",
            f"{profile.name} takes signatures of {least} to {most} characters; change it in the lender profile",
            f"{profile.name} 的签名须为 {least} 至 {most} 个字符；请修改机构资料",
            bound.citation,
        )


CHECKS: tuple[Check, ...] = (
    _characters,
    _variables,
    _length,
    code_faults,
    phone_faults,
    link_faults,
    _notice_opt_out,
    _promotion_opt_out,
    _signature,
)
