"""What somebody nobody knows is answered: an id and a face that look like anybody else's.

A decoy's id is its time, enciphered under a subkey of the ring: to others it is as random as any id, so asking
again for one that was never stored can still be answered with the times it began with. No code verifies it.

>>> from loansms.privacy import KeyRing
>>> ring = KeyRing({"k1": bytes(32)}, current="k1", index={"i1": b"i" * 32})
>>> one = decoy_id(ring, at=1_790_000_000_000_000, chance=b"1234")
>>> decoy_at(ring, one), decoy_at(ring, "v1.k1.AAAAAAAAAAAAAAAAAAAAAA") is None
(1790000000000000, True)
>>> decoy_mask(ring, "B-404", "CN") == decoy_mask(ring, "B-404", "CN"), len(decoy_mask(ring, "B-404", "CN"))
(True, 11)
"""

from __future__ import annotations

from base64 import urlsafe_b64decode

import phonenumbers
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from loansms.otp.codes import key_id_of, new_id
from loansms.privacy import KeyRing, mask_phone

_SIGN = b"lsms"  # 32 bits: what tells a decoy from a random id, to who holds the key alone
CHANCE = 4
"""Random bytes that a decoy's id takes."""


def decoy_id(ring: KeyRing, at: int, chance: bytes) -> str:
    """Return the id of a decoy issued at `at` (microseconds), from 4 random bytes."""
    # One block, never used as a mode: the id is exactly a permuted (time, chance, sign).
    block = _cipher(ring, ring.current).encryptor().update(at.to_bytes(8, "big") + chance[:CHANCE] + _SIGN)
    return new_id(ring.current, block)


def decoy_at(ring: KeyRing, challenge_id: str) -> int | None:
    """Return when a decoy was issued, None for any other id."""
    key_id = key_id_of(challenge_id)
    if key_id is None or key_id not in ring:
        return None
    block = urlsafe_b64decode(challenge_id.rpartition(".")[2] + "==")
    plain = _cipher(ring, key_id).decryptor().update(block)
    return int.from_bytes(plain[:8], "big") if plain.endswith(_SIGN) else None


def decoy_mask(ring: KeyRing, subject: str, country: str) -> str:
    """Return the masked number of a subject nobody knows: the same every time, of the shape of `country`."""
    chance = int(ring.blind("decoy", subject)[0], 16)
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    shape = phonenumbers.national_significant_number(example) if example else "0" * 10
    heads = _HEADS.get(country, (shape[:3],))
    head = heads[chance % len(heads)]
    return mask_phone(f"{head}{shape[len(head) : -4]}{chance // len(heads) % 10_000:04d}")


# Mobile series of the three mainland carriers, so that a decoy's first digits vary as customers' do.
_HEADS = {
    "CN": ("130", "132", "135", "136", "138", "139", "150", "151", "158", "159", "176", "186", "188", "189")
}


def _cipher(ring: KeyRing, key_id: str) -> Cipher[ECB]:
    return Cipher(AES(ring.subkey(key_id, b"decoy")), ECB())  # noqa: S305 - a single block, see above
