"""Every zone a person may be in is kept, and none that the records rule out."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.timezone import time_zones_for_number

from loansms.calendars import plausible_zones
from loansms.calendars.main_zones import MAIN_ZONE
from loansms.calendars.states import ALL_STATES, zones_of_state

STATES = [
    "AK",
    "AL",
    "AR",
    "AZ",
    "CA",
    "CO",
    "CT",
    "DC",
    "DE",
    "FL",
    "GA",
    "HI",
    "IA",
    "ID",
    "IL",
    "IN",
    "KS",
    "KY",
    "LA",
    "MA",
    "MD",
    "ME",
    "MI",
    "MN",
    "MO",
    "MS",
    "MT",
    "NC",
    "ND",
    "NE",
    "NH",
    "NJ",
    "NM",
    "NV",
    "NY",
    "OH",
    "OK",
    "OR",
    "PA",
    "RI",
    "SC",
    "SD",
    "TN",
    "TX",
    "UT",
    "VA",
    "VT",
    "WA",
    "WI",
    "WV",
    "WY",
]


def phone_zones(number: str) -> tuple[str, ...]:
    return tuple(time_zones_for_number(phonenumbers.parse(number)))


def test_every_state_has_zones_and_they_exist() -> None:
    assert len(STATES) == 51
    for state in STATES:
        zones = zones_of_state(state)
        assert zones
        assert all(ZoneInfo(name) for name in zones)


@pytest.mark.parametrize(
    "state", ["IN", "KY", "TN", "FL", "TX", "ND", "SD", "NE", "KS", "ID", "OR", "MI", "AK", "AZ"]
)
def test_a_state_of_two_zones_has_both(state: str) -> None:
    assert len(plausible_zones("US", state)) == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"country": "US", "region": "NY"}, ("America/New_York",)),
        ({"country": "us", "region": "us-tx"}, ("America/Chicago", "America/Denver")),
        ({"country": "US"}, ALL_STATES),
        ({"country": "US", "region": "Bavaria"}, ALL_STATES),
        ({"country": "CN"}, ("Asia/Shanghai",)),
        ({"country": "CN", "region": "Xinjiang"}, ("Asia/Shanghai",)),
        ({"country": "CN", "phone": ("Asia/Urumqi",)}, ("Asia/Shanghai",)),
        ({"country": "UK"}, ("Europe/London",)),
        ({"country": "HK"}, ("Asia/Hong_Kong",)),
        # A stated zone stands; the region adds nothing to it.
        ({"country": "US", "region": "TX", "stated": "America/Chicago"}, ("America/Chicago",)),
        # A number elsewhere is a conflict, and both are kept, the stated one first.
        (
            {"country": "US", "stated": "America/New_York", "phone": ("America/Los_Angeles",)},
            ("America/New_York", "America/Los_Angeles"),
        ),
        (
            {"country": "US", "region": "NY", "phone": ("America/Los_Angeles",)},
            ("America/New_York", "America/Los_Angeles"),
        ),
        # An area code over two zones leaves both open.
        (
            {"country": "US", "stated": "America/Anchorage", "phone": ("America/Adak", "America/Anchorage")},
            ("America/Anchorage", "America/Adak"),
        ),
        # The zone of the number is the likelier of the region's.
        (
            {"country": "US", "region": "TX", "phone": ("America/Denver",)},
            ("America/Denver", "America/Chicago"),
        ),
        # Where only the country is known, a number inside it decides, one outside it is added.
        ({"country": "US", "phone": ("America/Denver",)}, ("America/Denver",)),
        ({"country": "CN", "phone": ("America/Denver",)}, ("Asia/Shanghai", "America/Denver")),
        # Two names of one zone are one zone.
        ({"country": "US", "stated": "US/Eastern", "phone": ("America/New_York",)}, ("US/Eastern",)),
        # And so are two zones that show one time; Cuba's clock changes at another hour than New York's.
        (
            {"country": "US", "stated": "America/Detroit", "phone": ("America/New_York", "America/Havana")},
            ("America/Detroit", "America/Havana"),
        ),
        ({"country": "AR"}, ("America/Argentina/Buenos_Aires",)),
        # What the number database says of a number without a place is nothing.
        ({"country": "CN", "phone": ("Etc/Unknown",)}, ("Asia/Shanghai",)),
    ],
)
def test_zones_by_what_the_records_say(arguments: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert plausible_zones(**arguments) == expected


def test_a_number_without_a_place_tells_nothing() -> None:
    toll_free, russian = phone_zones("+18005550100"), phone_zones("+79161234567")
    assert len(toll_free) > 3
    assert plausible_zones("US", "NY", phone=toll_free) == ("America/New_York",)
    assert plausible_zones("RU", stated="Europe/Moscow", phone=russian) == ("Europe/Moscow",)


def test_a_number_without_a_place_that_contradicts_the_record_is_kept() -> None:
    russian = phone_zones("+79161234567")
    found = plausible_zones("US", stated="America/New_York", phone=russian)
    noon = datetime(2026, 9, 24, 12, tzinfo=UTC)
    hours = {noon.astimezone(ZoneInfo(name)).hour for name in found}
    assert hours == {8} | {noon.astimezone(ZoneInfo(name)).hour for name in russian}


@pytest.mark.parametrize("country", ["", "XX", "ZZ", "001", "China"])
def test_a_country_without_zones_is_refused(country: str) -> None:
    with pytest.raises(ValueError, match="country: expected an ISO 3166 code"):
        plausible_zones(country)


@pytest.mark.parametrize(
    "name", ["Beijing", "China Standard Time", "../etc/passwd", "localtime", "America", "UTC+8"]
)
def test_a_name_that_is_no_zone_is_refused_without_repeating_it(name: str) -> None:
    for told in ({"stated": name}, {"phone": (name,)}):
        with pytest.raises(
            ValueError, match="zone: expected an IANA time zone such as Asia/Shanghai"
        ) as error:
            plausible_zones("CN", **told)
        said = str(error.value).replace("Asia/Shanghai or America/New_York", "")
        assert name not in said


def test_the_zone_of_most_people_comes_first() -> None:
    assert plausible_zones("RU")[0] == "Europe/Moscow"
    assert plausible_zones("ID") == ("Asia/Jakarta", "Asia/Jayapura", "Asia/Makassar")
    assert plausible_zones("ES") == ("Europe/Madrid", "Atlantic/Canary")
    territories = get_global("zone_territories")
    assert all(territories[name] == country for country, name in MAIN_ZONE.items())
    several = {country for country, zones in get_global("territory_zones").items() if len(zones) > 1}
    assert several - set(MAIN_ZONE) == {"001", "ZZ", "AQ", "UM", "US", "CN"}


def test_every_country_has_zones_that_exist() -> None:
    for country in get_global("territory_zones"):
        if len(country) == 2 and country != "ZZ":
            assert all(ZoneInfo(name) for name in plausible_zones(country))


ZONES = st.sampled_from(
    ["America/New_York", "America/Denver", "Asia/Shanghai", "Europe/London", "US/Eastern"]
)


def clock(name: str) -> tuple[object, ...]:
    """Return what the clocks of a zone show through the years."""
    moments = (datetime(year, month, 15, tzinfo=UTC) for year in range(2012, 2028) for month in range(1, 13))
    return tuple(moment.astimezone(ZoneInfo(name)).utcoffset() for moment in moments)


@given(
    st.sampled_from(["US", "CN", "GB", "BR"]),
    st.sampled_from([None, *STATES]),
    st.none() | ZONES,
    st.lists(ZONES, max_size=3),
)
def test_the_stated_zone_leads_and_few_phone_zones_are_never_lost(
    country: str, region: str | None, stated: str | None, phone: list[str]
) -> None:
    found = plausible_zones(country, region, stated, phone)
    assert found
    assert len(set(found)) == len(found)
    if stated:
        assert found[0] == stated
    # Two names of one time (Denver and Boise, US/Eastern and New York) are one zone.
    assert {clock(name) for name in phone} <= {clock(name) for name in found}
