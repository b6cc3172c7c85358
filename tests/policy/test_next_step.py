"""The step of one account on one day, at every boundary of the shipped policies."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest

from loansms.model import Channel, Contact, History, Money, Purpose, RecipientRole, StepMark
from loansms.model.examples import account, borrower
from loansms.policy import NothingDue, Policy, Stage, StepDue

DUE_ON = date(2026, 9, 24)
CN = Policy.preset("cn-consumer")
CN_321 = Policy.preset("cn-consumer", options=("3-2-1",))
US = Policy.preset("us-first-party")


def noon(dpd: int) -> datetime:
    """Midday in Shanghai, that many days past the due date."""
    return datetime(2026, 9, 24, 4, tzinfo=UTC) + timedelta(days=dpd)


def mark(step: str) -> StepMark:
    return StepMark("L-1", step, DUE_ON)


def answer(
    policy: Policy, dpd: int, history: History | None = None, **changes: object
) -> StepDue | NothingDue:
    return policy.next_step(account(**changes), history or History(), (), noon(dpd))


def told(policy: Policy, dpd: int, history: History | None = None, **changes: object) -> str:
    found = answer(policy, dpd, history, **changes)
    return found.step if isinstance(found, StepDue) else found.why.code


@pytest.mark.parametrize(
    ("dpd", "step", "stage", "template", "code"),
    [
        (-7, "t-7", "upcoming", "reminder.due_in_7", "due_in_7"),
        (-3, "t-3", "upcoming", "reminder.due_in_3", "due_in_3"),
        (0, "t-0", "due", "reminder.due_today", "due_today"),
        (1, "day-1", "early", "collection.early", "overdue_early"),
        (2, "day-1", "early", "collection.early", "overdue_early"),
        (3, "day-3", "early", "collection.early", "overdue_early"),
        (7, "day-6", "early", "collection.early", "overdue_early"),
        (8, "day-8", "middle", "collection.middle", "overdue_middle"),
        (30, "day-29", "middle", "collection.middle", "overdue_middle"),
        (31, "day-31", "late", "collection.late", "overdue_late"),
        (90, "day-75", "late", "collection.late", "overdue_late"),
        (91, "handover", "handover", "collection.handover", "overdue_handover"),
        (200, "handover", "handover", "collection.handover", "overdue_handover"),
    ],
)
def test_the_chinese_preset_speaks_the_step_of_its_day(
    dpd: int, step: str, stage: str, template: str, code: str
) -> None:
    found = answer(CN, dpd)
    assert isinstance(found, StepDue)
    assert (found.step, found.stage, found.template, found.why.code) == (step, stage, template, code)
    assert found.purpose is (Purpose.COLLECTION if dpd > 0 else Purpose.REPAYMENT_REMINDER)
    assert found.channel is (Channel.AGENT if stage == "handover" else Channel.SMS)
    assert (found.recipient, found.due_on) == (RecipientRole.BORROWER, DUE_ON)


@pytest.mark.parametrize("dpd", [-40, -8, -6, -5, -4, -2, -1])
def test_a_reminder_is_not_caught_up_on_a_first_run(dpd: int) -> None:
    assert told(CN, dpd) == "between_steps"


def test_the_option_3_2_1_speaks_on_each_of_the_last_three_days() -> None:
    assert [told(CN_321, dpd) for dpd in (-4, -3, -2, -1, 0)] == ["between_steps", "t-3", "t-2", "t-1", "t-0"]


@pytest.mark.parametrize(
    ("dpd", "step"),
    [
        (1, "day-1"),
        (4, "day-4"),
        (7, "day-4"),
        (8, "day-8"),
        (30, "day-22"),
        (31, "day-31"),
        (120, "day-105"),
        (121, "handover"),
        (4000, "handover"),
    ],
)
def test_the_american_preset_hands_over_after_120_days(dpd: int, step: str) -> None:
    assert told(US, dpd) == step


def test_later_stages_speak_before_earlier_ones_and_a_handover_competes_with_nothing() -> None:
    days = (-7, -3, -2, -1, 0, 1, 8, 31)
    found = [answer(CN_321, dpd) for dpd in days]
    spoken = [one.priority for one in found if isinstance(one, StepDue)]
    assert len(spoken) == len(days)
    assert spoken == sorted(set(spoken))
    handover = answer(CN, 91)
    assert isinstance(handover, StepDue)
    assert handover.priority == 0


@pytest.mark.parametrize(
    ("amount", "code"), [("0.00", "nothing_due"), ("-1.00", "nothing_due"), ("0.01", "day-8")]
)
def test_a_settled_loan_gets_no_overdue_step(amount: str, code: str) -> None:
    """Fineract once raised overdue events for loans with nothing outstanding."""
    assert told(CN, 8, amount_due=Money(Decimal(amount), "CNY")) == code


@pytest.mark.parametrize("dpd", [-7, 0, 6, 7, 8, 91, 400])
def test_the_same_day_twice_says_nothing_twice(dpd: int) -> None:
    """Mautic sent one SMS at every tick of its scheduler."""
    first = answer(CN, dpd)
    assert isinstance(first, StepDue)
    again = answer(CN, dpd, History(done={mark(first.step)}))
    assert isinstance(again, NothingDue)
    assert again.why.code == "already_done"
    assert (again.step, again.stage, again.due_on) == (first.step, first.stage, DUE_ON)


def test_a_step_whose_outcome_nobody_knows_is_not_due_again() -> None:
    assert told(CN, 8, History(unknown={mark("day-8")})) == "already_done"


def test_a_step_stays_done_until_the_eve_of_the_next() -> None:
    history = History(done={mark("day-8")})
    assert [told(CN, dpd, history) for dpd in (8, 14, 15)] == ["already_done", "already_done", "day-15"]


def test_done_at_an_earlier_due_date_or_on_another_loan_is_not_done_now() -> None:
    other = History(done={StepMark("L-1", "day-8", date(2026, 8, 24)), StepMark("L-2", "day-8", DUE_ON)})
    assert told(CN, 8, other) == "day-8"


def test_a_trimmed_history_of_contacts_changes_nothing() -> None:
    """Knock's conditions turn false when the message they ask about has been forgotten."""
    contacts = (Contact(channel=Channel.SMS, at=noon(1), purpose=Purpose.COLLECTION),)
    done = {mark("day-8")}
    for dpd in range(-8, 100):
        assert answer(CN, dpd, History(done=done)) == answer(CN, dpd, History(done=done, contacts=contacts))


