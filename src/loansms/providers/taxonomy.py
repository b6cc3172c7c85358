"""What a gateway's code means: eleven classes for every gateway, the tables are data.

>>> meaning("tencent", "LimitExceeded.PhoneNumberDailyLimit")
Meaning(kind=<OutcomeClass.RATE_LIMITED: 'rate_limited'>, known=True, per_number=True)
>>> meaning("carrier_stat", "MK:0099").kind, meaning("carrier_stat", "XX:1")
(<OutcomeClass.FAILED_RETRYABLE: 'failed_retryable'>, Meaning(kind=<OutcomeClass.UNKNOWN: 'unknown'>, known=False, \
per_number=False))
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from attrs import frozen

from loansms.model import OutcomeClass, Rejected, SubmitResult, Unknown
from loansms.model.kept_code import kept_code

_RANGE = re.compile(r"(0x[0-9A-Fa-f]+|\d+)-(0x[0-9A-Fa-f]+|\d+)")
# Not sent, and worth another try later.
_PASSING = {
    OutcomeClass.FAILED_RETRYABLE,
    OutcomeClass.RATE_LIMITED,
    OutcomeClass.AUTH_ERROR,
    OutcomeClass.BALANCE,
}


@frozen
class Meaning:
    """What a code means; `known` false where no table has it, ``per_number`` for a limit of the recipient's number."""

    kind: OutcomeClass
    known: bool = True
    per_number: bool = False


@frozen
class _Table:
    exact: Mapping[str, OutcomeClass]
    prefixes: Sequence[tuple[str, OutcomeClass]]
    ranges: Sequence[tuple[int, int, OutcomeClass]]
    per_number: Sequence[str]

    def meaning(self, code: str) -> Meaning:
        kind = self.exact.get(code)
        if kind is None:
            kind = next((found for start, found in self.prefixes if code.startswith(start)), None)
        number = _number(code)
        if kind is None and number is not None:
            kind = next((found for low, high, found in self.ranges if low <= number <= high), None)
        if kind is None:
            return Meaning(OutcomeClass.UNKNOWN, known=False)
        limited = any(_covers(one, code) for one in self.per_number)
        return Meaning(kind, per_number=limited and kind is OutcomeClass.RATE_LIMITED)


def meaning(table: str, code: str, overrides: Mapping[str, OutcomeClass] | None = None) -> Meaning:
    """Return what `code` means in `table`; `overrides` are a channel's own dialect and win. Raise KeyError for no table."""
    if overrides and code in overrides:
        return Meaning(overrides[code])
    return _tables()[table].meaning(code)


def refusal(table: str, code: str, overrides: Mapping[str, OutcomeClass] | None = None) -> SubmitResult:
    """Return what a submit that was answered with the failure `code` is: Rejected where the code says so, else Unknown."""
    found = meaning(table, code, overrides)
    if found.kind in {OutcomeClass.UNKNOWN, OutcomeClass.ACCEPTED, OutcomeClass.DELIVERED}:
        return Unknown(kept_code(code))
    return Rejected(kept_code(code), found.kind in _PASSING, found.kind, per_number=found.per_number)


def tables() -> frozenset[str]:
    """Return the names of the tables there are."""
    return frozenset(_tables())


def _covers(pattern: str, code: str) -> bool:
    return code.startswith(pattern[:-1]) if pattern.endswith("*") else code == pattern


def _number(code: str) -> int | None:
    try:
        return int(code, 0) if code.lower().startswith("0x") else int(code)
    except ValueError:
        return None


@cache
def _tables() -> Mapping[str, _Table]:
    told = tomllib.loads(files("loansms.providers").joinpath("data/codes.toml").read_text(encoding="utf-8"))
    return {name: _table(rows) for name, rows in told.items()}


def _table(rows: Mapping[str, Sequence[str]]) -> _Table:
    told = [
        (code, OutcomeClass(kind))
        for kind, codes in rows.items()
        if kind in set(OutcomeClass)
        for code in codes
    ]
    prefixes = sorted(
        ((code[:-1], kind) for code, kind in told if code.endswith("*")), key=lambda one: -len(one[0])
    )
    ranges = [
        (int(found[1], 0), int(found[2], 0), kind) for code, kind in told if (found := _RANGE.fullmatch(code))
    ]
    return _Table(dict(told), prefixes, ranges, rows.get("per_number", ()))
