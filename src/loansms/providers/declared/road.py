"""A declared gateway, asked to take one message: the values in place, signed; the answer read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from loansms.clock import require_aware
from loansms.errors import ProviderError
from loansms.model import Channel, Message, SubmitResult
from loansms.providers.codec import HttpRequest, HttpResponse
from loansms.providers.declared.answers import Reader, document
from loansms.providers.declared.codes import Codes, kept
from loansms.providers.declared.content import Answer, Ask, Declaration, Report
from loansms.providers.declared.files import Plan
from loansms.providers.declared.placeholders import Values
from loansms.providers.declared.reports import ReportReader
from loansms.providers.declared.requests import unsigned
from loansms.providers.declared.signatures import signed
from loansms.providers.declared.values import Moment, OfMessage, values


class Road:
    """A gateway as its declaration describes it; what else it can do shows by `isinstance` on the Protocols."""

    __slots__ = ("_codes", "_plan")

    def __init__(self, made: Plan) -> None:
        self._plan = made
        stated = {code: kind for kind, each in made.told.codes.items() for code in each}
        self._codes = Codes(stated, frozenset(made.told.per_number), made.told.table)

    def __repr__(self) -> str:
        return f"DeclaredCodec({self.name})"

    @property
    def name(self) -> str:
        """What the provider is called in decisions and reports."""
        return self._told.name

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels it takes."""
        return self._told.channels

    @property
    def declaration(self) -> Declaration:
        """The file, read."""
        return self._told

    def build_request(self, message: Message, *, now: datetime, nonce: str) -> HttpRequest:
        """Return the request that submits `message`; raise UnsupportedByProvider where the gateway's template lacks a value."""
        return self._built(self._told.send, now, nonce, self._about(message))

    def parse_response(self, message: Message, response: HttpResponse) -> SubmitResult:
        """Return what the answer means."""
        return self._reader(self._told.send.answer).one(message, response)

    @property
    def _told(self) -> Declaration:
        return self._plan.told

    def _reports(self, reports: Sequence[Report]) -> ReportReader:
        return ReportReader(reports, self._codes, self._told.charset, self._told.region)

    def _reader(self, answer: Answer) -> Reader:
        return Reader(answer, self._codes, self._told.charset, self._told.region)

    def _about(self, message: Message) -> OfMessage:
        template = self._told.templates.find(message.template, message.locale)
        address_of = self._plan.address_of
        return OfMessage(message, template, address_of(message) if address_of else message.borrower_id)

    def _built(
        self,
        ask: Ask,
        now: datetime,
        nonce: str,
        about: Values | None = None,
        fields: Mapping[str, object] | None = None,
    ) -> HttpRequest:
        moment = Moment(require_aware(now), nonce)
        told = values(self._plan.given, moment, about)
        return signed(unsigned(ask, told, self._told.charset, fields), self._told.auth, told, moment)

    def _whole(self, answer: Answer, response: HttpResponse) -> object:
        """Return an answer that says yes; raise ProviderError for any other."""
        whole = document(response.body, answer.format, answer.separator, self._told.charset)
        told = self._reader(answer).said(whole, response)
        if whole is None or not told.yes:
            code = kept(told.code) if told.code else f"http_{response.status}"
            raise ProviderError(
                f"provider {self.name}: the answer is no: {code}; see what the gateway says of this code",
                f"通道 {self.name}：查询失败：{code}，请对照通道方的错误码说明",
            )
        return whole
