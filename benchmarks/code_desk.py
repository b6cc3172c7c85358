"""A service of codes that sends nothing, and borrowers who ask it: what every benchmark of codes works on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen

from loansms import Lender, OtpService, PhoneNumber
from loansms.model import Accepted, Channel, Message
from loansms.otp import Client, Issued, VerdictKind
from loansms.otp.profiles import LENDER, Profile
from loansms.privacy import KeyRing

FIVE_BUCKETS = evolve(
    LENDER, rules=tuple(rule for rule in LENDER.rules if rule.guard is None and rule.name != "prefix")
)
"""The lender's profile with five of its buckets: phone, phone and action, carrier, address, device."""

_CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
_ACCEPTED = Accepted("p-1")


class Taker:
    """A provider that accepts at once and keeps what it took."""

    name = "sandbox"
    channels = frozenset({Channel.SMS, Channel.VOICE})

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.until: datetime | None = None

    def submit(self, message: Message, deadline: datetime) -> Accepted:
        self.taken.append(message)
        self.until = deadline
        return _ACCEPTED


@frozen
class Borrower:
    """Somebody who asks for codes; numbers are of the satellite block, ten thousand to a prefix."""

    subject: str
    phone: PhoneNumber
    client: Client

    @classmethod
    def numbered(cls, place: int) -> Borrower:
        return cls(
            f"B-{place}",
            PhoneNumber.parse(f"17400{place % 100:02}{place // 100:04}", region="CN"),
            Client(ip=f"10.0.{place // 10 // 250}.{place // 10 % 250}", device=f"d-{place}"),
        )

    @property
    def counted(self) -> tuple[str, ...]:
        """What stands in the five buckets."""
        number = self.phone.e164
        return number, f"{number}/login", number, self.client.ip or "", self.client.device or ""


@frozen
class Asked:
    """A code that is out, and what its borrower typed."""

    borrower: Borrower
    challenge_id: str
    right: str = field(repr=False)

    @property
    def wrong(self) -> str:
        return f"{(int(self.right) + 1) % 1_000_000:06}"


class Desk:
    """A service over `store` that hands its codes to nobody; every step fails unless it went as it should."""

    def __init__(self, store: Any, profile: Profile = LENDER) -> None:
        self.provider = Taker()
        self.otp = OtpService(
            store=store,
            provider=self.provider,
            keys=KeyRing({"k1": b"1" * 32}, current="k1", index={"i1": b"i" * 32}),
            lender=Lender.example(),
            profile=profile,
        )
        self.issued: list[Issued] = []
        self.grants: list[str] = []

    def issue(self, one: Borrower) -> None:
        answer = self.otp.issue(subject=one.subject, phone=one.phone, action="login", client=one.client)
        if not isinstance(answer, Issued):
            raise AssertionError(f"the benchmark measures codes that are sent: {answer}")
        self.issued.append(answer)

    def asked(self, by: Sequence[Borrower]) -> list[Asked]:
        """Return what `by` were just sent, as they read it, and begin anew."""
        pairs = zip(by, self.issued, self.provider.taken, strict=True)
        found = [Asked(one, answer.challenge_id, _code_in(message)) for one, answer, message in pairs]
        self.issued.clear()
        self.provider.taken.clear()
        return found

    def right(self, one: Asked) -> None:
        self._verify(one, one.right, VerdictKind.ACCEPTED)

    def wrong(self, one: Asked) -> None:
        self._verify(one, one.wrong, VerdictKind.WRONG)

    def _verify(self, one: Asked, code: str, expected: VerdictKind) -> None:
        borrower = one.borrower
        verdict = self.otp.verify(
            one.challenge_id, code, subject=borrower.subject, action="login", client=borrower.client
        )
        if verdict.kind is not expected:
            raise AssertionError(f"the benchmark measures {expected}, not {verdict.kind}")
        if verdict.grant is not None:
            self.grants.append(verdict.grant.id)

    def redeem(self, grant_id: str, subject: str) -> bool:
        return self.otp.redeem(grant_id, subject=subject, action="login")


def _code_in(message: Message) -> str:
    found = _CODE.search(message.text.reveal())
    if found is None:
        raise AssertionError("a text without a code")
    return found[0]
