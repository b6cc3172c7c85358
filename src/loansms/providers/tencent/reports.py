"""What Tencent Cloud pushes and hands out about messages: receipts and replies, each in two spellings.

Sources: cloud.tencent.com/document/api/382/59178 and product/382/5809 (pushes), tencentcloud-sdk-python-sms (pulls).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from loansms.model import DeliveryReceipt, InboundMessage, PhoneNumber
from loansms.privacy import Secret
from loansms.providers.codec import CallbackRefused, Report
from loansms.providers.receipt_status import status_of
from loansms.providers.taxonomy import Meaning, meaning
from loansms.providers.tencent.calls import SESSION
from loansms.providers.wire.beijing_time import told_at
from loansms.providers.wire.json_answers import as_object, objects, read_json, text_of

_Fields = Mapping[str, Any]
_FARTHEST = 2**40  # seconds; a larger number is no time


def pushed(body: bytes) -> Sequence[Report] | CallbackRefused:
    """Return the reports of a push: a list holds receipts, an object is a reply."""
    told = read_json(body)
    reply = as_object(told)
    try:
        if reply is not None:
            return [_reply(reply, "text", "time", "mobile", "extend")]
        receipts = objects(told)
        if receipts is None:
            return CallbackRefused("unreadable")
        return [_receipt(one) for one in receipts]
    except ValueError:
        return CallbackRefused("unreadable")


def pulled(told: object) -> Sequence[Report]:
    """Return the items of a pull; raise ValueError where one is not of the documented form."""
    found = objects(told)
    if found is None:
        raise ValueError("pull: expected a list")
    return [_pulled(one) for one in found]


def _pulled(one: _Fields) -> Report:
    if "ReplyContent" in one:
        return _reply(one, "ReplyContent", "ReplyTime", "PhoneNumber", "ExtendCode")
    return found_sent(one)


def found_sent(one: _Fields) -> DeliveryReceipt:
    """Return the receipt of an item of a pull; raise ValueError where it is not of the documented form."""
    state = text_of(one.get("ReportStatus"))
    return _told(
        serial=text_of(one.get("SerialNo")),
        phone=text_of(one.get("PhoneNumber")),
        state=state,
        code=text_of(one.get("Description")),
        at=_unix(one.get("UserReceiveTime")),
        context=text_of(one.get("SessionContext")),
        raw=one,
    )


def _receipt(one: _Fields) -> DeliveryReceipt:
    nation = text_of(one.get("nationcode"))
    return _told(
        serial=text_of(one.get("sid")),
        phone=f"+{nation}{text_of(one.get('mobile'))}",
        state=text_of(one.get("report_status")),
        code=text_of(one.get("errmsg")),
        at=told_at(one.get("user_receive_time")),
        context=text_of(one.get("ext")),
        raw=one,
    )


def _told(
    *, serial: str, phone: str, state: str, code: str, at: datetime, context: str, raw: _Fields
) -> DeliveryReceipt:
    if not serial or state not in {"SUCCESS", "FAIL"}:
        raise ValueError("receipt: expected a serial number and a state")
    arrived = state == "SUCCESS"
    found = meaning("tencent", state) if arrived else _failure(code)
    return DeliveryReceipt(
        provider_message_id=serial,
        step_key=SESSION.step_key(context),
        status=status_of(found.kind, failed=not arrived),
        at=at,
        raw_code=code or state,
        kind=found.kind,
        phone=_number(phone),
        raw=Secret(repr(dict(raw))),
    )


def _failure(code: str) -> Meaning:
    """Return what a carrier's word means; the platform's own FAIL where nobody knows it."""
    found = meaning("carrier_stat", code)
    return found if found.known else meaning("tencent", "FAIL")


def _reply(one: _Fields, text: str, at: str, mobile: str, extend: str) -> InboundMessage:
    words = one.get(text)
    nation = text_of(one.get("nationcode") or one.get("CountryCode"))
    told = text_of(one.get(mobile))
    if not isinstance(words, str) or not told:
        raise ValueError("reply: expected a number and a text")
    return InboundMessage(
        borrower_id=None,
        text=Secret(words),
        received_at=_unix(one.get(at)),
        phone=_number(told if told.startswith("+") else f"+{nation}{told}"),
        access_code=text_of(one.get(extend)),
        raw=Secret(repr(dict(one))),
    )


def _number(told: str) -> PhoneNumber:
    try:
        return PhoneNumber.parse(told)
    except ValueError:
        raise ValueError("phone: not a number") from None


def _unix(told: object) -> datetime:
    if not isinstance(told, int) or isinstance(told, bool) or not 0 <= told < _FARTHEST:
        raise ValueError("time: expected seconds since 1970")
    return datetime.fromtimestamp(told, UTC)
