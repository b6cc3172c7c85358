"""`loansms plan --compare` and `--rollout`: what the old system sent beside the plan, and a share that goes live."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from loansms.services import Rollout

from .conftest import NAME, NOW, PHONE, Cli, MakeBook, loan, rows_of, usual

OLD = "borrower_id,sent_at,loan_id\nB-1,2026-09-24 09:30:00,L-1\nB-7,2026-09-24 09:30:00,L-7\n,2026-09-24 09:30:00,L-2\n"


def plan(cli: Cli, book: Path, *more: object) -> tuple[int, str, str]:
    return cli("plan", book, "--policy", "cn-consumer", "--now", NOW, *more)


def test_a_day_of_the_old_system_is_laid_beside_the_plan(
    cli: Cli, make_book: MakeBook, tmp_path: Path
) -> None:
    book = make_book(loan(1), loan(2))
    (tmp_path / "old.csv").write_text(OLD, encoding="utf-8")
    code, out, err = plan(
        cli, book, "--compare", "old.csv", "--out", "d.csv", "--report", "d.html", "--lang", "zh-CN"
    )
    assert code == 0
    assert "两边一致：1" in out
    with (tmp_path / "d.csv").open(encoding="utf-8", newline="") as file:
        told = {(one["borrower_id"], one["kind"]) for one in csv.DictReader(file)}
    assert told == {("B-1", "same"), ("B-2", "only_here"), ("B-7", "not_in_book")}
    assert (
        (tmp_path / "d.rejects.csv").read_text(encoding="utf-8").splitlines()[1].startswith("4,borrower_id,")
    )
    page = (tmp_path / "d.html").read_text(encoding="utf-8")
    assert not any(canary in text for canary in (PHONE, NAME) for text in (out, err, page))


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_differences_come_in_every_format(cli: Cli, make_book: MakeBook, tmp_path: Path, suffix: str) -> None:
    (tmp_path / "old.csv").write_text(OLD, encoding="utf-8")
    assert plan(cli, make_book(loan(1)), "--compare", "old.csv", "--out", f"d.{suffix}", "--quiet")[0] == 0
    assert (tmp_path / f"d.{suffix}").stat().st_size > 100


def test_a_file_that_is_no_export_is_one_clear_line(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("customer,time\nB-1,2026-09-24\n", encoding="utf-8")
    ended = plan(cli, make_book(loan(1)), "--compare", "old.csv")
    assert ended[0] == 2
    assert "old.csv: no column borrower_id, sent_at" in ended[2]


def test_a_rollout_writes_to_its_share_alone_and_to_nobody_on_the_way_back(
    cli: Cli, make_book: MakeBook, tmp_path: Path
) -> None:
    loans = [loan(number) for number in range(1, 41)]
    book = make_book(*loans)
    half = Rollout(0.5)
    assert cli(*usual(book, "--rollout", "50%", "--quiet")).code == 0
    told = {one["borrower_id"]: one for one in rows_of(tmp_path / "out.jsonl")}
    live = {one for one, row in told.items() if row["outcome"] == "submitted"}
    assert live == {one for one in told if half.includes(one)}
    assert {row["reason"] for one, row in told.items() if one not in live} == {"rollout"}
    (tmp_path / "out.jsonl").unlink()
    assert cli(*usual(book, "--rollout", "0%", "--quiet")).code == 0
    assert {row["reason"] for row in rows_of(tmp_path / "out.jsonl")} <= {"rollout", "already_done"}


@pytest.mark.parametrize("share", ["0.001%", "101%", "many"])
def test_a_share_that_is_none_is_refused(cli: Cli, make_book: MakeBook, share: str) -> None:
    assert plan(cli, make_book(loan(1)), "--rollout", share)[0] == 2
