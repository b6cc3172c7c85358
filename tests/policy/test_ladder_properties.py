"""What holds for every policy, every account and every day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from loansms.model import Channel, History, Purpose, StepMark
from loansms.model.examples import account
from loansms.policy import NothingDue, Policy, Stage, Step, StepDue

DUE_ON = date(2026, 9, 24)
DPD = st.integers(-60, 400)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A policy with any stages, before, across and after the due date, and any steps inside them."""
    cuts = draw(st.lists(st.integers(-20, 120), max_size=5, unique=True))
    ends = sorted(cuts)
    starts = [None, *[end + 1 for end in ends]]
    stages = [
        Stage(name=f"s{at}", from_dpd=start, to_dpd=end)
        for at, (start, end) in enumerate(zip(starts, [*ends, None], strict=True))
    ]
    days = draw(st.lists(st.integers(-25, 130), min_size=1, max_size=12, unique=True))
    steps = [
        Step(
            id=f"d{day}" if day >= 0 else f"t{-day}",
            day=day,
            stage=next(stage.name for stage in stages if stage.holds(day)),
            template="collection.early" if day > 0 else "reminder.due_today",
            purpose=Purpose.COLLECTION if day > 0 else Purpose.REPAYMENT_REMINDER,
            channels=(Channel.SMS,),
            priority=1,
            carry_days=0 if day > 0 else draw(st.integers(0, 5)),
            until=draw(st.none() | st.integers(day, day + 9)) if day > 0 else None,
        )
        for day in days
    ]
    return Policy(name="any", stages=stages, steps=draw(st.permutations(steps)))


def noon(dpd: int) -> datetime:
    return datetime(2026, 9, 24, 4, tzinfo=UTC) + timedelta(days=dpd)


@given(policy=policies(), dpd=DPD, grace=st.integers(0, 15), data=st.data())
def test_every_day_has_one_answer_and_no_overdue_step_comes_early(
    policy: Policy, dpd: int, grace: int, data: st.DataObject
) -> None:
    by_id = {step.id: step for step in policy.steps}
    marks = st.frozensets(st.sampled_from([StepMark("L-1", step, DUE_ON) for step in by_id]))
    history = History(done=data.draw(marks), deferred=data.draw(marks))
    found = policy.next_step(account(grace_days=grace), history, (), noon(dpd))
    if isinstance(found, NothingDue):
        assert found.why.code in {"already_done", "between_steps", "ladder_ended", "in_grace"}
        return
    step = by_id[found.step]
    assert StepMark("L-1", step.id, DUE_ON) not in history.done
    assert (step.day > 0) == (dpd > 0)
    assert step.day <= dpd
    assert not 0 < dpd <= grace
    assert next(stage for stage in policy.stages if stage.name == found.stage).holds(dpd)
    assert not any(step.day < other.day <= dpd for other in policy.steps)
    if dpd <= 0:
        assert dpd <= step.day + step.carry_days
        assert dpd == step.day or StepMark("L-1", step.id, DUE_ON) in history.deferred
    else:
        assert step.until is None or dpd <= step.until


@given(policy=policies(), grace=st.integers(0, 10), fates=st.lists(st.sampled_from("srdx"), min_size=30))
def test_running_daily_says_each_step_once_and_never_goes_back(
    policy: Policy, grace: int, fates: list[str]
) -> None:
    """Of each day's step: sent, refused by the provider, deferred, or the run did not happen."""
    done: set[StepMark] = set()
    deferred: set[StepMark] = set()
    spoken: list[int] = []
    by_id = {step.id: step for step in policy.steps}
    for at, dpd in enumerate(range(-30, 150)):
        fate = fates[at % len(fates)]
        history = History(done=done, deferred=deferred)
        found = policy.next_step(account(grace_days=grace), history, (), noon(dpd))
        if fate == "x" or isinstance(found, NothingDue):
            continue
        assert isinstance(found, StepDue)
        mark = StepMark("L-1", found.step, found.due_on)
        if fate == "d":
            deferred.add(mark)
            continue
        done.add(mark)
        spoken.append(by_id[found.step].day)
        again = policy.next_step(
            account(grace_days=grace), History(done=done, deferred=deferred), (), noon(dpd)
        )
        assert again.why.code == "already_done"
    assert spoken == sorted(set(spoken))


@given(policy=policies(), dpd=DPD, grace=st.integers(0, 10))
def test_the_next_step_that_is_announced_is_due_on_the_day_announced(
    policy: Policy, dpd: int, grace: int
) -> None:
    one = account(grace_days=grace)
    found = policy.next_step(one, History(), (), noon(dpd))
    if found.why.code != "between_steps":
        return
    waited = next(
        days
        for days in range(1, 600)
        if isinstance(policy.next_step(one, History(), (), noon(dpd + days)), StepDue)
    )
    coming = policy.next_step(one, History(), (), noon(dpd + waited))
    assert isinstance(coming, StepDue)
    assert f'"{coming.step}" on {DUE_ON + timedelta(days=dpd + waited)}.' in found.why.message


@given(policy=policies(), dpd=DPD)
def test_after_the_end_of_the_ladder_no_step_ever_comes(policy: Policy, dpd: int) -> None:
    if policy.next_step(account(), History(), (), noon(dpd)).why.code == "ladder_ended":
        for later in range(dpd, dpd + 200):
            assert isinstance(policy.next_step(account(), History(), (), noon(later)), NothingDue)
