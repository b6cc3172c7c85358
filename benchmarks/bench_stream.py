"""Planning a book from Parquet in batches: does memory stay where it is while the file grows?

Every size is planned in a process of its own, 250,000 rows at a time; the floor is the smallest file's peak.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from made_book import made_book

from loansms import Lender
from loansms.portfolio.stream import plan_parquet

MILLIONS = (0.5, 1.0, 2.0)
ROWS_PER_BATCH = 250_000


def plan(path: Path, out: Path) -> None:
    """Plan one book; print its rows, the seconds it took and the most memory there was, in MiB."""
    now = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
    began = time.perf_counter()
    report = plan_parquet(
        path, out, policy="cn-consumer", lender=Lender.example("CN"), now=now, rows_per_batch=ROWS_PER_BATCH
    )
    took = time.perf_counter() - began
    # Linux counts in KiB, macOS in bytes.
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(report.rows, took, peak, report.debtors)


def measured(millions: float) -> tuple[int, float, float, int]:
    """Return rows, seconds, MiB and debtors chosen between, of a made book planned in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = made_book(Path(folder) / "book.parquet", round(millions * 1_000_000))
        command = [sys.executable, __file__, str(path), str(Path(folder) / "plan")]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(told[0]), float(told[1]), float(told[2]), int(told[3])


def run(sizes: tuple[float, ...] = MILLIONS) -> list[tuple[str, float, str]]:
    """Return, for each size, the peak of memory as a ratio to the smallest book's."""
    found = [measured(one) for one in sizes]
    least = found[0][2]
    return [
        (
            f"plan_parquet, {rows:,} rows",
            peak / least,
            f"the peak memory of {found[0][0]:,} rows ({peak:,.0f} MiB; {rows / took:,.0f} rows a second, {debtors:,} debtors chosen between)",
        )
        for rows, took, peak, debtors in found
    ]


if __name__ == "__main__":
    plan(Path(sys.argv[1]), Path(sys.argv[2]))
