"""Who may do what: a person has roles, and a service asks for one before it does what only that role may.

>>> desk = Actor("desk-1", {Role.READ_PLAIN})
>>> desk.must(Role.READ_PLAIN)
>>> desk.must(Role.BRAKES)
Traceback (most recent call last):
loansms.errors.AccessDenied: desk-1: this needs the role brakes; ask somebody who has it
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import field, frozen

from loansms.errors import AccessDenied


class Role(StrEnum):
    """What a person may do beyond reading masked views.

    READ_PLAIN: see a plain number, name or text. APPROVE_TEMPLATES, CHANGE_PACKS: decide what may be said, and by
    which rules. RESOLVE_UNKNOWNS: say of an unknown whether it was sent. BRAKES: stop and resume. RELEASE: take back a
    hold or a suppression. ERASE: ask for an erasure, shred, and sweep.
    """

    READ_PLAIN = "read_plain"
    APPROVE_TEMPLATES = "approve_templates"
    CHANGE_PACKS = "change_packs"
    RESOLVE_UNKNOWNS = "resolve_unknowns"
    BRAKES = "brakes"
    RELEASE = "release"
    ERASE = "erase"


def _roles(given: Iterable[Role | str]) -> frozenset[Role]:
    return frozenset(Role(one) for one in given)


@frozen
class Actor:
    """A person or a job of the host's by an id of the host's (no name), with the roles the host gave it."""

    id: str
    roles: frozenset[Role] = field(default=frozenset[Role](), converter=_roles)

    def must(self, role: Role) -> None:
        """Raise AccessDenied unless this actor has `role`."""
        if role not in self.roles:
            raise AccessDenied(
                f"{self.id}: this needs the role {role.value}; ask somebody who has it",
                f"{self.id}：此操作需要角色 {role.value}，请由具备该角色的人员执行",
            )
