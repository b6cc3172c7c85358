"""The vault over any SQL database: wrapped keys, sealed fields and tags by subject."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from loansms.stores import acts
from loansms.stores.rows import micros, sealed_from, sealed_row
from loansms.stores.sql import statements as sql
from loansms.stores.sql.claiming import SqlClaims
from loansms.stores.sql.dialect import COLUMNS
from loansms.stores.vault import SealedField, Shredded, SubjectKey


class SqlVault(SqlClaims):
    """Sealed values by subject."""

    def subject_keys(self, subjects: Sequence[str]) -> dict[str, SubjectKey]:
        """Return the wrapped keys of those subjects that have one."""
        with self._db.reading() as db:
            rows = db.ask((self._sql(sql.KEYS), (json.dumps(list(dict.fromkeys(subjects))),)))[0]
        return {row[0]: _key_from(*row) for row in rows}

    def add_subject_keys(self, keys: Sequence[SubjectKey]) -> dict[str, SubjectKey]:
        """Keep the keys of subjects that have none; return the key each subject has now."""
        if not keys:
            return {}
        new = self._db.dialect.skip("ledger_key", COLUMNS["ledger_key"], ("subject",))
        with self._db.writing() as db:
            first = {one.subject: one for one in reversed(keys)}
            rows = [(one, first[one].suite, first[one].kek_id, first[one].wrapped) for one in sorted(first)]
            db.tell_each(new, rows)
            rows = db.ask((self._sql(sql.KEYS), (json.dumps([one.subject for one in keys]),)))[0]
        return {row[0]: _key_from(*row) for row in rows}

    def rewrap_subject_key(self, old: SubjectKey, new: SubjectKey) -> bool:
        """Replace `old` by `new`; False when the subject's key is not `old` any more."""
        values = (new.kek_id, new.wrapped, old.subject, old.suite, old.kek_id, old.wrapped)
        with self._db.writing() as db:
            return db.tell(self._sql(sql.REWRAP), values) == 1

    def subject_keys_after(self, subject: str, most: int) -> list[SubjectKey]:
        """Return up to `most` keys of subjects after `subject`, in the order of their names."""
        with self._db.reading() as db:
            return [_key_from(*row) for row in db.ask((self._sql(sql.KEYS_AFTER), (subject, most)))[0]]

    def keep_sealed(
        self, fields: Sequence[SealedField], tags: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Keep sealed fields, an equal one replaced, and `tags` for the look-up."""
        listed = sorted({(tag, subject) for subject, several in (tags or {}).items() for tag in several})
        with self._db.writing() as db:
            if fields:
                db.later(self._write_sealed, [sealed_row(one) for one in fields])
            if listed:
                db.later(self._write_tag, listed)

    def sealed(self, subject: str, row: str | None = None) -> list[SealedField]:
        """Return a subject's sealed fields, of one row or of all, in the order of row and name."""
        asked = sql.SEALED.replace("<row>", " AND in_row = ?" if row is not None else "")
        values = (subject, *([row] if row is not None else []))
        with self._db.reading() as db:
            return [sealed_from(*one) for one in db.ask((self._sql(asked), values))[0]]

    def find_subjects(self, tags: Sequence[str]) -> set[str]:
        """Return the subjects any of the tags stands for."""
        with self._db.reading() as db:
            return {row[0] for row in db.ask((self._sql(sql.TAGGED), (json.dumps(list(tags)),)))[0]}

    def shred(self, subject: str, at: datetime, by: str) -> Shredded:
        """Delete a subject's key, fields and tags, told in the journal; suppressions and attempts stay."""
        micros(at)
        with self._db.writing([subject]) as db:
            keys, fields, tags = (db.tell(self._sql(one), (subject,)) for one in sql.SHRED)
            db.tell(self._sql(sql.FORGET_NUMBERS), (subject,))
            gone = Shredded(keys=keys, fields=fields, tags=tags)
            self._wrote(db, acts.shredded(subject, gone, at, by))
        self._forgotten()
        return gone

    def sweep_sealed(self, until: datetime, at: datetime, by: str) -> int:
        """Delete fields whose period ended at `until` or before, told in the journal; return how many."""
        with self._db.writing() as db:
            gone = db.tell(self._sql(sql.SWEEP), (micros(until, "until"),))
            if gone:
                self._wrote(db, acts.swept(until, gone, at, by))
        if gone:
            self._forgotten()
        return gone

    def _forgotten(self) -> None:
        """Make the database give up what was deleted, where it keeps old pages for a while."""


def _key_from(subject: str, suite: str, kek_id: str, wrapped: bytes) -> SubjectKey:
    return SubjectKey(subject=subject, suite=suite, kek_id=kek_id, wrapped=wrapped)
