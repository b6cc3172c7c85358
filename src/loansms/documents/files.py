"""Read the looks, the wording and the limits of documents: the only file of this room that opens package data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from loansms.documents.style import Style
from loansms.errors import CallerError
from loansms.files import read_toml, structure
from loansms.templates.locales import fallbacks


def _content(name: str) -> dict[str, Any]:
    with resources.as_file(resources.files("loansms.documents") / "data" / f"{name}.toml") as path:
        return read_toml(path)


@cache
def style(name: str) -> Style:
    """Return the looks of one kind of page: ``phone`` or ``sheet``."""
    content = _content("styles")
    return structure({**content[name], "colours": content["colours"]}, Style, f"styles.toml {name}")


@cache
def wording(language: str) -> tuple[str, Mapping[str, Any]]:
    """Return the locale that serves `language` and its sentences; raise CallerError where there are none."""
    for locale in fallbacks(language):
        if locale in LOCALES:
            return locale, MappingProxyType(_content(locale))
    raise CallerError(
        f"locale: expected one of {', '.join(LOCALES)}",
        f"locale：应为 {'、'.join(LOCALES)} 之一",
    )


@cache
def carrier_limits() -> Mapping[str, Mapping[str, Any]]:
    """Return the table of size limits as it stands in data/limits.toml."""
    return MappingProxyType(_content("limits"))


LOCALES = ("zh-CN", "zh-Hant", "en")
"""The languages documents are written in."""
