"""Volcengine, HMAC-SHA256 with a scope: SigV4 in shape, its key chain without a prefix.

Source: volcengine.com/docs/6369/67269 and the vendor's Python SDK (volcenginesdk-core), signv4.
"""

from __future__ import annotations

from collections.abc import Mapping

from loansms.providers.signing.canonical import (
    Fields,
    canonical_headers,
    canonical_query,
    hashed_request,
    header,
    lowered,
)
from loansms.providers.signing.digests import derived_key, hex_sha256, hmac_sha256

_ALGORITHM = "HMAC-SHA256"


def volcengine_authorization(
    *,
    method: str,
    path: str,
    query: Fields,
    headers: Mapping[str, str],
    body: bytes,
    access_key_id: str,
    secret_access_key: str,
    region: str = "cn-north-1",
    service: str = "volcSMS",
) -> str:
    """Return the value of `Authorization`.

    Of `headers` content-type, content-md5, host and every x-* are signed; x-date (``yyyyMMddTHHmmssZ``) and
    x-content-sha256 must be sent. A port of 80 or 443 does not count in host. `path` is the path as it is sent.

    Raises:
        CallerError: no x-date, or a line break in a header.

    >>> volcengine_authorization(
    ...     method="POST", path="/", query={}, headers={"host": "sms.example", "x-date": "20240102T030405Z"}, body=b"",
    ...     access_key_id="id", secret_access_key="secret",
    ... )
    'HMAC-SHA256 Credential=id/20240102/cn-north-1/volcSMS/request, SignedHeaders=host;x-date, Signature=f3e4c6783b87cf5253aa1f9796fa63b0c1ade23c66caee87504799bdad2f7e0b'
    """
    lower = {name: value for name, value in lowered(headers).items() if _is_signed(name)}
    name, _, port = lower.get("host", "").partition(":")
    if port in {"80", "443"}:
        lower["host"] = name
    moment = header(lower, "x-date")
    signed = canonical_headers(lower)
    scope = f"{moment[:8]}/{region}/{service}/request"
    hashed = hashed_request(
        method, path or "/", canonical_query(query, by_encoded=True), signed, hex_sha256(body)
    )
    key = derived_key(secret_access_key, moment[:8], region, service, "request")
    signature = hmac_sha256(key, f"{_ALGORITHM}\n{moment}\n{scope}\n{hashed}").hex()
    return f"{_ALGORITHM} Credential={access_key_id}/{scope}, SignedHeaders={signed.names}, Signature={signature}"


def _is_signed(name: str) -> bool:
    return name in {"content-type", "content-md5", "host"} or name.startswith("x-")
