"""Every template of a catalogue against the text rules of the packs, before the first message is sent.

Each template is put to the gate twice, with its words and without: what only the words bring is told. Hours,
caps and consents stand in both answers and fall away. The facts are the lender's, and those that the
template's claims declare, taken as true; the gate asks for them again before each message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import evolve

from loansms.compliance import Context, RulePack, evaluate
from loansms.errors import ConfigurationError, TemplateError
from loansms.model import Draft, Lender, Reason
from loansms.planning.gate import lender_facts
from loansms.planning.proof import words_proved
from loansms.privacy import Secret
from loansms.templates import Catalogue, Finding, Rendered, Template, render
from loansms.templates.review import sample_facts, sample_values

# A workday morning by the zone of the sample debtor; whatever hour it were, it stands in both answers.
_AT = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
_ZONES = {"CN": "Asia/Shanghai", "US": "America/New_York"}
_UNASKABLE = frozenset({"missing_input", "no_pack"})


def prove(
    catalogue: Catalogue, packs: Sequence[RulePack], lender: Lender, *, provider: str = "sandbox"
) -> tuple[Finding, ...]:
    """Return what the rules of `packs` say of the words of every template of `catalogue`, errors first.

    Each is read as `lender` would send it over `provider`, with sample values in its slots. ``severity`` is error
    where the gate would deny the message for its words, warning where it would only note it. Raise
    ConfigurationError when no pack covers the lender's jurisdiction, since then nothing is proved.

    >>> prove(Catalogue.builtin(), [RulePack.load("CN")], Lender.example(), provider="direct")
    ()
    """
    found = [
        one for template in catalogue.templates.values() for one in _of(template, packs, lender, provider)
    ]
    return tuple(sorted(found, key=lambda one: one.severity))


def _of(template: Template, packs: Sequence[RulePack], lender: Lender, provider: str) -> Iterator[Finding]:
    values = sample_values(template, lender)
    try:
        said = render(template, values, lender=lender)
    except TemplateError as wrong:
        yield Finding("template_values", template.id, template.locale, "error", str(wrong), wrong.zh)
        return
    draft = _draft(template, said)
    context = _context(lender, provider, {**sample_facts(template, values), **_dated(values)})
    silent = _reasons(evolve(draft, text=None), context, packs)
    for reason in silent:
        if reason.code in _UNASKABLE:
            raise ConfigurationError(
                f"packs: expected one that covers {lender.jurisdiction}: {reason.message}",
                f"packs：应包含适用于 {lender.jurisdiction} 的规则包：{reason.message_zh}",
            )
    told = _reasons(draft, context, packs)
    # What the second opinion would show to a person has been read by two, where a proof stands on their approval.
    if set(told) - set(silent) and words_proved(template, lender):
        told = _reasons(evolve(draft, reviewed=True), context, packs)
    for reason in told:
        if reason not in silent:
            yield Finding(
                reason.rule_id or reason.code,
                template.id,
                template.locale,
                "error" if reason.severity == "block" else "warning",
                f"{template.place}: {reason.message}",
                f"{template.place}：{reason.message_zh}",
                reason.citation,
            )


def _draft(template: Template, said: Rendered) -> Draft:
    return Draft(
        purpose=template.purpose,
        channel=template.channel,
        recipient=template.recipient,
        text=Secret(said.text),
        locale=template.locale,
        signature=said.signature,
        template=template.id,
    )


def _dated(values: dict[str, object]) -> dict[str, object]:
    return {"due_date": values["due_on"]} if "due_on" in values else {}


def _context(lender: Lender, provider: str, facts: dict[str, object]) -> Context:
    country = lender.jurisdiction.partition("-")[0]
    return Context(
        jurisdiction=lender.jurisdiction,
        party=lender.party,
        zones=(_ZONES.get(country, "UTC"),),
        provider=provider,
        facts={**lender_facts(lender), "consent_marketing": True, **facts},
        consent_sms=True,
        consent_marketing=True,
    )


def _reasons(draft: Draft, context: Context, packs: Sequence[RulePack]) -> tuple[Reason, ...]:
    return evaluate(draft, context, packs, _AT).reasons
