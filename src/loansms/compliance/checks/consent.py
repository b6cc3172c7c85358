"""Consent: what must have been agreed to before a message of this kind may go.

Three kinds: ``sms`` (a recorded refusal of SMS stops; nothing recorded is the contract's own servicing),
``express`` (marketing: silence is refusal), and the Reg F text safe harbor (12 CFR 1006.6(d)(3), (d)(5)),
which blocks only where the lender chose to text inside it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from attrs import field, frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.facts import agreements, moment, records
from loansms.compliance.rule import Rule
from loansms.model import Contact, ContactKind


@frozen(kw_only=True)
class RequireConsent:
    """`kind` as above, `within_days` the age of a safe harbor's evidence.

    The other parameters tell people what the source asks of the record.
    """

    kind: Literal["sms", "express", "safe_harbor"]
    record: tuple[str, ...] = ()
    silence: str = ""
    any_of: tuple[Mapping[str, Any], ...] = ()
    not_opted_out: bool = True
    known_disclosure_number: str = ""
    transfers_from_creditor: bool = False
    within_days: int = field(default=60)

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a block where the consent is missing."""
        context = case.context
        if self.kind == "sms":
            if context.consent_sms is False:
                yield blocked(rule, "sms_refused")
        elif self.kind == "express":
            if not context.consent_marketing and context.facts.get("consent_marketing") is not True:
                yield blocked(rule, "no_express_consent")
        elif context.facts.get("text_only_inside_safe_harbor") is True and not self._inside(case):
            yield blocked(rule, "outside_safe_harbor")

    def _inside(self, case: Case) -> bool:
        facts, since = case.context.facts, case.now - timedelta(days=self.within_days)
        texted = [c.at for c in case.context.past_contacts if _texted(c)]
        agreed = [
            at
            for one in agreements(facts, "text_this_number", "collector")
            if (at := moment(one.get("at"))) is not None
        ]
        if not texted and not agreed:
            return False
        return any(since <= at <= case.now for at in (*texted, *agreed)) or _checked(facts, since, case.now)


def _texted(contact: Contact) -> bool:
    return contact.kind is ContactKind.INBOUND_MESSAGE


def _checked(facts: Mapping[str, Any], since: datetime, now: datetime) -> bool:
    """Whether a complete and accurate database said within the period that the number was not reassigned."""
    found: Sequence[Mapping[str, Any]] = records([facts.get("reassigned_check")])
    return any(
        one.get("result") in ("no", "not_reassigned")
        and (at := moment(one.get("at"))) is not None
        and since <= at <= now
        for one in found
    )
