"""Tencent Cloud, TC3-HMAC-SHA256, for the JSON calls of API 3.0 (POST, path "/", no query).

Source: cloud.tencent.com/document/api/382 ("signature v3") and tencentcloud.com/document/api/215/38340.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from loansms.providers.signing.canonical import canonical_headers, hashed_request, lowered
from loansms.providers.signing.digests import derived_key, hex_sha256, hmac_sha256

_ALGORITHM = "TC3-HMAC-SHA256"


def tc3_authorization(
    *,
    service: str,
    host: str,
    headers: Mapping[str, str],
    body: bytes,
    secret_id: str,
    secret_key: str,
    timestamp: int,
    signed_headers: Sequence[str],
) -> str:
    """Return the value of `Authorization` for X-TC-Timestamp `timestamp` (seconds since 1970).

    `signed_headers` names the headers that are signed, at least content-type and host; `host` is where the request goes,
    whatever `headers` says of it. Values are signed as sent; only that of x-tc-action counts in lower case.

    Raises:
        CallerError: a named header that is not there, or a line break in one.

    >>> tc3_authorization(
    ...     service="sms", host="sms.example", headers={"Content-Type": "application/json"}, body=b"{}",
    ...     secret_id="id", secret_key="secret", timestamp=1704164645, signed_headers=["content-type", "host"],
    ... )
    'TC3-HMAC-SHA256 Credential=id/2024-01-02/sms/tc3_request, SignedHeaders=content-type;host, Signature=77379b677a17f28fd5f272f9af6421f9ed99671c045e232811a8be0dc8788b60'
    """
    lower = lowered({**{name.lower(): value for name, value in headers.items()}, "host": host})
    if "x-tc-action" in lower:
        lower["x-tc-action"] = lower["x-tc-action"].lower()
    signed = canonical_headers(lower, signed_headers)
    day = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    hashed = hashed_request("POST", "/", "", signed, hex_sha256(body))
    key = derived_key(f"TC3{secret_key}", day, service, "tc3_request")
    signature = hmac_sha256(key, f"{_ALGORITHM}\n{timestamp}\n{scope}\n{hashed}").hex()
    return f"{_ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={signed.names}, Signature={signature}"
