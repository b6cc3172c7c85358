"""What a queue carries: the challenge's id, which send, which channel, and a seal; only the sender derives the code.

>>> from loansms.privacy import KeyRing
>>> ring = KeyRing({"k1": bytes(32)}, current="k1", index={"i1": b"i" * 32})
>>> job = job_of(ring, "v1.k1.AAAAAAAAAAAAAAAAAAAAAA", 2, Channel.VOICE)
>>> parse_job(ring, job)
('v1.k1.AAAAAAAAAAAAAAAAAAAAAA', 2, <Channel.VOICE: 'voice'>)
>>> parse_job(ring, job.replace("#2#voice", "#2#sms")) is None, parse_job(ring, "nonsense") is None
(True, True)
"""

from __future__ import annotations

import hmac
import re
from typing import Protocol

from loansms.model import Channel
from loansms.otp.codes import key_id_of
from loansms.otp.request import is_plain
from loansms.privacy import KeyRing

_SEND = re.compile(r"[1-9][0-9]{0,3}")
_SEAL = 16  # bytes: 128 bits, so that who can write to the queue cannot turn a text into a call
_CHANNELS = {one.value for one in Channel}


class CodeQueue(Protocol):
    """Where sends wait for a worker; any at-least-once queue will do, each job is sent once."""

    def put(self, job: str) -> None:
        """Keep `job` for whoever calls `OtpService.deliver(job)`."""
        ...


class AsyncCodeQueue(Protocol):
    """The same, awaited."""

    async def put(self, job: str) -> None: ...  # noqa: D102


def job_of(ring: KeyRing, challenge_id: str, send: int, channel: Channel) -> str:
    """Return the job of one admitted send; KeyError when the ring does not hold the challenge's key."""
    said = f"{challenge_id}#{send}#{channel.value}"
    return f"{said}#{_seal(ring, challenge_id, said)}"


def parse_job(ring: KeyRing, job: str) -> tuple[str, int, Channel] | None:
    """Return (challenge id, send, channel) of a job of this ring, None for anything else."""
    parts = job.split("#") if is_plain(job) else []
    if len(parts) != 4 or not _SEND.fullmatch(parts[1]) or parts[2] not in _CHANNELS:
        return None
    if key_id_of(parts[0]) not in ring:
        return None
    if not hmac.compare_digest(_seal(ring, parts[0], job.rpartition("#")[0]).encode(), parts[3].encode()):
        return None
    return parts[0], int(parts[1]), Channel(parts[2])


def _seal(ring: KeyRing, challenge_id: str, said: str) -> str:
    return ring.digest(key_id_of(challenge_id) or "", b"job", said.encode())[:_SEAL].hex()
