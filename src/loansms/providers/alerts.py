"""Alerts to operators: a provider rests, a balance is gone. Never anything about a person, and never in anybody's way.

>>> from datetime import UTC, datetime
>>> from loansms.providers.router import RouteAlert
>>> told_of(RouteAlert("line-a", "balance", datetime(2026, 9, 24, 2, tzinfo=UTC)))
('loansms: line-a rests', 'line-a is not asked for a while since 2026-09-24T02:00:00+00:00: its balance is used up.')
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Any

from loansms.errors import MissingExtra
from loansms.privacy import Secret

if TYPE_CHECKING:
    from loansms.providers.router import RouteAlert

_WHY: Mapping[str, str] = {
    "auth_error": "its key, address or permission is refused",
    "secret": "our name, key or secret is refused",
    "address": "our address is not allowed there",
    "version": "it does not speak our version of the protocol",
    "clock": "our signature is out of its time: see that the clock is right",
    "permission": "the account or application may not do this",
    "connections": "it has as many connections of ours as it takes",
    "balance": "its balance is used up",
    "failures": "too many failures in a row",
}
_REPORTS: Mapping[str, str] = {"receipts": "receipts", "inbound": "replies"}
_WAITING = 100  # alerts that wait to go out: more than that says nothing new


def told_of(alert: RouteAlert) -> tuple[str, str]:
    """Return title and text of an alert: a provider's name, a time and a word."""
    why = _WHY.get(alert.why, alert.why)
    since = alert.at.isoformat()
    if alert.why in _REPORTS:
        return (
            f"loansms: {alert.provider} tells no reports",
            f"{alert.provider} could not be asked for its {_REPORTS[alert.why]} at {since}.",
        )
    return (
        f"loansms: {alert.provider} rests",
        f"{alert.provider} is not asked for a while since {since}: {why}.",
    )


class AppriseAlerts:
    """Sends alerts through apprise to the addresses given (they hold secrets, so they are Secrets), on a thread of its own.

    Give it to a router: ``alert=AppriseAlerts([Secret("mailto://...")])``. It never blocks and never raises: what cannot be
    sent, and what comes while a hundred wait, is counted in ``lost``. Raise MissingExtra without the extra `apprise`.
    """

    def __init__(self, addresses: list[Secret[str]], sender: Any = None) -> None:
        self.lost: int = 0
        self._sender = sender if sender is not None else _apprise(addresses)
        self._queue: Queue[RouteAlert] = Queue(_WAITING)
        self._over = threading.Event()
        self._thread = self._started()

    def _started(self) -> threading.Thread:
        thread = threading.Thread(target=self._work, daemon=True)
        thread.start()
        return thread

    def __call__(self, alert: RouteAlert) -> None:
        """Take an alert; it goes out later."""
        try:
            self._queue.put_nowait(alert)
        except Full:
            self.lost += 1
        if not self._thread.is_alive():
            self._thread = self._started()

    def close(self) -> None:
        """Send what waits, and stop."""
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        while not (self._over.is_set() and self._queue.empty()):
            try:
                alert = self._queue.get(timeout=0.1)
            except Empty:
                continue
            title, body = told_of(alert)
            sent = False
            try:
                sent = bool(self._sender.notify(title=title, body=body))
            finally:
                # What is raised ends this thread and is shown as any thread's; the next alert begins another.
                self.lost += not sent


def _apprise(addresses: list[Secret[str]]) -> Any:
    try:
        import apprise  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("apprise", "alerts to operators") from None
    made: Any = apprise.Apprise()
    for one in addresses:
        made.add(one.reveal())
    return made
