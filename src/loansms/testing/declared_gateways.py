"""The other side of the shipped declarations: gateways that check signatures by the vendors' documents, in code of their own.

Each takes every message whose signature is right, answers as the vendor does, and refuses the rest in the vendor's words.
`codec()` is the shipped codec with the credentials it believes.

>>> with FakeYunpian() as gateway:
...     codec = gateway.codec()
>>> codec
DeclaredCodec(yunpian)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final
from urllib.parse import quote

from loansms.privacy import Secret
from loansms.providers.declared import DeclaredCodec
from loansms.testing.gateway import FakeGateway, Received, Reply

# No real credential looks like these.
ACCESS: Final = "made-up-access"
SIGNING: Final = "made-up-signing"
CALLBACK: Final = "made-up-callback-secret"


class DeclaredGateway(FakeGateway):
    """A gateway of one shipped declaration."""

    declared: ClassVar[str]
    settings: ClassVar[Mapping[str, str]] = {}
    secrets: ClassVar[Mapping[str, str]] = {}

    def codec(self) -> DeclaredCodec:
        """Return the shipped codec, pointed here with the right credentials."""
        return DeclaredCodec.load(
            self.declared,
            {"url": self.url, **self.settings},
            {name: Secret(value) for name, value in self.secrets.items()},
            environ={},
            templates={"reminder.due_in_3": "T-1"},
            private_line=True,
        )

    def answer(self, request: Received) -> Reply:
        """Refuse a request whose signature is wrong, take every other."""
        return self.taken(request) if self.believed(request) else self.refused()

    @abstractmethod
    def believed(self, request: Received) -> bool:
        """Whether the signature is right."""

    @abstractmethod
    def taken(self, request: Received) -> Reply:
        """The vendor's yes."""

    @abstractmethod
    def refused(self) -> Reply:
        """The vendor's no to a wrong signature."""

    def _id(self, of: str) -> str:
        return hashlib.sha256(of.encode()).hexdigest()[:24]


class FakeYunpian(DeclaredGateway):
    """Yunpian: the key in a form field."""

    declared = "yunpian"
    secrets: ClassVar[Mapping[str, str]] = {"apikey": ACCESS, "callback_path": CALLBACK}

    def __init__(self) -> None:
        super().__init__()
        self._statuses: list[Mapping[str, Any]] = []

    def believed(self, request: Received) -> bool:
        """The key is the account's."""
        return request.form.get("apikey") == ACCESS

    def taken(self, request: Received) -> Reply:
        """One item for single_send, a list for batch_send; statuses once each."""
        form = request.form
        if request.path == "/v2/sms/pull_status.json":
            told, self._statuses = self._statuses, []
            return _json(told)
        items = [
            {"code": 0, "msg": "OK", "count": 1, "fee": 0.05, "unit": "RMB", "mobile": one, "sid": number}
            for number, one in enumerate(form["mobile"].split(","), int(self._id(repr(form)), 16) >> 40)
        ]
        self._statuses += [
            {
                "sid": one["sid"],
                "uid": form.get("uid", ""),
                "mobile": str(one["mobile"]).removeprefix("+86"),
                "report_status": "SUCCESS",
                "error_msg": "DELIVRD",
                "error_detail": "",
                "user_receive_time": "2026-09-24 10:00:09",
            }
            for one in items
        ]
        if request.path == "/v2/sms/batch_send.json":
            return _json({"total_count": len(items), "total_fee": "0.05", "unit": "RMB", "data": items})
        return _json(items[0])

    def refused(self) -> Reply:
        """Code -1: illegal key."""
        return _json({"http_status_code": 400, "code": -1, "msg": "非法的apikey", "detail": ""}, 400)


class FakeVolcengine(DeclaredGateway):
    """Volcengine: SigV4 in shape, no prefix to the key."""

    declared = "volcengine"
    settings: ClassVar[Mapping[str, str]] = {"account": "acct"}
    secrets: ClassVar[Mapping[str, str]] = {
        "access_key_id": ACCESS,
        "secret_access_key": SIGNING,
        "callback_path": CALLBACK,
    }

    def believed(self, request: Received) -> bool:
        """The signature over what came is the one that came."""
        return _scoped(request, "HMAC-SHA256", SIGNING, "request", "x-date")

    def taken(self, request: Received) -> Reply:
        """One id a number, in their order."""
        told = json.loads(request.body)
        sent = told.get("Messages") or [told]
        ids = [
            self._id(f"{place}{one}{request.headers['x-date']}{request.body!r}")
            for place, one in enumerate(sent)
        ]
        return _json(
            {"ResponseMetadata": {"RequestId": "r", "Action": "SendSms"}, "Result": {"MessageID": ids}}
        )

    def refused(self) -> Reply:
        """RE:0000: authentication failed."""
        return _json({"ResponseMetadata": {"RequestId": "r", "Error": {"Code": "RE:0000", "CodeN": 1}}}, 401)


