"""Receipts and replies out of what a gateway pushes or hands over, by where the file says each field stands.

An item is of the first report all of whose named fields it has; an item of none is passed over, and a callback without a
single readable one is refused as unreadable. What is not known of a report stays unknown, its word kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from attrs import frozen

from loansms.model import DeliveryReceipt, DeliveryStatus, InboundMessage, OutcomeClass
from loansms.privacy import Secret
from loansms.providers.codec import Callback, CallbackRefused, HttpResponse
from loansms.providers.codec import Report as Told
from loansms.providers.declared.answers import MOST_BYTES, document, listed
from loansms.providers.declared.codes import Codes, kept
from loansms.providers.declared.content import AnswerFormat, Charset, Kind, Report, Shape
from loansms.providers.declared.numbers import count, identity, number
from loansms.providers.declared.paths import Paths

_FAILED = {DeliveryStatus.UNDELIVERED, DeliveryStatus.EXPIRED, DeliveryStatus.REJECTED}


@frozen
class ReportReader:
    """Reads reports of several kinds."""

    reports: Sequence[Report]
    codes: Codes
    charset: Charset
    region: str

    def callback(self, callback: Callback) -> Sequence[Told] | CallbackRefused:
        """Return the reports of a callback."""
        if len(callback.body) > MOST_BYTES:
            return CallbackRefused("unreadable")
        wholes = {shape: self._whole(shape, callback) for shape in {one.shape for one in self.reports}}
        found = [
            told
            for report in self.reports
            for item in _items(report, wholes[report.shape])
            if (told := self.read(report, item)) is not None
        ]
        return found or CallbackRefused("unreadable")

    def answer(self, response: HttpResponse) -> Sequence[Told]:
        """Return the reports of an answer, whose items all stand in JSON."""
        whole = document(response.body, AnswerFormat.JSON, "", self.charset)
        return [
            told
            for report in self.reports
            for item in listed(report.items.look(whole))
            if (told := self.read(report, item)) is not None
        ]

    def read(self, report: Report, item: object) -> Told | None:
        """Return what `item` reports, None where it is no report of this kind."""
        if any(one.look(item) is None for one in report.has.each):
            return None
        at = report.time.read(report.at.word(item) or "")
        if at is None:
            return None
        phone = number(report.phone.word(item) or "", self.region)
        raw = _raw(item)
        if report.kind is Kind.REPLY:
            text = report.text.word(item)
            if text is None or phone is None:
                return None
            return InboundMessage(
                borrower_id=None,
                text=Secret(text.encode("utf-8", "replace").decode()),
                received_at=at,
                reply_to=identity(report.step_key.word(item)),
                phone=phone,
                access_code=identity(report.access_code.word(item)) or "",
                provider_id=identity(report.id.word(item)) or "",
                raw=raw,
            )
        known, said = identity(report.message_id.word(item)), report.status.word(item)
        if known is None or said is None:
            return None
        status = report.words.get(said, report.otherwise)
        codes = [one for path in report.code.each if (one := Paths((path,)).word(item))] + [said]
        code, meant = self.codes.of_report(codes, report.tables)
        return DeliveryReceipt(
            provider_message_id=known,
            step_key=identity(report.step_key.word(item)),
            status=status,
            at=at,
            raw_code=kept(code),
            kind=_kind(status, meant.kind),
            phone=phone,
            segments=count(report.segments.word(item)),
            raw=raw,
        )

    def _whole(self, shape: Shape, callback: Callback) -> object:
        if shape is Shape.JSON:
            return document(callback.body, AnswerFormat.JSON, "", self.charset)
        if shape is Shape.QUERY:
            return query_of(callback, self.charset)
        return fields_of(callback.body, self.charset)


def fields_of(body: bytes, charset: Charset) -> Mapping[str, str]:
    """Return the fields of a form, the last of those with one name; none of what cannot be read."""
    try:
        pairs = parse_qsl(
            body.decode("ascii").strip(),
            keep_blank_values=True,
            max_num_fields=1000,
            encoding=charset.value,
            errors="strict",
        )
    except ValueError:
        return {}
    return dict(pairs)


def query_of(callback: Callback, charset: Charset) -> Mapping[str, str]:
    """Return the fields of a callback's query; none of an address that cannot be read."""
    try:
        asked = urlsplit(callback.url).query
    except ValueError:
        return {}
    return fields_of(asked.encode("ascii", "replace"), charset)


def _items(report: Report, whole: object) -> Sequence[object]:
    if report.shape is not Shape.FORM_JSON:
        return listed(report.items.look(whole))
    told = str(cast("Mapping[str, str]", whole).get(report.form_field, ""))
    for text in (told, unquote_plus(told)):
        # Some gateways encode the JSON once more inside the form.
        inner = document(text.encode("utf-8", "replace"), AnswerFormat.JSON, "", Charset.UTF_8)
        if inner is not None:
            return listed(report.items.look(inner))
    return []


def _raw(item: object) -> Secret[str] | None:
    try:
        return Secret(json.dumps(item))
    except RecursionError:
        return None


def _kind(status: DeliveryStatus, meant: OutcomeClass) -> OutcomeClass:
    """Return the class of a receipt: its flag says whether it arrived, its code only why not."""
    if status is DeliveryStatus.DELIVERED:
        return OutcomeClass.DELIVERED
    if status is DeliveryStatus.ACCEPTED:
        return OutcomeClass.ACCEPTED
    wrong = status in _FAILED and meant in {OutcomeClass.DELIVERED, OutcomeClass.ACCEPTED}
    return OutcomeClass.UNKNOWN if wrong else meant
