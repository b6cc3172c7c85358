"""Retention: how long records must be kept, and that they are not kept for ever.

What the lender's store does is told by facts: ``records_kept_months``, ``record_store``, ``stored_body``,
``otp_body_stored``, ``records_kept_for``. A store nobody describes is not judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.facts import whole
from loansms.compliance.rule import Rule
from loansms.errors import CallerError

_MONTHS: Final = 12


@frozen(kw_only=True)
class RetentionMin:
    """Records are kept for `years` or `months` at least; with ``lender_type`` by lenders of that type alone.

    ``body`` and ``otp_body`` say in which form bodies lie there. The other parameters tell people what is
    kept, from when the time runs, and that without a store nothing may be sent.
    """

    years: int = 0
    months: int = 0
    what: str = ""
    lender_type: str = ""
    no_store: str = ""
    after: str = ""
    call_recordings: str = ""
    rule: str = ""
    body: str = ""
    otp_body: str = ""

    def __attrs_post_init__(self) -> None:
        if self.floor <= 0 or self.years < 0 or self.months < 0:
            raise CallerError(
                "retention_min: expected years or months above zero",
                "retention_min：years 或 months 应大于 0",
            )

    @property
    def floor(self) -> int:
        """The least time of keeping, in months."""
        return self.years * _MONTHS + self.months

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for no store, too short a time, or a body in a form that may not be kept."""
        facts = case.context.facts
        if self.lender_type and facts.get("lender_type") != self.lender_type:
            return
        if facts.get("record_store") is False:
            yield blocked(rule, "no_record_store")
        kept = whole(facts.get("records_kept_months"))
        if kept is not None and kept < self.floor:
            yield blocked(
                rule,
                "records_kept_too_short",
                f"({kept} of {self.floor} months)",
                f"（现为{kept}个月，须{self.floor}个月）",
            )
        if self.body == "masked" and facts.get("stored_body") == "plain":
            yield blocked(rule, "body_not_masked")
        if self.otp_body and facts.get("otp_body_stored") is True:
            yield blocked(rule, "secret_stored")


@frozen(kw_only=True)
class RetentionMax:
    """Records end with the purpose they were taken for; `rule` and `floor` say so for people."""

    rule: str
    floor: str = ""

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit when records are kept with no end."""
        if case.context.facts.get("records_kept_for") == "unlimited":
            yield blocked(rule, "records_kept_for_ever")
