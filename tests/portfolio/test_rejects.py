"""The rejects file is whole or not there, and holds places and reasons only."""

import csv
from pathlib import Path

from tests.portfolio.books import row

from loansms.portfolio import read_book, rejects_path, write_rejects


def test_line_column_and_reason(tmp_path: Path) -> None:
    """One line for each bad row, in either language; what stood there before is replaced."""
    book = read_book([row(phone="1380013800x"), row(loan_id="L-2", amount_due="1,2")])
    path = rejects_path(tmp_path / "out.jsonl")
    assert path.name == "out.rejects.csv"
    path.write_text("old")
    for lang in ("en", "zh-CN"):
        write_rejects(book.rejects, path, lang)
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
        assert [
            lines[0],
            *(one[:2] for one in lines[1:]),
        ] == [["line", "column", "reason"], ["2", "phone"], ["3", "amount_due"]]
        assert "138" not in path.read_text(encoding="utf-8")
    assert "数字" in lines[1][2]
    assert [path] == list(tmp_path.iterdir())
