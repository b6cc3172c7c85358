"""The signed calls of Tencent Cloud's API 3.0: JSON in the body, the action in a header, errors in a good answer.

Sources: tencentcloud-sdk-python-common 3.1.195 (abstract_client, sign) and the pages of API 3.0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from attrs import field, frozen

from loansms.model import SubmitResult, Unknown
from loansms.privacy import Secret
from loansms.providers.codec import HttpRequest, HttpResponse
from loansms.providers.http_answers import UNREADABLE
from loansms.providers.signing import tc3_authorization
from loansms.providers.taxonomy import refusal
from loansms.providers.wire.echo import Echo
from loansms.providers.wire.json_answers import as_object, read_object, text_of

JSON = "application/json"
SESSION = Echo(511)  # SessionContext: under 512 bytes


@frozen
class Product:
    """One product of the cloud, as a call names it: its service in the signature, and the version of its interface."""

    service: str
    version: str


@frozen(kw_only=True)
class TencentKeys:
    """A secret id and key, and a token of temporary credentials; they print masked."""

    secret_id: str = field(repr=False)
    secret_key: Secret[str]
    token: Secret[str] | None = None

    def call(
        self,
        product: Product,
        endpoint: str,
        action: str,
        told: Mapping[str, Any],
        *,
        region: str,
        now: datetime,
    ) -> HttpRequest:
        """Return the request of `action`, signed at `now`."""
        body = json.dumps(told, ensure_ascii=False).encode()
        host = urlsplit(endpoint).netloc
        timestamp = int(now.timestamp())
        signed = tc3_authorization(
            service=product.service,
            host=host,
            headers={"content-type": JSON, "host": host},
            body=body,
            secret_id=self.secret_id,
            secret_key=self.secret_key.reveal(),
            timestamp=timestamp,
            signed_headers=["content-type", "host"],
        )
        headers = {
            "content-type": JSON,
            "host": host,
            "authorization": signed,
            "x-tc-action": action,
            "x-tc-version": product.version,
            "x-tc-timestamp": str(timestamp),
            **({"x-tc-region": region} if region else {}),  # some products have none
        }
        if self.token is not None:
            headers["x-tc-token"] = self.token.reveal()
        return HttpRequest("POST", f"{endpoint}/", headers, body)


def answered(response: HttpResponse) -> Mapping[str, Any] | SubmitResult:
    """Return a good answer, or what a bad one means."""
    told = as_object((read_object(response.body) or {}).get("Response"))
    if told is None:
        return Unknown(UNREADABLE)
    error = as_object(told.get("Error"))
    if error is None:
        return told
    code = text_of(error.get("Code"))
    return refusal("tencent", code) if code else Unknown(UNREADABLE)
