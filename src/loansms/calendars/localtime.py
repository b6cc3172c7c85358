"""Local wall-clock times as instants: what a zone's clock shows twice, and what it never shows.

Results are in UTC, so that they compare and subtract as instants: two aware datetimes that share one zone are
compared by Python as the clock shows them, which is wrong in the hour a clock is set back.

>>> gap = datetime(2026, 3, 8, 2, 30)                      # New York goes from 02:00 to 03:00 that night
>>> [at.isoformat() for at in instants(gap, zone("America/New_York"))]
['2026-03-08T07:00:00+00:00']
>>> fold = datetime(2026, 11, 1, 1, 30)                    # and shows 01:00 to 02:00 twice in November
>>> [at.isoformat() for at in instants(fold, zone("America/New_York"))]
['2026-11-01T05:30:00+00:00', '2026-11-01T06:30:00+00:00']
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from loansms.clock import require_aware
from loansms.errors import CallerError

_SECOND: Final = timedelta(seconds=1)
_WEEK: Final = timedelta(days=7)
_LAST_YEAR: Final = 2038  # where the transitions of many zone files end
# Names the database offers that are no place: the machine's own zone, and a marker of missing set-up.
_NO_PLACE: Final = frozenset({"localtime", "Factory", "posixrules"})


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_PLACE


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name; CallerError for any other text."""
    if name not in _known():
        raise CallerError(
            "zone: expected an IANA time zone such as Asia/Shanghai or America/New_York",
            "时区：应为 Asia/Shanghai、America/New_York 之类的 IANA 时区名",
        )
    return ZoneInfo(name)


def instants(wall: datetime, within: tzinfo) -> tuple[datetime, ...]:
    """Return the instants (UTC, in order) at which the clock of a zone shows `wall`, a naive time.

    One as a rule, two when the clock is set back over it; when it is set forward over it, the instant of that
    change, at which the clock first shows a later time.
    """
    early, late = (wall.replace(tzinfo=within, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return (early,)
    if early < late:
        return early, late
    # In a gap the two readings change places, and the change lies between them.
    return (change(late, early, within) or early,)


def change(after: datetime, until: datetime, within: tzinfo) -> datetime | None:
    """Return the instant in (after, until] from which a zone has another offset than at `after`, or None.

    Both are in UTC and at most a week apart: a change undone between them is not seen.
    """
    before = after.astimezone(within).utcoffset()
    if until.astimezone(within).utcoffset() == before:
        return None
    # Offsets change on whole seconds of the instant.
    low, high = after.replace(microsecond=0), until.replace(microsecond=0)
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
        if middle.astimezone(within).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=1024)
def clock_of(name: str) -> tuple[tuple[datetime, timedelta | None], ...]:
    """Return what a zone's clock shows from 2011 to 2037: each change (UTC) and the offset from then on.

    Two zones with equal answers show the same time throughout, whatever their names.
    """
    within = zone(name)
    at = datetime(2011, 1, 1, tzinfo=UTC)
    shown = [(at, at.astimezone(within).utcoffset())]
    while at.year < _LAST_YEAR:
        changed = change(at, at + _WEEK, within)
        if changed:
            shown.append((changed, changed.astimezone(within).utcoffset()))
        at += _WEEK
    return tuple(shown)


def start_of_local_day(now: datetime, zone_name: str) -> datetime:
    """Return the first instant (UTC) of the day that `now` falls on in that zone, midnight or later."""
    within = zone(zone_name)
    return instants(_midnight(_local_day(now, within)), within)[0]


def end_of_local_day(now: datetime, zone_name: str) -> datetime:
    """Return the first instant (UTC) of the next day in that zone: the day ends just before it."""
    within = zone(zone_name)
    found = instants(_midnight(_local_day(now, within) + timedelta(days=1)), within)
    return next(at for at in found if at > now)


def _local_day(now: datetime, within: tzinfo) -> date:
    return require_aware(now).astimezone(within).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
