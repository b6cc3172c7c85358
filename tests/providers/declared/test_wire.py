"""What the shipped declarations put on the wire, byte by byte, and what each kind of answer means."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from loansms.errors import ProviderError, UnsupportedByProvider
from loansms.model import (
    Accepted,
    DeliveryReceipt,
    DeliveryStatus,
    Message,
    Money,
    OutcomeClass,
    PhoneNumber,
    Rejected,
    Unknown,
)
from loansms.privacy import Secret
from loansms.providers.codec import BalanceCodec, BatchCodec, Enquiry, HttpResponse, LookupCodec, PullCodec
from loansms.providers.declared import DeclaredCodec
from loansms.providers.declared.files import declaration, needs
from loansms.testing.examples import AT, message

SLOTS = {"amount": Secret("100.00"), "due_on": Secret("9月27日")}
TEXT = message(text=Secret("应还100.00元"), slots=SLOTS, to=PhoneNumber.parse("13800138000", region="CN"))


def load(name: str, **settings: str) -> DeclaredCodec:
    told, _ = declaration(name)
    wanted = {one: f"<{one}>" for one in needs(told).settings}
    environ = {variable: f"<{one}>" for one, variable in told.secrets.items()}
    return DeclaredCodec.load(
        name,
        {**wanted, **settings},
        environ=environ,
        templates={"reminder.due_in_3": "T-1"},
        private_line=True,
    )


def asked(name: str) -> tuple[str, dict[str, str], bytes]:
    request = load(name).build_request(TEXT, now=AT, nonce="n0nce")
    return request.url, dict(request.headers), request.body


def form(body: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}


def test_yunpian() -> None:
    url, headers, body = asked("yunpian")
    assert url == "https://sms.yunpian.com/v2/sms/single_send.json"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert form(body) == {
        "apikey": "<apikey>",
        "mobile": "+8613800138000",
        "text": "【示例】应还100.00元",
        "uid": "step-1",
    }


def test_volcengine() -> None:
    url, headers, body = asked("volcengine")
    assert url == "https://sms.volcengineapi.com/?Action=SendSms&Version=2020-01-01"
    assert headers["X-Date"] == "20260924T020000Z"
    assert body.decode() == (
        '{"SmsAccount":"<account>","Sign":"示例","TemplateID":"T-1",'
        '"TemplateParam":"{\\"amount\\":\\"100.00\\",\\"due_on\\":\\"9月27日\\"}",'
        '"PhoneNumbers":"+8613800138000","Tag":"step-1"}'
    )


def test_huawei() -> None:
    url, headers, body = asked("huawei")
    assert url == "https://smsapi.cn-north-4.myhuaweicloud.com:443/sms/batchSendSms/v1"
    assert headers["Authorization"] == 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"'
    assert headers["X-WSSE"].endswith(',Nonce="n0nce",Created="2026-09-24T02:00:00Z"')
    assert form(body) == {
        "from": "<sender>",
        "to": "+8613800138000",
        "templateId": "T-1",
        "templateParas": '["100.00","9月27日"]',
        "signature": "示例",
        "extend": "step-1",
    }


def test_vonage() -> None:
    url, _, body = asked("vonage")
    told = form(body)
    assert url == "https://rest.nexmo.com/sms/json"
    assert len(told.pop("sig")) == 64
    assert told == {
        "api_key": "<api_key>",
        "from": "<sender>",
        "to": "8613800138000",
        "text": "【示例】应还100.00元",
        "type": "unicode",
        "client-ref": "step-1",
        "timestamp": str(int(AT.timestamp())),
    }


def test_mas_never_sends_its_key() -> None:
    url, _, body = asked("cmcc_mas")
    told = json.loads(base64.b64decode(body))
    assert url == "http://112.35.1.155:1992/sms/norsubmit"
    assert len(told.pop("mac")) == 32
    assert told == {
        "ecName": "<ec_name>",
        "apId": "<ap_id>",
        "mobiles": "13800138000",
        "content": "应还100.00元",
        "sign": "<sign>",
        "addSerial": "",
    }


def test_aws() -> None:
    url, headers, body = asked("aws_eum")
    assert url == "https://sms-voice.us-east-1.amazonaws.com/"
    assert headers["X-Amz-Target"] == "PinpointSMSVoiceV2.SendTextMessage"
    assert headers["Content-Type"] == "application/x-amz-json-1.0"
    assert json.loads(body)["TimeToLive"] == 300
    assert json.loads(body)["Context"] == {"step_key": "step-1"}


def test_jpush_and_wechat_speak_to_whom_the_host_names() -> None:
    codec = DeclaredCodec.load(
        "wechat_template",
        environ={"WECHAT_ACCESS_TOKEN": "t"},
        templates={"reminder.due_in_3": "T-1"},
        address_of=lambda one: f"openid-of-{one.borrower_id}",
    )
    request = codec.build_request(TEXT, now=AT, nonce="n")
    assert urlsplit(request.url).query == "access_token=t"
    assert json.loads(request.body) == {
        "touser": "openid-of-B-1",
        "template_id": "T-1",
        "data": {"amount": {"value": "100.00"}, "due_on": {"value": "9月27日"}},
    }
    _, headers, body = asked("jpush")
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"<app_key>:<master_secret>").decode()
    assert json.loads(body)["audience"] == {"alias": ["B-1"]}


def test_the_example_signs_the_sorted_fields() -> None:
    _, _, body = asked("example_aggregator")
    told = json.loads(body)
    assert list(told)[-1] == "sign"
    assert told["time"] == "20260924100000"
    # printf of the six fields by name and the key, through md5sum.
    assert told["sign"] == "BEA918DF83A70278D7E3E62BC5652D0B"


def test_a_template_the_gateway_does_not_know_is_refused_before_it_is_sent() -> None:
    codec = load("volcengine")
    with pytest.raises(UnsupportedByProvider, match=r"template care\.birthday: the gateway's code"):
        codec.build_request(message(template="care.birthday"), now=AT, nonce="n")


ANSWERS = [
    ("yunpian", 200, '{"code":0,"msg":"x","count":2,"sid":9527}', Accepted("9527", segments=2)),
    ("yunpian", 400, '{"http_status_code":400,"code":10,"msg":"x"}', OutcomeClass.OPTED_OUT),
    ("yunpian", 400, '{"code":-53}', Unknown("-53")),
    ("yunpian", 500, '{"code":3}', OutcomeClass.BALANCE),
    ("yunpian", 200, '{"code":99999}', Unknown("99999")),
    ("yunpian", 502, '{"code":0,"sid":1}', Unknown("http_502")),
    ("yunpian", 200, '{"code":0}', Unknown("no_message_id")),
    ("yunpian", 200, '{"code":"请联系客服 13800138000"}', Unknown("unreadable_code")),
    ("volcengine", 200, '{"Result":{"MessageID":["a-1"]}}', Accepted("a-1")),
    ("volcengine", 200, '{"ResponseMetadata":{"RequestId":"r"}}', Unknown("no_message_id")),
    ("volcengine", 400, '{"ResponseMetadata":{"Error":{"Code":"RE:0004"}}}', OutcomeClass.TEMPLATE_REJECTED),
    ("volcengine", 200, '{"ResponseMetadata":{"Error":{"Code":"RE:0500"}}}', Unknown("RE:0500")),
    ("huawei", 200, '{"code":"000000","result":[{"smsMsgId":"h","status":"000000","total":3}]}', Accepted("h", segments=3)),
    ("huawei", 200, '{"code":"000000","result":[{"smsMsgId":"h","status":"E200015"}]}', OutcomeClass.RATE_LIMITED),
    ("huawei", 400, '{"code":"E000000"}', Unknown("E000000")),
    ("huawei", 200, '{"code":"000000","result":[]}', Unknown("unreadable_answer")),
    ("vonage", 200, '{"messages":[{"status":"0","message-id":"a"},{"status":"0","message-id":"b"}]}', Accepted("a", ("a", "b"), 2)),
    ("vonage", 200, '{"messages":[{"status":"0","message-id":"a"},{"status":"5"}]}', Unknown("partly_accepted")),
    ("vonage", 200, '{"messages":[{"status":"9"},{"status":"9"}]}', OutcomeClass.BALANCE),
    ("cmcc_mas", 200, '{"rspcod":"success","success":true,"msgGroup":"g-1"}', Accepted("g-1")),
    ("cmcc_mas", 200, '{"rspcod":"NoSignId","success":false,"msgGroup":""}', OutcomeClass.TEMPLATE_REJECTED),
    ("aws_eum", 400, '{"__type":"a#ConflictException","Reason":"DESTINATION_PHONE_NUMBER_OPTED_OUT"}', OutcomeClass.OPTED_OUT),
    ("aws_eum", 500, '{"__type":"InternalServerException"}', Unknown("InternalServerException")),
    ("jpush", 400, '{"error":{"code":1011,"message":"x"}}', OutcomeClass.INVALID_NUMBER),
    ("wechat_template", 200, '{"errcode":43004,"errmsg":"x"}', OutcomeClass.OPTED_OUT),
    ("wechat_template", 200, '{"errcode":0,"errmsg":"ok","msgid":200163836}', Accepted("200163836")),
    ("wechat_template", 200, "[]", Unknown("unreadable_answer")),
    ("wechat_template", 403, "<html>", OutcomeClass.AUTH_ERROR),
]  # fmt: skip


@pytest.mark.parametrize(("name", "status", "body", "meant"), ANSWERS)
def test_an_answer_means(name: str, status: int, body: str, meant: object) -> None:
    told = load(name).parse_response(TEXT, HttpResponse(status, body=body.encode()))
    if isinstance(meant, OutcomeClass):
        assert isinstance(told, Rejected)
        assert told.kind is meant
    else:
        assert told == meant


def test_too_fast_is_told_with_the_wait() -> None:
    answer = load("jpush").parse_response(TEXT, HttpResponse(429, {"Retry-After": "30"}))
    assert answer == Rejected("http_429", True, OutcomeClass.RATE_LIMITED, timedelta(seconds=30))


def _to(number: str, **changes: object) -> Message:
    return message(step_key=f"s-{number}", to=PhoneNumber.parse(number, region="CN"), slots=SLOTS, **changes)


def test_a_batch_holds_what_shares_a_template_and_loses_nothing() -> None:
    codec = load("huawei")
    assert isinstance(codec, BatchCodec)
    sent = [_to("13800138000"), _to("13800138001"), _to("13800138000", message_id="m-2")]
    groups = codec.batches(sent)
    assert [len(one) for one in groups] == [2, 1]
    body = json.loads(codec.build_batch(groups[0], now=AT, nonce="n").body)
    assert [one["to"] for one in body["smsContent"]] == [["+8613800138000"], ["+8613800138001"]]
    answer = {
        "code": "000000",
        "result": [
            {"originTo": "+8613800138001", "status": "E200028"},
            {"originTo": "+8613800138000", "status": "000000", "smsMsgId": "h-0", "total": 1},
        ],
    }
    first, second = codec.parse_batch(groups[0], HttpResponse(200, body=json.dumps(answer).encode()))
    assert first == Accepted("h-0", segments=1)
    assert isinstance(second, Rejected)
    missing = {"code": "000000", "result": answer["result"][:1]}
    first, _ = codec.parse_batch(groups[0], HttpResponse(200, body=json.dumps(missing).encode()))
    assert first == Unknown("not_answered")


def test_ids_in_the_order_of_the_numbers_say_nothing_when_one_is_missing() -> None:
    codec = load("volcengine")
    assert isinstance(codec, BatchCodec)
    group = [_to("13800138000"), _to("13800138001")]
    whole = HttpResponse(200, body=b'{"Result":{"MessageID":["a","b"]}}')
    assert list(codec.parse_batch(group, whole)) == [Accepted("a"), Accepted("b")]
    short = HttpResponse(200, body=b'{"Result":{"MessageID":["a"]}}')
    assert list(codec.parse_batch(group, short)) == [Unknown("unreadable_answer")] * 2


def test_a_pull_that_is_refused_is_no_empty_pull() -> None:
    codec = load("yunpian")
    assert isinstance(codec, PullCodec)
    assert list(codec.parse_pull(HttpResponse(200, body=b"[]"))) == []
    for body in (b'{"code":-1,"msg":"x"}', b"<html>", b""):
        with pytest.raises(ProviderError):
            codec.parse_pull(HttpResponse(200, body=body))


def test_a_look_up_never_takes_another_messages_row() -> None:
    codec = load("example_aggregator")
    assert isinstance(codec, LookupCodec)
    enquiry = Enquiry(
        step_key="s-1", message_id="m-1", to=TEXT.to, provider_message_id="", submitted_on=AT.date()
    )
    assert json.loads(codec.build_lookup(enquiry, now=AT, nonce="n").body)["reference"] == "s-1"
    row = {
        "id": "g-1",
        "reference": "s-1",
        "mobile": "13800138000",
        "state": "DELIVRD",
        "time": "2026-09-24 10:00:09",
    }

    def told(**changes: str) -> object:
        body = json.dumps({"result": 0, "data": [{**row, **changes}]}).encode()
        return codec.parse_lookup(enquiry, HttpResponse(200, body=body))

    found = told()
    assert isinstance(found, DeliveryReceipt)
    assert (found.status, found.at.isoformat()) == (DeliveryStatus.DELIVERED, "2026-09-24T10:00:09+08:00")
    assert told(state="ACCEPTD") == Accepted("g-1")
    assert told(reference="s-2") == Unknown("not_found")
    assert told(mobile="13800138001") == Unknown("not_found")
    assert codec.parse_lookup(enquiry, HttpResponse(200, body=b'{"result":1001}')) == Unknown(
        "look_up_refused"
    )


def test_what_is_left_on_the_account() -> None:
    codec = load("example_aggregator")
    assert isinstance(codec, BalanceCodec)
    told = codec.parse_balance(HttpResponse(200, body=b'{"result":"0","data":{"balance":"12.50"}}'))
    assert told == Money("12.50", "CNY")
    for body in (
        b'{"result":"1001"}',
        b'{"result":"0","data":{"balance":"NaN"}}',
        b'{"result":"0","data":{}}',
    ):
        with pytest.raises(ProviderError):
            codec.parse_balance(HttpResponse(200, body=body))


def test_an_old_gateway_that_reads_gbk_and_answers_in_a_line(tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_text(
        'name = "old"\nchannels = ["sms"]\ncharset = "gb18030"\n[send]\nurl = "https://gateway.example/s"\n'
        'body = "query"\nmethod = "GET"\n[send.fields]\nm = "{phone_national}"\nc = "{text}"\n'
        '[send.answer]\nformat = "text"\nsuccess = "[0]"\naccepted = ["0"]\nmessage_id = "[1]"\n',
        encoding="utf-8",
    )
    codec = DeclaredCodec.load(path)
    request = codec.build_request(message(text=Secret("还款"), to=TEXT.to), now=AT, nonce="n")
    assert (request.method, request.body) == ("GET", b"")
    assert request.url == "https://gateway.example/s?m=13800138000&c=%BB%B9%BF%EE"
    assert codec.parse_response(TEXT, HttpResponse(200, body="0,id-7,成功\n".encode("gb18030"))) == Accepted(
        "id-7"
    )
