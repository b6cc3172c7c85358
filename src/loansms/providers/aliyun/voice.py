"""Voice calls of Alibaba Cloud (Dyvmsapi 2017-05-25) as a codec: a template of the platform is read out to one number.

A product of its own beside the texts, with its own address and templates (TTS_…) under the same access key. Codes and
notices only: a call speaks to whoever answers, see the rules of your packs. Sources: alibabacloud-dyvmsapi20170525 5.3.0;
help.aliyun.com/document_detail/393519.html (SingleCallByTts) and zh/vms/voicereport-6 (VoiceReport).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import field, frozen
from attrs.validators import in_

from loansms.model import Accepted, Channel, DeliveryReceipt, Message, SubmitResult, Unknown
from loansms.privacy import Secret
from loansms.providers.aliyun.calls import AliyunKeys, answered, dialled, number_of, told_values
from loansms.providers.codec import (
    UNGUARDED,
    Callback,
    CallbackAnswer,
    CallbackRefused,
    HttpRequest,
    HttpResponse,
    Report,
)
from loansms.providers.http_answers import UNREADABLE
from loansms.providers.receipt_status import status_of
from loansms.providers.taxonomy import meaning
from loansms.providers.wire.beijing_time import told_at
from loansms.providers.wire.json_answers import objects, read_json, text_of
from loansms.providers.wire.kept_templates import KeptTemplates

VOICE_ENDPOINT = "https://dyvmsapi.aliyuncs.com"
_LONGEST_ECHO = 15  # bytes of OutId: less than a step key, which then comes back by the call's id alone
# Reports on the way of a call and on its recording, which name no number and decide nothing.
_PASSED_OVER = ("status_time", "record_file")


@frozen(kw_only=True)
class AliyunVoiceCodec:
    """Dyvmsapi for one account: `templates` says which of the platform's voice templates stand for ours.

    ``shown_number`` is the number of yours that the handset shows, "" for the platform's common ones; ``plays`` how often
    the words are said, 1 to 3. Callbacks are not signed by the vendor: put `callbacks.Guarded` before it, without which none is
    believed. A call cannot be looked up without the id that its lost answer held.
    """

    keys: AliyunKeys
    templates: KeptTemplates = field(repr=False)
    endpoint: str = VOICE_ENDPOINT
    shown_number: str = field(default="", repr=False)
    plays: int = field(default=2, validator=in_((1, 2, 3)))
    name: str = "aliyun_voice"
    channels: frozenset[Channel] = field(default=frozenset({Channel.VOICE}), init=False)

    def build_request(self, message: Message, *, now: datetime, nonce: str) -> HttpRequest:
        """Return SingleCallByTts."""
        kept = self.templates.of_message(message, self.name)
        params = {
            "CalledNumber": dialled(message.to),
            "TtsCode": kept.code,
            "TtsParam": told_values(kept.values(message)),
            "PlayTimes": str(self.plays),
            **({"CalledShowNumber": self.shown_number} if self.shown_number else {}),
            **({"OutId": message.step_key} if len(message.step_key.encode()) <= _LONGEST_ECHO else {}),
        }
        return self.keys.call(self.endpoint, "SingleCallByTts", params, now=now, nonce=nonce)

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
        """Return whether the call was taken; whether anybody answered it is told by the receipt."""
        answer = answered(response)
        if not isinstance(answer, Mapping):
            return answer
        call = text_of(answer.get("CallId"))
        return Accepted(self.keys.reference(call, dialled(message.to))) if call else Unknown(UNREADABLE)

    def authenticate(self, callback: Callback, *, now: datetime) -> CallbackRefused | None:  # noqa: ARG002
        """Return UNGUARDED: the vendor signs nothing."""
        return UNGUARDED

    def parse_callback(self, callback: Callback) -> Sequence[Report] | CallbackRefused:
        """Return the ends of calls (VoiceReport); what is told on their way is passed over."""
        told = objects(read_json(callback.body))
        if told is None:
            return CallbackRefused("unreadable")
        try:
            return [self._ended(one) for one in told if not any(name in one for name in _PASSED_OVER)]
        except ValueError:
            return CallbackRefused("unreadable")

    def callback_answer(self, taken: bool) -> CallbackAnswer:
        """Return the number 0 for taken; any 5xx has it pushed again after 1, 5 and 10 minutes."""
        if not taken:
            return CallbackAnswer(503)
        return CallbackAnswer(200, b'{"code":0,"msg":"ok"}', "application/json")

    def _ended(self, one: Mapping[str, object]) -> DeliveryReceipt:
        phone, call = number_of(text_of(one.get("callee"))), text_of(one.get("call_id"))
        code = text_of(one.get("status_code"))
        if phone is None or not call or not code:
            raise ValueError("call: expected callee, call_id and status_code")
        found = meaning("alibaba_call", code)
        return DeliveryReceipt(
            provider_message_id=self.keys.reference(call, dialled(phone)),
            step_key=text_of(one.get("out_id")) or None,
            status=status_of(found.kind),
            at=told_at(one.get("end_time") or one.get("originate_time")),
            raw_code=code,
            kind=found.kind,
            phone=phone,
            raw=Secret(repr(dict(one))),
        )
