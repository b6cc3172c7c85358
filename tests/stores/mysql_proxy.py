"""A wire to the test server that breaks or falls silent where a test wants it to."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from loansms.stores.mysql.place import Place

BEFORE = "before"
"""The server never hears it."""
AFTER = "after"
"""The server hears it and answers; the answer is lost."""
SILENT = "silent"
"""The server never hears it, and the wire stays."""


class Wire:
    """Passes everything on until a packet with `word` comes; then does `what`, once."""

    def __init__(self, place: Place) -> None:
        self._options = place.options
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._faults: list[tuple[bytes, str]] = []
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def dsn(self, database: str) -> str:
        host, port = self._listening.getsockname()
        options = self._options
        login = f"{options['user']}:{options['password']}".rstrip(":")
        return f"mysql://{login}@{host}:{port}/{database}"

    def fail(self, word: bytes, what: str) -> None:
        self._faults.append((word, what))

    def cut(self) -> None:
        """Refuse whoever comes, and drop who is there."""
        # accept() in another thread holds the listener open until it is shut down.
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        for one in [self._listening, *self._open]:
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = self._upstream()
                self._open += [client, server]
                threading.Thread(target=self._pass, args=(client, server), daemon=True).start()

    def _upstream(self) -> socket.socket:
        if "unix_socket" in self._options:
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._options["unix_socket"])
            return server
        return socket.create_connection((self._options["host"], self._options["port"]))

    def _pass(self, client: socket.socket, server: socket.socket) -> None:
        with client, server, suppress(OSError, ValueError):
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for one in ready:
                    data = one.recv(1 << 20)
                    if not data:
                        return
                    what = self._what(data) if one is client else None
                    if what == BEFORE:
                        return
                    if what == SILENT:
                        client.recv(1)  # until the client gives up
                        return
                    (server if one is client else client).sendall(data)
                    if what == AFTER:
                        server.recv(1)
                        return

    def _what(self, data: bytes) -> str | None:
        for fault in self._faults:
            if fault[0] in data:
                self._faults.remove(fault)
                return fault[1]
        return None


@contextmanager
def wire(dsn: str) -> Iterator[tuple[Wire, str]]:
    """Give a wire to a database, and the DSN that goes over it."""
    place = Place.of(dsn)
    made = Wire(place)
    yield made, made.dsn(place.options["database"])
    made.cut()
