"""What stands for each placeholder: the values of one message, one enquiry, one moment.

>>> from loansms.providers.declared.placeholders import Words
>>> from loansms.testing.examples import message
>>> told = OfMessage(message(), KeptTemplate(code="T-1"), "")
>>> [Words.parse(one).fill(told) for one in ("{phone_national}", "{text_signed}", "{template_code}")]
['17400000001', '【示例】Your instalment is due in 3 days.', 'T-1']
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias
from urllib.parse import quote_plus

import phonenumbers
from attrs import field, frozen

from loansms.errors import UnsupportedByProvider
from loansms.model import Message, PhoneNumber
from loansms.privacy import Secret
from loansms.providers.codec import Enquiry
from loansms.providers.declared.content import Setting
from loansms.providers.declared.placeholders import Placeholder, Values
from loansms.providers.wire.kept_templates import KeptTemplate

# A secret as the host gives it: fixed, several (the first signs, all are believed), or asked for every time.
GivenSecret: TypeAlias = Secret[str] | Callable[[], Secret[str]]


def dumped(value: object) -> str:
    """Return `value` as compact JSON, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@frozen(kw_only=True)
class Given:
    """What the host gave: settings and secrets; no secret is printed."""

    settings: Mapping[str, Setting]
    secrets: Mapping[str, tuple[GivenSecret, ...]] = field(repr=False)

    def all_of(self, name: str) -> tuple[str, ...]:
        """Return every value of a secret, the newest first."""
        return tuple(_plain(one) for one in self.secrets.get(name, ()))

    def __getitem__(self, one: Placeholder) -> object:
        if one.name == "secret":
            return self.all_of(one.detail)[0]
        return self.settings[one.detail]


def _plain(given: GivenSecret) -> str:
    # Secret is callable by nobody, so what can be called is the function that keeps one fresh.
    return given().reveal() if callable(given) else given.reveal()


@frozen
class Moment:
    """When a request is signed, and its nonce."""

    now: datetime
    nonce: str

    def __getitem__(self, one: Placeholder) -> object:
        if one.name == "nonce" or one.time is None:
            return self.nonce
        return one.time.write(self.now)


def values(given: Given, moment: Moment, about: Values | None = None) -> Values:
    """Return what each placeholder stands for; `about` answers for the message or the enquiry."""

    def value(one: Placeholder) -> object:
        if one.name in {"setting", "secret"}:
            return given[one]
        if one.name in {"timestamp", "nonce"}:
            return moment[one]
        if about is None:
            raise KeyError(one.name)
        return about(one)

    return value


@frozen
class OfMessage:
    """The values of one message; raise UnsupportedByProvider where the gateway's template lacks one."""

    message: Message
    template: KeptTemplate | None
    recipient_id: str = field(repr=False)

    def __call__(self, one: Placeholder) -> object:  # noqa: D102
        told = self.message
        match one.name:
            case "text":
                return told.text.reveal()
            case "text_signed":
                return f"【{told.signature}】{told.text.reveal()}" if told.signature else told.text.reveal()
            case "recipient_id":
                return self.recipient_id
            case "template_code":
                return self._template.code
            case "slot":
                return self._slot(one.detail)
            case "slots":
                return self._slots(one.detail)
            case "signature":
                return (self.template.sign if self.template else "") or told.signature
            case "step_key" | "message_id" | "template" | "locale" | "purpose":
                return str(getattr(told, one.name))
            case _:
                return of_phone(told.to, one.name)

    @property
    def _template(self) -> KeptTemplate:
        if self.template is None:
            name = self.message.template
            raise UnsupportedByProvider(
                f"template {name}: the gateway's code of it is not known; add it under [templates]",
                f"模板 {name}：缺少通道方的模板编号；请在 [templates] 中补充",
            )
        return self.template

    def _slot(self, name: str) -> str:
        if name not in self.message.slots:
            raise UnsupportedByProvider(
                f"template {self.message.template}: expected the value {name}, which the gateway asks for",
                f"模板 {self.message.template}：缺少通道需要的变量 {name}",
            )
        return self.message.slots[name].reveal()

    def _slots(self, form: str) -> object:
        named = (self.template or KeptTemplate(code="")).values(self.message)
        match form:
            case "values":
                return list(named.values())
            case "values_json":
                return dumped(list(named.values()))
            case "json":
                return dumped(named)
            case "wrapped":
                return {name: {"value": value} for name, value in named.items()}
            case "form":
                # Yunpian: #name#=value, each side encoded, and the whole encoded once more by the form around it.
                return "&".join(
                    f"{quote_plus(f'#{name}#')}={quote_plus(value)}" for name, value in named.items()
                )
            case _:
                return named


@frozen
class OfEnquiry:
    """The values of one enquiry."""

    enquiry: Enquiry

    def __call__(self, one: Placeholder) -> object:  # noqa: D102
        told = self.enquiry
        match one.name:
            case "submitted_on" if one.time is not None:
                return told.submitted_on.strftime(one.time.pattern)
            case "step_key" | "message_id" | "provider_message_id":
                return str(getattr(told, one.name))
            case _:
                return of_phone(told.to, one.name)


def of_phone(phone: PhoneNumber, form: str) -> str:
    """Return `phone` in one of the forms: phone, phone_digits, phone_national, phone_country."""
    if form == "phone":
        return phone.e164
    if form == "phone_digits":
        return phone.e164[1:]
    number = phonenumbers.parse(phone.e164)
    if form == "phone_country":
        return str(number.country_code)
    return phonenumbers.national_significant_number(number)
