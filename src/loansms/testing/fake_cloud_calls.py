"""The voice products of the two clouds on loopback: they take calls, check what was signed, and do nothing else.

The signatures are checked as `loansms.testing.fake_clouds` checks them, by code of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from loansms.testing.fake_clouds import FakeAliyun, FakeTencent, reply, wrong
from loansms.testing.gateway import Reply


class FakeAliyunVoice(FakeAliyun):
    """Dyvmsapi: `taken` are the variables of the calls it took, in order."""

    def actions(self) -> Mapping[str, Callable[[Mapping[str, str]], Reply]]:
        """Return what it can do."""
        return {"SingleCallByTts": self._call}

    def _call(self, asked: Mapping[str, str]) -> Reply:
        if not (asked.get("CalledNumber", "").isdigit() and asked.get("TtsCode")):
            return reply({"Code": "isv.INVALID_PARAMETERS", "RequestId": "r"})
        if len(asked.get("OutId", "").encode()) > 15 or asked["PlayTimes"] not in {"1", "2", "3"}:
            return reply({"Code": "isv.INVALID_PARAMETERS", "RequestId": "r"})
        json.loads(asked["TtsParam"])
        self.taken.append(asked["TtsParam"])
        return reply({"Code": "OK", "Message": "OK", "CallId": f"1166^{len(self.taken)}", "RequestId": "r"})


class FakeTencentVoice(FakeTencent):
    """vms: `taken` are the codes or the values it said, in order."""

    service = "vms"

    def act(self, action: str, asked: Mapping[str, Any]) -> Reply:
        """Take a call."""
        if self.refused_with:
            return wrong(self.refused_with)
        if not asked["CalledNumber"].startswith("+") or not asked.get("VoiceSdkAppid"):
            return wrong("InvalidParameterValue.CalledNumberVerifyFail")
        if action == "SendCodeVoice" and asked["CodeMessage"].isdigit():
            self.taken.append(asked["CodeMessage"])
        elif action == "SendTtsVoice" and asked["TemplateId"]:
            self.taken.append("|".join(asked["TemplateParamSet"]))
        else:
            return wrong("FailedOperation.InvalidParameters")
        status = {"CallId": f"call-{len(self.taken)}", "SessionContext": asked.get("SessionContext", "")}
        return reply({"Response": {"SendStatus": status, "RequestId": "r"}})


class FakeTencentNames(FakeTencent):
    """smpn: `taken` are the numbers it took a name for, `tags` the marks by number."""

    service = "smpn"

    def __init__(self, secret: str, **more: Any) -> None:
        super().__init__(secret, **more)
        self.tags: dict[str, tuple[int, int]] = {}

    def act(self, action: str, asked: Mapping[str, Any]) -> Reply:
        """Take an application, or tell a mark."""
        number = asked["RequestData"]["PhoneNumber"]
        if self.refused_with:
            return wrong(self.refused_with)
        if not number.isdigit() or not asked.get("ResourceId"):
            return wrong("InvalidParameter.PhoneNumber")
        if action == "CreateSmpnEpa" and asked["RequestData"]["Name"]:
            self.taken.append(number)
            return reply({"Response": {"ResponseData": {"RetCode": 0}, "RequestId": "r"}})
        if action == "DescribeSmpnChp":
            kind, count = self.tags.get(number, (0, 0))
            return reply(
                {"Response": {"ResponseData": {"TagType": kind, "TagCount": count}, "RequestId": "r"}}
            )
        return wrong("UnsupportedOperation")
