"""The texts of a catalogue that nobody has approved, as one finding: told before the first send, not by it."""

from __future__ import annotations

from loansms.templates.approval import ApprovalState
from loansms.templates.catalogue import Catalogue
from loansms.templates.lint import Finding

_NAMED = 5  # a frame that changes makes drafts of a whole language: the first of them show what is meant
_OPEN = frozenset({ApprovalState.DRAFT, ApprovalState.REVIEWED})


def drafts(catalogue: Catalogue) -> list[Finding]:
    """Return one warning (rule ``not_approved``) that counts the texts without an approval; none without any.

    >>> drafts(Catalogue.builtin())
    []
    """
    found = [one.place for one in catalogue.templates.values() if one.state in _OPEN]
    if not found:
        return []
    more = len(found) - _NAMED
    told = ", ".join(found[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    told_zh = "、".join(found[:_NAMED]) + (f" 等 {len(found)} 个" if more > 0 else "")
    return [
        Finding(
            "not_approved",
            "*",
            "*",
            "warning",
            f"{len(found)} of {len(catalogue.templates)} texts are not approved and will not be sent: {told}; "
            "release them with loansms approve",
            f"{len(catalogue.templates)} 个文案中有 {len(found)} 个未经批准，不会发送：{told_zh}；请用 loansms approve 批准",
        )
    ]
