"""Read what ships with the room and what others hand over: the only file of this room that opens anything.

>>> "RFC 9162" in checker_text()
True
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

from loansms.errors import CallerError
from loansms.evidence.checkpoint import read_checkpoint
from loansms.model.record import Seal

_DATA = "loansms.evidence"


@cache
def checker_text() -> str:
    """Return the program that checks an export without loansms, as it is to be saved: `verify_export.py`."""
    # It is no module of ours: it must read alike to whoever has never heard of this library.
    return files(_DATA).joinpath("data", "verify_export.py.txt").read_text(encoding="utf-8")


@cache
def page_style() -> str:
    """Return the style sheet of the page."""
    return files(_DATA).joinpath("data", "page.css").read_text(encoding="utf-8")


def export_lines(path: Path) -> Iterator[str]:
    """Yield the lines of an export's file; CallerError where it cannot be read."""
    try:
        # A line ends at the line feed alone, and what is no UTF-8 is for the check to name, not for us to drop.
        with path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            yield from file
    except OSError as wrong:
        raise CallerError(
            f"{path.name}: cannot be read: {wrong.strerror}; expected a file that this user may read",
            f"{path.name}：无法读取：{wrong.strerror}；应为当前用户可读的文件",
        ) from None


def checkpoint_file(path: Path) -> Seal:
    """Return the checkpoint of a file; CallerError where it cannot be read, or is none."""
    try:
        text = path.read_bytes().decode()
    except OSError as wrong:
        raise CallerError(
            f"{path.name}: cannot be read: {wrong.strerror}; expected a file that this user may read",
            f"{path.name}：无法读取：{wrong.strerror}；应为当前用户可读的文件",
        ) from None
    except UnicodeDecodeError:
        raise CallerError(
            f"{path.name}: expected a checkpoint in UTF-8", f"{path.name}：应为 UTF-8 的检查点"
        ) from None
    try:
        return read_checkpoint(text)
    except CallerError as wrong:
        raise CallerError(f"{path.name}: {wrong}", f"{path.name}：{wrong.zh}") from None
