"""A book that cannot be read at all gives one clear line, in both languages, and no data in it."""

from pathlib import Path

import pytest
from tests.portfolio.books import row, write_csv, write_xlsx

from loansms.errors import UnreadableBook
from loansms.portfolio import read_book

HEADER = b"loan_id,borrower_id,phone,currency,amount_due,next_due_on\n"
ROW = b"L-1,B-1,+8613800138000,CNY,10.00,2026-09-24\n"
BAD_FILES = [
    ("book.csv", b"", "the file is empty"),
    ("book.csv", b"\n\n", "the file is empty"),
    ("book.csv", HEADER, "a header and no rows"),
    ("book.csv", ROW + ROW, "is the first line a header"),
    ("book.csv", HEADER.replace(b"phone", b"loan_id") + ROW, "columns 1 and 3 are both read as loan_id"),
    ("book.csv", HEADER.replace(b"\n", b",phone\n") + ROW, "columns 3 and 7 are both read as phone"),
    ("book.csv", HEADER.replace(b"\n", b",a,a\n") + ROW, "columns 7 and 8 have the same header"),
    ("book.csv", HEADER.replace(b"amount_due", b"amount_duo") + ROW, "'amount_duo' for amount_due"),
    ("book.csv", HEADER.replace(b",", b";") + ROW, "separated by semicolons; expected commas"),
    ("book.csv", HEADER.replace(b",", b"\t") + ROW, "separated by tabs; expected commas"),
    (
        "book.csv",
        HEADER.replace(b",", "，".encode()) + ROW,
        "separated by full-width commas; expected commas",
    ),
    ("book.csv", HEADER.replace(b"a", b"a\0") + ROW, "line 1: expected text, found a zero byte"),
    ("book.csv", (HEADER + ROW).decode().encode("utf-16-le"), "add --encoding utf-16"),
    ("book.csv", b"x" * 1_000_000, "line 1: expected cells of at most 131,072 characters"),
    ("book.csv", (HEADER + ROW).decode().encode("utf-16"), "add --encoding utf-16"),
    ("book.csv", HEADER + ROW + b"L-2,\xff\xfe\xff,1\n", "line 3: expected text in utf-8"),
    ("book.csv", b"PK\x03\x04....", "holds a .xlsx file"),
    ("book.csv", b"PAR1....", "holds a .parquet file"),
    ("book.parquet", b"not parquet at all", "expected a Parquet file"),
    ("book.xlsx", b"not a workbook", "expected an .xlsx workbook"),
    ("book.txt", HEADER + ROW, "ends in .csv, .parquet or .xlsx"),
]


@pytest.mark.parametrize(("name", "content", "expected"), BAD_FILES)
def test_a_bad_file_gives_one_line(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    """The line names the file and what was expected, never a value of the book."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableBook, match=name.replace(".", r"\.")) as told:
        read_book(path)
    for text in (str(told.value), told.value.zh):
        assert text
        assert "\n" not in text
        assert "13800138000" not in text
    assert expected in str(told.value)
    assert told.value.zh != str(told.value)


def test_gbk_bytes_name_the_flag_to_add(tmp_path: Path) -> None:
    """A Chinese export in GBK: the line and the very flag, and with that flag the book is read."""
    path = write_csv(tmp_path / "book.csv", [row(), row(loan_id="L-2", name="李四")], "gbk")
    with pytest.raises(
        UnreadableBook, match=r"book.csv line 2: expected text in utf-8; add --encoding gb18030"
    ):
        read_book(path)
    name = read_book(path, encoding="gb18030").rows[1].account.borrower.name
    assert name is not None
    assert name.reveal() == "李四"


def test_utf8_read_as_something_else_is_named_too(tmp_path: Path) -> None:
    """The wrong flag is told as well: the bytes are UTF-8."""
    path = write_csv(tmp_path / "book.csv", [row()])
    with pytest.raises(UnreadableBook, match="add --encoding utf-8"):
        read_book(path, encoding="ascii")
    with pytest.raises(UnreadableBook, match="no encoding is called klingon"):
        read_book(path, encoding="klingon")


def test_missing_files_and_folders(tmp_path: Path) -> None:
    """No file, or a folder: one line each."""
    with pytest.raises(UnreadableBook, match="no such file"):
        read_book(tmp_path / "none.csv")
    with pytest.raises(UnreadableBook, match="is a folder"):
        read_book(tmp_path)


def test_empty_tables_of_other_kinds(tmp_path: Path) -> None:
    """An empty workbook, no rows, rows that are no dicts and things that are no table."""
    with pytest.raises(UnreadableBook, match="workbook is empty"):
        read_book(write_xlsx(tmp_path / "book.xlsx", {"one": []}))
    with pytest.raises(UnreadableBook, match="at least one row"):
        read_book([])
    with pytest.raises(UnreadableBook, match="expected every row to be a dict"):
        read_book([1, 2])
    with pytest.raises(UnreadableBook, match="a path, a sequence of dicts, or a frame"):
        read_book(object())


def test_a_first_line_of_data_is_never_told(tmp_path: Path) -> None:
    """Without a header the first borrower stands in its place: a name like a column's is not offered as near."""
    path = tmp_path / "book.csv"
    path.write_text("L-1,B-1,Phoebe,+8613800138000,CNY,10.00,2026-09-24\n" * 2)
    with pytest.raises(UnreadableBook, match="is the first line a header") as told:
        read_book(path)
    assert "phoebe" not in f"{told.value} {told.value.zh}".lower()
