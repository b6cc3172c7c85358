"""Judge a template's fixed words once, when it is loaded, instead of with every message.

The judge is handed in (`loansms.compliance.review_text` is one), so that this room knows no rules. Each text
is shown to it as a borrower would read it: neutral samples in the slots, the frame around it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Protocol

from attrs import evolve

from loansms.errors import TemplateError
from loansms.model import Lender, Purpose, RecipientRole
from loansms.templates.approval import ApprovalState
from loansms.templates.frame import jurisdiction_of
from loansms.templates.render import render
from loansms.templates.template import Template


class ReviewFinding(Protocol):
    """One thing a reviewer minds: the family of wording, and why."""

    @property
    def family(self) -> str: ...  # noqa: D102
    @property
    def message(self) -> str: ...  # noqa: D102


class Reviewed(Protocol):
    """What a reviewer says of one text."""

    @property
    def allowed(self) -> bool: ...  # noqa: D102
    @property
    def findings(self) -> Sequence[ReviewFinding]: ...  # noqa: D102


class Reviewer(Protocol):
    """Judges one text; `language` is the primary tag (zh, en)."""

    def __call__(  # noqa: D102
        self,
        text: str,
        *,
        language: str,
        purpose: Purpose,
        facts: Mapping[str, object],
        recipient_role: RecipientRole | None,
    ) -> Reviewed: ...


@cache
def sample_lender(locale: str) -> Lender:
    """Return an example lender of the market where `locale` is at home, with every slot filled."""
    lender = Lender.example(jurisdiction_of(locale, None))
    return evolve(
        lender, official_account=lender.official_account or lender.name, principal_lender=lender.name
    )


def sample_values(template: Template, lender: Lender) -> dict[str, object]:
    """Return neutral values for every slot, in the money and with a listed line of `lender`."""
    currency = "CNY" if lender.jurisdiction == "CN" else "USD"
    return template.samples(currency, lender.service_lines[0].number)


def sample_text(template: Template, lender: Lender | None = None) -> str:
    """Return the template as a reader would see it, with neutral samples; a retired one too.

    >>> from loansms.templates import Catalogue
    >>> "{" in sample_text(Catalogue.builtin().get("reminder.due_today", "zh-CN"))
    False
    """
    speaker = lender or sample_lender(template.locale)
    return render(evolve(template, approval=None), sample_values(template, speaker), lender=speaker).text


def sample_facts(template: Template, values: Mapping[str, object]) -> dict[str, object]:
    """Return the declared facts as true: the sample of the slot of that name, else True."""
    return {name: values.get(name, True) for name in template.facts}


def review_templates(templates: Sequence[Template], review: Reviewer, facts: Mapping[str, object]) -> None:
    """Show every template to `review`; raise one TemplateError with all that was refused.

    A declared fact is taken as true: the gate asks for it again before each message.
    """
    refused: list[str] = []
    for template in templates:
        lender = sample_lender(template.locale)
        values = sample_values(template, lender)
        said = review(
            render(evolve(template, approval=None), values, lender=lender).text,
            language=template.locale.split("-")[0],
            purpose=template.purpose,
            facts={**sample_facts(template, values), **facts},
            recipient_role=template.recipient,
        )
        if said.allowed:
            continue
        approved = template.state is ApprovalState.APPROVED
        # What only a person may clear was cleared by those who approved the words.
        left = [one for one in said.findings if not (approved and getattr(one, "refer", False))]
        refused += [f"{template.place}: {one.family}: {one.message}" for one in left]
    if refused:
        raise TemplateError("; ".join(refused), "文案未通过审查：" + "；".join(refused))
