"""The files a command leaves behind: rows, bad rows, report. Each appears whole or not at all.

They are opened before anything is sent, so that a folder nobody may write to is told in time.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from loansms.cli.session import Session
from loansms.errors import CallerError, MissingExtra
from loansms.insights.sentences import number
from loansms.portfolio import rejects_path
from loansms.portfolio.frame import FIELDS
from loansms.services import RunRow

_SUFFIXES = (".jsonl", ".csv", ".parquet")


def record(done: RunRow) -> dict[str, Any]:
    """Return one row as it is written: the plan's columns and the outcome. This holds the text.

    `send_at` keeps the recipient's own offset, so that the hour on the clock there can be read off.
    """
    planned = {name: take(done.row) for name, take in FIELDS.items()}
    at = done.row.send_at
    return {**planned, "send_at": at.isoformat() if at else None, "outcome": done.outcome.value}


@frozen(kw_only=True)
class Outputs:
    """Where the files of one command go; None where not asked for."""

    rows: Path | None = None
    rejects: Path | None = None
    report: Path | None = None

    @classmethod
    def beside(cls, out: Path | None, report: Path | None, inputs: Sequence[Path | None]) -> Outputs:
        """Return where the files go; raise CallerError for a path that is an input, or used twice."""
        rejects = rejects_path(out) if out else None
        if out and out.suffix not in _SUFFIXES:
            raise CallerError(
                "--out: expected a name that ends in .jsonl, .csv or .parquet",
                "--out：文件名应以 .jsonl、.csv 或 .parquet 结尾",
            )
        taken = {path.resolve() for path in inputs if path}
        for name, path in (("--out", out), ("--out", rejects), ("--report", report)):
            if path is None:
                continue
            if path.resolve() in taken:
                raise CallerError(
                    f"{name}: {path.name} is a file this command reads or writes elsewhere",
                    f"{name}：{path.name} 已被本命令用作其他文件",
                )
            taken.add(path.resolve())
            if not path.parent.is_dir():
                raise CallerError(
                    f"{name}: no such folder: {path.parent}", f"{name}：没有文件夹 {path.parent}"
                )
        return cls(rows=out, rejects=rejects, report=report)

    def tell(self, session: Session, rejected: int) -> None:
        """Say on the screen where each file lies."""
        if self.rows:
            session.say(session.tell("wrote.rows", path=str(self.rows)))
        if self.rejects and rejected:
            session.say(session.tell("wrote.rejects", path=str(self.rejects), count=number(rejected)))
        if self.report:
            session.say(session.tell("wrote.report", path=str(self.report)))

    @contextmanager
    def opened(self) -> Generator[Outputs]:
        """Hold temporary files beside the named ones; they take their places when the block ends well."""
        parts = Outputs(rows=_part(self.rows), rejects=_part(self.rejects), report=_part(self.report))
        pairs = [
            (part, path)
            for part, path in (
                (parts.rows, self.rows),
                (parts.rejects, self.rejects),
                (parts.report, self.report),
            )
            if part and path
        ]
        try:
            for part, _ in pairs:
                part.touch()
            yield parts
            for part, path in pairs:
                os.replace(part, path)
        finally:
            for part, _ in pairs:
                part.unlink(missing_ok=True)


def _part(path: Path | None) -> Path | None:
    # The suffix stays last: it decides the format.
    return path and path.with_name(f".{path.stem}.part{path.suffix}")


def write_rows(path: Path, rows: Iterable[RunRow]) -> None:
    """Write every row in the format its name asks for."""
    records = (record(one) for one in rows)
    if path.suffix == ".parquet":
        _write_parquet(path, list(records))
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            table = csv.DictWriter(file, [*FIELDS, "outcome"])
            table.writeheader()
            table.writerows(records)
        else:
            for one in records:
                file.write(json.dumps(one, ensure_ascii=False) + "\n")


def _write_parquet(path: Path, records: Sequence[Mapping[str, Any]]) -> None:
    try:
        import polars  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise MissingExtra("portfolio", ".parquet") from None
    whole = {"segments", "days_past_due"}
    kinds = {name: polars.Int64 if name in whole else polars.String for name in (*FIELDS, "outcome")}
    polars.DataFrame(records, schema=kinds).write_parquet(path)
