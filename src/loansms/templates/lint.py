"""What a template may be refused or misread for, found before any message is sent.

House checks (a rate without its yearly cost, an unlisted mobile number, a code without its warning) run for
every profile; a gateway's profile adds what that gateway refuses. Sources: the provider-acceptance rules
CNP-*, GEN-OTP-01, GEN-CONTACT-01, CN-SMS-03, and design decision 9.

>>> from loansms.templates.catalogue import Catalogue
>>> [finding for finding in lint(Catalogue.builtin()) if finding.severity == "error"]
[]
>>> lint(Catalogue.builtin(), profile="aliyun")[0].rule
'content_refused'
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from attrs import frozen

from loansms.errors import ConfigurationError
from loansms.model import Channel
from loansms.templates.catalogue import Catalogue
from loansms.templates.lint_checks import CHECKS, Fault
from loansms.templates.slots import SlotKind
from loansms.templates.template import Template


@frozen
class Acceptance:
    """What one gateway refuses: lending content as a whole, and the template checks it adds.

    ``code_slots``: how many variables a code template may have (None = any), ``code_digits``: how many digits
    its code, by ``code_source``.
    """

    refuses_lending: str = ""
    mainland: bool = False
    code_slots: int | None = None
    code_digits: tuple[int, int] | None = None
    code_source: str = "CNP-OTP-01"


# Read at the providers' own pages (CNP-FIN-01, V1).
_PROFILES: Mapping[str, Acceptance] = {
    "none": Acceptance(),
    "direct": Acceptance(mainland=True),
    "aliyun": Acceptance(
        "CNP-FIN-01: help.aliyun.com/document_detail/2678984 and 463270",
        mainland=True,
        code_slots=1,
        code_digits=(4, 6),
        code_source="CNP-OTP-01: help.aliyun.com/document_detail/463237",
    ),
    "tencent": Acceptance(
        "CNP-FIN-01: cloud.tencent.com/document/product/382/39023", mainland=True, code_digits=(1, 6)
    ),
    "huawei": Acceptance("CNP-FIN-01: Huawei Cloud SMS documentation", mainland=True, code_digits=(1, 6)),
}


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


def lint(catalogue: Catalogue, profile: str = "none") -> list[Finding]:
    """Return what is wrong with `catalogue`, errors first.

    `profile` is none, direct (a mainland carrier), aliyun, tencent or huawei. Raise ConfigurationError for
    another name.
    """
    accepted = _accepted(profile)
    found = [*_content(profile, accepted), *_slots_differ(catalogue), *_unused(catalogue)]
    for template in catalogue.templates.values():
        found += [_finding(template, fault) for fault in _faults(template, accepted)]
    return sorted(found, key=lambda one: (one.severity, one.template != "*"))


def lint_code(template: Template, profile: str = "none", digits: int = 6) -> list[Finding]:
    """Return what is wrong with one code template for codes of `digits` digits, errors first.

    To the checks of `lint` this adds the shape that the gateway of `profile` demands of code templates. What
    the lender profile fills is registered as fixed words, so it is no variable. ConfigurationError as `lint`.
    """
    accepted = _accepted(profile)
    found = [_finding(template, fault) for fault in _faults(template, accepted)]
    if template.channel is not Channel.VOICE and template.locale == "zh-CN":
        found += [_finding(template, fault) for fault in _shape(template, profile, accepted, digits)]
    return sorted(found, key=lambda one: one.severity)


def takes_one_slot(profile: str) -> bool:
    """Return whether code templates of `profile` may hold the code alone; ConfigurationError as `lint`."""
    return _accepted(profile).code_slots == 1


def _accepted(profile: str) -> Acceptance:
    accepted = _PROFILES.get(profile)
    if accepted is None:
        known = ", ".join(_PROFILES)
        raise ConfigurationError(f"profile: expected one of {known}", f"profile：应为 {known} 之一")
    return accepted


def _shape(template: Template, profile: str, accepted: Acceptance, digits: int) -> Iterator[Fault]:
    least, most = accepted.code_digits or (digits, digits)
    if not least <= digits <= most:
        yield Fault(
            "otp_digits",
            f"{profile} takes codes of {least} to {most} digits, not {digits}",
            f"{profile} 只接受 {least} 至 {most} 位验证码，不接受 {digits} 位",
            accepted.code_source,
        )
    if accepted.code_slots is None or len(template.slots) <= accepted.code_slots:
        return
    if any(slot.kind is SlotKind.MONEY for slot in template.slots.values()):
        yield Fault(
            "otp_slots",
            f"amount and payee do not fit a code template of {profile}; register it as a notice and ask whether "
            "that is taken",
            f"金额和收款方不符合 {profile} 验证码模板的要求；请按通知类模板报备，并向通道确认是否接受",
            accepted.code_source,
            "warning",
        )
    else:
        yield Fault(
            "otp_slots",
            f"a code template of {profile} takes {accepted.code_slots} variable, the code; use otp.plain",
            f"{profile} 的验证码模板只能有 {accepted.code_slots} 个变量，即验证码；请使用 otp.plain",
            accepted.code_source,
        )


def _faults(template: Template, accepted: Acceptance) -> Iterator[Fault]:
    for check in CHECKS:
        for fault in check(template):
            # A gateway on the mainland only takes simplified Chinese and its own format; elsewhere, and for
            # other languages, these are the user's choice.
            if not fault.mainland or (accepted.mainland and template.locale == "zh-CN"):
                yield fault


def _finding(template: Template, fault: Fault) -> Finding:
    return Finding(
        fault.rule,
        template.id,
        template.locale,
        fault.severity,
        f"{template.place}: {fault.message}",
        f"{template.place}：{fault.message_zh}",
        fault.citation,
    )


def _content(profile: str, accepted: Acceptance) -> list[Finding]:
    if not accepted.refuses_lending:
        return []
    return [
        Finding(
            "content_refused",
            "*",
            "*",
            "error",
            f"{profile} does not accept lending content; use a direct carrier or a finance-contract channel",
            f"{profile} 不接受借贷类内容；请使用运营商直连或金融专用通道",
            accepted.refuses_lending,
        )
    ]


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
