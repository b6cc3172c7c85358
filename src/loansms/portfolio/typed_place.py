"""Where the borrowers of a book are, and what they are written to in: asked once for each distinct case.

The same rules as a single row's (`RowParser`): a stated country, else that of a number written with its country
code, else the book's own, else the number's; zones from the records and the number together.

>>> sweden = Place("SE", ("Europe/Stockholm",))
>>> home("SE", False, sweden, None, None, None, None)
Home(country='SE', zones=('Europe/Stockholm',), language='en')
"""

from __future__ import annotations

from attrs import frozen

from loansms.calendars import plausible_zones
from loansms.errors import CallerError
from loansms.portfolio import parse
from loansms.portfolio.parse import Expected
from loansms.portfolio.typed_cells import Coded, combined
from loansms.portfolio.typed_phone import Phones, Place

_NOWHERE = Expected("expected a country with a known time zone", "应为有已知时区的国家")


@frozen
class Home:
    """A borrower's country, plausible zones (the likeliest first) and language."""

    country: str
    zones: tuple[str, ...]
    language: str


def homes(
    phones: Phones, country: Coded, region: Coded, zone: Coded, language: Coded, default_country: str | None
) -> Coded:
    """Return each row's `Home`, or what was expected; blank where there is no number."""
    rows = phones.text.len()
    stated = all(one is not None for one in country.values)
    abroad = Coded.one(rows, False) if stated else phones.abroad()
    default = Coded.one(rows, default_country)
    return combined([country, abroad, phones.place, region, zone, language, default], home)


def home(
    stated: str | None,
    abroad: bool,
    place: Place | None,
    region: str | None,
    zone: str | None,
    language: str | None,
    default: str | None,
) -> Home | Expected | None:
    """Return where one borrower is."""
    if place is None:
        return None
    country = stated or (place.country if abroad else None) or default or place.country
    try:
        zones = plausible_zones(country, region, zone, place.zones)
    except CallerError:
        return _NOWHERE
    return Home(country, zones, language or parse.language_of(country))
