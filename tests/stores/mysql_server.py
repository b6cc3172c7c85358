"""A real MySQL for the tests: of the environment, else MariaDB's `mariadbd` of the machine.

`LOANSMS_TEST_MYSQL_DSN` names one, as mysql://root:password@host:port/mysql; the login must be allowed to create
databases. Else one is started from `mariadbd` on PATH, with its data in a fresh folder of the system's temporary
folder, on a socket in that folder. Where there is neither, these tests do not run and say so in one line; with CI set
they fail.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pymysql
import pytest

from loansms.stores.mysql.place import Place

_PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
ABSENT = (
    "the tests of MySQL did not run: set LOANSMS_TEST_MYSQL_DSN, or put mariadbd on PATH (mariadb-server)"
)


def is_absent() -> bool:
    """Return whether there is nothing to test with."""
    return not os.environ.get("LOANSMS_TEST_MYSQL_DSN") and shutil.which("mariadbd", path=_PLACES) is None


@cache
def server_dsn() -> str:
    """Return the DSN of a server that lives as long as this process."""
    if is_absent():
        if os.environ.get("CI"):
            pytest.fail(ABSENT)
        pytest.skip(ABSENT)
    given = os.environ.get("LOANSMS_TEST_MYSQL_DSN")
    if given:
        return given
    folder = Path(tempfile.mkdtemp(prefix="loansms-my-"))
    server, dsn = started(folder)
    atexit.register(_stop, server, folder, os.getpid())
    return dsn


def dsn_of(database: str) -> str:
    """Return the DSN of one of its databases."""
    head, mark, options = server_dsn().partition("?")
    return f"{head.rpartition('/')[0]}/{database}{mark}{options}"


@contextmanager
def fresh_database() -> Iterator[str]:
    """Give the DSN of a database that nobody else uses; it is dropped at the end."""
    name = f"t_{uuid.uuid4().hex}"
    with desk() as told:
        told(f"create database {name}")
    yield dsn_of(name)
    with desk() as told:
        told(f"drop database if exists {name}")


@contextmanager
def desk(dsn: str = "") -> Iterator[Any]:
    """Give a function that runs a statement beside the store and returns its rows."""
    with pymysql.connect(**Place.of(dsn or server_dsn()).options, autocommit=True) as connection:

        def told(statement: str) -> list[tuple[Any, ...]]:
            cursor = connection.cursor()
            cursor.execute(statement)
            return list(cursor.fetchall())

        yield told


def started(folder: Path, *options: str, data: Path | None = None) -> tuple[subprocess.Popen[bytes], str]:
    """Start a server in `folder` on its `data`, made where there is none; return it and its DSN."""
    install, server = (
        shutil.which(name, path=_PLACES) or name for name in ("mariadb-install-db", "mariadbd")
    )
    who = ["--user=root"] if os.geteuid() == 0 else []
    data, socket, log = data or folder / "data", folder / "s", folder / "log"
    made = [
        install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
        "--skip-test-db", "--skip-name-resolve", *who,
    ]  # fmt: skip
    with log.open("w") as told:
        if (
            not data.exists()
            and subprocess.run(made, stdout=told, stderr=told, cwd=folder, check=False).returncode
        ):
            raise RuntimeError(f"mariadb-install-db failed:\n{log.read_text()}")
        # Its own numbers are small, for a machine of two cores runs two of them beside the tests.
        process = subprocess.Popen(
            [
                server, "--no-defaults", f"--datadir={data}", f"--socket={socket}", "--skip-networking",
                f"--pid-file={folder / 'pid'}", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=32M",
                "--max-connections=100", "--performance-schema=OFF", *options, *who,
            ],
            stdout=told, stderr=told, cwd=folder,
        )  # fmt: skip
    deadline = time.monotonic() + 60
    while not socket.exists():  # made when it listens
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"mariadbd did not start:\n{log.read_text()}")
        time.sleep(0.02)
    return process, f"mysql://root@/mysql?unix_socket={socket}"


def _stop(server: subprocess.Popen[bytes], folder: Path, pid: int) -> None:
    if os.getpid() != pid:  # a fork of the process that started it
        return
    server.kill()  # what it held goes with the folder
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)
