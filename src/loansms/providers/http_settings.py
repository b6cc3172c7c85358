"""How a provider reaches its gateway: trust, proxy, bounds. That TLS verifies is no setting.

>>> HttpSettings(proxy="http://user:pass@proxy.example:3128")
HttpSettings(ca_file=None, private_line=False, reuse=False, connections=32, answer_limit=1048576)
>>> HttpSettings().check("http://gateway.example/sms")
Traceback (most recent call last):
loansms.errors.ConfigurationError: provider address: expected https://, got http://; private_line=True takes it on a \
line of your own
"""

from __future__ import annotations

import ssl
from functools import cache
from urllib.parse import urlsplit

from attrs import field, frozen

from loansms.errors import ConfigurationError
from loansms.providers.trust import require_verification, trusted

ANSWER_LIMIT = 1024 * 1024  # bytes; the longest answers are pulls of a few hundred reports, some 100 kB


def _whole(_instance: object, attribute: object, value: int) -> None:
    if value < 1:
        name = getattr(attribute, "name", "")
        raise ConfigurationError(
            f"HttpSettings: {name}: expected a whole number from 1", f"HttpSettings：{name} 应为正整数"
        )


def _proxy(_instance: object, _attribute: object, value: str | None) -> None:
    if value is not None and urlsplit(value).scheme not in {"http", "https"}:
        raise ConfigurationError(
            "HttpSettings: proxy: expected http://HOST:PORT or https://HOST:PORT",
            "HttpSettings：proxy 应为 http://主机:端口 或 https://主机:端口",
        )


def _verifies(_instance: object, _attribute: object, value: ssl.SSLContext | None) -> None:
    if value is not None:
        require_verification(value)


@frozen(kw_only=True)
class HttpSettings:
    """Trust, proxy and bounds of one provider.

    ``ca_file`` is a PEM file of the only authorities to trust (a private CA); ``ssl_context`` a context of your own, for
    client certificates, which must verify. ``proxy`` is http://[USER:PASS@]HOST:PORT; proxies of the environment are not
    used. ``private_line`` takes plain http, for a gateway on a line of your own, and is kept readable. ``reuse`` keeps
    connections open between requests: faster, but an answer that a broken gateway sends twice may then reach the next
    request. ``connections``: how many requests are under way at once, ``answer_limit``: bytes of an answer that are read.
    """

    ca_file: str | None = None
    ssl_context: ssl.SSLContext | None = field(default=None, validator=_verifies, repr=False)
    proxy: str | None = field(default=None, validator=_proxy, repr=False)
    private_line: bool = False
    reuse: bool = False
    connections: int = field(default=32, validator=_whole)
    answer_limit: int = field(default=ANSWER_LIMIT, validator=_whole)

    def check(self, url: str) -> None:
        """Raise ConfigurationError, which names no address, unless `url` is https, or http on a private line."""
        scheme = urlsplit(url).scheme
        if scheme == "https" or (scheme == "http" and self.private_line):
            return
        if scheme == "http":
            raise ConfigurationError(
                "provider address: expected https://, got http://; private_line=True takes it on a line of your own",
                "通道地址应为 https://，实际为 http://；自有专线请设 private_line=True",
            )
        raise ConfigurationError(
            "provider address: expected https://host/path", "通道地址应为 https://主机/路径"
        )

    def trust(self) -> ssl.SSLContext:
        """Return the context connections verify with; raise ConfigurationError for a file that holds no certificate."""
        if self.ssl_context is not None:
            return self.ssl_context
        if self.ca_file is None:
            return _system_trust()
        return trusted(self.ca_file, "HttpSettings")


@cache
def _system_trust() -> ssl.SSLContext:
    # Reading the machine's authorities takes some 20 ms; every provider trusts the same ones.
    return trusted(None, "HttpSettings")
