"""SGIP as the standard lays it out: what we submit, and what the gateway brings to our own port."""

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
from loansms.providers.sgip import pdu
from loansms.providers.sgip.dialect import SgipDialect
from loansms.testing.examples import message

NOW = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
PHONE = PhoneNumber.parse("13800138000", region="CN")
LINE = SgipDialect(
    login_name="lender", secret=Secret("888888"), node=3000099999, corp_id="99999", sp_number="10690000"
)
# Made by the gateway at 09:59:30 in China.
SEEN = pdu.sequenced(10, "0924095930", 77)
SENT = pdu.sequenced(3000099999, "0924095900", 5)
REPORT = pdu.Report(submit_sequence=SENT, user_number="8613800138000", state=0, sequence=SEEN)
DELIVER = pdu.Deliver(
    user_number="8613800138000", sp_number="1069000001", message_coding=8, message_content=b"", sequence=SEEN
)

WORDS = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=5)
NUMBER = st.text("0123456789", max_size=21)
OCTET = st.integers(0, 255)
SEQUENCES = st.binary(min_size=12, max_size=12).map(bytes.hex)
ANSWERS = st.sampled_from([pdu.BindResp, pdu.SubmitResp, pdu.DeliverResp, pdu.ReportResp])
PDUS = st.one_of(
    st.builds(pdu.Bind, login_type=OCTET, login_name=WORDS, login_password=WORDS, sequence=SEQUENCES),
    st.builds(lambda kind, result, sequence: kind(result=result, sequence=sequence), ANSWERS, OCTET, SEQUENCES),
    st.builds(
        pdu.Submit, sp_number=NUMBER, charge_number=NUMBER, user_number=st.lists(NUMBER, max_size=100).map(tuple),
        corp_id=WORDS, service_type=WORDS, fee_type=OCTET, priority=OCTET, report_flag=OCTET, tp_udhi=OCTET,
        message_coding=OCTET, message_content=st.binary(max_size=300), sequence=SEQUENCES,
    ),
    st.builds(
        pdu.Deliver, user_number=NUMBER, sp_number=NUMBER, tp_pid=OCTET, tp_udhi=OCTET, message_coding=OCTET,
        message_content=st.binary(max_size=300), sequence=SEQUENCES,
    ),
    st.builds(
        pdu.Report, submit_sequence=SEQUENCES, report_type=OCTET, user_number=NUMBER, state=OCTET, error_code=OCTET,
        sequence=SEQUENCES,
    ),
    st.builds(pdu.Unbind, sequence=SEQUENCES),
    st.builds(pdu.UnbindResp, sequence=SEQUENCES),
)  # fmt: skip


def read(*sent: pdu.Pdu, line: SgipDialect = LINE, now: datetime = NOW) -> list[Event]:
    return list(line.read(bytearray(b"".join(pdu.encode(one) for one in sent)), now=now))


def test_a_login_is_this_frame() -> None:
    line: Dialect = LINE
    expected = (
        "0000003d 00000001 b2d1e49f 3714a5a0 00000001"  # length, command, node, 0924100000, counter
        "01 6c656e646572" + "00" * 10 + "383838383838" + "00" * 10 + "00" * 8
    )  # fmt: skip
    assert line.login(now=NOW, sequence=1).hex() == expected.replace(" ", "")


def test_a_segment_is_this_frame_and_names_86() -> None:
    (one,) = LINE.submits(message(to=PHONE, text=Secret("您好"), signature=""), now=NOW, sequences=[5])
    body = (
        "3130363930303030" + "00" * 13 + "30" * 21 + "01 38363133383030313338303030" + "00" * 8  # numbers
        + "3939393939" + "00" * 10 + "01 300000000000 300000000000 00 02 00"  # CorpId … Priority
        + "00" * 32 + "01 00 00 08 00 00000004 60a8597d" + "00" * 8  # times, ReportFlag … content, Reserve
    )  # fmt: skip
    wanted = bytes.fromhex(body)
    assert one.frame[20:] == wanted
    assert one.frame[:20].hex() == f"{20 + len(wanted):08x}00000003b2d1e49f3714a5a000000005"
    assert one.sequence == "b2d1e49f3714a5a000000005"


