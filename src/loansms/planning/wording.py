"""The words of a planned row: the template in the borrower's language, filled, and its claims proved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from attrs import evolve

from loansms.errors import TemplateError
from loansms.model import Lender, Reason
from loansms.planning.approved import unapproved
from loansms.planning.proof import message_proved
from loansms.planning.row import PlanDecision, PlanRow
from loansms.privacy import Secret
from loansms.templates import Catalogue, Template, render, with_education

NO_FACTS: Mapping[str, Any] = {}


def word(
    row: PlanRow,
    catalogue: Catalogue,
    values: Callable[[Template], Mapping[str, Any]],
    lender: Lender,
    on: date,
    *,
    approved_only: bool = False,
) -> PlanRow:
    """Return `row` with its text and segments, or denied because an approval, a value or a fact is missing.

    `values` gives the values for the chosen template, `on` is the reader's date; a claim of the template
    needs its fact in the row's context. `approved_only` denies every template that is not approved.
    """
    try:
        template = catalogue.get(row.template, locale=row.locale)
        refused = unapproved(template, approved_only=approved_only)
        if refused is not None:
            return evolve(row, decision=PlanDecision.DENY, reasons=(refused, *row.why))
        filled = values(template)
        rendered = render(template, filled, lender=lender, on=on)
        lines = catalogue.education.get(template.locale, ()) if lender.education_lines else ()
        if lines:
            rendered = with_education(rendered, lines, f"{row.loan_id}|{row.step}")
    except TemplateError as wrong:
        return evolve(row, decision=PlanDecision.DENY, reasons=(_cannot_render(wrong), *row.why))
    known = row.context.facts if row.context else NO_FACTS
    unproved = [_unproved(fact) for fact in template.facts if not known.get(fact)]
    if unproved:
        return evolve(row, decision=PlanDecision.DENY, reasons=(*unproved, *row.why))
    proved = message_proved(
        template, lender, filled, known, purpose=row.purpose, recipient=row.recipient, lines=lines
    )
    return evolve(
        row,
        text=Secret(rendered.text),
        segments=rendered.segments,
        signature=rendered.signature,
        template_version=template.version,
        proved=proved,
        slots=Secret(rendered.slots),
    )


def _cannot_render(wrong: TemplateError) -> Reason:
    return Reason("template_values", "house", str(wrong), severity="block", message_zh=wrong.zh)


def _unproved(fact: str) -> Reason:
    return Reason(
        "claim_needs_fact",
        "house",
        f"The text makes a claim that needs the fact {fact}, which is not given.",
        severity="block",
        message_zh=f"文案中的表述需要事实依据 {fact}，目前缺失。",
    )
