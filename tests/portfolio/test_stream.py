"""A book larger than memory: the plan is the same, and a run that dies leaves nothing that looks like one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.portfolio.books import row
from tests.portfolio.equality import HISTORIES, LENDERS, NOWS, OTHER, books, policies

from loansms.errors import ConfigurationError, UnreadableBook
from loansms.model import History, Lender
from loansms.policy import Policy
from loansms.portfolio import plan_book, stream
from loansms.portfolio.frame import FIELDS
from loansms.portfolio.stream import plan_parquet

NOW = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
CN = Lender.example("CN")
# Two loans of one borrower in different batches, a repeated loan id, a bad row and an opt-out far from the row it stops.
BOOK = pl.DataFrame(
    [
        row(),
        row(loan_id="L-2", borrower_id="B-2"),
        row(loan_id="L-3", borrower_id="B-3"),
        row(loan_id="L-4", amount_due="99.00"),
        row(loan_id="L-5", borrower_id="B-5", phone="12"),
        row(loan_id="L-2", borrower_id="B-6"),
        row(loan_id="L-7", borrower_id="B-3", next_due_on="2026-12-01"),
    ]
).with_columns(opt_out=pl.Series(["", "", "", "", "", "", "yes"]))


def written(book: pl.DataFrame, folder: Path) -> Path:
    path = folder / "book.parquet"
    book.write_parquet(path, row_group_size=2)
    return path


@settings(max_examples=20)
@given(policies(), books(), HISTORIES, NOWS, st.integers(1, 3), st.booleans())
def test_the_plan_by_three_rows_is_the_plan_of_the_book(
    policy: Policy,
    rows: list[dict[str, str]],
    histories: dict[str, History],
    now: datetime,
    partitions: int,
    several: bool,
) -> None:
    lenders = {"example-cn": LENDERS["CN"]} | ({"other": OTHER} if several else {})
    with TemporaryDirectory() as made:
        path, out = written(pl.DataFrame(rows), Path(made)), Path(made) / "plan"
        rules = {"policy": policy, "lender": lenders, "now": now, "history": histories}
        report = plan_parquet(path, out, partitions=partitions, rows_per_batch=3, **rules)
        found = pl.concat(pl.read_parquet(one) for one in report.parts)
        wanted = plan_book(path, **rules)
        assert_frame_equal(found.select(*FIELDS), wanted)
        assert report.decisions == dict(sorted(wanted["decision"].value_counts().iter_rows()))


def test_the_report_counts_what_the_files_hold(tmp_path: Path) -> None:
    report = plan_parquet(
        written(BOOK, tmp_path), tmp_path / "plan", policy="cn-consumer", lender=CN, now=NOW, rows_per_batch=2
    )
    assert report.rows == 7
    assert report.decisions == {"defer": 1, "deny": 1, "none": 1, "reject": 2, "send": 2}
    assert (report.debtors, len(report.parts), report.as_of) == (1, 4, None)
    plan = pl.read_parquet(tmp_path / "plan" / "*.parquet").sort("line")
    assert plan["line"].to_list() == [2, 3, 4, 5, 6, 7, 8]
    assert plan["reason"][3] == "yields_to_other_loan"
    assert "already stands on line 3" in plan["why"][5]


def test_files_are_one_book_in_their_order(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    folder.mkdir()
    for at, part in enumerate(BOOK.iter_slices(3)):
        part.write_parquet(folder / f"{at}.parquet")
    rules = {"policy": "cn-consumer", "lender": CN, "now": NOW}
    report = plan_parquet(folder, tmp_path / "plan", **rules)
    found = pl.concat(pl.read_parquet(one) for one in report.parts).select(*FIELDS)
    assert_frame_equal(found, plan_book(BOOK, **rules))


def test_lines_may_be_the_books_own(tmp_path: Path) -> None:
    book = BOOK.with_columns(number=pl.Series([70, 60, 50, 40, 30, 20, 10]))
    report = plan_parquet(
        written(book, tmp_path), tmp_path / "plan", policy="cn-consumer", lender=CN, now=NOW, rows_per_batch=2,
        line="number",
    )  # fmt: skip
    plan = pl.concat(pl.read_parquet(one) for one in report.parts)
    assert plan["line"].to_list() == [70, 60, 50, 40, 30, 20, 10]
    # The first of two rows is the one with the smaller number, wherever it lies.
    assert "already stands on line 20" in plan["why"][1]


def test_the_days_most_rows_count_on_is_found_over_all_batches(tmp_path: Path) -> None:
    days = ["2026-09-22", "2026-09-23", "2026-09-23", "2026-09-23"]
    rows = [row(loan_id=f"L-{at}", borrower_id=f"B-{at}", as_of=day) for at, day in enumerate(days)]
    # A row that repeats a loan id does not vote.
    rows += [row(loan_id="L-0", as_of="2026-09-22")] * 3
    report = plan_parquet(
        written(pl.DataFrame(rows), tmp_path),
        tmp_path / "plan",
        policy="cn-consumer",
        lender=CN,
        now=NOW,
        rows_per_batch=1,
    )
    assert report.as_of == date(2026, 9, 23)


def test_a_run_that_dies_leaves_no_plan_and_the_next_starts_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = written(BOOK, tmp_path), tmp_path / "plan"
    rules = {"policy": "cn-consumer", "lender": CN, "now": NOW, "rows_per_batch": 2}
    (tmp_path / ".plan.partial" / "plan").mkdir(parents=True)
    (tmp_path / ".plan.partial" / "plan" / "part-00009.parquet").write_text("half")
    real, calls = stream.plan_batch, iter(range(9))

    def dying(*args: object, **told: int) -> object:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return real(*args, **told)

    with monkeypatch.context() as patched:
        patched.setattr(stream, "plan_batch", dying)
        with pytest.raises(KeyboardInterrupt):
            plan_parquet(path, out, **rules)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["book.parquet"]
    plan_parquet(path, out, **rules)
    assert sorted(one.name for one in out.iterdir()) == [f"part-{at:05}.parquet" for at in range(1, 5)]


def test_what_cannot_be_planned_is_told_in_one_line(tmp_path: Path) -> None:
    path = written(BOOK, tmp_path)
    rules = {"policy": "cn-consumer", "lender": CN, "now": NOW}
    with pytest.raises(ConfigurationError, match="not empty"):
        plan_parquet(path, tmp_path, **rules)
    other = tmp_path / "other.parquet"
    BOOK.drop("opt_out").write_parquet(other)
    with pytest.raises(
        UnreadableBook, match=r"other.parquet: expected the columns and types of book.parquet"
    ):
        plan_parquet([path, other], tmp_path / "plan", **rules)
    BOOK.drop("phone").write_parquet(other)
    with pytest.raises(UnreadableBook, match="no column for"):
        plan_parquet(other, tmp_path / "plan", **rules)
    assert not (tmp_path / "plan").exists()
