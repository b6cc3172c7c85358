"""What a declared gateway can do besides taking a message; a codec has the classes of what its file declares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import cast

from loansms.clock import require_aware
from loansms.errors import ProviderError
from loansms.model import Accepted, DeliveryReceipt, DeliveryStatus, Message, Money, SubmitResult, Unknown
from loansms.providers.codec import (
    Callback,
    CallbackAnswer,
    CallbackRefused,
    Enquiry,
    HttpRequest,
    HttpResponse,
    Report,
)
from loansms.providers.declared.answers import document, listed
from loansms.providers.declared.content import Balance, Batch, Callbacks, Lookup, Pulls
from loansms.providers.declared.guards import Believer
from loansms.providers.declared.road import Road
from loansms.providers.declared.values import Moment, OfEnquiry, dumped, values

# For comparing what messages share, which holds no moment.
_ANY_MOMENT = Moment(datetime(2000, 1, 1, tzinfo=UTC), "")

# No account holds more; what says so is no amount.
_MOST_LEFT = Decimal(10) ** 12


class Batches(Road):
    """Submits several at once."""

    __slots__ = ()

    @property
    def most(self) -> int:
        """How many messages a request may hold."""
        return self._batch.most

    def batches(self, messages: Sequence[Message]) -> Sequence[Sequence[Message]]:
        """Return `messages` in groups of equal shared fields, in order; no number stands twice in one.

        Raise UnsupportedByProvider for a message that the gateway's template lacks a value of.
        """
        open_groups: dict[str, list[Message]] = {}
        groups: list[list[Message]] = []
        for message in messages:
            told = values(self._plan.given, _ANY_MOMENT, self._about(message))
            # A message that cannot be written is refused here, before any group is on its way.
            self._batch.each.fill(told)
            shared = dumped(self._batch.fields.fill(told))
            group = open_groups.get(shared)
            # Some gateways send one copy only where a number stands twice in a call (Huawei, E200041).
            if group is None or len(group) >= self.most or any(one.to == message.to for one in group):
                group = open_groups[shared] = []
                groups.append(group)
            group.append(message)
        return groups

    def build_batch(self, messages: Sequence[Message], *, now: datetime, nonce: str) -> HttpRequest:
        """Return the request that submits one group."""
        one = self._batch
        moment = Moment(require_aware(now), nonce)
        each = [one.each.fill(values(self._plan.given, moment, self._about(message))) for message in messages]
        held: object = one.joined.join(str(value) for value in each) if one.joined else each
        return self._built(one, now, nonce, self._about(messages[0]), {one.into: held})

    def parse_batch(self, messages: Sequence[Message], response: HttpResponse) -> Sequence[SubmitResult]:
        """Return what became of each message, in order."""
        return self._reader(self._batch.answer).many(messages, response)

    @property
    def _batch(self) -> Batch:
        return cast("Batch", self._told.batch)


class Receives(Road):
    """Takes what is pushed."""

    __slots__ = ()

    def authenticate(self, callback: Callback, *, now: datetime) -> CallbackRefused | None:
        """Return why `callback` is not believed, None where every guard holds."""
        return Believer(self._callback.guards, self._plan.given, self._told.charset).refused(
            callback, require_aware(now)
        )

    def parse_callback(self, callback: Callback) -> Sequence[Report] | CallbackRefused:
        """Return what it reports."""
        return self._reports(self._callback.reports).callback(callback)

    def callback_answer(self, taken: bool) -> CallbackAnswer:
        """Return what the gateway is answered."""
        told = self._callback.answer if taken else self._callback.again
        return CallbackAnswer(told.status, told.body.encode(), told.content_type)

    @property
    def _callback(self) -> Callbacks:
        return cast("Callbacks", self._plan.callback)


class Fetches(Road):
    """Fetches what has come in."""

    __slots__ = ()

    def build_pulls(self, *, now: datetime, nonce: str) -> Sequence[HttpRequest]:
        """Return the requests that fetch it; each has a nonce of its own."""
        asks = self._pulls.asks
        return [
            self._built(one, now, nonce if place == 0 else f"{nonce}{place}")
            for place, one in enumerate(asks)
        ]

    def parse_pull(self, response: HttpResponse) -> Sequence[Report]:
        """Return the reports of one answer; raise ProviderError where it is no, or cannot be read."""
        self._whole(self._pulls.answer, response)
        return self._reports(self._pulls.reports).answer(response)

    @property
    def _pulls(self) -> Pulls:
        return cast("Pulls", self._told.pulls)


class LooksUp(Road):
    """Asks what became of a message."""

    __slots__ = ()

    def build_lookup(self, enquiry: Enquiry, *, now: datetime, nonce: str) -> HttpRequest:
        """Return the request that asks about one message."""
        return self._built(self._lookup, now, nonce, OfEnquiry(enquiry))

    def parse_lookup(self, enquiry: Enquiry, response: HttpResponse) -> SubmitResult | DeliveryReceipt:
        """Return what the gateway knows of it: one without a report yet is Accepted, one it does not name Unknown."""
        one = self._lookup
        whole = document(response.body, one.answer.format, one.answer.separator, self._told.charset)
        told = self._reader(one.answer).said(whole, response)
        if not told.yes:
            return Unknown("look_up_refused")
        reader = self._reports((one.report,))
        for item in listed(one.report.items.look(whole)):
            found = reader.read(one.report, item)
            if isinstance(found, DeliveryReceipt) and _is_about(found, enquiry):
                if found.status is DeliveryStatus.ACCEPTED:
                    return Accepted(found.provider_message_id)
                return found
        return Unknown("not_found")

    @property
    def _lookup(self) -> Lookup:
        return cast("Lookup", self._told.lookup)


class Tells(Road):
    """Tells what is left on the account."""

    __slots__ = ()

    def build_balance(self, *, now: datetime, nonce: str) -> HttpRequest:
        """Return the request."""
        return self._built(self._balance, now, nonce)

    def parse_balance(self, response: HttpResponse) -> Money | int:
        """Return the money left, or how many messages; raise ProviderError where the gateway does not say."""
        one = self._balance
        told = one.amount.word(self._whole(one.answer, response)) or ""
        try:
            amount = Decimal(told)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or abs(amount) >= _MOST_LEFT:
            raise ProviderError(
                f"provider {self.name}: no balance in the answer; expected one at the path that the declaration names",
                f"通道 {self.name}：声明所指的位置没有余额，请更正声明",
            )
        return Money(amount, one.currency) if one.currency else int(amount)

    @property
    def _balance(self) -> Balance:
        return cast("Balance", self._told.balance)


def _is_about(found: DeliveryReceipt, enquiry: Enquiry) -> bool:
    """Return whether a row of the answer is the message asked about: our reference or its id, and never another's number."""
    ours = found.step_key is not None and found.step_key == enquiry.step_key
    theirs = bool(enquiry.provider_message_id) and found.provider_message_id == enquiry.provider_message_id
    return (ours or theirs) and (found.phone is None or found.phone == enquiry.to)
