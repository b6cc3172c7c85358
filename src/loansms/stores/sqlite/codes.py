"""Codes in the embedded ledger file: each verb one `BEGIN IMMEDIATE` transaction over the rules of `loansms.otp`.

The write lock is taken first, so what is read cannot change before it is written: a wrong code is counted and a
right one consumed exactly once over all processes of the machine, and what was answered is flushed to disk.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from loansms.stores import SqliteStore
>>> with TemporaryDirectory() as folder, SqliteStore(Path(folder) / "run.db") as store:
...     store.redeem_grant("v1.k1.none", b"tag")
False
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from attrs import frozen

from loansms.clock import Clock
from loansms.otp.admission import Bucket, Log, NoRoom, Room, decide, slot_of
from loansms.otp.budget import DAY, Budget, FailureLimits
from loansms.otp.challenge import (
    Attempt,
    Challenge,
    Checked,
    Closed,
    NewChallenge,
    State,
    barred,
    judge,
    locked,
    redeems,
    refunded,
    refunds,
    resent,
    takes,
)
from loansms.otp.verdict import VerdictKind
from loansms.stores.codes import Grants, LockedOut, Opening, Sent
from loansms.stores.rows import Row, micros
from loansms.stores.sqlite import code_statements as sql
from loansms.stores.sqlite.code_rows import (
    asked_from,
    budget_from,
    budget_ids,
    challenge_from,
    challenge_row,
    failures_text,
    granted_from,
    known_text,
    marks_from,
    newest_text,
)
from loansms.stores.sqlite.file import LedgerFile

_EMPTY = Budget()
_PAGE = 1_000  # rows a sweep looks at under one lock, so that no check waits long for it


class SqliteCodes:
    """The code verbs of SqliteStore; safe to share between threads, each process opens its own."""

    def __init__(self, file: LedgerFile, clock: Clock) -> None:
        self._code_file = file
        self._code_clock = clock

    def open_challenge(
        self, new: NewChallenge, buckets: Sequence[Bucket], limits: FailureLimits, now: int | None = None
    ) -> Opening:
        """Open a challenge and charge every bucket, or change nothing."""
        with self._code_file.writing() as db:
            at = _at(self._code_clock, now)
            if db.execute(sql.EXISTS, (new.id,)).fetchone():
                return Closed.EXISTS
            budgets = _budgets(db, new.budgets)
            until = locked(budgets, limits, at, new.device, new.device != "")
            if until is not None:
                return LockedOut(until)
            room = _charge(db, buckets, at)
            if isinstance(room, NoRoom):
                return room
            challenge = new.opened(at)
            db.execute(sql.ADD_CHALLENGE, challenge_row(challenge))
            issued = [one.issued(new.line, new.id, challenge.expires_at, at) for one in budgets]
            ends = _budget_ends(limits, at)
            for key, budget in zip(new.budgets, issued, strict=True):
                db.execute(sql.WRITE_NEWEST, (newest_text(budget.newest), ends, key))
        return Sent(at=at, expires_at=challenge.expires_at, shadows=room.shadows)

    def load_challenge(self, challenge_id: str) -> Challenge | None:
        """Return the challenge as it stands, None for an unknown or forgotten one."""
        with self._code_file.reading() as db:
            row: Row | None = db.execute(sql.CHALLENGE, (challenge_id,)).fetchone()
        return None if row is None else challenge_from(row)

    def resend_challenge(
        self,
        challenge_id: str,
        buckets: Sequence[Bucket],
        limits: FailureLimits,
        *,
        left: int,
        taken: bool = True,
        now: int | None = None,
    ) -> Opening:
        """Admit one more send of an open challenge and charge every bucket, or change nothing."""
        with self._code_file.writing() as db:
            at = _at(self._code_clock, now)
            challenge = _challenge(db, challenge_id)
            if challenge is None:
                return Closed.UNKNOWN
            budgets = _budgets(db, challenge.budgets)
            why = barred(challenge, budgets, limits, at, left)
            if why is not None:
                return why if isinstance(why, Closed) else LockedOut(why)
            room = _charge(db, buckets, at)
            if isinstance(room, NoRoom):
                return room
            again = resent(challenge, at, taken)
            db.execute(sql.WRITE_SEND, (again.sends, again.sent_at, again.taken, again.id))
        return Sent(at=at, expires_at=again.expires_at, send=again.sends, shadows=room.shadows)

    def take_send(self, challenge_id: str, send: int, now: int | None = None) -> bool:
        """Take an admitted send to the provider: True once a send, False for all who come later."""
        with self._code_file.writing() as db:
            challenge = _challenge(db, challenge_id)
            if challenge is None or not takes(challenge, send, _at(self._code_clock, now)):
                return False
            db.execute(sql.WRITE_TAKEN, (send, challenge_id))
        return True

    def refund_send(self, challenge_id: str, send: int, buckets: Sequence[Bucket]) -> bool:
        """Give back the last send, which certainly did not go out: once."""
        with self._code_file.writing() as db:
            challenge = _challenge(db, challenge_id)
            if challenge is None or not refunds(challenge, send):
                return False
            after = refunded(challenge, send)
            db.execute(sql.WRITE_REFUND, (after.refunded, after.state.value, after.id))
            for bucket in buckets:
                use = (bucket.id, slot_of(bucket.slot, challenge.sent_at))
                db.execute(sql.DROP_OLD, (bucket.id, challenge.sent_at - bucket.keeps))
                db.execute(sql.TAKE_BACK, use)
                db.execute(sql.DROP_UNUSED, use)
        return True

    def check_code(
        self, challenge_id: str, attempt: Attempt, limits: FailureLimits, now: int | None = None
    ) -> Checked:
        """Count, compare, consume and grant in one act; what was not compared writes nothing."""
        with self._code_file.writing() as db:
            at = _at(self._code_clock, now)
            row: Row | None = db.execute(sql.ASKED, (challenge_id,)).fetchone()
            if row is None:
                return Checked(kind=VerdictKind.UNKNOWN, at=at)
            keys = budget_ids(row[0], row[1])
            budgets = [_EMPTY if row[9] is None else budget_from(*row[9:]), *_budgets(db, keys[1:])]
            answer, after = judge(asked_from(challenge_id, row), budgets[: len(keys)], attempt, limits, at)
            ends = _budget_ends(limits, at)
            if answer.kind is VerdictKind.WRONG:
                failed = [
                    (failures_text(one.failures), ends, key) for key, one in zip(keys, after, strict=True)
                ]
                db.executemany(sql.WRITE_FAILED, failed)
            elif answer.kind is VerdictKind.ACCEPTED:
                used = (State.USED.value, attempt.grant, at + attempt.grant_lives, challenge_id)
                db.execute(sql.WRITE_USED, used)
                passed = [
                    (one.cleared, known_text(one.known), ends, key)
                    for key, one in zip(keys, after, strict=True)
                ]
                db.executemany(sql.WRITE_PASSED, passed)
                _note(db, sql.ADD_VERIFIED, marks_from(row[8]), at)
        return answer

    def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        """Use up the grant of that tag; True exactly once, False for any other and after its time."""
        with self._code_file.writing() as db:
            return _redeem(db.cursor(), challenge_id, grant, _at(self._code_clock, now))

    def redeem_in(self, conn: sqlite3.Connection) -> Grants:
        """Return where grants are redeemed inside a transaction that the host holds on this very file.

        ``conn``: the host's own connection, after BEGIN IMMEDIATE. The grant is spent when the host commits
        and still good when it rolls back, together with whatever else the transaction did. Another file, or no
        transaction, raises CallerError; a file that is locked elsewhere StoreError, after which to roll back.
        """
        return _Joined(conn, self._code_file, self._code_clock)

    def forget_codes(self, now: int | None = None) -> int:
        """Delete what no rule needs any more, return how many records: in short transactions, one after another."""
        at = _at(self._code_clock, now)
        return sum(self._sweep(end, delete, at) for end, delete in sql.SWEEPS)

    def _sweep(self, end: str, delete: str, at: int) -> int:
        gone = 0
        after: str | None = ""
        while after is not None:
            with self._code_file.writing() as db:
                page = {"after": after, "most": _PAGE, "at": at, "day": DAY}
                last: Row | None = db.execute(end, page).fetchone()
                after = last[0] if last else None
                gone += db.execute(delete, {**page, "upto": after}).rowcount
        return gone


@frozen
class _Joined:
    """Grants redeemed inside a transaction of the host."""

    _conn: sqlite3.Connection
    _file: LedgerFile
    _clock: Clock

    def redeem_grant(self, challenge_id: str, grant: bytes, now: int | None = None) -> bool:
        """Use up the grant of that tag, as soon as the host commits."""
        with self._file.joining(self._conn) as db:
            return _redeem(db, challenge_id, grant, _at(self._clock, now))


def _redeem(db: sqlite3.Cursor, challenge_id: str, grant: bytes, at: int) -> bool:
    row: Row | None = db.execute(sql.GRANT, (challenge_id,)).fetchone()
    if row is None or not redeems(granted_from(challenge_id, row), grant, at):
        return False
    db.execute(sql.WRITE_REDEEMED, (challenge_id,))
    return True


def _at(clock: Clock, now: int | None) -> int:
    return micros(clock.now()) if now is None else now


def _challenge(db: sqlite3.Connection, challenge_id: str) -> Challenge | None:
    row: Row | None = db.execute(sql.CHALLENGE, (challenge_id,)).fetchone()
    return None if row is None else challenge_from(row)


def _budgets(db: sqlite3.Connection, keys: Sequence[str]) -> list[Budget]:
    found: list[Budget] = []
    for key in keys:
        row: Row | None = db.execute(sql.BUDGET, (key,)).fetchone()
        found.append(_EMPTY if row is None else budget_from(*row))
    return found


def _budget_ends(limits: FailureLimits, at: int) -> int:
    return at + max(DAY, limits.known_for)


def _charge(db: sqlite3.Connection, buckets: Sequence[Bucket], at: int) -> Room | NoRoom:
    logs: list[Log] = [tuple(db.execute(sql.LOG, (bucket.id,)).fetchall()) for bucket in buckets]
    answer = decide(buckets, logs, at)
    if isinstance(answer, Room):
        _note(db, sql.ADD_SENT, [(bucket.id, bucket.slot, bucket.keeps) for bucket in buckets], at)
    return answer


def _note(db: sqlite3.Connection, add: str, marks: Sequence[tuple[str, int, int]], at: int) -> None:
    """Add one use to each bucket, given as id, slot and how long it keeps; what is too old is dropped."""
    db.executemany(sql.DROP_OLD, [(key, at - keeps) for key, _, keeps in marks])
    db.executemany(add, [(key, slot_of(slot, at), at + slot + keeps) for key, slot, keeps in marks])
