"""What one request for a code is counted under: blind ids, one for each thing a profile limits.

A bucket's id is its name and a keyed digest, so a store tells neither number nor address nor device; only what is
no secret (an action, a country, the tenant) is written beside it. What the host does not know is not counted: no
address, no bucket of addresses. While an index key is replaced everything is counted under both.

>>> from loansms.otp.profiles import LENDER
>>> from loansms.privacy import KeyRing
>>> ring = KeyRing({"k1": bytes(32)}, current="k1", index={"i1": b"i" * 32})
>>> phone = PhoneNumber.parse("+12025550123")
>>> asked = buckets_for(LENDER, ring, tenant="t", phone=phone, action="login", confirmed=True, client=Client())
>>> [bucket.name for bucket in asked]
['phone', 'phone_action', 'carrier', 'prefix', 'prefix_guard', 'country_guard']
>>> [bucket.name for bucket in guards_of(asked)]
['prefix_guard', 'country_guard']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv6Address, ip_address

from loansms.errors import CallerError
from loansms.model import PhoneNumber
from loansms.otp.admission import Bucket
from loansms.otp.profile import Profile
from loansms.otp.request import Client, require_text
from loansms.privacy import KeyRing

_LINE = 4  # digits: ten thousand numbers share a prefix, the block in which ranges are handed out
_NETWORK = 8  # bytes: a /64 is one customer's (RFC 6177), who holds every address in it
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_DOTTED = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")  # the one way to write an IPv4 address


def buckets_for(
    profile: Profile,
    ring: KeyRing,
    *,
    tenant: str,
    phone: PhoneNumber,
    action: str,
    confirmed: bool,
    client: Client,
) -> tuple[Bucket, ...]:
    """Return every bucket that one send to `phone` is charged to, in the order of the profile's rules.

    Raise CallerError when the client's address is none, or its device is not 1 to 200 printable characters.
    """
    scope = _within(tenant, "")
    plain = phone.e164
    number = ring.blind("phone", scope + plain)
    area = ring.blind("prefix", scope + plain[:-_LINE])
    mark = "+" if confirmed else "-"
    country = (scope + phone.country,)
    keys: dict[str, Sequence[str]] = {
        "phone" if confirmed else "phone_unconfirmed": number,
        "phone_action": [f"{key}:{mark}{action}" for key in number],
        "carrier": number,
        "prefix": area,
        "prefix_guard": area,
        "country": country,
        "country_guard": country,
        "tenant": (tenant,),
    }
    if client.ip is not None:
        keys["ip"] = keys["ip_guard"] = ring.blind("ip", scope + _origin(client.ip))
    if client.device:
        keys["device"] = ring.blind("device", scope + require_text("client.device", client.device))
    return tuple(
        [
            Bucket(name, f"{name}:{key}", limits, slot, guard)
            for name, limits, slot, guard in profile.compiled
            for key in keys.get(name, ())
        ]
    )


def buckets_of(profile: Profile, charged: Iterable[str]) -> tuple[Bucket, ...]:
    """Return the buckets of these ids, as the profile limits them now: for a resend and for a refund.

    A name for which the profile has no rule any more is left out.
    """
    rules = {rule.name: rule for rule in profile.rules}
    return tuple(
        [
            Bucket(name, key, rules[name].limits, rules[name].slot_micros, rules[name].guard)
            for key in charged
            if (name := key.partition(":")[0]) in rules
        ]
    )


def guards_of(buckets: Iterable[Bucket]) -> tuple[Bucket, ...]:
    """Return the buckets that are told of a right code."""
    return tuple([bucket for bucket in buckets if bucket.guard is not None])


def given_back(buckets: Iterable[Bucket]) -> tuple[Bucket, ...]:
    """Return what a send gives back that certainly did not go out: everything but the asker's.

    An address or a device whose every request is refused by the provider still comes to its limit, else it could
    ask without end.
    """
    return tuple([bucket for bucket in buckets if bucket.name not in _ASKERS])


_ASKERS = frozenset({"ip", "device"})


def budget_ids(ring: KeyRing, tenant: str, subject: str, action: str, confirmed: bool) -> tuple[str, ...]:
    """Return the ids of the failure budget of (subject, action), one for each index key.

    A number that is being proved has a budget of its own: who adds somebody's number cannot use up theirs.
    """
    label = "budget" if confirmed else "budget_unconfirmed"
    return ring.blind(label, _within(tenant, _within(subject, action)))


def device_id(ring: KeyRing, tenant: str, subject: str, device: str | None) -> str:
    """Return the blind id of a subject's device, "" when none was told.

    It is made with the first index key of the ring. When that key goes, devices are strangers once more until
    the next right code: the failures of a budget stay, only their lanes begin anew.
    """
    if not device:
        return ""
    require_text("client.device", device)
    return ring.blind("device_of", f"{len(tenant)}:{tenant}:{len(subject)}:{subject}:{device}")[0]


def _within(outer: str, inner: str) -> str:
    """Return both after the length of the first, so that no two pairs read the same."""
    return f"{len(outer)}:{outer}:{inner}"


def _origin(ip: str) -> str:
    """Return what an address is counted as, however it is written: an IPv4 address or an IPv6 network."""
    if _DOTTED.fullmatch(require_text("client.ip", ip)):
        return ip
    try:
        address = ip_address(ip)
    except ValueError:
        raise CallerError(
            "client.ip: expected one IPv4 or IPv6 address (not a list of proxies, no port)",
            "client.ip 应为单个 IPv4 或 IPv6 地址（不含代理列表和端口）",
        ) from None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else address
    return address.packed[:_NETWORK].hex() if mapped is None else str(mapped)
