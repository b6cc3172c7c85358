"""A model that may be handed in: it is asked only where the rules are unsure, and what it says goes to a person."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen

from loansms.replies.intent import Intent


@frozen
class ReadAs:
    """What a model takes a reply for, and how sure it is, from 0 to 1."""

    intent: Intent
    confidence: float


class Reader(Protocol):
    """Anything that reads a reply: a classifier of the host's, trained on its own replies.

    It is given the text, and must keep it from logs. It can add a meaning, an opt-out too, and takes none away.
    """

    def read(self, text: str, language: str) -> ReadAs | None:
        """Return what the reply means (`language` is zh or en), or None for no opinion."""
        ...
