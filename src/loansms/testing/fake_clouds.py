"""Fake Alibaba Cloud and fake Tencent Cloud: they take messages, check what was signed by code of their own, and remember.

The signatures are made here from the vendors' description with the standard library alone, so that a fault of
`loansms.providers.signing` cannot hide behind itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from loansms.testing.gateway import FakeGateway, Received, Reply


def _sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class FakeAliyun(FakeGateway):
    """Dysmsapi on loopback. `taken` are the step keys of what it took, in order; `refused_with` is the code it refuses all with.

    ``sent`` holds number and OutId of each message, which QuerySendDetails lists page by page, `cards` the legs of cards
    that GetCardSmsDetails lists; numbers in `without_cards` are sent the text instead.
    """

    def __init__(self, secret: str, **more: Any) -> None:
        super().__init__(**more)
        self._secret = secret
        self._nonces: set[str] = set()
        self.taken: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self.cards: list[dict[str, Any]] = []
        self.without_cards: set[str] = set()
        self.refused_with = ""

    def answer(self, request: Received) -> Reply:
        """Do what the action says, if it was signed by the key."""
        if not self._signed(request):
            return reply({"Code": "SignatureDoesNotMatch", "Message": "-", "RequestId": "r"}, 400)
        nonce = request.headers["x-acs-signature-nonce"]
        if nonce in self._nonces:
            return reply({"Code": "SignatureNonceUsed", "Message": "-", "RequestId": "r"}, 400)
        self._nonces.add(nonce)
        if self.refused_with:
            return reply({"Code": self.refused_with, "Message": "-", "RequestId": "r"}, 200)
        does = self.actions().get(request.headers["x-acs-action"])
        if does is None:
            return reply({"Code": "InvalidAction.NotFound", "Message": "-", "RequestId": "r"}, 404)
        return does(request.query)

    def actions(self) -> Mapping[str, Callable[[Mapping[str, str]], Reply]]:
        """Return what it can do, by the action's name; another product of the cloud has others."""
        return {
            "SendSms": self._sendsms,
            "SendCardSms": self._sendcardsms,
            "SendBatchSms": self._sendbatchsms,
            "QuerySendDetails": self._querysenddetails,
            "GetCardSmsDetails": self._getcardsmsdetails,
            "QueryMobilesCardSupport": self._querymobilescardsupport,
        }

    def _sendsms(self, asked: Mapping[str, str]) -> Reply:
        if not (asked.get("PhoneNumbers") and asked.get("SignName") and asked.get("TemplateCode")):
            return reply({"Code": "isv.INVALID_PARAMETERS", "RequestId": "r"}, 200)
        json.loads(asked["TemplateParam"])
        self._take(asked["PhoneNumbers"], asked["OutId"])
        return reply({"Code": "OK", "Message": "OK", "BizId": f"9006{len(self.taken)}^0", "RequestId": "r"})

    def _sendcardsms(self, asked: Mapping[str, str]) -> Reply:
        mobile = json.loads(asked["CardObjects"])[0]["mobile"]
        self.taken.append(asked["OutId"])
        shows = mobile not in self.without_cards
        leg = asked["CardTemplateCode" if shows else "SmsTemplateCode"]
        self.cards.append(
            {"OutId": asked["OutId"], "PhoneNumber": mobile, "SendStatus": 3, "ErrCode": "DELIVERED",
             "SendDate": "2026-09-24 10:00:00", "ReceiveDate": "2026-09-24 10:00:07", "TemplateCode": leg,
             "RenderStatus": 1 if shows else 0, "SmsContent": "" if shows else "-"}
        )  # fmt: skip
        number = len(self.taken)
        data = {"BizCardId": f"card{number}", "BizSmsId": f"sms{number}", "CardTmpState": 1}
        return reply({"Code": "OK", "Success": True, "Data": data, "RequestId": "r"})

    def _sendbatchsms(self, asked: Mapping[str, str]) -> Reply:
        numbers, values = json.loads(asked["PhoneNumberJson"]), json.loads(asked["TemplateParamJson"])
        if not len(numbers) == len(values) == len(json.loads(asked["SignNameJson"])) <= 100:
            return reply({"Code": "isv.INVALID_PARAMETERS", "RequestId": "r"}, 200)
        if len(asked.get("OutId", "")) > 255:
            return reply({"Code": "isv.INVALID_PARAMETERS", "RequestId": "r"}, 200)
        for number in numbers:
            self._take(number, asked.get("OutId", ""))
        return reply({"Code": "OK", "Message": "OK", "BizId": f"8007{len(self.taken)}^0", "RequestId": "r"})

    def _take(self, number: str, out_id: str) -> None:
        self.taken.append(out_id)
        self.sent.append((number, out_id))

    def _querysenddetails(self, asked: Mapping[str, str]) -> Reply:
        size, page = int(asked["PageSize"]), int(asked["CurrentPage"])
        if not 1 <= size <= 50:
            return reply({"Code": "isv.INVALID_PARAMETERS", "RequestId": "r"}, 200)
        mine = [out_id for number, out_id in self.sent if number == asked["PhoneNumber"]]
        shown = [
            {"OutId": one, "SendStatus": 3, "ErrCode": "DELIVERED", "SendDate": "2026-09-24 10:00:00",
             "ReceiveDate": "2026-09-24 10:00:07", "PhoneNum": asked["PhoneNumber"]}
            for one in mine[(page - 1) * size : page * size]
        ]  # fmt: skip
        return reply(
            {"Code": "OK", "TotalCount": len(mine), "SmsSendDetailDTOs": {"SmsSendDetailDTO": shown}}
        )

    def _getcardsmsdetails(self, asked: Mapping[str, str]) -> Reply:
        size, page = int(asked["PageSize"]), int(asked["CurrentPage"])
        mine = [one for one in self.cards if one["PhoneNumber"] == asked["PhoneNumber"]]
        records = mine[(page - 1) * size : page * size]
        told = {"TotalCount": len(mine), "CurrentPage": page, "PageSize": size, "Records": records}
        return reply({"Code": "OK", "Success": True, "CardSendDetailDTO": told})

    def _querymobilescardsupport(self, asked: Mapping[str, str]) -> Reply:
        if not asked.get("TemplateCode") or asked.get("EncryptType") != "NORMAL":
            return reply({"Code": "isv.INVALID_PARAMETERS", "RequestId": "r"}, 200)
        found = [
            {"Mobile": one["mobile"], "Support": one["mobile"] not in self.without_cards}
            for one in json.loads(asked["Mobiles"])
        ]
        return reply({"Code": "OK", "Success": True, "Data": {"QueryResult": found}})

    def _signed(self, request: Received) -> bool:
        told = dict(
            part.split("=", 1) for part in request.headers["authorization"].split(" ", 1)[1].split(",")
        )
        names = told["SignedHeaders"].split(";")
        query = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
            for name, value in sorted(parse_qsl(urlsplit(request.target).query, keep_blank_values=True))
        )
        heads = "".join(f"{name}:{request.headers[name].strip()}\n" for name in sorted(names))
        asked = "\n".join(["POST", "/", query, heads, ";".join(sorted(names)), _sha256(request.body)])
        signature = _mac(self._secret.encode(), f"ACS3-HMAC-SHA256\n{_sha256(asked.encode())}").hex()
        must = {"host", *(name for name in request.headers if name.startswith("x-acs-"))}
        return must <= set(names) and hmac.compare_digest(signature, told["Signature"])


