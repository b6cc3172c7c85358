"""When a road is not taken for a while: at once where it lets nobody in or its balance is gone, after a run of failures otherwise.

>>> from datetime import UTC, datetime
>>> from loansms.model import OutcomeClass, Rejected
>>> now = datetime(2026, 9, 24, tzinfo=UTC)
>>> breaker = Breaker()
>>> breaker.note("line-a", Rejected("3", True, OutcomeClass.BALANCE), now)
'balance'
>>> breaker.closed(now), breaker.closed(now + timedelta(minutes=5))
(frozenset({'line-a'}), frozenset())
>>> breaker.note("line-b", Rejected("login_2", True, OutcomeClass.FAILED_RETRYABLE, access="connections"), now)
'connections'
>>> breaker.closed(now + timedelta(minutes=1))
frozenset({'line-a'})
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from attrs import define, field

from loansms.model import Accepted, OutcomeClass, Rejected, SubmitResult, Unknown

_AT_ONCE = {OutcomeClass.AUTH_ERROR: "auth_error", OutcomeClass.BALANCE: "balance"}
# What is right again by itself: a line that was full, a request that was signed too late.
_SOON = {"connections", "clock"}


@define
class Breaker:
    """What is known of each provider. ``failures`` in a row keep it away for ``rest``, a bad key or balance for ``long_rest``,
    a line that is full and a clock that is wrong for ``rest`` at once.

    After its rest a provider is tried with one message, while the others wait for its answer; one failure more and it rests
    again. It is told of once, until it works again. House values.
    """

    failures: int = 10
    rest: timedelta = timedelta(seconds=30)
    long_rest: timedelta = timedelta(minutes=5)
    _run: dict[str, int] = field(factory=dict[str, int], init=False)
    _until: dict[str, datetime] = field(factory=dict[str, datetime], init=False)
    _bad: set[str] = field(factory=set[str], init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def closed(self, now: datetime) -> frozenset[str]:
        """Return the providers that are not to be asked at `now`."""
        with self._lock:
            return frozenset(name for name, until in self._until.items() if now < until)

    def probe(self, provider: str, now: datetime) -> bool:
        """Return whether a message may go by `provider` at `now`: after its rest one goes, the others wait for its answer."""
        with self._lock:
            until = self._until.get(provider)
            if until is None:
                return True
            if now < until:
                return False
            self._until[provider] = now + self.rest
            return True

    def note(self, provider: str, result: SubmitResult, now: datetime) -> str | None:
        """Take an answer into account; return why the provider rests from now on.

        "balance", "failures", or what was wrong with our access: `Rejected.access`, "auth_error" where nobody knows.
        """
        with self._lock:
            return self._noted(provider, result, now)

    def _noted(self, provider: str, result: SubmitResult, now: datetime) -> str | None:
        at_once = _at_once(result)
        if at_once is not None:
            resting = provider in self._bad
            self._bad.add(provider)
            self._until[provider] = now + (self.rest if at_once in _SOON else self.long_rest)
            self._run[provider] = self.failures - 1
            return None if resting else at_once
        if not _failed(result):
            self._run.pop(provider, None)
            self._until.pop(provider, None)
            self._bad.discard(provider)
            return None
        run = self._run.get(provider, 0) + 1
        self._run[provider] = min(run, self.failures - 1)
        if run < self.failures:
            return None
        resting = provider in self._bad
        self._bad.add(provider)
        self._until[provider] = now + self.rest
        return None if resting else "failures"


def _at_once(result: SubmitResult) -> str | None:
    if not isinstance(result, Rejected) or result.kind is None:
        return None
    return result.access or _AT_ONCE.get(result.kind)


def _failed(result: SubmitResult) -> bool:
    """Whether an answer speaks against the road, and not against the message."""
    if isinstance(result, Unknown):
        return True
    if isinstance(result, Accepted):
        return False
    return result.kind is OutcomeClass.FAILED_RETRYABLE or (result.kind is None and result.retryable)
