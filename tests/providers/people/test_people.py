"""What is handed to people and what they say of it: cases, how a call ended, and alerts to operators."""

from __future__ import annotations

import os
import stat
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.services.parts import NOW, Answers, book, outcomes, overdue, service

from loansms.model import Accepted, CallResult, Channel, Disposition, Rejected, Unknown
from loansms.privacy import Secret
from loansms.providers.alerts import AppriseAlerts
from loansms.providers.cases import Case, CaseProvider, FileCases
from loansms.providers.router import RouteAlert
from loansms.services import IntakeService
from loansms.stores import MemoryStore
from loansms.testing import ProviderSuite
from loansms.testing.examples import AT, message

HANDED = message(channel=Channel.AGENT, text=Secret("canary-history"))


class TestCases(ProviderSuite):
    """A queue is a provider like any other."""

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path) -> None:
        self.path = tmp_path

    def make_provider(self) -> CaseProvider:
        return CaseProvider(FileCases(self.path))


def test_a_torn_line_takes_no_other_case_with_it(tmp_path: Path) -> None:
    """A machine that died in the middle of a line: the next case is whole."""
    queue = FileCases(tmp_path)
    (tmp_path / "cases.jsonl").write_bytes(b'{"case_id": "case-m-0", "hist')
    assert CaseProvider(queue).submit(HANDED, AT) == Accepted("case-m-1")
    assert [one["case_id"] for one in queue.cases] == ["case-m-1"]


def test_a_case_is_on_the_disk_once_and_its_owners_alone(tmp_path: Path) -> None:
    queue = FileCases(tmp_path)
    provider = CaseProvider(queue)
    assert provider.submit(HANDED, AT) == provider.submit(HANDED, AT) == Accepted("case-m-1")
    (case,) = FileCases(tmp_path).cases
    assert (case["loan_id"], case["history"], case["purpose"]) == (
        "L-1",
        "canary-history",
        "repayment_reminder",
    )
    assert stat.S_IMODE(os.stat(tmp_path / "cases.jsonl").st_mode) == 0o600
    assert "1740000" not in (tmp_path / "cases.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("taken", "result"), [(False, Rejected("queue_refused", True)), (None, Unknown("queue_unsure"))]
)
def test_a_desk_that_does_not_know_is_unknown(taken: bool | None, result: object) -> None:
    class Desk:
        def open(self, case: Case) -> bool | None:
            assert "canary-history" not in repr(case)
            return taken

    assert CaseProvider(Desk()).submit(HANDED, AT) == result


class Called:
    """A borrower eleven days late, and a desk that called before the day's run."""

    def __init__(self, result: CallResult, **more: Any) -> None:
        self.store, self.provider = MemoryStore(), Answers()
        self.service = service(self.provider, self.store)
        self.intake = IntakeService(store=self.store, lender=next(iter(self.service.setup.lenders.values())))
        told = Disposition(result=result, at=NOW - timedelta(days=3), lasted=timedelta(minutes=2), **more)
        self.told = self.intake.record_disposition("B-1", told, "call-1")
        self.again = self.intake.record_disposition("B-1", told, "call-1")

    def run(self, at: datetime = NOW) -> list[str]:
        return outcomes(self.service.run(book(overdue(11)), now=at))


@pytest.mark.parametrize(
    "result", [CallResult.DISPUTE, CallResult.HARDSHIP, CallResult.COMPLAINT, CallResult.WRONG_PERSON]
)
def test_what_the_desk_heard_stops_the_ladder_until_somebody_releases_it(result: CallResult) -> None:
    called = Called(result)
    assert (called.told.counted, called.told.stopped, called.again.counted) == (True, True, False)
    assert called.run() == ["denied"]
    (debtor,) = {one.subject.partition("|")[0] for one in called.store.audit_trail()} or {""}
    assert not debtor
    tenant = next(iter(called.service.setup.lenders.values()))
    key = f"{tenant.group or tenant.lender_id}|B-1"
    assert called.store.release(key, f"call_{result}", NOW, "desk-7")
    assert called.run() == ["submitted"]


@pytest.mark.parametrize("result", [CallResult.REACHED, CallResult.NOT_REACHED, CallResult.REFUSED])
def test_a_call_that_changed_nothing_counts_and_stops_nothing(result: CallResult) -> None:
    called = Called(result)
    assert (called.told.counted, called.told.stopped) == (True, False)
    assert called.run() == ["submitted"]


def test_a_promise_holds_until_its_day_is_over() -> None:
    called = Called(CallResult.PROMISE, promise_on=date(2026, 9, 24))
    assert called.run() == ["denied"]
    assert called.run(datetime.fromisoformat("2026-09-28T10:00:00+08:00")) == ["submitted"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": CallResult.PROMISE},
        {"result": CallResult.REACHED, "promise_on": date(2026, 9, 30)},
        {"result": CallResult.PROMISE, "promise_on": date(2026, 9, 1)},
        {"result": CallResult.REACHED, "lasted": timedelta(seconds=-1)},
        {"result": CallResult.REACHED, "at": datetime(2026, 9, 24, 10)},
    ],
)
def test_a_record_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"promise_on|lasted|at"):
        Disposition(**{"at": NOW, **wrong})


def test_alerts_go_out_in_their_own_time_and_never_raise() -> None:
    class Apprise:
        def __init__(self) -> None:
            self.told: list[str] = []

        def notify(self, *, title: str, body: str) -> bool:
            self.told.append(f"{title}: {body}")
            return len(self.told) > 1

    sender = Apprise()
    alerts = AppriseAlerts([], sender)
    for why in ("balance", "auth_error"):
        alerts(RouteAlert("line-a", why, NOW))
    alerts.close()
    assert (len(sender.told), alerts.lost) == (2, 1)
    assert "balance" in sender.told[0]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_address_that_raises_costs_its_own_alert_and_no_other() -> None:
    class Apprise:
        calls = 0

        def notify(self, *, title: str, body: str) -> bool:
            self.calls += 1
            if self.calls == 1:
                raise RuntimeError("no such service")
            return True

    sender = Apprise()
    alerts = AppriseAlerts([], sender)
    alerts(RouteAlert("line-a", "balance", NOW))
    alerts._thread.join(5)
    alerts(RouteAlert("line-b", "balance", NOW))
    alerts.close()
    assert (sender.calls, alerts.lost) == (2, 1)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise's own
def test_apprise_itself_takes_the_addresses() -> None:
    alerts = AppriseAlerts([Secret("json://127.0.0.1:9/")])
    assert "127.0.0.1" not in repr(alerts)
    alerts.close()
