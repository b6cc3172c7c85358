"""What a store keeps sealed, and the verbs for it: it never sees a key that opens anything.

A subject is a person by the ledger's key of the debtor. A sealed field is bytes that say themselves by which suite and
key they were sealed; a tag is a blind index of a phone. Deleting the subject's wrapped key makes the rest unreadable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from loansms.clock import require_aware


@frozen(kw_only=True)
class SubjectKey:
    """A subject's own random key, wrapped by the key `kek_id` of a key provider."""

    subject: str
    suite: str
    kek_id: str
    wrapped: bytes = field(repr=False)


@frozen(kw_only=True)
class SealedField:
    """One value of a subject, sealed: `name` says which (phone, name, body), `row` of which message ("" = of the person).

    ``keep_until`` is the end of the period it is kept for; None = until the subject is shredded.
    """

    subject: str
    name: str
    row: str = ""
    value: bytes = field(repr=False)
    at: datetime = field(converter=require_aware)
    keep_until: datetime | None = None


@frozen(kw_only=True)
class Shredded:
    """What a shredding removed: wrapped keys, sealed fields and blind-index tags."""

    keys: int
    fields: int
    tags: int


class Vault(Protocol):
    """Sealed values by subject, each subject under a wrapped key of its own: without that key nobody reads them again."""

    def subject_keys(self, subjects: Sequence[str]) -> dict[str, SubjectKey]:
        """Return the wrapped keys of those subjects that have one."""
        ...

    def add_subject_keys(self, keys: Sequence[SubjectKey]) -> dict[str, SubjectKey]:
        """Keep the keys of subjects that have none; return the key each subject has now: the first one kept wins."""
        ...

    def rewrap_subject_key(self, old: SubjectKey, new: SubjectKey) -> bool:
        """Replace `old` by `new`; False when the subject's key is not `old` any more."""
        ...

    def subject_keys_after(self, subject: str, most: int) -> list[SubjectKey]:
        """Return up to `most` keys of subjects after `subject`, in the order of their names: to walk over all."""
        ...

    def keep_sealed(
        self, fields: Sequence[SealedField], tags: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Keep sealed fields, an equal one replaced, and `tags` (subject to tags) for the look-up."""
        ...

    def sealed(self, subject: str, row: str | None = None) -> list[SealedField]:
        """Return a subject's sealed fields, of one row or of all, in the order of row and name."""
        ...

    def find_subjects(self, tags: Sequence[str]) -> set[str]:
        """Return the subjects any of the tags stands for."""
        ...

    def shred(self, subject: str, at: datetime, by: str) -> Shredded:
        """Delete a subject's key, fields and tags, told in the journal; suppressions and attempts stay."""
        ...

    def sweep_sealed(self, until: datetime, at: datetime, by: str) -> int:
        """Delete fields whose period ended at `until` or before, told in the journal; return how many."""
        ...


class AsyncVault(Protocol):
    """`Vault`, awaited: the same verbs, arguments and answers."""

    async def subject_keys(self, subjects: Sequence[str]) -> dict[str, SubjectKey]: ...  # noqa: D102

    async def add_subject_keys(self, keys: Sequence[SubjectKey]) -> dict[str, SubjectKey]: ...  # noqa: D102

    async def rewrap_subject_key(self, old: SubjectKey, new: SubjectKey) -> bool: ...  # noqa: D102

    async def subject_keys_after(self, subject: str, most: int) -> list[SubjectKey]: ...  # noqa: D102

    async def keep_sealed(  # noqa: D102
        self, fields: Sequence[SealedField], tags: Mapping[str, Sequence[str]] | None = None
    ) -> None: ...

    async def sealed(self, subject: str, row: str | None = None) -> list[SealedField]: ...  # noqa: D102

    async def find_subjects(self, tags: Sequence[str]) -> set[str]: ...  # noqa: D102

    async def shred(self, subject: str, at: datetime, by: str) -> Shredded: ...  # noqa: D102

    async def sweep_sealed(self, until: datetime, at: datetime, by: str) -> int: ...  # noqa: D102
