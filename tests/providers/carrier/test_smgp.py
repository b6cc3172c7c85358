"""SMGP as the standard lays it out, and what a line makes of it: binary ids, reasons of failures, replies in parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.errors import ConfigurationError
from loansms.model import (
    Accepted,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    OutcomeClass,
    PhoneNumber,
    Rejected,
)
from loansms.privacy import Secret
from loansms.providers.carrier.dialect import (
    Alive,
    Asked,
    Dialect,
    Event,
    LoginAnswered,
    Reported,
    SubmitAnswered,
    Unreadable,
    WireError,
)
from loansms.providers.carrier.layout import Misfit
from loansms.providers.smgp import pdu
from loansms.providers.smgp.dialect import SmgpDialect
from loansms.testing.examples import message

NOW = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
PHONE = PhoneNumber.parse("13800138000", region="CN")
LINE = SmgpDialect(client_id="12345678", secret=Secret("888888"), src_term_id="10690000")
# Octets that are no text: a blank, a NUL, the first letters of "id:".
ID = "20006964ff3a0958007f"
REPORT = pdu.Report(msg_id=ID, submit_date="2609240958", done_date="2609241001", stat="DELIVRD")
DELIVER = pdu.Deliver(
    msg_id=ID, msg_format=8, recv_time="20260924095930", src_term_id="13800138000", dest_term_id="1069000001",
    msg_content=b"", sequence_id=3,
)  # fmt: skip

WORDS = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=6)
NUMBER = st.text("0123456789", max_size=21)
OCTET, FOUR = st.integers(0, 255), st.integers(0, 2**32 - 1)
IDS = st.binary(min_size=10, max_size=10).map(bytes.hex)
TLVS = st.lists(st.tuples(st.integers(0, 65535), st.binary(max_size=9)), max_size=3).map(tuple)
SIXTEEN = st.binary(min_size=16, max_size=16)
PDUS = st.one_of(
    st.builds(pdu.Login, client_id=WORDS, authenticator_client=SIXTEEN, login_mode=OCTET, timestamp=FOUR),
    st.builds(pdu.LoginResp, status=FOUR, authenticator_server=SIXTEEN, server_version=OCTET),
    st.builds(
        pdu.Submit, need_report=OCTET, service_id=WORDS, msg_format=OCTET, src_term_id=NUMBER, charge_term_id=NUMBER,
        dest_term_id=st.lists(NUMBER, max_size=100).map(tuple), msg_content=st.binary(max_size=140), tlvs=TLVS,
        sequence_id=FOUR,
    ),
    st.builds(pdu.SubmitResp, msg_id=IDS, status=FOUR, sequence_id=FOUR),
    st.builds(
        pdu.Deliver, msg_id=IDS, is_report=OCTET, msg_format=OCTET, recv_time=WORDS, src_term_id=NUMBER,
        dest_term_id=NUMBER, msg_content=st.binary(max_size=255), tlvs=TLVS,
    ),
    st.builds(pdu.DeliverResp, msg_id=IDS, status=FOUR),
    st.builds(pdu.ActiveTest, sequence_id=FOUR),
    st.builds(pdu.ActiveTestResp, sequence_id=FOUR),
    st.builds(pdu.Exit, sequence_id=FOUR),
    st.builds(pdu.ExitResp, sequence_id=FOUR),
)  # fmt: skip


def read(*sent: pdu.Pdu, line: SmgpDialect = LINE, now: datetime = NOW) -> list[Event]:
    return list(line.read(bytearray(b"".join(pdu.encode(one) for one in sent)), now=now))


def reported(report: pdu.Report, line: SmgpDialect = LINE) -> DeliveryReceipt:
    (event,) = read(
        evolve(DELIVER, is_report=1, msg_format=0, msg_content=pdu.write_report(report)), line=line
    )
    assert isinstance(event, Reported)
    assert isinstance(event.report, DeliveryReceipt)
    return event.report


def test_a_login_proves_the_secret_at_the_wall_clock_of_china() -> None:
    # SMGP 3.0.3: the first of March at midnight is the text 0301000000 and the integer 0x11F0E540.
    frame = LINE.login(now=datetime(2026, 2, 28, 16, 0, tzinfo=UTC), sequence=1)
    assert len(frame) == 42
    assert frame[:20] == bytes.fromhex("0000002a 00000001 00000001") + b"12345678"
    assert frame[36:].hex() == "0211f0e54030"
    # The vector smgp-authenticator: 2 January, 03:04:05 in China.
    vector = LINE.login(now=datetime(2026, 1, 1, 19, 4, 5, tzinfo=UTC), sequence=1)
    assert vector[20:36].hex() == "a57c033d6fc570ed26a547ee0f7477a2"


def test_a_segment_is_this_frame() -> None:
    line: Dialect = LINE
    (one,) = line.submits(message(to=PHONE, text=Secret("您好"), signature=""), now=NOW, sequences=[5])
    expected = (
        "000000aa 00000002 00000005"
        "06 01 00" + "00" * 10 + "3030 303030303030 303030303030 08"  # MsgType … MsgFormat
        + "00" * 34 + "3130363930303030" + "00" * 13 + "00" * 21  # ValidTime, AtTime, SrcTermID, ChargeTermID
        + "01 3133383030313338303030" + "00" * 10 + "04 60a8597d" + "00" * 8  # DestTermID, content, Reserve
    )  # fmt: skip
    wanted = bytes.fromhex(expected)
    assert one.frame == len(wanted).to_bytes(4, "big") + wanted[4:]


def test_the_parts_of_a_long_text_say_so_in_optional_parameters() -> None:
    frames = LINE.submits(message(to=PHONE, text=Secret("好" * 80)), now=NOW, sequences=range(5, 50))
    first, last = (pdu.decode(one.frame) for one in frames)
    assert isinstance(first, pdu.Submit)
    assert isinstance(last, pdu.Submit)
    assert first.msg_content[:6].hex() == "050003050201"
    assert last.tlvs == ((pdu.TP_UDHI, b"\1"), (pdu.PK_TOTAL, b"\2"), (pdu.PK_NUMBER, b"\2"))
    assert len(first.msg_content) == 140


@settings(max_examples=100)
@given(PDUS)
def test_every_pdu_comes_back_as_it_went_and_no_part_of_it_does(one: pdu.Pdu) -> None:
    frame = pdu.encode(one)
    assert pdu.decode(frame) == one
    for wrong in (frame[:-1], frame + b"\0", frame[: len(frame) // 2]):
        with pytest.raises(Misfit):
            pdu.decode(wrong)


@settings(max_examples=60)
@given(IDS, st.sampled_from(["DELIVRD", "UNDELIV", "MK:0001"]), st.sampled_from(["000", "005", "999"]))
def test_a_report_comes_back_whatever_octets_its_id_has(msg_id: str, stat: str, err: str) -> None:
    report = evolve(REPORT, msg_id=msg_id, stat=stat, err=err)
    assert pdu.read_report(pdu.write_report(report)) == report


@pytest.mark.parametrize(
    ("stat", "err", "status", "kind", "code"),
    [
        ("DELIVRD", "000", DeliveryStatus.DELIVERED, OutcomeClass.DELIVERED, "DELIVRD"),
        ("ACCEPTD", "000", DeliveryStatus.ACCEPTED, OutcomeClass.ACCEPTED, "ACCEPTD"),
        ("UNDELIV", "000", DeliveryStatus.UNDELIVERED, OutcomeClass.FAILED_RETRYABLE, "UNDELIV"),
        ("UNDELIV", "004", DeliveryStatus.UNDELIVERED, OutcomeClass.INVALID_NUMBER, "UNDELIV:004"),
        ("UNDELIV", "005", DeliveryStatus.REJECTED, OutcomeClass.OPTED_OUT, "UNDELIV:005"),
        ("EXPIRED", "001", DeliveryStatus.EXPIRED, OutcomeClass.FAILED_RETRYABLE, "EXPIRED:001"),
        ("UNDELIV", "777", DeliveryStatus.UNDELIVERED, OutcomeClass.FAILED_RETRYABLE, "UNDELIV:777"),
        ("DELIVRD", "999", DeliveryStatus.DELIVERED, OutcomeClass.DELIVERED, "DELIVRD"),
    ],
)
def test_a_report_says_what_happened_and_why(
    stat: str, err: str, status: DeliveryStatus, kind: OutcomeClass, code: str
) -> None:
    receipt = reported(evolve(REPORT, stat=stat, err=err))
    assert (receipt.status, receipt.kind, receipt.raw_code) == (status, kind, code)
    assert (receipt.provider_message_id, receipt.phone) == (ID, PHONE)
    assert receipt.at == NOW + timedelta(minutes=1)


def test_a_report_in_another_gateway_s_hand_is_read() -> None:
    content = b"id:00100109240958000001 sub:1 dlvrd:1 Submit_Date:2609240958 Done_Date:260924100105 Stat:ET:0201 Err:x"
    (event,) = read(
        evolve(DELIVER, is_report=1, src_term_id="10690000", dest_term_id="13800138000", msg_content=content)
    )
    assert isinstance(event, Reported)
    assert isinstance(event.report, DeliveryReceipt)
    assert (event.report.provider_message_id, event.report.phone) == ("00100109240958000001", PHONE)
    assert (event.report.raw_code, event.report.status) == ("ET:0201", DeliveryStatus.UNKNOWN)
    assert event.report.at == NOW + timedelta(seconds=65)


def test_answers_are_fates() -> None:
    login, refused, taken, busy, wrong = read(
        pdu.LoginResp(status=0), pdu.LoginResp(status=21), pdu.SubmitResp(msg_id=ID, status=0, sequence_id=7),
        pdu.SubmitResp(msg_id=ID, status=1, sequence_id=8), pdu.SubmitResp(msg_id=ID, status=47, sequence_id=9),
    )  # fmt: skip
    assert (login, refused) == (LoginAnswered("0", refused=False), LoginAnswered("21", refused=True))
    assert taken == SubmitAnswered(7, Accepted(ID))
    assert busy == SubmitAnswered(
        8, Rejected("1", retryable=True, kind=OutcomeClass.FAILED_RETRYABLE), throttled=True
    )
    assert wrong == SubmitAnswered(9, Rejected("47", kind=OutcomeClass.INVALID_NUMBER))


def test_questions_are_answered_at_once() -> None:
    alive, leaving, test, farewell = read(
        pdu.ActiveTest(sequence_id=1), pdu.Exit(sequence_id=2), pdu.ActiveTestResp(), pdu.ExitResp()
    )
    assert alive == Asked(pdu.encode(pdu.ActiveTestResp(sequence_id=1)))
    assert leaving == Asked(pdu.encode(pdu.ExitResp(sequence_id=2)), closes=True)
    assert (test, farewell) == (Alive(), Alive(closes=True))
    assert pdu.decode(LINE.test(now=NOW, sequence=4)) == pdu.ActiveTest(sequence_id=4)
    assert pdu.decode(LINE.farewell(now=NOW, sequence=5)) == pdu.Exit(sequence_id=5)


def test_a_long_reply_is_put_together() -> None:
    line = evolve(LINE)
    parts = [
        evolve(
            DELIVER, tlvs=((pdu.TP_UDHI, b"\1"),),
            msg_content=bytes((5, 0, 3, 9, 2, index)) + piece.encode("utf-16-be"),
        )
        for index, piece in enumerate(("我在医院", "月底还"), start=1)
    ]  # fmt: skip
    first, whole = read(*parts, line=line)
    assert first == Asked(pdu.encode(pdu.DeliverResp(msg_id=ID, status=0, sequence_id=3)))
    assert isinstance(whole, Reported)
    reply = whole.report
    assert isinstance(reply, InboundMessage)
    assert (reply.text.reveal(), reply.phone, reply.access_code) == ("我在医院月底还", PHONE, "1069000001")
    assert (reply.provider_id, reply.received_at) == (ID, NOW - timedelta(seconds=30))
    assert whole.again == pdu.encode(pdu.DeliverResp(msg_id=ID, status=1, sequence_id=3))


def test_a_frame_nobody_understands_does_not_end_the_line() -> None:
    torn = pdu.encode(evolve(DELIVER, is_report=1, msg_content=b"id:13800138000"))
    stream = bytes.fromhex("0000000c 00000007 00000007 00000010 80000002 00000008 00000000") + torn
    events = LINE.read(bytearray(stream), now=NOW)
    assert [(type(one), one.sequence) for one in events if isinstance(one, Unreadable)] == [
        (Unreadable, 7), (Unreadable, 8), (Unreadable, 3),
    ]  # fmt: skip
    assert isinstance(events[2], Unreadable)
    assert pdu.decode(events[2].answer) == pdu.DeliverResp(msg_id=ID, status=10, sequence_id=3)
    assert "13800138000" not in repr(events)
    with pytest.raises(WireError):
        LINE.read(bytearray(4), now=NOW)


@settings(max_examples=80)
@given(st.sampled_from([1, 2, 3, 0x80000002]), st.binary(max_size=200), st.integers(1, 200))
def test_hostile_octets_are_events_or_the_end(request_id: int, data: bytes, step: int) -> None:
    framed = (12 + len(data)).to_bytes(4, "big") + request_id.to_bytes(4, "big") + bytes(4) + data
    for stream in (framed, data):
        line, buffer = evolve(LINE), bytearray()
        for at in range(0, len(stream), step):
            buffer += stream[at : at + step]
            try:
                events = line.read(buffer, now=NOW)
            except WireError:
                break
            assert all(
                isinstance(one, Unreadable | Reported | Asked | Alive | SubmitAnswered) for one in events
            )


@settings(max_examples=60)
@given(st.binary(max_size=120), st.integers(0, 120))
def test_a_hostile_report_is_read_or_refused(junk: bytes, at: int) -> None:
    whole = pdu.write_report(REPORT)
    try:
        report = pdu.read_report(whole[:at] + junk)
    except Misfit:
        return
    assert len(report.msg_id) == 20
    assert isinstance(reported(report), DeliveryReceipt)


@pytest.mark.parametrize(
    "wrong", [{"client_id": "123456789"}, {"client_id": ""}, {"src_term_id": "1" * 22}, {"priority": 256}]
)
def test_a_setting_that_has_no_place_is_refused_when_the_line_is_built(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError) as told:
        evolve(LINE, **wrong)
    assert "SMGP" in told.value.zh


def test_nothing_private_is_printed() -> None:
    assert "888888" not in repr(LINE)
    shown = repr(evolve(DELIVER, msg_content=b"839201")) + repr(
        pdu.Submit(dest_term_id=("13800138000",), msg_content=b"839201")
    )
    assert "13800138000" not in shown
    assert "839201" not in shown
