"""Alibaba Cloud SMS as a codec. The platform keeps the templates and adds the 【signature】 itself.

Mainland rules restrict lending and collection texts (help.aliyun.com/document_detail/463237.html): what it takes of a
lender is told by `loansms check-templates --provider aliyun`, the rest goes by a carrier line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import field, frozen

from loansms.errors import ProviderError, UnsupportedByProvider
from loansms.model import Accepted, Channel, DeliveryReceipt, Message, PhoneNumber, SubmitResult, Unknown
from loansms.providers.aliyun.calls import ENDPOINT, OUT_ID, AliyunKeys, answered, dialled, told_values
from loansms.providers.aliyun.cards import (
    AT_ONCE,
    card,
    cards_listed,
    cards_total,
    found_card,
    legs,
    support_asked,
    supported,
)
from loansms.providers.aliyun.reports import found_sent, listed, reports
from loansms.providers.codec import (
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
from loansms.providers.wire.groups import grouped
from loansms.providers.wire.json_answers import as_object, text_of
from loansms.providers.wire.kept_templates import KeptTemplates

_PAGE = 50  # QuerySendDetails: messages of a page


@frozen(kw_only=True)
class AliyunCodec:
    """Dysmsapi for one account: `templates` says which of the platform's stand for ours.

    ``extend`` is the extension of the access number, kept for one signature. A message whose template has a ``card`` goes as
    a card, and as the text where the handset takes none. Callbacks are not signed by the vendor: put
    `loansms.providers.callbacks.Guarded` before it, without which none is believed.
    """

    keys: AliyunKeys
    templates: KeptTemplates = field(repr=False)
    endpoint: str = ENDPOINT
    extend: str = ""
    name: str = "aliyun"
    channels: frozenset[Channel] = field(default=frozenset({Channel.SMS}), init=False)
    most: int = field(default=OUT_ID.most_in_batch, init=False)

    def build_request(self, message: Message, *, now: datetime, nonce: str) -> HttpRequest:
        """Return SendSms, or SendCardSms where a card stands for the template; OutId carries the step key back."""
        kept = self.templates.of_message(message, self.name)
        if kept.card:
            return self._call("SendCardSms", card(kept, message), now, nonce)
        params = {
            "PhoneNumbers": dialled(message.to),
            "SignName": kept.sign or message.signature,
            "TemplateCode": kept.code,
            "TemplateParam": told_values(kept.values(message)),
            "OutId": OUT_ID.of_message(message.step_key),
            **({"SmsUpExtendCode": self.extend} if self.extend else {}),
        }
        return self._call("SendSms", params, now, nonce)

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
        """Return what became of it; of a card the parts are the ids of the legs it may arrive by: card, media message, text."""
        answer = answered(response)
        if not isinstance(answer, Mapping):
            return answer
        data = as_object(answer.get("Data"))
        legs = [
            text_of((data or answer).get(name)) for name in ("BizCardId", "BizDigitalId", "BizSmsId", "BizId")
        ]
        ids = [self.keys.reference(one, dialled(message.to)) for one in legs if one]
        if not ids:
            return Unknown(UNREADABLE)
        return Accepted(ids[0], tuple(ids) if len(ids) > 1 else ())

    def batches(self, messages: Sequence[Message]) -> Sequence[Sequence[Message]]:
        """Return groups of one template in which no number stands twice; what cannot be filled, and cards, go alone."""
        return grouped(messages, lambda one: (one.template, one.locale), self.most, self._alone)

    def _alone(self, message: Message) -> bool:
        kept = self.templates.find(message.template, message.locale)
        return kept is None or bool(kept.card) or not kept.fills(message)

    def build_batch(self, messages: Sequence[Message], *, now: datetime, nonce: str) -> HttpRequest:
        """Return SendBatchSms: numbers, signatures and values aligned by place, and one OutId that tells all of them apart."""
        if len(messages) == 1:
            return self.build_request(messages[0], now=now, nonce=nonce)
        kept = self.templates.of_message(messages[0], self.name)
        params = {
            "PhoneNumberJson": json.dumps([dialled(one.to) for one in messages]),
            "SignNameJson": json.dumps([kept.sign or one.signature for one in messages], ensure_ascii=False),
            "TemplateCode": kept.code,
            "TemplateParamJson": json.dumps([kept.values(one) for one in messages], ensure_ascii=False),
            "OutId": OUT_ID.of_batch([one.step_key for one in messages]),
            **({"SmsUpExtendCodeJson": json.dumps([self.extend] * len(messages))} if self.extend else {}),
        }
        return self._call("SendBatchSms", params, now, nonce)

    def parse_batch(self, messages: Sequence[Message], response: HttpResponse) -> Sequence[SubmitResult]:
        """Return what became of each: the vendor takes or refuses a call as a whole."""
        return [self.parse_response(one, response) for one in messages]

    @property
    def cards_at_once(self) -> int:
        """How many numbers one question about cards holds."""
        return AT_ONCE

    def build_card_support(
        self, phones: Sequence[PhoneNumber], template: str, locale: str, *, now: datetime, nonce: str
    ) -> HttpRequest:
        """Return QueryMobilesCardSupport for the card of our template; raise UnsupportedByProvider where it has none."""
        kept = self.templates.find(template, locale)
        if kept is None or not kept.card:
            raise UnsupportedByProvider(
                f"provider {self.name}: no card of the gateway is mapped to {template} in {locale}; add its code",
                f"通道商 {self.name}：未配置 {template}（{locale}）对应的卡片模板，请补充模板编号",
            )
        asked = support_asked(phones, kept.card)
        return self._call("QueryMobilesCardSupport", asked, now, nonce)

    def parse_card_support(
        self, phones: Sequence[PhoneNumber], response: HttpResponse
    ) -> Sequence[bool | None]:
        """Return for each number whether its handset shows the card, None where it is not told."""
        answer = answered(response)
        if not isinstance(answer, Mapping):
            raise ProviderError(
                f"provider {self.name}: whose handset shows cards was not answered; send the text, or ask again later",
                f"通道商 {self.name}：未能查询手机是否支持卡片短信，请改发文本或稍后再查",
            )
        return supported(phones, answer)

    def build_lookup(self, enquiry: Enquiry, *, now: datetime, nonce: str) -> HttpRequest:
        """Return QuerySendDetails for the number and day; the message is found among them by its OutId."""
        return self.build_page(enquiry, "1", now=now, nonce=nonce)

    def build_page(self, enquiry: Enquiry, page: str, *, now: datetime, nonce: str) -> HttpRequest:
        """Return QuerySendDetails for one page, by its number; behind the last one GetCardSmsDetails, as "card:1" and so on."""
        kind, _, number = page.rpartition(":")
        params = {
            "PhoneNumber": dialled(enquiry.to),
            "SendDate": enquiry.submitted_on.strftime("%Y%m%d"),
            "PageSize": str(_PAGE),
            "CurrentPage": number,
        }
        return self._call("GetCardSmsDetails" if kind else "QuerySendDetails", params, now, nonce)

    def parse_lookup(self, enquiry: Enquiry, response: HttpResponse) -> SubmitResult | DeliveryReceipt:
        """Return its receipt, or that it was accepted; not being listed proves nothing, so that is Unknown."""
        answer = answered(response)
        if not isinstance(answer, Mapping):
            return Unknown("not_answered")
        found = found_card if "CardSendDetailDTO" in answer else found_sent
        return found(enquiry, answer, legs(self.templates))

    def next_page(self, enquiry: Enquiry, response: HttpResponse, page: str, *, now: datetime) -> str:  # noqa: ARG002
        """Return the number of the next page, "" behind the last: TotalCount tells, and a page that is full where it does not.

        Texts first, then cards where any template has one.
        """
        answer = answered(response)
        told: Mapping[str, object] = answer if isinstance(answer, Mapping) else {}
        kind, _, number = (page or "1").rpartition(":")
        count = len(cards_listed(told) if kind else listed(told))
        total = cards_total(told) if kind else told.get("TotalCount")
        more = int(number) * _PAGE < total if isinstance(total, int) else count == _PAGE
        if count and more:
            return f"{kind}:{int(number) + 1}" if kind else str(int(number) + 1)
        return "card:1" if not kind and enquiry.to.country == "CN" and legs(self.templates) else ""

    def authenticate(self, callback: Callback, *, now: datetime) -> CallbackRefused | None:  # noqa: ARG002
        """Return UNGUARDED: the vendor signs nothing."""
        return UNGUARDED

    def parse_callback(self, callback: Callback) -> Sequence[Report] | CallbackRefused:
        """Return receipts (SmsReport), replies (SmsUp) or renderings of cards: each comes as a list."""
        return reports(callback.body, self.keys, legs(self.templates), callback.received_at)

    def callback_answer(self, taken: bool) -> CallbackAnswer:
        """Return the number 0 for taken; any 5xx has it pushed again after 1, 5 and 10 minutes."""
        if not taken:
            return CallbackAnswer(503)
        return CallbackAnswer(200, b'{"code":0,"msg":"ok"}', "application/json")

    def _call(self, action: str, params: Mapping[str, str], now: datetime, nonce: str) -> HttpRequest:
        return self.keys.call(self.endpoint, action, params, now=now, nonce=nonce)
