"""The failure budget of one (subject, action): what survives a resend, a new code, another channel, a restart.

At most `failures` wrong codes in a `window`, at most `ceiling` in 24 hours whatever happens; a right code
begins the window anew but gives nothing of the 24 hours back. So that a stranger cannot lock a borrower out:
the last `reserve` of the ceiling belong to devices that gave a right code before, and beyond a full window each
device keeps a small `lane` for codes it asked for itself (a known device: for any code of its subject).
Ten failures in 24 hours against six digits are a chance of 1 in 100,000 a day.

Sources: NIST SP 800-63B-4 (a new code does not reset the count), PSD2 RTS art. 4 (five failures within a given
period, then blocked), RFC 4226 7.3 (across sessions, against parallel guessing).

>>> limits = FailureLimits(failures=2, window=60, ceiling=5, reserve=1, lane=1)
>>> budget = Budget(failures=((1, "a"), (2, "a")))
>>> budget.locked_until(limits, now=3, device="b", own=True) is None
True
>>> budget.locked_until(limits, now=3, device="a", own=True)
61
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, field, frozen

SECOND = 1_000_000
"""One second in the whole microseconds of every time here."""

DAY = 86_400 * SECOND


@frozen(kw_only=True)
class FailureLimits:
    """The numbers of a budget; `window` and `known_for` in microseconds.

    ``known`` is how many devices are remembered, the most recent ones; ``known_for`` for how long.
    """

    failures: int
    window: int
    ceiling: int
    reserve: int
    lane: int
    known: int = 5
    known_for: int = 90 * DAY


@frozen(kw_only=True)
class Budget:
    """What is remembered of one (subject, action).

    ``failures``: when and on which device ("" = none told), oldest first, at most `ceiling`. ``cleared``: the
    last right code. ``known``: devices that gave a right code, and when. ``newest``: per line the challenge id
    that supersedes the others, and when the last of that line expires.
    """

    failures: tuple[tuple[int, str], ...] = ()
    cleared: int = 0
    known: Mapping[str, int] = field(factory=dict[str, int])
    newest: Mapping[str, tuple[str, int]] = field(factory=dict[str, tuple[str, int]])

    def locked_until(self, limits: FailureLimits, now: int, device: str, own: bool) -> int | None:
        """Return when a code from `device` may be compared again, None when it may now.

        `own`: the device asked for this very code. Failures in the future (a clock stepped back) still count.
        """
        if not self.failures:
            return None
        day = [(at, by) for at, by in self.failures if at > now - DAY]
        recent = [at for at, _ in day if at > now - limits.window and at > self.cleared]
        known = self._knows(device, limits, now)
        most = limits.ceiling if known else limits.ceiling - limits.reserve
        day_free = day[len(day) - most][0] + DAY if len(day) >= most else now
        if len(recent) < limits.failures:
            opens = now
        else:
            opens = recent[len(recent) - limits.failures] + limits.window
            if device and limits.lane and (known or own):
                mine = [at for at, by in day if by == device]
                lane_free = mine[len(mine) - limits.lane] + DAY if len(mine) >= limits.lane else now
                opens = min(opens, lane_free)
        until = max(day_free, opens)
        return until if until > now else None

    def failed(self, limits: FailureLimits, now: int, device: str) -> Budget:
        """Return the budget with one more failure."""
        # In order of time, not of arrival: after a clock stepped back the cut must not lose one that still counts.
        return evolve(self, failures=tuple(sorted((*self.failures, (now, device))))[-limits.ceiling :])

    def passed(self, limits: FailureLimits, now: int, device: str) -> Budget:
        """Return the budget after a right code: the window begins anew, the device is known."""
        known: Mapping[str, int] = self.known
        if device:
            since = now - limits.known_for
            kept = {by: at for by, at in known.items() if at > since and by != device}
            kept[device] = now
            known = kept if len(kept) <= limits.known else _latest(kept, limits.known)
        return Budget(failures=self.failures, cleared=now, known=known, newest=self.newest)

    def issued(self, line: str, challenge_id: str, expires_at: int, now: int) -> Budget:
        """Return the budget with the newest challenge of `line`; lines on which none lives are forgotten."""
        newest: dict[str, tuple[str, int]] = {}
        lives = expires_at
        for on, one in self.newest.items():
            if on == line:
                # An older challenge may outlive the one that supersedes it.
                lives = max(lives, one[1])
            elif one[1] > now:
                newest[on] = one
        newest[line] = (challenge_id, lives)
        return Budget(failures=self.failures, cleared=self.cleared, known=self.known, newest=newest)

    def superseded(self, line: str, challenge_id: str) -> bool:
        """Return whether a newer challenge of the same line was opened; one that is void by now counts too."""
        return self.newest.get(line, (challenge_id, 0))[0] != challenge_id

    def _knows(self, device: str, limits: FailureLimits, now: int) -> bool:
        at = self.known.get(device)
        return at is not None and at > now - limits.known_for


def _latest(known: Mapping[str, int], most: int) -> dict[str, int]:
    rising = sorted(known.items(), key=lambda one: (one[1], one[0]))
    return dict(rising[len(rising) - most :])
