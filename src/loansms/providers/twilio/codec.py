"""Twilio's REST API (2010-04-01) as a codec: one recipient a call, no key against doubles, so nothing is sent again.

What a status callback belongs to travels in its address (`?step=`), which Twilio signs: so a message whose answer was
lost is found again. Sources: see `words`. Not verified live: the exact language tags `<Say>` takes.

>>> codec = TwilioCodec(account_sid="AC00", auth_token=Secret("token-1"), sender="+12025550100")
>>> codec
TwilioCodec(account_sid='AC00', name='twilio')
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, cast
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.sax.saxutils import escape, quoteattr

from attrs import field, frozen

from loansms.errors import ConfigurationError, ProviderError
from loansms.model import (
    Accepted,
    Channel,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    Message,
    Money,
    PhoneNumber,
    Purpose,
    SubmitResult,
    Unknown,
)
from loansms.privacy import Secret
from loansms.providers.codec import (
    Callback,
    CallbackAnswer,
    CallbackRefused,
    Enquiry,
    HttpRequest,
    HttpResponse,
    Report,
)
from loansms.providers.http_answers import UNREADABLE
from loansms.providers.signing import twilio_signed
from loansms.providers.taxonomy import refusal
from loansms.providers.twilio.words import (
    INBOUND,
    STATUSES,
    Document,
    Form,
    code_of,
    count_of,
    document,
    form,
    kind_of,
    moment,
    sid_of,
    word,
)

_API: Final = "https://api.twilio.com"
_SETTINGS: Final = "x-twilio-webhooks-signature-settings"
_LONGEST = timedelta(seconds=36_000)  # ValidityPeriod takes 1 to 36,000 seconds
_ACCOUNT = re.compile(r"AC[0-9A-Za-z]+", re.ASCII)
# What XML 1.0 cannot hold (section 2.2); a text with it would make the whole call fail.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@frozen(kw_only=True)
class TwilioCodec:
    """Messages by `sender` (a number) or `messaging_service`, spoken codes where there is a `caller`.

    ``auth_token`` signs callbacks, and requests too unless an `api_key` with its ``api_secret`` is given;
    ``former_auth_token`` is still believed while the token is being changed, ``shared_keys`` (two at most) are those of
    SHA-256 signatures. ``status_callback`` is the address for receipts. ``validity`` is how long a message may wait at
    Twilio. A 【signature】 is put before texts to mainland numbers only.
    """

    account_sid: str
    auth_token: Secret[str] = field(repr=False)
    sender: str = field(default="", repr=False)
    messaging_service: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    api_secret: Secret[str] | None = field(default=None, repr=False)
    former_auth_token: Secret[str] | None = field(default=None, repr=False)
    shared_keys: Sequence[Secret[str]] = field(default=(), repr=False)
    status_callback: str = field(default="", repr=False)
    caller: str = field(default="", repr=False)
    validity: timedelta | None = field(default=None, repr=False)
    url: str = field(default=_API, repr=False)
    name: str = "twilio"

    def __attrs_post_init__(self) -> None:
        if not _ACCOUNT.fullmatch(self.account_sid) or not self.auth_token.reveal():
            raise _wrong("expected account_sid (AC…) and auth_token", "应设 account_sid（AC…）与 auth_token")
        if bool(self.sender) == bool(self.messaging_service):
            raise _wrong(
                "expected either sender or messaging_service", "sender 与 messaging_service 应设且只设一个"
            )
        if bool(self.api_key) != bool(self.api_secret and self.api_secret.reveal()):
            raise _wrong("api_key and api_secret go together", "api_key 与 api_secret 应一起设置")
        if self.validity is not None and not timedelta(seconds=1) <= self.validity <= _LONGEST:
            raise _wrong("validity: expected 1 second to 10 hours", "validity 应为 1 秒至 10 小时")
        if len(self.shared_keys) > 2 or not all(one.reveal() for one in self.shared_keys):
            raise _wrong("shared_keys: expected at most two, none empty", "shared_keys 至多两个且不为空")

    @property
    def channels(self) -> frozenset[Channel]:
        """Texts, and calls where there is a caller."""
        return frozenset({Channel.SMS, Channel.VOICE} if self.caller else {Channel.SMS})

    def build_request(self, message: Message, *, now: datetime, nonce: str) -> HttpRequest:  # noqa: ARG002
        """Return the request that creates a message, or a call that speaks the text twice."""
        fields = {"To": message.to.e164}
        if message.channel is Channel.VOICE:
            fields |= {"From": self.caller, "Twiml": _spoken(message)}
        else:
            fields |= (
                {"From": self.sender} if self.sender else {"MessagingServiceSid": self.messaging_service}
            )
            fields["Body"] = _text(message)
            if self.validity is not None:
                fields["ValidityPeriod"] = str(int(self.validity.total_seconds()))
        if self.status_callback:
            mark = "&" if urlsplit(self.status_callback).query else "?"
            fields["StatusCallback"] = f"{self.status_callback}{mark}{urlencode({'step': message.step_key})}"
        return self._request(
            "POST", "Calls.json" if message.channel is Channel.VOICE else "Messages.json", fields
        )

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:  # noqa: ARG002
        """Return Accepted with the sid, a refusal by its code, else Unknown."""
        told = document(response.body) or {}
        sid = sid_of(told.get("sid"))
        if 200 <= response.status < 300:
            code = code_of(told.get("error_code"))
            if sid and code:
                return refusal("twilio", code)
            return Accepted(sid, segments=count_of(told.get("num_segments"))) if sid else Unknown(UNREADABLE)
        code = code_of(told.get("code"))
        return refusal("twilio", code) if code else Unknown(UNREADABLE)

    def build_lookup(self, enquiry: Enquiry, *, now: datetime, nonce: str) -> HttpRequest:  # noqa: ARG002
        """Return the request for the message by its sid, or for what went to the number that day (UTC) without one."""
        sid = sid_of(enquiry.provider_message_id)
        if sid:
            return self._request("GET", f"{'Calls' if sid.startswith('CA') else 'Messages'}/{sid}.json")
        asked = {"To": enquiry.to.e164, "DateSent": enquiry.submitted_on.isoformat(), "PageSize": "20"}
        return self._request("GET", f"Messages.json?{urlencode(asked)}")

    def parse_lookup(self, enquiry: Enquiry, response: HttpResponse) -> SubmitResult | DeliveryReceipt:
        """Return the state of the message; by number and day only where there was one, and no other: else Unknown.

        The one of the day may be another message of yours: see that its id belongs to no other attempt.
        """
        told = document(response.body)
        if told is None or response.status != 200:
            return Unknown(UNREADABLE)
        if sid_of(enquiry.provider_message_id):
            return _state(told, enquiry)
        listed = told.get("messages")
        if not isinstance(listed, list):
            return Unknown(UNREADABLE)
        found = [cast("Document", one) for one in cast("list[object]", listed) if isinstance(one, dict)]
        sent = [one for one in found if one.get("direction") != "inbound"]
        if len(sent) != 1 or told.get("next_page_uri"):
            return Unknown("several_found" if sent else "none_found")
        return _state(sent[0], enquiry)

    def build_balance(self, *, now: datetime, nonce: str) -> HttpRequest:  # noqa: ARG002
        """Return the request for the account's balance."""
        return self._request("GET", "Balance.json")

    def parse_balance(self, response: HttpResponse) -> Money:
        """Return the money left; raise ProviderError where the answer does not say."""
        told = document(response.body) or {}
        amount, currency = told.get("balance"), told.get("currency")
        try:
            if response.status == 200 and isinstance(amount, str) and isinstance(currency, str):
                return Money(amount, currency.upper())
        except ValueError:
            pass
        raise ProviderError(
            "provider twilio: the answer tells no balance; look at its console",
            "通道商 twilio：应答中没有余额，请到其控制台查询",
        )

    def authenticate(self, callback: Callback, *, now: datetime) -> CallbackRefused | None:  # noqa: ARG002
        """Return why `callback` is not believed: it tells no time, so only its signature is looked at."""
        packed = callback.headers.get("content-type", "").startswith("application/json")
        bare: Form = {}  # a GET and a JSON body sign no fields
        fields = form(callback.body) if callback.method == "POST" and not packed else bare
        if fields is None:
            return CallbackRefused("unreadable")
        tokens = [self.auth_token, *([self.former_auth_token] if self.former_auth_token else [])]
        signed = twilio_signed(
            url=callback.url,
            params=fields,
            signature=callback.headers.get("x-twilio-signature", ""),
            settings=callback.headers.get(_SETTINGS, ""),
            auth_tokens=[one.reveal() for one in tokens],
            shared_keys=[one.reveal() for one in self.shared_keys],
            json=callback.body if packed else None,
        )
        return None if signed else CallbackRefused("signature")

    def parse_callback(self, callback: Callback) -> Sequence[Report] | CallbackRefused:
        """Return the one report a callback holds: a receipt of a message or a call, or a reply.

        Twilio tells no time: `received_at` stands in for it, and without it nothing can be read.
        """
        fields = form(callback.body)
        if not fields or callback.received_at is None:
            return CallbackRefused("unreadable")
        status = _first(fields, "MessageStatus", "SmsStatus", "CallStatus")
        sid = sid_of(_first(fields, "MessageSid", "SmsSid", "CallSid"))
        if not sid or not status:
            return CallbackRefused("unreadable")
        raw = Secret(callback.body.decode("ascii"))
        if status in INBOUND:
            return [
                InboundMessage(
                    borrower_id=None,
                    text=Secret(_first(fields, "Body")),
                    received_at=callback.received_at,
                    phone=_phone(_first(fields, "From")),
                    access_code=_first(fields, "To"),
                    provider_id=sid,
                    raw=raw,
                )
            ]
        code = code_of(_first(fields, "ErrorCode"))
        return [
            DeliveryReceipt(
                provider_message_id=sid,
                step_key=_step(callback.url),
                status=STATUSES.get(status, DeliveryStatus.UNKNOWN),
                at=callback.received_at,
                raw_code=code or word(status),
                kind=kind_of(status, code),
                phone=_phone(_first(fields, "To")),
                raw=raw,
            )
        ]

    def callback_answer(self, taken: bool) -> CallbackAnswer:
        """Return an empty TwiML document, which sends nothing back, or a 503."""
        return CallbackAnswer(200, b"<Response/>", "text/xml") if taken else CallbackAnswer(503)

    def _request(self, method: str, path: str, fields: dict[str, str] | None = None) -> HttpRequest:
        secret = self.auth_token if self.api_secret is None else self.api_secret
        basic = f"{self.api_key or self.account_sid}:{secret.reveal()}".encode()
        headers = {"Authorization": f"Basic {b64encode(basic).decode()}", "Accept": "application/json"}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(fields or {}).encode("ascii")
        return HttpRequest(method, f"{self.url}/2010-04-01/Accounts/{self.account_sid}/{path}", headers, body)


