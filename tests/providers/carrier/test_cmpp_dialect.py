"""What a CMPP line sends and what it makes of a gateway's answers: each segment's fate is known, nothing private is printed."""

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
    Unknown,
)
from loansms.privacy import Secret
from loansms.providers.carrier.assembly import Assembly, Heard
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
from loansms.providers.carrier.long_text import Coding
from loansms.providers.carrier.writing import Writing
from loansms.providers.cmpp import pdu
from loansms.providers.cmpp.dialect import CmppDialect
from loansms.providers.cmpp.pdu import V20, V30
from loansms.testing.examples import message

NOW = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
PHONE = PhoneNumber.parse("13800138000", region="CN")
LINE = CmppDialect(source_addr="900001", secret=Secret("888888"), src_id="10690000")
DELIVER = pdu.Deliver(
    msg_id=41,
    dest_id="1069000001",
    src_terminal_id="8613800138000",
    msg_fmt=8,
    msg_content=b"",
    sequence_id=3,
)
REPORT = pdu.Report(
    msg_id=77,
    stat="DELIVRD",
    submit_time="2609240958",
    done_time="2609241001",
    dest_terminal_id="13800138000",
)


def read(*sent: pdu.Pdu, line: CmppDialect = LINE, version: int = V30, now: datetime = NOW) -> list[Event]:
    return list(line.read(bytearray(b"".join(pdu.encode(one, version) for one in sent)), now=now))


def reported(report: pdu.Report, line: CmppDialect = LINE) -> DeliveryReceipt:
    (event,) = read(
        evolve(DELIVER, registered_delivery=1, msg_content=pdu.write_report(report, V30)), line=line
    )
    assert isinstance(event, Reported)
    assert isinstance(event.report, DeliveryReceipt)
    return event.report


def replied(*events: Event) -> list[str]:
    return [
        event.report.text.reveal()
        for event in events
        if isinstance(event, Reported) and isinstance(event.report, InboundMessage)
    ]


def sent(line: CmppDialect = LINE, **changes: object) -> list[pdu.Submit]:
    frames = line.submits(message(to=PHONE, **changes), now=NOW, sequences=range(5, 50))
    found = [pdu.decode(one.frame, line.version) for one in frames]
    assert [one.sequence_id for one in found] == [one.sequence for one in frames]
    return [one for one in found if isinstance(one, pdu.Submit)]


def test_it_is_a_dialect() -> None:
    line: Dialect = LINE
    assert (line.name, line.window) == ("cmpp3", 16)
    assert evolve(LINE, version=V20).name == "cmpp2"


def test_a_login_proves_the_secret_at_the_wall_clock_of_china() -> None:
    # The vector cmpp-connect-pdu-2.0: 2 January, 03:04:05 in China.
    line = evolve(LINE, version=V20)
    frame = line.login(now=datetime(2026, 1, 1, 19, 4, 5, tzinfo=UTC), sequence=1)
    assert frame.hex() == "0000002700000001000000013930303030313b7bba56a8c1d885b7d43d3f6d82cb94200614dc45"


def test_a_text_goes_with_its_signature_to_one_number() -> None:
    (one,) = sent(text=Secret("您好"), signature="示例")
    assert one.dest_terminal_id == ("13800138000",)
    assert (one.msg_content.decode("utf-16-be"), one.msg_fmt) == ("【示例】您好", 8)
    assert (one.registered_delivery, one.pk_total, one.pk_number, one.tp_udhi) == (1, 1, 1, 0)
    assert (one.src_id, one.msg_src, one.fee_type) == ("10690000", "900001", "01")


def test_the_gateway_may_add_the_signature_and_a_text_may_flash() -> None:
    line = evolve(LINE, writing=Writing(signature="gateway", flash=True), country_code=True)
    (one,) = sent(line, text=Secret("您好"))
    assert (one.msg_content.decode("utf-16-be"), one.msg_fmt) == ("您好", 0x18)
    assert one.dest_terminal_id == ("8613800138000",)


