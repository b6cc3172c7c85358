"""SMPP's octets are those of the standard, both ways, and nothing a stranger sends is more than a refusal."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.providers.carrier.layout import Misfit
from loansms.providers.smpp import pdu
from loansms.providers.smpp.pdu import Pdu


def hexed(*parts: str) -> bytes:
    return bytes.fromhex("".join(parts))


# Written by hand from SMPP 3.4 issue 1.2, sections 4.1 to 4.12: length, command, status, sequence, then the fields in order.
GOLDEN: list[tuple[Pdu, bytes]] = [
    (
        pdu.BindTransceiver(system_id="lender", password="example1", sequence_number=1),
        hexed(
            "00000025 00000009 00000000 00000001",
            "6c656e64657200 6578616d706c653100 00 34 00 00 00",
        ),
    ),
    (
        pdu.BindTransmitter(
            system_id="a",
            password="b",
            system_type="VMS",
            addr_ton=1,
            addr_npi=1,
            address_range="1",
            sequence_number=2,
        ),
        hexed("0000001d 00000002 00000000 00000002", "6100 6200 564d5300 34 01 01 3100"),
    ),
    (
        pdu.BindReceiver(system_id="a", password="b", sequence_number=3),
        hexed("00000019 00000001 00000000 00000003", "6100 6200 00 34 00 00 00"),
    ),
    (
        pdu.BindTransceiverResp(system_id="smsc", tlvs=((0x0210, b"\x34"),), sequence_number=1),
        hexed("0000001a 80000009 00000000 00000001", "736d736300", "0210 0001 34"),
    ),
    (
        pdu.BindTransmitterResp(command_status=0xE, sequence_number=2),
        hexed("00000010 80000002 0000000e 00000002"),
    ),
    (
        pdu.SubmitSm(
            source_addr_ton=5,
            source_addr="Lender",
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr="14155550100",
            validity_period="000000000500000R",
            registered_delivery=1,
            short_message=b"Hi",
            tlvs=((0x020C, b"\x00\x07"),),
            sequence_number=4,
        ),
        hexed(
            "0000004a 00000004 00000000 00000004",
            "00 05 00 4c656e64657200 01 01 313431353535353031303000",
            "00 00 00 00 3030303030303030303530303030305200",
            "01 00 00 00 02 4869 020c 0002 0007",
        ),
    ),
    (
        pdu.SubmitSmResp(message_id="0a1b", sequence_number=4),
        hexed("00000015 80000004 00000000 00000004", "3061316200"),
    ),
    (
        pdu.SubmitSmResp(command_status=0x58, sequence_number=4),
        hexed("00000010 80000004 00000058 00000004"),
    ),
    (
        pdu.DeliverSm(
            source_addr_ton=1,
            source_addr_npi=1,
            source_addr="14155550100",
            destination_addr="10690000",
            data_coding=8,
            short_message=b"\x90\x00",
            sequence_number=5,
        ),
        hexed(
            "00000036 00000005 00000000 00000005",
            "00 01 01 313431353535353031303000 00 00 313036393030303000",
            "00 00 00 00 00 00 00 08 00 02 9000",
        ),
    ),
    (pdu.DeliverSmResp(sequence_number=5), hexed("00000011 80000005 00000000 00000005 00")),
    (
        pdu.DeliverSmResp(command_status=0x64, sequence_number=5),
        hexed("00000011 80000005 00000064 00000005 00"),
    ),
    (
        pdu.QuerySm(message_id="7", source_addr="10690000", sequence_number=6),
        hexed("0000001d 00000003 00000000 00000006", "3700 00 00 313036393030303000"),
    ),
    (
        pdu.QuerySmResp(message_id="7", message_state=1, error_code=3, sequence_number=6),
        hexed("00000015 80000003 00000000 00000006", "3700 00 01 03"),
    ),
    (
        pdu.AlertNotification(source_addr="1", esme_addr="2", tlvs=((0x0422, b"\0"),), sequence_number=7),
        hexed("0000001d 00000102 00000000 00000007", "00 00 3100 00 00 3200 0422 0001 00"),
    ),
    (pdu.EnquireLink(sequence_number=8), hexed("00000010 00000015 00000000 00000008")),
    (pdu.EnquireLinkResp(sequence_number=8), hexed("00000010 80000015 00000000 00000008")),
    (pdu.Unbind(sequence_number=9), hexed("00000010 00000006 00000000 00000009")),
    (pdu.UnbindResp(sequence_number=9), hexed("00000010 80000006 00000000 00000009")),
    (
        pdu.GenericNack(command_status=3, sequence_number=10),
        hexed("00000010 80000000 00000003 0000000a"),
    ),
]
NAMES = [f"{type(one).__name__}-{one.command_status}" for one, _ in GOLDEN]

octet = st.integers(0, 255)
plain = st.characters(min_codepoint=1, max_codepoint=255)
SHORT = st.builds(
    pdu.SubmitSm,
    service_type=st.text(plain, max_size=5),
    source_addr_ton=octet,
    source_addr_npi=octet,
    source_addr=st.text(plain, max_size=20),
    destination_addr=st.text(plain, max_size=20),
    esm_class=octet,
    schedule_delivery_time=st.text(plain, max_size=16),
    validity_period=st.text(plain, max_size=16),
    registered_delivery=octet,
    data_coding=octet,
    short_message=st.binary(max_size=255),
    tlvs=st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40)), max_size=3).map(tuple),
    sequence_number=st.integers(0, 2**32 - 1),
)


@pytest.mark.parametrize(("value", "octets"), GOLDEN, ids=NAMES)
def test_the_octets_are_those_of_the_standard(value: Pdu, octets: bytes) -> None:
    assert pdu.encode(value) == octets
    assert pdu.decode(octets) == value


@settings(max_examples=40, deadline=None)
@given(SHORT)
def test_what_is_written_is_read_again(value: pdu.SubmitSm) -> None:
    assert pdu.decode(pdu.encode(value)) == value


@pytest.mark.parametrize(
    "wrong",
    [
        pdu.SubmitSm(source_addr="1" * 21),
        pdu.SubmitSm(source_addr="1\0"),
        pdu.SubmitSm(destination_addr="贷款"),
        pdu.SubmitSm(data_coding=256),
        pdu.SubmitSm(short_message=bytes(256)),
        pdu.SubmitSm(tlvs=((0x0424, bytes(65_536)),)),
        pdu.SubmitSm(tlvs=((0x10000, b""),)),
        pdu.BindTransceiver(system_id="lender", password="ninechars"),
    ],
)
def test_what_has_no_place_is_refused_and_not_quoted(wrong: Pdu) -> None:
    with pytest.raises(Misfit) as raised:
        pdu.encode(wrong)
    assert "ninechars" not in str(raised.value)
    assert "贷款" not in str(raised.value)


def test_nothing_private_is_printed() -> None:
    told = repr(GOLDEN[0][0]) + repr(GOLDEN[5][0]) + repr(GOLDEN[8][0])
    assert "example1" not in told
    assert "14155550100" not in told
    assert "Hi" not in told


@pytest.mark.parametrize(("value", "octets"), GOLDEN, ids=NAMES)
def test_a_frame_cut_anywhere_is_refused_or_shorter_by_whole_parts(value: Pdu, octets: bytes) -> None:
    for end in range(16, len(octets)):
        cut = struct.pack(">I", end) + octets[4:end]
        try:
            read = pdu.decode(cut)
        except Misfit:
            continue
        # Answers may come bare, and parameters at the end are optional.
        assert type(read) is type(value)
        assert len(pdu.encode(read)) <= len(octets)


def test_an_answer_with_something_behind_its_fields_is_read() -> None:
    body = b"77\0\0"
    assert pdu.decode(struct.pack(">IIII", 16 + len(body), 0x80000004, 0, 1) + body) == pdu.SubmitSmResp(
        message_id="77", sequence_number=1
    )


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([0x1, 0x3, 0x4, 0x5, 0x9, 0x102, 0x80000003, 0x80000004, 0x80000009, 0x77]),
    st.binary(max_size=80),
)
def test_strange_octets_are_a_pdu_or_a_refusal(command: int, body: bytes) -> None:
    frame = struct.pack(">IIII", 16 + len(body), command, 0, 1) + body
    try:
        read = pdu.decode(frame)
    except (Misfit, pdu.UnknownCommand):
        return
    assert pdu.decode(pdu.encode(read)) == read


@pytest.mark.parametrize("frame", [b"", bytes(15), struct.pack(">IIII", 17, 0x15, 0, 1)])
def test_a_frame_that_lies_about_its_length_is_refused(frame: bytes) -> None:
    with pytest.raises(Misfit):
        pdu.decode(frame)


BODIES = [(kind, frame[16:]) for one, frame in GOLDEN if (kind := type(one)) and len(frame) > 16]


@settings(max_examples=400)
@given(
    body=st.sampled_from(BODIES),
    changes=st.lists(st.tuples(st.integers(0, 80), st.integers(0, 255)), max_size=3),
    cut=st.integers(0, 80),
    more=st.binary(max_size=9),
)
def test_what_is_found_at_once_is_what_is_found_field_by_field(
    body: tuple[type[Pdu], bytes], changes: list[tuple[int, int]], cut: int, more: bytes
) -> None:
    kind, octets = body
    broken = bytearray(octets)
    for at, value in changes:
        broken[at % len(broken)] = value
    told = bytes(broken[: len(broken) - cut % len(broken)] + more)
    _, layout = pdu._COMMANDS[kind]
    assert layout is not None
    answers: list[object] = []
    for read in (layout.fields, layout._step_by_step):
        try:
            answers.append(read(told, 0))
        except Misfit as misfit:
            answers.append(str(misfit))
    assert answers[0] == answers[1]
