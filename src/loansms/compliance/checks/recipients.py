"""Who may be written to: a list of roles, or a purpose for which a third party may be asked at all."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.rule import Rule


@frozen(kw_only=True)
class RecipientRoles:
    """`allow` lists the roles; without it no role the rule applies to may be written to at all.

    ``purpose``, ``must``, ``must_not`` and ``max_contacts`` describe, for people, the conversation the source
    allows instead of a text; ``preview`` says that what a lock screen shows must be safe.
    """

    allow: tuple[str, ...] = ()
    purpose: str = ""
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    max_contacts: int | None = None
    preview: str = ""

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a block for a role outside the list."""
        if case.message.recipient.value not in self.allow:
            yield blocked(rule, "recipient_not_allowed")
