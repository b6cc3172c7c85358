"""Calling names of Tencent Cloud (SMPN, smpn 2019-08-22) as a codec: apply for one number's name, ask for its mark.

As far as it is public: an application is a number and a name (CreateSmpnEpa), and neither its standing nor its withdrawal
has a call, so those are refused aloud. Sources: cloud.tencent.com/document/api/1127/40318 (CreateSmpnEpa) and 40314
(DescribeSmpnChp). Both stand on the pages, but 40314 announces its end for October 2024 and
tencentcloud-sdk-python-smpn 3.0.1416 has only the second, as "no longer in use": ask the vendor before you build on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import field, frozen

from loansms.errors import ProviderError
from loansms.model import Rejected, Unknown
from loansms.model.kept_code import kept_code
from loansms.providers.calling_name import (
    CallingProfile,
    CardState,
    CardStatus,
    NumberMark,
    digits_of,
    mark_of,
)
from loansms.providers.codec import HttpRequest, HttpResponse
from loansms.providers.tencent.calls import Product, TencentKeys, answered
from loansms.providers.wire.json_answers import as_object, text_of

CALLING_NAMES_ENDPOINT = "https://smpn.tencentcloudapi.com"
_SMPN = Product("smpn", "2019-08-22")
_TAKEN = "0"


@frozen(kw_only=True)
class TencentCallingNamesCodec:
    """SMPN for one resource (`resource_id`, by which the vendor bills)."""

    keys: TencentKeys
    resource_id: str = field(repr=False)
    endpoint: str = CALLING_NAMES_ENDPOINT
    name: str = "tencent_calling_names"

    def build_application(
        self,
        profile: CallingProfile,
        number: str,
        *,
        now: datetime,
        nonce: str,  # noqa: ARG002
    ) -> HttpRequest:
        """Return CreateSmpnEpa for one number: the vendor takes the shown name alone, papers go through its console."""
        told = {"PhoneNumber": digits_of(number), "Name": profile.display}
        return self._call("CreateSmpnEpa", told, now)

    def parse_application(self, number: str, response: HttpResponse) -> CardStatus:
        """Return PENDING for RetCode 0; another code, or none that can be read, is UNKNOWN, since no table is public."""
        told = answered(response)
        if isinstance(told, Rejected):
            # A fault of access or a limit of calls is no word about the card: it may be applied for again.
            state = CardState.NOT_SENT if told.retryable else CardState.REFUSED
            return CardStatus(number=number, state=state, code=kept_code(told.code))
        if isinstance(told, Unknown) or not isinstance(told, Mapping):
            return CardStatus(number=number, state=CardState.UNKNOWN, code=_cause(told))
        code = text_of((as_object(told.get("ResponseData")) or {}).get("RetCode"))
        state = CardState.PENDING if code == _TAKEN else CardState.UNKNOWN
        return CardStatus(number=number, state=state, code="" if code == _TAKEN else kept_code(code))

    def build_marks(self, number: str, *, now: datetime, nonce: str) -> HttpRequest:  # noqa: ARG002
        """Return DescribeSmpnChp for one number."""
        return self._call("DescribeSmpnChp", {"PhoneNumber": digits_of(number)}, now)

    def parse_marks(self, number: str, response: HttpResponse) -> Sequence[NumberMark]:
        """Return the one mark it tells."""
        told = answered(response)
        data = as_object(told.get("ResponseData")) if isinstance(told, Mapping) else None
        code, count = text_of((data or {}).get("TagType")), (data or {}).get("TagCount")
        if not code:
            raise ProviderError(
                f"calling names {self.name}: the marks were refused or cannot be read; ask again later",
                f"来电名片 {self.name}：标记查询被拒或无法解析，请稍后再查",
            )
        times = count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None
        kind = mark_of("tencent", code)
        return [NumberMark(number=number, kind=kind, source="tencent", count=times, raw_code=kept_code(code))]

    def _call(self, action: str, asked: Mapping[str, str], now: datetime) -> HttpRequest:
        told = {"RequestData": asked, "ResourceId": self.resource_id}
        return self.keys.call(_SMPN, self.endpoint, action, told, region="", now=now)


def _cause(told: object) -> str:
    return told.cause if isinstance(told, Unknown) else ""
