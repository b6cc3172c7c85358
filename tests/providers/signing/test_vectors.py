"""Every published or computed vector reproduces: a gateway that checks as its vendor says takes our requests."""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha1
from hmac import digest
from pathlib import Path
from typing import Any

import pytest

from loansms.providers import signing
from loansms.providers.signing.canonical import canonical_query, percent

VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
BY_ID = {vector["id"]: vector for vector in VECTORS}


def test_no_vector_is_lost() -> None:
    assert len(BY_ID) == len(VECTORS) == 26
    assert {vector["algorithm"] for vector in VECTORS} == RECIPES.keys()


def rpc(method: str, params: dict[str, str], access_key_secret: str) -> str:
    """The vendor's discontinued signature, which only the vector still speaks of."""
    text = "&".join((method, percent("/"), percent(canonical_query(params))))
    return b64encode(digest(f"{access_key_secret}&".encode(), text.encode(), sha1)).decode()


def connect_pdu(sequence_id: int, source_addr: str, shared_secret: str, timestamp: str, version: int) -> str:
    proof = signing.cmpp_authenticator(
        source_addr=source_addr, shared_secret=shared_secret, timestamp=timestamp
    )
    layout = struct.Struct(">III6s16sBI")
    return layout.pack(
        layout.size, 1, sequence_id, source_addr.encode(), proof, version, int(timestamp)
    ).hex()


def mas(**inputs: str) -> str:
    names = {"ecName": "ec_name", "apId": "ap_id", "secretKey": "secret_key", "addSerial": "add_serial"}
    return signing.mas_norsubmit_mac(**{names.get(name, name): value for name, value in inputs.items()})


def ismg(authenticator_source_hex: str, **inputs: Any) -> str:
    source = bytes.fromhex(authenticator_source_hex)
    return signing.cmpp_ismg_authenticator(authenticator_source=source, **inputs).hex()


def password_digest(app_key: str, **inputs: str) -> str:
    told = signing.wsse_password_digest(**inputs)
    assert told in signing.wsse_header(app_key=app_key, **inputs)
    return told


RECIPES: dict[str, Callable[..., str]] = {
    "ACS3-HMAC-SHA256": signing.acs3_authorization,
    "RPC-HMAC-SHA1": rpc,
    "TC3-HMAC-SHA256": signing.tc3_authorization,
    "WSSE-PasswordDigest": password_digest,
    "SDK-HMAC-SHA256": signing.sdk_hmac_authorization,
    "VOLC-HMAC-SHA256": signing.volcengine_authorization,
    "X-Twilio-Signature": signing.twilio_signature,
    "X-Twilio-Signature-SHA256": lambda auth_token, **inputs: signing.twilio_shared_key_signature(
        shared_key=auth_token, **inputs
    ),
    "AWS4-HMAC-SHA256": signing.sigv4_authorization,
    "VONAGE-SIG": signing.vonage_sig,
    "MAS-MD5": mas,
    "MAAP-MD5": signing.maap_sign,
    "CMPP-MD5": lambda **inputs: signing.cmpp_authenticator(**inputs).hex(),
    "CMPP-MD5-ISMG": ismg,
    "CMPP-CONNECT-PDU": connect_pdu,
    "SMGP-MD5": lambda **inputs: signing.smgp_authenticator(**inputs).hex(),
}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_vector_reproduces(vector: dict[str, Any]) -> None:
    inputs = dict(vector["inputs"])
    if "body" in inputs:
        inputs["body"] = inputs["body"].encode()
    assert RECIPES[vector["algorithm"]](**inputs) == vector["expected"]


def test_the_other_reading_of_the_wsse_page_is_one_option_away() -> None:
    vector = BY_ID["huawei-wsse"]
    inputs = {name: value for name, value in vector["inputs"].items() if name != "app_key"}
    assert signing.wsse_password_digest(**inputs, raw=True) == vector["raw"]
    assert signing.wsse_header(**vector["inputs"]) == vector["x_wsse"]
    assert vector["raw"] in signing.wsse_header(**vector["inputs"], raw=True)
