"""Which way a text can go: what a gateway does with each template, and who takes what it refuses.

Nothing here sends or forbids: the rule packs judge every message (CNP-FIN-01). This tells it before the first.

>>> from loansms.templates.catalogue import Catalogue
>>> early = Catalogue.builtin().get("collection.early", "zh-CN")
>>> [(one.profile, one.taking.value) for one in routes(early)][:2]
[('direct', 'contract'), ('mas', 'contract')]
>>> [one.instead for one in advise(Catalogue.builtin(), "aliyun") if one.template == "collection.early"][0]
('direct', 'mas')
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from attrs import evolve, frozen

from loansms.model import Channel, Lender, Party
from loansms.templates.acceptance import Acceptance, shipped
from loansms.templates.acceptance_checks import faults
from loansms.templates.acceptance_terms import Content, Kind, Taking, kind_of
from loansms.templates.catalogue import Catalogue
from loansms.templates.frame import jurisdiction_of
from loansms.templates.lint import Finding, finding_of, others_for, ways_told
from loansms.templates.lint_checks import Fault
from loansms.templates.template import Template

_RANK = tuple(Taking)
_TOLD = {
    Taking.TAKEN: ("takes it", "接受"),
    Taking.CONTRACT: ("takes it by contract", "按合约接受"),
    Taking.ASK: (
        "does not say whether it takes it: ask before the first send",
        "未说明是否接受：首次发送前请先确认",
    ),
    Taking.REFUSED: ("refuses it", "不接受"),
}


@frozen
class Route:
    """What one gateway does with one template: ``taking`` its content, ``findings`` what to mend or know.

    ``open``: nothing stands in the way but, where so told, a contract or a question.
    """

    profile: str
    taking: Taking
    findings: tuple[Finding, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the text can go this way as it is."""
        return self.taking is not Taking.REFUSED and all(one.severity != "error" for one in self.findings)


@frozen
class Advice:
    """What `profile` does with one template, and the profiles that take what it refuses (``instead``).

    ``rule`` names the rule of the refusal or, where the form has to be mended, of the first fault; empty
    where there is neither.
    """

    template: str
    locale: str
    profile: str
    taking: Taking
    rule: str
    message: str
    message_zh: str
    citation: str = ""
    instead: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the text can go this way as it is."""
        return self.taking is not Taking.REFUSED and all(one.severity != "error" for one in self.findings)

    def told(self, lang: str = "en") -> str:
        """Return the message in `lang` (en or zh-CN)."""
        return self.message_zh if lang.startswith("zh") else self.message


def routes(
    template: Template,
    profiles: Iterable[str | Path | Acceptance] | None = None,
    *,
    lender: Lender | None = None,
) -> tuple[Route, ...]:
    """Return what each of `profiles` does with `template`: open ways first, the surest in front.

    `profiles` None: the shipped ones of the market of `lender`, or without one of the template's language.
    Raise ConfigurationError for a profile nobody knows.
    """
    if profiles is None:
        market = jurisdiction_of(template.locale, lender).partition("-")[0]
        profiles = [one for one in shipped().values() if one.market == market]
    found = [_route(template, Acceptance.named(one), lender) for one in profiles]
    return tuple(sorted(found, key=lambda one: (not one.open, _RANK.index(one.taking))))


def advise(
    catalogue: Catalogue, profile: str | Path | Acceptance, *, lender: Lender | None = None
) -> list[Advice]:
    """Return what `profile` does with every text message of `catalogue`, what is refused first.

    Raise ConfigurationError for a profile nobody knows.
    """
    accepted = Acceptance.named(profile)
    texts = [one for one in catalogue.templates.values() if one.channel is Channel.SMS]
    found = [_advice(template, accepted, lender) for template in texts]
    return sorted(found, key=lambda one: (one.open, -_RANK.index(one.taking)))


def _route(template: Template, accepted: Acceptance, lender: Lender | None) -> Route:
    taking = taking_of(template, accepted, lender)
    found = [finding_of(template, fault) for fault in faults(template, accepted, lender)]
    if taking is Taking.REFUSED and accepted.content is not None:
        found.insert(0, finding_of(template, _refusal(template, accepted, accepted.content)))
    return Route(accepted.name, taking, tuple(found))


def taking_of(template: Template, accepted: Acceptance, lender: Lender | None = None) -> Taking:
    """Return what becomes of the content of `template`; a profile that says nothing of contents takes it."""
    content = accepted.content
    if content is None:
        return Taking.TAKEN
    kind = kind_of(template.purpose)
    if kind is Kind.COLLECTION and lender is not None and lender.party is Party.THIRD and content.third_party:
        return content.third_party
    return content.of(kind)


def _refusal(template: Template, accepted: Acceptance, content: Content) -> Fault:
    kind = kind_of(template.purpose)
    if content.of(kind) is Taking.REFUSED:
        ways, ways_zh = ways_told(accepted, [kind])
        return Fault(
            "content_refused",
            f"{accepted.name} refuses it as a lender's {kind}; use a direct carrier or a finance-contract channel: {ways}",
            f"{accepted.name} 不接受借贷类内容（{kind}）；请使用运营商直连或金融专用通道：{ways_zh}",
            content.citation,
        )
    return Fault(
        "content_third_party",
        f"{accepted.name} carries no collection of debts owed to others; send it by voice, letter or e-mail",
        f"{accepted.name} 不承接为他人催收的内容；请改用电话、信函或电子邮件",
        content.citation,
    )


def _advice(template: Template, accepted: Acceptance, lender: Lender | None) -> Advice:
    route = _route(template, accepted, lender)
    wrong = next((one for one in route.findings if one.severity == "error"), None)
    if wrong is None:
        en, zh = _TOLD[route.taking]
        return Advice(
            template.id,
            template.locale,
            accepted.name,
            route.taking,
            "",
            f"{template.place}: {accepted.name} {en}",
            f"{template.place}：{accepted.name} {zh}",
            accepted.content.citation if accepted.content else "",
            findings=route.findings,
        )
    own_debts = evolve(lender, party=Party.FIRST) if lender is not None else None
    of_content = route.taking is Taking.REFUSED
    lawful = not of_content or taking_of(template, accepted, own_debts) is Taking.REFUSED
    return Advice(
        template.id,
        template.locale,
        accepted.name,
        route.taking,
        wrong.rule,
        wrong.message,
        wrong.message_zh,
        wrong.citation,
        _instead(template, accepted, lender) if lawful else (),
        route.findings,
    )


def _instead(template: Template, accepted: Acceptance, lender: Lender | None) -> tuple[str, ...]:
    """Return the shipped profiles of the same market that let `template` through as it is."""
    names = others_for(accepted, [kind_of(template.purpose)])
    return tuple(one.profile for one in routes(template, names, lender=lender) if one.open)
