"""Between the values of codes and SQLite rows: what varies in number as short JSON, nothing as "".

>>> budget_from(failures_text(((60, "a"), (90, ""))), 0, "", "").failures
((60, 'a'), (90, ''))
>>> failures_text(((60, "a"), (90, "")))
'[[60,"a"],[90,""]]'
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from attrs import define, field

from loansms.otp.admission import Bucket, Guard, Limit
from loansms.otp.budget import Budget
from loansms.otp.challenge import Challenge, State
from loansms.stores.rows import Row

_Guard = tuple[str, str, list[tuple[int, int]], int, tuple[int, bool] | None, int]
_STATES = {one.value: one for one in State}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().raw_decode  # what we wrote ends where its JSON ends


@define(eq=False)
class Asked:
    """What the rules ask of a challenge that is checked; a `Challenge` of all its fields would cost thrice as much."""

    id: str
    tag: bytes = field(repr=False)
    issued_at: int
    expires_at: int
    device: str
    line: str
    state: State
    sends: int = 1
    taken: int = 0
    refunded: int = 0
    grant: bytes = field(default=b"", repr=False)
    grant_expires_at: int = 0
    redeemed: bool = False


def challenge_row(challenge: Challenge) -> Row:
    """Return the row of a challenge, in the order of CHALLENGE_COLUMNS."""
    first, more = budget_columns(challenge.budgets)
    return (
        challenge.id,
        first,
        more,
        challenge.tag,
        challenge.sealed,
        challenge.issued_at,
        challenge.expires_at,
        challenge.device,
        challenge.line,
        challenge.state.value,
        challenge.sends,
        challenge.sent_at,
        challenge.taken,
        challenge.refunded,
        challenge.grant,
        challenge.grant_expires_at,
        challenge.redeemed,
        guards_text(challenge.guards),
    )


def challenge_from(row: Row) -> Challenge:
    """Return the challenge of a row in the order of CHALLENGE_COLUMNS."""
    return Challenge(
        id=row[0],
        budgets=budget_ids(row[1], row[2]),
        tag=row[3],
        sealed=row[4],
        issued_at=row[5],
        expires_at=row[6],
        device=row[7],
        line=row[8],
        state=_STATES[row[9]],
        sends=row[10],
        sent_at=row[11],
        taken=row[12],
        refunded=row[13],
        grant=row[14],
        grant_expires_at=row[15],
        redeemed=bool(row[16]),
        guards=guards_from(row[17]),
    )


def asked_from(challenge_id: str, row: Row) -> Asked:
    """Return what `judge` asks of a challenge, from a row of ASKED."""
    return Asked(challenge_id, row[2], row[3], row[4], row[5], row[6], _STATES[row[7]])


def granted_from(challenge_id: str, row: Row) -> Challenge:
    """Return what `redeems` asks of a challenge, from a row of GRANT."""
    used, grant, expires_at, redeemed = row
    return Challenge(
        id=challenge_id,
        budgets=(),
        tag=b"",
        sealed=b"",
        issued_at=0,
        expires_at=0,
        state=State.USED if used else State.OPEN,
        grant=grant,
        grant_expires_at=expires_at,
        redeemed=bool(redeemed),
    )


def budget_columns(budgets: tuple[str, ...]) -> tuple[str | None, str]:
    """Return the first budget and, as text, the others (there are some while an index key is replaced)."""
    return (budgets[0], ids_text(budgets[1:])) if budgets else (None, "")


def budget_ids(first: str | None, more: str) -> tuple[str, ...]:
    """Return the ids of budgets from their two columns."""
    if first is None:
        return ()
    return (first, *_decode(more)[0]) if more else (first,)


def ids_text(ids: Sequence[str]) -> str:
    """Return ids as text, "" for none."""
    return _encode(ids) if ids else ""


def guards_text(guards: Sequence[Bucket]) -> str:
    """Return guard buckets as text, "" for none."""
    if not guards:
        return ""
    return _encode(
        [
            (
                one.name,
                one.id,
                [(limit.count, limit.window) for limit in one.limits],
                one.slot,
                None if one.guard is None else (one.guard.percent, one.guard.shadow),
                one.keeps,
            )
            for one in guards
        ]
    )


def guards_from(text: str) -> tuple[Bucket, ...]:
    """Return the guard buckets of a text."""
    kept: list[_Guard] = _decode(text)[0] if text else []
    return tuple(
        [
            Bucket(
                name,
                key,
                tuple([Limit(count, window) for count, window in limits]),
                slot,
                None if guard is None else Guard(*guard),
            )
            for name, key, limits, slot, guard, _ in kept
        ]
    )


def marks_from(text: str) -> list[tuple[str, int, int]]:
    """Return what a right code asks of guard buckets: id, slot and how long they keep."""
    kept: list[_Guard] = _decode(text)[0] if text else []
    return [(key, slot, keeps) for _, key, _, slot, _, keeps in kept]


def budget_from(failures: str, cleared: int, known: str, newest: str) -> Budget:
    """Return the budget of a row."""
    failed: list[tuple[int, str]] = _decode(failures)[0] if failures else []
    lines: dict[str, tuple[str, int]] = _decode(newest)[0] if newest else {}
    return Budget(
        failures=tuple([(at, by) for at, by in failed]),
        cleared=cleared,
        known=_decode(known)[0] if known else {},
        newest={line: (one, expires_at) for line, (one, expires_at) in lines.items()},
    )


def failures_text(failures: Sequence[tuple[int, str]]) -> str:
    """Return failures as text, "" for none."""
    return f"[{','.join([f'[{at},{_encode(by)}]' for at, by in failures])}]" if failures else ""


def known_text(known: Mapping[str, int]) -> str:
    """Return known devices as text, "" for none."""
    return f"{{{','.join([f'{_encode(by)}:{at}' for by, at in known.items()])}}}" if known else ""


def newest_text(newest: Mapping[str, tuple[str, int]]) -> str:
    """Return the newest challenge of each line as text, "" for none."""
    return _encode(newest) if newest else ""
