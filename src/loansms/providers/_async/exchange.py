"""One request, one answer, over httpx's engine: at most one request leaves, and it is known whether any of it did.

httpx's own client is not used: it logs addresses (a gateway may want the number in its query) and its time-outs begin
again with every byte, so a gateway that drips would never end. Its engine, httpcore, tells when the first byte of a
request is about to be written, and takes a network of ours, whose time is the request's and not the read's.
"""

from __future__ import annotations

import logging
import re
import ssl
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Any, cast

from attrs import define

from loansms.errors import ConfigurationError, MissingExtra, ProviderError
from loansms.providers.codec import HttpRequest, HttpResponse
from loansms.providers.http_answers import Lost, NotSent
from loansms.providers.http_settings import HttpSettings
from loansms.providers.trust import require_verification

try:
    import httpcore
    import httpx
except ImportError:
    raise MissingExtra("http", "AsyncHttpProvider") from None

_BROKEN = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    OSError,
)
# What a header may hold (RFC 9110, section 5.5): a line break would begin a header of somebody else's choice.
_HEADER = re.compile(r"[\t\x20-\x7e]*")
_UNTIL: ContextVar[float] = ContextVar("until")
# What stood last before the first byte of the request, and our word for a failure there.
_STAGES = {"connect_tcp": "connect_failed", "start_tls": "tls_failed"}


class _Quiet(logging.Filter):
    """Keep httpcore silent about our requests: at DEBUG it writes the heads of answers, which may quote the number."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002
        return _UNTIL.get(None) is None


for _name in ("connection", "http11", "proxy"):
    logging.getLogger(f"httpcore.{_name}").addFilter(_Quiet())


class _TooLate(Exception):
    """The deadline passed before anything was written."""


@define
class _Trail:
    """How far a request came."""

    stage: str = "no_connection"
    begun: bool = False

    async def follow(self, event: str, info: dict[str, Any]) -> None:
        """Note what httpcore is about to do; a CONNECT speaks to the proxy and carries nothing of the message."""
        name, _, moment = event.rpartition(".")
        step = name.rpartition(".")[2]
        if moment != "started":
            return
        if step in _STAGES:
            self.stage = _STAGES[step]
        elif step == "send_request_headers" and info["request"].method != b"CONNECT":
            if _left() <= 0:
                raise _TooLate
            self.begun = True


class AsyncExchange:
    """A pool of connections that verify, and the requests made over it."""

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        pool: dict[str, Any] = {
            "ssl_context": settings.trust(),
            "max_connections": settings.connections,
            "max_keepalive_connections": settings.connections if settings.reuse else 0,
            "keepalive_expiry": 5.0,
            "network_backend": _Network(),
        }
        if settings.proxy is None:
            self._pool = httpcore.AsyncConnectionPool(**pool)
        else:
            proxy = httpx.Proxy(settings.proxy)
            self._pool = httpcore.AsyncHTTPProxy(
                proxy_url=httpcore.URL(str(proxy.url)), proxy_auth=proxy.raw_auth, **pool
            )

    async def send(self, request: HttpRequest, seconds: float) -> HttpResponse | NotSent | Lost:
        """Send `request` once and return its whole answer, NotSent or Lost, within `seconds`.

        Raise ConfigurationError for an address that is not to be used, ProviderError for one that is none.
        """
        self._settings.check(request.url)
        if seconds <= 0:
            return NotSent("deadline_passed")
        trail = _Trail()
        asked = self._asked(request, seconds, trail)
        token = _UNTIL.set(time.monotonic() + seconds)
        try:
            response = await self._pool.handle_async_request(asked)
            try:
                return await self._whole(response)
            finally:
                await response.aclose()
        except _TooLate:
            return NotSent("deadline_passed")
        except httpcore.TimeoutException:
            return Lost("timeout") if trail.begun else NotSent(_late(trail.stage))
        except _BROKEN:
            return Lost("lost_connection") if trail.begun else NotSent(trail.stage)
        finally:
            _UNTIL.reset(token)

    async def close(self) -> None:
        """Close what is open."""
        await self._pool.aclose()

    def _asked(self, request: HttpRequest, seconds: float, trail: _Trail) -> httpcore.Request:
        # Nothing is asked to be packed: a small answer that unpacks into a large one has no bound.
        told = {
            "accept-encoding": "identity",
            "user-agent": "loansms",
            **{name.lower(): value for name, value in request.headers.items()},
        }
        if not self._settings.reuse:
            told["connection"] = "close"
        try:
            if not all(_HEADER.fullmatch(value) for value in told.values()):
                raise UnicodeError
            made = httpx.Request(request.method, request.url, headers=told, content=request.body or None)
        except (httpx.InvalidURL, UnicodeError):
            raise ProviderError(
                "provider request: its address or a header cannot be sent; expected printable ASCII, mend the settings",
                "通道请求的地址或请求头无法发送，应为可打印的 ASCII 字符，请更正设置",
            ) from None
        url = httpcore.URL(
            scheme=made.url.raw_scheme, host=made.url.raw_host, port=made.url.port, target=made.url.raw_path
        )
        timeout = dict.fromkeys(("pool", "connect", "read", "write"), seconds)
        return httpcore.Request(
            made.method,
            url,
            headers=made.headers.raw,
            content=request.body,
            extensions={"timeout": timeout, "trace": trail.follow},
        )

    async def _whole(self, response: httpcore.Response) -> HttpResponse | Lost:
        headers: dict[str, str] = {}
        for raw, value in response.headers:
            name, told = raw.decode("latin-1").lower(), value.decode("latin-1")
            headers[name] = f"{headers[name]}, {told}" if name in headers else told
        body = bytearray()
        async for chunk in response.aiter_stream():
            body += chunk
            if len(body) > self._settings.answer_limit:
                return Lost("answer_too_long")
        stream = cast("Mapping[str, object]", response.extensions)["network_stream"]
        if isinstance(stream, _Stream):
            stream.answered(headers.get("content-length"))
        return HttpResponse(response.status, headers, bytes(body))


def _late(stage: str) -> str:
    return {"connect_failed": "connect_timeout", "tls_failed": "tls_timeout"}.get(stage, stage)


def _left(asked: float | None = None) -> float:
    left = _UNTIL.get() - time.monotonic()
    return left if asked is None else min(left, asked)


class _Network(httpcore.AsyncNetworkBackend):
    """Connections whose every wait ends with the request's time."""

    def __init__(self) -> None:
        self._inner = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        left = _left(timeout)
        if left <= 0:
            raise httpcore.ConnectTimeout
        stream = await self._inner.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream)


