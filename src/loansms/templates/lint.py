"""What a template may be refused or misread for, found before any message is sent.

House checks (a rate without its yearly cost, an unlisted mobile number, a code without its warning) run for
every profile, and so do the content standards; a gateway's profile (`loansms.templates.acceptance`) adds what
that gateway refuses. Sources: the profiles name theirs line by line; GEN-OTP-01, GEN-CONTACT-01, CN-SMS-03.

>>> from loansms.templates.catalogue import Catalogue
>>> [finding for finding in lint(Catalogue.builtin()) if finding.severity == "error"]
[]
>>> lint(Catalogue.builtin(), profile="aliyun")[0].rule
'content_refused'
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Set
from pathlib import Path

from attrs import frozen

from loansms.model import Channel, Lender, Party
from loansms.templates.acceptance import Acceptance, shipped
from loansms.templates.acceptance_checks import SCRIPT, faults
from loansms.templates.acceptance_terms import Kind, Taking, kind_of
from loansms.templates.catalogue import Catalogue
from loansms.templates.content import lacks
from loansms.templates.lint_checks import CHECKS, Fault
from loansms.templates.template import Template


@frozen
class Finding:
    """One thing found; `template` and `locale` are "*" where the whole catalogue is meant.

    ``severity`` is error (it would be refused or is unlawful) or warning (it costs or confuses).
    """

    rule: str
    template: str
    locale: str
    severity: str
    message: str
    message_zh: str
    citation: str = "house"

    def told(self, lang: str = "en") -> str:
        """Return the message in `lang` (en or zh-CN)."""
        return self.message_zh if lang.startswith("zh") else self.message


def lint(
    catalogue: Catalogue, profile: str | Path | Acceptance = "none", *, lender: Lender | None = None
) -> list[Finding]:
    """Return what is wrong with `catalogue`, errors first.

    `profile` is none, direct (a mainland carrier), aliyun, tencent, huawei or another shipped name, a .toml
    file of your own, or a profile. `lender` tells signature, lines and party; without one an example of the
    market stands in. Raise ConfigurationError for a name nobody knows or a file that is wrong.
    """
    accepted = Acceptance.named(profile)
    found = [*content_findings(catalogue, accepted, lender), *_once(catalogue, accepted, lender)]
    found += [*_slots_differ(catalogue), *_unused(catalogue)]
    for template in catalogue.templates.values():
        found += [finding_of(template, fault) for fault in _faults(template, accepted, lender)]
    found += _untold(catalogue, {(one.rule, one.template, one.locale) for one in found})
    return sorted(found, key=lambda one: (one.severity, one.template != "*"))


def lint_code(
    template: Template, profile: str | Path | Acceptance = "none", digits: int = 6
) -> list[Finding]:
    """Return what is wrong with one code template for codes of `digits` digits, errors first.

    To the checks of `lint` this adds the digits that the gateway of `profile` takes in a code. What
    the lender profile fills is registered as fixed words, so it is no variable. ConfigurationError as `lint`.
    """
    accepted = Acceptance.named(profile)
    found = [finding_of(template, fault) for fault in _faults(template, accepted, None)]
    if template.channel is not Channel.VOICE and accepted.reads(template.locale):
        found += [finding_of(template, fault) for fault in _digits(accepted, digits)]
    return sorted(found, key=lambda one: one.severity)


def takes_one_slot(profile: str | Path | Acceptance) -> bool:
    """Return whether code templates of `profile` may hold the code alone; ConfigurationError as `lint`."""
    code = Acceptance.named(profile).code
    return code is not None and code.max_variables == 1


def _digits(accepted: Acceptance, digits: int) -> Iterator[Fault]:
    code = accepted.code
    least, most = (code and code.digits) or (digits, digits)
    if code is not None and not least <= digits <= most:
        yield Fault(
            "otp_digits",
            f"{accepted.name} takes codes of {least} to {most} digits, not {digits}",
            f"{accepted.name} 只接受 {least} 至 {most} 位验证码，不接受 {digits} 位",
            code.citation,
        )


def _faults(template: Template, accepted: Acceptance, lender: Lender | None) -> Iterator[Fault]:
    """Yield what the gateway refuses, and of the house's own checks what it has no word on."""
    theirs = [one for one in faults(template, accepted, lender) if not _told_once(one)]
    told = {one.rule for one in theirs}
    if accepted.length is not None and accepted.reads(template.locale):
        told.add("too_long")
    yield from theirs
    for check in CHECKS:
        yield from (fault for fault in check(template) if fault.rule not in told)


def finding_of(template: Template, fault: Fault) -> Finding:
    """Return `fault` as a finding on `template`."""
    return Finding(
        fault.rule,
        template.id,
        template.locale,
        fault.severity,
        f"{template.place}: {fault.message}",
        f"{template.place}：{fault.message_zh}",
        fault.citation,
    )


def others_for(accepted: Acceptance, kinds: Collection[Kind]) -> tuple[str, ...]:
    """Return the shipped profiles of the same market that take all of `kinds`: freely first, then by contract."""
    told: list[tuple[bool, str]] = []
    for name, one in shipped().items():
        if one.content is None or one.market != accepted.market or name == accepted.name:
            continue
        taking = {one.content.of(kind) for kind in kinds}
        if taking <= {Taking.TAKEN, Taking.CONTRACT}:
            told.append((Taking.CONTRACT in taking, name))
    return tuple(name for _, name in sorted(told, key=lambda one: one[0]))


