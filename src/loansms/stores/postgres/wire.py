"""Between the values of codes and the arguments and answers of the PostgreSQL functions.

Every argument that is not bytes goes as text, lists as array literals: so each verb is one statement with one
list of types, prepared once, and nothing is guessed from the size of a number. Buckets go in the rising order
of their ids, which is the order of locks; the answer names them by place.

>>> numbers([1, None, 3]), texts(['a', 'b"c'])
('{1,NULL,3}', '{"a","b\\\\"c"}')
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from loansms.otp.admission import Bucket, Guard, Limit, NoRoom, Shadow
from loansms.otp.budget import FailureLimits
from loansms.otp.challenge import Attempt, Challenge, Checked, Closed, NewChallenge, State
from loansms.otp.verdict import VerdictKind
from loansms.stores.codes import LockedOut, Opening, Sent

Row = tuple[Any, ...]
Argument = str | bytes | None

OPEN = (
    "select * from @schema@.open_challenge(%s::text, %s::text[], %b::bytea, %b::bytea, %s::bigint, %s::text, "
    "%s::text, %s::text, %s::text[], %s::bigint[], %s::bigint[], %s::int, "
    "%s::text[], %s::int[], %s::bigint[], %s::bigint[], %s::int[], %s::boolean[], "
    "%s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint)"
)
RESEND = (
    "select * from @schema@.resend_challenge(%s::text, %s::bigint, %s::boolean, "
    "%s::text[], %s::int[], %s::bigint[], %s::bigint[], %s::int[], %s::boolean[], "
    "%s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint)"
)
CHECK = (
    "select * from @schema@.check_code(%s::text, %b::bytea, %s::text, %b::bytea, %s::bigint, %s::bigint[], "
    "%s::bigint)"
)
REFUND = "select @schema@.refund_send(%s::text, %s::int, %s::text[], %s::bigint[], %s::bigint[])"
FORGET = "select @schema@.forget_codes(%s::int, %s::bigint)"
LOAD = (
    "select id, budgets, tag, sealed, issued_at, expires_at, device, line, guards, state, sends, sent_at, taken, "
    "refunded, grant_tag, grant_expires_at, redeemed from @schema@.challenge where id = %s::text"
)
# A plain UPDATE asks its condition again of the newest version of the row, after it waited for it.
TAKE = (
    "update @schema@.challenge set taken = %s::int where id = %s::text and state = 'open' "
    "and @schema@.at(%s::bigint) between issued_at and expires_at - 1 "
    "and taken < %s::int and refunded < %s::int and %s::int <= sends returning true"
)
REDEEM = (
    "update @schema@.challenge set redeemed = true where id = %s::text and state = 'used' and not redeemed "
    "and grant_tag <> '' and grant_tag = %b::bytea "
    "and @schema@.at(%s::bigint) < grant_expires_at returning true"
)

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"'})


def texts(values: Iterable[str]) -> str:
    """Return the array literal of texts."""
    return "{" + ",".join([f'"{_storable(value).translate(_ESCAPED)}"' for value in values]) + "}"


def numbers(values: Iterable[int | None]) -> str:
    """Return the array literal of whole numbers and truths."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def open_arguments(
    new: NewChallenge, buckets: Sequence[Bucket], limits: FailureLimits, now: int | None
) -> tuple[Argument, ...]:
    """Return the arguments of OPEN."""
    guards = sorted(new.guards, key=_by_id)
    return (
        _storable(new.id),
        texts(new.budgets),
        new.tag,
        new.sealed,
        str(new.lives),
        _storable(new.device),
        _storable(new.line),
        _guards_text(new.guards),
        texts([one.id for one in guards]),
        numbers([one.slot for one in guards]),
        numbers([one.keeps for one in guards]),
        str(int(new.taken)),
        *_buckets(buckets),
        _limits(limits),
        _maybe(now),
    )


def resend_arguments(
    challenge_id: str,
    buckets: Sequence[Bucket],
    limits: FailureLimits,
    left: int,
    taken: bool,
    now: int | None,
) -> tuple[Argument, ...]:
    """Return the arguments of RESEND."""
    return (
        _storable(challenge_id),
        str(left),
        str(taken),
        *_buckets(buckets),
        _limits(limits),
        _maybe(now),
    )


def take_arguments(challenge_id: str, send: int, now: int | None) -> tuple[Argument, ...]:
    """Return the arguments of TAKE."""
    number, at = str(send), _maybe(now)
    return number, _storable(challenge_id), at, number, number, number


def refund_arguments(challenge_id: str, send: int, buckets: Sequence[Bucket]) -> tuple[Argument, ...]:
    """Return the arguments of REFUND."""
    rising = sorted(buckets, key=_by_id)
    return (
        _storable(challenge_id),
        str(send),
        texts([one.id for one in rising]),
        numbers([one.slot for one in rising]),
        numbers([one.keeps for one in rising]),
    )


def check_arguments(
    challenge_id: str, attempt: Attempt, limits: FailureLimits, now: int | None
) -> tuple[Argument, ...]:
    """Return the arguments of CHECK."""
    return (
        _storable(challenge_id),
        attempt.tag,
        _storable(attempt.device),
        attempt.grant,
        str(attempt.grant_lives),
        _limits(limits),
        _maybe(now),
    )