def _wrong(reason: str, reason_zh: str) -> ConfigurationError:
    return ConfigurationError(f"TwilioCodec: {reason}", f"TwilioCodec：{reason_zh}")


def _text(message: Message) -> str:
    text = message.text.reveal()
    return f"【{message.signature}】{text}" if message.signature and message.to.country == "CN" else text


def _spoken(message: Message) -> str:
    text = _NOT_XML.sub("", message.text.reveal())
    if message.purpose is Purpose.OTP:
        # A voice reads 839201 as one number; apart, it says the digits.
        text = re.sub(r"(?<=[0-9])(?=[0-9])", ", ", text)
    language = f" language={quoteattr(message.locale)}" if message.locale else ""
    return f'<Response><Say{language} loop="2">{escape(text)}</Say></Response>'


def _state(told: Document, enquiry: Enquiry) -> SubmitResult | DeliveryReceipt:
    sid, status = sid_of(told.get("sid")), told.get("status")
    if not sid or not isinstance(status, str) or status not in STATUSES:
        return Unknown(UNREADABLE)
    segments = count_of(told.get("num_segments"))
    if STATUSES[status] is DeliveryStatus.ACCEPTED:
        return Accepted(sid, segments=segments)
    at = moment(told.get("date_updated"))
    if at is None:
        return Unknown(UNREADABLE)
    code = code_of(told.get("error_code"))
    return DeliveryReceipt(
        provider_message_id=sid,
        step_key=enquiry.step_key,
        status=STATUSES[status],
        at=at,
        raw_code=code or status,
        kind=kind_of(status, code),
        phone=enquiry.to,
        segments=segments,
    )


def _first(fields: Form, *names: str) -> str:
    return next((fields[name][0] for name in names if name in fields), "")


def _phone(told: str) -> PhoneNumber | None:
    try:
        return PhoneNumber.parse(told)
    except ValueError:
        return None


def _step(url: str) -> str | None:
    try:
        return parse_qs(urlsplit(url).query).get("step", [None])[0]
    except ValueError:
        return None
