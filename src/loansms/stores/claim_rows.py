"""The two rows a claim that is taken writes: its attempt, and the journal's entry of it.

A batch's claims are the one thing a store writes by the thousand, so their entries are written as text at once, without
a record in between: the same bytes as `record_row(claimed(...))`, at a fifth of its time.

>>> from loansms.stores.acts import claimed
>>> from loansms.stores.rows import record_row
>>> from loansms.testing.examples import claim
>>> (attempt,), (entry,) = taken_rows([(claim(), "0" * 32, 1)], 0)
>>> attempt[0], entry == record_row(claimed(claim(), 1))
('step-1', True)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from types import MappingProxyType
from typing import Any, cast

from loansms.model import RecordKind
from loansms.stores.acts import claimed
from loansms.stores.claims import AttemptState, Claim
from loansms.stores.rows import Row, data_text, micros, record_row

Taken = tuple[Claim, str, int]
"""A claim that is taken, its token, and how many times it was by now."""

_ATTEMPTING = AttemptState.ATTEMPTING.value
_CLAIMED = RecordKind.CLAIMED.value
# What a record says of the claim itself; evidence of such a name would stand in its place.
_OWN = frozenset(
    (
        "borrower_id", "step", "due_on", "recipient", "purpose", "channel", "template", "stage", "route", "versions",
        "tries",
    )
)  # fmt: skip
_SCALARS = frozenset({str, int, bool, type(None)})
_TABLES = frozenset({dict, MappingProxyType})
_LISTS = frozenset({tuple, list})


def taken_rows(taken: Sequence[Taken], lease_until: int) -> tuple[list[Row], list[Row]]:
    """Return the rows of attempts, in the order of `rows.COLUMNS`, and those of the journal's entries."""
    attempts: list[Row] = []
    entries: list[Row] = []
    seen: datetime | None = None
    at = 0
    for claim, token, tries in taken:
        # By identity: two times of one zone that differ in their fold alone are equal, and an hour apart.
        if claim.at is not seen:
            seen, at = claim.at, micros(claim.at)
        step_key, debtor, borrower_id, loan_id = (
            claim.step_key,
            claim.debtor,
            claim.borrower_id,
            claim.loan_id,
        )
        step, template, stage, route = claim.step, claim.template, claim.stage, claim.route
        # A member's str is its value, and quicker to have.
        recipient, purpose, channel = str(claim.recipient), str(claim.purpose), str(claim.channel)
        due_on = claim.due_on.isoformat() if claim.due_on else None
        kept, told = _versions_texts(tuple(claim.versions.items()))
        attempts.append(
            (
                step_key,
                debtor,
                borrower_id,
                loan_id,
                step,
                due_on,
                recipient,
                purpose,
                channel,
                template,
                claim.fingerprint,
                at,
                kept,
                _ATTEMPTING,
                lease_until,
                tries,
                None,
                None,
                "",
                None,
                None,
                "",
                token,
                claim.tenant,
                stage,
                route,
                claim.segments,
                claim.number,
            )
        )
        evidence = claim.evidence
        if evidence and not (_is_plain(evidence) and _OWN.isdisjoint(evidence)):
            # What is odd about it, or wrong, the record tells.
            entries.append(record_row(claimed(claim, tries)))
            continue
        more = f",{data_text(evidence)[1:-1]}" if evidence else ""
        due = f'"{due_on}"' if due_on else "null"
        data = (
            f'{{"borrower_id":{quoted(borrower_id)},"step":{quoted(step)},"due_on":{due},"recipient":{quoted(recipient)},'
            f'"purpose":{quoted(purpose)},"channel":{quoted(channel)},"template":{quoted(template)},"stage":{quoted(stage)},'
            f'"route":{quoted(route)},"versions":{told},"tries":{tries}{more}}}'
        )
        entries.append((at, _CLAIMED, debtor, loan_id or "", step_key, data))
    return attempts, entries


# One run writes few sets of versions with all its claims.
@lru_cache(maxsize=64)
def _versions_texts(versions: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """Return versions as an attempt keeps them, and as the journal does."""
    return data_text(dict(sorted(versions))), data_text(dict(versions))


def _is_plain(value: object) -> bool:
    """Return whether a record would hold exactly this: checked here without a copy."""
    kind = type(value)
    if kind in _SCALARS:
        return True
    if kind in _TABLES:
        table = cast("dict[Any, object]", value)
        return all(type(key) is str and _is_plain(one) for key, one in table.items())
    return kind in _LISTS and all(map(_is_plain, cast("list[object]", value)))
