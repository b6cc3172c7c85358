"""Read the data of this room: the only file of it that opens anything.

>>> folds()[ord("訂")]
'订'
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def data(name: str) -> Mapping[str, Any]:
    """Return the content of one data file of this room."""
    place = files("loansms.replies").joinpath("data", f"{name}.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"))


@cache
def folds() -> dict[int, str]:
    """Return the characters that are read as others, one for one."""
    tables = data("folds")
    return {
        ord(shown): read
        for name in ("traditional", "lookalike")
        for shown, read in zip(tables[name]["shown"], tables[name]["read"], strict=True)
    }


def spelt() -> list[tuple[str, str]]:
    """Return each slip of the input method (a pattern) with the word that was meant."""
    return [(slip, word) for word, slips in data("folds")["spelt"].items() for slip in slips]
