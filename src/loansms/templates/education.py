"""One sentence of advice at the end of a text, only where it costs nothing and disturbs nothing.

Never on codes, alerts, offers, marketing, notices required by law, firm or guarantor texts, or internal
notes: `Rendered.education` says which texts may carry one.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from attrs import evolve

from loansms.templates.render import Rendered
from loansms.text import count

# Fibonacci hashing (Knuth, TAOCP 3, 6.4): 2^32 over the square of the golden ratio, odd. Below 2^31, so that its
# product with 32 bits stays within a signed 64-bit column.
SPREAD: Final = 0x61C88647


def with_education(rendered: Rendered, lines: Sequence[str], chosen_by: int | str) -> Rendered:
    """Return `rendered` with one of `lines` before its opt-out, or as it was where none fits for free.

    `chosen_by` decides which line is tried first (the same key, the same line, see `first_line`); from there on
    the first that needs no further segment and no other encoding is taken.

    >>> from loansms.templates.render import Rendered
    >>> done = Rendered(text="Paid. Thank you.", segments=1, encoding="GSM-7", locale="en", billing="gsm",
    ...                 joiner=" ", education=True)
    >>> with_education(done, ["Never share a code."], "B-1").text
    'Paid. Thank you. Never share a code.'
    """
    if not rendered.education or not lines:
        return rendered
    body = rendered.text.removesuffix(rendered.closing) if rendered.closing else rendered.text
    start = first_line(chosen_by, len(lines))
    for line in (*lines[start:], *lines[:start]):
        longer = f"{body}{rendered.joiner}{line}{rendered.closing}"
        cost = count(longer, rendered.billing, rendered.signature)
        if cost.segments == rendered.segments and cost.encoding == rendered.encoding:
            return evolve(rendered, text=longer, education=False)
    return rendered


def first_line(chosen_by: int | str, lines: int) -> int:
    """Return which of so many `lines` is tried first: evenly spread, and the same for the same key.

    Of a key ``loan|step`` the loan counts by its last four bytes and the step by its digest, so that a whole
    column of loans is computed in integers, without a hash of each.

    >>> [first_line(f"LN202600{number}|t-3", 12) for number in (1041, 1042, 1043)]
    [2, 4, 0]
    """
    loan, _, step = str(chosen_by).rpartition("|")
    mixed = int.from_bytes(loan.encode()[-4:], "big") ^ turn(step)
    return (mixed * SPREAD >> 16) % 2**16 % lines


def turn(step: str) -> int:
    """Return the 32 bits by which a step turns the choice, so that a loan hears another line next time.

    >>> turn("t-3") != turn("t-7")
    True
    """
    return int.from_bytes(sha256(step.encode()).digest()[:4], "big")