def test_a_long_text_goes_in_parts_with_ids_of_their_own() -> None:
    frames = LINE.submits(message(to=PHONE, text=Secret("好" * 80)), now=NOW, sequences=range(5, 50))
    first, last = (pdu.decode(one.frame) for one in frames)
    assert isinstance(first, pdu.Submit)
    assert isinstance(last, pdu.Submit)
    assert (first.tp_udhi, first.message_content[:6].hex()) == (1, "050003050201")
    assert last.message_content[:6].hex() == "050003050202"
    assert [one.sequence for one in frames] == [first.sequence, last.sequence]
    assert first.sequence != last.sequence


@settings(max_examples=100)
@given(PDUS)
def test_every_pdu_comes_back_as_it_went_and_no_part_of_it_does(one: pdu.Pdu) -> None:
    frame = pdu.encode(one)
    assert pdu.decode(frame) == one
    for wrong in (frame[:-1], frame + b"\0", frame[: len(frame) // 2]):
        with pytest.raises(Misfit):
            pdu.decode(wrong)


def test_the_answer_to_a_segment_is_paired_by_its_sequence_number_which_is_its_id() -> None:
    taken, busy, wrong = read(
        pdu.SubmitResp(result=0, sequence=SENT),
        pdu.SubmitResp(result=11, sequence=SENT),
        pdu.SubmitResp(result=6, sequence=SENT),
    )
    assert taken == SubmitAnswered(SENT, Accepted(SENT))
    assert busy == SubmitAnswered(
        SENT, Rejected("11", retryable=True, kind=OutcomeClass.FAILED_RETRYABLE), throttled=True
    )
    assert wrong == SubmitAnswered(SENT, Rejected("6", kind=OutcomeClass.INVALID_NUMBER))


def test_a_login_is_answered() -> None:
    assert read(pdu.BindResp(result=0), pdu.BindResp(result=1)) == [
        LoginAnswered("0", refused=False),
        LoginAnswered("1", refused=True),
    ]


def test_the_gateway_s_login_to_us_is_for_the_session_to_judge() -> None:
    (event,) = read(pdu.Bind(login_type=2, login_name="smg", login_password="999999", sequence=SEEN))
    assert event == Asked(
        pdu.encode(pdu.BindResp(result=0, sequence=SEEN)),
        login=("smg", "999999"),
        refusal=pdu.encode(pdu.BindResp(result=1, sequence=SEEN)),
    )
    assert "999999" not in repr(event)
    (ours,) = read(pdu.Bind(login_type=1, login_name="smg", login_password="999999", sequence=SEEN))
    assert isinstance(ours, Unreadable)
    assert pdu.decode(ours.answer) == pdu.BindResp(result=4, sequence=SEEN)


@pytest.mark.parametrize(
    ("state", "error", "status", "kind", "code"),
    [
        (0, 0, DeliveryStatus.DELIVERED, OutcomeClass.DELIVERED, "0"),
        (1, 0, DeliveryStatus.ACCEPTED, OutcomeClass.ACCEPTED, "1"),
        (2, 29, DeliveryStatus.UNDELIVERED, OutcomeClass.INVALID_NUMBER, "2:29"),
        (2, 25, DeliveryStatus.UNDELIVERED, OutcomeClass.FAILED_RETRYABLE, "2:25"),
        (2, 27, DeliveryStatus.UNDELIVERED, OutcomeClass.FAILED_PERMANENT, "2:27"),
        (2, 200, DeliveryStatus.UNDELIVERED, OutcomeClass.FAILED_RETRYABLE, "2:200"),
        (2, 0, DeliveryStatus.UNDELIVERED, OutcomeClass.FAILED_RETRYABLE, "2:0"),
        (9, 0, DeliveryStatus.UNKNOWN, OutcomeClass.UNKNOWN, "9"),
    ],
)
def test_a_report_names_the_segment_it_is_of(
    state: int, error: int, status: DeliveryStatus, kind: OutcomeClass, code: str
) -> None:
    (event,) = read(evolve(REPORT, state=state, error_code=error))
    assert isinstance(event, Reported)
    receipt = event.report
    assert isinstance(receipt, DeliveryReceipt)
    assert (receipt.status, receipt.kind, receipt.raw_code) == (status, kind, code)
    assert (receipt.provider_message_id, receipt.phone) == (SENT, PHONE)
    assert receipt.at == NOW - timedelta(seconds=30)
    assert pdu.decode(event.taken) == pdu.ReportResp(result=0, sequence=SEEN)
    assert pdu.decode(event.again or b"") == pdu.ReportResp(result=11, sequence=SEEN)


def test_a_reply_comes_with_its_number_and_the_access_code_it_was_sent_to() -> None:
    line = evolve(LINE)
    one, two = (
        evolve(
            DELIVER,
            tp_udhi=1,
            message_content=bytes((5, 0, 3, 9, 2, index)) + piece.encode("utf-16-be"),
        )
        for index, piece in enumerate(("我在医院", "月底还"), start=1)
    )
    first, whole = read(one, two, line=line)
    assert first == Asked(pdu.encode(pdu.DeliverResp(result=0, sequence=SEEN)))
    assert isinstance(whole, Reported)
    reply = whole.report
    assert isinstance(reply, InboundMessage)
    assert (reply.text.reveal(), reply.phone, reply.access_code) == ("我在医院月底还", PHONE, "1069000001")
    assert (reply.provider_id, reply.received_at) == (SEEN, NOW - timedelta(seconds=30))
    assert "13800138000" not in repr(whole)


def test_the_end_is_agreed_and_there_is_no_test() -> None:
    leaving, left = read(pdu.Unbind(sequence=SEEN), pdu.UnbindResp())
    assert leaving == Asked(pdu.encode(pdu.UnbindResp(sequence=SEEN)), closes=True)
    assert left == Alive(closes=True)
    assert LINE.test(now=NOW, sequence=1) == b""
    assert isinstance(pdu.decode(LINE.farewell(now=NOW, sequence=1)), pdu.Unbind)


def test_what_nobody_understands_is_refused_and_the_line_goes_on() -> None:
    head = bytes.fromhex(SEEN)
    userrpt = bytes.fromhex("00000014 00000011") + head
    torn = bytes.fromhex("00000018 00000004") + head + b"1380"
    answer = bytes.fromhex("00000014 80000011") + head
    events = LINE.read(bytearray(userrpt + torn + answer), now=NOW)
    assert [one.sequence for one in events if isinstance(one, Unreadable)] == [SEEN] * 3
    first, second, third = (one.answer for one in events if isinstance(one, Unreadable))
    assert first == bytes.fromhex("0000001d 80000011") + head + b"\7" + bytes(8)
    assert pdu.decode(second) == pdu.DeliverResp(result=5, sequence=SEEN)
    assert third == b"", "an answer is never answered"
    for length in (0, 19, 4097, 2**32 - 1):
        with pytest.raises(WireError):
            LINE.read(bytearray(length.to_bytes(4, "big")), now=NOW)


@settings(max_examples=80)
@given(st.sampled_from([1, 3, 4, 5, 0x80000003]), st.binary(max_size=150), st.integers(1, 150))
def test_hostile_octets_are_events_or_the_end(command: int, data: bytes, step: int) -> None:
    framed = (20 + len(data)).to_bytes(4, "big") + command.to_bytes(4, "big") + bytes(12) + data
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


@pytest.mark.parametrize(
    "wrong", [{"login_name": "x" * 17}, {"login_name": ""}, {"corp_id": "999999"}, {"sp_number": "1" * 22}]
)
def test_a_setting_that_has_no_place_is_refused_when_the_line_is_built(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError) as told:
        evolve(LINE, **wrong)
    assert "SGIP" in told.value.zh


def test_nothing_private_is_printed() -> None:
    assert "888888" not in repr(LINE) + repr(pdu.Bind(login_name="lender", login_password="888888"))
    shown = repr(REPORT) + repr(DELIVER) + repr(LINE.submits(message(to=PHONE), now=NOW, sequences=[1]))
    assert "13800138000" not in shown
