"""A message that waits for its borrower's hour waits on that day, inside the lawful hours, and never for good."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms import Lender
from loansms.compliance import RulePack
from loansms.model import History
from loansms.model.examples import account
from loansms.planning import PlanDecision, PlanRow, plan_loan
from loansms.policy import Experiment, Kind, Policy, SendAt
from loansms.templates import Catalogue

PRESET = Policy.preset("cn-consumer")
CATALOGUE, LENDER = Catalogue.builtin(), Lender.example("CN")
PACKS = [RulePack.load("CN", on=datetime.fromisoformat("2026-09-22T10:00:00+08:00").date())]
POLICY = Policy(
    name="hours",
    stages=PRESET.stages,
    steps=[evolve(step, send_at=SendAt.BEST_HOUR) if step.id == "day-1" else step for step in PRESET.steps],
    columns={"best_hour": Kind.TEXT},
)


def at(clock: str, day: int = 22) -> datetime:
    """Return a time of the day after the due date (21 September 2026), in Shanghai, or of one near it."""
    return datetime.fromisoformat(f"2026-09-{day}T{clock}:00+08:00")


def planned(cell: str, now: datetime, policy: Policy = POLICY, past: History | None = None) -> PlanRow:
    (row, *_) = plan_loan(
        account(due_on=date(2026, 9, 21), extra={"best_hour": cell}),
        policy=policy,
        catalogue=CATALOGUE,
        packs=PACKS,
        lender=LENDER,
        now=now,
        history=past,
    )
    assert row.step == "day-1"
    return row


def test_a_message_waits_for_its_hour_and_says_the_figures_behind_it() -> None:
    row = planned("19:00 own=2/6 segment=80/400 rate=0.148 usual=10:00 before=0.100", at("10:00"))
    assert (row.decision, row.reason, row.send_at) == (PlanDecision.DEFER, "best_hour", at("19:00"))
    assert "Own: 2 of 6 answered at that hour; segment: 80 of 400" in row.reasons[0].message
    assert "本人该时段 6 条中回应 2 条" in row.reasons[0].message_zh
    assert row.text is not None


@pytest.mark.parametrize("clock", ["17:00", "17:59", "18:30"])
def test_in_its_hour_or_after_it_the_message_goes(clock: str) -> None:
    assert planned("17:00", at(clock)).decision is PlanDecision.SEND


@pytest.mark.parametrize("cell", ["", "evening", "25", "19:60", "+19", "23:00", "3"])
def test_an_hour_that_is_none_or_not_lawful_is_not_waited_for(cell: str) -> None:
    assert planned(cell, at("10:00")).decision is PlanDecision.SEND


def test_a_message_of_the_night_waits_for_the_hour_of_the_next_day() -> None:
    row = planned("19:00", at("06:00"))
    assert (row.decision, row.send_at) == (PlanDecision.DEFER, at("19:00"))
    assert planned("3", at("06:00")).send_at == planned("", at("06:00")).send_at


def test_a_run_that_comes_once_a_day_loses_nothing() -> None:
    waited = History(deferred=[planned("19:00", at("10:00")).mark])
    assert planned("19:00", at("11:00"), past=waited).decision is PlanDecision.DEFER
    assert planned("19:00", at("10:00", 23), past=waited).decision is PlanDecision.SEND


def test_it_is_off_unless_the_step_asks_and_an_arm_of_an_experiment_may() -> None:
    assert planned("19:00", at("10:00"), PRESET).decision is PlanDecision.SEND
    (step,) = [one for one in PRESET.steps if one.id == "day-1"]
    trial = Experiment(name="best-hour", arms={"usual": 1, "own-hour": 1})
    own = evolve(
        step, id="day-1-own", priority=step.priority + 1, experiment=trial.name, arm="own-hour", send_at=SendAt.BEST_HOUR
    )  # fmt: skip
    policy = evolve(POLICY, steps=(*PRESET.steps, own), experiments=(trial,))
    told: dict[str, set[PlanDecision]] = {"usual": set(), "own-hour": set()}
    for number in range(12):
        one = account(due_on=date(2026, 9, 21), extra={"best_hour": "19"})
        one = evolve(one, borrower=evolve(one.borrower, borrower_id=f"B-{number}"))
        (row, *_) = plan_loan(
            one, policy=policy, catalogue=CATALOGUE, packs=PACKS, lender=LENDER, now=at("10:00")
        )
        told[trial.arm(f"B-{number}")].add(row.decision)
    assert told == {"usual": {PlanDecision.SEND}, "own-hour": {PlanDecision.DEFER}}


@settings(max_examples=60)
@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 24 * 12 - 1))
def test_whatever_is_suggested_a_message_goes_on_the_day_and_in_the_hours_it_might_have_gone(
    hour: int, minute: int, five_minutes: int
) -> None:
    now = at("00:00") + timedelta(minutes=5 * five_minutes)
    usual, row = planned("", now), planned(f"{hour}:{minute:02}", now)
    assert usual.send_at is not None
    assert row.send_at is not None
    assert row.send_at >= usual.send_at
    assert row.send_at.date() == usual.send_at.date()
    assert planned("", row.send_at).decision is PlanDecision.SEND
    if row.send_at != usual.send_at:
        assert row.send_at.timetz().replace(tzinfo=None) == time(hour, minute)
