"""Who a message went to and what it said, sealed before it goes: under a key of the person's own.

The key is random, wrapped by a key provider of the host's, and kept in the vault; deleting it shreds every message to
that person. What is sealed goes into the claim, so it is there exactly when the attempt is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from loansms.clock import Entropy, SystemEntropy
from loansms.compliance import RulePack
from loansms.model import Channel, InboundMessage, PhoneNumber, Purpose
from loansms.planning import PlanRow
from loansms.privacy import (
    AsyncEnvelope,
    AsyncKeyProvider,
    BlindIndex,
    DataKey,
    Secret,
    WrappedKey,
    body_digest,
    open_field,
    seal_field,
)
from loansms.privacy.suites import NONCE, suite_named
from loansms.services.keeping.kept import FIELD, TABLE, Kept, WhatWasSaid, file_field, keep_until, said_in
from loansms.services.sending.claims import debtor_of, key_of
from loansms.stores import AsyncVault, SealedField, SubjectKey

_TENANT: Final = "loansms"  # a subject's id names its tenant already
_PAGE: Final = 500


class AsyncKeeper:
    """Seals and opens what a ledger keeps of messages.

    `store` is the ledger's own vault, `keys` the host's key provider (`StaticKeys` awaited through `AwaitedKeys`, or a
    KMS), `index` the keys under which numbers are found again. `suite` is `intl` or `gm`, for what is new.
    `lender_type` counts for how long things are kept (see `retention_floor`).
    """

    def __init__(
        self,
        *,
        store: AsyncVault,
        keys: AsyncKeyProvider,
        index: Mapping[str, bytes],
        suite: str = "intl",
        lender_type: str | None = None,
        entropy: Entropy | None = None,
    ) -> None:
        self._store = store
        self._envelope = AsyncEnvelope(keys)
        self._index = BlindIndex(index, suite=suite)
        self._suite = suite_named(suite)
        self._lender_type = lender_type
        self._entropy = entropy or SystemEntropy()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(suite={self._suite.name!r})"

    def tags(self, phone: PhoneNumber) -> tuple[str, ...]:
        """Return the keyed tags of a number, one an index key, the first of them under the first key."""
        return tuple(one.hex() for one in self._index.tags("phone", _TENANT, phone.e164).values())

    async def seal(self, rows: Sequence[PlanRow], at: datetime, packs: Sequence[RulePack]) -> dict[str, Kept]:
        """Return what the claims of `rows` carry, by step key; the words of codes are never among it."""
        keys = await self._keys(sorted({debtor_of(row) for row in rows}), at)
        return {key_of(row): self._sealed(row, keys[debtor_of(row)], at, packs) for row in rows}

    async def seal_reply(
        self, subject: str, row: str, message: InboundMessage, packs: Sequence[RulePack]
    ) -> str:
        """Keep the words of a reply sealed under `row`, and return their keyed digest."""
        at = message.received_at
        key = (await self._keys([subject], at))[subject]
        phone = message.phone.e164 if message.phone else ""
        said = WhatWasSaid(Secret(phone), Secret(""), message.text)
        value = seal_field(
            key,
            said.written(),
            tenant=_TENANT,
            table=TABLE,
            subject=subject,
            field=FIELD,
            row=row,
            nonce=self._entropy.token(NONCE),
        )
        kept = SealedField(
            subject=subject,
            name=FIELD,
            row=row,
            value=value,
            at=at,
            keep_until=keep_until(packs, Purpose.TRANSACTION_NOTICE, Channel.SMS, at, self._lender_type),
        )
        await self._store.keep_sealed([kept])
        return body_digest(key, message.text.reveal())

    async def opened(self, subject: str, row: str, at: datetime) -> WhatWasSaid | None:
        """Return what was said in the message of step key `row`; None when it is gone or was never kept.

        Raise CannotOpen when the value was changed, or belongs elsewhere.
        """
        plain = await self._plain(subject, row, FIELD, at)
        return None if plain is None else WhatWasSaid.read(plain)

    async def opened_file(self, subject: str, row: str, place: int, at: datetime) -> bytes | None:
        """Return the bytes of the file at `place` (from 0) of the message of step key `row`, as `opened` does."""
        return await self._plain(subject, row, file_field(place), at)

    async def _plain(self, subject: str, row: str, name: str, at: datetime) -> bytes | None:
        found = [one for one in await self._store.sealed(subject, row) if one.name == name]
        wrapped = (await self._store.subject_keys([subject])).get(subject)
        if not found or wrapped is None:
            return None
        key = await self._envelope.data_key(_wrapped(wrapped), at)
        return open_field(
            key, found[0].value, tenant=_TENANT, table=TABLE, subject=subject, field=name, row=row
        )

    async def digest(self, subject: str, text: str, at: datetime) -> str | None:
        """Return the digest evidence keeps of `text` for this person; None once their key is shredded."""
        wrapped = (await self._store.subject_keys([subject])).get(subject)
        if wrapped is None:
            return None
        return body_digest(await self._envelope.data_key(_wrapped(wrapped), at), text)

    async def find(self, phone: PhoneNumber) -> set[str]:
        """Return whom a number stands for."""
        return await self._store.find_subjects(self.tags(phone))

    async def rewrap(self, current: Sequence[str]) -> int:
        """Wrap anew every key that is under no key-encryption key of `current`; return how many.

        Records stay as they are. Call it again when it was cut short: it goes on where anything is left.
        """
        changed, after = 0, ""
        while page := await self._store.subject_keys_after(after, _PAGE):
            for old in page:
                if old.kek_id not in current:
                    anew = await self._envelope.rewrap(_wrapped(old))
                    changed += await self._store.rewrap_subject_key(old, _stored(anew))
            after = page[-1].subject
        return changed

    def forget(self, subject: str) -> None:
        """Drop what this process holds of a subject's key, after it was shredded."""
        self._envelope.held.forget(tenant=_TENANT, subject=subject)

    async def _keys(self, subjects: Sequence[str], at: datetime) -> dict[str, DataKey]:
        known = await self._store.subject_keys(subjects)
        missing = [one for one in subjects if one not in known]
        made = [
            await self._envelope.new_key(
                self._entropy.token(self._suite.key_size),
                tenant=_TENANT,
                subject=one,
                suite=self._suite.name,
            )
            for one in missing
        ]
        if made:
            known |= await self._store.add_subject_keys([_stored(one) for one in made])
        return {one: await self._envelope.data_key(_wrapped(known[one]), at) for one in subjects}

    def _sealed(self, row: PlanRow, key: DataKey, at: datetime, packs: Sequence[RulePack]) -> Kept:
        if row.purpose is None or row.channel is None or row.text is None or row.borrower is None:
            raise ValueError("row: expected a worded step with its borrower, purpose and channel")
        subject, step = debtor_of(row), key_of(row)
        if row.purpose is Purpose.OTP:
            return Kept(tags=self.tags(row.borrower.phone))
        until = keep_until(packs, row.purpose, row.channel, at, self._lender_type)
        plain = {FIELD: said_in(row).written()}
        plain |= {file_field(place): one.content.reveal() for place, one in enumerate(row.attachments)}
        kept = tuple(
            SealedField(
                subject=subject,
                name=name,
                row=step,
                value=seal_field(
                    key,
                    value,
                    tenant=_TENANT,
                    table=TABLE,
                    subject=subject,
                    field=name,
                    row=step,
                    nonce=self._entropy.token(NONCE),
                ),
                at=at,
                keep_until=until,
            )
            for name, value in plain.items()
        )
        return Kept(body_digest(key, row.text.reveal()), kept, self.tags(row.borrower.phone))


def _wrapped(key: SubjectKey) -> WrappedKey:
    return WrappedKey(
        tenant=_TENANT, subject=key.subject, suite=key.suite, kek_id=key.kek_id, blob=key.wrapped
    )


def _stored(key: WrappedKey) -> SubjectKey:
    return SubjectKey(subject=key.subject, suite=key.suite, kek_id=key.kek_id, wrapped=key.blob)
