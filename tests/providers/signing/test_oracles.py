"""The vendors' own code signs a thousand strange requests as we do: what it would have been taken for, ours is taken for.

An SDK that is not installed fails these tests; a signer nobody compares with anything is not known to be right.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace

import pytest
from tests.providers.signing.strangers import COUNT, Stranger, strangers

from loansms.providers.signing import (
    acs3_authorization,
    hex_sha256,
    sdk_hmac_authorization,
    sdk_hmac_signed,
    sigv4_authorization,
    tc3_authorization,
    twilio_shared_key_signature,
    twilio_signature,
    twilio_signed,
    volcengine_authorization,
    vonage_sig,
    vonage_signed,
)

with warnings.catch_warnings():
    # Tencent's client switches off warnings for the whole process when it is imported; others may warn as Python ages.
    warnings.simplefilter("ignore")
    import botocore.auth
    import tencentcloud.common.abstract_client as tencent
    import volcenginesdkcore.signv4 as volcengine
    from alibabacloud_tea_openapi.utils import Utils
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    from darabonba.request import DaraRequest
    from huaweicloudsdkcore.sdk_request import SdkRequest
    from huaweicloudsdkcore.signer.signer import Signer
    from multidict import MultiDict
    from tencentcloud.common.credential import Credential
    from tencentcloud.common.http.request import RequestInternal
    from tencentcloud.common.profile.client_profile import ClientProfile
    from twilio.request_validator import RequestValidator
    from vonage_http_client.auth import Auth

STAMP = "%Y%m%dT%H%M%SZ"


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDKs log what they sign, dates and all, and every log of a run is watched for codes."""
    for name in ("botocore.auth", "com.volcengine.sdkcore"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)


def at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


def requests() -> Iterator[Stranger]:
    found = strangers()
    assert len(found) == COUNT == 1000
    yield from found


def test_alibaba() -> None:
    for one in requests():
        # The SDK puts names into the query as they are: only those that need no encoding can be compared.
        query = {name: value for name, value in one.query.items() if name.isalnum()}
        headers = {
            "Host": one.host,
            "x-acs-date": at(one.moment).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **{f"X-Acs-{name}": f" {value} " for name, value in one.extras.items()},
            **{f"x-acs-{name.lower()}": "again" for name in one.extras},
        }
        theirs = DaraRequest()
        theirs.method, theirs.pathname, theirs.query, theirs.headers = one.method, "/", query, headers
        expected = Utils.get_authorization(
            theirs, "ACS3-HMAC-SHA256", hex_sha256(one.body), one.secret_id, one.secret
        )
        assert expected == acs3_authorization(
            method=one.method,
            path="/",
            query=query,
            headers=headers,
            body=one.body,
            access_key_id=one.secret_id,
            access_key_secret=one.secret,
        )


def test_tencent(monkeypatch: pytest.MonkeyPatch) -> None:
    for one in requests():
        profile = ClientProfile()
        profile.httpProfile.endpoint = one.host
        client = tencent.AbstractClient(Credential(one.secret_id, one.secret), "ap-guangzhou", profile)
        client._service = "sms"
        theirs = RequestInternal(one.host, "POST", "/")
        monkeypatch.setattr(tencent, "time", SimpleNamespace(time=lambda moment=one.moment: moment))
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # datetime.utcfromtimestamp, since Python 3.12
            client._build_req_with_tc3_signature("SendSms", one.query, theirs)
        assert json.loads(theirs.data) == one.query
        assert theirs.header["Authorization"] == tc3_authorization(
            service="sms",
            host=one.host,
            headers=theirs.header,
            body=theirs.data.encode(),
            secret_id=one.secret_id,
            secret_key=one.secret,
            timestamp=one.moment,
            signed_headers=["content-type", "host"],
        )


def test_huawei() -> None:
    random = Random(1)
    for one in requests():
        headers = {
            "Host": one.host,
            "X-Sdk-Date": at(one.moment).strftime(STAMP),
            "Content-Type": random.choice(
                ["application/json", "application/json; charset=UTF-8", "application/x-www-form-urlencoded"]
            ),
            "X_Left_Out": "1",
            **{f"X-{name}": f" {value} " for name, value in one.extras.items()},
        }
        path = "/" + "/".join([*one.query.values()][:3]).replace("?", "")
        query = {name: [value, "示例", value[:1]] for name, value in one.query.items()}
        theirs = SdkRequest(
            method=one.method,
            host=one.host,
            resource_path=path,
            query_params=[(name, list(values)) for name, values in query.items()],
            header_params=dict(headers),
            body=one.body,
        )
        Signer(SimpleNamespace(ak=one.secret_id, sk=one.secret)).sign(theirs)
        sent = theirs.header_params
        unsigned = headers["Content-Type"].startswith("application/x-www-form")
        assert (sent.get("X-Sdk-Content-Sha256") == "UNSIGNED-PAYLOAD") == unsigned
        asked = {"method": one.method, "path": path, "query": query, "body": one.body}
        assert sent["Authorization"] == sdk_hmac_authorization(
            headers={name: value for name, value in sent.items() if name != "Authorization"},
            access_key=one.secret_id,
            secret_key=one.secret,
            **asked,
        )
        keys = {"another": "secret", one.secret_id: one.secret}
        assert sdk_hmac_signed(headers=sent, secret_keys=keys, unsigned_payload=True, **asked)
        # Who does not want unsigned bodies is not given one; of an empty body nothing is left to sign.
        assert sdk_hmac_signed(headers=sent, secret_keys=keys, **asked) == (not unsigned or not one.body)


