"""A bank's service of codes on a clock that stands still, and what its borrowers read."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from loansms import Lender, Money, OtpService, PhoneNumber
from loansms.clock import FrozenClock
from loansms.otp import Client, Issued, Transaction, VerdictKind
from loansms.privacy import KeyRing
from loansms.providers import SandboxProvider
from loansms.stores import MemoryStore

AT = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
PHONE = PhoneNumber.parse("13800138000", region="CN")
OTHER_PHONE = PhoneNumber.parse("17400000001", region="CN")
CLIENT = Client(ip="203.0.113.7", device="d-1")
STRANGER = Client(ip="198.51.100.9", device="d-evil")
PAYMENT = Transaction(amount=Money("5100.00", "CNY"), payee="安信示例消费金融", reference="L-1")


def ring(current: str = "k1", **index: bytes) -> KeyRing:
    keys = {"k1": b"1" * 32, "k2": b"2" * 32}
    return KeyRing(keys, current=current, index=index or {"i1": b"i" * 32})


class Bank:
    """One service with everything it stands on, for tests to turn and look at."""

    def __init__(self, **settings: Any) -> None:
        self.clock = FrozenClock(AT)
        self.provider = settings.pop("provider", None) or SandboxProvider(clock=self.clock)
        self.events: list[Any] = []
        self.settings: dict[str, Any] = {
            "store": MemoryStore(clock=self.clock),
            "provider": self.provider,
            "keys": ring(),
            "lender": Lender.example(),
            "clock": self.clock,
            "audit": self.events.append,
            **settings,
        }
        self.otp = OtpService(**self.settings)

    def again(self, **changes: Any) -> OtpService:
        """Return another service over the same store: a restart, another process, a rotated ring."""
        return OtpService(**{**self.settings, **changes})

    def issue(self, **changes: Any) -> Any:
        asked: dict[str, Any] = {
            "subject": "B-1",
            "phone": PHONE,
            "action": "login",
            "client": CLIENT,
            **changes,
        }
        return self.otp.issue(**asked)

    def issued(self, **changes: Any) -> Issued:
        answer = self.issue(**changes)
        assert isinstance(answer, Issued), answer
        return answer

    def verify(self, issued: Issued, code: str, **changes: Any) -> Any:
        asked: dict[str, Any] = {"subject": "B-1", "action": "login", "client": CLIENT, **changes}
        return self.otp.verify(issued.challenge_id, code, **asked)

    def kind(self, issued: Issued, code: str, **changes: Any) -> VerdictKind:
        return self.verify(issued, code, **changes).kind

    @property
    def texts(self) -> list[str]:
        return [str(one.text) for one in self.provider.outbox]

    @property
    def code(self) -> str:
        """The code of the last text, as the borrower reads it."""
        return code_in(self.texts[-1])

    @property
    def wrong(self) -> str:
        return other_than(self.code)


class Jobs(list[str]):
    """A queue that keeps its jobs where a test can see them."""

    def put(self, job: str) -> None:
        self.append(job)


def code_in(text: str) -> str:
    found = re.search(r"(?<!\d)\d{6}(?!\d)", re.sub(r"(?<=\d)[，,、 ]+(?=\d)", "", text))
    assert found, "a text without a code"
    return found[0]


def other_than(code: str) -> str:
    """Return another code of the same length."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"
