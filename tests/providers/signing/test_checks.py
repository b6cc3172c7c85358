"""A callback is believed only if it was signed with our secret over exactly what came; anything else is False, never a crash."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loansms.errors import CallerError
from loansms.providers import signing

FORM = b"smsMsgId=1&status=DELIVRD"
PUSHED = {
    "method": "POST",
    "path": "/receipts",
    "query": {},
    "body": FORM,
}
HEADERS = {"host": "lender.example", "x-sdk-date": "20240102T030405Z"}
UNSIGNED = {**HEADERS, "x-sdk-content-sha256": signing.UNSIGNED_PAYLOAD}


def pushed(headers: dict[str, str], secret: str = "secret") -> dict[str, str]:
    """The headers as a gateway with `secret` sends them."""
    mark = signing.sdk_hmac_authorization(headers=headers, access_key="key", secret_key=secret, **PUSHED)
    return {**headers, "authorization": mark}


def believed(headers: dict[str, str], keys: dict[str, str] | None = None, **changed: object) -> bool:
    keys = {"key": "secret"} if keys is None else keys
    return signing.sdk_hmac_signed(headers=headers, secret_keys=keys, **{**PUSHED, **changed})


def test_a_receipt_of_huawei_counts_as_it_was_signed_and_no_other_way() -> None:
    genuine = pushed(HEADERS)
    assert believed(genuine)
    assert believed(genuine, {"old": "older", "key": "secret"})
    assert not believed(genuine, body=b"smsMsgId=1&status=EXPIRED")
    assert not believed(genuine, path="/other")
    assert not believed(genuine, query={"status": "DELIVRD"})
    assert not believed({**genuine, "x-sdk-date": "20240102T030406Z"})
    assert not believed({**genuine, "host": "other.example"})
    assert not believed(pushed(HEADERS, "guess"))
    assert not believed(genuine, {"other": "secret"})
    dateless = {name: value for name, value in genuine.items() if name != "x-sdk-date"}
    assert not believed(dateless)
    claim = genuine["authorization"]
    assert not believed({**dateless, "authorization": claim.replace("host;x-sdk-date", "host")})
    assert not believed({**genuine, "authorization": claim.replace("host;", "host;via;")})


def test_without_a_secret_nobody_is_believed() -> None:
    assert not believed(pushed(HEADERS, ""), {"key": ""})
    assert not believed(pushed(HEADERS), {})
    form = {"status": "delivered"}
    sig = signing.vonage_sig(params=form, signature_secret="")
    assert not signing.vonage_signed(params={**form, "sig": sig}, signature_secrets=["", ""])
    mark = signing.twilio_signature(url="https://lender.example/", params=form, auth_token="")
    assert not signing.twilio_signed(
        url="https://lender.example/", params=form, signature=mark, auth_tokens=[""]
    )


def test_a_signature_that_says_nothing_of_the_body_counts_only_where_that_is_wanted() -> None:
    genuine = pushed(UNSIGNED)
    assert not believed(genuine)
    assert believed(genuine, unsigned_payload=True)
    # Nor does a hash that is not the body's, whoever signed it; added unsigned, the header changes nothing.
    assert not believed(pushed({**HEADERS, "x-sdk-content-sha256": "0" * 64}), unsigned_payload=True)
    assert not believed({**pushed(UNSIGNED), "x-sdk-content-sha256": "0" * 64}, unsigned_payload=True)
    plain = {**pushed(HEADERS), "x-sdk-content-sha256": signing.UNSIGNED_PAYLOAD}
    assert believed(plain)
    assert not believed(plain, body=b"other", unsigned_payload=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"settings": "key=k,algorithm=HMAC_SHA256"},  # the auth token is no shared key
        {"settings": "key=k,algorithm=none"},
        {"auth_tokens": [], "shared_keys": ["12345"]},
        {"params": {"MessageStatus": ["sent", "failed"]}},
        {"url": "https://lender.example/other"},
        {"url": "https://lender.example:port/hook"},
        {"url": "https://[/hook"},
        {"json": b"{}"},
        {"signature": ""},
        {"signature": "签名"},
    ],
)
def test_a_callback_of_twilio_that_is_not_as_signed(changed: dict[str, object]) -> None:
    url, params = "https://lender.example/hook", {"MessageStatus": "sent"}
    mark = signing.twilio_signature(url=url, params=params, auth_token="12345")
    genuine = {"url": url, "params": params, "signature": mark, "auth_tokens": ["12345"]}
    assert signing.twilio_signed(**genuine)
    assert not signing.twilio_signed(**{**genuine, **changed})


def test_fields_beside_a_signed_json_body_are_not_believed() -> None:
    url = f"https://lender.example/hook?bodySHA256={signing.hex_sha256(b'{}')}"
    mark = signing.twilio_signature(url=url, params={}, auth_token="12345")
    genuine = {"url": url, "signature": mark, "auth_tokens": ["12345"]}
    assert signing.twilio_signed(**genuine, params={}, json=b"{}")
    assert not signing.twilio_signed(**genuine, params={"MessageStatus": "sent"}, json=b"{}")


def test_a_gateway_with_another_secret_does_not_pass_for_ours() -> None:
    login = {"source_addr": "900001", "timestamp": "0102030405"}
    source = signing.cmpp_authenticator(shared_secret="888888", **login)
    told = {"status": 0, "status_bytes": 4, "authenticator_source": source}
    ours = signing.cmpp_ismg_authenticator(shared_secret="888888", **told)
    assert not signing.same_signature(ours, signing.cmpp_ismg_authenticator(shared_secret="888887", **told))
    client = signing.smgp_authenticator(shared_secret="888888", **login)
    assert client != source
    # MD5 of four zero bytes, the client's proof and the secret: a value of its own, by the standard's formula.
    server = signing.smgp_server_authenticator(status=0, authenticator_client=client, shared_secret="888888")
    assert server == signing.digests.md5(b"\0\0\0\0" + client + b"888888")


@pytest.mark.parametrize(
    "timestamp", ["102030405", "01020304051", "0102030405\n", "０１０２０３０４０５", ""]
)
def test_a_login_time_that_lost_its_zero_is_told_at_once(timestamp: str) -> None:
    for authenticator in (signing.cmpp_authenticator, signing.smgp_authenticator):
        with pytest.raises(CallerError, match="ten digits") as caught:
            authenticator(source_addr="900001", shared_secret="888888", timestamp=timestamp)
        assert "十位数字" in caught.value.zh


def test_a_line_break_cannot_smuggle_a_header_in() -> None:
    for headers in ({"host": "a\nx-acs-action:SendSms"}, {"host\r": "a"}):
        with pytest.raises(CallerError, match="one line"):
            signing.acs3_authorization(
                method="POST",
                path="/",
                query={},
                headers=headers,
                body=b"",
                access_key_id="id",
                access_key_secret="secret",
            )
    with pytest.raises(CallerError, match="quotation mark"):
        signing.wsse_header(app_key='a"', app_secret="s", nonce="n", created="2024-01-02T03:04:05Z")


def test_the_action_of_tencent_counts_in_lower_case_however_headers_are_spelt() -> None:
    asked = {
        "service": "sms",
        "host": "sms.example",
        "body": b"{}",
        "secret_id": "id",
        "secret_key": "secret",
    }
    sent, signed = (
        {"Content-Type": "application/json", "Host": "other.example"},
        ["Host", "X-TC-Action", "Content-Type"],
    )
    spelt = [
        signing.tc3_authorization(
            headers={**sent, name: action}, signed_headers=names, timestamp=1704164645, **asked
        )
        for name, action, names in (
            ("X-TC-Action", "SendSms", signed),
            ("x-tc-action", "sendsms", [name.lower() for name in signed]),
        )
    ]
    assert spelt[0] == spelt[1]
    assert "SignedHeaders=content-type;host;x-tc-action," in spelt[0]


def test_what_a_scheme_cannot_do_without_is_named() -> None:
    asked = {"method": "POST", "path": "/", "query": {}, "headers": {"host": "a"}, "body": b""}
    aws = {"access_key_id": "id", "secret_access_key": "wordless", "region": "us-east-1"}
    for sign, keys, missing in (
        (signing.sigv4_authorization, aws, "x-amz-date"),
        (signing.volcengine_authorization, aws, "x-date"),
        (signing.sdk_hmac_authorization, {"access_key": "id", "secret_key": "wordless"}, "x-sdk-date"),
    ):
        with pytest.raises(CallerError, match=missing) as caught:
            sign(**asked, **keys)
        assert "wordless" not in f"{caught.value!r}{caught.value.zh}"


ANY = st.text(st.characters(), max_size=40)  # lone surrogates too: what a broken front end hands on


@example(
    url="https://a.example/\ud800",
    mark="\ud800",
    settings_header="\ud800",
    fields={"\ud800": "\ud800"},
    headers={"x-sdk-date": "\ud800"},
    body=b"\xff",
)
@settings(max_examples=60)
@given(
    url=st.one_of(ANY, ANY.map("https://{}".format)),
    mark=ANY,
    settings_header=ANY,
    fields=st.dictionaries(ANY, st.one_of(ANY, st.lists(ANY, max_size=3)), max_size=4),
    headers=st.dictionaries(
        st.one_of(ANY, st.sampled_from(["authorization", "x-sdk-date"])), ANY, max_size=4
    ),
    body=st.binary(max_size=40),
)
def test_nothing_from_outside_is_believed_or_crashes_a_check(
    url: str,
    mark: str,
    settings_header: str,
    fields: dict[str, str | list[str]],
    headers: dict[str, str],
    body: bytes,
) -> None:
    for json in (None, body):
        assert not signing.twilio_signed(
            url=url,
            params=fields,
            signature=mark,
            settings=settings_header,
            auth_tokens=["a"],
            shared_keys=["b"],
            json=json,
        )
    flat = {name: value for name, value in fields.items() if isinstance(value, str)}
    assert not signing.vonage_signed(params={**flat, "sig": mark}, signature_secrets=["a"])
    claim = f"SDK-HMAC-SHA256 Access=key, SignedHeaders=x-sdk-date, Signature={'0' * 64}"
    for authorization in (mark, claim):
        assert not signing.sdk_hmac_signed(
            method="POST",
            path=url,
            query=fields,
            headers={"x-sdk-date": mark, **headers, "authorization": authorization},
            body=body,
            secret_keys={"key": "secret"},
            unsigned_payload=True,
        )
