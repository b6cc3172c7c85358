"""What a queue carries: the challenge's id, which send, which channel; only the sender derives the code.

>>> job_of("v1.k1.AAAAAAAAAAAAAAAAAAAAAA", 2, Channel.VOICE)
'v1.k1.AAAAAAAAAAAAAAAAAAAAAA#2#voice'
>>> parse_job("nonsense") is None
True
"""

from __future__ import annotations

from typing import Protocol

from loansms.model import Channel
from loansms.otp.codes import key_id_of


class CodeQueue(Protocol):
    """Where sends wait for a worker; any at-least-once queue will do, each job is sent once."""

    def put(self, job: str) -> None:
        """Keep `job` for whoever calls `OtpService.deliver(job)`."""
        ...


class AsyncCodeQueue(Protocol):
    """The same, awaited."""

    async def put(self, job: str) -> None: ...  # noqa: D102


def job_of(challenge_id: str, send: int, channel: Channel) -> str:
    """Return the job of one admitted send."""
    return f"{challenge_id}#{send}#{channel.value}"


def parse_job(job: str) -> tuple[str, int, Channel] | None:
    """Return (challenge id, send, channel) of a job, None for anything else."""
    parts = job.split("#")
    if len(parts) != 3 or key_id_of(parts[0]) is None or not parts[1].isdecimal():
        return None
    if parts[2] not in {one.value for one in Channel}:
        return None
    return parts[0], int(parts[1]), Channel(parts[2])
