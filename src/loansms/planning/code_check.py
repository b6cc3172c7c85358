"""Whether a lender's templates can carry its codes at all, asked once, when the service is built.

>>> from loansms.otp import profiles
>>> check_code_templates(Catalogue.builtin(), Lender.example(), profiles.LENDER)
[]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from loansms.compliance import review_text
from loansms.errors import TemplateError
from loansms.model import Channel, Lender, Purpose, RecipientRole
from loansms.otp.autofill import Autofill
from loansms.otp.profiles import Profile
from loansms.planning.code_choice import OTHER, SUPPLIED
from loansms.planning.code_text import CodeWords
from loansms.planning.gate import lender_facts
from loansms.templates import ApprovalState, Catalogue, Finding, Template, lint_code, render
from loansms.templates.locales import fallbacks
from loansms.templates.review import sample_values


def check_code_templates(
    catalogue: Catalogue,
    lender: Lender,
    profile: Profile,
    *,
    autofill: Autofill | None = None,
    template: str | None = None,
    locales: Sequence[str] | None = None,
    approved_only: bool = False,
) -> list[Finding]:
    """Return what keeps the templates of `catalogue` from carrying codes issued under `profile`; errors only.

    `autofill` and `template` as `CodeWords.of` takes them. `locales`: the languages offered (None: every
    language in which there is a text of a code); each must be served without falling back on the lender's own.
    Whether the gateway of the template profile takes a lender's codes at all, and a text with a transaction,
    is told by `lint` and `lint_code`. `approved_only`: a template that is not approved is a finding.
    ConfigurationError for autofill on the mainland, a template or a template profile that nobody knows.
    """
    words = CodeWords.of(
        catalogue, lender, profile, autofill=autofill, template=template, approved_only=approved_only
    )
    found = [
        one
        for locale in (words.locales if locales is None else locales)
        for voice in sorted({channel is Channel.VOICE for channel in profile.channels})
        for bound in (False, True)
        for one in _of_kind(words, locale, profile.digits, voice=voice, bound=bound)
    ]
    return [one for one in dict.fromkeys(found) if one.severity == "error"]


def _of_kind(words: CodeWords, locale: str, digits: int, *, voice: bool, bound: bool) -> Iterator[Finding]:
    template = words.template_for(locale, voice=voice, bound=bound)
    if template is None or not _serves(template, locale):
        kind = f"{'voice' if voice else 'text'}{' with a transaction' if bound else ''}"
        kind_zh = f"{'语音' if voice else '短信'}{'（绑定交易）' if bound else ''}"
        yield Finding(
            "code_template_missing",
            "*",
            locale,
            "error",
            f"{locale}: no template for a code by {kind}",
            f"{locale}：没有{kind_zh}验证码模板",
        )
        return
    fault = words.fault_of(template, voice=voice, bound=bound)
    if fault is not None:
        yield _finding(template, fault.code, fault.message, fault.message_zh, fault.citation)
        return
    yield from lint_code(template, words.template_profile, digits)
    yield from _unfillable(template, bound=bound)
    yield from _as_read(words, template, bound=bound)


def _serves(template: Template, locale: str) -> bool:
    return template.locale in fallbacks(locale)


def _unfillable(template: Template, *, bound: bool) -> Iterator[Finding]:
    supplied = SUPPLIED if bound else SUPPLIED - {"amount", "payee"}
    odd = sorted(template.slots.keys() - supplied)
    if odd:
        told = ", ".join(odd)
        yield _finding(
            template,
            "code_slot_unknown",
            f"a code has no value for the slots {told}",
            f"验证码无法填入以下变量：{told}",
        )


def _as_read(words: CodeWords, template: Template, *, bound: bool) -> Iterator[Finding]:
    """Judge the words as this lender sends them: under every action, unless they are ours and judged before."""
    samples = sample_values(template, words.lender)
    own = template != Catalogue.builtin().templates.get((template.id, template.locale))
    slot = template.slots.get("action")
    for action in slot.choices if slot is not None else (OTHER,):
        values = samples if slot is None else {**samples, "action": action}
        try:
            text = render(template, values, lender=words.lender).text
        except TemplateError as wrong:
            yield _finding(template, "text_refused", str(wrong), wrong.zh)
            return
        if own:
            yield from _unlawful(words, template, text)
        if template.channel is not Channel.VOICE and not _fits(words, text, samples, bound=bound):
            yield _finding(
                template,
                "too_long",
                "too long with the app's hash; expected at most 140 bytes, shorten the text",
                "连同应用哈希超过 140 字节；请缩短文案",
                "Android SMS Retriever",
            )


def _unlawful(words: CodeWords, template: Template, text: str) -> Iterator[Finding]:
    review = review_text(
        text,
        language=template.locale,
        purpose=Purpose.OTP,
        facts=lender_facts(words.lender),
        recipient_role=RecipientRole.BORROWER,
    )
    if template.state is ApprovalState.APPROVED:
        review = review.cleared
    for one in review.findings:
        yield _finding(template, "text_refused", f"{one.family}: {one.message}", one.message_zh, one.citation)


def _fits(words: CodeWords, text: str, samples: Mapping[str, object], *, bound: bool) -> bool:
    code = str(samples.get("code", ""))
    return words.autofill is None or words.autofill.ended(text, code, bound=bound) is not None


def _finding(
    template: Template, rule: str, message: str, message_zh: str, citation: str = "house"
) -> Finding:
    return Finding(
        rule,
        template.id,
        template.locale,
        "error",
        f"{template.place}: {message}",
        f"{template.place}：{message_zh}",
        citation,
    )
