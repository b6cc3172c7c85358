"""A day of the system before beside the plan: every old message and every planned one is told once, and why."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms import Lender, OutreachService
from loansms.errors import CallerError
from loansms.insights.compared_sends import COLUMNS, ComparedSends, SendKind, columns_of, compare_sends
from loansms.insights.compared_sends_report import comparison_html, told_comparison
from loansms.insights.old_sends import read_old_sends
from loansms.providers import SandboxProvider
from loansms.stores import MemoryStore

NOW = datetime(2026, 9, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
WORDS = "不还款就上门，周金丝"


def loan(number: int, due: str = "2026-09-24", **more: str) -> dict[str, str]:
    own = {"loan_id": f"L-{number}", "borrower_id": f"B-{number}", "phone": f"174000{number:05d}"}
    return {
        **own, "country": "CN", "currency": "CNY", "amount_due": "1256.30", "next_due_on": due, "timezone": "Asia/Shanghai", **more,
    }  # fmt: skip


def compared(book: list[dict[str, str]], old: list[dict[str, str]], now: datetime = NOW) -> ComparedSends:
    service = OutreachService(
        policy="cn-consumer", lender=Lender.example(), store=MemoryStore(), provider=SandboxProvider()
    )
    read, bad = read_old_sends(old)
    assert not bad
    return compare_sends(service.plan(book, now=now), read, setup=service.setup)


def sent(number: int, at: str = "2026-09-24 09:30:00", **more: str) -> dict[str, str]:
    return {"borrower_id": f"B-{number}", "loan_id": f"L-{number}", "sent_at": at, **more}


def kinds(found: ComparedSends) -> dict[str, str]:
    return {one.borrower_id: one.kind.value for one in found.rows}


def test_each_kind_of_difference_is_named_with_its_reason() -> None:
    book = [
        loan(1),
        loan(2, opt_out="yes"),
        loan(3),
        loan(4, due="2026-10-20"),
        loan(5, phone="12"),
        loan(6),
        loan(7),
    ]
    old = [
        sent(1), sent(2), sent(4), sent(5), sent(6, channel="push"), sent(7, template="REPAY_03"), sent(9),
        sent(1, "2026-09-24 11:00:00"),
    ]  # fmt: skip
    found = compared(book, old)
    by_kind = {(one.borrower_id, one.kind.value) for one in found.rows}
    assert by_kind == {
        ("B-1", "same"), ("B-1", "more"), ("B-2", "held_back"), ("B-3", "only_here"), ("B-4", "nothing_due"),
        ("B-5", "bad_row"), ("B-6", "other_channel"), ("B-7", "other_words"), ("B-9", "not_in_book"),
    }  # fmt: skip
    told = {one.borrower_id: columns_of(one, "en") for one in found.rows}
    assert told["B-2"]["reason"] == "opted_out"
    assert told["B-3"]["template"] == "reminder.due_today"
    assert told["B-4"]["reason"]
    assert all(tuple(one) == COLUMNS for one in told.values())


def test_an_old_message_is_asked_of_the_gate_at_its_own_minute_and_after_those_before_it() -> None:
    late = compared([loan(1)], [sent(1, "2026-09-24 22:40:00", purpose="collection", text=WORDS)])
    [row] = late.rows
    assert {"outside_hours", "visit_threat"} <= {one.code for one in row.faults}
    many = [sent(1, f"2026-09-24 {hour:02d}:00:00", purpose="collection") for hour in range(9, 19)]
    crowd = compared([loan(1)], many)
    capped = [any("cap" in one.code for one in row.faults) for row in crowd.rows]
    assert not capped[0]
    assert capped[-1]


def test_a_day_is_the_borrowers_own() -> None:
    old = [
        sent(1, "2026-09-23T17:30:00+00:00"),
        sent(1, "2026-09-23 23:00:00"),
        sent(1, "2026-09-25 00:10:00"),
    ]
    found = compared([loan(1)], old)
    assert (found.counts["same"], found.elsewhere) == (1, 2)


def test_a_message_that_has_to_wait_for_a_later_hour_of_the_day_still_counts() -> None:
    found = compared([loan(1)], [sent(1)], now=NOW.replace(hour=6))
    assert kinds(found) == {"B-1": "same"}


def test_a_time_nobody_can_place_is_one_clear_error() -> None:
    service = OutreachService(
        policy="us-first-party", lender=Lender.example("US"), store=MemoryStore(), provider=SandboxProvider()
    )
    read, _ = read_old_sends([sent(9)])
    with pytest.raises(CallerError, match="sent_at, line 2: expected a time with its offset"):
        compare_sends(service.plan([loan(1)], now=NOW), read, setup=service.setup)


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 72)), min_size=1, max_size=12),
    st.lists(st.sampled_from([1, 2, 3]), unique=True, min_size=1),
)
def test_nothing_is_lost_and_nothing_is_told_twice(old: list[tuple[int, int]], booked: list[int]) -> None:
    start = datetime(2026, 9, 23)
    rows = [sent(number, str(start + timedelta(hours=hours, minutes=1))) for number, hours in old]
    found = compared([loan(one) for one in booked], rows)
    today = Counter(f"B-{number}" for number, hours in old if 24 <= hours < 48)
    assert Counter(one.borrower_id for one in found.rows if one.old) == today
    assert found.elsewhere == len(old) - today.total()
    spoken = Counter(
        one.row.loan_id for one in found.rows if one.row and one.kind in {SendKind.SAME, SendKind.ONLY_HERE}
    )
    assert spoken == Counter(f"L-{one}" for one in booked)


def test_page_and_sentences_hold_no_word_of_a_message_and_need_no_network() -> None:
    found = compared([loan(1, name="周金丝")], [sent(1, "2026-09-24 22:40:00", text=WORDS), sent(8)])
    for lang, title in (("zh-CN", "旧系统与 loansms 对比"), ("en", "What was sent")):
        page = comparison_html(found, lang, rejected=1)
        assert title in page
        assert "周金丝" not in page + str(found)
        assert WORDS not in page
        assert "http://" not in page
        assert "https://" not in page
        assert len(told_comparison(found, lang, rejected=1)) > 3
