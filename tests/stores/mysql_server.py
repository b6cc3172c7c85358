"""A real MariaDB or MySQL for the tests: `LOANSMS_TEST_MYSQL_DSN`, else `mariadbd` on PATH.

Where there is neither, the lane does not run and says so in one line; with CI set it fails. The server lives as long
as this process, its data in a fresh folder of the system's temporary folder, on a socket there.
"""

from __future__ import annotations

import atexit
import getpass
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pymysql
import pytest

from loansms.stores.mysql.connections import login_of

MISSING = "the MySQL lane does not run: set LOANSMS_TEST_MYSQL_DSN or install mariadb-server"


@cache
def mysql_dsn() -> str:
    """Return the DSN of a server whose login may create databases."""
    given = os.environ.get("LOANSMS_TEST_MYSQL_DSN")
    if given:
        return given
    server = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin")
    if server is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return _started(server)


@contextmanager
def fresh_database() -> Iterator[str]:
    """Give the DSN of a database that nobody else uses; it is dropped at the end."""
    name = f"t_{uuid.uuid4().hex}"
    head, _, query = mysql_dsn().partition("?")
    _do(f"CREATE DATABASE {name}")
    try:
        yield f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
    finally:
        _do(f"DROP DATABASE {name}")


def _do(statement: str) -> None:
    _, login = login_of(mysql_dsn())
    with pymysql.connect(**login) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


def _started(server: str) -> str:
    folder = Path(tempfile.mkdtemp(prefix="loansms-mysql-"))
    data, socket, user = folder / "data", folder / "sock", getpass.getuser()
    install = shutil.which("mariadb-install-db") or "/usr/bin/mariadb-install-db"
    made = subprocess.run(
        [install, "--no-defaults", f"--datadir={data}", f"--user={user}", "--auth-root-authentication-method=normal"],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.fail(f"mariadb-install-db failed: {made.stdout[-500:]}{made.stderr[-500:]}")
    running = subprocess.Popen(
        [
            server, "--no-defaults", f"--datadir={data}", f"--socket={socket}", f"--user={user}", "--skip-networking",
            "--innodb-buffer-pool-size=32M", f"--log-error={folder / 'log'}", f"--pid-file={folder / 'pid'}",
        ]
    )  # fmt: skip
    atexit.register(_ended, running, folder)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        # The server makes its pid file when it is ready; a connection tried before would leak its socket.
        if (folder / "pid").exists():
            return f"mysql://root@localhost/mysql?unix_socket={socket}"
        if running.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"mariadbd did not start: {(folder / 'log').read_text(errors='replace')[-800:]}")


def _ended(running: subprocess.Popen[bytes], folder: Path) -> None:
    running.terminate()
    with suppress(subprocess.TimeoutExpired):
        running.wait(20)
    shutil.rmtree(folder, ignore_errors=True)
