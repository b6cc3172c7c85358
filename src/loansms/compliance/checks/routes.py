"""What a road takes: a notice port carries no marketing, some providers take nothing of a lender.

Only what is known counts: the provider of the case and the facts ``route``, ``route_class``,
``template_class`` and ``campaign_content``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.checks.providers import plain_name
from loansms.compliance.checks.registration import registration, told
from loansms.compliance.rule import Rule
from loansms.errors import CallerError
from loansms.model import Party, Purpose

# What may not happen on a road of notices, and the fact that says that the road is one.
_NOTICE_ONLY: Final = {
    "marketing_on_notice_port": "route_class",
    "marketing_on_notice_template": "template_class",
}
_REFUSED: Final = "refused"
_OF_OTHERS: Final = "third_party_collection"


@frozen(kw_only=True)
class RouteClass:
    """`forbid` says what a port or a template filed for notices must not carry."""

    what: str
    forbid: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        if not self.forbid or not set(self.forbid) <= set(_NOTICE_ONLY):
            raise CallerError(
                f"forbid: expected some of {', '.join(_NOTICE_ONLY)}",
                f"forbid：应为 {'、'.join(_NOTICE_ONLY)} 中的若干项",
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for marketing on a road known to be filed for notices."""
        if case.message.purpose is not Purpose.MARKETING:
            return
        for name in self.forbid:
            if case.context.facts.get(_NOTICE_ONLY[name]) == "notice":
                yield blocked(rule, "route_class", f"({name})", f"（{name}）")


@frozen(kw_only=True)
class IndustryAcceptance:
    """`providers` says of each what it does with a lender's texts: words that begin with "refused" are a no.

    A contract of the lender's own with the provider (registration ``finance_contract``) lifts the no;
    ``suggest`` names the road to take instead.
    """

    what: str
    providers: Mapping[str, str]
    suggest: str = ""

    @cached_property
    def refusing(self) -> frozenset[str]:
        """The providers, in plain spelling, that take no text of a lender."""
        return frozenset(plain_name(one) for one, how in self.providers.items() if how.startswith(_REFUSED))

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for a provider that refuses, with the road to take."""
        if plain_name(case.context.provider) not in self.refusing:
            return
        if registration(case, "finance_contract") is not True:
            yield blocked(
                rule, "content_refused", f"(route: {self.suggest})" if self.suggest else "", "（请换通道）"
            )


@frozen(kw_only=True)
class RouteContent:
    """`forbid` names contents that `routes` do not carry; the fact ``route`` says which road is taken.

    The collection of somebody else's debt is told by the party. A lender itself may use the road while no
    fact of ``first_party_ok_if`` is known to be false; ``countries`` tells people whose carriers these are.
    """

    what: str
    forbid: tuple[str, ...]
    routes: tuple[str, ...]
    first_party_ok_if: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for a forbidden content on one of the roads."""
        context = case.context
        taken = context.facts.get("route") or context.facts.get("channel")
        if taken is None or plain_name(str(taken)) not in {plain_name(one) for one in self.routes}:
            return
        sent = told(context.facts.get("campaign_content"))
        if context.party is Party.THIRD:
            sent.add(_OF_OTHERS)
        if context.party is Party.FIRST and any(
            context.facts.get(name) is False for name in self.first_party_ok_if
        ):
            sent.add(_OF_OTHERS)
        for name in sorted(sent & set(self.forbid)):
            yield blocked(rule, "content_refused", f"({name})", f"（{name}）")
