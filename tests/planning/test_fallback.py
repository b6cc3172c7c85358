"""A step on its next channel, and channels that go out together: the same gate, whole, on each."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from loansms.compliance import RulePack
from loansms.model import (
    Account,
    Channel,
    Contact,
    Guarantor,
    History,
    Lender,
    Money,
    PhoneNumber,
    RecipientRole,
)
from loansms.model.examples import account
from loansms.planning import NO_NEXT_CHANNEL, PlanDecision, PlanRow, arbitrate, plan_hop, plan_loan
from loansms.policy import Hop, Outcome, Policy
from loansms.privacy import Secret
from loansms.services.sending.claims import key_of
from loansms.templates import Catalogue

NOW = datetime.fromisoformat("2026-09-21T10:00:00+08:00")  # a Monday
LATER = NOW + timedelta(hours=2)
PACKS = [RulePack.load("CN", on=NOW.date())]
PRESET = Policy.preset("cn-consumer")
ROAD = (Channel.SMS, Channel.PUSH, Channel.VOICE, Channel.AGENT)
LATE = account(due_on=NOW.date() - timedelta(days=8))


def with_steps(**changes: Any) -> Policy:
    """Return the preset with every step that writes on the whole road."""
    steps = [
        evolve(step, channels=ROAD, **changes) if step.channels == (Channel.SMS,) else step
        for step in PRESET.steps
    ]
    return evolve(PRESET, steps=steps)


POLICY = with_steps(then=(Hop(when=Outcome.UNDELIVERED),))
TOGETHER = with_steps(together=True)


def rows_of(
    loan: Account, policy: Policy, history: History | None = None, **more: Any
) -> tuple[PlanRow, ...]:
    parts: dict[str, Any] = {"catalogue": Catalogue.builtin(), "packs": PACKS, "now": NOW, **more}
    return plan_loan(loan, policy=policy, lender=Lender.example(), history=history, **parts)


def sent(row: PlanRow) -> History:
    """Return the history after `row` was sent at NOW."""
    contact = Contact(channel=row.channel or Channel.SMS, at=NOW, purpose=row.purpose, loan_id=row.loan_id)
    return evolve(History.of([contact]), done=frozenset({row.mark}))


def hop(
    row: PlanRow,
    outcome: Outcome = Outcome.UNDELIVERED,
    *,
    loan: Account = LATE,
    history: History | None = None,
    policy: Policy = POLICY,
    now: datetime = LATER,
    **more: Any,
) -> PlanRow:
    parts: dict[str, Any] = {"catalogue": Catalogue.builtin(), "packs": PACKS, **more}
    return plan_hop(
        row,
        outcome,
        now - NOW,
        account=loan,
        policy=policy,
        lender=Lender.example(),
        now=now,
        history=sent(row) if history is None else history,
        **parts,
    )


def codes(row: PlanRow) -> list[str]:
    return [reason.code for reason in row.reasons]


def test_the_channel_really_used_is_recorded_under_a_key_of_its_own() -> None:
    first = rows_of(LATE, POLICY)[0]
    moved = hop(first, packs=[])
    assert (first.channel, first.hop) == (Channel.SMS, 0)
    assert (moved.channel, moved.hop, moved.step) == (Channel.PUSH, 1, first.step)
    assert key_of(moved) != key_of(first)
    on = hop(moved, packs=[])
    assert (on.channel, on.hop) == (Channel.VOICE, 2)
    assert len({key_of(first), key_of(moved), key_of(on)}) == 3


def test_every_rule_is_asked_again_on_the_new_channel() -> None:
    """The text that was sent counts: where a day holds one contact over all channels, the push waits."""
    first = rows_of(LATE, POLICY)[0]
    assert first.decision is PlanDecision.SEND
    moved = hop(first)
    assert moved.decision is not PlanDecision.SEND
    assert "moved_on" in codes(moved)
    fresh = hop(first, history=evolve(History(), done=frozenset({first.mark})))
    assert fresh.decision is PlanDecision.SEND
    assert fresh.text is not None


def test_the_night_holds_on_every_channel() -> None:
    """One window for every path: an undelivered text of the evening is no push at ten at night."""
    first = rows_of(LATE, POLICY)[0]
    no_contacts = evolve(History(), done=frozenset({first.mark}))
    moved = hop(first, history=no_contacts, now=NOW.replace(hour=22, minute=30))
    assert moved.decision is PlanDecision.DEFER
    assert "outside_hours" in codes(moved)
    assert moved.send_at == datetime.fromisoformat("2026-09-22T09:00:00+08:00")


STOPS: dict[str, tuple[Account, str]] = {
    "paid": (evolve(LATE, amount_due=Money("0", "CNY")), "nothing_due"),
    "promised": (evolve(LATE, promise_to_pay_until=NOW.date() + timedelta(days=2)), "held_promise"),
    "paid the oldest instalment": (evolve(LATE, due_on=NOW.date() + timedelta(days=20)), "between_steps"),
}


@pytest.mark.parametrize(("loan", "code"), STOPS.values(), ids=STOPS)
def test_what_changed_since_stops_it(loan: Account, code: str) -> None:
    moved = hop(rows_of(LATE, POLICY)[0], loan=loan)
    assert (moved.decision, moved.reason, moved.text) == (PlanDecision.NONE, code, None)


def test_a_step_that_a_later_one_has_overtaken_goes_no_further() -> None:
    first = rows_of(LATE, POLICY)[0]
    moved = hop(first, now=NOW + timedelta(days=9))
    assert moved.decision is PlanDecision.NONE
    assert moved.reason == "overdue_middle"


def test_a_message_nobody_knows_of_is_not_sent_by_another_road() -> None:
    first = rows_of(LATE, POLICY)[0]
    unknown = evolve(sent(first), unknown=frozenset({first.mark}))
    assert hop(first, history=unknown).reason == "unknown_outcome"


def test_without_a_table_and_at_the_end_of_the_road_nothing_goes_on() -> None:
    first = rows_of(LATE, POLICY)[0]
    assert hop(first, policy=PRESET).reason == NO_NEXT_CHANNEL.code
    assert hop(evolve(first, channel=Channel.AGENT)).reason == NO_NEXT_CHANNEL.code
    assert hop(first, Outcome.NO_REPLY).reason == NO_NEXT_CHANNEL.code
    assert hop(evolve(first, step="another")).reason == NO_NEXT_CHANNEL.code


def test_a_reminder_goes_on_within_its_carry_days_and_not_beyond() -> None:
    ahead = account(due_on=NOW.date() + timedelta(days=7))
    first = rows_of(ahead, POLICY)[0]
    done = evolve(History(), done=frozenset({first.mark}))
    moved = [hop(first, loan=ahead, history=done, now=NOW + timedelta(days=days)) for days in (1, 3)]
    assert [row.decision for row in moved] == [PlanDecision.SEND, PlanDecision.NONE]


def test_a_repeated_step_goes_on_as_the_step_it_repeats() -> None:
    weekly = [
        evolve(step, repeat=3, until=7) if step.id == "day-1" else step
        for step in POLICY.steps
        if step.id not in ("day-3", "day-6")
    ]
    policy = evolve(POLICY, steps=weekly)
    loan = account(due_on=NOW.date() - timedelta(days=4))
    first = rows_of(loan, policy)[0]
    assert first.step == "day-1.2"
    assert hop(first, loan=loan, policy=policy, packs=[]).channel is Channel.PUSH


def test_a_guarantor_without_consent_is_reached_by_no_channel() -> None:
    step = evolve(
        next(one for one in POLICY.steps if one.id == "day-8"),
        id="guarantor-8",
        recipient=RecipientRole.GUARANTOR,
        template="collection.guarantor",
    )
    policy = evolve(POLICY, steps=[*POLICY.steps, step])
    phone = PhoneNumber.parse("13800138001", region="CN")
    loan = evolve(LATE, guarantor=Guarantor(name=Secret("李四"), phone=phone, consent=False))
    theirs = next(row for row in rows_of(loan, policy) if row.recipient is RecipientRole.GUARANTOR)
    assert hop(theirs, loan=loan, policy=policy).reason == "guarantor_consent"


def test_a_channel_speaks_in_words_of_its_own_where_there_are_some(tmp_path: Path) -> None:
    (tmp_path / "zh-CN").mkdir()
    words = Catalogue.builtin().get("collection.middle", "zh-CN").text.replace("请通过", "您可通过")
    (tmp_path / "zh-CN" / "mine.toml").write_text(
        f'[collection]\nmiddle_push = "{words}"\n', encoding="utf-8"
    )
    (tmp_path / "templates.toml").write_text(
        '[collection.middle_push]\npurpose = "collection"\nchannel = "push"\nfacts = ["days_past_due"]\n',
        encoding="utf-8",
    )
    catalogue = Catalogue.load(tmp_path)
    first = rows_of(LATE, POLICY)[0]
    done = evolve(History(), done=frozenset({first.mark}))
    moved = hop(first, history=done, catalogue=catalogue)
    assert moved.template == "collection.middle_push"
    assert moved.text is not None
    assert "您可通过" in moved.text.reveal()
    assert hop(moved, history=done, catalogue=catalogue).template == "collection.middle"


def test_a_set_is_led_by_its_first_channel_and_each_of_it_counts() -> None:
    """No shipped pack calls a set one contact: what a day does not hold goes without that channel."""
    leader, *others = rows_of(LATE, TOGETHER)
    assert [row.channel for row in (leader, *others)] == list(ROAD)
    assert [row.hop for row in (leader, *others)] == [0, 1, 2, 3]
    assert (leader.decision, leader.competes) == (PlanDecision.SEND, True)
    assert not any(row.competes for row in others)
    assert all(row.decision is not PlanDecision.SEND for row in others if row.channel is Channel.PUSH)
    assert others[-1].decision is PlanDecision.SEND  # a case for a person is no message
    assert len({key_of(row) for row in (leader, *others)}) == 4


def test_a_set_whose_leader_waits_waits_whole() -> None:
    night = rows_of(LATE, TOGETHER, now=NOW.replace(hour=22))
    assert night[0].decision is PlanDecision.DEFER
    assert all(row.decision is PlanDecision.NONE and row.text is None for row in night[1:])
    assert {row.reason for row in night} == {"outside_hours"}


def test_a_set_that_yields_to_another_loan_is_silent_on_every_channel() -> None:
    firm = account(loan_id="L-2", due_on=NOW.date() - timedelta(days=31))
    rows = arbitrate([*rows_of(LATE, TOGETHER), *rows_of(firm, TOGETHER)], PACKS)
    mine = [row for row in rows if row.loan_id == "L-1"]
    assert {row.reason for row in mine if row.channel in (Channel.SMS, Channel.AGENT)} == {
        "yields_to_other_loan"
    }
    assert not any(row.decision is PlanDecision.SEND for row in mine)
