"""The recipe of a declaration carried out: a finished request in, the signed one out."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC
from urllib.parse import urlsplit

from attrs import evolve

from loansms.providers.codec import HttpRequest
from loansms.providers.declared.content_auth import (
    Acs3,
    Algorithm,
    Auth,
    Basic,
    Bearer,
    Digest,
    HuaweiHmac,
    HuaweiWsse,
    Output,
    SigV4,
    Tc3,
    Volcengine,
    VonageSig,
)
from loansms.providers.declared.placeholders import Placeholder, Values, Words
from loansms.providers.declared.requests import Unsigned, plain
from loansms.providers.declared.values import Moment
from loansms.providers.signing import (
    UNSIGNED_PAYLOAD,
    WSSE_AUTHORIZATION,
    acs3_authorization,
    hex_sha256,
    sdk_hmac_authorization,
    sigv4_authorization,
    tc3_authorization,
    volcengine_authorization,
    vonage_sig,
    wsse_header,
)

_DEFAULT_PORTS = {"http": 80, "https": 443}


def signed(request: Unsigned, auth: Auth, values: Values, moment: Moment) -> HttpRequest:
    """Return `request` signed as `auth` says."""
    match auth:
        case Basic():
            pair = f"{auth.user.text(values)}:{auth.password.text(values)}".encode()
            return _with(request, {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"})
        case Bearer():
            return _with(request, {"Authorization": f"Bearer {auth.token.text(values)}"})
        case Digest():
            return _digested(request, auth, values)
        case VonageSig():
            return _vonage(request, auth, values, moment)
        case HuaweiWsse():
            return _wsse(request, auth, values, moment)
        case Acs3():
            return _acs3(request, auth, values, moment)
        case Tc3():
            return _tc3(request, auth, values, moment)
        case Volcengine() | SigV4() | HuaweiHmac():
            return _scoped(request, auth, values, moment)
        case _:
            return request.sent()


def digest(algorithm: Algorithm, key: str, over: str, output: Output, charset: str) -> str:
    """Return the hash of `over`, keyed by `key` where the algorithm is an HMAC.

    >>> digest(Algorithm.MD5, "", "abc", Output.UPPER_HEX, "utf-8")
    '900150983CD24FB0D6963F7D28E17F72'
    """
    data = over.encode(charset)
    name = algorithm.value
    if name.startswith("hmac_"):
        made = hmac.digest(key.encode(charset), data, name.removeprefix("hmac_"))
    else:
        # What old gateways ask for; the road there has to be private, not this hash.
        made = hashlib.new(name, data, usedforsecurity=False).digest()
    if output is Output.BASE64:
        return base64.b64encode(made).decode("ascii")
    return made.hex().upper() if output is Output.UPPER_HEX else made.hex()


def sorted_fields(fields: Mapping[str, object], filled: bool) -> str:
    """Return ``k=v&k=v`` by name, not encoded; with `filled` without what is empty."""
    told = ((name, plain(fields[name])) for name in sorted(fields))
    return "&".join(f"{name}={value}" for name, value in told if value or not filled)


def over_text(over: tuple[Words, ...], fields: Mapping[str, object], body: bytes, values: Values) -> str:
    """Return the text a digest is made over: the parts of `over` one after another."""

    def value(one: Placeholder) -> object:
        if one.name == "field":
            return plain(fields.get(one.detail, ""))
        if one.name == "fields":
            return sorted_fields(fields, one.detail == "filled")
        if one.name == "body":
            return body.decode("utf-8", "replace")
        return values(one)

    return "".join(part.text(value) for part in over)


def _with(request: Unsigned, headers: Mapping[str, str]) -> HttpRequest:
    return request.with_headers(headers).sent()


def _digested(request: Unsigned, auth: Digest, values: Values) -> HttpRequest:
    over = over_text(auth.over, request.fields, request.content, values)
    made = digest(auth.algorithm, auth.key.text(values), over, auth.output, request.charset.value)
    if auth.field:
        return request.with_fields({auth.field: made}).sent()
    if auth.header:
        return _with(request, {auth.header: made})
    return evolve(request, query={**request.query, auth.query: made}).sent()


def _vonage(request: Unsigned, auth: VonageSig, values: Values, moment: Moment) -> HttpRequest:
    stamped = request.with_fields({"timestamp": str(int(moment.now.timestamp()))})
    params = {name: plain(value) for name, value in stamped.fields.items()}
    sig = vonage_sig(
        params=params,
        signature_secret=auth.signature_secret.text(values),
        method=auth.algorithm.value,
    )
    return stamped.with_fields({"sig": sig}).sent()


def _wsse(request: Unsigned, auth: HuaweiWsse, values: Values, moment: Moment) -> HttpRequest:
    # The vendor's samples write local time behind the Z; UTC is what Z means.
    created = moment.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    token = wsse_header(
        app_key=auth.app_key.text(values),
        app_secret=auth.app_secret.text(values),
        nonce=moment.nonce,
        created=created,
        raw=auth.digest.text(values) == "raw",
    )
    return _with(request, {"Authorization": WSSE_AUTHORIZATION, "X-WSSE": token})


def _acs3(request: Unsigned, auth: Acs3, values: Values, moment: Moment) -> HttpRequest:
    marked = request.with_headers(
        {
            "x-acs-action": auth.action.text(values),
            "x-acs-version": auth.version.text(values),
            "x-acs-date": moment.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": moment.nonce,
            "x-acs-content-sha256": hex_sha256(request.content),
        }
    )
    host, path = _host_and_path(request.url)
    named = {name: value for name, value in marked.headers.items() if _signed_by_acs3(name)}
    authorization = acs3_authorization(
        method=marked.method,
        path=path,
        query=marked.asked,
        headers={**named, "host": host},
        body=marked.content,
        access_key_id=auth.access_key_id.text(values),
        access_key_secret=auth.access_key_secret.text(values),
    )
    return _with(marked, {"Authorization": authorization})


def _signed_by_acs3(name: str) -> bool:
    return name.lower() == "content-type" or name.lower().startswith("x-acs-")


def _tc3(request: Unsigned, auth: Tc3, values: Values, moment: Moment) -> HttpRequest:
    timestamp = int(moment.now.timestamp())
    marked = request.with_headers(
        {
            "X-TC-Action": auth.action.text(values),
            "X-TC-Version": auth.version.text(values),
            "X-TC-Timestamp": str(timestamp),
            "X-TC-Region": auth.region.text(values),
        }
    )
    authorization = tc3_authorization(
        service=auth.service.text(values),
        host=_host_and_path(request.url)[0],
        headers=marked.headers,
        body=marked.content,
        secret_id=auth.secret_id.text(values),
        secret_key=auth.secret_key.text(values),
        timestamp=timestamp,
        signed_headers=("content-type", "host"),
    )
    return _with(marked, {"Authorization": authorization})


def _scoped(
    request: Unsigned, auth: Volcengine | SigV4 | HuaweiHmac, values: Values, moment: Moment
) -> HttpRequest:
    stamp = moment.now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    host, path = _host_and_path(request.url)
    if isinstance(auth, HuaweiHmac):
        marks = {"X-Sdk-Date": stamp}
        # A form is signed as UNSIGNED-PAYLOAD, as the vendor's own message SDK does; JSON by its hash.
        if request.headers.get("Content-Type") != "application/json":
            marks["X-Sdk-Content-Sha256"] = UNSIGNED_PAYLOAD
        marked = request.with_headers(marks)
        authorization = sdk_hmac_authorization(
            method=marked.method,
            path=path,
            query=marked.asked,
            headers={**marked.headers, "host": host},
            body=marked.content,
            access_key=auth.access_key.text(values),
            secret_key=auth.secret_key.text(values),
        )
        return _with(marked, {"Authorization": authorization})
    volcengine = isinstance(auth, Volcengine)
    marked = request.with_headers(
        {"X-Date": stamp, "X-Content-Sha256": hex_sha256(request.content)}
        if volcengine
        else {"X-Amz-Date": stamp}
    )
    sign = volcengine_authorization if volcengine else sigv4_authorization
    authorization = sign(
        method=marked.method,
        path=path,
        query=marked.asked,
        headers={**marked.headers, "host": host},
        body=marked.content,
        access_key_id=auth.access_key_id.text(values),
        secret_access_key=auth.secret_access_key.text(values),
        region=auth.region.text(values),
        service=auth.service.text(values),
    )
    return _with(marked, {"Authorization": authorization})


def _host_and_path(url: str) -> tuple[str, str]:
    """Return Host as a client sends it, which leaves out the default port, and the path."""
    parts = urlsplit(url)
    usual = parts.port is None or parts.port == _DEFAULT_PORTS.get(parts.scheme)
    return (parts.hostname or "") if usual else f"{parts.hostname}:{parts.port}", parts.path or "/"
