"""A disk so small that a test can fill it: a file system in memory with a size of its own.

Mounting it needs root, and a machine that lets root mount. Elsewhere the tests on it do not run and say so in one line.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ABSENT = "the tests on a full disk did not run: this machine lets nobody here mount a small disk"


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount an empty disk of so many megabytes in `folder`."""
    folder.mkdir()
    told = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "loansms-test", str(folder)]
    if shutil.which("mount") is None or subprocess.run(told, capture_output=True, check=False).returncode:
        pytest.skip(ABSENT)
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
