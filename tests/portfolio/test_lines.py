"""Rows are named by the physical line they begin on, and no broken quote swallows its neighbours."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loansms.portfolio import read_book
from loansms.portfolio.csvfile import csv_table
from loansms.portfolio.parse import Expected

HEADER = "loan_id,borrower_id,phone,currency,amount_due,next_due_on,notes"
REST = "+8613800138000,CNY,10.00,2026-09-24"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_quoted_line_breaks_and_blank_lines(tmp_path: Path, end: str, mark: str) -> None:
    """A note of three lines moves the next row two lines down; blank lines count as lines, not rows."""
    lines = [
        HEADER,
        f'L-1,B-1,{REST},"one',
        "two",
        'three"',
        "",
        ",,,,,,",
        f"L-2,B-2,{REST},x",
        f"L-3,B-3,{REST.replace('10.00', 'ten')},x",
    ]
    path = tmp_path / "book.csv"
    path.write_bytes((mark + end.join(lines) + end).encode())
    book = read_book(path)
    assert [one.line for one in book.rows] == [2, 7]
    assert [one.line for one in book.rejects] == [8]
    assert f"one{end}two{end}three" == book.rows[0].account.extra["notes"]


def test_a_quote_left_open_costs_its_own_line_only(tmp_path: Path) -> None:
    """The rows below an open quote are read, though a plain reader would take them for a note."""
    lines = [HEADER, f'L-1,B-1,{REST},"open', *(f'L-{n},B-{n},{REST},"n, {n}"' for n in range(2, 2000))]
    path = tmp_path / "book.csv"
    path.write_text("\n".join(lines))
    book = read_book(path)
    assert [(one.line, one.column) for one in book.rejects] == [(2, "row")]
    assert list(range(3, 2001)) == [one.line for one in book.rows]


def test_wrong_widths_are_bad_rows(tmp_path: Path) -> None:
    """One cell too few or too many makes that row bad, not the file."""
    path = tmp_path / "book.csv"
    path.write_text("\n".join([HEADER, f"L-1,B-1,{REST}", f"L-2,B-2,{REST},a,b", f"L-3,B-3,{REST},a"]))
    book = read_book(path)
    assert [one.line for one in book.rows] == [4]
    assert [one.reason for one in book.rejects] == [
        "expected 7 columns, found 6",
        "expected 7 columns, found 8",
    ]


def test_a_zero_byte_or_an_endless_cell_costs_its_own_row(tmp_path: Path) -> None:
    """Damage in one row is told on its line; the rows around it are read."""
    path = tmp_path / "book.csv"
    lines = [HEADER, f"L-1,B-1,{REST},a\0b", f"L-2,B-2,{REST},{'y' * 200_000}", f"L-3,B-3,{REST},c"]
    path.write_text("\n".join(lines))
    book = read_book(path)
    assert [one.line for one in book.rows] == [4]
    assert [(one.line, one.reason.partition(",")[0]) for one in book.rejects] == [
        (2, "expected text"),
        (3, "expected cells of at most 131"),
    ]


@pytest.mark.parametrize("note", ['"open', "a\0b", '"b" c'])
def test_an_opt_out_on_a_broken_row_holds(tmp_path: Path, note: str) -> None:
    """A quote left open or a damaged cell does not undo what the person refused on that row."""
    path = tmp_path / "book.csv"
    rest = f"{REST},{{}},{{}}"
    lines = [
        HEADER.replace("notes", "opt_out,notes"),
        f"L-1,B-1,{rest.format('true', note)}",
        f"L-2,B-1,{rest.format('', 'x')}",
        f"L-3,B-2,{rest.format('', 'x')}",
    ]
    path.write_text("\n".join(lines))
    book = read_book(path)
    assert [one.line for one in book.rejects] == [2]
    assert book.opted_out == {"B-1"}


CELLS = st.text(st.sampled_from('ab",\n\r '), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=8))
def test_no_line_is_lost_whatever_the_quotes(rows: list[list[str]]) -> None:
    """Every line that holds more than commas, quotes and blanks belongs to a row or to a complaint."""
    text = "h1,h2\n" + "\n".join(",".join(row) for row in rows)
    lines = text.splitlines(keepends=True)
    table = csv_table(lines, "book.csv")
    told = list(table.rows)
    starts = [line for line, _ in told]
    assert starts == sorted(set(starts))
    letters = sum(line.count("a") + line.count("b") for line in lines[1:])
    whole = sum(
        cell.count("a") + cell.count("b")
        for _, cells in told
        if not isinstance(cells, Expected)
        for cell in cells
    )
    given_up = sum(
        lines[line - 1].count("a") + lines[line - 1].count("b")
        for line, cells in told
        if isinstance(cells, Expected)
    )
    assert letters == whole + given_up
