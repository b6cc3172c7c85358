"""What was agreed on the telephone is confirmed in writing: once, through the gate, and to nobody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.services.parts import NOW, overdue
from tests.services.reply_parts import MINUTE, Bench, bench

from loansms import IntakeService, Lender
from loansms.errors import CallerError
from loansms.model import CallResult, Disposition
from loansms.model.examples import borrower
from loansms.services import FollowUp, Outcome

CN = Lender.example("CN")
ENDED = NOW + 10 * MINUTE
SUMMARY = FollowUp(
    template="reply.promise_noted",
    borrower=borrower(borrower_id="B-1", consent_sms=True),
    values={"loan_ref": "0042", "promise_on": date(2026, 9, 30)},
)


def _intake(made: Bench) -> IntakeService:
    return IntakeService(store=made.store, lender=CN, outreach=made.outreach)


def _call(result: CallResult = CallResult.PROMISE) -> Disposition:
    return Disposition(result=result, at=ENDED, lasted=timedelta(minutes=3), promise_on=date(2026, 9, 30))


def test_a_call_and_its_summary_are_one_act_however_often_it_is_told() -> None:
    made = bench(overdue(2))
    before = len(made.provider.outbox)
    intake = _intake(made)
    told = [
        intake.record_disposition("B-1", _call(), "call-1", follow_up=SUMMARY, now=ENDED + minutes * MINUTE)
        for minutes in (0, 1)
    ]
    assert [one.counted for one in told] == [True, False]
    assert [one.follow_up.outcome for one in told if one.follow_up] == [
        Outcome.SUBMITTED,
        Outcome.ALREADY_DONE,
    ]
    assert len(made.provider.outbox) == before + 1


def test_a_summary_cut_short_is_sent_when_the_call_is_told_again() -> None:
    made = bench(overdue(2))
    IntakeService(store=made.store, lender=CN).record_disposition("B-1", _call(), "call-1")
    again = _intake(made).record_disposition("B-1", _call(), "call-1", follow_up=SUMMARY, now=ENDED)
    assert not again.counted
    assert again.follow_up is not None
    assert again.follow_up.outcome is Outcome.SUBMITTED


def test_nothing_follows_a_call_that_did_not_reach_the_borrower_nor_one_of_a_person_who_stopped() -> None:
    made = bench(overdue(2))
    intake = _intake(made)
    missed = Disposition(result=CallResult.NOT_REACHED, at=ENDED)
    assert intake.record_disposition("B-1", missed, "call-1", follow_up=SUMMARY, now=ENDED).follow_up is None
    made.store.suppress(f"{CN.group}|B-1", "opted_out", NOW)
    told = intake.record_disposition("B-1", _call(), "call-2", follow_up=SUMMARY, now=ENDED)
    assert told.follow_up is not None
    assert told.follow_up.outcome is Outcome.DENIED


def test_a_summary_for_somebody_else_is_refused_before_anything_is_written() -> None:
    made = bench(overdue(2))
    with pytest.raises(CallerError, match="follow_up"):
        _intake(made).record_disposition("B-2", _call(), "call-1", follow_up=SUMMARY, now=ENDED)
    with pytest.raises(CallerError, match="follow_up"):
        IntakeService(store=made.store, lender=CN).record_disposition(
            "B-1", _call(), "call-1", follow_up=SUMMARY
        )
    assert made.store.histories([f"{CN.group}|B-2"], NOW)[f"{CN.group}|B-2"].contacts == ()
