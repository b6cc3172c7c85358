"""CMPP as the standard lays it out: published sizes and vectors, every PDU there and back, nothing else on bad octets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.providers.carrier.dialect import WireError
from loansms.providers.carrier.framing import take_frames
from loansms.providers.carrier.layout import Misfit
from loansms.providers.cmpp import pdu
from loansms.providers.cmpp.pdu import V20, V30

WORDS = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=6)
NUMBER = st.text("0123456789", max_size=21)
OCTET, FOUR, EIGHT = (st.integers(0, 2**bits - 1) for bits in (8, 32, 64))
SIXTEEN = st.binary(min_size=16, max_size=16)
SUBMITS = st.builds(
    pdu.Submit,
    msg_id=EIGHT, pk_total=OCTET, pk_number=OCTET, registered_delivery=OCTET, msg_level=OCTET, service_id=WORDS,
    fee_user_type=OCTET, fee_terminal_id=NUMBER, tp_pid=OCTET, tp_udhi=OCTET, msg_fmt=OCTET, msg_src=WORDS,
    fee_type=st.just("01"), fee_code=WORDS, valid_time=WORDS, at_time=WORDS, src_id=NUMBER,
    dest_terminal_id=st.lists(NUMBER, max_size=100).map(tuple), msg_content=st.binary(max_size=160), sequence_id=FOUR,
)  # fmt: skip
DELIVERS = st.builds(
    pdu.Deliver,
    msg_id=EIGHT, dest_id=NUMBER, service_id=WORDS, tp_pid=OCTET, tp_udhi=OCTET, msg_fmt=OCTET, src_terminal_id=NUMBER,
    registered_delivery=OCTET, msg_content=st.binary(max_size=160), sequence_id=FOUR,
)  # fmt: skip
OTHERS = st.one_of(
    st.builds(pdu.Connect, source_addr=WORDS, authenticator_source=SIXTEEN, version=OCTET, timestamp=FOUR),
    st.builds(pdu.ConnectResp, status=OCTET, authenticator_ismg=SIXTEEN, version=OCTET, sequence_id=FOUR),
    st.builds(pdu.SubmitResp, msg_id=EIGHT, result=OCTET, sequence_id=FOUR),
    st.builds(pdu.DeliverResp, msg_id=EIGHT, result=OCTET, sequence_id=FOUR),
    st.builds(pdu.Query, time=NUMBER.map(lambda one: one[:8]), query_type=OCTET, query_code=WORDS),
    st.builds(pdu.QueryResp, time=st.just("20260924"), mt_tl_msg=FOUR, mo_fl=FOUR, sequence_id=FOUR),
    st.builds(pdu.Cancel, msg_id=EIGHT, sequence_id=FOUR),
    st.builds(pdu.CancelResp, success_id=OCTET, sequence_id=FOUR),
    st.builds(pdu.ActiveTest, sequence_id=FOUR),
    st.builds(pdu.ActiveTestResp, sequence_id=FOUR),
    st.builds(pdu.Terminate, sequence_id=FOUR),
    st.builds(pdu.TerminateResp, sequence_id=FOUR),
)
PDUS = SUBMITS | DELIVERS | OTHERS
REPORT = pdu.Report(
    msg_id=0x0123456789ABCDEF, stat="DELIVRD", submit_time="2609240958", done_time="2609241001",
    dest_terminal_id="13800138000", smsc_sequence=9,
)  # fmt: skip


def test_a_login_is_the_published_frame() -> None:
    # shared vector cmpp-connect-pdu-2.0, from the layout of QB-GF-028-2003, 8.4.1.
    frame = bytes.fromhex("0000002700000001000000013930303030313b7bba56a8c1d885b7d43d3f6d82cb94200614dc45")
    told = pdu.Connect(
        source_addr="900001",
        authenticator_source=bytes.fromhex("3b7bba56a8c1d885b7d43d3f6d82cb94"),
        version=V20,
        timestamp=102030405,
        sequence_id=1,
    )
    assert pdu.encode(told, V20) == frame
    assert len(frame) == 39
    assert pdu.decode(frame, V30) == told


def test_the_sizes_are_those_of_the_two_versions() -> None:
    def sizes(one: pdu.Pdu) -> tuple[int, int]:
        return len(pdu.encode(one, V20)), len(pdu.encode(one, V30))

    submit = pdu.Submit(dest_terminal_id=("13800138000",), msg_content=b"")
    deliver = pdu.Deliver(msg_id=1, dest_id="", src_terminal_id="", msg_content=b"")
    assert sizes(pdu.ConnectResp(status=0)) == (30, 33)
    assert sizes(pdu.SubmitResp(msg_id=1, result=0)) == (21, 24)
    assert sizes(pdu.DeliverResp(msg_id=1, result=0)) == (21, 24)
    assert sizes(pdu.CancelResp(success_id=0)) == (13, 16)
    assert sizes(submit) == (12 + 126 + 21, 12 + 151 + 32)
    assert sizes(deliver) == (12 + 73, 12 + 97)
    assert sizes(pdu.ActiveTest()) == (12, 12)
    assert sizes(pdu.ActiveTestResp()) == (13, 13)
    assert len(pdu.write_report(REPORT, V20)) == 60
    assert len(pdu.write_report(REPORT, V30)) == 71


def test_a_segment_in_2_0_is_this_frame() -> None:
    made = pdu.Submit(
        pk_total=2, pk_number=1, service_id="HELP", tp_udhi=1, msg_src="900001", src_id="10690000",
        dest_terminal_id=("13800138000",), msg_content=bytes.fromhex("050003070201") + "您好".encode("utf-16-be"),
        sequence_id=5,
    )  # fmt: skip
    expected = (
        "000000a9 00000004 00000005"
        "0000000000000000 02 01 01 00"  # Msg_Id, Pk_total, Pk_number, Registered_Delivery, Msg_level
        "48454c50000000000000 02" + "00" * 21 + "00 01 08"  # Service_Id, Fee_UserType, Fee_terminal_Id, pid, udhi, fmt
        "393030303031 3031 300000000000"  # Msg_src, FeeType, FeeCode
        + "00" * 34 + "3130363930303030" + "00" * 13  # ValId_Time, At_Time, Src_Id
        + "01" + "3133383030313338303030" + "00" * 10  # DestUsr_tl, Dest_terminal_Id
        + "0a 050003070201 60a8597d" + "00" * 8  # Msg_Length, Msg_Content, Reserve
    )  # fmt: skip
    assert pdu.encode(made, V20).hex() == expected.replace(" ", "")


@settings(max_examples=100)
@given(PDUS, st.sampled_from((V20, V30)))
def test_every_pdu_comes_back_as_it_went(one: pdu.Pdu, version: int) -> None:
    frame = pdu.encode(one, version)
    assert int.from_bytes(frame[:4], "big") == len(frame)
    assert pdu.decode(frame, version) == one


@settings(max_examples=60)
@given(DELIVERS | OTHERS, st.sampled_from((V20, V30)))
def test_a_gateway_that_answers_in_the_other_version_is_understood(one: pdu.Pdu, version: int) -> None:
    assert pdu.decode(pdu.encode(one, version), V20 + V30 - version) == one


@pytest.mark.parametrize("version", [V20, V30])
def test_a_report_comes_back_as_it_went(version: int) -> None:
    assert pdu.read_report(pdu.write_report(REPORT, version)) == REPORT
    with pytest.raises(Misfit, match="59 octets"):
        pdu.read_report(pdu.write_report(REPORT, V20)[:-1])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"service_id": "x" * 11}, "Submit.service_id: 11 characters"),
        ({"dest_terminal_id": ("1" * 33,)}, "Submit.dest_terminal_id: 33 characters"),
        ({"src_id": "额"}, "Submit.src_id: expected Latin-1"),
        ({"pk_total": 256}, "Submit: a number"),
        ({"msg_content": bytes(256)}, "Submit: a number"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(wrong: dict[str, object], said: str) -> None:
    given_: dict[str, object] = {"dest_terminal_id": ("13800138000",), "msg_content": b"x"} | wrong
    with pytest.raises(Misfit, match=said):
        pdu.encode(pdu.Submit(**given_), V30)


def test_an_authenticator_has_sixteen_octets() -> None:
    with pytest.raises(Misfit, match="15 octets, expected 16"):
        pdu.encode(
            pdu.Connect(source_addr="900001", authenticator_source=bytes(15), version=V20, timestamp=1), V20
        )


def test_nothing_private_is_printed() -> None:
    shown = repr(
        pdu.Submit(dest_terminal_id=("13800138000",), fee_terminal_id="13800138000", msg_content=b"839201")
    ) + repr(pdu.Deliver(msg_id=1, dest_id="1069", src_terminal_id="13800138000", msg_content=b"839201"))
    assert "13800138000" not in shown + repr(REPORT)
    assert "839201" not in shown


@settings(max_examples=80)
@given(PDUS, st.sampled_from((V20, V30)), st.data())
def test_a_cut_or_grown_frame_is_refused(one: pdu.Pdu, version: int, data: st.DataObject) -> None:
    frame = pdu.encode(one, version)
    cut = frame[: data.draw(st.integers(0, len(frame) - 1))]
    for wrong in (cut, frame + b"\0", cut[:0] + frame[:3] + b"\xff" + frame[4:]):
        if wrong != frame:
            with pytest.raises(Misfit):
                pdu.decode(wrong, version)


@settings(max_examples=150)
@given(st.integers(0, 9), st.booleans(), st.binary(max_size=220))
def test_hostile_octets_are_a_pdu_or_a_refusal(command: int, response: bool, body: bytes) -> None:
    frame = pdu.HEADER.pack(12 + len(body), command | (pdu.RESPONSE if response else 0), 1) + body
    try:
        one = pdu.decode(frame, V30)
    except (Misfit, pdu.UnknownCommand):
        return
    assert one.sequence_id == 1


@settings(max_examples=40)
@given(st.lists(PDUS, min_size=1, max_size=4), st.integers(1, 40))
def test_frames_are_whole_wherever_the_stream_is_cut(sent: list[pdu.Pdu], step: int) -> None:
    stream = b"".join(pdu.encode(one, V30) for one in sent)
    buffer, found = bytearray(), list[pdu.Pdu]()
    for at in range(0, len(stream), step):
        buffer += stream[at : at + step]
        found += [pdu.decode(frame, V30) for frame in take_frames(buffer, shortest=12, longest=4096)]
    assert found == sent
    assert not buffer


def test_an_impossible_length_ends_the_line_but_not_what_came_before() -> None:
    good = pdu.encode(pdu.ActiveTest(sequence_id=1), V30)
    buffer = bytearray(good + b"\xff\xff\xff\xff")
    assert take_frames(buffer, shortest=12, longest=4096) == [good]
    with pytest.raises(WireError, match="4294967295 octets"):
        take_frames(buffer, shortest=12, longest=4096)
