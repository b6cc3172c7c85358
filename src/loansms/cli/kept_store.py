"""The store of earlier runs, and the staff id of who acts on it: what the operator's commands ask for first."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from loansms.cli.session import Session
from loansms.errors import CallerError
from loansms.stores import SqliteStore

KeptStore = Annotated[
    Path, typer.Option("--store", help="SQLite file of the runs; it has to be there already.")
]
By = Annotated[str, typer.Option("--by", help="Staff id of who does it.")]
_STAFF_ID: Final = re.compile(r"[\w.@-]{1,64}")


@contextmanager
def kept_store(session: Session, path: Path) -> Generator[SqliteStore]:
    """Give the store in `path`; raise CallerError where there is none: a mistyped name would brake nothing."""
    if not path.is_file():
        raise CallerError(
            f"--store: no such file: {path.name}; expected the store of your runs",
            f"--store：没有文件 {path.name}，应为历次运行所用的存储文件",
        )
    with SqliteStore(path, clock=session.clock) as store:
        yield store


def staff_id(text: str, option: str = "--by") -> str:
    """Return the id that `option` names: of one of the staff, or of an agency.

    >>> staff_id("e-104")
    'e-104'
    """
    if not _STAFF_ID.fullmatch(text):
        raise CallerError(
            f"{option}: expected an id (letters, digits, . _ - @)",
            f"{option}：应为编号（字母、数字、. _ - @）",
        )
    return text
