"""What a person agreed to and what they took back: dated records with their proof, not a flag.

A consent names its purposes and channels, or a wider agreement such as contact outside the hours. A revocation
ends what it names and nothing else. The order in which records came in does not matter, only their dates.

>>> from datetime import timedelta
>>> given = datetime(2026, 9, 1, tzinfo=UTC)
>>> agreed = Consent(at=given, purposes=["marketing"], channels=["sms", "email"], text_version="m-3", source="app")
>>> stopped = Revocation(at=given + timedelta(days=5), channels=["sms"])
>>> now = given + timedelta(days=9)
>>> consent_in_force([stopped, agreed], Purpose.MARKETING, Channel.SMS, now) is None
True
>>> consent_in_force([stopped, agreed], Purpose.MARKETING, Channel.EMAIL, now).text_version
'm-3'
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from attrs import field, frozen

from loansms.clock import require_aware
from loansms.errors import CallerError
from loansms.model.message import Channel, Purpose

WordT = TypeVar("WordT", bound=StrEnum)


class ConsentScope(StrEnum):
    """What a person may agree to besides messages of a kind; the words of the compliance reference."""

    TEXT_THIS_NUMBER = "text_this_number"
    CALL_THIS_NUMBER = "call_this_number"
    CONTACT_OUTSIDE_HOURS = "contact_outside_hours"
    MORE_CONTACTS = "more_contacts"
    SHARING_WITH_AGENCY = "sharing_with_agency"
    SERVICE_ADDRESS = "service_address"


class GivenTo(StrEnum):
    """Who was given the consent: the lender itself, or the agency that collects for it."""

    CREDITOR = "creditor"
    COLLECTOR = "collector"


# Codes and alerts answer the person's own act or protect them; nobody's consent is asked for them.
CONSENT_FREE: Final = frozenset({Purpose.OTP, Purpose.SECURITY_ALERT})
"""The purposes for which nobody is asked for consent: codes and security alerts."""

# The law asks for this notice before a report to a credit bureau: only a revocation that names it stops it.
_NOTICE_OF_LAW: Final = Purpose.CREDIT_PRENOTICE
# Who wants no texts wants none with pictures either.
_TEXTS: Final = frozenset({Channel.SMS, Channel.MMS})
_REFERENCE: Final = re.compile(r"[!-~]{0,128}", re.ASCII)


def _instant(at: datetime) -> datetime:
    # In UTC, because two times of one zone are compared by the wall clock, which runs twice in an autumn night.
    return require_aware(at, "at").astimezone(UTC)


def _maybe_instant(at: datetime | None) -> datetime | None:
    return None if at is None else require_aware(at, "expires_at").astimezone(UTC)


def _words(kind: type[WordT], given: Iterable[WordT | str], name: str) -> frozenset[WordT]:
    try:
        return frozenset(kind(one) for one in given)
    except ValueError:
        options = ", ".join(kind)
        raise CallerError(
            f"{name}: expected a list of words out of {options}", f"{name}：应为 {options} 中若干项的列表"
        ) from None


# Converters of their own, so that type checkers see what may be given.
def _purposes(given: Iterable[Purpose | str]) -> frozenset[Purpose]:
    return _words(Purpose, given, "purposes")


def _channels(given: Iterable[Channel | str]) -> frozenset[Channel]:
    return _words(Channel, given, "channels")


def _scopes(given: Iterable[ConsentScope | str]) -> frozenset[ConsentScope]:
    return _words(ConsentScope, given, "scopes")


def _given_to(given: GivenTo | str) -> GivenTo:
    (found,) = _words(GivenTo, [given], "given_to")
    return found


def _reference(_instance: object, attribute: Any, value: str) -> None:
    if not _REFERENCE.fullmatch(value):
        raise CallerError(
            f"{attribute.name}: expected an id of at most 128 ASCII characters without spaces; keep the text itself elsewhere",
            f"{attribute.name}：应为不超过 128 个 ASCII 字符且不含空格的编号，原文请另行保存",
        )


@frozen(kw_only=True)
class Consent:
    """One consent as it was given.

    ``purposes`` and ``channels`` say which messages it allows, both named, because nobody agrees by silence;
    ``scopes`` what else it allows, within those purposes and channels where they are named. ``text_version`` is
    the version of the words the person saw, ``source`` where they agreed (a form, a call), ``evidence`` the id of
    the proof in your records; all three are ids, never a number or a text. ``expires_at`` is the first moment at
    which it no longer counts, None for no end.
    """

    at: datetime = field(converter=_instant)
    purposes: frozenset[Purpose] = field(default=frozenset[Purpose](), converter=_purposes)
    channels: frozenset[Channel] = field(default=frozenset[Channel](), converter=_channels)
    scopes: frozenset[ConsentScope] = field(default=frozenset[ConsentScope](), converter=_scopes)
    text_version: str = field(default="", validator=_reference)
    source: str = field(default="", validator=_reference, repr=False)
    evidence: str = field(default="", validator=_reference, repr=False)
    given_to: GivenTo = field(default=GivenTo.CREDITOR, converter=_given_to)
    expires_at: datetime | None = field(default=None, converter=_maybe_instant)

    def __attrs_post_init__(self) -> None:
        if not self.purposes and not self.scopes:
            raise CallerError(
                "consent: expected purposes with channels, or scopes: nobody agrees to everything by naming nothing",
                "consent：应给出 purposes 与 channels，或给出 scopes；未写明的内容不视为同意",
            )

    def covers(self, purpose: Purpose, channel: Channel, scope: ConsentScope | None = None) -> bool:
        """Return whether it allows messages of `purpose` on `channel`, or with `scope` that wider agreement."""
        if scope is None:
            return purpose in self.purposes and channel in self.channels
        return (
            scope in self.scopes
            and (not self.purposes or purpose in self.purposes)
            and (not self.channels or channel in self.channels)
        )

    def holds(self, now: datetime) -> bool:
        """Return whether it was given by `now` and has not expired."""
        return self.at <= now and (self.expires_at is None or now < self.expires_at)


@frozen(kw_only=True)
class Revocation:
    """What a person took back at `at`: of purposes, channels and scopes an empty one means all of them.

    A revocation that names scopes ends those agreements alone; messages go on. One of SMS ends MMS, and the
    other way round: both are texts.
    """

    at: datetime = field(converter=_instant)
    purposes: frozenset[Purpose] = field(default=frozenset[Purpose](), converter=_purposes)
    channels: frozenset[Channel] = field(default=frozenset[Channel](), converter=_channels)
    scopes: frozenset[ConsentScope] = field(default=frozenset[ConsentScope](), converter=_scopes)

    def ends(self, purpose: Purpose, channel: Channel, scope: ConsentScope | None = None) -> bool:
        """Return whether it ends a consent given before it for just this."""
        texts = channel in _TEXTS and bool(_TEXTS & self.channels)
        return (
            (not self.purposes or purpose in self.purposes)
            and (not self.channels or channel in self.channels or texts)
            and (not self.scopes or scope in self.scopes)
        )


ConsentRecord = Consent | Revocation
"""What is kept of a permission: one that was given, or one that was taken back."""


def consents_in_force(
    records: Iterable[ConsentRecord],
    purpose: Purpose,
    channel: Channel,
    now: datetime,
    *,
    scope: ConsentScope | None = None,
) -> tuple[Consent, ...]:
    """Return every consent that allows this at `now` (aware), the latest last.

    A consent of the very moment of a revocation is ended by it. A revocation dated after `now` counts too, so
    that a run dated back writes to nobody who has refused since.
    """
    require_aware(now)
    known = tuple(records)
    ended = max(
        (one.at for one in known if isinstance(one, Revocation) and one.ends(purpose, channel, scope)),
        default=None,
    )
    found = {
        one
        for one in known
        if isinstance(one, Consent)
        and one.covers(purpose, channel, scope)
        and one.holds(now)
        and (ended is None or ended < one.at)
    }
    return tuple(sorted(found, key=record_order))


def consent_in_force(
    records: Iterable[ConsentRecord],
    purpose: Purpose,
    channel: Channel,
    now: datetime,
    *,
    scope: ConsentScope | None = None,
) -> Consent | None:
    """Return the latest consent that allows this at `now` (aware), None when there is none."""
    found = consents_in_force(records, purpose, channel, now, scope=scope)
    return found[-1] if found else None


def consent_revoked(
    records: Iterable[ConsentRecord], purpose: Purpose, channel: Channel, now: datetime
) -> bool:
    """Return whether the person took messages of this kind back and has not agreed to them again.

    Codes and security alerts need no consent. A revocation of everything leaves the notice that the law asks
    for before a report to a credit bureau; one that names it stops it.

    >>> at = datetime(2026, 9, 1, tzinfo=UTC)
    >>> [consent_revoked([Revocation(at=at)], one, Channel.SMS, at) for one in (Purpose.COLLECTION, Purpose.OTP)]
    [True, False]
    """
    if purpose in CONSENT_FREE:
        return False
    known = tuple(records)
    taken_back = any(
        isinstance(one, Revocation)
        and one.ends(purpose, channel)
        and (purpose is not _NOTICE_OF_LAW or purpose in one.purposes)
        for one in known
    )
    return taken_back and consent_in_force(known, purpose, channel, now) is None


def record_order(record: ConsentRecord) -> tuple[datetime, str]:
    """Return what records are sorted by: their time, and of one moment an order that depends on no store."""
    named = (sorted(record.purposes), sorted(record.channels), sorted(record.scopes))
    if isinstance(record, Revocation):
        return record.at, str(named)
    rest = (record.text_version, record.source, record.evidence, record.given_to.value, record.expires_at)
    return record.at, str((*named, *rest))
