"""A promise is held to the day the borrower meant, over month and year ends and the plan of make-up workdays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.calendars import calendar_for
from loansms.errors import CallerError
from loansms.model import Money
from loansms.replies import Intent, ReplyContext, understand
from loansms.replies.days import days

CHINA = timezone(timedelta(hours=8))
DUE = ReplyContext(amount_due=Money("5100.50", "CNY"))


def said(day: str, text: str, language: str | None = None) -> tuple[str | None, str]:
    found = understand(text, language, datetime.fromisoformat(f"{day}T10:00:00+08:00"), DUE)
    promise = found.found(Intent.PROMISE_TO_PAY)[0]
    return (str(found.promise_on) if found.promise_on else None, promise.reason)


# 2026-09-24 is a Thursday. In 2026 the National Day holiday runs from 1 to 7 October and Saturday 10 October is worked.
RESOLVED = """
2026-09-24|周五还|2026-09-25
2026-09-25|周五还|2026-10-02
2026-09-24|这周五还|2026-09-25
2026-09-24|下周三还|2026-09-30
2026-09-24|下星期日还|2026-10-04
2026-09-24|下下周一还|2026-10-05
2026-12-30|下周五还款|2027-01-08
2026-12-31|明天还|2027-01-01
2026-12-30|大后天还|2027-01-02
2026-12-31|月底还清|2026-12-31
2026-12-15|下个月底还|2027-01-31
2026-02-10|月底还|2026-02-28
2028-02-10|月底还|2028-02-29
2026-09-05|5号还|2026-10-05
2026-12-20|5号还|2027-01-05
2026-01-31|31号还|2026-03-31
2026-12-20|下个月5号先还两千|2027-01-05
2026-09-24|下下个月5号还|2026-11-05
2026-12-20|1月5日还|2027-01-05
2026-09-24|十月五号还|2026-10-05
2026-09-24|二十五号还|2026-09-25
2026-09-24|10.15还|2026-10-15
2026-09-24|2026年12月1日还|2026-12-01
2026-09-24|两三天后还|2026-09-27
2026-09-24|一周内还清|2026-10-01
2026-09-24|半个月后还|2026-10-09
2026-12-31|一个月后还|2027-01-31
2026-01-31|一个月后还|2026-02-28
2026-09-24|下周还|2026-10-04
2026-09-24|这个月还|2026-09-30
2026-12-24|下个月还|2027-01-31
2026-09-24|下月中旬还|2026-10-20
2026-11-20|年底还|2026-12-31
2026-09-30|下个工作日还|2026-10-08
2026-10-09|下个工作日还|2026-10-10
2026-10-10|下个工作日还|2026-10-12
2026-10-08|三个工作日后还款|2026-10-12
2026-09-24|3个工作日内还|2026-09-30
2026-09-30|节后还|2026-10-08
2026-10-03|节后还|2026-10-08
2026-09-24|国庆后还|2026-10-08
2026-09-24|国庆前还|2026-09-30
2026-10-02|国庆前还|2027-09-30
2025-12-30|元旦后还|2026-01-04
2026-12-20|元旦前还|2026-12-31
2026-01-20|过完年还|2026-02-24
2026-11-20|年前还清|2027-02-05
2026-09-24|中秋节后还款|2026-09-28
2026-09-25|I will pay friday|2026-10-02
2026-09-24|pay next friday|2026-10-02
2026-09-24|I'll pay in 3 days|2026-09-27
2026-12-30|I'll pay in 3 days|2027-01-02
2026-09-24|ill pay by the end of next month|2026-10-31
2026-12-20|will pay on the 5th|2027-01-05
2026-09-24|I can pay on the 1st of next month|2026-10-01
2026-09-24|I'll pay 10/5|2026-10-05
2026-09-24|will pay in 2 weeks|2026-10-08
2026-09-24|I will pay next week|2026-10-04
2026-11-25|I'll pay the next business day|2026-11-27
2026-09-24|I'll pay on Feb 29|2028-02-29
2026-09-24|I'll pay day after tomorrow|2026-09-26
2026-09-24|I get paid friday so I will pay monday|2026-09-28
"""
UNRESOLVED = """
2026-09-24|发工资还|payday
2026-09-24|过几天还|vague
2026-09-25|本周三还|passed
2026-09-24|2025年12月1日还|passed
2026-01-20|下个月31号还|no_such_day
2026-12-20|元旦后还|no_calendar
2026-12-30|5个工作日后还|no_calendar
2026-09-24|I'll pay in 99999999999 days|too_far
2026-09-24|I will pay soon|vague
2026-09-24|我一定还|no_day
"""


def rows(table: str) -> list[list[str]]:
    return [line.split("|") for line in table.strip().splitlines()]


@pytest.mark.parametrize(("day", "text", "on"), rows(RESOLVED))
def test_the_day_is_the_one_that_was_meant(day: str, text: str, on: str) -> None:
    assert said(day, text) == (on, "")


@pytest.mark.parametrize(("day", "text", "reason"), rows(UNRESOLVED))
def test_a_day_that_cannot_be_known_is_none_and_says_why(day: str, text: str, reason: str) -> None:
    assert said(day, text) == (None, reason)


def test_ten_five_is_may_where_the_day_comes_first() -> None:
    assert said("2026-09-24", "I'll pay 10/5", "en-GB") == ("2027-05-10", "")
    assert said("2026-09-24", "I'll pay 10/5", "fr") == (None, "ambiguous")


def test_the_day_is_the_borrowers_own() -> None:
    """At 17:00 UTC it is already the 25th in Shanghai: tomorrow is the 26th there."""
    at = datetime(2026, 9, 24, 17, 0, tzinfo=UTC)
    there = understand("明天还", received_at=at, context=ReplyContext(zone="Asia/Shanghai"))
    assert there.promise_on == date(2026, 9, 26)
    assert understand("明天还", received_at=at).promise_on == date(2026, 9, 25)


def test_a_time_without_a_zone_is_refused_and_none_resolves_no_day() -> None:
    with pytest.raises(CallerError):
        understand("明天还", received_at=datetime(2026, 9, 24))
    promise = understand("明天还")
    assert promise.promise_on is None
    assert promise.all[0].reason == "no_received_at"


AMOUNTS = """
先还两千|2000
周五还1千5|1500
明天还1.5万|15000
后天还¥2,000.00|2000.00
25号还2k|2000
大后天还三百五|350
下周一一万二还给你|12000
周五转500元|500
明天还一万零五十|10050
先还一半|2550.25
明天全额还款|5100.50
明天还|
周五还两三千|
I'll pay $1,200.50 tomorrow|1200.50
will send 200 dollars friday|200
I can pay two hundred fifty on the 1st|250
paying 2k tomorrow|2000
I'll pay 300 on friday|300
I'll send half tomorrow|2550.25
I'll pay in 3 days|
"""


@pytest.mark.parametrize(("text", "amount"), rows(AMOUNTS))
def test_the_amount_is_the_one_that_was_named(text: str, amount: str) -> None:
    found = understand(text, received_at=datetime(2026, 9, 24, 10, tzinfo=CHINA), context=DUE)
    assert found.intent is Intent.PROMISE_TO_PAY
    assert found.promise_amount == (Decimal(amount) if amount else None)


WORDS_ZH = [
    text.removesuffix("还").removesuffix("还款") for _, text, _ in rows(RESOLVED) if not text.isascii()
]
WORDS_EN = [text for _, text, _ in rows(RESOLVED) if text.isascii()]
RECEIVED = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(RECEIVED, st.sampled_from([*WORDS_ZH, *WORDS_EN, "13月40号", "2月30日", "99号", "0号"]))
def test_no_day_is_ever_before_the_reply(day: date, text: str) -> None:
    language, country = ("en", "US") if text.isascii() else ("zh", "CN")
    for one in days(f" {text} " if language == "en" else text, language, day, calendar_for(country)):
        assert one.on is None or one.on >= day
        assert (one.on is None) is bool(one.reason)


@given(RECEIVED, st.integers(0, 6), st.integers(0, 2))
def test_a_weekday_is_that_weekday_of_that_week(day: date, weekday: int, weeks: int) -> None:
    name = "一二三四五六日"[weekday]
    (found,) = days(f"{'下' * weeks}周{name}", "zh", day, None)
    assert found.on
    assert found.on.weekday() == weekday
    monday = day - timedelta(days=day.weekday())
    if weeks:
        assert found.on - monday == timedelta(days=7 * weeks + weekday)
    else:
        assert timedelta(0) < found.on - day <= timedelta(days=7)


@given(RECEIVED, st.integers(1, 31))
def test_a_figure_is_the_next_such_day_of_a_month(day: date, wanted: int) -> None:
    (found,) = days(f"{wanted}号", "zh", day, None)
    assert found.on
    assert found.on.day == wanted
    between = (day + timedelta(days=one) for one in range(1, (found.on - day).days))
    assert all(one.day != wanted for one in between)


@given(st.dates(date(2024, 1, 1), date(2026, 12, 20)))
def test_the_next_working_day_is_worked(day: date) -> None:
    china = calendar_for("CN")
    (found,) = days("下个工作日", "zh", day, china)
    assert found.on
    assert china.is_workday(found.on)
    assert not any(china.is_workday(day + timedelta(days=one)) for one in range(1, (found.on - day).days))
