"""A fake HTTP gateway on a real loopback socket, with faults on demand: for tests of codecs and of hosts.

Subclass it and write `answer`; what the client signed is checked there, independently of the code that signed it. A real
server runs in a thread, so sync and async clients meet the same one.

>>> class Echo(FakeGateway):
...     def answer(self, request: Received) -> Reply:
...         return Reply(200, request.body)
>>> import socket
>>> with Echo() as gateway:
...     with socket.create_connection(gateway.address) as line:
...         _ = line.sendall(b"POST /sms HTTP/1.1\\r\\nContent-Length: 2\\r\\n\\r\\nhi")
...         line.recv(17)
b'HTTP/1.1 200 OK\\r\\n'
>>> [(one.method, one.path) for one in gateway.received]
[('POST', '/sms')]
"""

from __future__ import annotations

import select
import socket
import socketserver
import struct
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from http.client import HTTPException, parse_headers, responses
from typing import Self, cast
from urllib.parse import parse_qsl, urlsplit

from attrs import field, frozen

from loansms.errors import CallerError
from loansms.testing.gateway_tls import Authority

BODY_LIMIT = 1024 * 1024


class Fault(StrEnum):
    """What a gateway does instead of its work; each is met by one request, in the order asked for."""

    RESET_UNREAD = "reset_unread"  # cut the line when the first byte comes, and read none
    RESET_READ = "reset_read"  # take the request, do the work, cut the line
    CLOSE = "close"  # take the request, do the work, close without an answer
    DROP = "drop"  # take the request, never answer
    LATE = "late"  # answer after `lateness`
    CUT = "cut"  # close in the middle of the answer
    TWICE = "twice"  # answer two times
    DRIP = "drip"  # one byte of the head at a time, each `lateness` after the other
    HUGE = "huge"  # a body larger than anybody reads
    SERVER_ERROR = "server_error"  # 503 with a page for people
    BAD_JSON = "bad_json"  # 200 with half of something
    BAD_CHARSET = "bad_charset"  # 200 with bytes that are no UTF-8
    REDIRECT = "redirect"  # 302 to /elsewhere
    NOT_HTTP = "not_http"  # bytes of another protocol


_HUGE = b" " * (4 * 1024 * 1024)


@frozen
class Received:
    """One request as it came: `target` with its query, header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> Mapping[str, str]:
        """The fields of the query."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> Mapping[str, str]:
        """The fields of a form body."""
        return dict(parse_qsl(self.body.decode("utf-8"), keep_blank_values=True))


