"""Templates: typed slots, strict rendering, the built-in catalogue, and its lint."""

from loansms.templates.catalogue import Catalogue
from loansms.templates.education import with_education
from loansms.templates.lint import Finding, lint, lint_code, takes_one_slot
from loansms.templates.render import Rendered, render
from loansms.templates.review import Reviewer, sample_text
from loansms.templates.slots import Slot, SlotKind
from loansms.templates.template import Template

__all__ = [
    "Catalogue",
    "Finding",
    "Rendered",
    "Reviewer",
    "Slot",
    "SlotKind",
    "Template",
    "lint",
    "lint_code",
    "render",
    "sample_text",
    "takes_one_slot",
    "with_education",
]
