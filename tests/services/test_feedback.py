"""What people are asked and what they ask for: a score is no stop, a wish no refusal, and neither is lost."""

from __future__ import annotations

from datetime import time

import pytest
from tests.services.parts import NOW, event, outcomes, overdue
from tests.services.reply_parts import Bench, bench

from loansms import Channel, Lender
from loansms.model import Preferences, RecordKind
from loansms.model.examples import borrower
from loansms.replies import Intent
from loansms.services import IntakeService
from loansms.services.replies.wishes import preferences_of, score_in, wishes_in

CN = Lender.example("CN")


def surveyed() -> Bench:
    """Return a bench whose borrower was sent a survey."""
    made = bench({}, sent=False)
    willing = borrower(borrower_id="B-1", consent_marketing=True, consent_sms=True)
    assert outcomes(made.outreach.notify_many([event("S-1", willing, "care.survey")], now=NOW)) == [
        "submitted"
    ]
    return made


@pytest.mark.parametrize(("text", "score"), [("5", 5), ("４分", 4), ("1.", 1), ("3星", 3)])
def test_a_score_is_kept_with_its_survey_and_bothers_nobody(text: str, score: int) -> None:
    made = surveyed()
    taken = made.says(text)
    assert (taken.score, taken.cases, taken.template, taken.stopped) == (score, (), "", frozenset())
    [told] = made.records(RecordKind.REPLY)
    assert (told.data["score"], told.data["template"]) == (score, "care.survey")


@pytest.mark.parametrize("text", ["6", "0", "11", "5个人打电话骚扰我"])
def test_what_is_no_score_of_the_scale_goes_to_a_person(text: str) -> None:
    made = surveyed()
    taken = made.says(text)
    assert taken.score is None
    assert taken.cases


def test_a_refusal_of_a_survey_is_a_refusal() -> None:
    assert surveyed().says("T").intent is Intent.OPT_OUT


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("短信太频繁了，一周一次就好", ("less_often",)),
        ("fewer texts please, and in English", ("less_often", "in_english")),
        ("内容太长", ("shorter",)),
        ("请在晚上发", ("evenings",)),
        ("please e-mail me", ("by_email",)),
        ("已经还了", ()),
        ("晚上还", ()),
    ],
)
def test_how_somebody_wants_to_be_written_to_is_heard(text: str, wishes: tuple[str, ...]) -> None:
    assert wishes_in(text) == wishes


def test_the_hours_of_a_call_asked_for_are_on_record() -> None:
    made = bench(overdue(2))
    taken = made.says("call me back after 6")
    assert (taken.intent, taken.call_hours) == (Intent.CALL_ME, (time(18), time(21)))
    assert taken.cases == ("call_back",)
    [told] = made.records(RecordKind.REPLY)
    assert told.data["call_hours"] == ("18:00", "21:00")


def test_a_wish_is_told_with_the_history_the_latest_word_on_each_and_is_no_refusal() -> None:
    made = bench(overdue(2))
    for text in ("请在上午发，少发一点", "请在晚上发，发英文的"):
        taken = made.says(text)
        assert taken.wishes
        assert taken.stopped == frozenset()
    debtor = f"{CN.group}|B-1"
    found = made.store.histories([debtor], NOW)[debtor].preferences
    assert found == Preferences(less_often=True, hours=(time(18), time(21)), language="en")
    assert preferences_of(["by_email", "by_voice", "unheard_of"]).channel is Channel.VOICE


def test_the_next_run_waits_for_the_hours_and_speaks_the_language_asked_for() -> None:
    made = bench(overdue(2), sent=False)
    intake = IntakeService(store=made.store, lender=CN)
    wanted = Preferences(hours=(time(18), time(21)), language="en", channel=Channel.EMAIL, shorter=True)
    assert intake.record_preferences("B-1", wanted, "form-1", at=NOW)
    [waits] = made.outreach.run(made.rows, now=NOW).rows
    assert (waits.outcome, waits.row.reason, waits.row.locale) == ("deferred", "wished_hours", "en")
    assert waits.row.send_at is not None
    assert waits.row.send_at.hour == 18
    assert outcomes(made.outreach.run(made.rows, now=waits.row.send_at)) == ["submitted"]
    [sent] = made.provider.outbox
    assert sent.locale == "en"


def test_a_scale_of_ten_takes_ten() -> None:
    assert [score_in(one, 10) for one in ("10", "10/10", "11")] == [10, 10, None]
