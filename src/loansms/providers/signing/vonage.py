"""Vonage SMS, the field `sig`, on requests and callbacks alike.

Source: developer.vonage.com/en/getting-started/concepts/signing-messages and the vendor's Python client. The platform's old
mode, a bare MD5 without HMAC, is not made here.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from loansms.providers.signing.digests import octets, same_signature

VonageMethod: TypeAlias = Literal["md5", "sha1", "sha256", "sha512"]
"""How a signature is made: "md5" a digest of the parameters with the secret behind them, the others an HMAC."""


def vonage_sig(*, params: Mapping[str, str], signature_secret: str, method: VonageMethod = "sha256") -> str:
    """Return `sig` in lower-case hex: an HMAC by `method` over every field but itself.

    `params` holds `timestamp` and no api_secret; `method` is what the account is set to.

    >>> vonage_sig(params={"text": "a=b&c", "timestamp": "1704164645"}, signature_secret="secret", method="md5")
    'ee8196a951b0acbdce73c1c6fc12233d'
    """
    fields = "".join(
        f"&{name}={params[name].replace('&', '_').replace('=', '_')}"
        for name in sorted(params)
        if name != "sig"
    )
    return hmac.digest(octets(signature_secret), octets(fields), method).hex()


def vonage_signed(
    *, params: Mapping[str, str], signature_secrets: Sequence[str], method: VonageMethod = "sha256"
) -> bool:
    """Return whether a callback's `sig` was made with one of `signature_secrets`; two while one is being changed.

    Whether its `timestamp` is recent is the caller's to judge.

    >>> form = {"messageId": "0A01", "status": "delivered", "timestamp": "1704164645"}
    >>> form["sig"] = vonage_sig(params=form, signature_secret="secret")
    >>> vonage_signed(params=form, signature_secrets=["secret"])
    True
    >>> vonage_signed(params={**form, "status": "failed"}, signature_secrets=["secret"])
    False
    """
    given = params.get("sig", "").lower()
    found = [
        same_signature(vonage_sig(params=params, signature_secret=secret, method=method), given)
        for secret in filter(None, signature_secrets)
    ]
    return any(found)
