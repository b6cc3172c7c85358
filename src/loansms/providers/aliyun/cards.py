"""Cards (阅信) of Alibaba Cloud: how one is sent with a text to fall back to, whose handset shows it, and which leg arrived.

Sources: alibabacloud-dysmsapi20170525 4.6.0; help.aliyun.com/document_detail/434120.html (SendCardSms), 466191.html
(QueryMobilesCardSupport) and the page of GetCardSmsDetails. Cards are by invitation of the vendor.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve

from loansms.model import (
    Accepted,
    Card,
    DeliveryReceipt,
    DeliveryStatus,
    Message,
    PhoneNumber,
    SubmitResult,
    Unknown,
)
from loansms.privacy import Secret
from loansms.providers.aliyun.calls import OUT_ID, dialled, number_of, told_values
from loansms.providers.codec import NOT_LISTED, Enquiry
from loansms.providers.receipt_status import status_of
from loansms.providers.taxonomy import meaning
from loansms.providers.wire.beijing_time import told_at
from loansms.providers.wire.json_answers import as_object, objects, text_of
from loansms.providers.wire.kept_templates import KeptTemplate, KeptTemplates

AT_ONCE = 100
"""How many numbers one question asks about: the vendor takes 10,000, but they stand in the address of the request."""
_SENDING, _ARRIVED = "1", "3"
_STATES = {"1", "2", "3", "4"}
_SHOWN = "1"


def card(kept: KeptTemplate, message: Message) -> dict[str, str]:
    """Return what SendCardSms is asked: the card, and the text where the handset takes none.

    Variables of the card may be filled by the slots ``card_title`` and ``card_link_1`` (and so on) of the message's own card;
    the text beside it gets the rest.
    """
    slots = kept.slots(message)
    filled = kept.values(evolve(message, slots={**_of_card(message.card), **message.slots}))
    text = told_values({name: value for name, value in filled.items() if slots[name] in message.slots})
    return {
        "CardObjects": json.dumps(
            [{"mobile": dialled(message.to), "dyncParams": told_values(filled)}], ensure_ascii=False
        ),
        "SignName": kept.sign or message.signature,
        "CardTemplateCode": kept.card,
        "FallbackType": "SMS",
        "SmsTemplateCode": kept.code,
        "SmsTemplateParam": text,
        "OutId": OUT_ID.of_message(message.step_key),
    }


def _of_card(shown: Card | None) -> dict[str, Secret[str]]:
    if shown is None:
        return {}
    links = {f"card_link_{at}": Secret(one.link) for at, one in enumerate(shown.buttons, 1)}
    return {"card_title": shown.title, **links}


def legs(templates: KeptTemplates) -> Mapping[str, str]:
    """Return the leg each template code of a card stands for: "card", or "text" for what it falls back to."""
    found: dict[str, str] = {}
    for one in templates.templates.values():
        if one.card:
            found |= {one.code: "text", one.card: "card"}
    return found


def support_asked(phones: Sequence[PhoneNumber], code: str) -> dict[str, str]:
    """Return what QueryMobilesCardSupport is asked."""
    return {
        "TemplateCode": code,
        "EncryptType": "NORMAL",
        "Mobiles": json.dumps([{"mobile": dialled(one)} for one in phones]),
    }


def supported(phones: Sequence[PhoneNumber], answer: Mapping[str, Any]) -> list[bool | None]:
    """Return for each number whether its handset shows the card, None where the answer does not say."""
    listed = objects((as_object(answer.get("Data")) or {}).get("QueryResult")) or []
    told: dict[str, bool] = {}
    for one in listed:
        phone, shows = number_of(text_of(one.get("Mobile"))), one.get("Support")
        if phone is not None and isinstance(shows, bool):
            told[phone.e164] = shows
    return [told.get(one.e164) for one in phones]


def cards_listed(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the legs a page of GetCardSmsDetails lists."""
    return objects(_page(answer).get("Records")) or []


def cards_total(answer: Mapping[str, Any]) -> object:
    """Return how many it lists on all pages, as it says."""
    return _page(answer).get("TotalCount")


def found_card(
    enquiry: Enquiry, answer: Mapping[str, Any], known: Mapping[str, str]
) -> SubmitResult | DeliveryReceipt:
    """Return what GetCardSmsDetails says of one message: the leg that arrived, else that one is on its way, else a failure.

    A card that failed, or whose handset was not found, is followed by its text: as long as that is sending nothing is final.
    """
    mine = [
        one for one in cards_listed(answer) if OUT_ID.carries(text_of(one.get("OutId")), enquiry.step_key)
    ]
    if not mine:
        return Unknown(NOT_LISTED)
    states = [text_of(one.get("SendStatus")) for one in mine]
    if not set(states) <= _STATES:
        return Unknown("no_state")
    if _ARRIVED in states:
        return _receipt(enquiry, mine[states.index(_ARRIVED)], known)
    if _SENDING in states:
        return Accepted(enquiry.provider_message_id) if enquiry.provider_message_id else Unknown("waiting")
    fallen_back = [one for one in mine if _leg(one, known) == "text"]
    # The failure of a card alone is not the message's: its text may not be listed yet.
    return _receipt(enquiry, fallen_back[0], known) if fallen_back else Unknown("card_failed")


def _receipt(
    enquiry: Enquiry, told: Mapping[str, Any], known: Mapping[str, str]
) -> SubmitResult | DeliveryReceipt:
    arrived, leg = text_of(told.get("SendStatus")) == _ARRIVED, _leg(told, known)
    code = text_of(told.get("ErrCode"))
    found = meaning("alibaba", "DELIVERED" if arrived else code)
    try:
        at = told_at(told.get("ReceiveDate") or told.get("SendDate"))
    except ValueError:
        return Unknown("not_dated")
    if arrived and leg == "card":
        code = "CARD_SHOWN" if text_of(told.get("RenderStatus")) == _SHOWN else "CARD_NOT_SHOWN"
    return DeliveryReceipt(
        provider_message_id=enquiry.provider_message_id,
        step_key=enquiry.step_key,
        status=DeliveryStatus.DELIVERED if arrived else status_of(found.kind, failed=True),
        at=at,
        raw_code=code,
        kind=found.kind,
        phone=enquiry.to,
        leg=leg,
        raw=Secret(repr(dict(told))),
    )


def _leg(told: Mapping[str, Any], known: Mapping[str, str]) -> str:
    """Return the leg by its template; a text that nobody mapped tells its words, which cards do not have here."""
    return known.get(text_of(told.get("TemplateCode"))) or ("text" if text_of(told.get("SmsContent")) else "")


def _page(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_object(answer.get("CardSendDetailDTO")) or {}
