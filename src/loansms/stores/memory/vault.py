"""The vault in memory: wrapped keys, sealed fields and tags by subject."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from loansms.clock import require_aware
from loansms.model import Record
from loansms.stores import acts
from loansms.stores.memory.journal import MemoryJournal
from loansms.stores.vault import SealedField, Shredded, SubjectKey


class MemoryVault:
    """Sealed values, under the lock of the store they belong to."""

    def __init__(self, lock: threading.RLock, journal: MemoryJournal) -> None:
        self._held = lock
        self._journal = journal
        self._keys: dict[str, SubjectKey] = {}
        self._fields: dict[tuple[str, str, str], SealedField] = {}
        self._tags: dict[str, set[str]] = defaultdict(set)

    def subject_keys(self, subjects: Sequence[str]) -> dict[str, SubjectKey]:
        """Return the wrapped keys of those subjects that have one."""
        with self._held:
            return {one: self._keys[one] for one in subjects if one in self._keys}

    def add_subject_keys(self, keys: Sequence[SubjectKey]) -> dict[str, SubjectKey]:
        """Keep the keys of subjects that have none; return the key each subject has now."""
        with self._held:
            return {one.subject: self._keys.setdefault(one.subject, one) for one in keys}

    def rewrap_subject_key(self, old: SubjectKey, new: SubjectKey) -> bool:
        """Replace `old` by `new`; False when the subject's key is not `old` any more."""
        with self._held:
            if self._keys.get(old.subject) != old:
                return False
            self._keys[old.subject] = new
            return True

    def subject_keys_after(self, subject: str, most: int) -> list[SubjectKey]:
        """Return up to `most` keys of subjects after `subject`, in the order of their names."""
        with self._held:
            return [self._keys[one] for one in sorted(self._keys) if one > subject][:most]

    def keep_sealed(
        self, fields: Sequence[SealedField], tags: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Keep sealed fields, an equal one replaced, and `tags` for the look-up."""
        with self._held:
            self._fields.update({(one.subject, one.row, one.name): one for one in fields})
            for subject, several in (tags or {}).items():
                for tag in several:
                    self._tags[tag].add(subject)

    def sealed(self, subject: str, row: str | None = None) -> list[SealedField]:
        """Return a subject's sealed fields, of one row or of all, in the order of row and name."""
        with self._held:
            return [
                self._fields[key]
                for key in sorted(self._fields)
                if key[0] == subject and row in (None, key[1])
            ]

    def find_subjects(self, tags: Sequence[str]) -> set[str]:
        """Return the subjects any of the tags stands for."""
        with self._held:
            return {subject for tag in tags for subject in self._tags.get(tag, ())}

    def shred(self, subject: str, at: datetime, by: str) -> Shredded:
        """Delete a subject's key, fields and tags, told in the journal."""
        require_aware(at, "at")
        with self._held:
            mine = [key for key in self._fields if key[0] == subject]
            for key in mine:
                del self._fields[key]
            tags = [tag for tag, subjects in self._tags.items() if subject in subjects]
            for tag in tags:
                self._tags[tag].discard(subject)
                if not self._tags[tag]:
                    del self._tags[tag]
            keys = self._keys.pop(subject, None)
            gone = Shredded(keys=int(keys is not None), fields=len(mine), tags=len(tags))
            self._write(acts.shredded(subject, gone, at, by))
            return gone

    def sweep_sealed(self, until: datetime, at: datetime, by: str) -> int:
        """Delete fields whose period ended at `until` or before, told in the journal; return how many."""
        require_aware(until, "until")
        with self._held:
            over = [
                key
                for key, one in self._fields.items()
                if one.keep_until is not None and one.keep_until <= until
            ]
            for key in over:
                del self._fields[key]
            if over:
                self._write(acts.swept(until, len(over), at, by))
            return len(over)

    def _write(self, *records: Record) -> None:
        self._journal.append(records)
