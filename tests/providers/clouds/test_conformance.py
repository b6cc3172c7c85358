"""Both codecs against fakes that check their signatures: every promise of a codec, sync and awaited."""

from __future__ import annotations

import json
from collections.abc import Sequence

from loansms.model import Message
from loansms.privacy import Secret
from loansms.providers.aliyun import AliyunCodec, AliyunKeys
from loansms.providers.callbacks import Guard, Guarded
from loansms.providers.codec import Callback, CallbackCodec, Codec
from loansms.providers.tencent import TencentCodec, TencentKeys
from loansms.providers.wire.kept_templates import KeptTemplates
from loansms.testing.codec_suite import CodecSuite
from loansms.testing.examples import message
from loansms.testing.fake_clouds import FakeAliyun, FakeTencent
from loansms.testing.gateway import FakeGateway

SECRET = "fake-secret"
TOKEN = "6c1f0e7d5b3a49288f10"
DOOR = Guard(path_tokens=[Secret(TOKEN)])
SAMPLE = message()
KEPT = KeptTemplates.of(
    {
        SAMPLE.template: {
            SAMPLE.locale: {"code": "SMS_1", "params": {"money": "amount_due"}, "sign": "安信示例"}
        }
    }
)


def messages() -> list[Message]:
    return [
        message(
            message_id=f"m-{number}",
            step_key=f"s-{number}",
            text=Secret(f"canary-body-5512-{number}"),
            slots={"amount_due": Secret(f"canary-sum-{number}")},
        )
        for number in range(5)
    ]


def pushed(told: object) -> Callback:
    body = json.dumps(told).encode()
    return Callback(method="POST", url=f"https://lender.example/in/{TOKEN}", body=body)


def aliyun(url: str = "https://dysmsapi.aliyuncs.com", secret: str = SECRET) -> AliyunCodec:
    keys = AliyunKeys(access_key_id="canary-id", secret=Secret(secret))
    return AliyunCodec(keys=keys, templates=KEPT, endpoint=url)


def tencent(url: str = "https://sms.tencentcloudapi.com", secret: str = SECRET) -> TencentCodec:
    keys = TencentKeys(secret_id="canary-id", secret_key=Secret(secret))
    return TencentCodec(keys=keys, app_id="1400000000", templates=KEPT, endpoint=url)


RECEIPT = {
    "phone_number": "17400000001", "send_time": "2026-09-24 10:00:00", "report_time": "2026-09-24 10:00:05",
    "success": True, "err_code": "DELIVERED", "err_msg": "-", "sms_size": "2", "biz_id": "9006^0", "out_id": "s-0",
}  # fmt: skip
REPLY = {
    "phone_number": "17400000001", "content": "canary-reply", "send_time": "2026-09-24 10:05:00", "dest_code": "0001",
    "sequence_id": "77",
}  # fmt: skip
STATUS = {
    "user_receive_time": "2026-09-24 10:00:05", "nationcode": "86", "mobile": "17400000001",
    "report_status": "SUCCESS", "errmsg": "DELIVRD", "description": "-", "sid": "2640:1", "ext": "s-0",
}  # fmt: skip
ANSWERED = {
    "extend": "01", "mobile": "17400000001", "nationcode": "86", "sign": "-", "text": "canary-reply", "time": 1790217605,
}  # fmt: skip


class Clouds(CodecSuite):
    def messages(self, codec: Codec) -> Sequence[Message]:
        return messages()

    def listener(self, codec: CallbackCodec) -> CallbackCodec:
        return Guarded(codec, DOOR)

    def secrets(self) -> Sequence[str]:
        return [SECRET, "canary-id", "canary-sum"]


class TestAliyun(Clouds):
    def make_gateway(self) -> FakeGateway:
        return FakeAliyun(SECRET)

    def make_codec(self, gateway: FakeGateway) -> Codec:
        return aliyun(gateway.url)

    def callbacks(self) -> Sequence[Callback]:
        return [pushed([RECEIPT]), pushed([REPLY])]


class TestTencent(Clouds):
    def make_gateway(self) -> FakeGateway:
        return FakeTencent(SECRET)

    def make_codec(self, gateway: FakeGateway) -> Codec:
        return tencent(gateway.url)

    def callbacks(self) -> Sequence[Callback]:
        return [pushed([STATUS]), pushed(ANSWERED)]


del Clouds
