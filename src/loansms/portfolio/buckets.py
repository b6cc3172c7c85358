"""Rows put aside on disk by a key's hash, so that rows of one key meet again without all rows being in memory.

>>> from tempfile import mkdtemp
>>> aside = Buckets(Path(mkdtemp()), 2)
>>> aside.put(pl.DataFrame({"loan_id": ["L-1", "L-3"]}), "loan_id")
>>> aside.put(pl.DataFrame({"loan_id": ["L-1"]}), "loan_id")
>>> [seen for one in aside.each() if (seen := one["loan_id"].to_list().count("L-1"))]
[2]
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from attrs import define, field


@define
class Buckets:
    """`count` buckets in `folder`; memory holds one frame that is put in, or one bucket."""

    folder: Path
    count: int
    _files: int = field(default=0, init=False)

    def put(self, frame: pl.DataFrame, key: str) -> None:
        """Put the rows of `frame` into the bucket of their `key`."""
        bucket = frame[key].hash() % self.count
        for at in bucket.unique().to_list():
            self.lay(frame if self.count == 1 else frame.filter(bucket == at), at)

    def lay(self, frame: pl.DataFrame, at: int) -> None:
        """Put all rows of `frame` into the bucket `at`, counted from 0."""
        self._files += 1
        folder = self.folder / f"{at:05}"
        folder.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(folder / f"{self._files:06}.parquet", compression="lz4")

    def at(self, at: int) -> pl.DataFrame | None:
        """Return the rows of the bucket `at`, None where it holds none."""
        files = sorted((self.folder / f"{at:05}").glob("*.parquet"))
        return pl.concat(pl.read_parquet(one) for one in files) if files else None

    def each(self) -> Iterator[pl.DataFrame]:
        """Yield the rows of each bucket that holds any."""
        for at in range(self.count):
            rows = self.at(at)
            if rows is not None:
                yield rows
