"""Two endpoints for callbacks, ASGI and WSGI: mount one where the gateway pushes to, and give it your intake.

    app = CallbackApp(codec, sink)            # uvicorn house:app, or mounted in Starlette, FastAPI
    application = CallbackWsgi(codec, sink)   # gunicorn house:application, or in Flask, Django

The sink keeps the reports before it returns. Where it says False, or raises an error of this library or of the operating
system, the gateway is asked to push again; any other error is the server's to answer, with a 5xx, which asks the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from http.client import responses
from typing import Any, TypeAlias
from urllib.parse import quote

from loansms.clock import Clock, SystemClock
from loansms.errors import LoansmsError
from loansms.providers.callbacks import receive
from loansms.providers.codec import Callback, CallbackAnswer, CallbackCodec, Report

BODY_LIMIT = 1024 * 1024  # bytes; gateways push at most some hundred reports at once
METHODS = frozenset({"GET", "POST"})

Sink: TypeAlias = Callable[[Sequence[Report]], bool | None]
AsyncSink: TypeAlias = Callable[[Sequence[Report]], Awaitable[bool | None]]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_TOO_LONG = CallbackAnswer(413)
_OTHER_METHOD = CallbackAnswer(405)


class CallbackApp:
    """An ASGI application that hands reports to `sink`, awaited.

    ``public_url`` is what the gateway calls this server ("https://sms.example.com"), for gateways that sign the address;
    without it the request's own scheme and host are taken. ``body_limit`` bounds what is read.
    """

    def __init__(
        self,
        codec: CallbackCodec,
        sink: AsyncSink,
        *,
        public_url: str = "",
        clock: Clock | None = None,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self._codec = codec
        self._sink = sink
        self._public_url = public_url.rstrip("/")
        self._clock = clock or SystemClock()
        self._limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a scope of another kind (a lifespan, a socket) raises ValueError, as ASGI has it."""
        if scope["type"] != "http":
            raise ValueError("CallbackApp: expected a scope of type http")
        answer = await self._answer(scope, receive)
        headers = [
            (b"content-type", answer.content_type.encode("latin-1")),
            (b"content-length", str(len(answer.body)).encode("latin-1")),
        ]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, receive_more: Receive) -> CallbackAnswer:
        if scope["method"] not in METHODS:
            return _OTHER_METHOD
        body = bytearray()
        while True:
            event = await receive_more()
            if (
                event["type"] == "http.disconnect"
            ):  # the rest will not come: the gateway pushes again by itself
                return self._codec.callback_answer(False)
            body += event.get("body", b"")
            if len(body) > self._limit:
                return _TOO_LONG
            if not event.get("more_body", False):
                break
        reports, answer = receive(self._codec, self._callback(scope, bytes(body)), self._clock.now())
        try:
            kept = not reports or await self._sink(reports) is not False
        except (LoansmsError, OSError):
            kept = False
        return answer if kept else self._codec.callback_answer(False)

    def _callback(self, scope: Scope, body: bytes) -> Callback:
        headers = {
            bytes(name).decode("latin-1").lower(): bytes(value).decode("latin-1")
            for name, value in scope["headers"]
        }
        path = bytes(scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
        client = scope.get("client")
        base = self._public_url or f"{scope.get('scheme', 'https')}://{headers.get('host', '')}"
        query = bytes(scope.get("query_string", b"")).decode("latin-1")
        return Callback(
            method=scope["method"],
            url=_url(base, path, query),
            headers=headers,
            body=body,
            remote=client[0] if client else None,
        )


class CallbackWsgi:
    """A WSGI application that hands reports to `sink`. Arguments: CallbackApp's."""

    def __init__(
        self,
        codec: CallbackCodec,
        sink: Sink,
        *,
        public_url: str = "",
        clock: Clock | None = None,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self._codec = codec
        self._sink = sink
        self._public_url = public_url.rstrip("/")
        self._clock = clock or SystemClock()
        self._limit = body_limit

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        answer = self._answer(environ)
        reason = responses.get(answer.status, "Answer")
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body)))]
        start_response(f"{answer.status} {reason}", headers)
        return [answer.body]

    def _answer(self, environ: Mapping[str, Any]) -> CallbackAnswer:
        if environ["REQUEST_METHOD"] not in METHODS:
            return _OTHER_METHOD
        told = environ.get("CONTENT_LENGTH") or "0"
        if not (told.isascii() and told.isdigit()) or int(told) > self._limit:
            return _TOO_LONG
        body = environ["wsgi.input"].read(int(told))
        if len(body) < int(told):
            return self._codec.callback_answer(False)
        reports, answer = receive(self._codec, self._callback(environ, body), self._clock.now())
        try:
            kept = not reports or self._sink(reports) is not False
        except (LoansmsError, OSError):
            kept = False
        return answer if kept else self._codec.callback_answer(False)

    def _callback(self, environ: Mapping[str, Any], body: bytes) -> Callback:
        headers = {
            name.removeprefix("HTTP_").replace("_", "-"): value
            for name, value in environ.items()
            if name.startswith("HTTP_") or name == "CONTENT_TYPE"
        }
        # WSGI hands the path over unquoted, as Latin-1 (PEP 3333).
        path = quote(f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}".encode("latin-1"))
        base = self._public_url or f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}"
        return Callback(
            method=environ["REQUEST_METHOD"],
            url=_url(base, path, environ.get("QUERY_STRING", "")),
            headers=headers,
            body=body,
            remote=environ.get("REMOTE_ADDR"),
        )


def _url(base: str, path: str, query: str) -> str:
    return f"{base}{path}?{query}" if query else f"{base}{path}"
