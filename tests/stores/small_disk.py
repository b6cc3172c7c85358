"""A disk so small that a test can fill it: a file system in memory with a size of its own, and servers on it.

Mounting it needs root, which a machine that builds releases is. Elsewhere these tests do not run and say so in one line; with
CI set they fail.
"""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ABSENT = "the tests on a full disk did not run: mounting a small disk needs root"


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount an empty disk of so many megabytes in `folder`."""
    if os.geteuid() != 0:
        if os.environ.get("CI"):
            pytest.fail(ABSENT)
        pytest.skip(ABSENT)
    folder.mkdir()
    told = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "loansms-test", str(folder)]
    subprocess.run(told, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Leave not one free page on the disk, until the block ends."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        size = 1 << 20
        while size >= 1 << 12:
            try:
                file.write(b"\0" * size)
            except OSError as wrong:
                if wrong.errno != errno.ENOSPC:
                    raise
                size >>= 1
    try:
        yield
    finally:
        filler.unlink()
