"""What people are asked and what they ask for: a score is no stop, a wish no refusal, and neither is lost."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from tests.services.parts import NOW, event, outcomes, overdue
from tests.services.reply_parts import Bench, bench

from loansms import Channel, Lender
from loansms.model import RecordKind
from loansms.model.examples import borrower
from loansms.replies import Intent
from loansms.services import Wishes
from loansms.services.replies.wishes import score_in, wishes_in

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


def test_wishes_are_read_back_from_the_journal_the_latest_word_on_each() -> None:
    made = bench(overdue(2))
    for text in ("请在上午发，少发一点", "请在晚上发，发英文的"):
        taken = made.says(text)
        assert taken.wishes
        assert taken.stopped == frozenset()
    found = Wishes.told_in(made.store.entries(debtor=f"{CN.group}|B-1"))
    assert found == Wishes(less_often=True, hours=(time(18), time(21)), language="en")
    assert Wishes.of(["by_email", "by_voice", "unheard_of"]).channel is Channel.VOICE
    made.rows[0]["oldest_unpaid_due_on"] = "2026-09-20"
    assert outcomes(made.outreach.run(made.rows, now=NOW + timedelta(days=2))) != ["denied"], (
        "a wish is no refusal"
    )


def test_a_scale_of_ten_takes_ten() -> None:
    assert [score_in(one, 10) for one in ("10", "10/10", "11")] == [10, 10, None]
