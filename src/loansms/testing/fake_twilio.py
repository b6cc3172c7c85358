"""A made-up Twilio on a loopback socket: takes messages and calls, answers enquiries, and signs callbacks by code of its own.

>>> from loansms.testing.examples import AT, message
>>> from loansms.clock import FrozenClock
>>> from loansms.privacy import Secret
>>> from loansms.providers.http import HttpSettings, http_provider
>>> from loansms.providers.twilio import TwilioCodec
>>> with FakeTwilio() as gateway:
...     codec = TwilioCodec(
...         account_sid=gateway.account_sid, auth_token=Secret(gateway.token), sender="+12025550100", url=gateway.url
...     )
...     line = HttpSettings(private_line=True)
...     with http_provider(codec, line, clock=FrozenClock(AT)) as provider:
...         provider.submit(message(), AT.replace(second=10))
Accepted(provider_message_id='SM5feceb66ffc86f38d952786c6d696c79')
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote_plus
from xml.etree import ElementTree

from attrs import define, field

from loansms.providers.codec import Callback
from loansms.testing.examples import AT
from loansms.testing.gateway import FakeGateway, Received, Reply

SHARED_KEY_SETTINGS = "key=demo,algorithm=HMAC_SHA256"


@define
class Taken:
    """One message or call the gateway has; change `status` and ``error_code`` to let it move on."""

    sid: str
    to: str
    fields: Mapping[str, str] = field(repr=False)
    at: datetime
    status: str = "queued"
    error_code: int | None = None

    def document(self) -> dict[str, object]:
        """Return it as the API tells it."""
        return {
            "sid": self.sid,
            "to": self.to,
            "status": self.status,
            "error_code": self.error_code,
            "num_segments": "1",
            "direction": "outbound-api",
            "date_sent": format_datetime(self.at),
            "date_updated": format_datetime(self.at),
        }


class FakeTwilio(FakeGateway):
    """`taken` is what it has, by sid; ``refusals`` gives numbers (E.164) the error code a submit to them meets."""

    account_sid = "AC00000000000000000000000000000000"
    token = "fake-auth-token"  # noqa: S105

    def __init__(
        self, refusals: Mapping[str, int] | None = None, *, tls: bool = False, at: datetime = AT
    ) -> None:
        super().__init__(tls=tls)
        self.refusals: Mapping[str, int] = refusals or {}
        self.taken: dict[str, Taken] = {}
        self.at = at

    def answer(self, request: Received) -> Reply:
        """Answer as the API does: 401 for a wrong key, 201 for what is taken, an error by its code."""
        basic = b64encode(f"{self.account_sid}:{self.token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}":
            return _refused(401, 20003)
        resource = request.path.removeprefix(f"/2010-04-01/Accounts/{self.account_sid}/")
        if request.method == "POST" and resource in {"Messages.json", "Calls.json"}:
            return self._create(resource, request.form)
        if resource == "Balance.json":
            return _told(200, {"balance": "12.34", "currency": "USD"})
        if resource == "Messages.json":
            return self._list(request.query)
        one = self.taken.get(resource.rpartition("/")[2].removesuffix(".json"))
        return _told(200, one.document()) if one else _refused(404, 20404)

    def _create(self, resource: str, fields: Mapping[str, str]) -> Reply:
        to = fields.get("To", "")
        if to in self.refusals:
            return _refused(400, self.refusals[to])
        if not to.startswith("+"):
            return _refused(400, 21211)
        if resource == "Messages.json":
            if not fields.get("Body"):
                return _refused(400, 21602)
            if len(fields["Body"]) > 1600:
                return _refused(400, 21617)
            if ("From" in fields) == ("MessagingServiceSid" in fields):
                return _refused(400, 21606)
        elif "From" not in fields or ElementTree.fromstring(fields["Twiml"]).tag != "Response":  # noqa: S314
            return _refused(400, 21606)
        number = hashlib.sha256(str(len(self.taken)).encode()).hexdigest()[:32]
        sid = f"{'SM' if resource == 'Messages.json' else 'CA'}{number}"
        self.taken[sid] = Taken(sid, to, dict(fields), self.at)
        return _told(201, self.taken[sid].document())

    def _list(self, query: Mapping[str, str]) -> Reply:
        found = [
            one.document()
            for one in self.taken.values()
            if one.to == query.get("To") and one.at.date().isoformat() == query.get("DateSent")
        ]
        return _told(200, {"messages": found, "next_page_uri": None})

    def status_callback(self, sid: str, status: str, error_code: int | None = None) -> Callback:
        """Return the signed callback that tells the status of what was taken under `sid`."""
        one = self.taken[sid]
        kind = "Call" if sid.startswith("CA") else "Message"
        fields = {f"{kind}Sid": sid, f"{kind}Status": status, "To": one.to, "From": "+12025550100"}
        if error_code is not None:
            fields["ErrorCode"] = str(error_code)
        return self.signed(one.fields["StatusCallback"], fields)

    def reply(self, url: str, phone: str, text: str, sid: str = "SM99") -> Callback:
        """Return the signed callback of a message from a handset."""
        fields = {
            "MessageSid": sid,
            "SmsStatus": "received",
            "From": phone,
            "To": "+12025550100",
            "Body": text,
        }
        return self.signed(url, fields)

    def signed(self, url: str, fields: Mapping[str, str], *, shared_key: str = "") -> Callback:
        """Return any callback, signed with the token, or with a shared key by SHA-256."""
        told = url + "".join(name + fields[name] for name in sorted(fields))
        algorithm = hashlib.sha256 if shared_key else hashlib.sha1
        mark = b64encode(hmac.new((shared_key or self.token).encode(), told.encode(), algorithm).digest())
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": mark.decode(),
        }
        if shared_key:
            headers["X-Twilio-Webhooks-Signature-Settings"] = SHARED_KEY_SETTINGS
        body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items())
        return Callback(method="POST", url=url, headers=headers, body=body.encode(), received_at=self.at)


def _told(status: int, document: Mapping[str, object]) -> Reply:
    return Reply(status, json.dumps(document).encode())


def _refused(status: int, code: int) -> Reply:
    return _told(status, {"code": code, "message": "refused", "more_info": "", "status": status})
