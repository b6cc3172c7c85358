"""The report page: right figures, nothing private, nothing that a hostile book could slip in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loansms.insights import ReportAbout, plain_summary, report_html, summarise
from loansms.insights.wording import GENERAL, WORDS, say
from loansms.model import Channel, Reason
from loansms.planning import PlanDecision, PlanRow
from loansms.portfolio import Reject
from loansms.privacy import Secret
from loansms.providers.calling_name import (
    CallingProfile,
    CardState,
    CardStatus,
    MarkKind,
    NumberMark,
    seen_as,
)
from loansms.services import Outcome, RunReport, RunRow

NOW = datetime(2026, 9, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
HOSTILE = "<script>alert('x')</script>\"&<img src=http://evil.example/x>"
QUIET = Reason(
    "quiet_hours", "GB/T 45251-2025, 5.3", "Not at night.", "CN-TIME-01", "defer", "V2", "夜间不得联系。"
)
DUE = Reason("due_today", "cn-consumer@1", "Payment is due today.", message_zh="今天是还款日。")


def row(
    outcome: Outcome = Outcome.SUBMITTED, reason: Reason = DUE, line: int = 2, **changes: object
) -> RunRow:
    fields: dict[str, object] = {
        "loan_id": f"L-{line}",
        "borrower_id": "B-1",
        "decision": PlanDecision.SEND,
        "reasons": (reason,),
        "stage": "due",
        "step": "t-0",
        "template": "reminder.due_today",
        "send_at": NOW,
        "text": Secret("canary body"),
        "segments": 2,
    }
    return RunRow(PlanRow(**{**fields, **changes}), outcome, line)


def report(rows: Sequence[RunRow], **changes: object) -> RunReport:
    fields: dict[str, object] = {"now": NOW, "rows": rows, "lenders": ("Anxin",), "book": "book.csv"}
    return RunReport(**{**fields, **changes})


class Reader(HTMLParser):
    """Collects tags, and fails on an element that is closed out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def test_counts_each_outcome_once_and_adds_up() -> None:
    summary = summarise([row(), row(line=3), row(Outcome.DENIED, QUIET, 4), row(Outcome.NONE, line=5)])
    assert dict(summary.outcomes) == {"submitted": 2, "denied": 1, "none": 1}
    assert summary.total == 4
    assert summary.segments == 4


def test_outcomes_stand_in_one_order_whatever_the_book_has_first() -> None:
    kinds = [Outcome.UNKNOWN, Outcome.NONE, Outcome.DEFERRED, Outcome.SUBMITTED]
    assert list(summarise([row(kind) for kind in kinds]).outcomes) == [
        "submitted",
        "deferred",
        "none",
        "unknown",
    ]


def test_the_day_is_the_recipients_own() -> None:
    late = datetime(2026, 9, 25, 2, tzinfo=UTC).astimezone(ZoneInfo("America/Los_Angeles"))
    assert [one.key for one in summarise([row(send_at=late)]).by_day] == ["2026-09-24"]


def test_the_earliest_held_message_is_named() -> None:
    held = [row(Outcome.DEFERRED, QUIET, send_at=NOW + timedelta(hours=hours)) for hours in (5, 2, 9)]
    assert summarise(held).next_send_at == NOW + timedelta(hours=2)


def test_stages_follow_the_policy_not_the_alphabet() -> None:
    rows = [row(stage="late"), row(stage="early"), row(stage="zzz")]
    assert [one.key for one in summarise(rows, {"early": ("", ""), "late": ("", "")}).by_stage] == [
        "early",
        "late",
        "zzz",
    ]


def test_a_sentence_that_differs_by_row_is_told_of_the_kind() -> None:
    days = [
        Reason("between_steps", "p", f"The next is t-{day}.", message_zh=f"下一步 {day}。") for day in (3, 7)
    ]
    (tally,) = summarise([row(Outcome.NONE, one) for one in days]).by_reason
    assert tally.count == 2
    assert tally.told("en") == "No step of the policy falls on this day."
    assert tally.told("zh-CN") == "当天没有策略步骤。"


def test_a_stage_is_called_by_its_label() -> None:
    days = [
        Reason("overdue_early", "p", f"{day} days past due.", message_zh=f"逾期 {day} 天。") for day in (1, 2)
    ]
    (tally,) = summarise(
        [row(reason=one) for one in days], {"early": ("early arrears", "逾期初期")}
    ).by_reason
    assert tally.told("en") == "The payment is past due (stage: early arrears)."
    assert tally.told("zh-CN") == "已逾期（阶段：逾期初期）。"


def test_one_sentence_for_all_is_told_as_it_is() -> None:
    (tally,) = summarise([row(reason=DUE), row(reason=DUE)]).by_reason
    assert tally.told("zh-CN") == "今天是还款日。"


