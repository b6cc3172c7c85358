"""The stretch of time a cap counts in: a local day, days in a row, a rolling length, or since a revocation.

>>> from datetime import UTC
>>> now = datetime(2026, 9, 24, 12, tzinfo=UTC)
>>> Period(kind="rolling", hours=1).since(now, "UTC").isoformat()
'2026-09-24T11:00:00.000001+00:00'
>>> Period(kind="consecutive_calendar_days", days=7).since(now, "UTC").isoformat()
'2026-09-18T00:00:00+00:00'
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from attrs import frozen

from loansms.errors import CallerError

_TICK = timedelta(microseconds=1)
_MIDNIGHT = time()


@frozen(kw_only=True)
class Period:
    """`rolling` counts back from now, `calendar` is the local day, consecutive days are local days.

    A rolling period is `days`, `hours` and `minutes` together. ``per_revocation`` has no length: it began
    when the person last took back a consent, and ends never.
    """

    kind: Literal["rolling", "calendar", "consecutive_calendar_days", "per_revocation"]
    days: int | None = None
    hours: int | None = None
    minutes: int | None = None

    def __attrs_post_init__(self) -> None:
        given = [one for one in (self.days, self.hours, self.minutes) if one is not None]
        if any(one < 1 for one in given):
            raise CallerError("period: expected whole numbers from 1 on", "period：应为不小于 1 的整数")
        if self.kind == "rolling":
            return
        if self.hours or self.minutes:
            raise CallerError(
                "period: hours and minutes are for kind rolling alone; leave them out",
                "period：hours 与 minutes 只用于 kind = rolling",
            )
        if self.kind == "per_revocation" and given:
            raise CallerError(
                "period: expected no length for kind per_revocation",
                "period：kind = per_revocation 时不应给出长度",
            )
        if self.kind == "calendar" and self.days not in (None, 1):
            raise CallerError("period.days: expected 1 for a calendar day", "period.days：自然日应为 1")

    @property
    def days_long(self) -> int:
        """The number of local days; 1 where the pack names none."""
        return self.days or 1

    @cached_property
    def length(self) -> timedelta | None:
        """How long a rolling period is; None for one that follows the calendar or a revocation."""
        if self.kind != "rolling":
            return None
        told = timedelta(days=self.days or 0, hours=self.hours or 0, minutes=self.minutes or 0)
        return told or timedelta(days=1)

    @cached_property
    def reach(self) -> timedelta | None:
        """How long before now it begins at most, in any zone; None for one that a revocation began."""
        if self.kind == "per_revocation":
            return None
        # The day is that of the place, and a clock that is set makes one longer.
        return self.length or timedelta(days=self.days_long + 1)

    def since(self, now: datetime, zone: str) -> datetime:
        """Return the first instant whose contacts count; of a revocation the caller knows it."""
        if self.length is not None:
            # One tick in: a message exactly `length` ago has left the period.
            return now.astimezone(UTC) - self.length + _TICK
        return midnight(now, zone, 1 - self.days_long)

    def leaves(self, at: datetime, zone: str) -> datetime | None:
        """Return when a contact made at `at` no longer counts; None when it always will."""
        if self.length is not None:
            return (at.astimezone(UTC) + self.length).astimezone(ZoneInfo(zone))
        return None if self.kind == "per_revocation" else midnight(at, zone, self.days_long)


def midnight(now: datetime, zone: str, days: int) -> datetime:
    """Return the start of the local day `days` after that of `now`."""
    place = ZoneInfo(zone)
    local = now.astimezone(place).date() + timedelta(days=days)
    return datetime.combine(local, _MIDNIGHT, place)
