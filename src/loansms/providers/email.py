"""E-mail over SMTP, verified TLS always: one message, one attempt, and an exact line between "not sent" and "nobody knows".

A `Message` has a phone number and no address, so the host says where a borrower's mail goes: `address_of`. Where it
knows none, nothing is sent.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
import time
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from attrs import field, frozen

from loansms.clock import Clock, SystemClock
from loansms.model import Accepted, Channel, Message, OutcomeClass, Rejected, SubmitResult, Unknown
from loansms.privacy import Secret
from loansms.providers.base import require_channel
from loansms.providers.trust import trusted

FILES = frozenset({"application/pdf", "image/png"})
"""What a mail carries besides its text."""
_WRONG_SECRET = 535
_AUTH = {530, 534, _WRONG_SECRET, 538}
# 552 and 450 to 452 speak of room and load, the other 55x of the address (RFC 5321, 4.2.3).
_NO_SUCH = {550, 551, 553}


@frozen(kw_only=True)
class SmtpSettings:
    """A mail server. ``implicit_tls`` is port 465 (RFC 8314); without it STARTTLS must succeed before anything is said.

    ``ca_file`` names an authority of the lender's own. There is no way to speak without TLS, or to an unproved server.
    """

    host: str
    sender: str
    subject: str
    port: int = 465
    implicit_tls: bool = True
    user: str = ""
    password: Secret[str] = field(factory=lambda: Secret(""))
    ca_file: str | None = None

    def trust(self) -> ssl.SSLContext:
        """Return the context that proves the server's name; raise ConfigurationError for a file that holds no authority."""
        return trusted(self.ca_file, "SmtpSettings")


class EmailProvider:
    """Sends each text as one plain mail to the address the host gives; its Message-ID is the provider's id."""

    name = "email"
    channels: frozenset[Channel] = frozenset({Channel.EMAIL})
    attachment_types: frozenset[str] = FILES

    def __init__(
        self,
        settings: SmtpSettings,
        address_of: Callable[[Message], Secret[str] | None],
        *,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._address_of = address_of
        self._clock = clock or SystemClock()
        self._trust = settings.trust()

    def __repr__(self) -> str:
        return f"EmailProvider({self._settings.host!r})"

    def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Send one mail before `deadline`; Rejected "no_address" where the host knows none.

        A mail whose content was handed over and not answered is Unknown: it may be on its way.
        """
        require_channel(self, message.channel)
        address = self._address_of(message)
        if address is None:
            return Rejected("no_address", kind=OutcomeClass.INVALID_NUMBER)
        if not address.reveal().isascii():
            # Without SMTPUTF8 (RFC 6531) a mail server cannot be told such an address.
            return Rejected("bad_address", kind=OutcomeClass.INVALID_NUMBER)
        left = (deadline - self._clock.now()).total_seconds()
        if left <= 0:
            return Rejected("deadline_passed", True, OutcomeClass.FAILED_RETRYABLE)
        try:
            mail = self._mail(message, address)
        except ValueError:
            # Line breaks in an address: somebody tries to add headers of their own.
            return Rejected("bad_address", kind=OutcomeClass.INVALID_NUMBER)
        attempt = _Attempt(self._settings, self._trust, left)
        return attempt.send(mail, self._settings.sender, address.reveal())

    def _mail(self, message: Message, address: Secret[str]) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self._settings.sender, address.reveal()
        mail["Subject"] = self._settings.subject
        mail["Message-ID"] = f"<{message.step_key}@{self._settings.sender.rpartition('@')[2]}>"
        mail["Date"] = format_datetime(self._clock.now())
        # Seven bits, whatever the text: a server need not take eight (RFC 6152).
        mail.set_content(
            message.text.reveal(), cte="base64" if not message.text.reveal().isascii() else "7bit"
        )
        for one in message.attachments:
            main, _, sub = one.media_type.partition("/")
            mail.add_attachment(one.content.reveal(), maintype=main, subtype=sub, filename=one.name)
        return mail


class AsyncEmailProvider:
    """The same, awaited, on a worker thread."""

    def __init__(
        self,
        settings: SmtpSettings,
        address_of: Callable[[Message], Secret[str] | None],
        *,
        clock: Clock | None = None,
    ) -> None:
        self._email = EmailProvider(settings, address_of, clock=clock)
        self.name: str = self._email.name
        self.channels: frozenset[Channel] = self._email.channels
        self.attachment_types: frozenset[str] = self._email.attachment_types

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Send one mail."""
        return await asyncio.to_thread(self._email.submit, message, deadline)


class _Attempt:
    def __init__(self, settings: SmtpSettings, trust: ssl.SSLContext, seconds: float) -> None:
        self._settings = settings
        self._trust = trust
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._begun = False

    def send(self, mail: EmailMessage, sender: str, address: str) -> SubmitResult:
        try:
            line = self._connected()
            try:
                return self._sent(line, mail, sender, address)
            finally:
                # No farewell: what a server says to it would only cover what it said of the mail.
                line.close()
        except smtplib.SMTPAuthenticationError as wrong:
            return _not_let_in(wrong.smtp_code)
        except smtplib.SMTPResponseException as wrong:
            return self._told(wrong.smtp_code)
        except (OSError, smtplib.SMTPException):
            # ssl.SSLError is an OSError; before the content went nothing was sent.
            if self._begun:
                return Unknown("lost_connection")
            return Rejected("connect_failed", True, OutcomeClass.FAILED_RETRYABLE)

    def _connected(self) -> smtplib.SMTP:
        told = self._settings
        if told.implicit_tls:
            return smtplib.SMTP_SSL(told.host, told.port, timeout=self._seconds, context=self._trust)
        return smtplib.SMTP(told.host, told.port, timeout=self._seconds)

    def _sent(self, line: smtplib.SMTP, mail: EmailMessage, sender: str, address: str) -> SubmitResult:
        if not self._settings.implicit_tls:
            line.starttls(context=self._trust)
        line.ehlo()
        if self._settings.user:
            line.login(self._settings.user, self._settings.password.reveal())
        for code, _ in (line.mail(sender), line.rcpt(address)):
            if not 200 <= code < 300:
                return self._told(code)
        left = self._until - time.monotonic()
        if left <= 0 or line.sock is None:
            return Rejected("deadline_passed", True, OutcomeClass.FAILED_RETRYABLE)
        line.sock.settimeout(left)
        self._begun = True
        code, _ = line.data(mail.as_bytes())
        if 200 <= code < 300:
            return Accepted(str(mail["Message-ID"]).strip("<>"))
        return self._told(code)

    @staticmethod
    def _told(code: int) -> SubmitResult:
        """Return what an answer of the server means: any answer says that it did not take the mail."""
        name = f"smtp_{code}"
        if code in _AUTH:
            return _not_let_in(code)
        if code in _NO_SUCH:
            return Rejected(name, kind=OutcomeClass.INVALID_NUMBER)
        if 400 <= code < 500:
            return Rejected(name, True, OutcomeClass.FAILED_RETRYABLE)
        return Rejected(name, kind=OutcomeClass.FAILED_PERMANENT)


def _not_let_in(code: int) -> Rejected:
    # RFC 4954, 6: 535 alone says that name and secret are wrong; the others ask for another way in.
    access = "secret" if code == _WRONG_SECRET else ""
    return Rejected(f"smtp_{code}", True, OutcomeClass.AUTH_ERROR, access=access)
