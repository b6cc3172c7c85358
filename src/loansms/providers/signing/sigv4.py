"""AWS Signature Version 4, as AWS End User Messaging SMS (service `sms-voice`) asks for it.

Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
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
    percent,
)
from loansms.providers.signing.digests import derived_key, hex_sha256, hmac_sha256

_ALGORITHM = "AWS4-HMAC-SHA256"


def sigv4_authorization(
    *,
    method: str,
    path: str,
    query: Fields,
    headers: Mapping[str, str],
    body: bytes,
    access_key_id: str,
    secret_access_key: str,
    region: str,
    service: str = "sms-voice",
) -> str:
    """Return the value of `Authorization`. `headers` holds what is signed: host, x-amz-date and whatever else is to be.

    `path` has no dot segments and is written as it is sent: an encoded character is encoded once more before hashing, as
    every service but S3 does. A temporary credential's x-amz-security-token is among the headers.

    Raises:
        CallerError: no x-amz-date (``yyyyMMddTHHmmssZ``), or a line break in a header.

    >>> sigv4_authorization(
    ...     method="POST", path="/", query={}, headers={"host": "sms.example", "x-amz-date": "20240102T030405Z"}, body=b"",
    ...     access_key_id="id", secret_access_key="secret", region="us-east-1",
    ... )
    'AWS4-HMAC-SHA256 Credential=id/20240102/us-east-1/sms-voice/aws4_request, SignedHeaders=host;x-amz-date, Signature=3538f51f6be2cdf7080ca87cc14f8060799a8ca03ea6b5cb21b5b4701dcc72a9'
    """
    lower = lowered(headers, inner_spaces=False)
    moment = header(lower, "x-amz-date")
    signed = canonical_headers(lower)
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    body_hash = lower.get("x-amz-content-sha256") or hex_sha256(body)
    hashed = hashed_request(
        method, percent(path or "/", "/"), canonical_query(query, by_encoded=True), signed, body_hash
    )
    key = derived_key(f"AWS4{secret_access_key}", moment[:8], region, service, "aws4_request")
    signature = hmac_sha256(key, f"{_ALGORITHM}\n{moment}\n{scope}\n{hashed}").hex()
    return f"{_ALGORITHM} Credential={access_key_id}/{scope}, SignedHeaders={signed.names}, Signature={signature}"