def ways_told(accepted: Acceptance, kinds: Collection[Kind]) -> tuple[str, str]:
    """Return the names of `others_for`, in English and Chinese words where there are none."""
    names = others_for(accepted, kinds)
    return (", ".join(names), "、".join(names)) if names else ("none that is known here", "暂无已知通道")


def content_findings(
    catalogue: Catalogue, accepted: Acceptance, lender: Lender | None = None
) -> Iterator[Finding]:
    """Yield what of the catalogue is refused whatever its words, with the routes that take it."""
    content = accepted.content
    if content is None:
        return
    said = {kind_of(one.purpose) for one in catalogue.templates.values() if one.channel is Channel.SMS}
    refused = [kind for kind in content.refused if kind in said]
    if refused:
        kinds, ways, ways_zh = ", ".join(refused), *ways_told(accepted, refused)
        yield Finding(
            "content_refused",
            "*",
            "*",
            "error",
            f"{accepted.name} does not accept lending content ({kinds}); use a direct carrier or a finance-contract "
            f"channel: {ways}",
            f"{accepted.name} 不接受借贷类内容（{kinds}）；请使用运营商直连或金融专用通道：{ways_zh}",
            content.citation,
        )
    if content.third_party is Taking.REFUSED and Kind.COLLECTION in said - set(refused):
        third = lender is not None and lender.party is Party.THIRD
        if lender is None or third:
            yield Finding(
                "content_third_party",
                "*",
                "*",
                "error" if third else "warning",
                f"{accepted.name} carries no collection of debts owed to others; send it by voice, letter or e-mail",
                f"{accepted.name} 不承接为他人催收的内容；请改用电话、信函或电子邮件",
                content.citation,
            )


def _told_once(fault: Fault) -> bool:
    """A script is refused whole, and a bound that differs by account would be told of nearly every text."""
    return fault.rule == SCRIPT or (fault.rule == "slots_long" and fault.severity == "warning")


def _refuses(accepted: Acceptance, template: Template) -> bool:
    return accepted.content is not None and kind_of(template.purpose) in accepted.content.refused


def _once(catalogue: Catalogue, accepted: Acceptance, lender: Lender | None) -> Iterator[Finding]:
    """Yield one finding a language for what holds of many texts alike, with how many and the first of them.

    What may differ by account is left out where there is no account to have: the content is refused.
    """
    found: defaultdict[tuple[str, str], list[tuple[Template, Fault]]] = defaultdict(list)
    for template in catalogue.templates.values():
        for fault in faults(template, accepted, lender):
            if _told_once(fault) and (fault.rule == SCRIPT or not _refuses(accepted, template)):
                found[fault.rule, template.locale].append((template, fault))
    for (rule, locale), several in found.items():
        first, fault = several[0]
        yield Finding(
            rule,
            "*",
            locale,
            "warning",
            f"{len(several)} texts, such as {first.place}: {fault.message}",
            f"{len(several)} 条文案，如 {first.place}：{fault.message_zh}",
            fault.citation,
        )


def _untold(catalogue: Catalogue, told: Set[tuple[str, str, str]]) -> Iterator[Finding]:
    """Yield what texts lack of their content standards, where no check has told the same."""
    for template in catalogue.templates.values():
        for lack in lacks(template, catalogue.standards):
            if (lack.rule, lack.template, lack.locale) not in told:
                yield Finding(
                    lack.rule,
                    lack.template,
                    lack.locale,
                    lack.severity,
                    lack.message,
                    lack.message_zh,
                    lack.citation,
                )


def _slots_differ(catalogue: Catalogue) -> list[Finding]:
    """A language that lacks a value the others tell leaves its readers knowing less."""
    by_id: defaultdict[str, list[Template]] = defaultdict(list)
    for template in catalogue.templates.values():
        by_id[template.id].append(template)
    found: list[Finding] = []
    for template_id, several in by_id.items():
        usual = Counter(frozenset(one.slots) for one in several).most_common(1)[0][0]
        for one in several:
            odd = sorted(usual ^ frozenset(one.slots))
            if odd:
                told = ", ".join(odd)
                found.append(
                    Finding(
                        "slots_differ",
                        template_id,
                        one.locale,
                        "warning",
                        f"{one.place}: other languages differ in the slots {told}",
                        f"{one.place}：与其他语言的变量不一致：{told}",
                    )
                )
    return found


def _unused(catalogue: Catalogue) -> list[Finding]:
    """A slot that only the lender's own slots.toml declares, and no text uses, is a slip of the pen."""
    used = {name for one in catalogue.templates.values() for name in (*one.slots, *one.lender_slots)}
    own = set(catalogue.vocabulary) - set(Catalogue.builtin().vocabulary)
    return [
        Finding(
            "slot_unused",
            "*",
            "*",
            "warning",
            f"slots.toml {name}: declared, used in no text",
            f"slots.toml {name}：已声明，但没有文案使用",
        )
        for name in sorted(own - used)
    ]