def redeem_arguments(challenge_id: str, grant: bytes, now: int | None) -> tuple[Argument, ...]:
    """Return the arguments of REDEEM."""
    return _storable(challenge_id), grant, _maybe(now)


def load_arguments(challenge_id: str) -> tuple[Argument, ...]:
    """Return the arguments of LOAD."""
    return (_storable(challenge_id),)


def forget_arguments(most: int, now: int | None) -> tuple[Argument, ...]:
    """Return the arguments of FORGET."""
    return str(most), _maybe(now)


def opening_from(row: Row, buckets: Sequence[Bucket]) -> Opening:
    """Return the answer of OPEN or RESEND."""
    kind, at, until, send = row[:4]
    if kind == "locked":
        return LockedOut(until)
    if kind == "no_room":
        place: int = row[4]
        return NoRoom(_rising(buckets)[place - 1][1].name, until)
    if kind != "sent":
        return Closed(kind)
    return Sent(at=at, expires_at=until, send=send, shadows=_shadows(row[5:], buckets))


def _shadows(shadowed: Row, buckets: Sequence[Bucket]) -> tuple[Shadow, ...]:
    """Return the shadows in the order of `buckets`, from lists of places, of unverified and of allowed."""
    if not shadowed[0]:
        return ()
    places: list[tuple[int, int, int]] = list(zip(*shadowed, strict=True))
    rising = _rising(buckets)
    cast = [(*rising[place - 1], unverified, allowed) for place, unverified, allowed in places]
    by_rank = sorted(cast, key=lambda one: one[0])
    return tuple([Shadow(bucket.name, unverified, allowed) for _, bucket, unverified, allowed in by_rank])


def checked_from(row: Row) -> Checked:
    """Return the answer of CHECK."""
    kind, at, until = row
    return Checked(kind=VerdictKind(kind), at=at, retry_at=until)


def challenge_from(row: Row) -> Challenge:
    """Return the challenge of LOAD."""
    return Challenge(
        id=row[0],
        budgets=tuple(row[1]),
        tag=row[2],
        sealed=row[3],
        issued_at=row[4],
        expires_at=row[5],
        device=row[6],
        line=row[7],
        guards=_guards_from(row[8]),
        state=State(row[9]),
        sends=row[10],
        sent_at=row[11],
        taken=row[12],
        refunded=row[13],
        grant=row[14],
        grant_expires_at=row[15],
        redeemed=row[16],
    )


def _buckets(buckets: Sequence[Bucket]) -> tuple[str, ...]:
    """Return ids, ranks as given, slots, how long they keep, guards, and the limits of all one after another."""
    ranked = _rising(buckets)
    rising = [one for _, one in ranked]
    limits = [(place, limit) for place, one in enumerate(rising, 1) for limit in one.limits]
    return (
        texts([one.id for one in rising]),
        numbers([rank for rank, _ in ranked]),
        numbers([one.slot for one in rising]),
        numbers([one.keeps for one in rising]),
        numbers([None if one.guard is None else one.guard.percent for one in rising]),
        numbers([one.guard is not None and one.guard.shadow for one in rising]),
        numbers([place for place, _ in limits]),
        numbers([limit.count for _, limit in limits]),
        numbers([limit.window for _, limit in limits]),
    )


def _rising(buckets: Sequence[Bucket]) -> list[tuple[int, Bucket]]:
    """Return `buckets` with their ranks as given, in the rising order of their ids."""
    return sorted(enumerate(buckets), key=lambda one: one[1].id)


def _guards_text(guards: Sequence[Bucket]) -> str:
    """Return guard buckets as text, as LOAD gives it back."""
    kept = [
        (
            one.name,
            one.id,
            one.slot,
            [(limit.count, limit.window) for limit in one.limits],
            None if one.guard is None else (one.guard.percent, one.guard.shadow),
        )
        for one in guards
    ]
    return json.dumps(kept, separators=(",", ":"))


def _guards_from(text: str) -> tuple[Bucket, ...]:
    """Return the guard buckets of a text."""
    kept: list[tuple[str, str, int, list[tuple[int, int]], tuple[int, bool] | None]] = json.loads(text)
    return tuple(
        [
            Bucket(
                name,
                key,
                tuple([Limit(count, window) for count, window in limits]),
                slot,
                None if guard is None else Guard(*guard),
            )
            for name, key, slot, limits, guard in kept
        ]
    )


def _by_id(bucket: Bucket) -> str:
    return bucket.id


def _limits(limits: FailureLimits) -> str:
    return numbers(
        (
            limits.failures,
            limits.window,
            limits.ceiling,
            limits.reserve,
            limits.lane,
            limits.known,
            limits.known_for,
        )
    )


def _maybe(now: int | None) -> str | None:
    return None if now is None else str(now)


def _storable(text: str) -> str:
    """Return `text` without what PostgreSQL's UTF-8 cannot hold: an id with NUL or half a pair is nobody's."""
    return _UNSTORABLE.sub("\ufffd", text)
