"""Read the data of this room: the only file of it that opens anything."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any


def data(name: str) -> Mapping[str, Any]:
    """Return the content of one data file of this room."""
    place = files("loansms.text").joinpath("data", f"{name}.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"))
