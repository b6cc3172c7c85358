"""How requests are signed: a closed set of recipes, each with the values it needs.

The signatures themselves are those of `loansms.providers.signing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, cast

import attrs
from attrs import frozen

from loansms.providers.declared.placeholders import Words


class Algorithm(StrEnum):
    """Digests; those named hmac_ need a key."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"
    HMAC_MD5 = "hmac_md5"
    HMAC_SHA1 = "hmac_sha1"
    HMAC_SHA256 = "hmac_sha256"
    HMAC_SHA512 = "hmac_sha512"


class Output(StrEnum):
    """How a digest is written."""

    HEX = "hex"
    UPPER_HEX = "upper_hex"
    BASE64 = "base64"


class VonageAlgorithm(StrEnum):
    """The digests of Vonage."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"


@frozen(kw_only=True)
class Auth:
    """A recipe; each kind is a class below."""

    @property
    def words(self) -> Iterator[Words]:
        """Every text of it that may hold placeholders."""
        for one in attrs.fields(type(self)):
            value: object = getattr(self, one.name)
            values = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
            yield from (each for each in values if isinstance(each, Words))


@frozen(kw_only=True)
class NoAuth(Auth):
    """Nothing, or a key that stands in a field or a header of its own."""


@frozen(kw_only=True)
class Basic(Auth):
    """RFC 7617: user and password."""

    user: Words
    password: Words


@frozen(kw_only=True)
class Bearer(Auth):
    """RFC 6750: a token."""

    token: Words


@frozen(kw_only=True)
class Digest(Auth):
    """A hash over stated values, put into one field, header or query parameter."""

    algorithm: Algorithm
    over: tuple[Words, ...]
    key: Words = attrs.field(factory=lambda: Words(()))
    output: Output = Output.HEX
    field: str = ""
    header: str = ""
    query: str = ""


@frozen(kw_only=True)
class Acs3(Auth):
    """Alibaba Cloud, ACS3-HMAC-SHA256."""

    access_key_id: Words
    access_key_secret: Words
    action: Words
    version: Words


@frozen(kw_only=True)
class Tc3(Auth):
    """Tencent Cloud, TC3-HMAC-SHA256."""

    secret_id: Words
    secret_key: Words
    service: Words
    action: Words
    version: Words
    region: Words


@frozen(kw_only=True)
class Volcengine(Auth):
    """Volcengine, HMAC-SHA256."""

    access_key_id: Words
    secret_access_key: Words
    region: Words
    service: Words


@frozen(kw_only=True)
class SigV4(Auth):
    """AWS Signature Version 4."""

    access_key_id: Words
    secret_access_key: Words
    region: Words
    service: Words


@frozen(kw_only=True)
class HuaweiWsse(Auth):
    """Huawei Cloud, WSSE; `digest` is hex (as the vendor's samples make it) or raw."""

    app_key: Words
    app_secret: Words
    digest: Words = attrs.field(factory=lambda: Words(("hex",)))


@frozen(kw_only=True)
class HuaweiHmac(Auth):
    """Huawei Cloud, SDK-HMAC-SHA256."""

    access_key: Words
    secret_key: Words


@frozen(kw_only=True)
class VonageSig(Auth):
    """Vonage, the field `sig` beside `timestamp`."""

    signature_secret: Words
    algorithm: VonageAlgorithm = VonageAlgorithm.SHA256


AUTHS: Final[dict[str, type[Auth]]] = {
    "none": NoAuth,
    "basic": Basic,
    "bearer": Bearer,
    "digest": Digest,
    "acs3": Acs3,
    "tc3": Tc3,
    "volcengine": Volcengine,
    "sigv4": SigV4,
    "huawei_wsse": HuaweiWsse,
    "huawei_hmac": HuaweiHmac,
    "vonage_hmac": VonageSig,
}
