"""With a provider that reaches people only approved words go out, by every road; with the sandbox drafts may."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars
import pytest
from attrs import evolve

from loansms import Lender, OtpService, OutreachService
from loansms.errors import ConfigurationError
from loansms.model import Accepted, Message, Reason
from loansms.model.examples import borrower
from loansms.otp import Issued
from loansms.planning import Event, plan_event
from loansms.portfolio import plan_book
from loansms.services import AsyncOutreachService
from loansms.services.sending.report import RunRow
from loansms.stores import AsyncSqliteStore, MemoryStore, SqliteStore
from loansms.templates import Approval, ApprovalState, Catalogue, Template, advance, standing

from .otp_parts import CLIENT, PHONE, ring
from .parts import NOW, Answers, AsyncAnswers, book

MINE = evolve(Lender.example(), example_only=False)


class Carrier(Answers):
    """A provider that reaches people, as far as its name tells."""

    name = "carrier"


class AsyncCarrier(AsyncAnswers):
    name = "carrier"


def released(template: Template, to: ApprovalState) -> Approval:
    made = standing(template, "e-1")
    for state, by in (("reviewed", "e-1"), ("approved", "e-2"), ("retired", "e-3")):
        if made.state is to:
            break
        made = advance(made, state, by=by, on=date(2026, 9, 1))
    return made


def with_states(state: ApprovalState) -> Catalogue:
    """Return the built-in texts as a lender's own people have brought them to `state`."""
    made = Catalogue.builtin()
    own = {key: evolve(one, approval=None) for key, one in made.templates.items()}
    return evolve(
        made, templates={key: evolve(one, approval=released(one, state)) for key, one in own.items()}
    )


DRAFTS = with_states(ApprovalState.DRAFT)
REVIEWED = with_states(ApprovalState.REVIEWED)
APPROVED = with_states(ApprovalState.APPROVED)
RETIRED = with_states(ApprovalState.RETIRED)


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "sent.db")


def outreach(store: Any, provider: Any, catalogue: Catalogue) -> OutreachService:
    return OutreachService(
        lender=MINE, store=store, provider=provider, catalogue=catalogue, policy="cn-consumer"
    )


def told(service: OutreachService) -> RunRow:
    template = service.setup.catalogue.get("notice.disbursed", "zh-CN")
    return service.notify(
        template.id, borrower=borrower(), values=template.samples(), event_id="E-1", loan_id="L-1", now=NOW
    )


@pytest.mark.parametrize("state", ["draft", "reviewed"])
def test_a_notice_that_nobody_approved_stays_here_and_says_what_to_do(store: SqliteStore, state: str) -> None:
    carrier = Carrier()
    done = told(outreach(store, carrier, {"draft": DRAFTS, "reviewed": REVIEWED}[state]))
    assert (done.outcome.value, done.row.reason, carrier.outbox) == ("denied", "template_not_approved", [])
    why = done.row.reasons[0]
    for said in (why.message, why.message_zh):
        assert "notice.disbursed [zh-CN]" in said
        assert state in said
        assert "loansms approve DIR notice.disbursed --locale zh-CN --to" in said


@pytest.mark.parametrize("catalogue", [DRAFTS, REVIEWED])
def test_a_book_of_due_loans_is_denied_row_by_row(store: SqliteStore, catalogue: Catalogue) -> None:
    carrier = Carrier()
    report = outreach(store, carrier, catalogue).run(book({}, {}), now=NOW)
    assert [one.row.reason for one in report.rows] == ["template_not_approved"] * 2
    assert carrier.outbox == []
    assert {one.outcome.value for one in outreach(store, carrier, APPROVED).run(book({}), now=NOW).rows} == {
        "submitted"
    }


def test_the_sandbox_speaks_drafts_and_never_what_is_retired() -> None:
    assert told(outreach(MemoryStore(), Answers(), DRAFTS)).outcome.value == "submitted"
    report = outreach(MemoryStore(), Answers(), DRAFTS).run(book({}), now=NOW)
    assert [one.outcome.value for one in report.rows] == ["submitted"]
    stopped = told(outreach(MemoryStore(), Answers(), RETIRED))
    assert (stopped.outcome.value, stopped.row.reason) == ("denied", "template_not_approved")
    assert "已停用" in stopped.row.reasons[0].message_zh
    [row] = outreach(MemoryStore(), Answers(), RETIRED).run(book({}), now=NOW).rows
    assert (row.outcome.value, row.row.reason) == ("denied", "template_not_approved")


