"""Addresses that are closed to a kind of message, such as a mailbox at work or a public post."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from attrs import frozen
from cattrs import override

from loansms.compliance.checks.hit import Case, Hit, blocked
from loansms.compliance.rule import Rule
from loansms.errors import CallerError


@frozen(kw_only=True)
class ChannelBan:
    """`ban` lists kinds of address, told by the fact ``address_kind``; a true fact of ``exceptions`` lifts it.

    In a pack the exceptions stand under ``except``.
    """

    ban: tuple[str, ...]
    # "except" is a word of Python; a rule writes it so.
    exceptions: Annotated[tuple[str, ...], override(rename="except")] = ()

    def __attrs_post_init__(self) -> None:
        if not self.ban:
            raise CallerError("ban: expected kinds of address", "ban：应列出地址类别")

    def hits(self, rule: Rule, case: Case) -> Iterable[Hit]:
        """Return a hit for an address of a banned kind."""
        facts = case.context.facts
        if facts.get("address_kind") in self.ban and not any(
            facts.get(name) is True for name in self.exceptions
        ):
            yield blocked(rule, "address_banned")