class FakeTencent(FakeGateway):
    """API 3.0 on loopback. `taken` are the contexts of what it took; receipts wait in `statuses` until they are pulled."""

    service = "sms"

    def __init__(self, secret: str, **more: Any) -> None:
        super().__init__(**more)
        self._secret = secret
        self.taken: list[str] = []
        self.statuses: list[dict[str, Any]] = []
        self.replies: list[dict[str, Any]] = []
        self.refused_with = ""

    def answer(self, request: Received) -> Reply:
        """Do what the action says, if it was signed by the key."""
        if not self._signed(request):
            return wrong("AuthFailure.SignatureFailure")
        return self.act(request.headers["x-tc-action"], json.loads(request.body))

    def act(self, action: str, asked: Mapping[str, Any]) -> Reply:
        """Do one action; another product of the cloud has others."""
        if action == "SendSms":
            return self._send(asked)
        if action == "PullSmsSendStatus":
            found, self.statuses = self.statuses, []
            return reply({"Response": {"PullSmsSendStatusSet": found, "RequestId": "r"}})
        if action == "PullSmsReplyStatus":
            found, self.replies = self.replies, []
            return reply({"Response": {"PullSmsReplyStatusSet": found, "RequestId": "r"}})
        if asked["Offset"] != 0 or not 1 <= asked["Limit"] <= 100:
            return wrong("InvalidParameter")
        mine = [
            one
            for one in self.statuses
            if one["PhoneNumber"] == asked["PhoneNumber"]
            and asked["BeginTime"] <= one["UserReceiveTime"] <= asked["EndTime"]
        ][: asked["Limit"]]
        return reply({"Response": {"PullSmsSendStatusSet": mine, "RequestId": "r"}})

    def _send(self, asked: Mapping[str, Any]) -> Reply:
        if not asked["PhoneNumberSet"] or not asked.get("SmsSdkAppId") or len(asked["PhoneNumberSet"]) > 200:
            return wrong("InvalidParameterValue.SdkAppIdNotExist")
        told: list[dict[str, Any]] = []
        for phone in asked["PhoneNumberSet"]:
            context = asked.get("SessionContext", "")
            if self.refused_with:
                told.append({"PhoneNumber": phone, "Code": self.refused_with, "SerialNo": "", "Fee": 0})
                continue
            self.taken.append(context)
            serial = f"2640:{len(self.taken)}"
            told.append(
                {"PhoneNumber": phone, "Code": "Ok", "SerialNo": serial, "Fee": 2, "SessionContext": context}
            )
            self.statuses.append(
                {"PhoneNumber": phone, "SerialNo": serial, "ReportStatus": "SUCCESS", "Description": "DELIVRD",
                 "UserReceiveTime": 1790215199, "CountryCode": "86", "SessionContext": context}
            )  # fmt: skip
        return reply({"Response": {"SendStatusSet": told, "RequestId": "r"}})

    def _signed(self, request: Received) -> bool:
        told = dict(
            part.split("=", 1) for part in request.headers["authorization"].split(" ", 1)[1].split(", ")
        )
        names = told["SignedHeaders"].split(";")
        heads = "".join(f"{name}:{request.headers[name]}\n" for name in names)
        asked = "\n".join(["POST", "/", "", heads, ";".join(names), _sha256(request.body)])
        stamp = request.headers["x-tc-timestamp"]
        day = datetime.fromtimestamp(int(stamp), UTC).strftime("%Y-%m-%d")
        key = _mac(_mac(_mac(f"TC3{self._secret}".encode(), day), self.service), "tc3_request")
        text = f"TC3-HMAC-SHA256\n{stamp}\n{day}/{self.service}/tc3_request\n{_sha256(asked.encode())}"
        return {"content-type", "host"} <= set(names) and hmac.compare_digest(
            _mac(key, text).hex(), told["Signature"]
        )


def reply(told: Mapping[str, Any], status: int = 200) -> Reply:
    """Return an answer of JSON."""
    return Reply(status, json.dumps(told).encode())


def wrong(code: str) -> Reply:
    """Return how Tencent Cloud refuses a call."""
    return reply({"Response": {"Error": {"Code": code, "Message": "-"}, "RequestId": "r"}})
