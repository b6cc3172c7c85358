"""Huawei Cloud MSGSMS, WSSE UsernameToken.

Source: support.huaweicloud.com/api-msgsms/sms_05_0001.html. That page can be read two ways: the vendor's own samples encode
the hex text of the hash, other clients its 32 bytes. Nobody here has asked a live server, so hex is the default and
the other an option.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from loansms.errors import CallerError
from loansms.providers.signing.digests import octets

# What `Authorization` says beside X-WSSE.
WSSE_AUTHORIZATION = 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"'
"""The `Authorization` header that stands beside `X-WSSE`, the same in every request."""


def wsse_password_digest(*, app_secret: str, nonce: str, created: str, raw: bool = False) -> str:
    """Return the PasswordDigest for `nonce` and `created` (UTC, ``yyyy-MM-ddTHH:mm:ssZ``).

    Base64 of the hash's hex text or, with `raw`, of its bytes.

    >>> wsse_password_digest(app_secret="s", nonce="n", created="2024-01-02T03:04:05Z", raw=True)
    'Bv1LaSSjX1DszBJ5ivgE8LqX724+m4BLRaQdbANQqVw='
    """
    digest = sha256(octets(f"{nonce}{created}{app_secret}"))
    return b64encode(digest.digest() if raw else digest.hexdigest().encode()).decode()


def wsse_header(*, app_key: str, app_secret: str, nonce: str, created: str, raw: bool = False) -> str:
    """Return the value of `X-WSSE`; `Authorization` is WSSE_AUTHORIZATION.

    Raises:
        CallerError: a quotation mark in what stands between quotation marks.

    >>> wsse_header(app_key="key", app_secret="s", nonce="n", created="2024-01-02T03:04:05Z")
    'UsernameToken Username="key",PasswordDigest="MDZmZDRiNjkyNGEzNWY1MGVjY2MxMjc5OGFmODA0ZjBiYTk3ZWY2ZTNlOWI4MDRiNDVhNDFkNmMwMzUwYTk1Yw==",Nonce="n",Created="2024-01-02T03:04:05Z"'
    """
    if '"' in app_key + nonce + created:
        raise CallerError(
            "WSSE: application key, nonce or time holds a quotation mark; give them without",
            "WSSE：应用 Key、随机数或时间含引号，请去掉",
        )
    digest = wsse_password_digest(app_secret=app_secret, nonce=nonce, created=created, raw=raw)
    return f'UsernameToken Username="{app_key}",PasswordDigest="{digest}",Nonce="{nonce}",Created="{created}"'
