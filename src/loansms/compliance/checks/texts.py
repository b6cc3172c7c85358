"""Checks that read the text: required elements, forbidden families, claims that need facts, links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.facts import whole
from loansms.compliance.rule import Rule
from loansms.compliance.wording.clauses import Reading
from loansms.compliance.wording.lexicon import FAMILIES
from loansms.compliance.wording.parties import DEBT
from loansms.compliance.wording.plain import Plain
from loansms.compliance.wording.required import ELEMENTS, has, signed
from loansms.compliance.wording.review import Review
from loansms.errors import CallerError
from loansms.model import Party

SENDER: Final = "sender_name"
AGENCY: Final = "_if_agency"


@frozen(kw_only=True)
class RequireText:
    """`elements` must all stand in the text; `first` in the first message of a case, `later` in others.

    ``satisfied_by`` names facts (or the message's own signature) that stand for the elements; ``concerns``
    facts that, being false, put the message outside the rule. ``state_flag`` asks a fact instead of the text;
    an instalment plan longer than ``max_instalment_years`` (fact ``instalment_years``) is a hit of its own. An
    element that ends in ``_if_agency`` is asked of agencies alone. The other parameters tell people what the
    source asks.
    """

    elements: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    satisfied_by: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    forbid: tuple[str, ...] | str = ()
    standard: str = ""
    same_language: bool = False
    state_flag: str = ""
    within_days: int | None = None
    of: str = ""
    validation_period_days: int | None = None
    max_instalment_years: int | None = None

    def __attrs_post_init__(self) -> None:
        named = {*self.elements, *self.first, *self.later} - {SENDER}
        if not named <= set(ELEMENTS):
            raise CallerError(
                f"elements: expected some of {', '.join(sorted({SENDER, *ELEMENTS}))}",
                f"elements：应为 {'、'.join(sorted({SENDER, *ELEMENTS}))} 中的若干项",
            )
        if not (self.elements or self.first or self.later or self.state_flag):
            raise CallerError(
                "require_text: expected elements, first and later, or state_flag",
                "require_text：应给出 elements、first 与 later，或 state_flag",
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return one hit that names what is lacking."""
        if self.state_flag and case.context.facts.get(self.state_flag) is False:
            yield blocked(rule, "required_content", f"(missing: {self.state_flag})")
        facts, words = case.context.facts, case.words
        years = whole(facts.get("instalment_years"))
        if self.max_instalment_years is not None and years is not None and years > self.max_instalment_years:
            most = self.max_instalment_years
            yield blocked(rule, "instalment_too_long", f"({most} years)", f"（最长{most}年）")
        if words is None or any(facts.get(name) is True for name in self.satisfied_by):
            return
        if self.concerns and all(facts.get(name) is False for name in self.concerns):
            return
        opening = self.first if facts.get("first_communication") is True else self.later
        lacking = [name for name in (*self.elements, *opening) if not _stands(name, case, words)]
        if lacking:
            told = ", ".join(lacking)
            yield blocked(rule, "required_content", f"(missing: {told})", f"（缺少：{told}）")


def _stands(name: str, case: Case, words: Plain | Reading) -> bool:
    if name == SENDER:
        return _named(case, words.original)
    if name.endswith(AGENCY) and case.context.party is not Party.THIRD:
        return True
    return has(name, words.plain)


def _named(case: Case, text: str) -> bool:
    return bool(case.message.signature or case.context.facts.get("signature")) or signed(text)


@frozen(kw_only=True)
class Families:
    """Families of wording that must not stand in the text; the review has already asked the facts.

    Used for the check types forbid_text, claim_needs_fact and link_policy; `contradicted_by` names facts
    that, being true, sharpen the claim; the other parameters say for people what the review does.
    """

    families: tuple[str, ...] = ()
    family: str = ""
    mode: str = ""
    hard: bool = False
    soft: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    facts_all: tuple[str, ...] = ()
    facts_any: tuple[str, ...] = ()
    pairs: Mapping[str, str] = {}
    dated: tuple[str, ...] = ()
    must_match: str = ""
    contradicted_by: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    true_period_years: int | None = None
    intended: bool = False
    lawful: bool = False
    disputed_marked: bool = False
    ask_for: tuple[str, ...] = ()
    max_links: int | None = None
    lifted_by: Any = ()
    blocked_by: Mapping[str, bool] = {}
    also: tuple[str, ...] = ()
    family_contact: str = ""
    contact_list_use: str = ""
    hidden_number: str = ""
    notice_days: int | None = None
    min_amount: str = ""

    def __attrs_post_init__(self) -> None:
        if not self.named or not self.named <= set(FAMILIES):
            raise CallerError(
                f"families: expected some of {', '.join(FAMILIES)}",
                f"families：应为 {'、'.join(FAMILIES)} 中的若干项",
            )

    @cached_property
    def named(self) -> frozenset[str]:
        """The families this rule forbids."""
        return frozenset((*self.families, *([self.family] if self.family else [])))

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return one hit for each family found."""
        if case.review is None or case.review.allowed:
            return ()
        return self._found(rule, case.review)

    def _found(self, rule: Rule, review: Review) -> Iterator[Hit]:
        for family in sorted(self.named & review.families):
            found = next(one for one in review.findings if one.family == family)
            known = found.message == rule.message_en
            yield blocked(rule, family, "" if known else found.message, "" if known else found.message_zh)


@frozen(kw_only=True)
class NeedsFacts:
    """A message as a whole that needs facts: a relay to a contact, a code that was asked for.

    Soft mode stops on a fact that is false; `forbid_in_text` keeps the debt out of the words.
    """

    facts: tuple[str, ...]
    mode: str = "soft"
    strict_mode: str = ""
    forbid_in_text: tuple[str, ...] = ()

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for a contradicting fact, or for a debt word where none may stand."""
        known = case.context.facts
        for name in self.facts:
            if known.get(name) is False or (self.mode == "hard" and known.get(name) is not True):
                yield blocked(rule, "fact_contradicts", f"(fact: {name})", f"（事实：{name}）")
        if self.forbid_in_text and case.words is not None and DEBT.search(case.words.plain):
            yield blocked(rule, "debt_shown")
