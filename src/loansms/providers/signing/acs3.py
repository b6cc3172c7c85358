"""Alibaba Cloud, ACS3-HMAC-SHA256.

Source: help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature. The vendor's older RPC signature
(HMAC-SHA1) is discontinued and not made here.
"""

from __future__ import annotations

from collections.abc import Mapping

from loansms.providers.signing.canonical import (
    Fields,
    canonical_headers,
    canonical_query,
    hashed_request,
    lowered,
)
from loansms.providers.signing.digests import hex_sha256, hmac_sha256

_ALGORITHM = "ACS3-HMAC-SHA256"


def acs3_authorization(
    *,
    method: str,
    path: str,
    query: Fields,
    headers: Mapping[str, str],
    body: bytes,
    access_key_id: str,
    access_key_secret: str,
) -> str:
    """Return the value of `Authorization`. `headers` holds what is signed: host, content-type if sent, and all x-acs-*.

    `path` is the path as it is sent. With temporary credentials x-acs-accesskey-id and x-acs-security-token are among the headers.

    Raises:
        CallerError: a line break in a header.

    >>> acs3_authorization(
    ...     method="POST", path="/", query={"Action": "x"}, headers={"host": "sms.example"}, body=b"",
    ...     access_key_id="id", access_key_secret="secret",
    ... )
    'ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=08641e4f3459bf1c08370f12f28310aa213c374b7abdaf09c4cc717bad847919'
    """
    signed = canonical_headers(lowered(headers))
    hashed = hashed_request(method, path or "/", canonical_query(query), signed, hex_sha256(body))
    signature = hmac_sha256(access_key_secret, f"{_ALGORITHM}\n{hashed}").hex()
    return f"{_ALGORITHM} Credential={access_key_id},SignedHeaders={signed.names},Signature={signature}"
