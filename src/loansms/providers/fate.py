"""What becomes of a sandbox message: decided by seed and step key alone, so a replay answers the same.

Each aspect draws its own number from a digest, so one rate never shifts another aspect's fate. Rates are
modest inventions for demos, not measurements of any carrier.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from attrs import field, frozen

from loansms.errors import CallerError
from loansms.model import Accepted, DeliveryStatus, Message, Purpose, Rejected, SubmitResult, Unknown

# Words of CMPP gateways (facts of the field): a refusal at submit, and states of a receipt.
REJECT_CODES = ("MK:0001", "MI:0210", "MK:1004")
UNDELIVERED_CODES = ("UNDELIV", "MK:0001", "MI:0210", "EXPIRED")

REPLIES = {
    "zh": ("退订", "已还款，请核对", "收到", "能晚两天还吗？", "你们发错人了吧"),
    "en": ("STOP", "Paid it this morning", "OK, thanks", "Can I pay on Friday?", "Wrong number"),
}
CODES = frozenset({Purpose.OTP, Purpose.SECURITY_ALERT})


def _is_share(_instance: object, attribute: object, value: float) -> None:
    if not 0 <= value <= 1:
        raise CallerError(
            f"{getattr(attribute, 'name', 'rate')}: expected a share from 0 to 1",
            f"{getattr(attribute, 'name', 'rate')}：应为 0 到 1 之间的比例",
        )


def draw(seed: int, step_key: str, aspect: str) -> float:
    """Return a number in [0, 1) that depends on nothing but its arguments.

    >>> draw(0, "s-1", "submit") == draw(0, "s-1", "submit") != draw(1, "s-1", "submit")
    True
    """
    digest = hashlib.sha256(f"{seed}|{aspect}|{step_key}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


@frozen(kw_only=True)
class Fate:
    """The shares of messages that are refused, lost sight of, delivered and answered.

    Messages of a `calm` purpose meet no trouble at all.
    """

    seed: int = 0
    reject_rate: float = field(default=0.02, validator=_is_share)
    unknown_rate: float = field(default=0.01, validator=_is_share)
    deliver_rate: float = field(default=0.96, validator=_is_share)
    reply_rate: float = field(default=0.01, validator=_is_share)
    calm: frozenset[Purpose] = CODES

    def answer(self, message: Message, provider_message_id: str) -> SubmitResult:
        """Return what the gateway answers to a submit."""
        if message.purpose in self.calm:
            return Accepted(provider_message_id)
        drawn = self._draw(message, "submit")
        if drawn < self.reject_rate:
            return Rejected(self._pick(REJECT_CODES, message, "reject"))
        if drawn < self.reject_rate + self.unknown_rate:
            return Unknown("timeout")
        return Accepted(provider_message_id)

    def reached_gateway(self, message: Message, result: SubmitResult) -> bool:
        """Return whether the message is really on its way: half of those nobody could tell about are."""
        if isinstance(result, Unknown):
            return self._draw(message, "lost") < 0.5
        return isinstance(result, Accepted)

    def delivery(self, message: Message) -> tuple[DeliveryStatus, str, timedelta]:
        """Return the receipt's word, the raw code and how long after the submit it comes."""
        delay = timedelta(seconds=2 + round(118 * self._draw(message, "delay")))
        if message.purpose in self.calm or self._draw(message, "deliver") < self.deliver_rate:
            return DeliveryStatus.DELIVERED, "DELIVRD", delay
        code = self._pick(UNDELIVERED_CODES, message, "undelivered")
        if code == "EXPIRED":
            return DeliveryStatus.EXPIRED, code, timedelta(hours=24)
        return DeliveryStatus.UNDELIVERED, code, delay

    def reply(self, message: Message) -> tuple[str, timedelta] | None:
        """Return what the person texts back and how long after delivery; nobody answers a code."""
        if message.purpose in CODES or self._draw(message, "reply") >= self.reply_rate:
            return None
        words = REPLIES["zh" if message.locale.startswith("zh") else "en"]
        wait = timedelta(minutes=1 + round(59 * self._draw(message, "wait")))
        return self._pick(words, message, "words"), wait

    def _pick(self, options: tuple[str, ...], message: Message, aspect: str) -> str:
        return options[int(self._draw(message, aspect) * len(options))]

    def _draw(self, message: Message, aspect: str) -> float:
        return draw(self.seed, message.step_key, aspect)
