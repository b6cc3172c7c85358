"""What would go wrong with a policy, found before a borrower is told anything.

The policy itself: days after the last stage, overdue stages without a step, a tone that softens as the debt
grows older, a step nobody ever hears, a reminder sent after the due date. With a catalogue: templates that are
missing, missing in a language, or written for another purpose or reader. With packs: steps that no lawful hour
serves, more contacts than the caps allow.

>>> from loansms.policy.stages import Stage, Tone
>>> stages = (Stage(name="early", from_dpd=1, to_dpd=7, tone=Tone.FIRM), Stage(name="late", from_dpd=8))
>>> [finding.code for finding in find(Subject(stages, ()))]
['tone_goes_back', 'stage_without_step', 'stage_without_step']
"""

from __future__ import annotations

from collections.abc import Sequence

from loansms.policy.check_finding import Finding, Severity
from loansms.policy.check_ladder import ladder_findings
from loansms.policy.check_packs import PackLike, pack_findings
from loansms.policy.check_subject import Subject
from loansms.policy.check_templates import CatalogueLike, template_findings

__all__ = ["CatalogueLike", "Finding", "PackLike", "Severity", "Subject", "find"]


def find(
    subject: Subject,
    catalogue: CatalogueLike | None = None,
    packs: Sequence[PackLike] = (),
    languages: Sequence[str] = (),
) -> list[Finding]:
    """Return the findings on a policy, the gravest first."""
    found = list(ladder_findings(subject))
    if catalogue is not None:
        found += template_findings(subject, catalogue, languages)
    found += pack_findings(subject, packs)
    return sorted(found, key=lambda one: one.severity.rank)
