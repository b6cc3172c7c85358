"""A column is read a run of rows at a time: where the runs are cut changes nothing, however short they are."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.portfolio.books import GOOD, row
from tests.portfolio.test_typed import DAY, MESSY, WHERE
from tests.realbook import real_book

from loansms.portfolio import typed_cells
from loansms.portfolio.book_frame import as_frame
from loansms.portfolio.cases import cases
from loansms.portfolio.columns import recognise
from loansms.portfolio.typed import typed
from loansms.portfolio.typed_cells import Coded, in_runs
from loansms.portfolio.typed_money import Units, money

RUNS = st.integers(1, 4)


def in_runs_of(
    rows: int, book: pl.DataFrame, country: str | None = None, as_of: date | None = None
) -> pl.DataFrame:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typed_cells, "_RUN", rows)
        return typed(book, recognise(book.columns), default_country=country, as_of=as_of)


@given(st.lists(st.integers(-99, 99), max_size=9), RUNS)
def test_every_row_is_answered_for_once_and_in_its_place(numbers: list[int], rows: int) -> None:
    column = pl.Series(numbers, dtype=pl.Int64)
    seen: list[int] = []

    def negated(one: pl.Series, other: pl.Series) -> pl.Series:
        assert one.len() == other.len() <= rows
        seen.append(one.len())
        return -(one + other)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typed_cells, "_RUN", rows)
        assert in_runs(negated, column, column).to_list() == [-2 * one for one in numbers]
    assert sum(seen) == len(numbers)


@given(
    st.lists(
        st.one_of(st.none(), st.floats(), st.integers(-5, 10**15).map(lambda minor: minor / 100)), min_size=1
    ),
    st.sampled_from([(0,), (2,), (3,), (2, 0, 3)]),
    RUNS,
)
def test_an_amount_is_exact_in_a_run_of_one_row_too(
    amounts: list[float | None], decimals: tuple[int, ...], rows: int
) -> None:
    """Division by one number is not exact in Polars: the last run of a book may be a single row."""
    cells = pl.Series(amounts, dtype=pl.Float64)
    codes = pl.int_range(cells.len(), dtype=pl.UInt32, eager=True) % len(decimals)
    units = Units(Coded(cells.len(), codes if len(decimals) > 1 else None, decimals))
    whole, good = money(cells, units)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typed_cells, "_RUN", rows)
        assert money(cells, units)[0].equals(whole, null_equal=True)
    each = [decimals[at % len(decimals)] for at in range(len(amounts))]
    for cell, minor, places in zip(amounts, whole, each, strict=True):
        if minor is not None:
            assert 0 <= minor < 10**15
            assert minor / 10**places == cell
    assert good is None or good.len() == cells.len()


@given(MESSY, WHERE, DAY, RUNS)
def test_odd_cells_are_read_alike(
    changes: list[dict[str, str]], country: str | None, as_of: date | None, rows: int
) -> None:
    header = dict.fromkeys((*GOOD, *(name for one in changes for name in one)), "")
    book = pl.DataFrame([{**header, **row(**one)} for one in changes], infer_schema_length=None)
    assert in_runs_of(rows, book, country, as_of).equals(in_runs_of(1000, book, country, as_of))


@pytest.mark.parametrize("rows", [1, 7, 1000, 3999])
def test_the_real_book_is_read_alike(rows: int) -> None:
    book = as_frame(real_book()).frame.head(400 if rows == 1 else 4000)
    whole = in_runs_of(10_000, book)
    assert whole["regular"].all()
    assert in_runs_of(rows, book).equals(whole)


@given(
    st.lists(
        st.sampled_from([None, -(2**63), -(2**63) + 1, -(2**63) + 2, -1, 0, 1, 2**63 - 1]),
        min_size=1,
        max_size=12,
    ),
    st.data(),
)
def test_rows_are_of_one_case_where_they_are_equal_and_nowhere_else(
    numbers: list[int | None], data: st.DataObject
) -> None:
    flags = data.draw(
        st.lists(st.sampled_from([None, True, False]), min_size=len(numbers), max_size=len(numbers))
    )
    frame = pl.DataFrame({"number": numbers, "flag": flags}, schema={"number": pl.Int64, "flag": pl.Boolean})
    found = cases(frame, ["number", "flag"])
    alike = dict[int, tuple[int | None, bool | None]]()
    for case, told in zip(found.number, frame.iter_rows(), strict=True):
        assert alike.setdefault(case, told) == told
    assert len(set(alike.values())) == len(alike)
    assert [frame.row(at) for at in found.first] == [alike[case] for case in range(len(found.first))]
