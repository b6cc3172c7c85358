"""Worker processes of the race and crash tests, forked from a server that has imported and read what they need.

A fresh interpreter spends two seconds before its first claim; a fork of the server spends none. Each worker is a
process of its own all the same: it opens its own store, and SIGKILL leaves nothing of it but what is on the disk. The
server holds no connection, no store and no thread.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.forked_ready"])
_LONGEST = 120  # seconds; a worker that needs more hangs


class Ended(NamedTuple):
    """How a worker ended: its exit code, below zero for a signal, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


class Worker:
    """A process that calls `task` with `arguments`, as a program would be called: all of them text."""

    def __init__(self, task: Callable[..., None], *arguments: object) -> None:
        self._folder = tempfile.TemporaryDirectory()
        told = [str(Path(self._folder.name) / name) for name in ("out", "err")]
        self._told = [Path(one) for one in told]
        self._process = _CONTEXT.Process(
            target=_run, args=(task, told, [str(one) for one in arguments]), daemon=True
        )
        self._process.start()

    def ended(self) -> Ended:
        """Wait for its end; one that hangs is killed and told."""
        self._process.join(_LONGEST)
        code = self._process.exitcode
        if code is None:
            self._process.kill()
            self._process.join()
        self._process.close()
        out, err = (one.read_text(encoding="utf-8") if one.exists() else "" for one in self._told)
        self._folder.cleanup()
        if code is None:
            raise TimeoutError(f"a worker ran longer than {_LONGEST} s: {err}")
        return Ended(code, out, err)


def _run(task: Callable[..., None], told: list[str], arguments: list[str]) -> None:
    for at, path in enumerate(told, 1):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(handle, at)
        os.close(handle)
    task(*arguments)
