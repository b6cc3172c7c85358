"""How rules are asked at all: with every input, at the moment of sending, over the whole lender group.

Each of these is a condition over what the caller says of its own working; what it does not say is not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.checks.registration import told
from loansms.compliance.facts import moment
from loansms.compliance.rule import Rule
from loansms.errors import CallerError
from loansms.model import Party

_INPUTS: Final = frozenset({"jurisdiction", "message_class", "provider", "recipient_role", "party", "zones"})


@frozen(kw_only=True)
class RequiredInputs:
    """`required_for_send` names the inputs without which nothing is judged and nothing goes."""

    required_for_send: tuple[str, ...]
    missing: str = ""

    def __attrs_post_init__(self) -> None:
        if not self.required_for_send or not set(self.required_for_send) <= _INPUTS:
            raise CallerError(
                f"required_for_send: expected some of {', '.join(sorted(_INPUTS))}",
                f"required_for_send：应为 {'、'.join(sorted(_INPUTS))} 中的若干项",
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return one hit that names every input that is not there."""
        context = case.context
        if context.jurisdiction and context.party and context.provider and context.zones:
            return
        lacking = [name for name in context.missing() if name in self.required_for_send]
        if lacking:
            named = ", ".join(lacking)
            yield blocked(rule, "missing_input", f"(missing: {named})", f"（缺少：{named}）")


@frozen(kw_only=True)
class AskedAgain:
    """`recheck` "dispatch_time": what was known at the fact ``decided_at`` decides nothing later."""

    recheck: str

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit when the answer asked for rests on an earlier look at the records."""
        decided = moment(case.context.facts.get("decided_at"))
        if decided is not None and decided < case.now:
            yield blocked(rule, "decided_earlier")


@frozen(kw_only=True)
class CountedTogether:
    """`counter_key` is what contacts are counted by; the fact of that name says what the caller counts by.

    ``shared_with`` tells people who else counts into it.
    """

    counter_key: tuple[str, ...]
    shared_with: str = ""

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for counters that see less than the whole group, or that are kept by another key."""
        given = case.context.facts.get("counter_key")
        if given is not None and told(given) != set(self.counter_key):
            yield blocked(rule, "counted_apart")


@frozen(kw_only=True)
class UnknownParty:
    """`content_check` says how unknown things are read: a sender that is not plainly the lender is an agency.

    A message judged as the lender's own, of which a fact says otherwise (``party`` not first, or
    ``third_party``), is stopped: it was read with the wrong rules.
    """

    content_check: Mapping[str, str]

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit where the facts and the context name different senders."""
        if case.context.party is Party.FIRST and _acts_for_another(case.context.facts):
            yield blocked(rule, "party_in_doubt")


@frozen(kw_only=True)
class Unverified:
    """`strict_mode`: production with recalled rules (facts ``production``, ``pack_recalled``) is told."""

    strict_mode: str

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit when a pack in production holds rules that nobody has checked."""
        facts = case.context.facts
        if facts.get("production") is True and facts.get("pack_recalled"):
            yield blocked(rule, "pack_not_verified")


@frozen(kw_only=True)
class WhoseRules:
    """`reg_f` names whom Regulation F binds, ``first_party`` the law of everybody else.

    A creditor who collects under another's name is a collector too (15 USC 1692a(6), recalled): the fact
    ``collects_in_another_name``.
    """

    reg_f: str
    first_party: tuple[str, ...] = ()

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for a first party that the law takes for a collector."""
        facts = case.context.facts
        if case.context.party is Party.FIRST and (
            facts.get("collects_in_another_name") is True or _acts_for_another(facts)
        ):
            yield blocked(rule, "acts_as_collector")


def _acts_for_another(facts: Mapping[str, Any]) -> bool:
    named = facts.get("party")
    other = named is not None and str(getattr(named, "value", named)) != Party.FIRST.value
    return other or facts.get("third_party") is True