def test_volcengine(monkeypatch: pytest.MonkeyPatch) -> None:
    for one in requests():
        clock = SimpleNamespace(datetime=SimpleNamespace(utcnow=lambda moment=one.moment: at(moment)))
        monkeypatch.setattr(volcengine, "datetime", clock)
        headers = {
            "Host": one.host,
            "Content-Type": "application/json",
            "Accept": "*/*",
            **{f"X-{name}": value for name, value in one.extras.items()},
        }
        region, service = "cn-north-1", "volcSMS"
        body = one.body.decode()
        volcengine.SignerV4.sign(
            "/", one.method, headers, body, None, one.query, one.secret_id, one.secret, region, service
        )
        assert headers.pop("Authorization") == volcengine_authorization(
            method=one.method,
            path="/",
            query=one.query,
            headers=headers,
            body=one.body,
            access_key_id=one.secret_id,
            secret_access_key=one.secret,
        )


def test_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for one in requests():
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda moment=one.moment: at(moment))
        headers = {"Host": one.host, **{f"X-Amz-{name}": value for name, value in one.extras.items()}}
        if one.moment % 5 == 0:
            headers["X-Amz-Content-SHA256"] = "UNSIGNED-PAYLOAD"
        path = f"/v2/{one.secret_id}/%41"
        theirs = AWSRequest(one.method.lower(), f"https://{one.host}{path}", headers, one.body, one.query)
        signer = botocore.auth.SigV4Auth(Credentials(one.secret_id, one.secret), "sms-voice", "eu-west-1")
        signer.add_auth(theirs)
        sent = dict(theirs.headers.items())
        assert sent.pop("Authorization") == sigv4_authorization(
            method=one.method.lower(),
            path=path,
            query=one.query,
            headers=sent,
            body=one.body,
            access_key_id=one.secret_id,
            secret_access_key=one.secret,
            region="eu-west-1",
        )


def test_twilio() -> None:
    random = Random(2)
    for one in requests():
        url = f"{random.choice(['https', 'http'])}://{one.host}/hook?{one.secret_id}=1"
        params = {name: [value, "1", "1", value] for name, value in one.query.items()}
        form = MultiDict((name, value) for name, values in params.items() for value in values)
        validator = RequestValidator(one.secret)
        sha1 = twilio_signature(url=url, params=params, auth_token=one.secret)
        sha256 = twilio_shared_key_signature(url=url, params=params, shared_key=one.secret)
        assert validator.compute_signature(url, form) == sha1
        assert validator.compute_signature(url, form, "HMAC_SHA256") == sha256

        # The same callback as Twilio's own check sees it: through another port, or with a field changed on the way.
        bare = url.replace(f"//{one.host}", f"//{one.host.partition(':')[0]}")
        seen = random.choice(
            [url, bare, bare.replace(".example/", ".example:443/"), url.replace(":443", ":8443")]
        )
        said = {**params, "MessageStatus": ["failed"]} if random.random() < 0.3 else params
        told = MultiDict((name, value) for name, values in said.items() for value in values)
        settings = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
        for algorithm, mark, ours in (
            ("HMAC_SHA1", sha1, {"auth_tokens": ["other", one.secret]}),
            ("HMAC_SHA256", sha256, {"shared_keys": ["other", one.secret], "settings": settings}),
        ):
            believed = twilio_signed(url=seen, params=said, signature=mark, **ours)
            assert believed == validator.validate(seen, told, mark, algorithm)


def test_twilio_json() -> None:
    for one in requests():
        url = f"https://{one.host}/hook?bodySHA256={hex_sha256(one.body)}"
        validator = RequestValidator(one.secret)
        mark = validator.compute_signature(url, {})
        assert validator.validate(url, one.body.decode(), mark)
        for body, genuine in ((one.body, True), (one.body + b" ", False)):
            believed = twilio_signed(url=url, params={}, signature=mark, auth_tokens=[one.secret], json=body)
            assert believed is genuine


def test_vonage() -> None:
    random = Random(3)
    for one in requests():
        method = random.choice(("md5", "sha1", "sha256", "sha512"))
        theirs = Auth(api_key="abcd1234", signature_secret=one.secret, signature_method=method)
        params = {**one.query, "timestamp": str(one.moment)}
        sig = vonage_sig(params=params, signature_secret=one.secret, method=method)
        assert theirs.sign_params(dict(params)) == sig
        signed = {**params, "sig": sig.upper()}
        assert theirs.check_signature(dict(signed))
        assert vonage_signed(params=signed, signature_secrets=["other", one.secret], method=method)
        assert not vonage_signed(params={**signed, "to": "x"}, signature_secrets=[one.secret], method=method)
