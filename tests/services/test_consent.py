"""Marketing to those who agreed and nobody else, up to the moment of sending, whatever dies in between."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.services.parts import NOW, Answers, book, event, outcomes, service

from loansms import AsyncIntakeService, IntakeService, Lender
from loansms.model import Accepted, Consent, History, Message, Purpose, Revocation, SubmitResult
from loansms.model.examples import borrower
from loansms.planning import Event
from loansms.stores import AsyncMemoryStore, ContactLedger, MemoryStore, SqliteStore

CN = Lender.example("CN")
DAY = timedelta(days=1)
SHOWN = {"text_version": "m-3", "source": "app", "evidence": "doc-17"}


def agreed(at: datetime = NOW - DAY, **more: Any) -> Consent:
    return Consent(**{"at": at, "purposes": ["marketing"], "channels": ["sms"], **SHOWN, **more})


def greeting(event_id: str, who: str = "B-1") -> Event:
    return event(event_id, borrower(borrower_id=who), "care.birthday")


def told(rows: list) -> list[tuple[str, str]]:
    return [(row.outcome.value, row.row.reason) for row in rows]


@pytest.mark.parametrize("on_disk", [False, True])
def test_denied_then_allowed_then_taken_back(tmp_path: Path, on_disk: bool) -> None:
    """A record opens marketing to this person alone, a revocation closes it, a new record opens it again."""
    store = SqliteStore(tmp_path / "run.db") if on_disk else MemoryStore()
    outreach, intake = service(Answers(), store), IntakeService(store=store, lender=CN)
    assert told(outreach.notify_many([greeting("E-1")], now=NOW)) == [("denied", "no_express_consent")]
    assert intake.record_consent("B-1", agreed(), "form-1")
    assert not intake.record_consent("B-1", agreed(), "form-1")
    both = [greeting("E-1"), greeting("E-1", "B-2")]
    assert outcomes(outreach.notify_many(both, now=NOW)) == ["submitted", "denied"]
    later = NOW + 8 * DAY
    assert intake.revoke_consent("B-1", Revocation(at=later, purposes=["marketing"]), "call-1")
    assert told(outreach.notify_many([greeting("E-2")], now=later)) == [("denied", "consent_revoked")]
    assert intake.record_consent("B-1", agreed(later + timedelta(hours=1)), "form-2")
    assert outcomes(outreach.notify_many([greeting("E-2")], now=later + timedelta(hours=2))) == ["submitted"]


def test_a_record_without_its_proof_opens_nothing() -> None:
    """The rule of the law says which fields a consent must show; the house rule alone would not ask."""
    store = MemoryStore()
    IntakeService(store=store, lender=CN).record_consent("B-1", agreed(text_version=""), "form-1")
    [row] = service(Answers(), store).notify_many([greeting("E-1")], now=NOW)
    assert (row.outcome.value, row.row.reason) == ("denied", "consent_incomplete")


class Takes:
    """A provider during whose first call the person takes the consent back."""

    def __init__(self, store: ContactLedger, revocation: Revocation, *who: str) -> None:
        self.intake, self.revocation, self.who = IntakeService(store=store, lender=CN), revocation, who
        self.sent: list[Message] = []
        self.name, self.channels = Answers.name, Answers.channels

    def submit(self, message: Message, _deadline: datetime) -> SubmitResult:
        for one in self.who:
            self.intake.revoke_consent(one, self.revocation, "call-1")
        self.sent.append(message)
        return Accepted(f"p-{len(self.sent)}")


class News(MemoryStore):
    """A ledger into which the news comes right after a plan has read it."""

    def histories(self, debtors: Sequence[str], since: datetime) -> dict[str, History]:
        found = super().histories(debtors, since)
        for one in debtors:
            if not one.endswith("B-1"):
                self.revoke_consent(one, Revocation(at=NOW, purposes=["marketing"]), "call-1")
        return found


def test_what_is_revoked_between_plan_and_send_does_not_go_out() -> None:
    """The plan still says send; the claim knows better. What the revocation does not name goes."""
    store, provider = News(), Answers()
    intake = IntakeService(store=store, lender=CN)
    for who in ("B-1", "B-2", "B-3"):
        intake.record_consent(who, agreed(), "form-1")
    events = [greeting("E-1"), greeting("E-1", "B-2"), event("E-2", borrower(borrower_id="B-3"))]
    rows = service(provider, store).notify_many(events, now=NOW)
    assert outcomes(rows) == ["submitted", "denied", "submitted"]
    assert rows[1].row.reason == "consent_revoked"
    assert [one.borrower_id for one in provider.outbox] == ["B-1", "B-3"]


def test_a_run_over_a_book_stops_at_a_revocation_that_came_during_it() -> None:
    """Planned for the whole book at its start: the rows behind the news are denied with their reason."""
    store = MemoryStore()
    provider = Takes(store, Revocation(at=NOW, channels=["sms"]), "B-2")
    report = service(provider, store, window=1).run(book({}, {}, {}), now=NOW)
    assert outcomes(report) == ["submitted", "denied", "submitted"]
    assert report.rows[1].row.reason == "consent_revoked"


def test_taking_everything_back_leaves_codes_and_what_the_law_requires() -> None:
    store = MemoryStore()
    IntakeService(store=store, lender=CN).revoke_consent("B-1", Revocation(at=NOW - DAY), "letter-1")
    report = service(Answers(), store).run(book({}, {}), now=NOW)
    assert outcomes(report) == ["denied", "submitted"]
    known = store.histories([f"{CN.group}|B-1"], NOW)[f"{CN.group}|B-1"]
    assert known.revocations == (Revocation(at=NOW - DAY),)
    assert not known.opted_out


def test_an_opt_out_by_reply_outlives_a_new_consent() -> None:
    """A form from last week's campaign must not undo what the person has just written."""
    store = MemoryStore()
    store.suppress(f"{CN.group}|B-1", "opted_out", NOW - DAY)
    IntakeService(store=store, lender=CN).record_consent("B-1", agreed(NOW), "form-1")
    assert outcomes(service(Answers(), store).notify_many([greeting("E-1")], now=NOW)) == ["denied"]


