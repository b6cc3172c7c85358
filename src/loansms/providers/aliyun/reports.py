"""What Alibaba Cloud pushes and answers about messages: receipts in three spellings, replies, renderings of cards.

Sources: help.aliyun.com/document_detail/101867.html and 414224.htm (SmsReport), smsup-http (SmsUp), 436091.html (cards), and
the international site's sms-webhook page. Unknown keys are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from loansms.model import Accepted, DeliveryReceipt, InboundMessage, SubmitResult, Unknown
from loansms.privacy import Secret
from loansms.providers.aliyun.calls import OUT_ID, AliyunKeys, dialled, number_of
from loansms.providers.codec import NOT_LISTED, CallbackRefused, Enquiry, Report
from loansms.providers.receipt_status import status_of
from loansms.providers.taxonomy import meaning
from loansms.providers.wire.beijing_time import told_at
from loansms.providers.wire.json_answers import as_object, objects, read_json, text_of

_Fields = Mapping[str, Any]
# The international site's own words for a state.
_ABROAD = {"1": "DELIVERED", "2": "SP_UNKNOWN_ERROR", "6": "MOBILE_NOT_ON_SERVICE"}
_SENT, _FAILED, _ARRIVED = "1", "2", "3"


def reports(
    body: bytes, keys: AliyunKeys, legs: Mapping[str, str], received_at: datetime | None = None
) -> Sequence[Report] | CallbackRefused:
    """Return the reports of a push, or "unreadable" where any of them is: the gateway pushes all of them again.

    `legs` says which leg of a card a template code stands for, `received_at` dates the rendering of a card, which tells no time.
    """
    told = objects(read_json(body))
    if told is None:
        return CallbackRefused("unreadable")
    try:
        return [
            _rendered(one, received_at) if "render_status" in one else _kind(one)(one, keys, legs)
            for one in told
        ]
    except ValueError:
        return CallbackRefused("unreadable")


def _kind(one: _Fields) -> Callable[[_Fields, AliyunKeys, Mapping[str, str]], Report]:
    if "content" in one and "dest_code" in one:
        return _reply
    return _receipt_abroad if "MessageId" in one else _receipt


def _receipt(one: _Fields, keys: AliyunKeys, legs: Mapping[str, str]) -> DeliveryReceipt:
    code, success = text_of(one.get("err_code")), one.get("success")
    phone = number_of(text_of(one.get("phone_number")))
    biz_id = text_of(one.get("biz_id"))
    if phone is None or not biz_id or not isinstance(success, bool):
        raise ValueError("receipt: expected phone_number, biz_id and success")
    found = meaning("alibaba", "DELIVERED" if success else code)
    size = text_of(one.get("sms_size"))
    return DeliveryReceipt(
        provider_message_id=keys.reference(biz_id, dialled(phone)),
        step_key=OUT_ID.step_key(text_of(one.get("out_id"))),
        status=status_of(found.kind, failed=not success and code != "REQUEST_SUCCESS"),
        at=told_at(one.get("report_time")),
        raw_code=code,
        kind=found.kind,
        phone=phone,
        segments=int(size) if size.isascii() and size.isdigit() else None,
        leg=legs.get(text_of(one.get("template_code")), ""),
        raw=Secret(repr(dict(one))),
    )


def _receipt_abroad(one: _Fields, keys: AliyunKeys, _legs: Mapping[str, str]) -> DeliveryReceipt:
    phone, message_id = number_of(text_of(one.get("To"))), text_of(one.get("MessageId"))
    state = text_of(one.get("Status"))
    if phone is None or not message_id or state not in _ABROAD:
        raise ValueError("receipt: expected To, MessageId and Status")
    code = text_of(one.get("ErrorCode")) or _ABROAD[state]
    found = meaning("alibaba", "DELIVERED" if state == "1" else code)
    size = text_of(one.get("SmsSize"))
    return DeliveryReceipt(
        provider_message_id=keys.reference(message_id, dialled(phone)),
        step_key=None,
        status=status_of(found.kind, failed=state != "1"),
        at=_dated(one.get("ReceiveDate")),
        raw_code=code,
        kind=found.kind,
        phone=phone,
        segments=int(size) if size.isascii() and size.isdigit() else None,
        raw=Secret(repr(dict(one))),
    )


def _dated(told: object) -> datetime:
    """Return a moment the international site tells as RFC 2822, or as the mainland does."""
    try:
        at = parsedate_to_datetime(str(told))
    except (TypeError, ValueError):
        return told_at(told)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _rendered(one: _Fields, received_at: datetime | None) -> DeliveryReceipt:
    """A card that was shown was delivered; that it was not shown says nothing of the text it falls back to."""
    phone = number_of(text_of(one.get("mobile")))
    step_key = OUT_ID.step_key(text_of(one.get("outId")))
    if phone is None or not step_key:
        raise ValueError("rendering: expected mobile and outId")
    shown = text_of(one.get("render_status")) == "0"
    found = meaning("alibaba", "DELIVERED" if shown else "REQUEST_SUCCESS")
    return DeliveryReceipt(
        provider_message_id="",
        step_key=step_key,
        status=status_of(found.kind),
        at=received_at or told_at(one.get("report_time")),
        raw_code="CARD_SHOWN" if shown else "CARD_NOT_SHOWN",
        leg="card",
        kind=found.kind,
        phone=phone,
        raw=Secret(repr(dict(one))),
    )


def _reply(one: _Fields, _keys: AliyunKeys, _legs: Mapping[str, str]) -> InboundMessage:
    phone, text = number_of(text_of(one.get("phone_number"))), one.get("content")
    if phone is None or not isinstance(text, str):
        raise ValueError("reply: expected phone_number and content")
    return InboundMessage(
        borrower_id=None,
        text=Secret(text),
        received_at=told_at(one.get("send_time")),
        phone=phone,
        access_code=text_of(one.get("dest_code")),
        provider_id=text_of(one.get("sequence_id")),
        raw=Secret(repr(dict(one))),
    )


def listed(answer: _Fields) -> list[_Fields]:
    """Return the messages a page of QuerySendDetails lists."""
    told = as_object(answer.get("SmsSendDetailDTOs")) or {}
    return objects(told.get("SmsSendDetailDTO")) or []


def found_sent(enquiry: Enquiry, answer: _Fields, legs: Mapping[str, str]) -> SubmitResult | DeliveryReceipt:
    """Return what QuerySendDetails says of one message among those of its number and day."""
    mine = [one for one in listed(answer) if OUT_ID.carries(text_of(one.get("OutId")), enquiry.step_key)]
    if not mine:
        return Unknown(NOT_LISTED)
    told = mine[0]
    state, code = text_of(told.get("SendStatus")), text_of(told.get("ErrCode"))
    if state == _SENT:
        # The list has no id of the call, so a message whose answer was lost has none to be accepted under.
        return Accepted(enquiry.provider_message_id) if enquiry.provider_message_id else Unknown("waiting")
    if state not in {_FAILED, _ARRIVED}:
        return Unknown(state or "no_state")
    found = meaning("alibaba", "DELIVERED" if state == _ARRIVED else code)
    try:
        at = told_at(told.get("ReceiveDate") or told.get("SendDate"))
    except ValueError:
        return Unknown("not_dated")
    return DeliveryReceipt(
        provider_message_id=enquiry.provider_message_id,
        step_key=enquiry.step_key,
        status=status_of(found.kind, failed=state == _FAILED),
        at=at,
        raw_code=code,
        kind=found.kind,
        phone=enquiry.to,
        leg=legs.get(text_of(told.get("TemplateCode")), ""),
        raw=Secret(repr(dict(told))),
    )
