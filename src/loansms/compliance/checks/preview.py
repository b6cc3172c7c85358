"""The opening of a text as a locked phone shows it: no amount, no delay, no debt, where privacy is strict."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.rule import Rule
from loansms.compliance.wording.clauses import Reading
from loansms.compliance.wording.parties import DEBT
from loansms.compliance.wording.plain import Plain
from loansms.compliance.wording.required import ELEMENTS, signed
from loansms.errors import CallerError
from loansms.model import Purpose

# At the edge of a word; with a letter in front the search leaps from one such letter to the next.
_LATE: Final = "|".join(
    rf"{one[0]}(?<=\b{one[0]}){one[1:]}\b"
    for one in ("overdue", "past.due", "late", r"delinquen\w+", "missed", "in arrears")
)
_HIDDEN: Final = {
    "amount": ELEMENTS["amount"],
    "balance": ELEMENTS["amount"],
    "delay": re.compile(rf"逾期|拖欠|未还|超期|过期未|{_LATE}"),
    "debt_word": DEBT,
}
_MODES: Final = frozenset({"strict", "full"})
_BRACKETS: Final = 2
# Where the lender may choose: everywhere else a preview is strict until the lender says "full".
_CHOOSES: Final = "CN"


@frozen(kw_only=True)
class Preview:
    """In the first `chars` characters, signature included, nothing of `hide` stands while privacy is strict.

    The fact ``privacy`` is "strict" or "full". In China a relay and a number nobody verified
    (``number_verified`` False) are strict whatever was chosen, the rest when the lender chose so; elsewhere
    everything is strict but what the lender made "full". A text without a figure or a debt word in front
    passes either way.
    """

    chars: int
    hide: tuple[str, ...]
    modes: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.chars <= 0 or not self.hide or not set(self.hide) <= set(_HIDDEN):
            raise CallerError(
                f"preview: expected chars above zero and hide among {', '.join(_HIDDEN)}",
                f"preview：chars 应大于 0，hide 应取自 {'、'.join(_HIDDEN)}",
            )
        if not set(self.modes) <= _MODES:
            raise CallerError("modes: expected strict and full", "modes：应为 strict 和 full")

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return one hit that names what the opening shows."""
        if case.words is None or not _strict(case):
            return
        words, signature = case.words, case.message.signature
        before = 0 if not signature or signed(words.original) else len(signature.strip("【】")) + _BRACKETS
        shown = [name for name in self.hide if _opens(words, _HIDDEN[name], self.chars - before)]
        if shown:
            told = ", ".join(shown)
            yield blocked(rule, "preview_shows", f"({told})", f"（{told}）")


def _opens(words: Plain | Reading, hidden: re.Pattern[str], chars: int) -> bool:
    # What begins in the opening is cut off by the screen, and read all the same; nothing begins before the first.
    first = hidden.search(words.plain)
    return first is not None and words.span(*first.span())[0] < chars


def _strict(case: Case) -> bool:
    facts = case.context.facts
    if case.context.country != _CHOOSES:
        return facts.get("privacy") != "full"
    always = case.message.purpose is Purpose.RELAY or facts.get("number_verified") is False
    return always or facts.get("privacy") == "strict"
