"""What a book is planned by: policy, texts, packs, lenders, and the calendar's corrections."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from attrs import frozen

from loansms.calendars import Overrides
from loansms.compliance import RulePack
from loansms.errors import ConfigurationError
from loansms.model import Lender
from loansms.planning import Joining
from loansms.policy import Policy
from loansms.portfolio.columns import FIGURES, TEXTS
from loansms.templates import Catalogue


class PlanRules(Protocol):
    """What a book is planned by."""

    @property
    def policy(self) -> Policy | None: ...  # noqa: D102
    @property
    def catalogue(self) -> Catalogue: ...  # noqa: D102
    @property
    def packs(self) -> Sequence[RulePack]: ...  # noqa: D102
    @property
    def lenders(self) -> Mapping[str, Lender]: ...  # noqa: D102
    @property
    def provider(self) -> str: ...  # noqa: D102
    @property
    def overrides(self) -> Overrides: ...  # noqa: D102
    @property
    def approved_only(self) -> bool: ...  # noqa: D102


@frozen(kw_only=True)
class Rules:
    """The rules of one call."""

    policy: Policy | None
    catalogue: Catalogue
    packs: Sequence[RulePack]
    lenders: Mapping[str, Lender]
    provider: str
    overrides: Overrides
    approved_only: bool


def joining_of(rules: PlanRules, policy: Policy) -> Joining | None:
    """Return by what several due loans of a debtor are told together; None where `policy` joins none."""
    if not policy.joined:
        return None
    return Joining(
        policy=policy, catalogue=rules.catalogue, lenders=rules.lenders, approved_only=rules.approved_only
    )


def wanted_columns(policy: Policy | None, catalogue: Catalogue) -> frozenset[str]:
    """Return which of `TEXTS` and `FIGURES` a plan looks at: what the policy asks for, and figures its templates may tell.

    >>> policy = Policy.named("cn-consumer")
    >>> wanted_columns(policy, Catalogue.builtin())
    frozenset()
    """
    if policy is None:
        return frozenset()
    spoken = tuple(step.template for step in policy.steps if step.template)
    told = {name for one in catalogue.templates.values() if one.id.startswith(spoken) for name in one.slots}
    return policy.asked_columns & {*TEXTS, *FIGURES} | told & {*FIGURES}


def policy_for(rules: PlanRules, headers: Collection[str]) -> Policy:
    """Return the policy of `rules`; raise ConfigurationError without one, or where a book lacks a column it names."""
    policy = rules.policy
    if policy is None:
        raise ConfigurationError(
            "policy: expected one; name a preset such as cn-consumer or a file",
            "policy：须指定策略，可为 cn-consumer 等预置策略或策略文件",
        )
    missing = sorted(policy.named_columns - set(headers))
    if missing:
        raise ConfigurationError(
            f'policy {policy.name}: its steps ask for the column "{missing[0]}", which the book has not; add it or map a header',
            f"策略 {policy.name}：步骤用到账册中没有的列“{missing[0]}”，请补充该列或映射表头",
        )
    return policy
