"""Tencent Cloud SMS as a codec. The platform keeps the templates and adds the 【signature】 itself.

Its template rules name lending and collection among what is not sent (tencentcloud.com/zh/document/product/382/40659):
see `loansms check-templates --provider tencent`. Sources: tencentcloud-sdk-python-sms 3.1.153 and the pages of API 3.0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve, field, frozen

from loansms.errors import ProviderError
from loansms.model import Accepted, Channel, DeliveryReceipt, Message, SubmitResult, Unknown
from loansms.providers.codec import (
    NOT_LISTED,
    UNGUARDED,
    Callback,
    CallbackAnswer,
    CallbackRefused,
    Enquiry,
    HttpRequest,
    HttpResponse,
    Report,
)
from loansms.providers.http_answers import UNREADABLE
from loansms.providers.taxonomy import refusal
from loansms.providers.tencent.calls import JSON, SESSION, Product, TencentKeys, answered
from loansms.providers.tencent.reports import found_sent, pulled, pushed
from loansms.providers.wire.groups import grouped
from loansms.providers.wire.json_answers import objects, text_of
from loansms.providers.wire.kept_templates import KeptTemplates

ENDPOINT = "https://sms.tencentcloudapi.com"
_SMS = Product("sms", "2021-01-11")
_PULLED = 100
_KEPT = timedelta(days=7)


@frozen(kw_only=True)
class TencentCodec:
    """API 3.0 for one application: `templates` says which of the platform's stand for ours, their variables in order.

    ``region`` is required by the platform. SessionContext carries the step key, or a tag for each message of a batch; the
    platform echoes it on request of the account alone. Callbacks are not signed by the vendor: put `callbacks.Guarded` before it, without which none is believed.
    """

    keys: TencentKeys
    app_id: str
    templates: KeptTemplates = field(repr=False)
    region: str = "ap-guangzhou"
    extend: str = ""
    endpoint: str = ENDPOINT
    name: str = "tencent"
    channels: frozenset[Channel] = field(default=frozenset({Channel.SMS}), init=False)
    most: int = field(default=SESSION.most_in_batch, init=False)

    def build_request(self, message: Message, *, now: datetime, nonce: str) -> HttpRequest:
        """Return SendSms to one number."""
        return self.build_batch([message], now=now, nonce=nonce)

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
        """Return what became of it."""
        return self.parse_batch([message], response)[0]

    def batches(self, messages: Sequence[Message]) -> Sequence[Sequence[Message]]:
        """Return groups of the same template and the same values, all at home or all abroad, in which no number stands twice."""
        return grouped(messages, _alike, self.most, self._alone)

    def _alone(self, message: Message) -> bool:
        kept = self.templates.find(message.template, message.locale)
        return kept is None or not kept.fills(message)

    def build_batch(self, messages: Sequence[Message], *, now: datetime, nonce: str) -> HttpRequest:  # noqa: ARG002
        """Return SendSms to the numbers of one group."""
        first = messages[0]
        kept = self.templates.of_message(first, self.name)
        told: dict[str, Any] = {
            "PhoneNumberSet": [one.to.e164 for one in messages],
            "SmsSdkAppId": self.app_id,
            "TemplateId": kept.code,
            "TemplateParamSet": list(kept.values(first).values()),
            **({"SignName": kept.sign or first.signature} if first.to.country == "CN" else {}),
            **({"ExtendCode": self.extend} if self.extend else {}),
            "SessionContext": SESSION.of_message(first.step_key)
            if len(messages) == 1
            else SESSION.of_batch([one.step_key for one in messages]),
        }
        return self._call("SendSms", told, now)

    def parse_batch(self, messages: Sequence[Message], response: HttpResponse) -> Sequence[SubmitResult]:
        """Return what became of each number: some may be taken and others not."""
        answer = answered(response)
        if not isinstance(answer, Mapping):
            return [answer for _ in messages]
        told = {text_of(one.get("PhoneNumber")): one for one in objects(answer.get("SendStatusSet")) or []}
        return [_of_one(told.get(message.to.e164)) for message in messages]

    def build_lookup(self, enquiry: Enquiry, *, now: datetime, nonce: str) -> HttpRequest:  # noqa: ARG002
        """Return the question for all receipts of one number since the day before it was sent (seven days are kept)."""
        return self._asked(enquiry, _first(enquiry, now), now)

    def build_page(self, enquiry: Enquiry, page: str, *, now: datetime, nonce: str) -> HttpRequest:  # noqa: ARG002
        """Return the question for the first span of `page`."""
        return self._asked(enquiry, page, now)

    def next_page(self, enquiry: Enquiry, response: HttpResponse, page: str, *, now: datetime) -> str:
        """Return the spans of time that are still to be asked for: a full answer has its span cut in two.

        Offset must be 0 at this gateway, so there is no second page of a span.
        """
        answer = answered(response)
        told = answer.get("PullSmsSendStatusSet") if isinstance(answer, Mapping) else None
        return _rest(page or _first(enquiry, now), objects(told) or [])

    def _asked(self, enquiry: Enquiry, page: str, now: datetime) -> HttpRequest:
        begin, end = page.partition(",")[0].split("-")
        told = {
            "BeginTime": int(begin),
            "EndTime": int(end),
            "Offset": 0,
            "Limit": _PULLED,
            "PhoneNumber": enquiry.to.e164,
            "SmsSdkAppId": self.app_id,
        }
        return self._call("PullSmsSendStatusByPhoneNumber", told, now)

    def parse_lookup(self, enquiry: Enquiry, response: HttpResponse) -> SubmitResult | DeliveryReceipt:
        """Return its receipt, found by its serial number or the context it carries; else Unknown.

        Only what a carrier has reported is listed, so not being there proves nothing.
        """
        answer = answered(response)
        if not isinstance(answer, Mapping):
            return Unknown("not_answered")
        listed = objects(answer.get("PullSmsSendStatusSet"))
        if listed is None:
            return Unknown(UNREADABLE)
        serial, mine = enquiry.provider_message_id, None
        for one in listed:
            known = bool(serial) and text_of(one.get("SerialNo")) == serial
            if known or SESSION.carries(text_of(one.get("SessionContext")), enquiry.step_key):
                mine = one
                break
        if mine is None:
            return Unknown(NOT_LISTED)
        try:
            return evolve(found_sent(mine), step_key=enquiry.step_key)
        except ValueError:
            return Unknown(UNREADABLE)

    def build_pulls(self, *, now: datetime, nonce: str) -> Sequence[HttpRequest]:  # noqa: ARG002
        """Return the questions for receipts and replies: a queue each, which gives every item once."""
        told = {"Limit": _PULLED, "SmsSdkAppId": self.app_id}
        return [self._call(action, told, now) for action in ("PullSmsSendStatus", "PullSmsReplyStatus")]

    def parse_pull(self, response: HttpResponse) -> Sequence[Report]:
        """Return receipts or replies; raise ProviderError where the gateway refused or cannot be understood."""
        answer = answered(response)
        if isinstance(answer, Mapping):
            try:
                return [
                    *pulled(answer.get("PullSmsSendStatusSet") or []),
                    *pulled(answer.get("PullSmsReplyStatusSet") or []),
                ]
            except ValueError:
                pass
        raise ProviderError(
            f"provider {self.name}: a pull was refused or cannot be read; pull again later",
            f"通道商 {self.name}：拉取被拒或无法解析，请稍后重新拉取",
        )

    def authenticate(self, callback: Callback, *, now: datetime) -> CallbackRefused | None:  # noqa: ARG002
        """Return UNGUARDED: the vendor signs nothing."""
        return UNGUARDED

    def parse_callback(self, callback: Callback) -> Sequence[Report] | CallbackRefused:
        """Return receipts (a list) or a reply (an object): one address may serve both."""
        return pushed(callback.body)

    def callback_answer(self, taken: bool) -> CallbackAnswer:
        """Return result 0 for taken; anything else has it pushed two times more."""
        if not taken:
            return CallbackAnswer(503)
        return CallbackAnswer(200, b'{"result":0,"errmsg":"OK"}', JSON)

    def _call(self, action: str, told: Mapping[str, Any], now: datetime) -> HttpRequest:
        return self.keys.call(_SMS, self.endpoint, action, told, region=self.region, now=now)


def _first(enquiry: Enquiry, now: datetime) -> str:
    """Return the whole span: since the day before the submit, of the seven that are kept, in seconds since 1970."""
    day = datetime.combine(enquiry.submitted_on, datetime.min.time(), now.tzinfo)
    return f"{int(max(now - _KEPT, day - timedelta(days=1)).timestamp())}-{int(now.timestamp())}"


def _rest(page: str, told: Sequence[Mapping[str, Any]]) -> str:
    first, _, others = page.partition(",")
    begin, end = (int(one) for one in first.split("-"))
    rest = [others] if others else []
    # One second cannot be cut; what it holds beside a full answer nobody can ask for.
    if len(told) >= _PULLED and end - begin > 1:
        # Where the messages lie is where a cut parts them; a span of days may hold all of them in one minute.
        times = sorted(
            at for one in told if isinstance(at := one.get("UserReceiveTime"), int) and begin < at < end
        )
        cut = times[len(times) // 2] if times else (begin + end) // 2
        rest = [f"{begin}-{cut}", f"{cut}-{end}", *rest]
    return ",".join(rest)


def _alike(message: Message) -> tuple[object, ...]:
    values = tuple(sorted((name, value.reveal()) for name, value in message.slots.items()))
    return message.template, message.locale, message.signature, message.to.country == "CN", values


def _of_one(told: Mapping[str, Any] | None) -> SubmitResult:
    if told is None:
        return Unknown(UNREADABLE)
    code, serial, fee = text_of(told.get("Code")), text_of(told.get("SerialNo")), told.get("Fee")
    if code == "Ok" and serial:
        return Accepted(serial, segments=fee if isinstance(fee, int) and not isinstance(fee, bool) else None)
    return refusal("tencent", code) if code else Unknown(UNREADABLE)