@frozen
class Reply:
    """What the gateway answers."""

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(factory=dict[str, str], repr=False)

    def wire(self) -> bytes:
        """Return the answer as bytes."""
        told = {"Content-Type": self.content_type, "Content-Length": str(len(self.body)), **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        reason = responses.get(self.status, "Answer")
        return f"HTTP/1.1 {self.status} {reason}\r\n{head}\r\n".encode("latin-1") + self.body


_INSTEAD = {
    Fault.SERVER_ERROR: Reply(503, b"<html>busy</html>", "text/html"),
    Fault.BAD_JSON: Reply(200, b'{"code": '),
    Fault.BAD_CHARSET: Reply(200, b"\xff\xfe\x00{\xc3\x28}"),
    Fault.REDIRECT: Reply(302, headers={"Location": "/elsewhere"}),
    Fault.HUGE: Reply(200, _HUGE),
}


class FakeGateway(ABC):
    """A gateway to subclass. Use it as a context manager: `url` is where it listens, `received` what came, `replied` what it answered.

    ``tls`` speaks https with a certificate of its own, whose authority is in the file `ca_file`. ``lateness`` is the
    seconds a late answer takes, small so that tests are quick.
    """

    def __init__(self, *, tls: bool = False, lateness: float = 0.05) -> None:
        self.received: list[Received] = []
        self.replied: list[Reply] = []
        self.lateness = lateness
        self.connections: int = 0
        self._faults: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._lines: set[socket.socket] = set()
        self._tls = tls
        self._running: _Running | None = None

    @abstractmethod
    def answer(self, request: Received) -> Reply:
        """Do the gateway's work for one request and return what it answers."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port it listens at."""
        host, port = self._open().server.socket.getsockname()
        return host, port

    @property
    def url(self) -> str:
        """The address to give a codec, without a path."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.address[1]}"

    @property
    def ca_file(self) -> str | None:
        """The PEM file of the authority that signed its certificate, None without TLS."""
        authority = self._open().authority
        return authority.ca_file if authority else None

    def fail(self, *faults: Fault) -> None:
        """Meet the next requests with these faults, one each."""
        with self._lock:
            self._faults.extend(faults)

    def serve(self, line: socket.socket) -> None:
        """Serve one connection until it ends; the server calls it in a thread of the connection's own."""
        with self._lock:
            self.connections += 1
            self._lines.add(line)
        try:
            with line, suppress(OSError, HTTPException):
                while self._serve_one(line):
                    pass
        finally:
            with self._lock:
                self._lines.discard(line)

    def _serve_one(self, line: socket.socket) -> bool:
        with self._lock:
            unread = bool(self._faults) and self._faults[0] is Fault.RESET_UNREAD
            if unread:
                self._faults.popleft()
        if unread:
            select.select([line], [], [])
            return _reset(line)
        request = _read(line)
        if request is None:
            return False
        with self._lock:
            fault = self._faults.popleft() if self._faults else None
            self.received.append(request)
            # A gateway that fails aloud has not done the work; one whose answer is lost or spoilt has.
            reply = _INSTEAD.get(fault) if fault else None
            reply = reply or self.answer(request)
            self.replied.append(reply)
        return self._say(line, reply.wire(), fault) and request.headers.get("connection") != "close"

    def _say(self, line: socket.socket, told: bytes, fault: Fault | None) -> bool:
        match fault:
            case Fault.RESET_READ:
                return _reset(line)
            case Fault.CLOSE:
                return False
            case Fault.DROP:
                self._over.wait()
                return False
            case Fault.LATE:
                self._over.wait(self.lateness)
            case Fault.CUT:
                line.sendall(told[: len(told) - max(1, len(told) // 4)])
                return False
            case Fault.TWICE:
                told += told
            case Fault.NOT_HTTP:
                told = b"\x00\x00\x00\x0c\x80\x00\x00\x08\r\n\r\n"
            case Fault.DRIP:
                for byte in told:
                    line.sendall(bytes([byte]))
                    self._over.wait(self.lateness)
            case _:
                pass
        line.sendall(b"" if fault is Fault.DRIP else told)
        return True

    def __enter__(self) -> Self:
        authority = Authority() if self._tls else None
        server = _Server(self, authority)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        self._over.clear()
        self._running = _Running(server, thread, authority)
        thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        running, self._running = self._open(), None
        self._over.set()
        running.server.shutdown()
        with self._lock:
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
        running.server.server_close()
        running.thread.join()
        if running.authority:
            running.authority.close()

    def _open(self) -> _Running:
        if self._running is None:
            raise CallerError(
                f"{type(self).__name__}: it listens only inside a with block; open it with `with`",
                f"{type(self).__name__} 只在 with 语句内监听",
            )
        return self._running


@frozen
class _Running:
    """What a gateway has while it listens."""

    server: _Server
    thread: threading.Thread
    authority: Authority | None


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, gateway: FakeGateway, authority: Authority | None) -> None:
        self._gateway = gateway
        self._context = authority.server_context() if authority else None
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)

    def finish_request(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """Serve one connection; a client that does not trust the certificate is gone at once."""
        line = cast("socket.socket", request)
        if self._context:
            try:
                line = self._context.wrap_socket(line, server_side=True)
            except OSError:
                return
        self._gateway.serve(line)


def _reset(line: socket.socket) -> bool:
    # SO_LINGER with no time makes close() send RST instead of FIN.
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def _read(line: socket.socket) -> Received | None:
    """Return the next request, None where the client hung up or sent something else."""
    with line.makefile("rb") as stream:
        first = stream.readline(65_536).decode("latin-1").split()
        if len(first) != 3:
            return None
        headers = {name.lower(): value for name, value in parse_headers(stream).items()}
        size = headers.get("content-length", "0")
        if not size.isdigit() or int(size) > BODY_LIMIT:
            return None
        return Received(first[0], first[1], headers, stream.read(int(size)))
