"""A CSV file of ids for another system: written whole or not at all, in an order that does not depend on the day."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from loansms.cli.output import written
from loansms.errors import CallerError


def checked_out(out: Path, store: Path) -> Path:
    """Return `out`; raise CallerError for a name that is no CSV file's, a folder, or the store itself."""
    if out.suffix != ".csv" or out.is_dir():
        raise CallerError("--out: expected a name that ends in .csv", "--out：文件名应以 .csv 结尾")
    if out.resolve() == store.resolve():
        raise CallerError(
            "--out: that is the store; give another name", "--out：该文件是存储文件，请换一个文件名"
        )
    if not out.parent.is_dir():
        raise CallerError(
            f"--out: no such folder: {out.parent}; make it first", f"--out：没有文件夹 {out.parent}，请先创建"
        )
    return out


def write_table(out: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Write `rows` under `columns` as CSV in UTF-8, replacing `out` in one step."""
    with written("--out", out) as part, part.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        file.flush()
        os.fsync(file.fileno())
