"""Somebody nobody knows: a number that is none, with a mask like anybody else's.

A decoy is kept, counted, throttled and locked as a borrower's code is, and nothing is ever sent for it: then no
field and no path tells the two apart.

>>> from loansms.privacy import KeyRing
>>> ring = KeyRing({"k1": bytes(32)}, current="k1", index={"i1": b"i" * 32})
>>> one = decoy_phone(ring, "B-404", "CN")
>>> one == decoy_phone(ring, "B-404", "CN"), len(one.masked), is_decoy(one)
(True, 11, True)
>>> decoy_from(one.e164) == one
True
"""

from __future__ import annotations

import phonenumbers

from loansms.model import PhoneNumber
from loansms.privacy import KeyRing, Secret, mask_phone

_MARK = "decoy"  # no number of the world begins so


def decoy_phone(ring: KeyRing, subject: str, country: str) -> PhoneNumber:
    """Return what stands for the number of a subject nobody knows: the same every time, in the shape of `country`."""
    blind = ring.blind("decoy", subject)[0]
    return decoy_from(f"{_MARK}:{blind}:{country}:{_mask(int(blind, 16), country)}")


def decoy_from(text: str) -> PhoneNumber:
    """Return the decoy that `text`, a decoy's `e164`, tells."""
    _, _, country, masked = text.split(":")
    return PhoneNumber(Secret(text), country, masked)


def is_decoy(phone: PhoneNumber) -> bool:
    """Return whether nothing may ever be sent to `phone`."""
    return phone.e164.startswith(_MARK)


# Series whose first three digits vary as customers' do: the three mainland carriers; large American area codes.
_HEADS = {
    "CN": (
        "130", "131", "132", "133", "135", "136", "137", "138", "139", "150", "151", "152", "153", "155", "156",
        "157", "158", "159", "176", "177", "178", "180", "181", "182", "183", "185", "186", "187", "188", "189",
        "199",
    ),
    "US": (
        "201", "202", "205", "206", "212", "213", "214", "215", "216", "267", "281", "303", "305", "310", "312",
        "313", "314", "323", "347", "404", "407", "408", "415", "469", "503", "510", "512", "602", "612", "617",
        "619", "646", "678", "702", "713", "718", "720", "773", "786", "803", "813", "832", "904", "917", "919",
    ),
}  # fmt: skip


def _mask(chance: int, country: str) -> str:
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    shape = phonenumbers.national_significant_number(example) if example else "0" * 10
    heads = _HEADS.get(country, (shape[:3],))
    head = heads[chance % len(heads)]
    return mask_phone(f"{head}{shape[len(head) : -4]}{chance // len(heads) % 10_000:04d}")
