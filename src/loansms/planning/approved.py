"""Whether a chosen template is approved, as the reason a plan shows.

>>> from loansms.templates import Catalogue
>>> unapproved(Catalogue.builtin().get("otp.code", "en"), approved_only=True) is None
True
"""

from __future__ import annotations

from loansms.model import Reason
from loansms.templates import Template, refusal

NOT_APPROVED = "template_not_approved"


def unapproved(template: Template, *, approved_only: bool) -> Reason | None:
    """Return why `template` may not speak, naming id, locale, state and what to do; None when it may.

    `approved_only` lets nothing but approved words through; a retired template never speaks.
    """
    wrong = refusal(template, approved_only=approved_only)
    if wrong is None:
        return None
    return Reason(NOT_APPROVED, "house", str(wrong), severity="block", message_zh=wrong.zh)
