"""What a gateway answered, by where the file says each thing stands.

Only what the file calls success is success, only a code that a table knows is a refusal; everything else is Unknown, for
the message may be on its way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import parse_qsl

from attrs import frozen

from loansms.model import Accepted, Message, SubmitResult, Unknown
from loansms.providers.codec import HttpResponse
from loansms.providers.declared.codes import Codes
from loansms.providers.declared.content import Answer, AnswerFormat, Charset, Each
from loansms.providers.declared.numbers import count, identity, number
from loansms.providers.declared.paths import Paths, word
from loansms.providers.http_answers import UNREADABLE, by_status

# An answer to one request; what is longer is none of ours.
MOST_BYTES = 4_000_000


@frozen
class Told:
    """An answer that could be read: whether it says yes (None: it does not say), and its code."""

    yes: bool | None
    code: str


@frozen
class Reader:
    """Reads the answers to one kind of request."""

    answer: Answer
    codes: Codes
    charset: Charset
    region: str = "CN"

    def one(self, message: Message, response: HttpResponse) -> SubmitResult:
        """Return what became of one message."""
        whole = document(response.body, self.answer.format, self.answer.separator, self.charset)
        if self.answer.items is None:
            return self._single(whole, response, message.step_key)
        items = self._items(whole)
        refused = self._whole_refused(whole, response)
        if refused is not None:
            return refused
        if not items:
            return by_status(response)
        if self.answer.each is Each.RECIPIENT:
            return self._item(items[0], message.step_key)
        return _joined([self._item(one, message.step_key) for one in items])

    def many(self, messages: Sequence[Message], response: HttpResponse) -> Sequence[SubmitResult]:
        """Return what became of each message: by its number where items name one, else by their order."""
        whole = document(response.body, self.answer.format, self.answer.separator, self.charset)
        refused = self._whole_refused(whole, response)
        if refused is not None:
            return [refused] * len(messages)
        items = self._items(whole)
        if not self.answer.phone:
            # Without numbers the order alone says whose an item is; with one missing it says nothing.
            if len(items) != len(messages):
                return [by_status(response)] * len(messages)
            return [self._item(item, one.step_key) for item, one in zip(items, messages, strict=True)]
        named = ((number(self.answer.phone.word(item) or "", self.region), item) for item in items)
        found = {phone.e164: item for phone, item in named if phone is not None}
        return [self._of_number(found, one) for one in messages]

    def said(self, whole: object, response: HttpResponse) -> Told:
        """Return what the answer as a whole says."""
        told = _told(whole, self.answer.success, self.answer.accepted, self._code(whole))
        good = 200 <= response.status < 300
        if (
            told.yes is None
            and self.answer.silence_is_success
            and whole is not None
            and good
            and not told.code
        ):
            return Told(True, "")
        return told if good or not told.yes else Told(None, "")

    def _single(self, whole: object, response: HttpResponse, step_key: str) -> SubmitResult:
        told = self.said(whole, response)
        if told.yes:
            return self._accepted(whole, step_key)
        return self.codes.refusal(told.code) if told.code else by_status(response)

    def _whole_refused(self, whole: object, response: HttpResponse) -> SubmitResult | None:
        told = self.said(whole, response)
        if told.yes:
            return None
        if whole is not None and told.yes is None and not told.code and not self.answer.success:
            return None if 200 <= response.status < 300 else by_status(response)
        return self.codes.refusal(told.code) if told.code else by_status(response)

    def _of_number(self, found: Mapping[str, object], message: Message) -> SubmitResult:
        item = found.get(message.to.e164)
        return Unknown("not_answered") if item is None else self._item(item, message.step_key)

    def _item(self, item: object, step_key: str) -> SubmitResult:
        if not self.answer.item_success:
            return self._accepted(item, step_key)
        code = (self.answer.item_code or self.answer.item_success).word(item) or ""
        told = _told(item, self.answer.item_success, self.answer.item_accepted, code)
        if told.yes:
            return self._accepted(item, step_key)
        return self.codes.refusal(told.code) if told.code else Unknown(UNREADABLE)

    def _accepted(self, whole: object, step_key: str) -> SubmitResult:
        # A gateway without ids of its own is asked by our reference.
        known = identity(self.answer.message_id.word(whole)) if self.answer.message_id else step_key
        if not known:
            return Unknown("no_message_id")
        return Accepted(known, segments=count(self.answer.segments.word(whole)))

    def _items(self, whole: object) -> Sequence[object]:
        found = self.answer.items.look(whole) if self.answer.items is not None else whole
        return listed(found)

    def _code(self, whole: object) -> str:
        code = (self.answer.code or self.answer.success).word(whole) or ""
        if self.answer.code_after:
            code = code.rpartition(self.answer.code_after)[2]
        more = self.answer.code_with.word(whole)
        return f"{code}:{more}" if code and more else code


def document(body: bytes, form: AnswerFormat, separator: str, charset: Charset) -> object:
    """Return what `body` holds, None where it cannot be read."""
    if len(body) > MOST_BYTES:
        return None
    try:
        text = body.decode("utf-8-sig" if charset is Charset.UTF_8 else charset.value)
        if form is AnswerFormat.JSON:
            return cast("object", json.loads(text, parse_constant=_no_constant))
        if form is AnswerFormat.FORM:
            return dict(parse_qsl(text.strip(), keep_blank_values=True, max_num_fields=1000))
    except (ValueError, RecursionError):
        return None
    return [one.strip() for one in text.strip().split(separator)] if text.strip() else None


def listed(found: object) -> Sequence[object]:
    """Return the items there: those of a list, or the one table that stands in its place."""
    if isinstance(found, list):
        return cast("list[object]", found)
    is_one = isinstance(found, Mapping) or bool(word(found))
    return [cast("object", found)] if is_one else []


def _told(whole: object, success: Paths, accepted: Sequence[str], code: str) -> Told:
    said = success.word(whole)
    if said is None:
        return Told(None, code)
    return Told(said in accepted, "" if said in accepted else (code or said))


def _joined(parts: Sequence[SubmitResult]) -> SubmitResult:
    """Return what became of a message of several segments, each answered for by itself."""
    taken = [one for one in parts if isinstance(one, Accepted)]
    if len(taken) == len(parts):
        ids = tuple(one.provider_message_id for one in taken)
        return Accepted(ids[0], ids if len(ids) > 1 else (), len(ids))
    if taken:
        return Unknown("partly_accepted")
    return next((one for one in parts if isinstance(one, Unknown)), parts[0])


def _no_constant(name: str) -> object:
    raise ValueError(name)
