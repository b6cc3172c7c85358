"""What goes over the wire to Redis and back: the scripts, their packed arguments, their answers, one record.

A verb is one script in `redis/`, put together from the parts it needs, called by its digest. Numbers travel as
eight-byte doubles (whole microseconds stay exact up to 2**53), texts and tags after their length; one answer is
one string. Nothing here knows a client.

>>> answer = checked(pack("<Bdd", 3, 7.0, 9.0))
>>> answer.kind.value, answer.at, answer.retry_at
('locked', 7, 9)
>>> said = body(NewChallenge(id="c", budgets=("b",), tag=b"t", sealed=b"s", lives=8, line="device"))
>>> one = challenge("c", _HEAD.pack(0, len(said), 1, 9, 1, 1, 0, 0) + said)
>>> one.expires_at, one.budgets, one.line, one.state.value
(9, ('b',), 'device', 'open')
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha1
from importlib.resources import files
from struct import Struct, iter_unpack, pack, unpack, unpack_from

from attrs import frozen

from loansms.errors import ConfigurationError
from loansms.otp.admission import Bucket, Guard, Limit, NoRoom, Shadow
from loansms.otp.budget import FailureLimits
from loansms.otp.challenge import Attempt, Challenge, Checked, Closed, NewChallenge, State
from loansms.otp.verdict import VerdictKind
from loansms.stores.codes import LockedOut, Opening, Sent

PARTS = {
    "open": "clock time challenge answers ask_open budget bucket charge open",
    "resend": "clock time challenge answers ask_resend budget bucket charge resend",
    "check": "clock time challenge ask_check budget check bucket checked",
    "take": "clock time challenge take",
    "refund": "clock challenge bucket refund",
    "redeem": "clock time challenge redeem",
}
"""Which files of `redis/` make the script of a verb."""

_TENANT = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEAD = Struct("<BI6d")
_TAIL = Struct("<dB")
_AT = Struct("<d")
_LIMITS = Struct("<7d")
_VERDICTS = (
    VerdictKind.ACCEPTED,
    VerdictKind.WRONG,
    VerdictKind.EXPIRED,
    VerdictKind.LOCKED,
    VerdictKind.SUPERSEDED,
    VerdictKind.UNKNOWN,
)
_CLOSED = (
    Closed.EXISTS,
    Closed.UNKNOWN,
    Closed.USED,
    Closed.SUPERSEDED,
    Closed.EXPIRED,
    Closed.ENDING,
)


@frozen
class Script:
    """The text of a verb, and its SHA-1 digest, by which the server knows it (EVALSHA; no secret rests on it)."""

    text: bytes
    digest: bytes


@cache
def script(verb: str) -> Script:
    """Return the script of `verb`."""
    folder = files("loansms.stores.redis")
    text = "\n".join(
        [(folder / f"{part}.lua").read_text(encoding="utf-8") for part in PARTS[verb].split()]
    ).encode()
    return Script(text, sha1(text, usedforsecurity=False).hexdigest().encode())


def prefix(tenant: str) -> bytes:
    """Return how the keys of a tenant's challenges begin; the braces are the hash tag of Redis Cluster."""
    if not _TENANT.fullmatch(tenant):
        raise ConfigurationError(
            "tenant: expected 1 to 64 letters, digits, dots, - or _",
            "tenant 应为 1 至 64 位字母、数字、.、- 或 _",
        )
    return b"{loansms:" + tenant.encode() + b"}c:"


def place(settings: Mapping[str, object]) -> str:
    """Return where a client's settings lead, fit to be shown: host:port or a socket's path, no name or password.

    >>> place({"host": "db", "port": 6379, "username": "u", "password": "p"})
    'db:6379'
    """
    if "path" in settings:
        return str(settings["path"])
    return f"{settings.get('host', 'localhost')}:{settings.get('port', 6379)}"


def raw(text: str) -> bytes:
    """Return UTF-8; what no UTF-8 can say (half a surrogate pair) is still a name nobody has."""
    return text.encode("utf-8", "surrogatepass")


def command(*words: bytes) -> bytes:
    """Return a command as it goes over the wire (RESP: an array of strings), at a third of a client's cost.

    >>> command(b"GET", b"key")
    b'*2\\r\\n$3\\r\\nGET\\r\\n$3\\r\\nkey\\r\\n'
    """
    return b"*%d\r\n%b" % (len(words), b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in words]))


def moment(now: int | None) -> bytes:
    """Return the time a verb goes by, b"" for the server's own."""
    return b"" if now is None else _AT.pack(now)


def number(*values: int) -> bytes:
    """Return whole numbers, or truths as 0 and 1."""
    return pack(f"<{len(values)}d", *values)


def limits_of(limits: FailureLimits) -> bytes:
    """Return the seven numbers of a failure budget, in the order of budget.lua."""
    return _LIMITS.pack(
        limits.failures,
        limits.window,
        limits.ceiling,
        limits.reserve,
        limits.lane,
        limits.known,
        limits.known_for,
    )


