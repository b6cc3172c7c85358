"""Which time zones the states of the United States really span, the most people first.

Source: 49 CFR part 71, the boundaries set by the Department of Transportation, in the names of the IANA
database. West Wendover in Nevada and part of Malheur County in Oregon keep Mountain time; the Navajo Nation in
Arizona observes daylight saving and the rest of the state does not. The county zones of the database (in
Indiana, Kentucky, North Dakota, Alaska) that show the same time today as a listed zone are left out.

>>> zones_of_state("TX"), zones_of_state("us-ny")
(('America/Chicago', 'America/Denver'), ('America/New_York',))
>>> zones_of_state("Bavaria"), state_code("Massachusetts"), state_code("D.C.")
((), 'MA', 'DC')
"""

from __future__ import annotations

from functools import cache
from typing import Final

import holidays

_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)

_ONE_ZONE: Final = {
    _EASTERN: "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    _CENTRAL: "AL AR IA IL LA MN MO MS OK WI",
    _MOUNTAIN: "CO MT NM UT WY",
    _PACIFIC: "CA WA",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR",
    "America/St_Thomas": "VI",
    "Pacific/Guam": "GU",
    "Pacific/Saipan": "MP",
    "Pacific/Pago_Pago": "AS",
}
_SEVERAL: Final = {
    "AK": ("America/Anchorage", "America/Adak"),
    "AZ": ("America/Phoenix", _MOUNTAIN),
    "FL": (_EASTERN, _CENTRAL),
    "ID": ("America/Boise", _PACIFIC),
    "IN": ("America/Indiana/Indianapolis", _CENTRAL),
    "KS": (_CENTRAL, _MOUNTAIN),
    "KY": (_EASTERN, _CENTRAL),
    "MI": ("America/Detroit", "America/Menominee"),
    "ND": (_CENTRAL, _MOUNTAIN),
    "NE": (_CENTRAL, _MOUNTAIN),
    "NV": (_PACIFIC, _MOUNTAIN),
    "OR": (_PACIFIC, "America/Boise"),
    "SD": (_CENTRAL, _MOUNTAIN),
    "TN": (_CENTRAL, _EASTERN),
    "TX": (_CENTRAL, _MOUNTAIN),
}
_BY_STATE: Final = {
    **{state: (zone,) for zone, states in _ONE_ZONE.items() for state in states.split()},
    **_SEVERAL,
}

# Where in the fifty states and the District a person may be whose state is not known: each rule of time once.
ALL_STATES: Final = (
    _EASTERN,
    _CENTRAL,
    _PACIFIC,
    _MOUNTAIN,
    "America/Phoenix",
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Adak",
)


def zones_of_state(state: str) -> tuple[str, ...]:
    """Return the zones of a state or territory as `state_code` reads it, () for any other text."""
    return _BY_STATE.get(state_code(state) or "", ())


def state_code(state: str) -> str | None:
    """Return the postal code of a state or territory written ``TX``, ``us-tx`` or ``Texas``; None for others."""
    plain = " ".join(state.replace(".", "").casefold().split())
    return _codes().get(plain.removeprefix("us-"))


@cache
def _codes() -> dict[str, str]:
    # The names are the holiday library's; its codes are those of the post.
    names = holidays.country_holidays("US").subdivisions_aliases
    named = {name.casefold(): code for name, code in names.items() if code in _BY_STATE}
    return {**named, "washington dc": "DC", **{code.casefold(): code for code in _BY_STATE}}