def test_gbk_is_an_option_that_never_loses_a_character() -> None:
    line = evolve(LINE, writing=Writing(coding=Coding.GBK))
    assert [(one.msg_fmt, one.msg_content) for one in sent(line, text=Secret("您好"))] == [
        (15, "【示例】您好".encode("gbk"))
    ]
    assert sent(line, text=Secret("您好😀"))[0].msg_fmt == 8


def test_a_long_text_goes_in_parts_that_say_so() -> None:
    first, last = sent(text=Secret("好" * 70), signature="示例")
    assert [(one.pk_total, one.pk_number, one.tp_udhi) for one in (first, last)] == [(2, 1, 1), (2, 2, 1)]
    assert (first.msg_content[:6].hex(), last.msg_content[:6].hex()) == ("050003050201", "050003050202")
    assert len(first.msg_content) == 140


def test_the_answer_to_a_segment_is_its_fate() -> None:
    def fate(result: int, version: int = V30) -> SubmitAnswered:
        (event,) = read(pdu.SubmitResp(msg_id=2**63, result=result, sequence_id=9), version=version)
        assert isinstance(event, SubmitAnswered)
        assert event.sequence == 9
        return event

    assert fate(0).result == fate(0, V20).result == Accepted("9223372036854775808")
    assert fate(13).result == Rejected("13", kind=OutcomeClass.INVALID_NUMBER)
    assert (fate(8).result, fate(8).throttled) == (
        Rejected("8", retryable=True, kind=OutcomeClass.RATE_LIMITED), True,
    )  # fmt: skip
    assert fate(117).result == Unknown("117")
    assert not fate(117).throttled


def test_a_login_answered_in_the_sizes_of_2_0_is_understood_and_told() -> None:
    (plain,) = read(pdu.ConnectResp(status=0))
    (other,) = read(pdu.ConnectResp(status=0, version=V20), version=V20)
    (refused,) = read(pdu.ConnectResp(status=3))
    assert plain == LoginAnswered("0", refused=False)
    assert isinstance(other, LoginAnswered)
    assert not other.refused
    assert "set version" in other.note
    assert refused == LoginAnswered("3", refused=True)


@pytest.mark.parametrize(
    ("stat", "status", "kind"),
    [
        ("DELIVRD", DeliveryStatus.DELIVERED, OutcomeClass.DELIVERED),
        ("ACCEPTD", DeliveryStatus.ACCEPTED, OutcomeClass.ACCEPTED),
        ("EXPIRED", DeliveryStatus.EXPIRED, OutcomeClass.FAILED_RETRYABLE),
        ("UNDELIV", DeliveryStatus.UNDELIVERED, OutcomeClass.FAILED_RETRYABLE),
        ("REJECTD", DeliveryStatus.REJECTED, OutcomeClass.FAILED_PERMANENT),
        ("MK:0001", DeliveryStatus.UNDELIVERED, OutcomeClass.INVALID_NUMBER),
        ("DB:0144", DeliveryStatus.REJECTED, OutcomeClass.OPTED_OUT),
        ("MA:0051", DeliveryStatus.UNKNOWN, OutcomeClass.UNKNOWN),
        ("ZZ:0001", DeliveryStatus.UNKNOWN, OutcomeClass.UNKNOWN),
    ],
)
def test_a_report_says_what_its_stat_means(stat: str, status: DeliveryStatus, kind: OutcomeClass) -> None:
    receipt = reported(evolve(REPORT, stat=stat))
    assert (receipt.status, receipt.kind, receipt.raw_code) == (status, kind, stat)
    assert (receipt.provider_message_id, receipt.phone) == ("77", PHONE)
    assert receipt.at == datetime(2026, 9, 24, 2, 1, tzinfo=UTC)


def test_a_line_may_have_codes_of_its_own() -> None:
    line = evolve(LINE, codes={"MA:0051": OutcomeClass.TEMPLATE_REJECTED})
    assert reported(evolve(REPORT, stat="MA:0051"), line).status is DeliveryStatus.REJECTED


def test_a_report_with_a_garbled_time_or_number_is_still_one() -> None:
    receipt = reported(evolve(REPORT, done_time="0000000000", dest_terminal_id="~", stat="a b c d"))
    assert (receipt.at, receipt.phone, receipt.raw_code) == (NOW, None, "unreadable_code")


