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

from loansms.text import read_as


@cache
def data(name: str) -> Mapping[str, Any]:
    """Return the content of one data file of this room."""
    place = files("loansms.replies").joinpath("data", f"{name}.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"))


@cache
def folds() -> dict[int, str]:
    """Return the characters that are read as others, one for one."""
    words = data("folds")["cantonese"]
    own = {ord(shown): read for shown, read in zip(words["shown"], words["read"], strict=True)}
    return {**read_as(), **own}


def spelt() -> list[tuple[str, str]]:
    """Return each slip of the input method (a pattern) with the word that was meant."""
    return [(slip, word) for word, slips in data("folds")["spelt"].items() for slip in slips]
