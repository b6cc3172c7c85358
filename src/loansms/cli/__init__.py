"""The command line: `loansms run`, `plan`, `notify` and the checks; thin over the services.

Exit codes: 0 done; 1 done, with findings (bad rows under ``--strict``, a refused text); 2 unusable arguments
or an unreadable file; 3 an internal error; 130 interrupted. A failure is one line on stderr, in the language
of the user, without a traceback and without a value from the book.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from loansms.cli.faults import OneLine
from loansms.cli.language import chosen_language
from loansms.errors import MissingExtra

__all__ = ["main"]


def main(args: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `args` default to those of the process."""
    given = list(sys.argv[1:] if args is None else args)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese must not end a run
    with OneLine(chosen_language(given, os.environ), sys.stderr) as end, _stoppable():
        end.code = _app(given, end.lang)
    return end.code


@contextmanager
def _stoppable() -> Generator[None]:
    """Let a scheduler's SIGTERM end a command as Ctrl-C does: what a run had not reached is given back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _app(args: Sequence[str], lang: str) -> int:
    try:
        from loansms.cli.app import run_app  # noqa: PLC0415 - typer and rich are an extra
    except ModuleNotFoundError as missing:
        if missing.name not in {"rich", "typer"}:
            raise
        raise MissingExtra("cli", "loansms") from None
    return run_app(args, lang)
