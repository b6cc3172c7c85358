"""A lender whose provider takes no lending text is told with the first plan, not by a row of refusals."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from attrs import evolve

from loansms import Lender, OutreachService
from loansms.clock import FrozenClock
from loansms.model import Accepted, Channel, Message, Party, Reason, SubmitResult
from loansms.services.sending.refusals import refusal_warnings
from loansms.stores import SqliteStore
from loansms.templates import Catalogue

NOW = datetime.fromisoformat("2026-09-24T10:00:00+08:00")
CN, US = Lender.example("CN"), Lender.example("US")


BOOK = [
    {"loan_id": "L-1", "borrower_id": "B-1", "phone": "17400001234", "currency": "CNY", "amount_due": "1256.30",
     "next_due_on": "2026-12-24"}
]  # fmt: skip


class Gateway:
    """A provider of any name, which no message reaches here."""

    channels = frozenset({Channel.SMS})

    def __init__(self, name: str) -> None:
        self.name = name
        self.outbox: list[Message] = []

    def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Keep and accept."""
        self.outbox.append(message)
        return Accepted("p-1")


def planned(root: Path, name: str) -> list[Reason]:
    """Return the warnings of a plan of one row, on which nothing is due, through a provider of that name."""
    with SqliteStore(root / "ledger.db") as store:
        service = OutreachService(
            policy="cn-consumer",
            lender=evolve(CN, example_only=False),
            store=store,
            provider=Gateway(name),
            clock=FrozenClock(NOW),
        )
        return list(service.plan(BOOK).warnings)


@pytest.mark.parametrize("name", ["aliyun", "aliyun_cn", "tencent_cn", "Huawei-CN"])
def test_the_first_plan_says_that_the_provider_refuses_and_who_does_not(tmp_path: Path, name: str) -> None:
    [one] = planned(tmp_path, name)
    assert (one.code, one.rule_id, one.severity, one.verified) == (
        "content_refused",
        "CNP-FIN-01",
        "warn",
        "V1",
    )
    assert "direct, mas" in one.message
    assert "运营商直连" in one.message_zh


@pytest.mark.parametrize("name", ["sandbox", "spool", "direct", "house-gateway", "none"])
def test_no_other_provider_is_warned_of(tmp_path: Path, name: str) -> None:
    assert planned(tmp_path, name) == []


def test_a_market_the_provider_is_not_asked_of_is_not_warned_of() -> None:
    assert refusal_warnings("aliyun", Catalogue.builtin(), [US]) == []
    assert [one.code for one in refusal_warnings("aliyun", Catalogue.builtin(), [US, CN, CN])] == [
        "content_refused"
    ]
    agency = evolve(US, party=Party.THIRD, principal_lender="Example Bank")
    assert [one.rule_id for one in refusal_warnings("twilio", Catalogue.builtin(), [agency, US])] == [
        "US-A2P-3P"
    ]
