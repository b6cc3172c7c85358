"""A Spark job: plan a book that lies as Parquet in a lake, and leave the plan beside it, a folder for each decision.

    spark-submit spark_job.py s3://books/2026-09-24 s3://plans/2026-09-24 2026-09-24T10:00:00+08:00

Nothing is sent here: what is to go out is the folder `decision=send`, which a run of the service takes as its book's plan, and
every message is asked of the gate and claimed once more at the moment of sending.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

from pyspark.sql import SparkSession

from loansms import Lender
from loansms.portfolio.spark import plan_spark

PERSONAL = ("text", "slots")
"""Columns that hold a borrower's words: they stay out of the lake."""


def job(spark: SparkSession, book: str, out: str, now: datetime) -> Mapping[str, int]:
    """Plan the book at `book` as of `now` (aware), write the plan under `out`; return how many rows had each decision."""
    planned = plan_spark(
        spark.read.parquet(book),
        policy="cn-consumer",
        lender=Lender.example(),  # your own: Lender.load("lender.toml"), which travels to the workers
        now=now,
        line="row_number",  # tells the rows apart, wherever a shuffle puts them
    )
    kept = planned.drop(*PERSONAL)
    kept.write.mode("overwrite").partitionBy("decision").parquet(out)
    counts = {str(row["decision"]): int(row["count"]) for row in kept.groupBy("decision").count().collect()}
    spark.catalog.clearCache()  # the plan was kept so that writing it did not plan again
    return counts


def main(arguments: Sequence[str]) -> None:
    """Read the three arguments, run the job in the session that spark-submit made, print the counts."""
    book, out, now = arguments
    spark = SparkSession.builder.appName("loansms-plan").getOrCreate()
    for decision, count in sorted(job(spark, book, out, datetime.fromisoformat(now)).items()):
        print(f"{decision}: {count}")


if __name__ == "__main__":
    main(sys.argv[1:])
