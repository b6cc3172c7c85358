"""A frame filled in is the frame the encoder writes, octet for octet, whatever the message and whoever it goes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.providers.carrier.lines import cmpp, letter, sgip, smgp

from loansms.model import Accepted, Message, PhoneNumber, Purpose, Unknown
from loansms.privacy import Secret
from loansms.providers.carrier.dialect import Dialect, SubmitAnswered
from loansms.providers.carrier.layout import Misfit
from loansms.providers.carrier.long_text import Coding, parts
from loansms.providers.carrier.stencil import Stencil
from loansms.providers.cmpp import pdu as cmpp_pdu
from loansms.providers.sgip import pdu as sgip_pdu
from loansms.providers.smgp import pdu as smgp_pdu
from loansms.providers.smpp import pdu as smpp_pdu
from loansms.providers.smpp.dialect import SmppDialect
from loansms.providers.smpp.writing import Long, SmppWriting

NOW = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
FIRST = 0x7FFFFE01

MAINLAND = st.integers(0, 9999).map(lambda last: PhoneNumber.parse(f"1740000{last:04d}", region="CN"))
ABROAD = st.integers(0, 99).map(lambda last: PhoneNumber.parse(f"+141555501{last:02d}"))
TEXT = st.text("您好第期账单abþý€[]\ud83d\0", min_size=1, max_size=40) | st.sampled_from(
    ["长" * 200, "a" * 400]
)
MESSAGES = st.builds(
    lambda to, text, purpose: letter(to=to, text=Secret(text), purpose=purpose),
    MAINLAND | ABROAD,
    TEXT,
    st.sampled_from([Purpose.OTP, Purpose.COLLECTION]),
)

# The number as a mainland gateway dials it, the contents of the segments, which of how many, and a sequence number each.
Write = Callable[[Message, Sequence[bytes]], Sequence[bytes]]


def dialled(message: Message, country_code: str = "") -> str:
    digits = message.to.e164[1:]
    return country_code + digits[2:] if message.to.country == "CN" else f"00{digits}"


def by_cmpp(version: int) -> Write:
    def write(message: Message, contents: Sequence[bytes]) -> Sequence[bytes]:
        return [
            cmpp_pdu.encode(
                cmpp_pdu.Submit(
                    pk_total=len(contents),
                    pk_number=index,
                    tp_udhi=int(len(contents) > 1),
                    msg_src="900001",
                    src_id="10690000",
                    dest_terminal_id=(dialled(message),),
                    msg_content=content,
                    sequence_id=FIRST + index - 1,
                ),
                version,
            )
            for index, content in enumerate(contents, start=1)
        ]

    return write


def by_smgp(message: Message, contents: Sequence[bytes]) -> Sequence[bytes]:
    total = len(contents)
    return [
        smgp_pdu.encode(
            smgp_pdu.Submit(
                src_term_id="10690000",
                dest_term_id=(dialled(message),),
                msg_content=content,
                tlvs=((0x0002, b"\1"), (0x0009, bytes((total,))), (0x000A, bytes((index,))))
                if total > 1
                else (),
                sequence_id=FIRST + index - 1,
            )
        )
        for index, content in enumerate(contents, start=1)
    ]


def by_sgip(message: Message, contents: Sequence[bytes]) -> Sequence[bytes]:
    return [
        sgip_pdu.encode(
            sgip_pdu.Submit(
                sp_number="10690000",
                user_number=(dialled(message, "86"),),
                corp_id="99999",
                service_type="",
                fee_type=1,
                fee_value="0",
                priority=0,
                tp_udhi=int(len(contents) > 1),
                message_coding=8,
                message_content=content,
                sequence=sgip_pdu.sequenced(3000099999, "0924100000", FIRST + place),
            )
        )
        for place, content in enumerate(contents)
    ]


WRITERS: dict[str, tuple[Dialect, Write]] = {
    "cmpp2": (cmpp(cmpp_pdu.V20), by_cmpp(cmpp_pdu.V20)),
    "cmpp3": (cmpp(), by_cmpp(cmpp_pdu.V30)),
    "smgp3": (smgp(), by_smgp),
    "sgip1.2": (sgip(), by_sgip),
}
LONG: Sequence[Long] = ("udh", "sar", "payload")
SMPP = {
    (long, region): SmppDialect(
        system_id="900001",
        password=Secret("example"),
        source="10690000",
        region=region,
        writing=SmppWriting(long=long),
    )
    for long in LONG
    for region in (None, "CN")
}


@pytest.mark.parametrize("protocol", WRITERS)
@settings(max_examples=40, deadline=None)
@given(message=MESSAGES)
def test_the_frames_of_a_mainland_line_are_those_of_its_encoder(protocol: str, message: Message) -> None:
    line, write = WRITERS[protocol]
    whole = f"【{message.signature}】{message.text.reveal()}"
    contents = parts(whole, coding=Coding.UCS2, reference=FIRST)
    made = line.submits(message, now=NOW, sequences=range(FIRST, FIRST + 255))
    assert [one.frame for one in made] == write(message, contents)


@settings(max_examples=60, deadline=None)
@given(message=MESSAGES, long=st.sampled_from(LONG), region=st.sampled_from([None, "CN"]))
def test_the_frames_of_an_smpp_line_are_those_of_its_encoder(
    message: Message, long: Long, region: str | None
) -> None:
    line = SMPP[long, region]
    written = line.writing.written(message, reference=FIRST)
    national = region == message.to.country
    period = "000000000500000R" if message.purpose is Purpose.OTP else ""
    frames = [
        smpp_pdu.encode(
            smpp_pdu.SubmitSm(
                source_addr_ton=3,
                source_addr="10690000",
                dest_addr_ton=2 if national else 1,
                dest_addr_npi=1,
                destination_addr=message.to.e164[3:] if national else message.to.e164[1:],
                esm_class=one.esm_class,
                validity_period=period,
                registered_delivery=1,
                data_coding=written.data_coding,
                short_message=one.short_message,
                tlvs=one.tlvs,
                sequence_number=FIRST + place,
            )
        )
        for place, one in enumerate(written.segments)
    ]
    made = line.submits(message, now=NOW, sequences=range(FIRST, FIRST + 255))
    assert [one.frame for one in made] == frames


@settings(max_examples=60)
@given(id_=st.integers(0, 2**64 - 1), number=st.integers(0, 2**32 - 1), result=st.sampled_from([0, 0, 1, 8]))
def test_an_answer_read_in_one_go_says_what_the_decoder_reads(id_: int, number: int, result: int) -> None:
    octets = id_.to_bytes(10, "big").hex()
    sequence = sgip_pdu.sequenced(3000099999, "0924100000", number)
    answers: list[tuple[Dialect, bytes, object, str]] = [
        (
            line,
            cmpp_pdu.encode(cmpp_pdu.SubmitResp(msg_id=id_, result=result, sequence_id=number), version),
            number,
            str(id_),
        )
        # The second pair: in the sizes of the version that was not asked for.
        for line, version in ((cmpp(0x20), 0x20), (cmpp(), 0x20), (cmpp(0x20), 0x30), (cmpp(), 0x30))
    ]
    answers += [
        (
            smgp(),
            smgp_pdu.encode(smgp_pdu.SubmitResp(msg_id=octets, status=result, sequence_id=number)),
            number,
            octets,
        ),
        (sgip(), sgip_pdu.encode(sgip_pdu.SubmitResp(result=result, sequence=sequence)), sequence, sequence),
    ]
    for line, frame, pairing, told in answers:
        (event,) = line.read(bytearray(frame), now=NOW)
        assert isinstance(event, SubmitAnswered)
        assert event.sequence == pairing
        assert (event.result == Accepted(told)) == (result == 0)


def test_a_number_that_its_field_cannot_hold_is_refused_and_not_written_into_the_next_one() -> None:
    stencil = Stencil.cut(
        lambda number, content: b"length" + number.encode("latin-1") + bytes((len(content),)) + content,
        width=21,
        sequence=4,
        octets=2,
    )
    with pytest.raises(Misfit):
        stencil.frame(b"no", "1" * 22, b"hi")


@settings(max_examples=60)
@given(st.text("0aF", max_size=64), st.binary(max_size=3), st.sampled_from([0, 0, 0x14]))
def test_an_answer_of_a_centre_read_in_one_go_says_what_the_decoder_reads(
    id_: str, more: bytes, status: int
) -> None:
    whole = smpp_pdu.encode(smpp_pdu.SubmitSmResp(message_id=id_, sequence_number=7)) + more
    frame = len(whole).to_bytes(4, "big") + whole[4:8] + status.to_bytes(4, "big") + whole[12:]
    (event,) = SMPP["udh", None].read(bytearray(frame), now=NOW)
    assert isinstance(event, SubmitAnswered)
    assert event.sequence == 7
    taken = Accepted(id_) if id_ else Unknown("no_message_id")
    assert (event.result == taken) == (status == 0)