def buckets_of(buckets: Sequence[Bucket]) -> bytes:
    """Return what bucket.lua reads of each bucket: name, id, slot, guard, limits."""
    return b"".join([_bucket(bucket) for bucket in buckets])


def body(new: NewChallenge) -> bytes:
    """Return what never changes of a challenge, in the order of challenge.lua."""
    budgets = b"".join([_text(raw(one)) for one in new.budgets])
    parts = (new.tag, raw(new.device), raw(new.line), budgets, buckets_of(new.guards), new.sealed)
    return b"".join([_text(part) for part in parts])


def attempt_of(attempt: Attempt) -> tuple[bytes, bytes, bytes]:
    """Return the tag, the device and the grant of an attempt as check.lua takes them."""
    return attempt.tag, raw(attempt.device), _AT.pack(attempt.grant_lives) + attempt.grant


def checked(answer: bytes) -> Checked:
    """Return the answer of check.lua."""
    kind = _VERDICTS[answer[0]]
    if kind is VerdictKind.LOCKED:
        at, retry_at = unpack_from("<dd", answer, 1)
        return Checked(kind=kind, at=int(at), retry_at=int(retry_at))
    return Checked(kind=kind, at=int(_AT.unpack_from(answer, 1)[0]))


def opening(answer: bytes, buckets: Sequence[Bucket]) -> Opening:
    """Return the answer of open.lua and resend.lua, asked for `buckets`."""
    first = int(_AT.unpack_from(answer, 1)[0])
    match answer[0]:
        case 0:
            expires_at, send = unpack_from("<dd", answer, 9)
            told = iter_unpack("<ddd", answer[25:])
            shadows = tuple(
                [Shadow(buckets[int(at) - 1].name, int(one), int(most)) for at, one, most in told]
            )
            return Sent(at=first, expires_at=int(expires_at), send=int(send), shadows=shadows)
        case 1:
            return NoRoom(buckets[first - 1].name, int(_AT.unpack_from(answer, 9)[0]))
        case 2:
            return LockedOut(first)
        case _:
            return _CLOSED[first]


def challenge(challenge_id: str, record: bytes) -> Challenge:
    """Return a challenge as the server keeps it."""
    void, size, issued, expires, sends, sent, taken, refunded = _HEAD.unpack_from(record)
    end = _HEAD.size + size
    tag, device, line, budgets, guards, sealed = _texts(record[_HEAD.size : end])
    grant_expires, redeemed = _TAIL.unpack_from(record, end) if len(record) > end else (0, 0)
    used = State.USED if len(record) > end else State.OPEN
    return Challenge(
        id=challenge_id,
        budgets=tuple([_said(one) for one in _texts(budgets)]),
        tag=tag,
        sealed=sealed,
        issued_at=int(issued),
        expires_at=int(expires),
        device=_said(device),
        line=_said(line),
        guards=tuple(_buckets(guards)),
        state=State.VOID if void else used,
        sends=int(sends),
        sent_at=int(sent),
        taken=int(taken),
        refunded=int(refunded),
        grant=record[end + _TAIL.size :],
        grant_expires_at=int(grant_expires),
        redeemed=redeemed == 1,
    )


def _text(value: bytes) -> bytes:
    return len(value).to_bytes(4, "little") + value


def _texts(packed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(packed):
        start = at + 4
        at = start + int.from_bytes(packed[at:start], "little")
        yield packed[start:at]


def _said(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")


def _bucket(bucket: Bucket) -> bytes:
    name, key = raw(bucket.name), raw(bucket.id)
    guard = bucket.guard
    numbers: list[int] = []
    for limit in bucket.limits:
        numbers += (limit.count, limit.window)
    return pack(
        f"<I{len(name)}sI{len(key)}sddBB{len(numbers)}d",
        len(name),
        name,
        len(key),
        key,
        bucket.slot,
        -1 if guard is None else guard.percent,
        0 if guard is None else guard.shadow,
        len(bucket.limits),
        *numbers,
    )


def _buckets(packed: bytes) -> Iterator[Bucket]:
    at = 0
    while at < len(packed):
        name_size = unpack_from("<I", packed, at)[0]
        name, size = unpack_from(f"<{name_size}sI", packed, at + 4)
        at += 8 + name_size
        key, slot, percent, shadow, count = unpack_from(f"<{size}sddBB", packed, at)
        at += size + 18
        numbers = unpack(f"<{2 * count}d", packed[at : at + 16 * count])
        at += 16 * count
        yield Bucket(
            name=_said(name),
            id=_said(key),
            limits=tuple([Limit(int(numbers[i]), int(numbers[i + 1])) for i in range(0, 2 * count, 2)]),
            slot=int(slot),
            guard=None if percent < 0 else Guard(int(percent), shadow == 1),
        )
