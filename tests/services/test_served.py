"""A legal notice: never without the agreement it names, and provable down to its last byte where it went."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from attrs import evolve
from tests.documents.examples import LENDERS, a_notice
from tests.services.parts import Answers
from tests.services.test_desk import CLERK, GUEST, keeper_of

from loansms import OutreachService
from loansms.clock import FrozenClock
from loansms.documents import LegalNotice
from loansms.errors import AccessDenied
from loansms.evidence import Ed25519Signer, FindingCode, export_loan, served, verify_export, verify_files
from loansms.evidence.page import export_page
from loansms.model import (
    Attachment,
    Button,
    Card,
    Channel,
    Consent,
    ConsentScope,
    DeliveryReceipt,
    DeliveryStatus,
    Money,
    Picture,
    RecordKind,
    Revocation,
)
from loansms.model.examples import borrower
from loansms.planning import debtor_key, tenant_of
from loansms.privacy import Secret
from loansms.providers import SandboxProvider
from loansms.services import Desk, Outcome, RunRow, Sealer
from loansms.stores import MemoryStore

LENDER = LENDERS["zh-CN"]
NOW = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
AGREED_ON = date(2025, 12, 30)
AGREEMENT = Consent(
    at=datetime.fromisoformat("2025-12-30T15:00:00+08:00"),
    scopes=[ConsentScope.SERVICE_ADDRESS],
    purposes=["collection"],
    channels=["email"],
    text_version="service-3",
    source="contract",
    evidence="scan-88",
)
DEBTOR = debtor_key(tenant_of(LENDER), "B-1")
PERSON = borrower(borrower_id="B-1", name=Secret("张三丰"))


def notice() -> LegalNotice:
    made = a_notice(service_address_agreed=True, agreed_on=AGREED_ON)
    assert isinstance(made, LegalNotice)
    return made


def send(
    store: MemoryStore, *files: Attachment, channel: Channel = Channel.EMAIL, provider: object = None, **more: object
) -> RunRow:  # fmt: skip
    service = OutreachService(
        lender=LENDER,
        store=store,
        provider=provider or SandboxProvider(reject_rate=0, unknown_rate=0, deliver_rate=1),
        policy="cn-consumer",
        keeper=keeper_of(store),
        clock=FrozenClock(NOW),
    )
    told = {"loan_ref": "0042", "due_on": date(2026, 9, 30), "as_of": date(2026, 11, 20), "days_past_due": 51}
    return service.notify(
        "collection.middle",
        borrower=PERSON,
        values={**told, "amount_due": Money("1048.73", "CNY")},
        event_id="notice-2026-TZ-17",
        loan_id="L-1",
        channel=channel,
        facts={"days_past_due": 51, **more},
        attachments=files,
        now=NOW,
    )


def agreed(*records: Consent | Revocation) -> MemoryStore:
    store = MemoryStore(clock=FrozenClock(NOW))
    for number, one in enumerate(records):
        if isinstance(one, Consent):
            store.record_consent(DEBTOR, one, f"c-{number}")
        else:
            store.revoke_consent(DEBTOR, one, f"r-{number}")
    return store


@pytest.mark.parametrize(
    "records",
    [
        (),
        (evolve(AGREEMENT, channels=["sms"]),),
        (evolve(AGREEMENT, channels=[]),),
        (evolve(AGREEMENT, scopes=["contact_outside_hours"]),),
        (evolve(AGREEMENT, at=AGREEMENT.at - timedelta(days=1)),),
        (evolve(AGREEMENT, expires_at=NOW),),
        (AGREEMENT, Revocation(at=NOW - timedelta(days=1), scopes=[ConsentScope.SERVICE_ADDRESS])),
    ],
)
def test_no_notice_goes_without_the_agreement_it_names(records: tuple[Consent | Revocation, ...]) -> None:
    store = agreed(*records)
    row = send(store, notice().attachment, service_address_agreed=True)
    assert (row.outcome, row.row.reason) == (Outcome.DENIED, "service_address_not_agreed")
    assert not list(store.attempts())


def test_what_the_host_knows_better_stops_it_too() -> None:
    assert (
        send(agreed(AGREEMENT), notice().attachment, service_address_agreed=False).outcome is Outcome.DENIED
    )


def test_a_provider_that_carries_no_files_is_not_handed_the_text_alone() -> None:
    provider = Answers()
    row = send(agreed(AGREEMENT), notice().attachment, provider=provider)
    assert (row.outcome, row.row.reason) == (Outcome.REFUSED, "attachment_unsupported")
    assert not provider.outbox


def test_a_threat_in_what_goes_along_stops_the_message() -> None:
    file = Attachment(
        name="letter.pdf",
        media_type="application/pdf",
        content=Secret(b"%PDF"),
        words=Secret(("再不还款我们就去你家泼油漆。",)),
        locale="zh-CN",
    )
    row = send(agreed(AGREEMENT), file)
    assert row.outcome is Outcome.DENIED
    assert row.row.reason.startswith("attached_")


def test_a_notice_is_proved_with_its_agreement_its_bytes_and_its_times() -> None:
    store, made = agreed(AGREEMENT), notice()
    sandbox = SandboxProvider(reject_rate=0, unknown_rate=0, deliver_rate=1)
    row = send(store, made.attachment, provider=sandbox)
    assert row.outcome is Outcome.SUBMITTED
    (sent,) = sandbox.outbox
    assert sent.message.attachments[0].content.reveal() == made.pdf.content.reveal()
    store.record_receipt(
        DeliveryReceipt(
            provider_message_id=sent.result.provider_message_id,
            step_key=sent.step_key,
            status=DeliveryStatus.DELIVERED,
            at=NOW + timedelta(minutes=3),
            raw_code="READ",
            leg="card",
        )
    )
    signer = Ed25519Signer("bank.example/evidence", bytes(range(32)))
    Sealer(store=store, signer=signer).seal(NOW + timedelta(minutes=5))
    leaves = {leaf.number: leaf for leaf, _ in store.leaves()}
    own = [(one, leaves.get(one.number)) for one in store.entries(loan_id="L-1")]
    lines = export_loan(
        "L-1", own, (leaf.hash for leaf, _ in store.leaves()), store.seals(), [signer.verifier()]
    )
    assert verify_export(lines, [signer.verifier()]).is_proved
    page = export_page(
        lines, [signer.verifier()], lender="示例", zone=NOW.tzinfo, now=NOW + timedelta(hours=1)
    )
    for told in (
        "notice-2026-TZ-17.pdf", made.pdf.digest, "scan-88", "service-3", "2025-12-30 15:00:00", "2026-11-20 10:00:00",
        "status delivered; code READ; leg card", "state accepted",
    ):  # fmt: skip
        assert told in page
    assert "张三丰" not in page
    (one,) = served(entry for entry, _ in own)
    assert (one.files[0].sha256, one.files[0].size) == (made.pdf.digest, made.pdf.size)
    content = made.pdf.content.reveal()
    entries = [entry for entry, _ in own]
    assert verify_files(entries, {"any-name.pdf": content}) == []
    (found,) = verify_files(entries, {"notice-2026-TZ-17.pdf": content + b" "})
    assert (found.code, found.number) == (FindingCode.FILE_CHANGED, one.claim.number)
    assert "notice-2026-TZ-17.pdf is not the file that was sent" in found.told()
    assert [one.code for one in verify_files(entries, {"x.pdf": b""})] == [FindingCode.FILE_UNKNOWN]


def test_the_bytes_are_read_back_by_who_may_and_on_record() -> None:
    store, made = agreed(AGREEMENT), notice()
    row = send(store, made.attachment)
    (attempt,) = store.attempts()
    desk = Desk(store=store, lender=LENDER, keeper=keeper_of(store))
    name = made.attachment.name
    with pytest.raises(AccessDenied):
        desk.read_file("B-1", attempt.step_key, name, by=GUEST, why="court", at=NOW)
    plain = desk.read_file("B-1", attempt.step_key, name, by=CLERK, why="court", at=NOW)
    assert plain is not None
    assert (plain.proved, plain.content.reveal()) == (True, made.pdf.content.reveal())
    last = list(store.entries())[-1].record
    assert (last.kind, last.data["what"], last.data["name"]) == (RecordKind.READ, "file", name)
    assert desk.read_file("B-1", attempt.step_key, "other.pdf", by=CLERK, why="court", at=NOW) is None
    assert "张三丰" not in repr((row, row.row.attachments, plain))


def test_a_card_leads_to_the_lenders_own_hosts_only() -> None:
    card = Card(
        title=Secret("本期账单"),
        picture=Picture(content=Secret(b""), width=1, height=1),
        buttons=(Button("查看", "https://elsewhere.example/"),),
        fallback=Secret("账单"),
    )
    store = agreed()
    service = OutreachService(lender=LENDER, store=store, provider=SandboxProvider(), policy="cn-consumer")
    row = service.notify(
        "care.complaint_received",
        borrower=PERSON,
        values={"complaint_ref": "0042", "received_on": NOW.date(), "reply_by": NOW.date()},
        event_id="c-1",
        card=card,
        now=NOW,
    )
    assert (row.outcome, row.row.reason) == (Outcome.DENIED, "card_link_not_listed")
