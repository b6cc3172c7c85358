"""`loansms bill` as the one who pays meets it: sums on the screen, differences in a file, one clear error."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from loansms.model import Accepted
from loansms.stores import Claimed, SqliteStore
from loansms.testing.examples import AT, claim

from .conftest import NAME, PHONE, Cli, MakeBook, loan, usual

PRICES = """
provider = "sandbox"
currency = "CNY"
columns = { message_id = "id", segments = "n" }
prices = [{ per_segment = "0.045" }]
"""


def sent(cli: Cli, make_book: MakeBook, tmp_path: Path) -> list[str]:
    assert cli(*usual(make_book(loan(1), loan(2)))).code == 0
    store = tmp_path / "run.db"
    store.rename(tmp_path / "sent.db")
    with SqliteStore(tmp_path / "sent.db") as ledger:
        return [str(one.provider_message_id) for one in ledger.attempts()]


def bill(cli: Cli, tmp_path: Path, rows: Sequence[tuple[str, object]], *more: object) -> tuple[int, str, str]:
    (tmp_path / "prices.toml").write_text(PRICES, encoding="utf-8")
    with (tmp_path / "bill.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "n"), *rows])
    asked = ("--store", "sent.db", "--file", "bill.csv", "--month", "2026-09", "--prices", "prices.toml")
    return cli("bill", *asked, *more)


def test_a_bill_is_held_against_what_was_sent(cli: Cli, make_book: MakeBook, tmp_path: Path) -> None:
    first, second = sent(cli, make_book, tmp_path)
    with SqliteStore(tmp_path / "sent.db") as ledger:
        segments = {str(one.provider_message_id): one.segments for one in ledger.attempts()}
    right = [(one, segments[one]) for one in (first, second)]
    assert bill(cli, tmp_path, right)[0] == 0
    wrong = [(first, segments[first] + 1), ("strange-1", 1), ("strange-2", "many")]
    code, out, err = bill(
        cli, tmp_path, wrong, "--out", "d.jsonl", "--report", "bill.html", "--lang", "zh-CN"
    )
    assert code == 1
    assert "有争议 0.090 CNY" in out
    assert "1 行无法读取" in err
    told = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {(one["kind"], one["message_id"]) for one in told} == {
        ("other_segments", first), ("missing_there", second), ("missing_here", "strange-1"),
    }  # fmt: skip
    assert (tmp_path / "d.rejects.csv").read_text(encoding="utf-8").splitlines()[1].startswith("4,n,")
    page = (tmp_path / "bill.html").read_text(encoding="utf-8")
    assert first in page
    assert not any(canary in text for canary in (PHONE, NAME) for text in (out, err, page))


def test_a_bill_with_a_row_for_each_segment_is_read_by_their_ids(cli: Cli, tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "sent.db") as ledger:
        (taken,) = ledger.claim([claim(route="sandbox", segments=3)])
        assert isinstance(taken, Claimed)
        ledger.finish("step-1", taken.token, Accepted("m-1", parts=("s-1", "s-2", "s-3")), AT)
    rows = [(f"s-{number}", 1) for number in (1, 2, 3)]
    assert bill(cli, tmp_path, rows)[0] == 0
    code, out, _ = bill(cli, tmp_path, [*rows, ("s-2", 1)], "--out", "d.jsonl")
    assert (code, "disputed 0.045 CNY" in out) == (1, True)
    (told,) = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (told["kind"], told["message_id"]) == ("duplicate", "m-1")
    assert bill(cli, tmp_path, rows[:2])[0] == 1


def test_a_store_that_is_not_there_is_an_error_and_is_not_made(cli: Cli, tmp_path: Path) -> None:
    code, _, err = bill(cli, tmp_path, [("a", 1)])
    assert code == 2
    assert "--store: sent.db: no such file" in err
    assert not (tmp_path / "sent.db").exists()
