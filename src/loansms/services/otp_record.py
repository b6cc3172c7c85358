"""What a challenge remembers of its request, sealed: enough to send the same code again, and nothing else."""

from __future__ import annotations

import json
from typing import Any

from attrs import field, frozen

from loansms.model import Channel, Money, PhoneNumber
from loansms.otp.codes import Bound, key_id_of
from loansms.otp.request import Transaction, digest_of
from loansms.privacy import KeyRing
from loansms.privacy.seal import seal, unseal

# Made once: json.dumps makes an encoder anew for each call with settings of its own.
_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False)


@frozen(kw_only=True)
class CodeRecord:
    """The request behind a challenge; `buckets` are (name, id) of what each send is charged to."""

    subject: str = field(repr=False)
    action: str
    phone: PhoneNumber
    transaction: Transaction | None
    binding: str = field(repr=False)
    locale: str | None
    channel: Channel
    confirmed: bool
    digits: int
    lifetime: int
    buckets: tuple[tuple[str, str], ...]

    @property
    def bound(self) -> Bound:
        """What the code is bound to."""
        return Bound(
            subject=self.subject, action=self.action, transaction=digest_of(self.transaction, self.binding)
        )


def sealed(record: CodeRecord, ring: KeyRing, challenge_id: str, nonce: bytes) -> bytes:
    """Return `record` encrypted for its challenge, under the ring's current key."""
    bound = record.transaction
    said = [
        record.subject,
        record.action,
        record.phone.e164,
        bound and [str(bound.amount.amount), bound.amount.currency, bound.payee, bound.reference],
        record.locale,
        record.channel.value,
        record.confirmed,
        record.digits,
        record.lifetime,
        record.buckets,
        record.binding,
    ]
    return seal(ring, ring.current, _JSON.encode(said).encode(), about=challenge_id, nonce=nonce)


def opened(kept: bytes, ring: KeyRing, challenge_id: str) -> CodeRecord | None:
    """Return the record of a challenge, None when its key is gone or it was tampered with."""
    plain = unseal(ring, key_id_of(challenge_id) or "", kept, about=challenge_id)
    if plain is None:
        return None
    said: list[Any] = json.loads(plain)
    bound = said[3]
    return CodeRecord(
        subject=said[0],
        action=said[1],
        phone=PhoneNumber.parse(said[2]),
        transaction=bound
        and Transaction(amount=Money(bound[0], bound[1]), payee=bound[2], reference=bound[3]),
        locale=said[4],
        channel=Channel(said[5]),
        confirmed=said[6],
        digits=said[7],
        lifetime=said[8],
        buckets=tuple((name, key) for name, key in said[9]),
        binding=said[10],
    )