@given(st.lists(st.sampled_from(list(Outcome)), max_size=60))
def test_whatever_happened_the_summary_fits_a_dozen_lines_and_adds_up(kinds: list[Outcome]) -> None:
    summary = summarise([row(kind) for kind in kinds])
    assert sum(summary.outcomes.values()) == len(kinds)
    assert sum(one.count for one in summary.by_reason) == len(kinds)
    assert len(plain_summary(summary, "en", warnings=2)) <= 12


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_page_is_well_formed_and_says_its_language(lang: str) -> None:
    page = report_html(report([row(), row(Outcome.UNKNOWN, line=3), row(Outcome.DEFERRED, QUIET, 4)]), lang)
    assert f'<html lang="{lang}">' in page
    assert {"header", "main", "footer", "h1", "table"} <= set(read(page).tags)


def test_page_asks_the_network_for_nothing() -> None:
    page = report_html(report([row()]))
    reader = read(page)
    assert "default-src 'none'" in page
    assert not {"script", "link", "img", "iframe", "object"} & set(reader.tags)
    assert not {"src", "href"} & set(reader.attributes)
    assert not re.search(r"https?:|url\(|@import", page)


def test_a_hostile_book_stays_text() -> None:
    bad = Reject(7, HOSTILE, HOSTILE, HOSTILE)
    rows = [
        row(
            Outcome.UNKNOWN,
            Reason("x", HOSTILE, HOSTILE),
            loan_id=HOSTILE,
            stage=HOSTILE,
            step=HOSTILE,
            template=HOSTILE,
        )
    ]
    page = report_html(
        report(rows, rejects=(bad,), lenders=(HOSTILE,), book=HOSTILE, warnings=(Reason("w", "", HOSTILE),)),
        "en",
        ReportAbout(provider=HOSTILE, versions={HOSTILE: HOSTILE}),
    )
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") >= 9
    assert not {"src", "onerror"} & set(read(page).attributes)


def test_page_holds_no_text_of_a_message() -> None:
    assert "canary body" not in report_html(report([row(), row(Outcome.UNKNOWN)]))


def test_unknown_outcomes_are_listed_by_loan() -> None:
    page = report_html(report([row(Outcome.UNKNOWN, line=41)]))
    assert say("page.unknown", "en") in page
    assert "L-41" in page


def test_bad_rows_are_told_with_line_and_column_in_the_readers_language() -> None:
    bad = Reject(12, "phone", "expected digits, got letters", "电话号码应为数字，不能含字母")
    run = report([row(Outcome.REJECTED)], rejects=(bad,))
    assert "expected digits, got letters" in report_html(run, "en")
    assert "电话号码应为数字" in report_html(run, "zh-CN")


def test_a_long_list_of_bad_rows_is_cut_and_says_so() -> None:
    bad = tuple(Reject(line, "phone", "expected digits", "应为数字") for line in range(2, 703))
    assert "201 more" in report_html(report([], rejects=bad))


def test_reasons_carry_their_source_and_its_authority() -> None:
    about = ReportAbout(authorities={"CN-TIME-01": "rec_standard"})
    page = report_html(report([row(Outcome.DEFERRED, QUIET), row(Outcome.NONE, DUE)]), "en", about)
    assert "GB/T 45251-2025, 5.3" in page
    assert "recommended standard" in page
    assert "house rule" in page


def test_a_plan_says_that_nothing_was_sent() -> None:
    page = report_html(report([row(Outcome.PLANNED)]), "zh-CN", ReportAbout(sent=False))
    assert "仅规划，未发送" in page
    assert "待发送 1 条" in page


def test_the_example_lender_is_marked() -> None:
    run = report([row()])
    assert say("page.example", "en") in report_html(run, "en", ReportAbout(example_only=True))
    assert say("page.example", "en") not in report_html(run, "en")


def test_an_empty_run_still_makes_a_page() -> None:
    read(report_html(report([])))


def test_every_wording_has_both_languages_and_the_same_gaps() -> None:
    for key, (english, chinese) in {**WORDS, **GENERAL}.items():
        assert english, key
        assert re.search(r"[\u4e00-\u9fff，；：（）]", chinese), key
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", chinese)), key


def test_every_outcome_has_its_words() -> None:
    for outcome in Outcome:
        assert {f"outcome.{outcome}", f"meaning.{outcome}", f"line.{outcome}"} <= set(WORDS)


def test_a_run_with_calls_says_which_name_is_seen_and_shows_no_number() -> None:
    card = CallingProfile(enterprise="示例公司", display="示例<消费金融>", numbers=("400-000-0000",))
    told = CardStatus(number="400-000-0000", state=CardState.SHOWN, shown_on=("handset",))
    marked = NumberMark(number="400-000-0000", kind=MarkKind.HARASSMENT, source="app")
    about = ReportAbout(
        cards=[seen_as(card, told, "400-000-0000", [marked]), seen_as(card, None, "400-000-0000")]
    )
    call = row()
    calls = report([evolve(call, row=evolve(call.row, channel=Channel.VOICE))])
    page = report_html(calls, "zh-CN", about)
    assert "示例&lt;消费金融&gt;" in page
    assert say("card.number", "zh-CN") in page
    assert "app: harassment" in page
    assert "400-000" not in page
    assert say("page.cards", "zh-CN") not in report_html(report([row()]), "zh-CN", about)
