"""What a check of a policy says: one finding, its severity, and the texts it is told in."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen


class Severity(StrEnum):
    """How grave a finding is, the gravest first: error = some borrower is told nothing or the wrong thing."""

    ERROR = "error"
    WARN = "warn"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


@frozen(kw_only=True)
class Finding:
    """One thing found; `where` names the stage, step, experiment or pack."""

    severity: Severity
    code: str
    where: str
    message: str
    message_zh: str


def finding(severity: Severity, code: str, where: str, message: str, message_zh: str) -> Finding:
    """Return a finding said in English and in Chinese."""
    return Finding(severity=severity, code=code, where=where, message=message, message_zh=message_zh)