class FakeHuawei(DeclaredGateway):
    """Huawei with WSSE: the digest of the vendor's samples."""

    declared = "huawei"
    settings: ClassVar[Mapping[str, str]] = {"sender": "8824110600999"}
    secrets: ClassVar[Mapping[str, str]] = {
        "app_key": ACCESS,
        "app_secret": SIGNING,
        "callback_path": CALLBACK,
    }

    def believed(self, request: Received) -> bool:
        """The password digest is that of nonce, time and secret."""
        told = dict(
            part.strip().split("=", 1)
            for part in request.headers.get("x-wsse", "").removeprefix("UsernameToken ").split(",")
        )
        fields = {name: value.strip('"') for name, value in told.items()}
        plain = hashlib.sha256(f"{fields['Nonce']}{fields['Created']}{SIGNING}".encode()).hexdigest()
        expected = base64.b64encode(plain.encode()).decode()
        return (fields["Username"], fields["PasswordDigest"]) == (ACCESS, expected)

    def taken(self, request: Received) -> Reply:
        """A status of its own for every number."""
        if request.path.endswith("/batchSendDiffSms/v1"):
            numbers = [one["to"][0] for one in json.loads(request.body)["smsContent"]]
        else:
            numbers = request.form["to"].split(",")
        result = [
            {
                "smsMsgId": self._id(f"{one}{request.body!r}"),
                "from": "8824110600999",
                "originTo": one,
                "status": "000000",
                "createTime": "2026-09-24T02:00:00Z",
                "countryId": "CN",
                "total": 1,
            }
            for one in numbers
        ]
        return _json({"code": "000000", "description": "Success", "result": result})

    def refused(self) -> Reply:
        """E000111: authentication failed."""
        return _json({"code": "E000111", "description": "failed"}, 401)


class FakeHuaweiAksk(FakeHuawei):
    """Huawei with SDK-HMAC-SHA256."""

    declared = "huawei_aksk"
    settings: ClassVar[Mapping[str, str]] = {"sender": "8824110600999", "push_key": "push"}
    secrets: ClassVar[Mapping[str, str]] = {"app_key": ACCESS, "app_secret": SIGNING, "push_secret": CALLBACK}

    def believed(self, request: Received) -> bool:
        """The signature over headers and, with JSON, the body."""
        said = request.headers.get("authorization", "")
        names = said.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        lines = "".join(f"{name}:{request.headers[name]}\n" for name in names if name)
        content = request.headers.get("x-sdk-content-sha256") or hashlib.sha256(request.body).hexdigest()
        canonical = "\n".join((request.method, f"{request.path}/", "", lines, ";".join(names), content))
        stamp = request.headers["x-sdk-date"]
        over = f"SDK-HMAC-SHA256\n{stamp}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        made = hmac.new(SIGNING.encode(), over.encode(), "sha256").hexdigest()
        return said == f"SDK-HMAC-SHA256 Access={ACCESS}, SignedHeaders={';'.join(names)}, Signature={made}"


class FakeVonage(DeclaredGateway):
    """Vonage: `sig` over all fields."""

    declared = "vonage"
    settings: ClassVar[Mapping[str, str]] = {"api_key": "abcd1234", "sender": "12015550100"}
    secrets: ClassVar[Mapping[str, str]] = {"signature_secret": SIGNING}

    def believed(self, request: Received) -> bool:
        """The HMAC of the sorted fields, & and = in values written as _."""
        return signed_form(request.form) == request.form

    def taken(self, request: Received) -> Reply:
        """One item a segment; here always one."""
        one = {"to": request.form["to"], "message-id": self._id(repr(request.form)), "status": "0"}
        return _json({"message-count": "1", "messages": [one]})

    def refused(self) -> Reply:
        """Status 14: wrong signature, with HTTP 200."""
        return _json(
            {"message-count": "1", "messages": [{"status": "14", "error-text": "Invalid Signature"}]}
        )


