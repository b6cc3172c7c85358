"""What an SMPP line sends and what it makes of a centre's answers, whatever the centre's habits."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.errors import ConfigurationError, UnsupportedByProvider
from loansms.model import (
    Accepted,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    OutcomeClass,
    PhoneNumber,
    Purpose,
    Rejected,
    Unknown,
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
from loansms.providers.carrier.long_text import Coding, headed, parts, text_of
from loansms.providers.smpp import pdu
from loansms.providers.smpp.dialect import SmppDialect
from loansms.providers.smpp.receipts import ReceiptReading
from loansms.providers.smpp.writing import SmppWriting
from loansms.testing.examples import message

NOW = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
PHONE = PhoneNumber.parse("+14155550100")
DELIVER = pdu.DeliverSm(
    source_addr_ton=1, source_addr="14155550100", destination_addr="10690000", sequence_number=3
)
TEXT = "id:77 sub:001 dlvrd:001 submit date:2609240958 done date:2609240959 stat:DELIVRD err:000 text:Your"


def smpp(**changes: Any) -> SmppDialect:
    named: dict[str, Any] = {"system_id": "lender", "password": Secret("example1"), "source": "10690000"}
    return SmppDialect(**{**named, **changes})


LINE = smpp()


def read(*sent: pdu.Pdu, line: SmppDialect = LINE, now: datetime = NOW) -> list[Event]:
    return list(line.read(bytearray(b"".join(pdu.encode(one) for one in sent)), now=now))


def sent(text: str, line: SmppDialect = LINE, **changes: Any) -> list[pdu.SubmitSm]:
    one = message(**{"text": Secret(text), "signature": "", "to": PHONE, **changes})
    told = [pdu.decode(each.frame) for each in line.submits(one, now=NOW, sequences=range(7, 270))]
    return [each for each in told if isinstance(each, pdu.SubmitSm)]


def receipt(text: str = TEXT, reading: ReceiptReading | None = None, **changes: Any) -> DeliveryReceipt:
    line = smpp(receipts=reading or ReceiptReading())
    named = {"esm_class": 0x04, "short_message": text.encode(), **changes}
    (event,) = read(evolve(DELIVER, **named), line=line)
    assert isinstance(event, Reported)
    assert isinstance(event.report, DeliveryReceipt)
    return event.report


def reply(*delivered: pdu.DeliverSm, line: SmppDialect | None = None) -> InboundMessage:
    (event,) = [one for one in read(*delivered, line=line or smpp()) if isinstance(one, Reported)]
    assert isinstance(event.report, InboundMessage)
    return event.report


def test_it_is_a_dialect_and_prints_no_password() -> None:
    line: Dialect = LINE
    assert (line.name, line.window) == ("smpp3.4", 10)
    assert "example1" not in repr(line)


@pytest.mark.parametrize(
    ("bind", "kind"),
    [
        ("transceiver", pdu.BindTransceiver),
        ("transmitter", pdu.BindTransmitter),
        ("receiver", pdu.BindReceiver),
    ],
)
def test_it_binds_as_it_is_told(bind: str, kind: type[pdu.Bind]) -> None:
    told = pdu.decode(smpp(bind=bind).login(now=NOW, sequence=1))
    assert told == kind(system_id="lender", password="example1", sequence_number=1)


def test_a_receiver_submits_nothing() -> None:
    with pytest.raises(UnsupportedByProvider):
        sent("Hello", smpp(bind="receiver"))


@pytest.mark.parametrize(
    ("text", "writing", "data_coding", "octets"),
    [
        ("@ €", SmppWriting(), 0, b"\x00 \x1be"),
        ("@ é", SmppWriting(default=Coding.LATIN1), 0, b"@ \xe9"),
        ("Hello", SmppWriting(codings=(1, 8)), 1, b"Hello"),
        ("né", SmppWriting(codings=(1, 3, 8)), 3, b"n\xe9"),
        ("您好", SmppWriting(), 8, b"\x60\xa8\x59\x7d"),
        ("您", SmppWriting(codings=(3,)), 8, b"\x60\xa8"),
    ],
)
def test_the_coding_is_the_first_that_has_every_character(
    text: str, writing: SmppWriting, data_coding: int, octets: bytes
) -> None:
    (one,) = sent(text, smpp(writing=writing))
    assert (one.data_coding, one.short_message, one.registered_delivery) == (data_coding, octets, 1)


def test_the_signature_goes_before_the_text_unless_the_centre_puts_it() -> None:
    (ours,) = sent("您好", signature="示例")
    (theirs,) = sent("您好", smpp(writing=SmppWriting(signature="gateway")), signature="示例")
    assert ours.short_message.decode("utf-16-be") == "【示例】您好"
    assert theirs.short_message.decode("utf-16-be") == "您好"


def test_a_long_text_travels_under_headers_in_parameters_or_whole() -> None:
    text = "€" + "a" * 170
    under = sent(text)
    assert [one.esm_class for one in under] == [0x40, 0x40]
    assert [one.short_message[:6].hex() for one in under] == ["050003070201", "050003070202"]
    beside = sent(text, smpp(writing=SmppWriting(long="sar")))
    assert [one.tlvs for one in beside] == [
        ((0x020C, b"\0\7"), (0x020E, b"\2"), (0x020F, b"\1")),
        ((0x020C, b"\0\7"), (0x020E, b"\2"), (0x020F, b"\2")),
    ]
    (whole,) = sent(text, smpp(writing=SmppWriting(long="payload")))
    assert whole.short_message == b""
    said = {
        b"".join(headed(one.short_message)[1] for one in under),
        b"".join(one.short_message for one in beside),
        dict(whole.tlvs)[0x0424],
    }
    assert [text_of(one, Coding.GSM7) for one in said] == [text]


@pytest.mark.parametrize(
    ("source", "address"),
    [("Lender", (5, 0, "Lender")), ("10690", (3, 0, "10690")), ("+14155550199", (1, 1, "14155550199"))],
)
def test_the_sender_has_the_type_its_characters_have(source: str, address: tuple[int, int, str]) -> None:
    (one,) = sent("Hi", smpp(source=source))
    assert (one.source_addr_ton, one.source_addr_npi, one.source_addr) == address
    (told,) = sent("Hi", smpp(source=source, source_ton=6, source_npi=9))
    assert (told.source_addr_ton, told.source_addr_npi) == (6, 9)


def test_a_number_is_international_unless_the_line_is_of_its_country() -> None:
    (abroad,) = sent("Hi", smpp(region="CN"))
    (home,) = sent("Hi", smpp(region="US"))
    assert (abroad.dest_addr_ton, abroad.dest_addr_npi, abroad.destination_addr) == (1, 1, "14155550100")
    assert (home.dest_addr_ton, home.destination_addr) == (2, "4155550100")


def test_a_code_is_not_delivered_when_it_is_stale() -> None:
    (code,) = sent("123456", purpose=Purpose.OTP)
    (notice,) = sent("Paid", purpose=Purpose.TRANSACTION_NOTICE)
    (told,) = sent("Paid", smpp(validity={Purpose.RELAY: timedelta(days=2, hours=3)}), purpose=Purpose.RELAY)
    assert (code.validity_period, notice.validity_period, told.validity_period) == (
        "000000000500000R",
        "",
        "000002030000000R",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"system_id": ""},
        {"system_id": "x" * 16},
        {"password": Secret("ninechars")},
        {"source": "1" * 21},
        {"service_type": "toolong"},
        {"source_ton": 256},
        {"validity": {Purpose.OTP: timedelta()}},
        {"validity": {Purpose.OTP: timedelta(days=31)}},
    ],
)
def test_a_setting_that_has_no_place_is_refused_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as raised:
        smpp(**wrong)
    assert "ninechars" not in str(raised.value)


def test_codings_are_those_that_are_written() -> None:
    with pytest.raises(ConfigurationError):
        SmppWriting(codings=(0, 4))


@pytest.mark.parametrize(
    ("status", "result", "throttled"),
    [
        (0x58, Rejected("0x00000058", True, OutcomeClass.RATE_LIMITED), True),
        (0x14, Rejected("0x00000014", True, OutcomeClass.FAILED_RETRYABLE), True),
        (0x0B, Rejected("0x0000000B", False, OutcomeClass.INVALID_NUMBER), False),
        (0x08, Unknown("0x00000008"), False),
        (0x400, Unknown("0x00000400"), False),
        (0x7777, Unknown("0x00007777"), False),
    ],
)
def test_a_status_goes_by_its_table(status: int, result: Rejected | Unknown, throttled: bool) -> None:
    expected = [SubmitAnswered(2, result, throttled)]
    assert read(pdu.SubmitSmResp(sequence_number=2, command_status=status)) == expected
    assert read(pdu.GenericNack(sequence_number=2, command_status=status)) == expected


def test_a_status_of_the_centres_own_goes_by_the_lines_table() -> None:
    line = smpp(statuses={"0x00000400": OutcomeClass.BALANCE})
    (event,) = read(pdu.SubmitSmResp(sequence_number=2, command_status=0x400), line=line)
    assert event == SubmitAnswered(2, Rejected("0x00000400", True, OutcomeClass.BALANCE))


def test_a_segment_taken_without_an_id_is_unknown() -> None:
    assert read(pdu.SubmitSmResp(sequence_number=2)) == [SubmitAnswered(2, Unknown("no_message_id"))]


def test_logins_tests_and_farewells() -> None:
    assert read(pdu.BindTransceiverResp(sequence_number=1)) == [LoginAnswered("0x00000000", False)]
    assert read(pdu.BindReceiverResp(command_status=0xE)) == [LoginAnswered("0x0000000E", True)]
    assert read(pdu.EnquireLink(sequence_number=5)) == [
        Asked(bytes.fromhex("00000010800000150000000000000005"))
    ]
    assert read(pdu.Unbind(sequence_number=6)) == [
        Asked(bytes.fromhex("00000010800000060000000000000006"), closes=True)
    ]
    assert read(pdu.EnquireLinkResp(), pdu.UnbindResp(), pdu.AlertNotification()) == [
        Alive(),
        Alive(closes=True),
        Alive(),
    ]
    assert pdu.decode(LINE.test(now=NOW, sequence=3)) == pdu.EnquireLink(sequence_number=3)
    assert pdu.decode(LINE.farewell(now=NOW, sequence=4)) == pdu.Unbind(sequence_number=4)


def test_what_is_not_known_is_nacked_and_an_answer_never_answered() -> None:
    unknown, answer = (
        bytes.fromhex(f"00000010{command}0000000000000009") for command in ("00000103", "80000103")
    )
    (asked,) = LINE.read(bytearray(unknown), now=NOW)
    (told,) = LINE.read(bytearray(answer), now=NOW)
    assert asked == Unreadable("SMPP: no command 0x103", 9, bytes.fromhex("00000010800000000000000300000009"))
    assert isinstance(told, Unreadable)
    assert told.answer == b""
    (wrong_way,) = read(pdu.SubmitSm(sequence_number=9))
    assert isinstance(wrong_way, Unreadable)
    assert wrong_way.answer[4:8].hex() == "80000000"


def test_a_receipt_is_read_and_may_be_asked_for_again() -> None:
    (event,) = read(evolve(DELIVER, esm_class=0x04, short_message=TEXT.encode()))
    assert isinstance(event, Reported)
    assert event.taken == bytes.fromhex("0000001180000005000000000000000300")
    assert event.again == bytes.fromhex("0000001180000005000000640000000300")
    got = receipt()
    assert (got.provider_message_id, got.status, got.kind, got.raw_code) == (
        "77",
        DeliveryStatus.DELIVERED,
        OutcomeClass.DELIVERED,
        "DELIVRD",
    )
    assert (got.phone, got.at) == (PHONE, datetime(2026, 9, 24, 9, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "ID:77 SUB:1 DLVRD:1 SUBMIT DATE:260924095800 DONE DATE:260924095900 STAT:delivrd ERR:0 TEXT:id:9 stat:REJECTD",
        "id:77,sub:001,dlvrd:001,submit date:2609240958,done date:2609240959,stat:DELIVRD,err:000,text:",
        "stat:DELIVERED done_date:2609240959 id: 77",
        "sub: dlvrd: id:77 stat:DELIVRD done date:2609240959",
        "id=77;stat=DELIVRD;donedate=2609240959",
    ],
)
def test_a_receipt_is_read_in_any_shape(text: str) -> None:
    assert evolve(receipt(text), raw=None) == evolve(receipt(), raw=None)


def test_a_receipt_is_read_in_ucs2_and_in_a_payload() -> None:
    wide = receipt(short_message=TEXT.encode("utf-16-be"), data_coding=8)
    long = receipt(short_message=b"", tlvs=((0x0424, TEXT.encode()),))
    assert wide.provider_message_id == long.provider_message_id == "77"


@pytest.mark.parametrize(
    ("stat", "err", "status", "code"),
    [
        ("UNDELIV", "012", DeliveryStatus.UNDELIVERED, "UNDELIV/012"),
        ("EXPIRED", "000", DeliveryStatus.EXPIRED, "EXPIRED"),
        ("REJECTD", "", DeliveryStatus.REJECTED, "REJECTD"),
        ("DELETED", "", DeliveryStatus.REJECTED, "DELETED"),
        ("ACCEPTD", "", DeliveryStatus.ACCEPTED, "ACCEPTD"),
        ("UNKNOWN", "", DeliveryStatus.UNKNOWN, "UNKNOWN"),
        ("WHATEVER", "", DeliveryStatus.UNKNOWN, "WHATEVER"),
        ("", "", DeliveryStatus.UNKNOWN, "no_state"),
        ("14155550100", "", DeliveryStatus.UNKNOWN, "unreadable_code"),
    ],
)
def test_every_word_has_its_status(stat: str, err: str, status: DeliveryStatus, code: str) -> None:
    got = receipt(f"id:77 stat:{stat} err:{err} text:")
    assert (got.status, got.raw_code, got.at) == (status, code, NOW)


def test_parameters_win_over_the_text() -> None:
    tlvs = ((0x001E, b"88\0"), (0x0427, b"\5"), (0x0423, b"\3\0\x0c"))
    got = receipt(tlvs=tlvs)
    assert (got.provider_message_id, got.status, got.raw_code) == (
        "88",
        DeliveryStatus.UNDELIVERED,
        "UNDELIV/012",
    )
    bare = receipt("", esm_class=0, tlvs=tlvs)
    assert (bare.provider_message_id, bare.status) == ("88", DeliveryStatus.UNDELIVERED)


def test_a_code_of_the_centres_own_goes_by_the_lines_table() -> None:
    reading = ReceiptReading(codes={"UNDELIV/012": OutcomeClass.INVALID_NUMBER})
    assert receipt("id:77 stat:UNDELIV err:012", reading).kind is OutcomeClass.INVALID_NUMBER
    assert receipt("id:77 stat:UNDELIV err:013", reading).kind is OutcomeClass.FAILED_RETRYABLE


def test_ids_in_hex_and_in_decimal_are_the_same_id() -> None:
    reading = ReceiptReading(answer_ids="hex", text_ids="decimal")
    (event,) = read(pdu.SubmitSmResp(message_id="0000001F"), line=smpp(receipts=reading))
    assert event == SubmitAnswered(0, Accepted("31"))
    assert receipt("id:0000000031 stat:DELIVRD", reading).provider_message_id == "31"
    assert receipt("", reading, tlvs=((0x001E, b"1f\0"),)).provider_message_id == "31"


def test_a_note_on_the_way_settles_nothing() -> None:
    got = receipt("id:77 stat:UNDELIV err:001", esm_class=0x20)
    assert (got.status, got.kind) == (DeliveryStatus.ACCEPTED, OutcomeClass.ACCEPTED)


@pytest.mark.parametrize("text", ["", "stat:DELIVRD", "id: stat:DELIVRD", "id:" + "7" * 65])
def test_a_receipt_of_nothing_is_refused_for_good(text: str) -> None:
    (event,) = read(evolve(DELIVER, esm_class=0x04, short_message=text.encode()))
    assert event == Unreadable(
        "receipt: names no message", 3, bytes.fromhex("0000001180000005000000650000000300")
    )


@pytest.mark.parametrize(
    ("data_coding", "octets", "text"),
    [
        (0, b"STOP \x00 \x1be", "STOP @ €"),
        (1, b"STOP", "STOP"),
        (3, b"arr\xeat", "arrêt"),
        (8, "退订".encode("utf-16-be"), "退订"),
        (0x18, "退订".encode("utf-16-be"), "退订"),
        (0xF0, b"STOP", "STOP"),
        (4, b"\x01\x02", ""),
        (0xF5, b"\x01\x02", ""),
    ],
)
def test_a_reply_is_read_in_its_coding(data_coding: int, octets: bytes, text: str) -> None:
    got = reply(evolve(DELIVER, data_coding=data_coding, short_message=octets))
    assert (got.text.reveal(), got.phone, got.access_code) == (text, PHONE, "10690000")
    assert got.raw is not None
    assert octets.hex() in got.raw.reveal()


@pytest.mark.parametrize("how", ["udh", "sar"])
@pytest.mark.parametrize("text", ["a€" * 100, "退订" * 60])
def test_a_long_reply_is_joined_in_any_order(how: str, text: str) -> None:
    coding, number = (Coding.GSM7, 0) if text.startswith("a") else (Coding.UCS2, 8)
    cut = parts(text, coding=coding, reference=9)
    delivered = [
        evolve(DELIVER, esm_class=0x40, data_coding=number, short_message=part)
        if how == "udh"
        else evolve(
            DELIVER,
            data_coding=number,
            short_message=headed(part)[1],
            tlvs=((0x020C, b"\0\x09"), (0x020E, bytes((len(cut),))), (0x020F, bytes((index,)))),
        )
        for index, part in enumerate(cut, start=1)
    ]
    line = smpp()
    first, *rest = read(*reversed(delivered), line=line)
    assert isinstance(first, Asked)
    (event,) = [one for one in rest if isinstance(one, Reported)]
    assert isinstance(event.report, InboundMessage)
    assert event.report.text.reveal() == text


def test_half_a_reply_is_told_when_the_rest_never_comes() -> None:
    line = smpp()
    part = parts("STOP " * 40, coding=Coding.GSM7, reference=9)[0]
    read(evolve(DELIVER, esm_class=0x40, short_message=part), line=line)
    (event,) = read(line=line, now=NOW + timedelta(hours=1))
    assert isinstance(event, Reported)
    assert isinstance(event.report, InboundMessage)
    assert event.report.text.reveal().endswith("…")
    assert event.report.phone == PHONE


def test_a_reply_is_heard_with_broken_parameters_behind_it() -> None:
    frame = pdu.encode(evolve(DELIVER, short_message=b"STOP")) + b"\x02\x04\xff"
    (event,) = smpp().read(bytearray(len(frame).to_bytes(4, "big") + frame[4:]), now=NOW)
    assert isinstance(event, Reported)
    assert isinstance(event.report, InboundMessage)
    assert event.report.text.reveal() == "STOP"


@pytest.mark.parametrize("wrong", [{"answer_ids": "Hex"}, {"text_ids": "octal"}])
def test_how_receipts_are_read_is_one_of_the_known_ways(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="ids"):
        ReceiptReading(**wrong)


def test_numbers_are_read_nationally_on_a_line_of_their_country() -> None:
    home = evolve(DELIVER, source_addr_ton=2, source_addr="13800138000", short_message=b"1")
    assert reply(home, line=smpp(region="CN")).phone == PhoneNumber.parse("+8613800138000")
    assert reply(evolve(home, source_addr="nobody")).phone is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([pdu.EnquireLink(), pdu.SubmitSmResp(message_id="7"), DELIVER]), max_size=5),
    st.data(),
)
def test_frames_mean_the_same_wherever_the_stream_is_cut(sent: list[pdu.Pdu], data: st.DataObject) -> None:
    whole = b"".join(pdu.encode(one) for one in sent)
    at = data.draw(st.integers(0, len(whole)))
    buffer, told = bytearray(), list[Event]()
    for piece in (whole[:at], whole[at:]):
        buffer += piece
        told += LINE.read(buffer, now=NOW)
    assert told == read(*sent)
    assert not buffer


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 255), st.integers(0, 255), st.binary(max_size=40))
def test_no_content_of_a_deliver_is_more_than_an_event(
    content: bytes, esm_class: int, data_coding: int, value: bytes
) -> None:
    tlvs = tuple((tag, value) for tag in (0x001E, 0x0427, 0x0423, 0x020C, 0x020E, 0x020F))
    one = evolve(DELIVER, esm_class=esm_class, data_coding=data_coding, short_message=content, tlvs=tlvs)
    (event,) = read(one, evolve(one, short_message=TEXT.encode()), line=smpp())[:1]
    assert isinstance(event, (Reported, Asked, Unreadable))
    frames = [event.taken] if isinstance(event, Reported) else [event.answer]
    assert all(isinstance(pdu.decode(frame), pdu.DeliverSmResp) for frame in frames)


@settings(max_examples=100, deadline=None)
@given(st.text("idstadoner tx:=,; \n0123ü", max_size=80))
def test_no_words_of_a_receipt_are_more_than_a_receipt_or_a_refusal(text: str) -> None:
    (event,) = read(evolve(DELIVER, esm_class=0x04, short_message=text.encode("latin-1")))
    if isinstance(event, Reported):
        assert isinstance(event.report, DeliveryReceipt)
        assert re.fullmatch(r"[!-~]{1,64}", event.report.provider_message_id)
    else:
        assert isinstance(event, Unreadable)


@pytest.mark.parametrize("length", [0, 15, 70_001, 2**32 - 1])
def test_a_length_no_frame_has_closes_the_line(length: int) -> None:
    with pytest.raises(WireError):
        LINE.read(bytearray(length.to_bytes(4, "big") + bytes(12)), now=NOW)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=120))
def test_strange_octets_are_events_or_the_end_of_the_line(octets: bytes) -> None:
    buffer = bytearray(octets)
    try:
        LINE.read(buffer, now=NOW)
    except WireError:
        assert bytes(buffer) == octets
