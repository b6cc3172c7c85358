"""Templates: typed slots, strict rendering, the built-in catalogue, and its lint."""

from loansms.templates.catalogue import Catalogue
from loansms.templates.education import with_education
from loansms.templates.lint import Finding, lint
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
    "render",
    "sample_text",
    "with_education",
]
