"""Maps of columns from TOML: a lender's own, and the shipped preset of Chinese headers.

A map says, under ``[columns]``, which of their headers is which of our columns; under ``[values.COLUMN]``
which of their words is which of ours; under ``[fixed]`` what holds for every row of a book that has no such
column.

>>> chinese_headers().columns["借据号"], chinese_headers().values["method"]["等额本息"]
('loan_id', 'equal_instalment')
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from attrs import field, frozen

from loansms.files import read_toml, structure


@frozen(kw_only=True)
class ColumnMap:
    """Their headers to our columns, their words to our values, and what holds for every row."""

    columns: Mapping[str, str] = field(factory=dict[str, str])
    values: Mapping[str, Mapping[str, str]] = field(factory=dict[str, Mapping[str, str]])
    fixed: Mapping[str, str] = field(factory=dict[str, str])

    @classmethod
    def load(cls, path: str | Path) -> ColumnMap:
        """Read a map from a TOML file; raise ConfigurationError naming file and key."""
        source = Path(path)
        return structure(read_toml(source), cls, source.name)

    @classmethod
    def of(cls, columns: ColumnMap | Mapping[str, str] | str | Path | None) -> ColumnMap | None:
        """Return what a caller gave as a map: a ColumnMap, their header -> ours, the preset ``zh``, a path."""
        if columns is None or isinstance(columns, ColumnMap):
            return columns
        if isinstance(columns, Mapping):
            return cls(columns=columns)
        return chinese_headers() if columns == "zh" else cls.load(columns)


@cache
def chinese_headers() -> ColumnMap:
    """Return the shipped preset of the headers and words that Chinese loan books use."""
    source = resources.files("loansms.portfolio").joinpath("data", "zh.toml")
    return structure(tomllib.loads(source.read_text(encoding="utf-8")), ColumnMap, "zh.toml")


@cache
def stop_headers() -> Mapping[str, str]:
    """Return the headers that seem to stop messages, each with the column it would be of ours."""
    source = resources.files("loansms.portfolio").joinpath("data", "stop_headers.toml")
    told: Mapping[str, list[str]] = tomllib.loads(source.read_text(encoding="utf-8"))
    return {theirs: ours for ours, several in told.items() for theirs in several}
