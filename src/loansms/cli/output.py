"""The files a command leaves behind: rows, bad rows, report. Each appears whole or not at all.

Their folders are tried before anything is sent, so that one nobody may write to is told in time.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
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


def record(done: RunRow, lang: str = "en") -> dict[str, Any]:
    """Return one row as it is written: the plan's columns and the outcome. This holds the text.

    `send_at` keeps the recipient's own offset, so that the hour on the clock there can be read off; `why`
    speaks `lang`.
    """
    planned = {name: take(done.row) for name, take in FIELDS.items()}
    at = done.row.send_at
    return {
        **planned,
        "send_at": at.isoformat() if at else None,
        "why": done.row.reasons[0].told(lang),
        "outcome": done.outcome.value,
    }


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
                    f"{name}: {path.name} is a file this command reads or writes elsewhere; give another name",
                    f"{name}：{path.name} 已被本命令用作其他文件，请换一个文件名",
                )
            taken.add(path.resolve())
            if path.is_dir():
                raise CallerError(
                    f"{name}: {path.name} is a folder; expected a file's name",
                    f"{name}：{path.name} 是文件夹，应为文件名",
                )
            if not path.parent.is_dir():
                raise CallerError(
                    f"{name}: no such folder: {path.parent}; make it first",
                    f"{name}：没有文件夹 {path.parent}，请先创建",
                )
            _try_to_write(name, path)
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
def written(name: str, path: Path) -> Generator[Path]:
    """Give a name beside `path` to write to; the file takes its place when the block ends well.

    Raise CallerError naming the option when the disk is full or the folder is gone by then.
    """
    # The suffix stays last: it decides the format. Two runs at once may name the same file: the later wins.
    part = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield part
        part.replace(path)
    except OSError as wrong:
        raise CallerError(
            f"{name}: {path.name}: {wrong.strerror}; mend that and run the same command again, nothing is sent twice",
            f"{name}：{path.name}：{wrong.strerror}；排除后重新执行同一命令即可，不会重复发送",
        ) from None
    finally:
        part.unlink(missing_ok=True)


def _try_to_write(name: str, path: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            return
    except OSError as wrong:
        raise CallerError(
            f"{name}: cannot write in the folder {path.parent}: {wrong.strerror}; give one that can be written",
            f"{name}：无法在文件夹 {path.parent} 中写文件：{wrong.strerror}；请换一个可写的文件夹",
        ) from None


def write_rows(path: Path, rows: Iterable[RunRow], lang: str = "en") -> None:
    """Write every row in the format its name asks for, with its reason in `lang`."""
    write_records(
        path,
        (*FIELDS, "outcome"),
        (record(one, lang) for one in rows),
        whole=frozenset({"segments", "days_past_due"}),
    )


def write_records(
    path: Path,
    columns: Sequence[str],
    records: Iterable[Mapping[str, Any]],
    whole: frozenset[str] = frozenset(),
) -> None:
    """Write records in the format the name asks for; in Parquet all are text but the columns of `whole` numbers.

    Raise MissingExtra for Parquet without the extra portfolio.
    """
    if path.suffix == ".parquet":
        _write_parquet(path, columns, list(records), whole)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            table = csv.DictWriter(file, columns)
            table.writeheader()
            table.writerows(records)
        else:
            file.writelines(json.dumps(dict(one), ensure_ascii=False) + "\n" for one in records)


def _write_parquet(
    path: Path, columns: Sequence[str], records: Sequence[Mapping[str, Any]], whole: frozenset[str]
) -> None:
    try:
        import polars  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise MissingExtra("portfolio", ".parquet") from None
    kinds = {name: polars.Int64 if name in whole else polars.String for name in columns}
    polars.DataFrame(records, schema=kinds).write_parquet(path)