def test_a_backdated_payment_restates_the_days_and_starts_a_ladder_of_its_own() -> None:
    history = History(done={mark("day-8")})
    assert told(CN, 9, history) == "already_done"
    assert told(CN, 9, history, due_on=date(2026, 10, 24)) == "between_steps"
    assert told(CN, 31, history, due_on=date(2026, 10, 24)) == "day-1"


def test_days_count_from_the_due_date_and_not_from_the_disbursement() -> None:
    """Kill Bill counts from the invoice date."""
    assert told(CN, -20, disbursed_on=date(2026, 7, 1)) == "between_steps"


@pytest.mark.parametrize(
    ("step", "deferred_on", "due", "over"),
    [("t-7", -7, (-7, -6, -5), (-4,)), ("t-3", -3, (-3, -2, -1), (-4,)), ("t-0", 0, (0,), (-1,))],
)
def test_a_reminder_that_had_to_wait_goes_within_its_carry_days(
    step: str, deferred_on: int, due: tuple[int, ...], over: tuple[int, ...]
) -> None:
    history = History(deferred={mark(step)})
    assert [told(CN, dpd, history) for dpd in due] == [step] * len(due)
    assert [told(CN, dpd, history) for dpd in over] == ["between_steps"] * len(over)


def test_a_carried_reminder_tells_the_days_that_are_left_and_keeps_its_own_day() -> None:
    found = answer(CN, -5, History(deferred={mark("t-7")}))
    assert isinstance(found, StepDue)
    assert (found.why.code, found.why.told("zh-CN")) == ("due_in_5", "距还款日还有 5 天。")
    assert found.due_at.date() == DUE_ON - timedelta(days=7)


def test_a_carried_reminder_that_was_done_is_not_due_again() -> None:
    assert told(CN, -6, History(deferred={mark("t-7")}, done={mark("t-7")})) == "already_done"


def test_a_carried_reminder_yields_to_the_next_and_never_comes_back() -> None:
    history = History(deferred={mark("t-3")}, done={mark("t-2")})
    assert told(CN_321, -2, History(deferred={mark("t-3")})) == "t-2"
    assert told(CN_321, -2, history) == "already_done"
    assert told(CN_321, -1, history) == "t-1"


def test_no_reminder_is_carried_past_the_due_date() -> None:
    history = History(deferred={mark("t-7"), mark("t-3"), mark("t-0")})
    assert told(CN, 1, history) == "day-1"


@pytest.mark.parametrize(("day", "last"), [(-1, 0), (0, 0)])
def test_not_even_a_stage_that_spans_the_due_date_carries_a_reminder_past_it(day: int, last: int) -> None:
    reminder = next(step for step in CN.steps if step.id == "t-0")
    carried = attrs.evolve(reminder, id="soon", day=day, stage="all", carry_days=5)
    policy = Policy(name="x", stages=[Stage(name="all", from_dpd=-9)], steps=[carried])
    history = History(deferred={mark("soon")})
    assert [told(policy, dpd, history) for dpd in (last, last + 1)] == ["soon", "ladder_ended"]


@pytest.mark.parametrize(
    ("dpd", "code"), [(0, "t-0"), (1, "in_grace"), (5, "in_grace"), (6, "day-6"), (8, "day-8")]
)
def test_inside_the_grace_days_nothing_overdue_is_said(dpd: int, code: str) -> None:
    assert told(CN, dpd, grace_days=5) == code


