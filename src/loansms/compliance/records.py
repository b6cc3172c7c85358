"""Ask the rules on masking about a text before it is stored or shown: a log line, a trace, an export, a preview.

>>> from loansms.compliance import RulePack
>>> packs = RulePack.load("CN")
>>> sorted(one.rule_id for one in record_leaks("sent to 13800138000", packs))
['CN-PII-03', 'GEN-MASK-PHONE']
>>> record_leaks("sent to 138****8000", packs)
()
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loansms.compliance.checks.masks import Mask
from loansms.compliance.pack import RulePack
from loansms.model import Reason


def record_leaks(
    text: str, packs: RulePack | Sequence[RulePack], *, names: Iterable[str] = (), lines: Iterable[str] = ()
) -> tuple[Reason, ...]:
    """Return, rule by rule, what `text` still shows of a person; () when it may be stored.

    `names` are the names of the people it may be about; without them only a name beside a title or a label is
    seen. `lines` are the lender's own contact numbers, which may stand. No reason holds any of the text.
    """
    asked = (packs,) if isinstance(packs, RulePack) else tuple(packs)
    known, listed = tuple(names), tuple(lines)
    found: dict[str, Reason] = {}
    for pack in asked:
        for one in pack.bound:
            if not isinstance(one.check, Mask) or one.rule.id in found:
                continue
            kinds = sorted({leak.kind for leak in one.check.shown(text, known, listed)})
            if kinds:
                told = ", ".join(kinds)
                found[one.rule.id] = one.rule.reason("record_shows", f"({told})", f"（{told}）")
    return tuple(found.values())