@pytest.mark.parametrize("version", [V20, V30])
def test_a_report_is_answered_in_the_sizes_it_came_in(version: int) -> None:
    brought = evolve(DELIVER, registered_delivery=1, msg_content=pdu.write_report(REPORT, version))
    (event,) = read(brought, version=version)
    assert isinstance(event, Reported)
    assert pdu.decoded(event.taken, version) == (pdu.DeliverResp(msg_id=41, result=0, sequence_id=3), version)
    assert pdu.decoded(event.again or b"", version) == (
        pdu.DeliverResp(msg_id=41, result=8, sequence_id=3), version,
    )  # fmt: skip


def test_a_reply_comes_with_its_number_and_the_access_code_it_was_sent_to() -> None:
    # A Msg_Id begins with the month, day and time: 24 September, 09:59:30 in China.
    sent_at = (9 << 60) | (24 << 55) | (9 << 50) | (59 << 44) | (30 << 38)
    (event,) = read(evolve(DELIVER, msg_id=sent_at, msg_content="还款".encode("utf-16-be")))
    assert isinstance(event, Reported)
    reply = event.report
    assert isinstance(reply, InboundMessage)
    assert (reply.text.reveal(), reply.phone, reply.access_code) == ("还款", PHONE, "1069000001")
    assert (reply.provider_id, reply.received_at) == (str(sent_at), NOW - timedelta(seconds=30))
    assert "还款" not in repr(event)
    assert "13800138000" not in repr(event)


def long_reply(*pieces: str, reference: int = 9) -> list[pdu.Deliver]:
    return [
        evolve(
            DELIVER,
            msg_id=100 + index,
            tp_udhi=1,
            msg_content=bytes((5, 0, 3, reference, len(pieces), index))
            + piece.encode("utf-16-be", "surrogatepass"),
        )
        for index, piece in enumerate(pieces, start=1)
    ]


def test_a_long_reply_is_put_together_whatever_the_order() -> None:
    line = evolve(LINE)
    one, two, three = long_reply("我在医院\ud83d", "\ude00月底", "还")
    first, last, whole = read(three, one, two, line=line)
    assert isinstance(first, Asked)
    assert isinstance(last, Asked)
    assert pdu.decode(first.answer, V30) == pdu.DeliverResp(msg_id=103, result=0, sequence_id=3)
    assert replied(whole) == ["我在医院😀月底还"]
    assert isinstance(whole, Reported)
    assert isinstance(whole.report, InboundMessage)
    assert whole.report.provider_id == "101"
    # Our answer was lost: the gateway brings the last part again, and the reply is whole again under the same id.
    assert read(two, line=line) == [whole]


def test_half_a_reply_is_told_when_it_was_waited_for_long_enough() -> None:
    line = evolve(LINE)
    one, _, three = long_reply("请停止", "打电话", "给我家人")
    assert replied(*read(one, three, line=line)) == []
    assert replied(*read(line=line, now=NOW + timedelta(minutes=9))) == []
    late = read(line=line, now=NOW + timedelta(minutes=10))
    assert replied(*late) == ["请停止…给我家人"]
    assert late[0].taken == b""
    assert replied(*read(line=line, now=NOW + timedelta(minutes=20))) == []


def test_a_reference_used_again_is_another_reply() -> None:
    line = evolve(LINE)
    assert replied(*read(*long_reply("甲", "乙"), line=line)) == ["甲乙"]
    assert replied(*read(*long_reply("丙", "丁"), line=line)) == ["丙丁"]


def test_parts_of_replies_do_not_fill_the_memory() -> None:
    waiting = Assembly(most=10)
    for number in range(15):
        half = Heard(
            source=f"138{number:08d}", access_code="1069", id=str(number), at=NOW, msg_fmt=8, udhi=True,
            content=bytes.fromhex("050003070201") + "停".encode("utf-16-be"),
        )  # fmt: skip
        assert waiting.hear(half, NOW) is None
    assert len(waiting) == 10
    assert [one.text.reveal() for one in waiting.overdue(NOW)] == ["停…"] * 5


