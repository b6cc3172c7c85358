"""A request from its description: values in place, body written, signature last."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import cast
from urllib.parse import quote, urlencode

from attrs import evolve, field, frozen

from loansms.errors import UnsupportedByProvider
from loansms.providers.codec import HttpRequest
from loansms.providers.declared.content import Ask, Body, Charset
from loansms.providers.declared.paths import word
from loansms.providers.declared.placeholders import Values
from loansms.providers.declared.values import dumped

_CONTENT_TYPES = {
    Body.JSON: "application/json",
    Body.FORM: "application/x-www-form-urlencoded",
    Body.BASE64_JSON: "text/plain",
}


@frozen(kw_only=True)
class Unsigned:
    """A request whose values are in place: what a recipe signs."""

    method: str
    url: str
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    fields: Mapping[str, object] = field(repr=False)
    body: Body
    charset: Charset

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        match self.body:
            case Body.QUERY:
                return b""
            case Body.FORM:
                pairs = {name: plain(value) for name, value in self.fields.items()}
                return urlencode(pairs, encoding=self.charset).encode("ascii")
            case Body.JSON:
                return dumped(self.fields).encode(self.charset)
            case Body.BASE64_JSON:
                return base64.b64encode(dumped(self.fields).encode(self.charset))

    @property
    def asked(self) -> Mapping[str, str]:
        """The query as it is sent."""
        if self.body is not Body.QUERY:
            return self.query
        return {**self.query, **{name: plain(value) for name, value in self.fields.items()}}

    def sent(self) -> HttpRequest:
        """Return it as it is sent."""
        asked = urlencode(self.asked, quote_via=quote, safe="~", encoding=self.charset)
        return HttpRequest(
            self.method, f"{self.url}?{asked}" if asked else self.url, self.headers, self.content
        )

    def with_headers(self, headers: Mapping[str, str]) -> Unsigned:
        """Return it with `headers` beside its own."""
        return evolve(self, headers={**self.headers, **headers})

    def with_fields(self, fields: Mapping[str, object]) -> Unsigned:
        """Return it with `fields` beside its own."""
        return evolve(self, fields={**self.fields, **fields})


def unsigned(
    ask: Ask, values: Values, charset: Charset, fields: Mapping[str, object] | None = None
) -> Unsigned:
    """Return the request `ask` describes; `fields` stand beside its own.

    Raise UnsupportedByProvider where a value cannot be written in the gateway's encoding.
    """
    filled = {**cast("Mapping[str, object]", ask.fields.fill(values)), **(fields or {})}
    if ask.drop_empty:
        filled = {name: value for name, value in filled.items() if value not in ("", [], {})}
    headers = {name: one.text(values) for name, one in ask.headers.items()}
    if ask.body in _CONTENT_TYPES and "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = _CONTENT_TYPES[ask.body]
    made = Unsigned(
        method=ask.method.value,
        url=ask.url.text(values),
        query={name: one.text(values) for name, one in ask.query.items()},
        headers=headers,
        fields=filled,
        body=ask.body,
        charset=charset,
    )
    try:
        made.sent()
    except UnicodeEncodeError:
        raise UnsupportedByProvider(
            f"a character of the message does not exist in {charset.value}, which the gateway reads; choose a template without it",
            f"消息中含有通道编码 {charset.value} 无法表示的字符，请改用不含该字符的模板",
        ) from None
    return made


def plain(value: object) -> str:
    """Return `value` as a form writes it; what holds others as JSON text."""
    told = word(value)
    return dumped(value) if told is None else told
