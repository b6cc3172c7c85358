"""When a person may be contacted: hours of a day in their zone, by weekday and kind of day.

An entry speaks of the clock on the person's wall. Its ends are read by the minute: `to_inclusive` takes in the
whole closing minute (21:00 inclusive is open until just before 21:01:00, 21:59:59 inclusive until just before
22:00:00), `from_inclusive=False` leaves out the whole opening minute. An entry that ends at or before its
start runs over midnight, and belongs by weekday and kind to the day it opens on; 00:00 to 00:00 is the whole
day. A special closed day is closed from midnight to midnight, also to what came over from the day before, and
nothing opens on it that would run on into the next.

>>> from loansms.calendars.workdays import calendar_for
>>> weekdays = WindowEntry(frozenset(range(5)), time(8), time(21), to_inclusive=True)
>>> window = ZonedWindow((weekdays,), ("America/New_York", "America/Los_Angeles"))
>>> late_on_friday = datetime.fromisoformat("2026-09-25T21:05:00-04:00")
>>> is_open([window], late_on_friday)
False
>>> next_open([window], late_on_friday).isoformat()        # Monday 08:00 in Los Angeles
'2026-09-28T15:00:00+00:00'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal, Protocol, TypeAlias

from attrs import field, frozen

from loansms.calendars.localtime import change, instants, zone
from loansms.calendars.workdays import WorkCalendar
from loansms.clock import require_aware
from loansms.errors import CallerError

DayKind: TypeAlias = Literal["any", "workday", "off"]
EVERY_DAY: Final = frozenset(range(7))
"""All seven weekdays, Monday = 0."""

_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


class Days(Protocol):
    """A set of days, asked by ``in``: a frozenset of dates, or anything that answers for a date."""

    def __contains__(self, day: date, /) -> bool:
        """Whether `day` is one of them."""
        ...


@frozen
class _Chosen:
    """The days a function says yes to."""

    chosen: Callable[[date], bool]

    def __contains__(self, day: date, /) -> bool:
        return self.chosen(day)


def _as_days(given: Days | Callable[[date], bool]) -> Days:
    return _Chosen(given) if callable(given) else given


def _weekdays(_instance: object, _attribute: object, value: frozenset[int]) -> None:
    if not value <= EVERY_DAY:
        raise CallerError(
            "days: expected weekdays 0 (Monday) to 6 (Sunday)", "days：应为 0（周一）至 6（周日）"
        )


@frozen(cache_hash=True)
class WindowEntry:
    """Open from `start` to `end` on `days` (Monday = 0) of a kind: any, workday, or off (weekends, holidays)."""

    days: frozenset[int] = field(validator=_weekdays)
    start: time
    end: time
    from_inclusive: bool = True
    to_inclusive: bool = False
    day_kind: DayKind = "any"

    def bounds(self) -> tuple[timedelta, timedelta]:
        """Return opening and closing as time since midnight of the opening day: [opening, closing)."""
        opening, closing = _since_midnight(self.start), _since_midnight(self.end)
        over_midnight = self.end < self.start or (self.end == self.start and not self.to_inclusive)
        if self.to_inclusive:
            closing = closing // _MINUTE * _MINUTE + _MINUTE
        if over_midnight:
            closing += _DAY
        if not self.from_inclusive:
            opening = opening // _MINUTE * _MINUTE + _MINUTE
        return opening, closing


ALL_DAY: Final = WindowEntry(EVERY_DAY, time(), time())
"""The window that is never shut: every weekday, from midnight to midnight."""


@frozen(cache_hash=True)
class ZonedWindow:
    """Entries (any of them opens) on the wall clocks of `zones` (all must agree), less the days `closed_on`.

    `calendar` tells workdays from days off and is needed by an entry of such a kind; days of a year without
    its plan are taken as `WorkCalendar.day` says. No entries means never open. What `closed_on` says of a day
    it says of it always: the hours of a day are kept.
    """

    entries: tuple[WindowEntry, ...]
    zones: tuple[str, ...]
    calendar: WorkCalendar | None = None
    closed_on: Days = field(factory=frozenset[date], converter=_as_days)

    def __attrs_post_init__(self) -> None:
        if not self.zones:
            raise CallerError(
                "zones: expected at least one IANA zone such as Asia/Shanghai",
                "zones：至少应有一个 IANA 时区",
            )
        for name in self.zones:
            zone(name)
        if self.calendar is None and any(entry.day_kind != "any" for entry in self.entries):
            raise CallerError(
                "calendar: an entry for workdays or days off needs a calendar",
                "calendar：区分工作日与休息日的时段需要日历",
            )


def is_open(windows: Sequence[ZonedWindow], at: datetime) -> bool:
    """Whether every window is open in every one of its zones at `at` (aware); no windows, always."""
    return not closed(windows, at)


def closed(windows: Iterable[ZonedWindow], at: datetime) -> frozenset[ZonedWindow]:
    """Return those of the windows that are not open at `at` (aware) in every one of their zones.

    >>> closed([ZonedWindow((ALL_DAY,), ("Asia/Shanghai",))], datetime.fromisoformat("2026-09-25T21:05:00+08:00"))
    frozenset()
    """
    require_aware(at, "at")
    # In UTC no two instants look alike; on a wall clock two do when it is set back.
    now = at.astimezone(UTC)
    walls: dict[str, tuple[date, timedelta]] = {}
    return frozenset([window for window in windows if not _is_open(window, now, walls)])


def next_open(
    windows: Sequence[ZonedWindow], now: datetime, within: timedelta = timedelta(days=31)
) -> datetime | None:
    """Return the first instant from `now` on at which all are open, or None when there is none `within`.

    It is `now` itself, unchanged, when all are open, else a later instant in UTC. Clocks set forward or back
    are followed: what would open in a skipped hour opens when the skip is over.
    """
    if is_open(windows, now):
        return now
    # All that is open at once began somewhere: where a window opens, a day begins or a clock is set. Only
    # those instants are tried, a day's worth at a time.
    after = now.astimezone(UTC)
    last = after + within
    while after < last:
        until = min(after + _DAY, last)
        for at in sorted({at for at in _beginnings(windows, after, until) if after < at <= until}):
            if is_open(windows, at):
                return at
        after = until
    return None


def _is_open(window: ZonedWindow, now: datetime, walls: dict[str, tuple[date, timedelta]]) -> bool:
    """Whether a window is open; `walls` keeps what the wall clock of each zone shows at `now`."""
    for name in window.zones:
        wall = walls.get(name)
        if wall is None:
            wall = walls[name] = _wall(now, name)
        today, passed = wall
        for opening, closing in _stretches(window, today):
            if opening <= passed < closing:
                break
        else:
            return False
    return True


# Whatever the moment, a window has the same hours all day; a book is judged against a few windows.
@lru_cache(maxsize=4096)
def _stretches(window: ZonedWindow, today: date) -> tuple[tuple[timedelta, timedelta], ...]:
    """Return when the window is open by the wall clock of `today`, as times since midnight: [opening, closing)."""
    if today in window.closed_on:
        return ()
    return tuple(
        (opening - late, closing - late)
        for entry in window.entries
        for opening, closing in (_bounds(entry),)
        for day, late in ((today, timedelta()), (today - _DAY, _DAY))
        if closing > late and _opens_on(window, entry, day)
    )


@lru_cache(maxsize=1024)
def _wall(at: datetime, name: str) -> tuple[date, timedelta]:
    """Return the day and the time since midnight that the wall clock of a zone shows: many windows ask for one."""
    wall = at.astimezone(zone(name))
    return wall.date(), _since_midnight(wall.time())


def _opens_on(window: ZonedWindow, entry: WindowEntry, day: date) -> bool:
    if day.weekday() not in entry.days or day in window.closed_on:
        return False
    if entry.day_kind == "any" or window.calendar is None:
        return True
    return window.calendar.day(day).off == (entry.day_kind == "off")


def _beginnings(windows: Sequence[ZonedWindow], after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the instants of (after, until] at which something may open, and some around them."""
    for name in {name for window in windows for name in window.zones}:
        within = zone(name)
        changed = change(after, until, within)
        if changed:
            yield changed
        openings = {timedelta()} | {
            _bounds(entry)[0] for window in windows if name in window.zones for entry in window.entries
        }
        first, last = after.astimezone(within).date(), until.astimezone(within).date()
        for number in range((last - first).days + 1):
            midnight = datetime.combine(first + number * _DAY, time())
            for opening in openings:
                yield from instants(midnight + opening, within)


@lru_cache(maxsize=1024)
def _bounds(entry: WindowEntry) -> tuple[timedelta, timedelta]:
    return entry.bounds()


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
