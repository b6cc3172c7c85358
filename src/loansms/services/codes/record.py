"""What a challenge remembers of its request, sealed: enough to send the same code again, and nothing else."""

from __future__ import annotations

from attrs import field, frozen

from loansms.model import Channel, Money, PhoneNumber
from loansms.otp.codes import Bound, key_id_of
from loansms.otp.decoy import decoy_from
from loansms.otp.request import Transaction, digest_of
from loansms.privacy import KeyRing
from loansms.privacy.seal import seal, unseal

# ASCII's unit separator: no field has it, because all of them are printable.
_END = "\x1f"


@frozen(kw_only=True)
class CodeRecord:
    """The request behind a challenge; `buckets` are the ids of what each send is charged to."""

    tenant: str
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
    buckets: tuple[str, ...]

    @property
    def bound(self) -> Bound:
        """What the code is bound to."""
        return Bound(
            subject=self.subject,
            action=self.action,
            transaction=digest_of(self.transaction, self.binding),
            tenant=self.tenant,
        )


def sealed(record: CodeRecord, ring: KeyRing, challenge_id: str, nonce: bytes) -> bytes:
    """Return `record` encrypted for its challenge, under the ring's current key."""
    bound = record.transaction
    said = (
        record.tenant,
        record.subject,
        record.action,
        record.phone.e164,
        record.locale or "",
        record.channel.value,
        "confirmed" if record.confirmed else "",
        str(record.digits),
        str(record.lifetime),
        record.binding,
        *(
            (str(bound.amount.amount), bound.amount.currency, bound.payee, bound.reference)
            if bound
            else _NONE
        ),
        *record.buckets,
    )
    return seal(ring, ring.current, _END.join(said).encode(), about=challenge_id, nonce=nonce)


def opened(kept: bytes, ring: KeyRing, challenge_id: str) -> CodeRecord | None:
    """Return the record of a challenge, None when its key is gone or it was tampered with."""
    plain = unseal(ring, key_id_of(challenge_id) or "", kept, about=challenge_id)
    if plain is None:
        return None
    tenant, subject, action, phone, locale, channel, confirmed, digits, lifetime, binding, *more = (
        plain.decode().split(_END)
    )
    amount, currency, payee, reference, *buckets = more
    return CodeRecord(
        tenant=tenant,
        subject=subject,
        action=action,
        phone=PhoneNumber.parse(phone) if phone.startswith("+") else decoy_from(phone),
        transaction=Transaction(amount=Money(amount, currency), payee=payee, reference=reference)
        if amount
        else None,
        binding=binding,
        locale=locale or None,
        channel=Channel(channel),
        confirmed=bool(confirmed),
        digits=int(digits),
        lifetime=int(lifetime),
        buckets=tuple(buckets),
    )


_NONE = ("", "", "", "")
