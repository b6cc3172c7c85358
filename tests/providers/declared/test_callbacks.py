"""What gateways push: believed only with the right secret, read in any shape, and never a crash."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.model import DeliveryReceipt, DeliveryStatus, InboundMessage, OutcomeClass
from loansms.privacy import Secret
from loansms.providers.codec import Callback, CallbackCodec, CallbackRefused, HttpResponse, Report
from loansms.providers.declared import DeclaredCodec, shipped
from loansms.providers.declared.files import declaration, needs
from loansms.testing.declared_gateways import FakeVonage, signed_form
from loansms.testing.examples import AT, message

FORM = {"content-type": "application/x-www-form-urlencoded"}
PATH = "https://host.example/in/"


def codec(name: str) -> DeclaredCodec:
    told, _ = declaration(name)
    return DeclaredCodec.load(
        name,
        dict.fromkeys(needs(told).settings, "x"),
        {one: Secret(f"secret-of-{one}") for one in told.secrets},
        private_line=True,
    )


def taking(name: str) -> CallbackCodec:
    made = codec(name)
    assert isinstance(made, CallbackCodec)
    return made


def posted(body: bytes, url: str = PATH, **headers: str) -> Callback:
    return Callback(method="POST", url=url, headers=headers or FORM, body=body)


def only(told: object) -> Report:
    assert isinstance(told, list)
    (one,) = told
    return one


STATUS = {
    "sid": 9527,
    "uid": "step-1",
    "mobile": "13800138000",
    "report_status": "FAIL",
    "error_msg": "DB:0103",
    "user_receive_time": "2026-09-24 10:00:09",
    "something_new": {"a": 1},
}


@pytest.mark.parametrize("again", [False, True], ids=["once", "twice"])
def test_yunpian_pushes_json_in_a_form_encoded_once_or_twice(again: bool) -> None:
    told = json.dumps([STATUS])
    body = urlencode({"sms_status": quote_plus(told) if again else told}).encode()
    one = only(taking("yunpian").parse_callback(posted(body)))
    assert isinstance(one, DeliveryReceipt)
    assert (one.provider_message_id, one.step_key, one.status) == (
        "9527",
        "step-1",
        DeliveryStatus.UNDELIVERED,
    )
    assert (one.raw_code, one.at.isoformat()) == ("DB:0103", "2026-09-24T10:00:09+08:00")
    assert one.kind is not OutcomeClass.DELIVERED
    assert one.phone is not None
    assert one.phone.e164 == "+8613800138000"
    assert "13800138000" not in repr(one)


def test_yunpian_replies() -> None:
    reply = {
        "id": "r-1",
        "mobile": "13800138000",
        "text": "退订",
        "extend": "01",
        "reply_time": "2026-09-24 10:01:00",
    }
    one = only(taking("yunpian").parse_callback(posted(urlencode({"sms_reply": json.dumps(reply)}).encode())))
    assert isinstance(one, InboundMessage)
    assert (one.text.reveal(), one.provider_id, one.access_code) == ("退订", "r-1", "01")
    assert "退订" not in repr(one)


def test_volcengine_pushes_a_list_and_one_strange_item_does_not_hide_the_others() -> None:
    good = {
        "message_id": "v-1",
        "ext": "step-1",
        "mobile": "13800138000",
        "status_code": "0",
        "msg_count": 2,
        "recv_time": 1790215205000,
    }
    failed = {**good, "message_id": "v-2", "status_code": "CR:0201"}
    body = json.dumps([good, {"message_id": "v-3"}, failed]).encode()
    told = taking("volcengine").parse_callback(posted(body))
    assert isinstance(told, list)
    assert [(one.provider_message_id, one.status, one.kind, one.segments) for one in told] == [
        ("v-1", DeliveryStatus.DELIVERED, OutcomeClass.DELIVERED, 2),
        ("v-2", DeliveryStatus.UNDELIVERED, OutcomeClass.OPTED_OUT, 2),
    ]


def test_huawei_tells_every_segment() -> None:
    fields = {
        "smsMsgId": "h-1",
        "total": "3",
        "sequence": "1",
        "status": "DELIVRD",
        "updateTime": "2026-09-24T02:00:09Z",
        "extend": "step-1",
        "to": "+8613800138000",
    }
    one = only(taking("huawei").parse_callback(posted(urlencode(fields).encode())))
    assert isinstance(one, DeliveryReceipt)
    assert (one.status, one.segments, one.at) == (DeliveryStatus.DELIVERED, 3, AT + timedelta(seconds=9))
    strange = only(taking("huawei").parse_callback(posted(urlencode({**fields, "status": "XX:99"}).encode())))
    assert isinstance(strange, DeliveryReceipt)
    assert (strange.status, strange.kind, strange.raw_code) == (
        DeliveryStatus.UNDELIVERED,
        OutcomeClass.UNKNOWN,
        "XX:99",
    )


def test_a_secret_path_is_the_old_or_the_new_one_and_nothing_else() -> None:
    yunpian = taking("yunpian")
    for secret in ("secret-of-callback_path", "secret-of-callback_path_old"):
        assert yunpian.authenticate(posted(b"", f"{PATH}{secret}?a=b"), now=AT) is None
    for wrong in ("", "secret-of-callback_pat", "x/secret-of-callback_path/y", "?secret-of-callback_path"):
        assert yunpian.authenticate(posted(b"", PATH + wrong), now=AT) == CallbackRefused("path")
    assert yunpian.authenticate(posted(b"", "https://[host"), now=AT) == CallbackRefused("unreadable")
    assert yunpian.callback_answer(True).body == b"SUCCESS"
    assert yunpian.callback_answer(False).status == 503


DELIVERED = {
    "messageId": "0A01",
    "msisdn": "8613800138000",
    "status": "delivered",
    "client-ref": "step-1",
    "message-timestamp": "2026-09-24 02:00:09",
    "timestamp": str(int(AT.timestamp())),
    "nonce": "n-1",
}


def vonage() -> CallbackCodec:
    with FakeVonage() as gateway:
        made = gateway.codec()
    assert isinstance(made, CallbackCodec)
    return made


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_vonage_signs_what_it_pushes(method: str) -> None:
    told = urlencode(signed_form(DELIVERED))
    callback = (
        Callback(method="GET", url=f"{PATH}?{told}") if method == "GET" else posted(told.encode(), PATH)
    )
    assert vonage().authenticate(callback, now=AT) is None
    one = only(vonage().parse_callback(callback))
    assert isinstance(one, DeliveryReceipt)
    assert (one.status, one.step_key, one.at) == (
        DeliveryStatus.DELIVERED,
        "step-1",
        AT + timedelta(seconds=9),
    )


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({**signed_form(DELIVERED), "status": "failed"}, "signature"),
        ({**signed_form(DELIVERED), "sig": ""}, "signature"),
        (DELIVERED, "signature"),
        (signed_form(DELIVERED, "another"), "signature"),
        (signed_form({**DELIVERED, "timestamp": "1"}), "stale"),
        (signed_form({**DELIVERED, "timestamp": str(int(AT.timestamp()) + 3600)}), "stale"),
        (signed_form({**DELIVERED, "timestamp": "soon"}), "stale"),
    ],
)
def test_a_forged_or_stale_receipt_is_not_believed(fields: dict[str, str], why: str) -> None:
    assert vonage().authenticate(posted(urlencode(fields).encode()), now=AT) == CallbackRefused(why)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"key": "other"}, "signature"),
        ({"body": b"smsMsgId=h-2"}, "signature"),
        ({"at": "20260924T010000Z"}, "stale"),
    ],
)
def test_huawei_signs_what_it_pushes_where_that_is_switched_on(
    changes: dict[str, Any], why: str | None
) -> None:
    told = {"key": "secret-of-push_secret_old", "at": "20260924T020000Z", "body": b"smsMsgId=h-1", **changes}
    lines = f"host:host.example\nx-sdk-date:{told['at']}\n"
    whole = f"POST\n/in/\n\n{lines}\nhost;x-sdk-date\n{hashlib.sha256(b'smsMsgId=h-1').hexdigest()}"
    over = f"SDK-HMAC-SHA256\n{told['at']}\n{hashlib.sha256(whole.encode()).hexdigest()}"
    made = hmac.new(told["key"].encode(), over.encode(), hashlib.sha256).hexdigest()
    headers = {
        **FORM,
        "X-Sdk-Date": told["at"],
        "Authorization": f"SDK-HMAC-SHA256 Access=x, SignedHeaders=host;x-sdk-date, Signature={made}",
    }
    callback = Callback(method="POST", url=PATH, headers=headers, body=told["body"])
    refused = taking_with_key().authenticate(callback, now=AT)
    assert refused == (CallbackRefused(why) if why else None)


def taking_with_key() -> CallbackCodec:
    made = DeclaredCodec.load(
        "huawei_aksk",
        {"sender": "1", "push_key": "x"},
        {
            one: Secret(f"secret-of-{one}")
            for one in ("app_key", "app_secret", "push_secret", "push_secret_old")
        },
    )
    assert isinstance(made, CallbackCodec)
    return made


def test_the_example_takes_an_hmac_over_the_whole_body() -> None:
    example = taking("example_aggregator")
    body = json.dumps(
        {"reports": [{"id": "e-1", "state": "EXPIRED", "time": "2026-09-24 10:00:09"}]}
    ).encode()
    for secret, why in (("secret-of-callback_old", None), ("other", CallbackRefused("signature"))):
        made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        callback = Callback(method="POST", url=PATH, headers={"X-Signature": made}, body=body)
        assert example.authenticate(callback, now=AT) == why
    one = only(example.parse_callback(posted(body)))
    assert isinstance(one, DeliveryReceipt)
    assert one.status is DeliveryStatus.EXPIRED


def test_an_address_list_and_a_password_must_both_hold(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("own") / "own.toml"
    path.write_text(
        'name = "own"\nchannels = ["sms"]\n[secrets]\nword = "W"\n[send]\nurl = "https://g.example/"\n'
        '[send.answer]\nsuccess = "c"\naccepted = ["0"]\n[callback]\n'
        'guards = [{ kind = "addresses", allowed = ["203.0.113.0/24"] }, { kind = "basic", user = "u", secrets = ["word"] }]\n'
        '[[callback.reports]]\nkind = "receipt"\nmessage_id = "i"\nstatus = "s"\nat = "t"\n',
        encoding="utf-8",
    )
    own = DeclaredCodec.load(path, environ={"W": "pass"})
    assert isinstance(own, CallbackCodec)

    def why(remote: str | None, word: str) -> CallbackRefused | None:
        headers = {"Authorization": f"Basic {word}"}
        return own.authenticate(Callback(method="POST", url=PATH, headers=headers, remote=remote), now=AT)

    assert why("203.0.113.9", "dTpwYXNz") is None
    assert why("::ffff:203.0.113.9", "dTpwYXNz") is None
    assert why("203.0.114.9", "dTpwYXNz") == CallbackRefused("address")
    assert why(None, "dTpwYXNz") == CallbackRefused("address")
    assert why("203.0.113.9", "dTp4") == CallbackRefused("signature")
    assert why("203.0.113.9", "%%%") == CallbackRefused("signature")


CODECS = {name: codec(name) for name in shipped()}
TAKING = [name for name, one in CODECS.items() if isinstance(one, CallbackCodec)]
KEYS = st.sampled_from(
    [
        "sms_status",
        "sid",
        "mobile",
        "report_status",
        "user_receive_time",
        "message_id",
        "status_code",
        "recv_time",
        "smsMsgId",
        "status",
        "updateTime",
        "messageId",
        "msisdn",
        "message-timestamp",
        "msgGroup",
        "reports",
        "text",
    ]
)
WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["0", "SUCCESS", "13800138000", "2026-09-24 10:00:09", "9" * 400, "-1", "1e999", "\ud800"]
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)
FORMS = st.dictionaries(KEYS, WORDS, max_size=8).map(
    lambda told: "&".join(
        f"{name}={quote(value, errors='surrogatepass')}" for name, value in told.items()
    ).encode()
)
BODIES = st.one_of(st.binary(max_size=60), JSON.map(lambda told: json.dumps(told).encode()), FORMS)


@pytest.mark.parametrize("name", TAKING)
@settings(max_examples=60, deadline=None)
@given(body=BODIES, url=st.sampled_from([PATH, "https://[x", f"{PATH}?status=%ff&messageId=1", ""]))
def test_nothing_that_is_pushed_makes_a_codec_stumble(name: str, body: bytes, url: str) -> None:
    one = CODECS[name]
    assert isinstance(one, CallbackCodec)
    callback = posted(body, url)
    assert isinstance(one.authenticate(callback, now=AT), CallbackRefused)
    told = one.parse_callback(callback)
    assert isinstance(told, CallbackRefused) or all(isinstance(each, Report) for each in told)
    assert isinstance(told, CallbackRefused) or all(_at(each).utcoffset() is not None for each in told)


@pytest.mark.parametrize("name", shipped())
@settings(max_examples=40, deadline=None)
@given(body=BODIES, status=st.sampled_from([200, 204, 302, 400, 429, 500]))
def test_nothing_that_is_answered_makes_a_codec_stumble(name: str, body: bytes, status: int) -> None:
    told = CODECS[name].parse_response(message(), HttpResponse(status, {"Retry-After": "soon"}, body))
    assert repr(told)


def _at(one: Report) -> datetime:
    return one.at if isinstance(one, DeliveryReceipt) else one.received_at


def test_deeply_nested_json_is_unreadable_and_no_more() -> None:
    callback = posted(b"[" * 100_000)
    assert taking("volcengine").parse_callback(callback) == CallbackRefused("unreadable")