KILLED = """
import os, signal, sys
from datetime import datetime
from loansms import IntakeService, Lender
from loansms.model import Consent, Revocation
from loansms.stores import SqliteStore

path, verb, now = sys.argv[1:]
intake = IntakeService(store=SqliteStore(path), lender=Lender.example("CN"))
at = datetime.fromisoformat(now)
if verb == "agree":
    shown = {"text_version": "m-3", "source": "app", "evidence": "doc-17"}
    intake.record_consent("B-1", Consent(at=at, purposes=["marketing"], channels=["sms"], **shown), "form-1")
else:
    intake.revoke_consent("B-1", Revocation(at=at, purposes=["marketing"]), "call-1")
os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_after(path: Path, verb: str, at: datetime) -> None:
    """Record in a process that dies the instant the verb has returned."""
    command = [sys.executable, "-c", KILLED, str(path), verb, at.isoformat()]
    assert subprocess.run(command, timeout=120, check=False).returncode == -signal.SIGKILL


def test_what_was_recorded_survives_the_process(tmp_path: Path) -> None:
    """Both ways: the consent is there, and so is the refusal, to the moment and the claim."""
    path = tmp_path / "run.db"
    killed_after(path, "agree", NOW - 2 * DAY)
    with SqliteStore(path) as store:
        assert outcomes(service(Answers(), store).notify_many([greeting("E-1")], now=NOW)) == ["submitted"]
    killed_after(path, "revoke", NOW - DAY)
    with SqliteStore(path) as store:
        assert told(service(Answers(), store).notify_many([greeting("E-2")], now=NOW))[0][0] == "denied"
        known = store.histories([f"{CN.group}|B-1"], NOW)[f"{CN.group}|B-1"]
        assert known.consents == (agreed(NOW - 2 * DAY),)
        assert known.revocations == (Revocation(at=NOW - DAY, purposes=[Purpose.MARKETING]),)


async def records_awaited() -> tuple[bool, bool]:
    """Record and take back through the awaited face."""
    intake = AsyncIntakeService(store=AsyncMemoryStore(), lender=CN)
    one = await intake.record_consent("B-1", agreed(), "form-1")
    return one, await intake.revoke_consent("B-1", Revocation(at=NOW), "call-1")


def test_the_awaited_face_records_as_well() -> None:
    assert asyncio.run(records_awaited()) == (True, True)
