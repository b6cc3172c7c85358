"""Huawei Cloud, SDK-HMAC-SHA256: our requests, and receipts where push verification is switched on.

Source: support.huaweicloud.com/api-msgsms (sms_05_0001, sms_05_0064) and the vendor's Python SDK, signer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from loansms.providers.signing.canonical import (
    CanonicalHeaders,
    Fields,
    canonical_headers,
    canonical_query,
    hashed_request,
    header,
    lowered,
    one_line,
    percent,
)
from loansms.providers.signing.digests import hex_sha256, hmac_sha256, same_signature

# In X-Sdk-Content-Sha256 for every body that is neither JSON nor BSON: the signature then says nothing about the body.
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
"""What stands in place of the body's hash where the body is not signed."""

_ALGORITHM = "SDK-HMAC-SHA256"
_DATE = "x-sdk-date"
_CONTENT = "x-sdk-content-sha256"
_AUTHORIZATION = re.compile(
    rf"{_ALGORITHM} +Access=([^, ]+), *SignedHeaders=([a-z0-9;-]+), *Signature=([0-9a-f]{{64}})", re.ASCII
)


def sdk_hmac_authorization(
    *,
    method: str,
    path: str,
    query: Fields,
    headers: Mapping[str, str],
    body: bytes,
    access_key: str,
    secret_key: str,
) -> str:
    """Return the value of `Authorization`. `headers` holds what is signed: x-sdk-date, host with any port, and the rest.

    A header whose name has an underscore is left out. Where x-sdk-content-sha256 is sent, what it says stands for the
    hash of the body: UNSIGNED_PAYLOAD with a form.

    Raises:
        CallerError: no x-sdk-date (``yyyyMMddTHHmmssZ``), or a line break in a header.

    >>> sdk_hmac_authorization(
    ...     method="POST", path="/sms", query={}, headers={"host": "sms.example", "x-sdk-date": "20240102T030405Z"}, body=b"",
    ...     access_key="key", secret_key="secret",
    ... )
    'SDK-HMAC-SHA256 Access=key, SignedHeaders=host;x-sdk-date, Signature=abd9f11388c11a409145c6543ce8f688c94f751dfb448f60f5105cf464c7518a'
    """
    lower = {name: value for name, value in lowered(headers).items() if "_" not in name}
    body_hash = (lower.get(_CONTENT) if body else None) or hex_sha256(body)
    signed = canonical_headers(lower)
    signature = _signature(method, path, query, signed, body_hash, header(lower, _DATE), secret_key)
    return f"{_ALGORITHM} Access={access_key}, SignedHeaders={signed.names}, Signature={signature}"


def sdk_hmac_signed(
    *,
    method: str,
    path: str,
    query: Fields,
    headers: Mapping[str, str],
    body: bytes,
    secret_keys: Mapping[str, str],
    unsigned_payload: bool = False,
) -> bool:
    """Return whether a callback is signed with one of `secret_keys` (by access key; two while one is being changed).

    Whether x-sdk-date is recent is the caller's to judge. A signature over UNSIGNED_PAYLOAD proves who knew the
    key at that moment, not what they said: it counts only with `unsigned_payload`, and then the number and the id must match
    as they must for a callback nobody signed. Any other x-sdk-content-sha256 must be the body's true hash.

    >>> sdk_hmac_signed(method="POST", path="/", query={}, headers={}, body=b"", secret_keys={"key": "secret"})
    False
    """
    if not one_line(*headers, *headers.values()):
        return False
    lower = lowered(headers)
    said = _AUTHORIZATION.fullmatch(lower.get("authorization", ""))
    secret = secret_keys.get(said[1], "") if said else ""
    if said is None or not secret:
        return False
    names = set(said[2].split(";"))
    if not names | {_DATE} <= lower.keys():
        return False
    true_hash = hex_sha256(body)
    body_hash = (lower[_CONTENT] if _CONTENT in names and body else "") or true_hash
    if body_hash != true_hash and not (unsigned_payload and body_hash == UNSIGNED_PAYLOAD):
        return False
    expected = _signature(
        method, path, query, canonical_headers(lower, sorted(names)), body_hash, lower[_DATE], secret
    )
    return same_signature(expected, said[3])


def _signature(
    method: str,
    path: str,
    query: Fields,
    signed: CanonicalHeaders,
    body_hash: str,
    moment: str,
    secret_key: str,
) -> str:
    segments = "/".join(percent(segment) for segment in unquote(path).split("/"))
    whole = segments if segments.endswith("/") else f"{segments}/"
    hashed = hashed_request(method, whole, canonical_query(query), signed, body_hash)
    return hmac_sha256(secret_key, f"{_ALGORITHM}\n{moment}\n{hashed}").hex()
