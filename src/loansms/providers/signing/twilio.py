"""Twilio, X-Twilio-Signature: who a callback came from.

Source: twilio.com/docs/usage/security and the vendor's Python library, request_validator.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterator, Sequence
from itertools import product
from urllib.parse import SplitResult, parse_qs, urlsplit

from loansms.providers.signing.canonical import Fields, values_of
from loansms.providers.signing.digests import hex_sha256, octets, same_signature

_PORTS = {"https": 443, "http": 80}


def twilio_signature(*, url: str, params: Fields, auth_token: str) -> str:
    """Return the signature by HMAC-SHA1 with the account's auth token. `url` is the whole address with its query.

    `params` holds the fields of a form; a body of JSON has none, and its hash is the query's bodySHA256.

    >>> twilio_signature(url="https://example.com/hook", params={"MessageStatus": "sent"}, auth_token="12345")
    'sHHSJ7yB+nyHqMbtJzkRCiGULOA='
    """
    return _signature("sha1", url, params, auth_token)


def twilio_shared_key_signature(*, url: str, params: Fields, shared_key: str) -> str:
    """Return the signature by HMAC-SHA256 with a shared key, as X-Twilio-Webhooks-Signature-Settings announces it.

    >>> twilio_shared_key_signature(url="https://example.com/hook", params={}, shared_key="12345")
    'ZvC/xnxSCNrFKJF3lWK91sUuEsZ+H+0hnVRn7iqXsns='
    """
    return _signature("sha256", url, params, shared_key)


def twilio_signed(
    *,
    url: str,
    params: Fields,
    signature: str,
    settings: str = "",
    auth_tokens: Sequence[str] = (),
    shared_keys: Sequence[str] = (),
    json: bytes | None = None,
) -> bool:
    """Return whether `signature` (X-Twilio-Signature) was made with one of our secrets; two while one is being changed.

    `settings` is X-Twilio-Webhooks-Signature-Settings, empty where it did not come: with algorithm HMAC_SHA256 only
    `shared_keys` count, without one only `auth_tokens`, with another one nothing. `json` is the body where it
    is no form: then the query must hold its hash. The address counts with its port and without.

    >>> url, form = "https://example.com/hook", {"MessageStatus": "sent"}
    >>> mark = twilio_signature(url=url, params=form, auth_token="12345")
    >>> twilio_signed(url=url, params=form, signature=mark, auth_tokens=["54321", "12345"])
    True
    >>> twilio_signed(url=url, params={"MessageStatus": "failed"}, signature=mark, auth_tokens=["12345"])
    False
    """
    algorithm, secrets = {
        "HMAC_SHA1": ("sha1", auth_tokens),
        "HMAC_SHA256": ("sha256", shared_keys),
    }.get(_announced(settings), ("", ()))
    try:
        address = urlsplit(url)
        spellings = list(_spellings(url, address))
    except ValueError:  # a port or a host no address has
        return False
    if json is not None:
        told = parse_qs(address.query).get("bodySHA256", [""])[0]
        if not same_signature(hex_sha256(json), told.lower()):
            return False
    # A list, not a generator: every candidate is computed, whichever of them fits.
    found = [
        same_signature(_signature(algorithm, spelling, params, secret), signature)
        for spelling, secret in product(spellings, filter(None, secrets))
    ]
    return any(found)


def _signature(algorithm: str, url: str, params: Fields, secret: str) -> str:
    fields = "".join(
        f"{name}{value}" for name in sorted(params) for value in sorted(set(values_of(params[name])))
    )
    return b64encode(hmac.digest(octets(secret), octets(url + fields), algorithm)).decode()


def _announced(settings: str) -> str:
    for part in settings.split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return "HMAC_SHA1"


def _spellings(url: str, address: SplitResult) -> Iterator[str]:
    yield url
    host = address.netloc
    if address.port is not None:
        yield url.replace(host, host.rpartition(":")[0], 1)
    elif address.scheme in _PORTS:
        yield url.replace(host, f"{host.rstrip(':')}:{_PORTS[address.scheme]}", 1)
