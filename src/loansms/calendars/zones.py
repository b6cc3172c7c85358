"""Where a person may be, by what the records say: every time zone that is plausible, the likeliest first.

Rules on hours must hold in all of them (12 CFR 1006.6(b)(1)(i) and comment 6(b)(1)(i)-2; house rule elsewhere).

* A zone the record states comes first, and an address adds nothing to it.
* Without one, the zones of the region are taken, without a region those of the country.
* The zones of the phone number are added: they agree, or they are a conflict that must be kept. A number that
  may be anywhere in a wide country (a Russian mobile, an American toll-free number) tells nothing where it
  agrees, and is left aside; where only the country is known, a number that places itself inside it decides.
* Zones that have shown one time since 2011 (America/Detroit and America/New_York) count once.
* Mainland China keeps one time, Asia/Shanghai, wherever the person lives.

Source of the zones of other countries: the Unicode CLDR, through babel.

>>> plausible_zones("US", "TX")
('America/Chicago', 'America/Denver')
>>> plausible_zones("US", "TX", stated="America/Chicago", phone=("America/New_York",))
('America/Chicago', 'America/New_York')
>>> plausible_zones("CN"), plausible_zones("IN")
(('Asia/Shanghai',), ('Asia/Kolkata',))
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, cast

from babel.core import get_global

from loansms.calendars.localtime import clock_of, zone
from loansms.calendars.main_zones import MAIN_ZONE
from loansms.calendars.states import ALL_STATES, zones_of_state
from loansms.calendars.year import ALIASES
from loansms.errors import CallerError

_UNPLACED: Final = "Etc/Unknown"  # what phonenumbers says of a number without a place
# An American area code lies in three zones at most; a number in more of them has no place.
_PLACED: Final = 3
_ONE_TIME: Final = {"CN": "Asia/Shanghai"}


def plausible_zones(
    country: str, region: str | None = None, stated: str | None = None, phone: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the IANA zones a person may be in, the likeliest first; never empty.

    `country` is ISO 3166, `region` a subdivision (known for the United States, elsewhere left aside), `stated`
    the zone on record, `phone` the zones of the number. CallerError for a name that is no IANA zone and for a
    country without a known zone.
    """
    return _plausible(country.strip().upper(), region or "", stated or "", tuple(phone))


@lru_cache(maxsize=8192)
def _plausible(country: str, region: str, stated: str, phone: tuple[str, ...]) -> tuple[str, ...]:
    code = ALIASES.get(country, country)
    by_region = zones_of_state(region) if code == "US" else ()
    by_phone = _distinct(_told_by_phone(code, phone))
    address = (zone(stated).key,) if stated else by_region or _zones_of_country(code)
    told = {clock_of(name) for name in by_phone}
    agreeing = [name for name in address if clock_of(name) in told]
    if agreeing and len(by_phone) > _PLACED:
        return address
    if agreeing and not (stated or by_region):
        return by_phone
    return _distinct((*agreeing, *address, *by_phone))


def _told_by_phone(country: str, phone: tuple[str, ...]) -> Iterable[str]:
    one_time = _ONE_TIME.get(country)
    for name in phone:
        if name == _UNPLACED:
            continue
        known = zone(name).key
        yield one_time if one_time and _territory(known) == country else known


def _zones_of_country(country: str) -> tuple[str, ...]:
    if country == "US":
        return ALL_STATES
    if country in _ONE_TIME:
        return (_ONE_TIME[country],)
    listed = get_global("territory_zones").get(country, ()) if len(country) == len("CN") else ()
    if not listed or country == "ZZ":
        raise CallerError(
            "country: expected an ISO 3166 code such as CN or US, of a country with a known time zone",
            "国家：应为 CN、US 之类的 ISO 3166 代码，且其时区已知",
        )
    main = (MAIN_ZONE[country],) if country in MAIN_ZONE else ()
    return _distinct((*main, *cast("Iterable[str]", listed)))


def _territory(name: str) -> str | None:
    return cast("str | None", get_global("zone_territories").get(name))


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Return the zones in order, but for those whose clock an earlier one shows already."""
    first: dict[object, str] = {}
    for name in names:
        first.setdefault(clock_of(name), name)
    return tuple(first.values())
