"""Who may be written to: a list of roles, or a purpose for which a third party may be asked at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.facts import Facts
from loansms.compliance.rule import Rule
from loansms.errors import CallerError
from loansms.model import RecipientRole

# Whom a source lets know of the debt although this library writes to none of them.
_NOT_WRITTEN_TO: Final = frozenset(
    {"spouse", "parent_of_minor", "guardian", "executor", "attorney", "creditor", "bureau_if_lawful"}
)
# A recipient beyond a role: the fact that tells it, and the fact that makes it lawful all the same.
_BY_FACT: Final[Mapping[str, tuple[str, str]]] = {
    "minor_unless_debtor": ("recipient_is_minor", ""),
    "elderly_unless_debtor": ("recipient_is_elderly", ""),
    "workplace_without_reason": ("workplace", "workplace_reason"),
}
FACTS: Final = frozenset({"identity_verified", *(name for pair in _BY_FACT.values() for name in pair)})
# Conduct that the families of wording and the roles already stop.
_CONDUCT: Final = frozenset({"poster", "demand_on_others", "humiliation", "harassment"})


@frozen(kw_only=True)
class RecipientRoles:
    """`allow` lists the roles; without it no role the rule applies to may be written to at all.

    ``forbid`` narrows it by facts: `recipient_is_minor` and `recipient_is_elderly` stop a message to anyone
    but the borrower, `workplace` one that would reach the person at work, unless `workplace_reason`.
    ``verify_identity_first`` stops while `identity_verified` is false. ``purpose``, ``must``, ``must_not``
    and ``max_contacts`` describe, for people, the conversation the source allows instead of a text;
    ``preview`` says that what a lock screen shows must be safe, ``hours`` what the source says of hours.
    """

    allow: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    verify_identity_first: bool = False
    purpose: str = ""
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    max_contacts: int | None = None
    preview: str = ""
    hours: str = ""

    def __attrs_post_init__(self) -> None:
        known = {one.value for one in RecipientRole} | _NOT_WRITTEN_TO
        if not set(self.allow) <= known:
            raise CallerError(
                f"allow: expected some of {', '.join(sorted(known))}",
                f"allow：应为 {'、'.join(sorted(known))} 中的若干项",
            )
        if not set(self.forbid) <= {*_BY_FACT, *_CONDUCT}:
            raise CallerError(
                f"forbid: expected some of {', '.join(sorted({*_BY_FACT, *_CONDUCT}))}",
                f"forbid：应为 {'、'.join(sorted({*_BY_FACT, *_CONDUCT}))} 中的若干项",
            )

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a block for a role outside the list, for a person it leaves out, and before verification."""
        facts = case.context.facts
        if case.message.recipient.value not in self.allow:
            yield blocked(rule, "recipient_not_allowed")
        for word in self.forbid:
            if word in _BY_FACT and _left_out(word, facts, case.message.recipient):
                yield blocked(rule, word)
        if self.verify_identity_first and facts.get("identity_verified") is False:
            yield blocked(rule, "identity_not_verified")


def _left_out(word: str, facts: Facts, role: RecipientRole) -> bool:
    told, reason = _BY_FACT[word]
    if facts.get(told) is not True or (reason and facts.get(reason) is True):
        return False
    return not (word.endswith("_unless_debtor") and role is RecipientRole.BORROWER)
