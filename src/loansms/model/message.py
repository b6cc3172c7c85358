"""What is said, why, to whom and how: purposes, channels, roles, and the message itself."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen

from loansms.model.attachment import Attachment
from loansms.model.card import Card
from loansms.model.phone import PhoneNumber
from loansms.privacy import Secret


class Purpose(StrEnum):
    """Why a message is sent; every rule keys on it."""

    OTP = "otp"
    SECURITY_ALERT = "security_alert"
    TRANSACTION_NOTICE = "transaction_notice"
    REPAYMENT_REMINDER = "repayment_reminder"
    COLLECTION = "collection"
    SETTLEMENT_OFFER = "settlement_offer"
    HARDSHIP = "hardship"
    CREDIT_PRENOTICE = "credit_prenotice"
    RELAY = "relay"
    MARKETING = "marketing"


class Channel(StrEnum):
    """The road a message takes; AGENT is a case handed to a person."""

    SMS = "sms"
    MMS = "mms"
    VOICE = "voice"
    PUSH = "push"
    WECHAT = "wechat"
    EMAIL = "email"
    AGENT = "agent"


class RecipientRole(StrEnum):
    """Who the recipient is to the debt; CONTACT and below are third parties."""

    BORROWER = "borrower"
    CO_BORROWER = "co_borrower"
    GUARANTOR = "guarantor"
    CONTACT = "contact"
    EMERGENCY_CONTACT = "emergency_contact"
    RELATIVE = "relative"
    EMPLOYER = "employer"


class Sendable(Protocol):
    """What the gate needs to know of a text: a Draft and a Message both do."""

    @property
    def purpose(self) -> Purpose: ...  # noqa: D102
    @property
    def channel(self) -> Channel: ...  # noqa: D102
    @property
    def recipient(self) -> RecipientRole: ...  # noqa: D102
    @property
    def text(self) -> Secret[str] | None: ...  # noqa: D102
    @property
    def locale(self) -> str: ...  # noqa: D102
    @property
    def signature(self) -> str: ...  # noqa: D102
    @property
    def template(self) -> str: ...  # noqa: D102
    @property
    def template_version(self) -> str: ...  # noqa: D102
    @property
    def reviewed(self) -> bool: ...  # noqa: D102


@frozen(kw_only=True)
class Draft:
    """A text before it is addressed: what compliance judges when a step is planned.

    ``reviewed`` says that its words are proved to pass the wording review whatever the facts
    (`loansms.planning.words_proved`); everything else about the text is still read.
    """

    purpose: Purpose
    channel: Channel
    recipient: RecipientRole = RecipientRole.BORROWER
    text: Secret[str] | None = None
    locale: str = ""
    signature: str = ""
    template: str = ""
    template_version: str = ""
    reviewed: bool = False


@frozen(kw_only=True)
class Message:
    """One message on its way to a provider: the only thing a provider sees.

    ``step_key`` is the dedupe key and the reference a receipt should carry back; ``text`` is the body
    without the 【signature】, which travels beside it because some providers add it themselves and others
    want it in the body; ``slots`` are the values written into it by name, for gateways that keep the template themselves;
    ``loan_id`` is None for an event without a loan; ``template_version`` pins the words of `template` that were
    approved. ``attachments`` go with it by providers that carry files, ``card`` is what a card shows in its place.
    """

    message_id: str
    step_key: str
    borrower_id: str
    loan_id: str | None
    to: PhoneNumber
    text: Secret[str]
    signature: str
    purpose: Purpose
    channel: Channel
    template: str
    locale: str
    segments: int
    recipient: RecipientRole = RecipientRole.BORROWER
    template_version: str = field(default="", repr=False)
    slots: Mapping[str, Secret[str]] = field(factory=dict[str, Secret[str]], repr=False)
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    card: Card | None = field(default=None, repr=False)

    @property
    def reviewed(self) -> bool:
        """False: whoever is handed a finished message reads its words."""
        return False
