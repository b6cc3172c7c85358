"""A mail goes once, to a proved server; what a server did not answer is unknown, all else it said is believed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from attrs import evolve

from loansms.errors import ConfigurationError, UnsupportedByProvider
from loansms.model import (
    Accepted,
    Attachment,
    Channel,
    Message,
    OutcomeClass,
    Rejected,
    SubmitResult,
    Unknown,
)
from loansms.privacy import Secret
from loansms.providers.email import EmailProvider, SmtpSettings
from loansms.testing.examples import message
from loansms.testing.gateway_tls import Authority

MAIL = message(channel=Channel.EMAIL, text=Secret("canary-body"))


class Server:
    """A mail server on loopback with TLS, which answers as it is told."""

    def __init__(self, **answers: str) -> None:
        self.authority = Authority()
        self.answers = {
            "MAIL": "250 ok",
            "RCPT": "250 ok",
            "DATA": "354 go",
            ".": "250 kept",
            "AUTH": "235 in",
            **answers,
        }
        self.mails: list[bytes] = []
        self._listens = socket.create_server(("127.0.0.1", 0))
        self.port = self._listens.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                raw, _ = self._listens.accept()
            except OSError:
                return
            try:
                with self.authority.server_context().wrap_socket(raw, server_side=True) as line:
                    self._talk(line)
            except OSError:
                continue

    def _talk(self, line: socket.socket) -> None:
        heard = line.makefile("rb")
        line.sendall(b"220 here\r\n")
        while told := heard.readline():
            verb = told.decode().strip().split(":")[0].split(" ")[0].upper()
            if verb == "EHLO":
                line.sendall(b"250-here\r\n250 AUTH PLAIN\r\n")
                continue
            answer = self.answers.get(verb, "221 bye")
            if answer == "cut":
                return
            line.sendall(f"{answer}\r\n".encode())
            if verb == "DATA" and answer.startswith("354"):
                lines: list[bytes] = []
                while (one := heard.readline()) not in (b".\r\n", b""):
                    lines.append(one)
                if self.answers["."] == "cut":
                    return
                self.mails.append(b"".join(lines))
                line.sendall(f"{self.answers['.']}\r\n".encode())

    def close(self) -> None:
        self._listens.shutdown(socket.SHUT_RDWR)
        self._listens.close()
        self._thread.join(5)
        self.authority.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def one(**answers: str) -> Server:
        made.append(Server(**answers))
        return made[-1]

    yield one
    for server in made:
        server.close()


def sent(
    server: Server, told: Message = MAIL, address: str | None = "someone@example.com", **more: object
) -> SubmitResult:
    settings = SmtpSettings(
        host="127.0.0.1", port=server.port, sender="desk@lender.example", subject="Your loan",
        user="desk", password=Secret("canary-password"), ca_file=str(server.authority.ca_file), **more,
    )  # fmt: skip
    provider = EmailProvider(settings, lambda _: Secret(address) if address else None)
    assert "canary-password" not in repr(provider) + repr(settings)
    return provider.submit(told, datetime.now(UTC) + timedelta(seconds=3))  # noqa: TID251


def test_a_mail_is_taken_once_under_our_key(serve: Callable[..., Server]) -> None:
    server = serve()
    told = sent(server)
    assert told == Accepted(f"{MAIL.step_key}@lender.example")
    (raw,) = server.mails
    mail = message_from_bytes(raw)
    assert (mail["To"], mail["Subject"]) == ("someone@example.com", "Your loan")
    assert mail.get_payload().strip() == "canary-body"
    assert "canary-body" not in repr(told)


def test_a_file_goes_along_byte_for_byte(serve: Callable[..., Server]) -> None:
    server, content = serve(), bytes(range(256)) * 40
    notice = Attachment(name="notice-17.pdf", media_type="application/pdf", content=Secret(content))
    assert isinstance(sent(server, evolve(MAIL, attachments=(notice,))), Accepted)
    (raw,) = server.mails
    text, file = message_from_bytes(raw).get_payload()
    assert text.get_payload().strip() == "canary-body"
    assert (file.get_filename(), file.get_content_type()) == ("notice-17.pdf", "application/pdf")
    assert file.get_payload(decode=True) == content


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ({"RCPT": "550 nobody"}, Rejected("smtp_550", kind=OutcomeClass.INVALID_NUMBER)),
        ({"RCPT": "451 later"}, Rejected("smtp_451", True, OutcomeClass.FAILED_RETRYABLE)),
        ({"AUTH": "535 no"}, Rejected("smtp_535", True, OutcomeClass.AUTH_ERROR, access="secret")),
        ({"MAIL": "530 log in"}, Rejected("smtp_530", True, OutcomeClass.AUTH_ERROR)),
        ({"DATA": "554 no"}, Rejected("smtp_554", kind=OutcomeClass.FAILED_PERMANENT)),
        ({".": "552 too long"}, Rejected("smtp_552", kind=OutcomeClass.FAILED_PERMANENT)),
        ({".": "cut"}, Unknown("lost_connection")),
        ({"RCPT": "cut"}, Rejected("connect_failed", True, OutcomeClass.FAILED_RETRYABLE)),
    ],
    ids=str,
)
def test_what_the_server_said_decides(
    serve: Callable[..., Server], answers: dict[str, str], result: SubmitResult
) -> None:
    assert sent(serve(**answers)) == result


def test_a_rude_farewell_changes_nothing(serve: Callable[..., Server]) -> None:
    """A mail that was taken stays taken, whatever a server says to QUIT."""
    assert isinstance(sent(serve(QUIT="421 go away")), Accepted)


def test_a_server_that_cannot_prove_its_name_is_told_nothing(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server, other = serve(), Authority()
    settings = SmtpSettings(
        host="127.0.0.1",
        port=server.port,
        sender="desk@lender.example",
        subject="-",
        ca_file=str(other.ca_file),
    )
    other_file = other.ca_file
    told = EmailProvider(settings, lambda _: Secret("someone@example.com")).submit(
        MAIL,
        datetime.now(UTC) + timedelta(seconds=3),  # noqa: TID251
    )
    assert told == Rejected("connect_failed", True, OutcomeClass.FAILED_RETRYABLE)
    assert server.mails == []
    other.close()
    assert not Path(other_file).exists()
    with pytest.raises(ConfigurationError, match="ca_file"):
        evolve(settings, ca_file=str(tmp_path / "none.pem")).trust()


def test_no_address_and_an_address_with_headers_in_it_send_nothing(serve: Callable[..., Server]) -> None:
    server = serve()
    assert sent(server, address=None) == Rejected("no_address", kind=OutcomeClass.INVALID_NUMBER)
    told = sent(server, address="someone@example.com\r\nBcc: all@example.com")
    assert told == Rejected("bad_address", kind=OutcomeClass.INVALID_NUMBER)
    assert sent(server, address="某人@example.com") == told
    with pytest.raises(UnsupportedByProvider):
        sent(server, message())
    assert server.mails == []
