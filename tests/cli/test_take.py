"""`loansms take`: an agency's file in, an account of every row out, and nothing counted twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loansms.model import RecordKind
from loansms.stores import SqliteStore

from .conftest import NAME, NOW, PHONE, Cli

LENDER = """
lender_id = "house"
name = "示例小额贷款有限公司"
signature = "示例小贷"
jurisdiction = "CN"
complaint_line = "400-000-0000"
app_name = "示例小贷APP"
party = "first"
[[service_lines]]
number = "400-000-0000"
hours = "9:00-20:00"
[[pay_channels]]
names = { "*" = "示例小贷APP" }
"""
HEAD = "kind,source_id,borrower_id,loan_id,at,amount,currency,hold\n"
ROWS = f"""\
payment,p-1,B-1,L-1,2026-09-24T09:00:00+08:00,80.00,CNY,
hold,h-1,B-2,L-2,2026-09-24T09:05:00+08:00,,,dispute
payment,p-2,B-3,L-3,{PHONE},80.00,CNY,
hold,h-2,B-4,L-4,2026-09-24T09:05:00+08:00,,,{NAME}
release,r-1,B-2,L-2,2026-09-24T09:30:00+08:00,,,dispute
"""
TAKE = ("take", "day.csv", "--store", "run.db", "--lender", "lender.toml", "--now", NOW)


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "lender.toml").write_text(LENDER, encoding="utf-8")
    (tmp_path / "day.csv").write_text(HEAD + ROWS, encoding="utf-8")
    SqliteStore(tmp_path / "run.db").close()


def test_good_rows_count_once_and_bad_rows_are_filed(cli: Cli, tmp_path: Path) -> None:
    first = json.loads(cli(*TAKE, "--json").out)
    assert (first["new"], first["known"], first["rejected"]) == (2, 0, 3)
    filed = (tmp_path / "day.rejects.csv").read_text(encoding="utf-8")
    assert [line.split(",")[:2] for line in filed.splitlines()[1:]] == [
        ["4", "at"],
        ["5", "hold"],
        ["6", "kind"],
    ]
    again = cli(*TAKE, "--by", "e-1", "--strict", "--lang", "zh-CN")
    assert (again.code, "已有 2 行" in again.out, "新增 1 行" in again.out) == (1, True, True)
    with SqliteStore(tmp_path / "run.db") as store:
        kinds = [one.record.kind for one in store.entries()]
    assert kinds == [RecordKind.PAID, RecordKind.HELD, RecordKind.RELEASED]
    for canary in (PHONE, NAME):
        assert canary not in filed + again.out + again.err


@pytest.mark.parametrize(
    "more",
    [
        ["--store", "gone.db"],
        ["--lender", "gone.toml"],
        ["--lender-id", "other"],
        ["--agency", "a b"],
        ["--by", ""],
        ["--now", "today"],
        ["--encoding", "klingon"],
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_what_cannot_be_taken_is_one_line_and_counts_nothing(
    cli: Cli, tmp_path: Path, more: list[str], lang: str
) -> None:
    ended = cli(*TAKE, *more, "--lang", lang)
    assert (ended.code, ended.out, len(ended.lines)) == (2, "", 1), ended.err
    assert more[0] in ended.err or "gone.toml" in ended.err, "it names what was wrong"
    with SqliteStore(tmp_path / "run.db") as store:
        assert list(store.entries()) == []


def test_a_file_without_its_columns_is_one_line(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(f"kind,{PHONE}\n", encoding="utf-8")
    ended = cli(*TAKE)
    assert (ended.code, len(ended.lines), PHONE in ended.err) == (2, 1, False)
    assert not (tmp_path / "day.rejects.csv").exists()
