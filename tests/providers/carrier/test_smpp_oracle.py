"""smpplib, which other people wrote, writes the octets that we write and reads them as we do."""

from __future__ import annotations

from typing import Any

import pytest
from smpplib import smpp as peer

from loansms.providers.smpp import pdu

FIELDS: dict[str, Any] = {
    "service_type": "",
    "source_addr_ton": 5,
    "source_addr_npi": 0,
    "source_addr": "Lender",
    "dest_addr_ton": 1,
    "dest_addr_npi": 1,
    "destination_addr": "14155550100",
    "esm_class": 0x40,
    "protocol_id": 0,
    "priority_flag": 0,
    "schedule_delivery_time": "",
    "validity_period": "000000000500000R",
    "registered_delivery": 1,
    "replace_if_present_flag": 0,
    "data_coding": 8,
    "sm_default_msg_id": 0,
}


class Numbers:
    """What smpplib asks a client for."""

    sequence = 7

    def next_sequence(self) -> int:
        return self.sequence


@pytest.mark.parametrize("content", [b"", b"\5\0\3\1\2\1" + "您好".encode("utf-16-be"), bytes(range(1, 161))])
def test_the_octets_of_a_submit_are_the_same(content: bytes) -> None:
    theirs = peer.make_pdu(
        "submit_sm", client=Numbers(), sm_length=len(content), short_message=content, **FIELDS
    ).generate()
    ours = pdu.SubmitSm(short_message=content, sequence_number=7, **FIELDS)
    assert pdu.encode(ours) == theirs
    assert pdu.decode(theirs) == ours


def test_it_reads_our_receipt_as_we_wrote_it() -> None:
    read = peer.parse_pdu(
        pdu.encode(
            pdu.DeliverSm(
                source_addr="14155550100",
                destination_addr="10690000",
                esm_class=4,
                short_message=b"id:77 stat:DELIVRD",
                tlvs=((pdu.RECEIPTED_MESSAGE_ID, b"77\0"), (pdu.MESSAGE_STATE, b"\2")),
                sequence_number=7,
            )
        ),
        client=Numbers(),
        allow_unknown_opt_params=True,
    )
    assert (read.short_message, read.esm_class, read.message_state) == (b"id:77 stat:DELIVRD", 4, 2)
    assert read.receipted_message_id.rstrip(b"\0") == b"77"
