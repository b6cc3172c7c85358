"""What is remembered of a line's fields changes no frame: no message gets what another one was given."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.providers.carrier.layout import Misfit
from loansms.providers.cmpp import pdu as cmpp
from loansms.providers.smpp import pdu as smpp

# Few values, so that many of them come again and in other company.
WORD = st.sampled_from(["", "1", "01", "ab"])
OCTET = st.integers(0, 2)
NUMBER = st.sampled_from(["13800138000", "13800138001", "13800138002"])
CMPP = st.builds(
    cmpp.Submit, service_id=WORD, tp_udhi=OCTET, msg_fmt=OCTET, msg_src=WORD, fee_type=WORD, fee_code=WORD, src_id=WORD,
    fee_terminal_id=NUMBER, dest_terminal_id=st.tuples(NUMBER), msg_content=st.binary(max_size=3), sequence_id=OCTET,
)  # fmt: skip
SMPP = st.builds(
    smpp.SubmitSm, service_type=WORD, source_addr_ton=OCTET, source_addr=WORD, dest_addr_ton=OCTET, destination_addr=NUMBER,
    esm_class=OCTET, validity_period=WORD, data_coding=OCTET, short_message=st.binary(max_size=3), sequence_number=OCTET,
)  # fmt: skip
DELIVERED = st.builds(
    smpp.DeliverSm,
    source_addr=NUMBER,
    destination_addr=WORD,
    esm_class=OCTET,
    data_coding=OCTET,
    sequence_number=OCTET,
)


@settings(max_examples=30)
@given(st.lists(CMPP, max_size=12), st.sampled_from([cmpp.V20, cmpp.V30]))
def test_cmpp_submits_of_one_line_come_back_as_they_went(sent: list[cmpp.Submit], version: int) -> None:
    frames = [cmpp.encode(one, version) for one in sent]
    assert [cmpp.decode(frame, version) for frame in frames] == sent


@settings(max_examples=30)
@given(st.lists(SMPP | DELIVERED, max_size=12))
def test_smpp_submits_and_replies_of_one_line_come_back_as_they_went(
    sent: list[smpp.SubmitSm | smpp.DeliverSm],
) -> None:
    assert [smpp.decode(smpp.encode(one)) for one in sent] == sent


@pytest.mark.parametrize("changes", [{"msg_src": "9000011"}, {"msg_fmt": 256}, {"src_id": "短"}])
def test_a_value_that_does_not_fit_is_refused_after_others_did(changes: dict[str, Any]) -> None:
    right = cmpp.Submit(dest_terminal_id=("13800138000",), msg_content=b"hi", msg_src="900001")
    cmpp.encode(right, cmpp.V30)
    for _ in range(2):
        with pytest.raises(Misfit):
            cmpp.encode(evolve(right, **changes), cmpp.V30)


@pytest.mark.parametrize("at", range(17, 60))
def test_a_submit_sm_cut_in_its_standing_fields_is_refused_after_a_whole_one(at: int) -> None:
    whole = smpp.encode(
        smpp.SubmitSm(source_addr="Lender", destination_addr="14155550100", short_message=b"hi")
    )
    smpp.decode(whole)
    cut = whole[: min(at, len(whole) - 1)]
    with pytest.raises(Misfit):
        smpp.decode(len(cut).to_bytes(4, "big") + cut[4:])
