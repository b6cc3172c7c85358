"""What a check of evidence tells: each thing that is not as it was sealed, by name and place; nothing found is proof.

>>> found = Finding(FindingCode.RECORD_CHANGED, number=57, place=41)
>>> found.told("en")
'record 57 (place 41) is not what was sealed'
>>> found.told("zh-CN")
'记录 57（位置 41）与封存时不一致'
>>> Verdict(findings=(found,), records=60).is_proved
False
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from loansms.evidence.wording import say
from loansms.model.decision import no_truth


class FindingCode(StrEnum):
    """What was found; each is explained by its words in `loansms.evidence.wording`."""

    RECORD_CHANGED = "record_changed"
    RECORD_MISSING = "record_missing"
    RECORD_ADDED = "record_added"
    LEAF_CHANGED = "leaf_changed"
    LEAF_MISSING = "leaf_missing"
    LEAF_ADDED = "leaf_added"
    LEAF_ORDER = "leaf_order"
    LEAVES_UNSEALED = "leaves_unsealed"
    CHAIN_CHANGED = "chain_changed"
    REWRITTEN = "rewritten"
    SEAL_FORGED = "seal_forged"
    SEAL_FOREIGN = "seal_foreign"
    SEAL_ORDER = "seal_order"
    SEAL_MISSING = "seal_missing"
    SUITE_UNKNOWN = "suite_unknown"
    FRONTIER_CHANGED = "frontier_changed"
    STAMP_WRONG = "stamp_wrong"
    TAIL_CUT = "tail_cut"
    CHECKPOINT_FORGED = "checkpoint_forged"
    CHECKPOINT_DIFFERS = "checkpoint_differs"
    CHECKPOINT_ABSENT = "checkpoint_absent"
    STOPPED = "stopped"
    UNREADABLE = "unreadable"
    NOT_INCLUDED = "not_included"
    NOT_CONSISTENT = "not_consistent"
    OTHER_LOAN = "other_loan"
    COUNT = "count"
    FILE_CHANGED = "file_changed"
    FILE_UNKNOWN = "file_unknown"


@frozen
class Finding:
    """One thing that is not as it was sealed.

    ``number`` is that of a record, ``place`` that of a leaf (with ``until``: to before that place), ``seal`` the size
    that a seal or a checkpoint names, ``line`` that of an export's file, from 1, ``file`` the name of a document.
    """

    code: FindingCode
    number: int | None = None
    place: int | None = None
    until: int | None = None
    seal: int | None = None
    line: int | None = None
    file: str | None = None

    def told(self, lang: str = "en") -> str:
        """Return one sentence for people, in `lang` (en or zh-CN)."""
        last = None if self.until is None else self.until - 1
        values = {
            "number": self.number,
            "place": self.place,
            "last": last,
            "seal": self.seal,
            "line": self.line,
            "file": self.file,
        }
        shown = {name: "?" if value is None else str(value) for name, value in values.items()}
        where = "" if self.line is None else say("finding.line", lang, **shown)
        return where + say(f"finding.{self.code.value}", lang, **shown)


@frozen(kw_only=True)
class Verdict:
    """What a check came to; it has no truth value, ask `is_proved`.

    ``records`` were read, ``sealed`` is the size that the last sound seal vouches for, given at ``until``;
    ``unsealed`` records came after it and are proved by nothing yet, the oldest of ``oldest_unsealed``. ``stamps``
    time stamps were checked, ``unchecked_stamps`` were there and nobody was given to check them.
    """

    findings: tuple[Finding, ...] = ()
    records: int = 0
    seals: int = 0
    sealed: int = 0
    until: datetime | None = None
    unsealed: int = 0
    oldest_unsealed: datetime | None = None
    stamps: int = 0
    unchecked_stamps: int = 0
    __bool__ = no_truth

    @property
    def is_proved(self) -> bool:
        """Return whether nothing was found, and something was sealed."""
        return not self.findings and self.seals > 0
