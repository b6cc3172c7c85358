"""`loansms run` as a lender's engineer meets it: a book in, an account of every row out, nothing twice."""

from __future__ import annotations

import csv
import re
import sqlite3
from pathlib import Path

import pytest
from rich.cells import cell_len

from .conftest import GOOD, NAME, NOW, PHONE, Cli, MakeBook, loan, rows_of, usual


def mixed(make_book: MakeBook) -> Path:
    return make_book(
        loan(1, next_due_on="2026-09-24"),
        loan(2, next_due_on="2026-09-27"),
        loan(3, next_due_on="2026-12-01"),
        loan(4, next_due_on="2026-09-21"),
        loan(5, phone="1.38E+10"),
        loan(6, amount_due="0"),
    )


def test_every_row_has_one_outcome_in_book_order(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    ended = cli(*usual(mixed(make_book)))
    assert ended.code == 0
    found = rows_of(tmp_path / "out.jsonl")
    assert [one["loan_id"] for one in found] == ["L-1", "L-2", "L-3", "L-4", "L-5", "L-6"]
    assert [one["outcome"] for one in found] == [
        "submitted", "submitted", "none", "submitted", "rejected", "none",
    ]  # fmt: skip
    assert found[0]["text"]
    assert found[0]["segments"] >= 1
    assert found[0]["send_at"].startswith("2026-09-24T10:0")
    assert found[0]["send_at"].endswith("+08:00")


def test_a_second_run_sends_nothing(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    book = mixed(make_book)
    spool = tmp_path / "spool"
    cli(*usual(book, "--provider", f"spool:{spool}"))
    first = (spool / "submitted.jsonl").read_text(encoding="utf-8")
    assert len(first.splitlines()) == 3
    cli(*usual(book, "--provider", f"spool:{spool}"))
    assert (spool / "submitted.jsonl").read_text(encoding="utf-8") == first
    assert {one["outcome"] for one in rows_of(tmp_path / "out.jsonl")} == {"already_done", "none", "rejected"}


def test_bad_rows_are_counted_filed_and_only_strict_makes_them_an_exit_code(
    cli: Cli, make_book: MakeBook, tmp_path: Path
) -> None:
    book = mixed(make_book)
    assert cli(*usual(book)).code == 0
    with (tmp_path / "out.rejects.csv").open(encoding="utf-8", newline="") as file:
        (bad,) = csv.DictReader(file)
    assert (bad["line"], bad["column"]) == ("6", "phone")
    assert "spreadsheet" in bad["reason"]
    assert cli(*usual(book, "--strict")).code == 1


def test_a_clean_book_leaves_a_rejects_file_with_its_header_alone(
    cli: Cli, make_book: MakeBook, tmp_path: Path
) -> None:
    assert cli(*usual(make_book(GOOD), "--strict")).code == 0
    assert (tmp_path / "out.rejects.csv").read_text(encoding="utf-8").strip() == "line,column,reason"


def test_a_row_that_names_an_unknown_lender_is_filed_too(
    cli: Cli, make_book: MakeBook, tmp_path: Path
) -> None:
    ended = cli(*usual(make_book({**GOOD, "lender_id": "nobody"}), "--strict"))
    assert ended.code == 1
    assert "lender_id" in (tmp_path / "out.rejects.csv").read_text(encoding="utf-8")


def test_no_phone_name_or_text_leaves_by_any_other_door(
    cli: Cli, make_book: MakeBook, tmp_path: Path
) -> None:
    book = make_book(
        {**GOOD, "next_due_on": "2026-09-24"},
        {**loan(2), "phone": PHONE, "amount_due": NAME},
        {**loan(3), "phone": f"{PHONE}x", "name": NAME},
        {**loan(4), "name": PHONE, "currency": PHONE},
    )
    ended = cli(*usual(book, "--report", "report.html"))
    texts = [one["text"] for one in rows_of(tmp_path / "out.jsonl") if one["text"]]
    assert texts
    with sqlite3.connect(tmp_path / "run.db") as db:
        dump = "\n".join(db.iterdump())
    db.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("run.db*")).decode("utf-8", "replace")
    seen = {
        "stdout": ended.out,
        "stderr": ended.err,
        "report": (tmp_path / "report.html").read_text(encoding="utf-8"),
        "rejects": (tmp_path / "out.rejects.csv").read_text(encoding="utf-8"),
        "store": dump + raw,
    }
    for door, text in seen.items():
        for canary in (PHONE, NAME, *texts):
            assert canary not in text, door


def test_outside_the_borrowers_hours_everything_waits(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    book = make_book(loan(1, next_due_on="2026-09-21"))
    night = [NOW.replace("T10", "T23") if one == NOW else one for one in usual(book)]
    ended = cli(*night)
    (found,) = rows_of(tmp_path / "out.jsonl")
    assert found["outcome"] == "deferred"
    assert found["send_at"] > NOW
    assert "held until later" in ended.out


@pytest.mark.parametrize(("lang", "title"), [("en", "Outcome"), ("zh-CN", "结果")])
def test_summary_speaks_the_language_asked_for(cli: Cli, make_book: MakeBook, lang: str, title: str) -> None:
    ended = cli(*usual(mixed(make_book), "--lang", lang))
    assert title in ended.out
    chinese = re.findall(r"[\u4e00-\u9fff]", ended.out.replace("安信示例消费金融有限公司", ""))
    assert bool(chinese) is (lang == "zh-CN")


def test_language_may_come_from_the_environment(
    cli: Cli, make_book: MakeBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "结果" in cli(*usual(make_book(GOOD))).out
    monkeypatch.setenv("LOANSMS_LANG", "en")
    assert "Outcome" in cli(*usual(make_book(GOOD))).out


def test_chinese_columns_stay_aligned(cli: Cli, make_book: MakeBook) -> None:
    ended = cli(*usual(mixed(make_book), "--lang", "zh-CN"))
    ends = {
        cell_len(line[: match.end()])
        for line in ended.out.splitlines()
        if (match := re.match(r"\s*(?:已提交|无需联系|坏行|合计)\s+\d+", line))
    }
    assert len(ends) == 1


def test_quiet_says_nothing_and_still_writes(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    ended = cli(*usual(make_book(GOOD), "--quiet"))
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert rows_of(tmp_path / "out.jsonl")


def test_the_example_lender_is_named_as_such(cli: Cli, make_book: MakeBook) -> None:
    assert "example lender" in cli(*usual(make_book(GOOD))).err


def test_report_is_written_in_the_language_asked_for(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    cli(*usual(mixed(make_book), "--report", "report.html", "--lang", "zh-CN"))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "每一行的结果" in page
    assert "cn-consumer" in page


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_rows_may_be_csv_or_parquet(cli: Cli, make_book: MakeBook, tmp_path: Path, name: str) -> None:
    polars = pytest.importorskip("polars") if name.endswith("parquet") else None
    args = [name if one == "out.jsonl" else one for one in usual(mixed(make_book))]
    assert cli(*args).code == 0
    if polars:
        outcomes = polars.read_parquet(tmp_path / name)["outcome"].to_list()
    else:
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            outcomes = [one["outcome"] for one in csv.DictReader(file)]
    assert outcomes.count("submitted") == 3
    assert (tmp_path / "out.rejects.csv").exists()


def test_a_book_in_gb18030_with_chinese_headers_runs(cli: Cli, tmp_path: Path) -> None:
    book = tmp_path / "book.csv"
    book.write_text(
        "借据号,客户号,姓名,手机号,币种,应还金额,下期还款日\nL-1,B-1,周金丝,17400000001,CNY,80.00,2026-09-27\n",
        encoding="gb18030",
    )
    assert cli(*usual(book, "--encoding", "gb18030")).code == 0
    assert rows_of(tmp_path / "out.jsonl")[0]["outcome"] == "submitted"


def test_own_headers_are_mapped(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    renamed = {("contract" if name == "loan_id" else name): cell for name, cell in GOOD.items()}
    (tmp_path / "map.toml").write_text('[columns]\n"contract" = "loan_id"\n', encoding="utf-8")
    assert cli(*usual(make_book(renamed), "--columns", "map.toml")).code == 0
    assert rows_of(tmp_path / "out.jsonl")[0]["loan_id"] == "L-1"


def test_an_optional_step_is_chosen_by_name(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    book = make_book(loan(1, next_due_on="2026-09-26"))
    cli(*usual(book))
    assert rows_of(tmp_path / "out.jsonl")[0]["outcome"] == "none"
    cli(*usual(book, "--options", "3-2-1"))
    assert rows_of(tmp_path / "out.jsonl")[0]["step"] == "t-2"


def test_an_interrupted_run_is_one_line_and_carries_on(
    cli: Cli, make_book: MakeBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from loansms.providers import SpoolProvider  # noqa: PLC0415

    submit = SpoolProvider.submit
    calls: list[int] = []

    def interrupted(self: SpoolProvider, *args: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return submit(self, *args)

    book = make_book(*(loan(number, next_due_on="2026-09-24") for number in range(1, 6)))
    spool = tmp_path / "spool"
    monkeypatch.setattr(SpoolProvider, "submit", interrupted)
    ended = cli(*usual(book, "--provider", f"spool:{spool}"))
    assert ended.code == 130
    assert len(ended.lines) == 1
    assert not (tmp_path / "out.jsonl").exists()
    monkeypatch.setattr(SpoolProvider, "submit", submit)
    assert cli(*usual(book, "--provider", f"spool:{spool}")).code == 0
    found = {one["loan_id"]: one["outcome"] for one in rows_of(tmp_path / "out.jsonl")}
    sent = re.findall(r'"loan_id": "(L-\d)"', (spool / "submitted.jsonl").read_text(encoding="utf-8"))
    assert len(sent) == len(set(sent)) == 4
    assert sorted(found.values()) == ["already_done", "already_done", "submitted", "submitted", "unknown"]


def test_an_old_result_stays_whole_when_a_run_breaks_off(
    cli: Cli, make_book: MakeBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_book(GOOD)
    cli(*usual(book))
    before = (tmp_path / "out.jsonl").read_bytes()

    def broken(*_args: object, **_more: object) -> object:
        raise RuntimeError(PHONE)

    monkeypatch.setattr("loansms.cli.run.write_rows", broken)
    ended = cli(*usual(book))
    assert ended.code == 3
    assert ended.lines[0].startswith("loansms: internal error: RuntimeError at loansms.cli.run:")
    assert PHONE not in ended.err
    assert (tmp_path / "out.jsonl").read_bytes() == before
    assert not list(tmp_path.glob(".out*"))