def test_the_awaited_service_asks_the_same(tmp_path: Path) -> None:
    carrier = AsyncCarrier()
    service = AsyncOutreachService(
        lender=MINE, store=AsyncSqliteStore(tmp_path / "a.db"), provider=carrier, catalogue=DRAFTS,
        policy="cn-consumer",
    )  # fmt: skip
    [done] = asyncio.run(service.run(book({}), now=NOW)).rows
    assert (done.row.reason, carrier.outbox) == ("template_not_approved", [])


def test_every_message_and_its_claim_name_the_version_that_was_approved(store: SqliteStore) -> None:
    carrier = Carrier()
    done = told(outreach(store, carrier, APPROVED))
    [message] = carrier.outbox
    template = APPROVED.get("notice.disbursed", "zh-CN")
    assert (message.template, message.template_version) == (template.id, template.version)
    [kept] = store.attempts()
    assert (kept.step_key, kept.versions["template"]) == (message.step_key, template.version)
    assert kept.versions.keys() == {"policy", "pack CN", "template"}
    assert done.row.template_version == template.version


def test_a_plan_of_a_book_can_be_asked_as_the_run_will_be() -> None:
    def reasons(**more: Any) -> list[str]:
        plan = plan_book(book({}), policy="cn-consumer", lender=MINE, now=NOW, catalogue=DRAFTS, **more)
        assert isinstance(plan, polars.DataFrame)
        return plan["reason"].to_list()

    assert reasons(approved_only=True) == ["template_not_approved"]
    assert reasons() != ["template_not_approved"]


def codes(tmp_path: Path, catalogue: Catalogue, provider: Any = None) -> tuple[OtpService, Any]:
    used = provider or Carrier()
    service = OtpService(
        store=SqliteStore(tmp_path / "codes.db"), provider=used, keys=ring(), lender=MINE, catalogue=catalogue
    )
    return service, used


@pytest.mark.parametrize("catalogue", [DRAFTS, REVIEWED, RETIRED])
def test_no_service_of_codes_is_built_on_words_nobody_approved(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(ConfigurationError, match=r"templates of codes: otp\.\w+ \[") as caught:
        codes(tmp_path, catalogue)
    assert "验证码模板" in caught.value.zh


def test_a_code_names_the_version_of_its_words(tmp_path: Path) -> None:
    service, carrier = codes(tmp_path, APPROVED)
    answer = service.issue(subject="B-1", phone=PHONE, action="login", client=CLIENT)
    assert isinstance(answer, Issued)
    [message] = carrier.outbox
    assert message.template_version == APPROVED.get(message.template, message.locale).version


def test_codes_in_the_sandbox_may_try_draft_words_but_no_retired_ones(tmp_path: Path) -> None:
    codes(tmp_path, DRAFTS, Answers())
    with pytest.raises(ConfigurationError, match="retired"):
        codes(tmp_path, RETIRED, Answers())


def test_an_alert_that_nobody_approved_is_not_sent(tmp_path: Path) -> None:
    key = ("alert.number_changed", "zh-CN")
    only_codes = evolve(APPROVED, templates={**APPROVED.templates, key: DRAFTS.templates[key]})

    def alerted(catalogue: Catalogue) -> tuple[Any, list[Message]]:
        service, carrier = codes(tmp_path, catalogue)
        answer = service.alert(
            key[0], subject="B-1", phone=PHONE, event_id="E-1", on=NOW.date(), waits_for=timedelta(days=3)
        )
        return answer, carrier.outbox

    answer, sent = alerted(only_codes)
    assert isinstance(answer, Reason)
    assert (answer.code, sent) == ("template_not_approved", [])
    answer, [message] = alerted(APPROVED)
    assert isinstance(answer, Accepted)
    assert message.template_version == APPROVED.templates[key].version


def test_an_event_planned_by_hand_is_asked_when_told_to() -> None:
    template = DRAFTS.get("notice.disbursed", "zh-CN")
    event = Event(
        event_id="E-1", template=template.id, borrower=borrower(), values=template.samples(), loan_id="L-1"
    )

    def reason(**more: Any) -> str:
        return plan_event(event, catalogue=DRAFTS, packs=[], lender=MINE, now=NOW, **more).reason

    assert reason(approved_only=True) == "template_not_approved"
    assert reason() != "template_not_approved"
