"""What an HTTP answer means when the codec could not read it, and how long a gateway asks to be left alone.

The line this library draws between "not sent" and "nobody knows": before any byte of the request left, the message is
Rejected and may be tried again; after it, only a readable answer says more than Unknown.

>>> by_status(HttpResponse(401)), by_status(HttpResponse(502))
(Rejected(code='http_401', retryable=True), Unknown(cause='http_502'))
>>> by_status(HttpResponse(200))
Unknown(cause='unreadable_answer')
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from attrs import evolve, frozen

from loansms.model import OutcomeClass, Rejected, SubmitResult, Unknown
from loansms.providers.codec import HttpResponse

UNREADABLE = "unreadable_answer"
"""The cause a codec gives with Unknown when it cannot read an answer: the status then decides."""

_REFUSED = {
    401: OutcomeClass.AUTH_ERROR,
    403: OutcomeClass.AUTH_ERROR,
    429: OutcomeClass.RATE_LIMITED,
}
_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)


@frozen
class NotSent:
    """No byte of the request left this machine; `code` is our word for why."""

    code: str

    def result(self) -> Rejected:
        """Return what that makes of a message: refused for a passing reason."""
        return Rejected(self.code, True, OutcomeClass.FAILED_RETRYABLE)


@frozen
class Lost:
    """The request, or part of it, left, and no whole answer came; `cause` is our word for why."""

    cause: str

    def result(self) -> Unknown:
        """Return what that makes of a message: nobody knows."""
        return Unknown(self.cause)


def by_status(response: HttpResponse, now: datetime | None = None) -> SubmitResult:
    """Return what an answer means by its status alone, for a codec that cannot read the rest.

    401 and 403 are a fault of access, 429 a rate limit with its Retry-After (a date is counted from `now`, aware).
    Everything else is Unknown: a 5xx, a redirect (never followed) and a 2xx that says nothing readable.
    """
    kind = _REFUSED.get(response.status)
    if kind is not None:
        wait = retry_after(response.headers, now) if kind is OutcomeClass.RATE_LIMITED else None
        return Rejected(f"http_{response.status}", True, kind, wait)
    if 200 <= response.status < 300:
        return Unknown(UNREADABLE)
    return Unknown(f"http_{response.status}")


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> timedelta | None:
    """Return how long Retry-After asks to wait (RFC 9110, section 10.2.3), None where it says nothing readable.

    >>> retry_after({"retry-after": "120"})
    datetime.timedelta(seconds=120)
    >>> from datetime import UTC
    >>> retry_after({"retry-after": "Thu, 24 Sep 2026 02:00:30 GMT"}, datetime(2026, 9, 24, 2, tzinfo=UTC))
    datetime.timedelta(seconds=30)
    """
    told = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(told):
        return timedelta(seconds=int(told))
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return None
    if now is None or until.tzinfo is None:
        return None
    return max(timedelta(0), until - now)


def settled(result: SubmitResult, response: HttpResponse, now: datetime) -> SubmitResult:
    """Return what a codec read, completed by the status: an unread answer goes by it, a rate limit gets its wait."""
    match result:
        case Unknown(cause=cause) if cause == UNREADABLE:
            return by_status(response, now)
        case Rejected(kind=OutcomeClass.RATE_LIMITED, retry_after=None):
            return evolve(result, retry_after=retry_after(response.headers, now))
        case _:
            return result
