"""The last line that lets a phone fill in a code by itself, and only where it belongs.

`WebOtp` binds the code to one site: a browser offers it nowhere else, so a page that imitates the site gets
nothing (WICG, Origin-bound one-time codes delivered via SMS). `RetrieverHash` hands the message to one Android app (SMS
Retriever: the whole message at most 140 bytes). Both are for lenders outside mainland China, whose gateways
register every word of a code template.

>>> WebOtp("example.com").line("747723")
'@example.com #747723'
>>> WebOtp("example.com", embedded="ecommerce.example").line("747723")
'@example.com #747723 @ecommerce.example'
>>> RetrieverHash("FA+9qCX9VSu").line("747723")
'FA+9qCX9VSu'
"""

from __future__ import annotations

import re

from attrs import field, frozen

from loansms.errors import ConfigurationError

_LONGEST_HOST = 253  # characters (RFC 1035, 2.3.4, in text form)
# Letters, digits and inner hyphens; two labels or more, the last of them no number, so that no address fits.
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_MOST = 140  # bytes of a whole message for SMS Retriever
_HASH = re.compile(r"[A-Za-z0-9+/]{11}")


def _is_host(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_HOST and _HOST.fullmatch(value) is not None


def _host(_instance: object, attribute: object, value: str) -> None:
    if not _is_host(value):
        name = str(getattr(attribute, "name", "host"))
        raise ConfigurationError(
            f"{name}: expected a domain in lower case such as example.com, without scheme, port or path; "
            "write an international one in its xn-- form",
            f"{name} 应为小写域名，如 example.com，不含协议、端口和路径；国际化域名请写成 xn-- 形式",
        )


def _host_or_none(instance: object, attribute: object, value: str | None) -> None:
    if value is not None:
        _host(instance, attribute, value)


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _app_hash(_instance: object, _attribute: object, value: str) -> None:
    if not _is_hash(value):
        raise ConfigurationError(
            "hash: expected the 11 base64 characters that the signing certificate of the Android app gives",
            "hash 应为由安卓应用签名证书得出的 11 个 base64 字符",
        )


@frozen
class WebOtp:
    """The site a code is for: `host`, and `embedded` where the page sits in a frame of another site.

    The host is that of the page on which the code is typed; https is implied. Raise ConfigurationError for
    what is not a domain.
    """

    host: str = field(validator=_host)
    embedded: str | None = field(default=None, validator=_host_or_none)

    def line(self, code: str) -> str:
        """Return the last line: one space between its parts, nothing before the first @."""
        frame = "" if self.embedded is None else f" @{self.embedded}"
        return f"@{self.host} #{code}{frame}"

    def ended(self, text: str, code: str, *, bound: bool) -> str | None:  # noqa: ARG002
        """Return `text` with its last line, `bound` to a transaction or not."""
        return f"{text}\n{self.line(code)}"


@frozen
class RetrieverHash:
    """The Android app a code is for, by its hash; it is public, and changes with the signing certificate.

    Raise ConfigurationError for what is not a hash.
    """

    hash: str = field(validator=_app_hash)

    def line(self, code: str) -> str:  # noqa: ARG002
        """Return the last line: the hash, whatever the code."""
        return self.hash

    def ended(self, text: str, code: str, *, bound: bool) -> str | None:
        """Return `text` with its last line, None when that is too long for the phone.

        A text `bound` to a transaction stays as it is: somebody has to read amount and payee before the code
        is typed, and they seldom fit.
        """
        if bound:
            return text
        ended = f"{text}\n{self.line(code)}"
        return ended if len(ended.encode()) <= _MOST else None


Autofill = WebOtp | RetrieverHash
"""What a text may end with, so that the code is filled in."""
