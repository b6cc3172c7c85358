"""How a gateway writes times: seconds, milliseconds, ISO 8601, or a pattern of digits with the zone it is meant in.

>>> from datetime import UTC, datetime
>>> at = datetime(2026, 9, 24, 2, 0, 5, tzinfo=UTC)
>>> TimeFormat.parse("%Y-%m-%d %H:%M:%S", "Asia/Shanghai").write(at)
'2026-09-24 10:00:05'
>>> TimeFormat.parse("%y%m%d%H%M").read("2609240200")
datetime.datetime(2026, 9, 24, 2, 0, tzinfo=zoneinfo.ZoneInfo(key='UTC'))
>>> TimeFormat.parse("unix_ms").write(at), TimeFormat.parse("unix").read("1e99")
(1790215205000, None)
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import field, frozen

# What a pattern may hold: no names of days and months, which depend on the machine's language.
_PATTERN = re.compile(r"(?:%[YymdHMSfzjT]|[^%\w]|T|Z)+")
_WORDS = {"unix", "unix_ms", "unix_text", "iso8601"}
# Seconds of the years 1970 to 9999, which datetime can hold in any zone.
_LAST = 253_370_764_800
_EXPECTED = "expected unix, unix_ms, unix_text, iso8601 or a pattern such as %Y-%m-%d %H:%M:%S"


@frozen
class TimeFormat:
    """One way of writing a time; `zone` is that of a pattern which names none itself."""

    pattern: str = "iso8601"
    zone: ZoneInfo = field(factory=lambda: ZoneInfo("UTC"))

    @classmethod
    def parse(cls, pattern: str, zone: str = "UTC") -> TimeFormat:
        """Read a format, or ValueError."""
        if pattern not in _WORDS and not _PATTERN.fullmatch(pattern):
            raise ValueError(_EXPECTED)
        return cls(pattern, zone_of(zone))

    def write(self, at: datetime) -> str | int:
        """Return `at` in the gateway's way."""
        if self.pattern == "unix":
            return int(at.timestamp())
        if self.pattern == "unix_text":
            return str(int(at.timestamp()))
        if self.pattern == "unix_ms":
            return int(at.timestamp() * 1000)
        if self.pattern == "iso8601":
            return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return at.astimezone(self.zone).strftime(self.pattern)

    def read(self, told: str) -> datetime | None:
        """Return the aware time `told` means, None where it means none."""
        try:
            if self.pattern.startswith("unix"):
                seconds = int(told) / 1000 if self.pattern == "unix_ms" else int(told)
                return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LAST else None
            iso = self.pattern == "iso8601"
            read = datetime.fromisoformat(told) if iso else datetime.strptime(told, self.pattern)  # noqa: DTZ007
            aware = read if read.utcoffset() is not None else read.replace(tzinfo=self.zone)
            return aware if 0 < aware.timestamp() < _LAST else None
        except (ValueError, OverflowError):
            return None


def zone_of(name: str) -> ZoneInfo:
    """Return the zone, or ValueError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("expected a zone such as Asia/Shanghai") from None
