"""A mail-catcher: every submitted message becomes one JSON line in DIR/submitted.jsonl, then it answers.

For developers, who read what would have gone out, and for crash tests, whose witness the file is. It holds
numbers masked but texts in plain, so only its owner may read it.

>>> from tempfile import TemporaryDirectory
>>> from loansms.testing.examples import AT, message
>>> with TemporaryDirectory() as folder:
...     spool = SpoolProvider(folder)
...     answer = spool.submit(message(message_id="m-7"), AT)
...     answer, [line["phone_masked"] for line in spool.outbox]
(Accepted(provider_message_id='spool-m-7'), ['174****0001'])
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from loansms.clock import Clock, SystemClock
from loansms.errors import ConfigurationError
from loansms.model import Accepted, Channel, Message, Rejected, SubmitResult, Unknown
from loansms.privacy import Secret
from loansms.providers.base import require_channel

FILE_NAME = "submitted.jsonl"


class SpoolProvider:
    """Writes each message to `directory`/submitted.jsonl and flushes it to disk before it answers.

    Several processes may share the directory: a line is one append. Raise ConfigurationError when the
    directory cannot be made or written. `clock` stamps `submitted_at`.
    """

    name = "spool"

    def __init__(self, directory: str | Path, clock: Clock | None = None) -> None:
        self.channels: frozenset[Channel] = frozenset(Channel)
        self._path = Path(directory) / FILE_NAME
        self._clock = clock or SystemClock()
        self._prepare()

    def __repr__(self) -> str:
        return f"SpoolProvider({str(self._path.parent)!r})"

    def submit(self, message: Message, deadline: datetime) -> SubmitResult:  # noqa: ARG002 - a local disk is quick
        """Append the message, flush it, and accept it; Rejected when not a byte could be written."""
        require_channel(self, message.channel)
        line = _line(message, self._clock.now())
        try:
            written, flushed = self._append(line)
        except OSError:
            return Rejected("spool_not_writable", retryable=True)
        if written < len(line.reveal()):
            return Unknown("spool_short_write")
        return Accepted(f"spool-{message.message_id}") if flushed else Unknown("spool_not_flushed")

    @property
    def outbox(self) -> list[dict[str, Any]]:
        """Every line of the file, as dictionaries, oldest first."""
        return [json.loads(line) for line in self._path.read_text(encoding="utf-8").split("\n") if line]

    def _append(self, line: Secret[bytes]) -> tuple[int, bool]:
        """Write `line` with one append; return how many bytes went in, and whether they are on the disk."""
        handle = self._open()
        try:
            written = os.write(handle, line.reveal())
            try:
                os.fsync(handle)
            except OSError:
                return written, False
            return written, True
        finally:
            os.close(handle)

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def _prepare(self) -> None:
        folder = self._path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(self._open())
            _flush_folder(folder)
        except OSError as wrong:
            told = wrong.strerror or type(wrong).__name__
            raise ConfigurationError(
                f"spool:{folder}: cannot write {FILE_NAME} there ({told}); give a folder that can be written",
                f"spool:{folder}：无法写入 {FILE_NAME}（{told}），请指定可写的文件夹",
            ) from wrong


def _line(message: Message, at: datetime) -> Secret[bytes]:
    """Return the line as a Secret: no traceback that shows local variables shows a text.

    What is no valid Unicode (half of a surrogate pair) is written as its escape: an encoding error would
    carry the whole text in its arguments.
    """
    return Secret(f"{json.dumps(_row(message, at), ensure_ascii=False)}\n".encode(errors="backslashreplace"))


def _row(message: Message, at: datetime) -> dict[str, str | None]:
    return {
        "message_id": message.message_id,
        "step_key": message.step_key,
        "loan_id": message.loan_id,
        "borrower_id": message.borrower_id,
        "purpose": message.purpose.value,
        "channel": message.channel.value,
        "template": message.template,
        "template_version": message.template_version,
        "phone_masked": message.to.masked,
        "text": message.text.reveal(),
        "submitted_at": at.isoformat(),
    }


def _flush_folder(folder: Path) -> None:
    """Flush the folder's own entry, so that the new file is still there after the power fails."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
