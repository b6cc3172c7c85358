"""Voice calls of Tencent Cloud (vms 2020-09-02) as a codec: a code that is spoken, or a template that is read out.

A product of its own beside the texts, with its own address, application and templates under the same key. Codes and
notices only: a call speaks to whoever answers, see the rules of your packs. Sources: tencentcloud-sdk-python-vms
3.0.1459; cloud.tencent.com/document/product/1128/51533 and 51534 (what is pushed).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import field, frozen
from attrs.validators import in_

from loansms.errors import UnsupportedByProvider
from loansms.model import Accepted, Channel, DeliveryReceipt, Message, PhoneNumber, SubmitResult, Unknown
from loansms.privacy import Secret
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
from loansms.providers.tencent.calls import JSON, Product, TencentKeys, answered
from loansms.providers.wire.json_answers import as_object, read_object, text_of
from loansms.providers.wire.kept_templates import KeptTemplates

VOICE_ENDPOINT = "https://vms.tencentcloudapi.com"
_VMS = Product("vms", "2020-09-02")
_CODE = "code"  # the slot of a one-time code in its template
_DIGITS = re.compile(r"[0-9]{1,16}", re.ASCII)
_SECONDS = re.compile(r"[1-9][0-9]{0,10}", re.ASCII)
_ENDED = ("voicecode_callback", "voiceprompt_callback")
# A key that was pressed, and the words for a failure: they name no outcome, or repeat it.
_PASSED_OVER = ("voicekey_callback", "voice_failure_callback")


@frozen(kw_only=True)
class TencentVoiceCodec:
    """API 3.0 for one voice application: `templates` says which of the platform's voice templates stand for ours.

    Messages of the templates in ``spoken_codes`` go as SendCodeVoice, which says the digits of the slot "code" in the
    platform's own words and no more: never name there a text that must tell an amount and a payee. ``plays`` is how often
    the words are said, 1 to 3. Callbacks are not signed by the vendor: put `callbacks.Guarded` before it. A call cannot be looked up.
    """

    keys: TencentKeys
    app_id: str
    templates: KeptTemplates = field(repr=False)
    spoken_codes: frozenset[str] = field(default=frozenset(), converter=frozenset)
    region: str = "ap-guangzhou"
    endpoint: str = VOICE_ENDPOINT
    plays: int = field(default=2, validator=in_((1, 2, 3)))
    name: str = "tencent_voice"
    channels: frozenset[Channel] = field(default=frozenset({Channel.VOICE}), init=False)

    def build_request(self, message: Message, *, now: datetime, nonce: str) -> HttpRequest:  # noqa: ARG002
        """Return SendCodeVoice for a code of ``spoken_codes``, else SendTtsVoice with the template mapped."""
        told: dict[str, Any] = {
            "CalledNumber": message.to.e164,
            "VoiceSdkAppid": self.app_id,
            "PlayTimes": self.plays,
        }
        if message.template in self.spoken_codes:
            return self._call("SendCodeVoice", {"CodeMessage": _digits(message, self.name), **told}, now)
        kept = self.templates.of_message(message, self.name)
        values = list(kept.values(message).values())
        return self._call("SendTtsVoice", {"TemplateId": kept.code, "TemplateParamSet": values, **told}, now)

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:  # noqa: ARG002
        """Return whether the call was taken; whether anybody answered it is told by the receipt."""
        answer = answered(response)
        if not isinstance(answer, Mapping):
            return answer
        call = text_of((as_object(answer.get("SendStatus")) or {}).get("CallId"))
        return Accepted(call) if call else Unknown(UNREADABLE)

    def authenticate(self, callback: Callback, *, now: datetime) -> CallbackRefused | None:  # noqa: ARG002
        """Return UNGUARDED: the vendor signs nothing."""
        return UNGUARDED

    def parse_callback(self, callback: Callback) -> Sequence[Report] | CallbackRefused:
        """Return the end of a call; keys that were pressed are passed over."""
        told = read_object(callback.body) or {}
        if any(name in told for name in _PASSED_OVER):
            return []
        ended = next((as_object(told[name]) for name in _ENDED if name in told), None)
        try:
            return [_ended(ended, callback.received_at)] if ended else CallbackRefused("unreadable")
        except ValueError:
            return CallbackRefused("unreadable")

    def callback_answer(self, taken: bool) -> CallbackAnswer:
        """Return result 0 for taken."""
        if not taken:
            return CallbackAnswer(503)
        return CallbackAnswer(200, b'{"result":0,"errmsg":"OK"}', JSON)

    def _call(self, action: str, told: Mapping[str, Any], now: datetime) -> HttpRequest:
        return self.keys.call(_VMS, self.endpoint, action, told, region=self.region, now=now)


def _digits(message: Message, provider: str) -> str:
    code = message.slots.get(_CODE)
    if code is None or not _DIGITS.fullmatch(code.reveal()):
        raise UnsupportedByProvider(
            f"provider {provider}: SendCodeVoice speaks a code of digits from the slot code; map {message.template} to a "
            "voice template",
            f"通道商 {provider}：SendCodeVoice 只播报变量 code 中的数字验证码，请为 {message.template} 配置语音模板",
        )
    return code.reveal()


def _ended(one: Mapping[str, Any], received_at: datetime | None) -> DeliveryReceipt:
    call, result = text_of(one.get("callid")), text_of(one.get("result"))
    if not call or not result:
        raise ValueError("call: expected callid and result")
    phone = PhoneNumber.parse(f"+{text_of(one.get('nationcode'))}{text_of(one.get('mobile'))}")
    found = meaning("tencent_call", result)
    return DeliveryReceipt(
        provider_message_id=call,
        step_key=None,
        status=status_of(found.kind),
        at=_moment(one) or received_at or _nowhen(),
        raw_code=result,
        kind=found.kind,
        phone=phone,
        raw=Secret(repr(dict(one))),
    )


def _moment(one: Mapping[str, Any]) -> datetime | None:
    """Return when the call ended, else when it began; times are seconds since 1970 as text, "0" where there is none."""
    for name in ("end_calltime", "start_calltime"):
        told = text_of(one.get(name))
        if _SECONDS.fullmatch(told):
            return datetime.fromtimestamp(int(told), UTC)
    return None


def _nowhen() -> datetime:
    raise ValueError("call: it tells no time")