def test_the_grace_reason_counts_the_days_in_both_languages() -> None:
    found = answer(CN, 2, grace_days=5)
    assert found.why.message == "Day 2 of 5 grace days after the due date."
    assert found.why.message_zh == "宽限期共 5 天，今天是第 2 天。"


@pytest.mark.parametrize(
    ("dpd", "grace", "following", "on"),
    [(-5, 0, "t-3", "2026-09-21"), (-30, 0, "t-7", "2026-09-17"), (-1, 3, "t-0", "2026-09-24")],
)
def test_between_two_steps_the_reason_names_the_next_one(
    dpd: int, grace: int, following: str, on: str
) -> None:
    found = answer(CN, dpd, grace_days=grace)
    assert found.why.message == f'No step falls on this day; the next is "{following}" on {on}.'
    assert found.why.message_zh == f"今天没有步骤，下一步“{following}”在 {on}。"


@pytest.mark.parametrize(
    ("grace", "following", "on"),
    [
        (0, "day-1", "2026-09-25"),
        (1, "day-1", "2026-09-26"),
        (4, "day-3", "2026-09-29"),
        (5, "day-6", "2026-09-30"),
        (7, "day-8", "2026-10-02"),
    ],
)
def test_a_step_that_begins_inside_the_grace_days_is_announced_for_the_day_after_them(
    grace: int, following: str, on: str
) -> None:
    silent = attrs.evolve(CN, steps=[step for step in CN.steps if step.id != "t-0"])
    assert f'the next is "{following}" on {on}.' in answer(silent, -1, grace_days=grace).why.message


def test_a_step_whose_days_all_lie_inside_the_grace_days_is_not_announced() -> None:
    steps = [attrs.evolve(step, until=1) if step.id == "day-1" else step for step in CN.steps]
    silent = attrs.evolve(CN, steps=[step for step in steps if step.id != "t-0"])
    assert 'the next is "day-3" on 2026-09-27.' in answer(silent, -1, grace_days=1).why.message


def test_autopay_accounts_are_reminded_like_others() -> None:
    assert told(CN, -3, autopay=True) == "t-3"


def test_one_instant_is_another_day_in_another_zone() -> None:
    now = datetime(2026, 9, 24, 2, tzinfo=UTC)
    at_home = CN.next_step(account(), History(), (), now)
    away = CN.next_step(account(borrower=borrower(zones=("Pacific/Honolulu",))), History(), (), now)
    assert isinstance(at_home, StepDue)
    assert at_home.step == "t-0"
    assert at_home.due_at.isoformat() == "2026-09-24T00:00:00+08:00"
    assert away.why.code == "between_steps"


def test_the_likeliest_of_several_zones_sets_the_date() -> None:
    now = datetime(2026, 9, 24, 2, tzinfo=UTC)
    unsure = account(borrower=borrower(zones=("Pacific/Honolulu", "Asia/Shanghai")))
    found = CN_321.next_step(unsure, History(), (), now)
    assert isinstance(found, StepDue)
    assert (found.why.code, found.due_at.isoformat()) == ("due_in_1", "2026-09-23T00:00:00-10:00")


def test_a_day_whose_midnight_does_not_exist_begins_when_the_clock_has_jumped() -> None:
    havana = borrower(zones=("America/Havana",))
    found = US.next_step(
        account(borrower=havana, due_on=date(2026, 3, 8)), History(), (), datetime(2026, 3, 8, 18, tzinfo=UTC)
    )
    assert isinstance(found, StepDue)
    assert found.due_at.isoformat() == "2026-03-08T01:00:00-04:00"


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CN.next_step(account(), History(), (), datetime(2026, 9, 24))


def test_an_answer_has_no_truth_value() -> None:
    for dpd in (0, -5):
        with pytest.raises(TypeError, match="isinstance"):
            bool(answer(CN, dpd))


@pytest.mark.parametrize(
    ("dpd", "message", "message_zh"),
    [
        (-7, "Payment is due in 7 days.", "距还款日还有 7 天。"),
        (0, "Payment is due today.", "今天是还款日。"),
        (1, "Payment is 1 day past due (stage: early arrears).", "已逾期 1 天（阶段：逾期初期）。"),
        (45, "Payment is 45 days past due (stage: late arrears).", "已逾期 45 天（阶段：逾期后期）。"),
    ],
)
def test_the_reason_counts_the_days_and_cites_the_policy(dpd: int, message: str, message_zh: str) -> None:
    found = answer(CN, dpd)
    assert (found.why.message, found.why.message_zh) == (message, message_zh)
    assert found.why.citation == CN.version


def test_a_policy_that_was_sent_to_another_process_gives_the_same_answers() -> None:
    sent = pickle.loads(pickle.dumps(CN))
    assert sent == CN
    assert [answer(sent, dpd) for dpd in range(-9, 95)] == [answer(CN, dpd) for dpd in range(-9, 95)]
