"""Codecs over HTTP (extra `http`): `http_provider(codec)` and `async_http_provider(codec)`.

A gateway's codec is pure; here it meets the network. TLS is always verified, a plain http address is refused unless the
line is the lender's own, and whether a message left is never guessed: see `HttpProvider.submit`.
"""

from loansms.providers._async.http import AsyncHttpProvider
from loansms.providers._async.http_abilities import async_http_provider
from loansms.providers._sync.http import HttpProvider
from loansms.providers._sync.http_abilities import http_provider
from loansms.providers.http_answers import UNREADABLE, by_status, retry_after
from loansms.providers.http_settings import HttpSettings

__all__ = [
    "UNREADABLE",
    "AsyncHttpProvider",
    "HttpProvider",
    "HttpSettings",
    "async_http_provider",
    "by_status",
    "http_provider",
    "retry_after",
]
