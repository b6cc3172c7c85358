"""One sentence of advice at the end of a text, only where it costs nothing and disturbs nothing.

Never on codes, alerts, offers, marketing, notices required by law, firm or guarantor texts, or internal
notes: `Rendered.education` says which texts may carry one.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from attrs import evolve

from loansms.templates.render import Rendered
from loansms.text import count


def with_education(rendered: Rendered, lines: Sequence[str], chosen_by: int | str) -> Rendered:
    """Return `rendered` with one of `lines` before its opt-out, or as it was where none fits for free.

    `chosen_by` decides which line is tried first (the same key, the same line); from there on the first that
    needs no further segment and no other encoding is taken.

    >>> from loansms.templates.render import Rendered
    >>> done = Rendered(text="Paid. Thank you.", segments=1, encoding="GSM-7", locale="en", billing="gsm",
    ...                 joiner=" ", education=True)
    >>> with_education(done, ["Never share a code."], "B-1").text
    'Paid. Thank you. Never share a code.'
    """
    if not rendered.education or not lines:
        return rendered
    body = rendered.text.removesuffix(rendered.closing) if rendered.closing else rendered.text
    start = int.from_bytes(sha256(str(chosen_by).encode()).digest()[:8], "big") % len(lines)
    for line in (*lines[start:], *lines[:start]):
        longer = f"{body}{rendered.joiner}{line}{rendered.closing}"
        cost = count(longer, rendered.billing, rendered.signature)
        if cost.segments == rendered.segments and cost.encoding == rendered.encoding:
            return evolve(rendered, text=longer, education=False)
    return rendered