def test_questions_are_answered_at_once() -> None:
    alive, leaving, test, farewell = read(
        pdu.ActiveTest(sequence_id=1), pdu.Terminate(sequence_id=2), pdu.ActiveTestResp(), pdu.TerminateResp()
    )
    assert isinstance(alive, Asked)
    assert isinstance(leaving, Asked)
    assert pdu.decode(alive.answer, V30) == pdu.ActiveTestResp(sequence_id=1)
    assert not alive.closes
    assert pdu.decode(leaving.answer, V30) == pdu.TerminateResp(sequence_id=2)
    assert leaving.closes
    assert (test, farewell) == (Alive(), Alive(closes=True))
    assert pdu.decode(LINE.test(now=NOW, sequence=4), V30) == pdu.ActiveTest(sequence_id=4)
    assert pdu.decode(LINE.farewell(now=NOW, sequence=5), V30) == pdu.Terminate(sequence_id=5)


def test_a_frame_nobody_understands_does_not_end_the_line() -> None:
    strange = bytes.fromhex("0000000c 00000099 00000007")
    short = bytes.fromhex("00000010 80000004 00000008 00000000")
    torn = bytearray(pdu.encode(evolve(DELIVER, registered_delivery=1, msg_content=b"x" * 59), V30))
    events = LINE.read(bytearray(strange + short + torn) + pdu.encode(pdu.ActiveTest(), V30), now=NOW)
    assert [type(one) for one in events] == [Unreadable, Unreadable, Unreadable, Asked]
    assert [one.sequence for one in events if isinstance(one, Unreadable)] == [7, 8, 3]
    assert isinstance(events[2], Unreadable)
    assert pdu.decode(events[2].answer, V30) == pdu.DeliverResp(msg_id=41, result=4, sequence_id=3)
    assert all("x" * 9 not in repr(one) for one in events)


@pytest.mark.parametrize("length", [0, 11, 4097, 2**32 - 1])
def test_a_length_no_frame_has_ends_the_line(length: int) -> None:
    with pytest.raises(WireError):
        LINE.read(bytearray(length.to_bytes(4, "big")), now=NOW)


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(1, 300))
def test_hostile_octets_are_events_or_the_end(data: bytes, step: int) -> None:
    framed = (12 + len(data)).to_bytes(4, "big") + b"\0\0\0\x05" + bytes(4) + data
    for stream in (framed, data):
        line, buffer = evolve(LINE), bytearray()
        for at in range(0, len(stream), step):
            buffer += stream[at : at + step]
            try:
                events = line.read(buffer, now=NOW)
            except WireError:
                break
            assert all(isinstance(one, Unreadable | Reported | Asked | Alive) for one in events)


@settings(max_examples=25)
@given(st.integers(0, 400))
def test_events_are_the_same_wherever_the_stream_is_cut(cut: int) -> None:
    stream = b"".join(
        pdu.encode(one, V30)
        for one in (
            pdu.SubmitResp(msg_id=1, result=0, sequence_id=1),
            evolve(DELIVER, registered_delivery=1, msg_content=pdu.write_report(REPORT, V30)),
            evolve(DELIVER, msg_content="好".encode("utf-16-be")),
            pdu.ActiveTest(),
        )
    )
    buffer = bytearray(stream[:cut])
    events = list(LINE.read(buffer, now=NOW))
    buffer += stream[cut:]
    assert events + list(LINE.read(buffer, now=NOW)) == list(LINE.read(bytearray(stream), now=NOW))


@pytest.mark.parametrize(
    "wrong",
    [{"source_addr": "9000011"}, {"source_addr": ""}, {"src_id": "1" * 22}, {"service_id": "x" * 11}, {"fee_code": "1234567"}],
)  # fmt: skip
def test_a_setting_that_has_no_place_is_refused_when_the_line_is_built(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError) as told:
        evolve(LINE, **wrong)
    assert "CMPP" in told.value.zh


def test_flash_in_gbk_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        Writing(coding=Coding.GBK, flash=True)


def test_the_secret_is_not_printed() -> None:
    assert "888888" not in repr(LINE)
    assert "13800138000" not in repr(LINE.submits(message(to=PHONE), now=NOW, sequences=[1]))
