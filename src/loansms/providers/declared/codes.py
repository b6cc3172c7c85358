"""What a declared gateway's codes mean: those the file states, then a shipped table.

>>> codes = Codes({"LIMIT": OutcomeClass.RATE_LIMITED}, frozenset({"LIMIT"}), "yunpian")
>>> codes.refusal("LIMIT").per_number, codes.refusal("3").kind, codes.refusal("no such words at all")
(True, <OutcomeClass.BALANCE: 'balance'>, Unknown(cause='unreadable_code'))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from loansms.model import OutcomeClass, Rejected, SubmitResult, Unknown
from loansms.model.kept_code import UNREADABLE_CODE, kept_code
from loansms.providers.taxonomy import Meaning, meaning, refusal

# Any table serves where the answer is stated beside it: the stated one wins.
_ANY = "carrier_stat"


def kept(code: str) -> str:
    """Return `code` where it is a short word, else the word for one that is not kept."""
    return kept_code(code) if code else UNREADABLE_CODE


@frozen
class Codes:
    """The codes a file states, which of them are limits of the number, and the table behind them ("" for none)."""

    stated: Mapping[str, OutcomeClass]
    per_number: frozenset[str] = frozenset()
    table: str = ""

    def refusal(self, code: str) -> SubmitResult:
        """Return what a submit that was answered with `code` is."""
        found = refusal(self.table or _ANY, code, self._stated(code))
        if isinstance(found, Rejected):
            return evolve(found, code=kept(code), per_number=found.per_number or code in self.per_number)
        return Unknown(kept(code))

    def of_report(self, codes: Sequence[str], tables: Sequence[str]) -> tuple[str, Meaning]:
        """Return the code of a report that says most, and what it means: the first that a table knows, else the first."""
        for code in codes:
            for table in (*tables, self.table):
                found = meaning(table or _ANY, code, self.stated if table else self._stated(code))
                if found.known:
                    return code, found
        return (codes[0] if codes else ""), Meaning(OutcomeClass.UNKNOWN, known=False)

    def _stated(self, code: str) -> Mapping[str, OutcomeClass]:
        if self.table or code in self.stated:
            return self.stated
        return {code: OutcomeClass.UNKNOWN}
