"""Who owes, how they are reached, and what they have agreed to or refused."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from attrs import field, frozen

from loansms.errors import CallerError
from loansms.model.phone import PhoneNumber
from loansms.privacy import Secret


def _known_zones(_instance: object, _attribute: object, value: tuple[str, ...]) -> None:
    if not value or not set(value) <= _all_zones():
        raise CallerError(
            "zones: expected at least one IANA zone such as Asia/Shanghai",
            "zones：至少应有一个 Asia/Shanghai 之类的 IANA 时区",
        )


@cache
def _all_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@frozen(kw_only=True)
class Guarantor:
    """Someone who stands for another's debt; `consent` None means no consent to be texted was recorded."""

    phone: PhoneNumber
    name: Secret[str] | None = None
    consent: bool | None = None


@frozen(kw_only=True)
class Borrower:
    """A borrower as the book or an event describes them.

    ``zones`` are the IANA zones the person may be in, the likeliest first; more than one means the records
    conflict and every rule on hours must hold in all of them. ``consent_sms`` None means nothing was
    recorded. ``opted_out`` refuses all but codes, security alerts and notices the law requires.
    """

    borrower_id: str
    phone: PhoneNumber
    name: Secret[str] | None = None
    country: str
    region: str | None = None
    language: str
    zones: tuple[str, ...] = field(validator=_known_zones)
    consent_sms: bool | None = None
    consent_marketing: bool = False
    opted_out: bool = False

    def local_date(self, now: datetime) -> date:
        """Return the date of `now` where the borrower most likely is.

        >>> from loansms.model.examples import borrower
        >>> borrower(zones=("America/New_York",)).local_date(datetime.fromisoformat("2026-09-24T10:00:00+08:00"))
        datetime.date(2026, 9, 23)
        """
        return now.astimezone(ZoneInfo(self.zones[0])).date()

    def start_of(self, day: date) -> datetime:
        """Return the moment `day` begins where the borrower most likely is."""
        return datetime.combine(day, time.min, ZoneInfo(self.zones[0]))
