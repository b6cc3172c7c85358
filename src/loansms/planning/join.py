"""Several due loans of one borrower at one lender, told in one message: how many, how much, due since or from when.

One message uses up one of the debtor's caps and says more than the first loan alone. Loans are added up only where the
sum is true: one lender, one currency, one purpose, one reader, figures of one day. Where the joined text may not be
sent, nothing is joined and the loans speak one after another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from attrs import evolve, frozen

from loansms.compliance import RulePack
from loansms.errors import TemplateError
from loansms.model import Account, History, Lender, Purpose, Reason, RecipientRole
from loansms.planning.decide import decide
from loansms.planning.gate import choose_lender
from loansms.planning.row import PlanDecision, PlanRow
from loansms.planning.values import account_values
from loansms.planning.wording import word
from loansms.policy import Policy
from loansms.templates import Catalogue, Template

# What can be said of several loans at once; a text that asks for anything else is about one loan.
_SUMMED: Final = ("amount_due", "due_on", "as_of", "days_past_due", "days_to_due", "name")


@frozen(kw_only=True)
class Joining:
    """By what several loans are told together: the policy's templates, the catalogue, who speaks."""

    policy: Policy
    catalogue: Catalogue
    lenders: Mapping[str, Lender]
    approved_only: bool = False

    @cached_property
    def steps(self) -> frozenset[str]:
        """The steps that count from the due date: a promise or a birthday is told by itself."""
        return frozenset(rung.step.id for rung in self.policy.ladder.rungs)


def join(
    winner: PlanRow, others: Sequence[PlanRow], packs: Sequence[RulePack], joining: Joining | None
) -> PlanRow | None:
    """Return `winner` speaking for those of `others` that can be told with it, None where it speaks for itself.

    All are rows of one debtor that would be sent now; the rows spoken for stand in `joined` of the row returned.
    """
    template = joining.policy.joined.get(winner.purpose or "") if joining is not None else None
    if joining is None or template is None or not _joins(winner, joining):
        return None
    told = [winner, *(row for row in others if _joins(row, joining) and _alike(row, winner))]
    if len({row.loan_id for row in told}) < max(len(told), 2):  # a loan that stands twice would count twice
        return None
    lender = choose_lender(joining.lenders, winner.account.lender_id if winner.account else None)
    if isinstance(lender, Reason) or winner.send_at is None:
        return None
    asked = _asked(told, template, joining.catalogue)
    if asked is None:
        return None
    today = asked.borrower.local_date(winner.send_at) if asked.borrower else winner.send_at.date()
    worded = word(
        asked,
        joining.catalogue,
        lambda chosen: _values(told, chosen, winner),
        lender,
        today,
        approved_only=joining.approved_only,
    )
    if worded.text is None:
        return None
    decided = decide(worded, packs, winner.send_at)
    return evolve(decided, joined=tuple(told[1:])) if decided.decision is PlanDecision.SEND else None


def spoken_for(row: PlanRow, winner: PlanRow) -> PlanRow:
    """Return `row` as one that `winner`, another loan's row, speaks for."""
    why = Reason(
        "joined_with",
        "house",
        f"Told in the one message of loan {winner.loan_id} ({winner.step}).",
        message_zh=f"已并入借据 {winner.loan_id}（{winner.step}）的同一条信息。",
    )
    return evolve(
        row,
        decision=PlanDecision.NONE,
        reasons=(why, *row.why),
        text=None,
        segments=None,
        send_at=None,
        limits=(),
    )


def _joins(row: PlanRow, joining: Joining) -> bool:
    """Whether a row may be told with others: a step of the borrower's ladder, under no cap that counts one loan.

    A loan that is debited by itself is not to be paid by hand before that, so its reminder keeps its own words.
    """
    account = row.account
    if account is None or row.recipient is not RecipientRole.BORROWER or not row.competes:
        return False
    debited = row.purpose is Purpose.REPAYMENT_REMINDER and account.autopay
    by_loan = any(limit.per_loan for limit in row.limits)
    return row.step in joining.steps and not debited and not by_loan


def _alike(row: PlanRow, winner: PlanRow) -> bool:
    return _told_as(row) == _told_as(winner)


def _told_as(row: PlanRow) -> tuple[object, ...]:
    """Return what has to be the same of loans that are told together."""
    account, reader = row.account, row.borrower
    if account is None or reader is None:
        return ()
    figures_of = account.as_of
    return (
        row.purpose,
        row.channel,
        account.lender_id,
        account.amount_due.currency,
        figures_of,
        reader.phone.e164,
        reader.language,
        reader.zones,
    )


def _asked(told: Sequence[PlanRow], template: str, catalogue: Catalogue) -> PlanRow | None:
    """Return the first of `told` as it asks for all of them, its words still to come."""
    first = told[0]
    contexts = [row.context for row in told if row.context is not None]
    if len(contexts) < len(told):
        return None
    language = first.borrower.language if first.borrower else ""
    try:
        locale = catalogue.resolve_locale(template, language)
        fits = catalogue.get(template, locale=locale).purpose is first.purpose
    except TemplateError:
        return None
    if not fits:
        return None
    facts: dict[str, Any] = {
        **contexts[0].facts,
        "due_date": min(one.due_on for one in _accounts(told)),
        "days_past_due": max(row.days_past_due or 0 for row in told),
    }
    stops = frozenset[str]().union(*(one.suppressions for one in contexts))
    return evolve(
        first,
        template=template,
        locale=locale,
        text=None,
        context=evolve(contexts[0], facts=facts, suppressions=stops),
    )


def _values(told: Sequence[PlanRow], template: Template, winner: PlanRow) -> Mapping[str, Any]:
    accounts = _accounts(told)
    total = accounts[0].amount_due
    for one in accounts[1:]:
        total = total + one.amount_due
    whole = evolve(accounts[0], amount_due=total, due_on=min(one.due_on for one in accounts))
    slots = [slot for slot in template.slots if slot in _SUMMED]
    found = (
        account_values(slots, whole, History(), winner.send_at, template.locale)
        if winner.send_at is not None
        else {}
    )
    return {**found, "loan_count": len(told)} if "loan_count" in template.slots else found


def _accounts(told: Sequence[PlanRow]) -> list[Account]:
    return [row.account for row in told if row.account is not None]