class FakeMas(DeclaredGateway):
    """China Mobile MAS: base64 of JSON, `mac` over stated fields."""

    declared = "cmcc_mas"
    settings: ClassVar[Mapping[str, str]] = {"ec_name": "示例企业", "ap_id": "ap1", "sign": "SIGNCODE"}
    secrets: ClassVar[Mapping[str, str]] = {"secret_key": SIGNING, "callback_path": CALLBACK}

    def believed(self, request: Received) -> bool:
        """The MD5 of the fields and the key."""
        told = json.loads(base64.b64decode(request.body))
        over = (
            told["ecName"],
            told["apId"],
            SIGNING,
            told["mobiles"],
            told["content"],
            told["sign"],
            told["addSerial"],
        )
        return str(told["mac"]) == hashlib.md5("".join(over).encode(), usedforsecurity=False).hexdigest()

    def taken(self, request: Received) -> Reply:
        """`success` is a text here, as one client saw it."""
        return _json({"rspcod": "success", "success": "true", "msgGroup": self._id(repr(request.body))})

    def refused(self) -> Reply:
        """IllegalMac."""
        return _json({"rspcod": "IllegalMac", "success": False, "msgGroup": ""})


class FakeAwsEum(DeclaredGateway):
    """AWS End User Messaging: SigV4."""

    declared = "aws_eum"
    settings: ClassVar[Mapping[str, str]] = {"origination": "+12015550100"}
    secrets: ClassVar[Mapping[str, str]] = {"access_key_id": ACCESS, "secret_access_key": SIGNING}

    def believed(self, request: Received) -> bool:
        """The signature over what came is the one that came."""
        return _scoped(request, "AWS4-HMAC-SHA256", f"AWS4{SIGNING}", "aws4_request", "x-amz-date")

    def taken(self, request: Received) -> Reply:
        """A message id."""
        return _json({"MessageId": self._id(repr(request.body))})

    def refused(self) -> Reply:
        """AccessDeniedException."""
        told = {"__type": "com.amazonaws.pinpointsmsvoicev2#AccessDeniedException", "Message": "denied"}
        return _json(told, 400)


class FakeJpush(DeclaredGateway):
    """JPush: user and password."""

    declared = "jpush"
    secrets: ClassVar[Mapping[str, str]] = {"app_key": ACCESS, "master_secret": SIGNING}

    def believed(self, request: Received) -> bool:
        """Key and master secret by RFC 7617."""
        return (
            request.headers.get("authorization")
            == f"Basic {base64.b64encode(f'{ACCESS}:{SIGNING}'.encode()).decode()}"
        )

    def taken(self, request: Received) -> Reply:
        """A message id of digits."""
        number = int(hashlib.sha256(request.body + str(len(self.received)).encode()).hexdigest()[:14], 16)
        return _json({"sendno": "0", "msg_id": str(number)})

    def refused(self) -> Reply:
        """1004: authentication failed."""
        return _json({"error": {"code": 1004, "message": "authentication failed"}}, 401)


def signed_form(form: Mapping[str, str], secret: str = SIGNING) -> dict[str, str]:
    """Return a form as Vonage signs it (SHA-256), for requests and callbacks alike."""
    plain = {name: value for name, value in form.items() if name != "sig"}
    over = "".join(f"&{name}={plain[name].translate({38: '_', 61: '_'})}" for name in sorted(plain))
    return {**plain, "sig": hmac.new(secret.encode(), over.encode(), "sha256").hexdigest()}


def _scoped(request: Received, algorithm: str, secret: str, end: str, date: str) -> bool:
    """Check a signature of the family of SigV4 by its own scope and names."""
    said = request.headers.get("authorization", "")
    scope = said.partition("Credential=")[2].partition(",")[0].split("/")
    names = said.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    query = "&".join(
        f"{quote(name, safe='')}={quote(request.query[name], safe='')}" for name in sorted(request.query)
    )
    lines = [f"{name}:{request.headers[name]}" for name in names]
    body = hashlib.sha256(request.body).hexdigest()
    canonical = "\n".join([request.method, request.path, query, *lines, "", ";".join(names), body])
    over = [
        algorithm,
        request.headers[date],
        "/".join(scope[1:]),
        hashlib.sha256(canonical.encode()).hexdigest(),
    ]
    key = secret.encode()
    for part in scope[1:]:
        key = hmac.new(key, part.encode(), "sha256").digest()
    made = hmac.new(key, "\n".join(over).encode(), "sha256").hexdigest()
    return scope[0] == ACCESS and scope[-1] == end and said.endswith(f"Signature={made}")


def _json(told: Mapping[str, Any] | Sequence[Any], status: int = 200) -> Reply:
    return Reply(status, json.dumps(told, ensure_ascii=False).encode())


GATEWAYS: Final[tuple[type[DeclaredGateway], ...]] = (
    FakeYunpian,
    FakeVolcengine,
    FakeHuawei,
    FakeHuaweiAksk,
    FakeVonage,
    FakeMas,
    FakeAwsEum,
    FakeJpush,
)
