"""Cases for people: what a step hands over instead of a text, and the queue it goes into.

A provider for the channel `agent`: the queue is the host's (a desk, a dialler, a ticket system), a file is here for small
teams and tests. How the call ended comes back by `IntakeService.record_disposition`.

>>> from tempfile import TemporaryDirectory
>>> from loansms.testing.examples import AT, message
>>> with TemporaryDirectory() as folder:
...     queue = FileCases(folder)
...     answer = CaseProvider(queue).submit(message(channel=Channel.AGENT), AT)
...     answer, [case["loan_id"] for case in queue.cases]
(Accepted(provider_message_id='case-m-1'), ['L-1'])
"""

from __future__ import annotations

import asyncio
import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol, cast

from attrs import frozen

from loansms.clock import Clock, SystemClock
from loansms.errors import ConfigurationError
from loansms.model import Accepted, Channel, Message, Purpose, Rejected, SubmitResult, Unknown
from loansms.privacy import Secret
from loansms.providers.base import require_channel

FILE_NAME = "cases.jsonl"


@frozen(kw_only=True)
class Case:
    """One debt for a person to talk about. ``reason`` is the template of the step, ``history`` the words a person is given.

    A case that a reply opened has the ``owner`` (a role of the lender's), and ``answer_by``, the last day for it.
    """

    case_id: str
    step_key: str
    borrower_id: str
    loan_id: str | None
    reason: str
    purpose: Purpose
    history: Secret[str]
    opened_at: datetime
    owner: str = ""
    answer_by: date | None = None


class CaseQueue(Protocol):
    """Where cases go."""

    def open(self, case: Case) -> bool | None:
        """Take a case: True, it is in the queue; False, it surely is not; None, nobody knows.

        The same `case_id` twice is one case.
        """
        ...


class AsyncCaseQueue(Protocol):
    """The same, awaited."""

    async def open(self, case: Case) -> bool | None:
        """Take a case."""
        ...


class CaseProvider:
    """Hands steps of the channel `agent` to a queue."""

    name: str = "cases"
    channels: frozenset[Channel] = frozenset({Channel.AGENT})

    def __init__(self, queue: CaseQueue, name: str = "cases", clock: Clock | None = None) -> None:
        self._queue = queue
        self._clock = clock or SystemClock()
        self.name = name

    def submit(self, message: Message, deadline: datetime) -> SubmitResult:  # noqa: ARG002 - a queue is quick
        """Open a case; Unknown where the queue does not know whether it has it."""
        require_channel(self, message.channel)
        case = Case(
            case_id=f"case-{message.message_id}",
            step_key=message.step_key,
            borrower_id=message.borrower_id,
            loan_id=message.loan_id,
            reason=message.template,
            purpose=message.purpose,
            history=message.text,
            opened_at=self._clock.now(),
        )
        taken = self._queue.open(case)
        if taken is None:
            return Unknown("queue_unsure")
        return Accepted(case.case_id) if taken else Rejected("queue_refused", retryable=True)

    def open(self, case: Case) -> bool | None:
        """Hand a case that no step made, such as a complaint by reply, to the same queue."""
        return self._queue.open(case)


class AsyncCaseProvider:
    """The same, awaited, on a worker thread: a disk or a desk may be slow."""

    def __init__(self, queue: CaseQueue, name: str = "cases", clock: Clock | None = None) -> None:
        self._queue = queue
        self._cases = CaseProvider(queue, name, clock)
        self.name = name
        self.channels: frozenset[Channel] = self._cases.channels

    async def submit(self, message: Message, deadline: datetime) -> SubmitResult:
        """Open a case."""
        return await asyncio.to_thread(self._cases.submit, message, deadline)

    async def open(self, case: Case) -> bool | None:
        """Hand a case that no step made to the same queue."""
        return await asyncio.to_thread(self._queue.open, case)


class FileCases:
    """A queue in `directory`/cases.jsonl: a line a case, flushed to disk, readable by its owner alone.

    Raise ConfigurationError where the directory cannot be written.
    """

    def __init__(self, directory: str | Path) -> None:
        self._path = Path(directory) / FILE_NAME
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(self._opened())
        except OSError as wrong:
            raise ConfigurationError(
                f"cases: {FILE_NAME} cannot be written in that folder; give one that can",
                f"cases：该目录无法写入 {FILE_NAME}，请更换目录",
            ) from wrong

    def open(self, case: Case) -> bool | None:
        """Append the case; False where not a byte could be written, None where it may not be on the disk."""
        # A line end before it too: what a kill tore off stands on a line of its own, and this case does not join it.
        line = f"\n{json.dumps(_row(case), ensure_ascii=False)}\n".encode(errors="backslashreplace")
        try:
            handle = self._opened()
        except OSError:
            return False
        try:
            written = os.write(handle, line)
            os.fsync(handle)
        except OSError:
            return None
        finally:
            os.close(handle)
        return True if written == len(line) else None

    @property
    def cases(self) -> list[dict[str, Any]]:
        """The cases in the file, each once, oldest first; a line that a kill tore off is none, and was never taken."""
        lines = self._path.read_text(encoding="utf-8", errors="replace").split("\n")
        told = [found for one in lines if (found := _read(one)) is not None]
        return list({one["case_id"]: one for one in reversed(told)}.values())[::-1]

    def _opened(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _read(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def _row(case: Case) -> dict[str, str | None]:
    owned = {"owner": case.owner, "answer_by": case.answer_by.isoformat() if case.answer_by else None}
    return {
        "case_id": case.case_id,
        "step_key": case.step_key,
        "borrower_id": case.borrower_id,
        "loan_id": case.loan_id,
        "reason": case.reason,
        "purpose": case.purpose.value,
        "history": case.history.reveal(),
        "opened_at": case.opened_at.isoformat(),
        **{name: told for name, told in owned.items() if told},
    }
