"""The signed calls of Dysmsapi and Dyvmsapi: RPC style, every parameter in the query, an empty body.

Sources: the vendor's Python SDK (alibabacloud-dysmsapi20170525 4.6.0) and help.aliyun.com, signature version 3.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from attrs import field, frozen

from loansms.model import OutcomeClass, PhoneNumber, Rejected, SubmitResult, Unknown
from loansms.privacy import Secret
from loansms.providers.codec import HttpRequest, HttpResponse
from loansms.providers.http_answers import UNREADABLE
from loansms.providers.signing import acs3_authorization
from loansms.providers.taxonomy import refusal
from loansms.providers.wire.echo import Echo
from loansms.providers.wire.json_answers import read_object, text_of

ENDPOINT = "https://dysmsapi.aliyuncs.com"
VERSION = "2017-05-25"
OUT_ID = Echo(255)
_EMPTY = hashlib.sha256(b"").hexdigest()


@frozen(kw_only=True)
class AliyunKeys:
    """An access key; `secret` and `token` (of temporary credentials) print masked."""

    access_key_id: str = field(repr=False)
    secret: Secret[str]
    token: Secret[str] | None = None

    def call(
        self, endpoint: str, action: str, params: Mapping[str, str], *, now: datetime, nonce: str
    ) -> HttpRequest:
        """Return the request of `action`, signed at `now` with `nonce`."""
        headers = {
            "host": urlsplit(endpoint).netloc,
            "x-acs-action": action,
            "x-acs-version": VERSION,
            "x-acs-date": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": nonce,
            "x-acs-content-sha256": _EMPTY,
        }
        if self.token is not None:
            headers["x-acs-security-token"] = self.token.reveal()
            headers["x-acs-accesskey-id"] = self.access_key_id
        signed = acs3_authorization(
            method="POST",
            path="/",
            query=params,
            headers=headers,
            body=b"",
            access_key_id=self.access_key_id,
            access_key_secret=self.secret.reveal(),
        )
        query = "&".join(
            f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(params.items())
        )
        told = {**headers, "accept": "application/json", "authorization": signed}
        return HttpRequest("POST", f"{endpoint}/?{query}", told)

    def reference(self, call_id: str, phone: str) -> str:
        """Return the id of one message of a call: the vendor gives one id for all its numbers.

        The number joins it as a keyed digest, so that a receipt must name both, and nobody without the key reads a number
        off it.
        """
        told = f"{call_id}|{phone}".encode()
        return f"{call_id}~{hmac.new(self.secret.reveal().encode(), told, hashlib.sha256).hexdigest()[:12]}"


def dialled(phone: PhoneNumber) -> str:
    """Return a number as the vendor wants it: bare at home, country code and number without + abroad."""
    return phone.e164.removeprefix("+86") if phone.country == "CN" else phone.e164.removeprefix("+")


def number_of(told: str) -> PhoneNumber | None:
    """Return the number a report names (13…, 8613…, 008613…, +8613…, or a country code and number)."""
    bare = told.strip().removeprefix("+").removeprefix("00")
    for text, region in ((bare, "CN"), (f"+{bare}", None)):
        try:
            found = PhoneNumber.parse(text, region=region)
        except ValueError:
            continue
        if region is None or found.country == "CN":
            return found
    return None


def told_values(values: Mapping[str, str]) -> str:
    """Return the variables of a template as the vendor takes them: one text of JSON."""
    return json.dumps(values, ensure_ascii=False)


def answered(response: HttpResponse) -> Mapping[str, Any] | SubmitResult:
    """Return a good answer, or what a bad one means; keys of an error may come in lower case."""
    told = read_object(response.body)
    code = text_of((told or {}).get("Code", (told or {}).get("code")))
    if told is None or not code:
        return Unknown(UNREADABLE)
    if code == "OK" and 200 <= response.status < 300:
        return told
    refused = refusal("alibaba", code)
    wait = response.headers.get("x-acs-retry-after", "")
    if (
        isinstance(refused, Rejected)
        and refused.kind is OutcomeClass.RATE_LIMITED
        and wait.isascii()
        and wait.isdigit()
    ):
        return Rejected(
            refused.code,
            refused.retryable,
            refused.kind,
            timedelta(milliseconds=min(int(wait), 86_400_000)),
            refused.per_number,
        )
    return refused
