"""Messages that did not do their work, as far as a step may go on by its next channel: read off the ledger.

What the policy then does is `loansms.planning.plan_hop`. That a message was read no store knows, so a step never goes on
for being unread here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from loansms.model import ContactKind, DeliveryStatus, History, Reason
from loansms.planning import PlanDecision, PlanRow, arbitrate, plan_hop, tenant_of
from loansms.planning.fallback import step_named
from loansms.policy import Outcome, Policy, Step
from loansms.policy.fallback import next_hop
from loansms.portfolio.plan import ToldAccount
from loansms.services.sending.claims import JOINED, debtor_of
from loansms.services.sending.setup import Setup
from loansms.stores import AttemptRecord, AttemptState

_LOST = frozenset({DeliveryStatus.UNDELIVERED, DeliveryStatus.EXPIRED, DeliveryStatus.REJECTED})
_SENT = Reason("sent_before", "house", "Its message went out before.", message_zh="该步骤此前已发出。")
_Told = tuple[AttemptRecord, Outcome]


def lost(
    attempts: Iterable[AttemptRecord], histories: Mapping[str, History], policy: Policy, now: datetime
) -> list[_Told]:
    """Return the last attempt of each step for which the policy names a next channel `now`, and what it met with.

    Delivered by any channel, a step was not lost; spoken for by another loan's message, it has none of its own; and
    what nobody knows the end of goes nowhere.
    """
    by_step: defaultdict[tuple[object, ...], list[AttemptRecord]] = defaultdict(list)
    for one in attempts:
        if one.loan_id and one.code != JOINED:
            by_step[one.debtor, one.mark, one.recipient].append(one)
    found: list[_Told] = []
    for tries in by_step.values():
        step = step_named(policy, tries[0].step)
        if step is None or any(one.channel not in step.channels for one in tries):
            continue
        last = max(tries, key=partial(_turn, step))
        outcome = _outcome(last, tries, histories.get(last.debtor, History()))
        if outcome is not None and next_hop(step, last.channel, outcome, now - last.at) is not None:
            found.append((last, outcome))
    return sorted(found, key=lambda one: one[0].step_key)


def _turn(step: Step, one: AttemptRecord) -> int:
    return step.channels.index(one.channel)


def _outcome(last: AttemptRecord, tries: Iterable[AttemptRecord], history: History) -> Outcome | None:
    arrived = any(one.delivery is DeliveryStatus.DELIVERED for one in tries)
    refused = last.state is AttemptState.REJECTED
    if not arrived and (refused or (last.state is AttemptState.ACCEPTED and last.delivery in _LOST)):
        return Outcome.UNDELIVERED
    answered = any(one.kind is ContactKind.INBOUND_MESSAGE and one.at >= last.at for one in history.contacts)
    return Outcome.NO_REPLY if last.state is AttemptState.ACCEPTED and not answered else None


def moved_on(
    last: AttemptRecord,
    outcome: Outcome,
    *,
    told: ToldAccount,
    setup: Setup,
    policy: Policy,
    history: History,
    now: datetime,
) -> PlanRow:
    """Return the row planned for the step of `last` on its next channel, of the account as it is now."""
    lender = setup.lender(told.account.lender_id)
    step = step_named(policy, last.step)
    before = PlanRow(
        loan_id=told.account.loan_id,
        borrower_id=last.borrower_id,
        decision=PlanDecision.SEND,
        reasons=(_SENT,),
        tenant=tenant_of(lender),
        recipient=last.recipient,
        step=last.step,
        due_on=last.due_on,
        purpose=last.purpose,
        channel=last.channel,
        hop=_turn(step, last) if step else 0,
        template=last.template,
        account=told.account,
    )
    return plan_hop(
        before,
        outcome,
        now - last.at,
        account=told.account,
        policy=policy,
        catalogue=setup.catalogue,
        packs=setup.packs,
        lender=lender,
        now=now,
        history=history,
        provider=setup.provider,
        opted_out=told.opted_out,
        overrides=setup.overrides,
        approved_only=setup.approved_only,
    )


def in_turn_of(rows: list[PlanRow], setup: Setup) -> list[PlanRow]:
    """Return `rows`, of each debtor's one at most left to go now."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[debtor_of(row)].append(place)
    chosen = list(rows)
    for theirs in places.values():
        for place, row in zip(theirs, arbitrate([rows[at] for at in theirs], setup.packs), strict=True):
            chosen[place] = row
    return chosen
