"""A year whose plan is not out is told of; an override file settles it; events choose among several lenders."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from loansms.calendars import calendar_for

from .conftest import GOOD, NOW, PHONE, Cli, MakeBook, rows_of

REACH = calendar_for("CN").valid_through
assert REACH is not None
YEAR = REACH.year + 1

LENDERS = """
[[lender]]
lender_id = "{0}"
name = "{0}"
signature = "示例{0}"
jurisdiction = "CN"
party = "first"
service_lines = [{{ number = "400-111-000{1}" }}]
pay_channels = [{{ names = {{ "*" = "app" }} }}]
complaint_line = "400-111-000{1}"
example_only = true
"""

EVENT = {
    "event_id": "E-1",
    "template": "notice.loan_settled",
    "borrower_id": "B-1",
    "phone": PHONE,
    "country": "CN",
    "loan_ref": "0001",
    "settled_on": "2026-09-23",
}


def run(book: Path, now: str, *more: object) -> list[object]:
    return [
        "run", book, "--policy", "cn-consumer", "--now", now,
        "--store", "run.db", "--out", "out.jsonl", "--report", "out.html", *more,
    ]  # fmt: skip


@pytest.mark.parametrize(("lang", "said"), [("en", "are not published"), ("zh-CN", "调休安排尚未公布")])
def test_a_year_without_its_plan_is_told_of_and_moves_no_due_date(
    cli: Cli, make_book: MakeBook, tmp_path: Path, lang: str, said: str
) -> None:
    due = date(YEAR, 1, 1)  # a statutory day: still the due date
    book = make_book({**GOOD, "next_due_on": due.isoformat()})
    ended = cli(*run(book, f"{YEAR}-01-01T10:00:00+08:00", "--lang", lang))
    assert ended.code == 0
    assert said in ended.err
    assert said in (tmp_path / "out.html").read_text(encoding="utf-8")
    row = rows_of(tmp_path / "out.jsonl")[0]
    assert (row["step"], row["outcome"]) == ("t-0", "submitted")


def test_a_due_date_in_such_a_year_is_provisional_even_before_it_begins(
    cli: Cli, make_book: MakeBook
) -> None:
    book = make_book({**GOOD, "next_due_on": f"{YEAR}-01-03"})
    assert "1 due dates of that year stand unmoved" in cli(*run(book, f"{YEAR - 1}-12-31T10:00:00+08:00")).err


def test_an_ordinary_run_warns_of_no_calendar(cli: Cli, make_book: MakeBook) -> None:
    assert "not published" not in cli(*run(make_book(GOOD), NOW)).err


def test_an_override_file_settles_the_year_and_its_days_are_kept(
    cli: Cli, make_book: MakeBook, tmp_path: Path
) -> None:
    # The first Wednesday of March, worked unless the lender's own file says otherwise.
    day = next(date(YEAR, 3, one) for one in range(1, 8) if date(YEAR, 3, one).isoweekday() == 3)
    plan = f'[[plan]]\nyear = {YEAR}\noff = ["{day}..{day}"]\nsource = "a test"\n'
    (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
    late = {**GOOD, "next_due_on": "", "oldest_unpaid_due_on": date(YEAR, 3, day.day - 1 or 1).isoformat()}
    if day.day == 1:
        late["oldest_unpaid_due_on"] = f"{YEAR}-02-28"
    book = make_book(late)
    now = f"{day}T10:00:00+08:00"
    ended = cli(*run(book, now, "--calendar", "plan.toml"))
    assert "not published" not in ended.err
    row = rows_of(tmp_path / "out.jsonl")[0]
    assert (row["outcome"], row["reason"]) == ("deferred", "outside_hours")
    assert "overrides" in (tmp_path / "out.html").read_text(encoding="utf-8")
    cli(*run(book, now))
    assert rows_of(tmp_path / "out.jsonl")[0]["outcome"] == "submitted"


def test_a_missing_override_file_is_one_line(cli: Cli, make_book: MakeBook) -> None:
    ended = cli(*run(make_book(GOOD), NOW, "--calendar", "none.toml"))
    assert ended.code == 2
    assert ended.lines == ["loansms: none.toml: no such file; expected a TOML file"]


def told(*more: object) -> list[object]:
    return [
        "notify",
        *more,
        "--lender",
        "both.toml",
        "--store",
        "run.db",
        "--out",
        "told.jsonl",
        "--now",
        NOW,
    ]


def test_an_event_names_which_of_several_lenders_speaks(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "both.toml").write_text(LENDERS.format("a", 1) + LENDERS.format("b", 2), encoding="utf-8")
    rows = [{**EVENT, "event_id": f"E-{one}", "lender_id": one} for one in ("a", "b", "c", "")]
    with (tmp_path / "events.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    assert cli(*told("events.csv", "--provider", "spool:mail")).code == 0
    texts = [one["text"] for one in rows_of(tmp_path / "told.jsonl")]
    assert ["400-111-0001" in texts[0], "400-111-0002" in texts[1], len(texts)] == [True, True, 2]
    bad = (tmp_path / "told.rejects.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert bad == ['4,lender_id,"expected one of a, b"', '5,lender_id,"expected one of a, b"']


def test_a_single_event_without_a_lender_among_several_names_the_option(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "both.toml").write_text(LENDERS.format("a", 1) + LENDERS.format("b", 2), encoding="utf-8")
    one: list[object] = [
        "--event-id", "E-1", "--template", "notice.loan_settled", "--borrower", "B-1", "--phone", PHONE,
        "--value", "loan_ref=0001", "--value", "settled_on=2026-09-23",
    ]  # fmt: skip
    assert cli(*told(*one)).lines[-1] == "loansms: --lender-id: expected one of a, b"
    assert cli(*told(*one, "--lender-id", "b", "--provider", "spool:mail")).code == 0
    assert "400-111-0002" in rows_of(tmp_path / "told.jsonl")[0]["text"]


NOTICE = {
    **EVENT,
    "template": "legal.credit_prenotice",
    "currency": "CNY",
    "settled_on": "",
    "amount_due": "500.00",
    "due_on": "2026-09-01",
    "as_of": "2026-09-24",
    "report_date": "2026-10-05",
    "fact.credit_reporting": "true",
    "fact.days_past_due": "23",
}


@pytest.mark.parametrize(
    ("said", "ended"),
    [("2026-10-05", "submitted"), ("2026-09-01", "denied"), ("soon", "bad"), ("", "denied")],
)
def test_a_fact_may_be_a_day(cli: Cli, tmp_path: Path, said: str, ended: str) -> None:
    row = {**NOTICE, "fact.report_date": said}
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    (tmp_path / "events.csv").write_text(text, encoding="utf-8")
    (tmp_path / "both.toml").write_text(LENDERS.format("a", 1).replace("[[lender]]", ""), encoding="utf-8")
    cli(*told("events.csv", "--provider", "spool:mail"))
    bad = (tmp_path / "told.rejects.csv").read_text(encoding="utf-8").splitlines()[1:]
    if ended == "bad":
        assert bad == [
            '2,fact.report_date,"expected true or false, a whole number, or a date such as 2026-09-24"'
        ]
    else:
        assert not bad
        assert rows_of(tmp_path / "told.jsonl")[0]["outcome"] == ended
