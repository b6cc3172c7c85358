"""`loansms simulate` as a lender's analyst meets it: figures on the screen, a page, a JSON file, one clear error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loansms.insights.simulation_wording import tell

from .conftest import NAME, PHONE, Cli, MakeBook, loan

BASE = ("--policy", "cn-consumer", "--days", 10, "--start", "2026-07-07")


def small(make_book: MakeBook) -> Path:
    return make_book(
        loan(1, next_due_on="2026-07-14"),
        loan(2, next_due_on="2026-07-01"),
        loan(3, phone="1.38E+10"),
    )


def test_figures_a_page_and_json_of_one_simulation(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    more = ("--against-options", "3-2-1", "--price", "0.05", "--report", "out.html", "--json", "out.json")
    ended = cli("simulate", small(make_book), *BASE, *more)
    assert ended.code == 0
    assert ended.out.startswith(tell("assumed", "en"))
    assert any("the chances are invented" in line for line in ended.lines)
    assert any("1 bad rows" in line for line in ended.lines)
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    told = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert tell("assumed", "en") in page
    assert (told["assumed"], told["days"], told["rejects"]) == (True, 10, 1)
    assert told["start"] == "2026-07-07T10:00:00+08:00"
    a, b = told["totals"]
    assert b["messages"] >= a["messages"] > 0
    assert f"Version A sent {a['messages']} messages" in ended.out
    assert {row["figure"] for row in told["compare"]} >= {"messages", "cost", "cured"}
    assert told["changed"]["count"] == len(told["changed"]["borrowers"])
    for text in (ended.out, ended.err, page, json.dumps(told, ensure_ascii=False)):
        assert PHONE not in text
        assert NAME not in text


def test_the_same_seed_says_the_same_and_chinese_is_chinese(cli: Cli, make_book: MakeBook) -> None:
    book = small(make_book)
    first, again = (cli("simulate", book, *BASE, "--seed", 4) for _ in range(2))
    assert first == again
    chinese = cli("simulate", book, *BASE, "--seed", 4, "--lang", "zh-CN")
    assert chinese.out.startswith(tell("assumed", "zh-CN"))
    assert "版本 A" in chinese.out
    quiet = cli("simulate", book, *BASE, "--quiet")
    assert (quiet.out, quiet.err) == ("", "")


def test_a_stated_behaviour_and_a_start_with_its_hour(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    stated = tmp_path / "ours.toml"
    stated.write_text('name = "all pay"\n[[pay]]\ndaily = 1.0\nafter_reading = 1.0\n', encoding="utf-8")
    start = ("--start", "2026-07-07T09:00:00+08:00")
    ended = cli(
        "simulate",
        small(make_book),
        "--policy",
        "cn-consumer",
        *start,
        "--behaviour",
        stated,
        "--json",
        "out.json",
    )
    assert not any("invented" in line for line in ended.lines)
    told = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert told["totals"][0]["payments"] == 2
    assert (told["compare"], told["behaviour"]["name"]) == (None, "all pay")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("--days", 0), "days: expected a whole number from 1 to 366"),
        (("--start", "2026-07-07T10:00"), "--start: expected a day such as"),
        (("--start", "soon"), "--start: expected a day such as"),
        (("--price", "cheap"), "--price: expected an amount"),
        (("--price", "-1"), "--price: expected an amount"),
        (("--json", "book.csv"), "--json: book.csv is a file this command reads"),
        (("--json", "nowhere/out.json"), "--json: expected a file in a folder that is there"),
        (("--report", "nowhere/out.html"), "--report: no such folder"),
        (("--behaviour", "none.toml"), "none.toml: no such file"),
        (("--against", "strict"), 'no preset named "strict"'),
    ],
)
def test_what_cannot_be_played_is_one_line(
    cli: Cli, make_book: MakeBook, wrong: tuple[object, ...], told: str
) -> None:
    book = small(make_book)
    before = book.read_text(encoding="utf-8")
    ended = cli("simulate", book, *BASE, *wrong)
    assert ended.code == 2
    assert len(ended.lines) == 1
    assert told in ended.err
    assert book.read_text(encoding="utf-8") == before