class _Stream(httpcore.AsyncNetworkStream):
    """One connection; it is offered again only after an answer whose length was told and kept to the byte.

    What follows an answer unasked lies in the parser's memory, where the next request would take it for its own.
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._heard = bytearray()
        self._count = 0
        self._clean = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _left(timeout)
        if left <= 0:
            raise httpcore.ReadTimeout
        data = await self._inner.read(max_bytes, left)
        self._count += len(data)
        if b"\r\n\r\n" not in self._heard:
            self._heard += data
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._clean, self._count = False, 0
        self._heard.clear()
        left = _left(timeout)
        if left <= 0:
            raise httpcore.WriteTimeout
        await self._inner.write(buffer, left)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            require_verification(ssl_context)
        except ConfigurationError:
            await self.aclose()
            raise
        left = _left(timeout)
        if left <= 0:
            await self.aclose()
            raise httpcore.ConnectTimeout
        return _Stream(await self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        found = self._inner.get_extra_info(info)
        # A connection that is readable while idle is not offered again: httpcore closes it.
        return found or not self._clean if info == "is_readable" else found

    def answered(self, length: str | None) -> None:
        """Say that an answer of `length` (its Content-Length) was read whole."""
        head = self._heard.find(b"\r\n\r\n")
        told = length is not None and length.isascii() and length.isdigit()
        self._clean = head >= 0 and told and self._count == head + 4 + int(length or 0)
