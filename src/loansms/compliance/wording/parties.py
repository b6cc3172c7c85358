"""A text that shows the debt to somebody who is no party to it.

Who reads decides: a guarantor is a party; a contact, a relative or an employer is not and may see no word of
debt, and some jurisdictions bar even the clean request to pass on a call. Without a known role the text
itself tells, "your son owes", and the cues of the lexicon read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from loansms.compliance.facts import Facts
from loansms.compliance.wording.clauses import Reading
from loansms.compliance.wording.frames import frames
from loansms.model import RecipientRole

PARTIES: Final = frozenset({RecipientRole.GUARANTOR.value, RecipientRole.CO_BORROWER.value})
_BORROWER: Final = RecipientRole.BORROWER.value
# Where even a clean relay text is barred: US-REGF-LOC, ID-3P, JP-3P, MX-3P, TW-3P.
NO_RELAY: Final = ("US", "ID", "JP", "MX", "TW")

DEBT: Final = re.compile(
    r"欠|逾期|贷款|借款|还款|还钱|还清|债|催收|违约|未还|账单|代偿|\d元"
    r"|\b(?:loans?|debts?|default(?:ed)?|overdue|past.due|ow(?:e|es|ed|ing)|balance|arrears|delinquen\w+|repay\w*|"
    r"collections?|unpaid|instal?lments?|payments?)\b|\$\d"
)


def outside(role: str | None) -> bool:
    """Return whether a role is no party to the debt; one that nobody knows is read the strict way.

    >>> outside("relative"), outside("colleague"), outside("guarantor"), outside(None)
    (True, True, False, False)
    """
    return role is not None and role != _BORROWER and role not in PARTIES


def findings(reading: Reading, facts: Facts, role: str | None) -> Iterator[tuple[int, int]]:
    """Yield, in the original, each place where the debt is shown to somebody outside it."""
    if outside(role):
        yield from _to_an_outsider(reading, facts)


def _to_an_outsider(reading: Reading, facts: Facts) -> Iterator[tuple[int, int]]:
    barred = (
        facts.get("contact_refused") is True
        or facts.get("borrower_unreachable") is False
        or str(facts.get("jurisdiction") or "").split("-")[0] in NO_RELAY
    )
    if barred and reading.plain:
        yield reading.span(0, len(reading.plain))
        return
    for sentence in reading.sentences:
        for found in DEBT.finditer(sentence.text):
            if "negated" not in frames(sentence, found.start(), found.end()):
                yield reading.span(sentence.start + found.start(), sentence.start + found.end())
                break
