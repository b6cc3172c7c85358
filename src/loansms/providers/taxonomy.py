"""What a gateway's code means: eleven classes for every gateway, the tables are data.

>>> meaning("tencent", "LimitExceeded.PhoneNumberDailyLimit")
Meaning(kind=<OutcomeClass.RATE_LIMITED: 'rate_limited'>, known=True, per_number=True, access='')
>>> meaning("carrier_stat", "MK:0099").kind, meaning("carrier_stat", "XX:1")
(<OutcomeClass.FAILED_RETRYABLE: 'failed_retryable'>, Meaning(kind=<OutcomeClass.UNKNOWN: 'unknown'>, known=False, \
per_number=False, access=''))
>>> refused_login("cmpp_connect", "3").access, refused_login("smgp_status", "2").kind
('secret', <OutcomeClass.FAILED_RETRYABLE: 'failed_retryable'>)
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

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


# A fault of ours, that stays one until somebody mends it.
_OURS = {OutcomeClass.AUTH_ERROR, OutcomeClass.FAILED_PERMANENT, OutcomeClass.BALANCE}

FULL = "connections"
"""The word of `Meaning.access` for a gateway that has as many connections as it takes."""


@frozen
class Meaning:
    """What a code means; `known` false where no table has it, ``per_number`` for a limit of the recipient's number.

    ``access`` says why nobody was let in: "secret", "address", "version", "clock", "permission" or "connections".
    """

    kind: OutcomeClass
    known: bool = True
    per_number: bool = False
    access: str = ""


@frozen
class _Table:
    exact: Mapping[str, OutcomeClass]
    prefixes: Sequence[tuple[str, OutcomeClass]]
    ranges: Sequence[tuple[int, int, OutcomeClass]]
    per_number: Sequence[str]
    access: Sequence[tuple[str, str]]

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
        access = next((word for pattern, word in self.access if _covers(pattern, code)), "")
        # A code may mean one thing to a login and another to a submit, such as "2" of SMGP.
        let_in = kind is not OutcomeClass.AUTH_ERROR and access != FULL
        return Meaning(
            kind,
            per_number=limited and kind is OutcomeClass.RATE_LIMITED,
            access="" if let_in else access,
        )


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
    access = found.access if found.kind is OutcomeClass.AUTH_ERROR else ""
    return Rejected(
        kept_code(code), found.kind in _PASSING, found.kind, per_number=found.per_number, access=access
    )


def refused_login(table: str, code: str) -> Rejected:
    """Return what a login that a gateway answered with `code` makes of a message: not sent, with what was wrong in ``access``.

    A line that has as many connections as it takes is no fault of the secret: it may be free again soon.
    """
    access = meaning(table, code).access
    kind = OutcomeClass.FAILED_RETRYABLE if access == FULL else OutcomeClass.AUTH_ERROR
    return Rejected(kept_code(f"login_{code}"), True, kind, access=access)


def may_pass(table: str, code: str) -> bool:
    """Return whether a login refused with `code` may be let in soon: the gateway is full or busy, or nobody knows why it refused.

    A wrong secret or address, or what the contract does not allow, is no better a moment later, and every try may count. A
    version costs nothing to ask for again.

    >>> may_pass("smgp_status", "2"), may_pass("cmpp_connect", "5"), may_pass("cmpp_connect", "3")
    (True, True, False)
    """
    found = meaning(table, code)
    return found.access in {FULL, "version"} or found.kind not in _OURS


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


def _table(rows: Mapping[str, Any]) -> _Table:
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
    access = [(code, word) for word, codes in rows.get("access", {}).items() for code in codes]
    # The exact code first, then the longest beginning.
    access.sort(key=lambda one: (one[0].endswith("*"), -len(one[0])))
    return _Table(dict(told), prefixes, ranges, rows.get("per_number", ()), access)
