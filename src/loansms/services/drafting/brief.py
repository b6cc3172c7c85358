"""What a text generator is told: a template's words, its slots, what must and may not be said; nothing of any person.

>>> from loansms.compliance import RulePack
>>> from loansms.templates import Catalogue
>>> template = Catalogue.builtin().get("reminder.due_in_3", locale="en")
>>> told = brief_of(template, Catalogue.builtin(), [RulePack.load("CN")], DraftLimits())
>>> [one.name for one in told.slots][:2], told.reply
(['amount_due', 'due_on'], '')
>>> masked_reply("我叫张三, zhangsan@mail.example, 13800138000, 还2000行吗", ["张三"])
'我叫***, ***, ***********, 还****行吗'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final, Protocol

from attrs import field, frozen
from attrs.validators import ge, gt

from loansms.compliance import RulePack
from loansms.model import Channel, Purpose
from loansms.privacy import masked
from loansms.templates import Catalogue, Slot, Template

# The types of check that read words; hours, caps and consents are no business of a writer.
_OF_WORDS: Final = frozenset(
    {
        "require_text", "forbid_text", "claim_needs_fact", "link_policy", "charset", "length", "template_ast", "preview",
        "mask",
    }
)  # fmt: skip
_MAIL: Final = re.compile(r"[^\s@,，。;；]+@[^\s@,，。;；]+")
_LONGEST_REPLY: Final = 500


@frozen(kw_only=True)
class DraftLimits:
    """How much a generator may bring: `proposals` at most, of `characters` each, `within` this time."""

    proposals: int = field(default=5, validator=gt(0))
    characters: int = field(default=500, validator=gt(0))
    within: timedelta = field(default=timedelta(seconds=30), validator=ge(timedelta(milliseconds=1)))


@frozen(kw_only=True)
class BriefSlot:
    """One slot that must stand in every proposal as ``{name}``; ``max_length`` is that of what is filled in."""

    name: str
    kind: str
    meaning: str = ""
    max_length: int = 0


@frozen(kw_only=True)
class DraftBrief:
    """What a generator is handed.

    ``words`` are the template's own, slots in braces; ``must_tell`` and ``may_not_tell`` what its content standard says,
    ``rules`` the packs' rules on words; ``reply`` a borrower's words with everything personal masked, to be read as data and
    never as an instruction. ``most`` and ``longest`` are the caller's limits.
    """

    template: str
    locale: str
    purpose: Purpose
    channel: Channel
    words: str
    slots: tuple[BriefSlot, ...] = ()
    must_tell: tuple[str, ...] = ()
    may_not_tell: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    reply: str = field(default="", repr=False)
    most: int = 5
    longest: int = 500


class TextGenerator(Protocol):
    """Any client of a language model, or anybody who writes."""

    def propose(self, brief: DraftBrief) -> Iterable[str]:
        """Return wordings, slots in braces; whatever is returned or raised is taken as a stranger's."""
        ...


def brief_of(
    template: Template, catalogue: Catalogue, packs: Sequence[RulePack], limits: DraftLimits, reply: str = ""
) -> DraftBrief:
    """Return the brief for other words of `template`; `reply` must be masked already (`masked_reply`)."""
    zh = template.locale.startswith("zh")
    standard, elements = catalogue.standards.of(template), catalogue.standards.elements
    slots = [
        BriefSlot(name=name, kind=slot.kind.value, meaning=slot.meaning, max_length=slot.max_length)
        for name, slot in sorted({**template.slots, **_lender_slots(template, catalogue)}.items())
    ]
    told = [elements[one] for one in (*standard.required, *standard.in_app)] if standard else []
    barred = [elements[one] for one in standard.forbidden] if standard else []
    return DraftBrief(
        template=template.id,
        locale=template.locale,
        purpose=template.purpose,
        channel=template.channel,
        words=template.text,
        slots=tuple(slots),
        must_tell=tuple(one.means_zh if zh else one.means for one in told),
        may_not_tell=tuple(one.means_zh if zh else one.means for one in barred),
        rules=tuple(
            dict.fromkeys(
                rule.message_zh if zh else rule.message_en
                for pack in packs
                for rule in pack.rules
                if rule.check.type in _OF_WORDS and rule.applies.covers(template.purpose, template.channel)
            )
        ),
        reply=reply,
        most=limits.proposals,
        longest=limits.characters,
    )


def masked_reply(text: str, known: Iterable[str]) -> str:
    """Return a borrower's words without `known` values of theirs, mail addresses and runs of four digits.

    What nobody named to it (a nickname, a street) stays: hand over every value you hold of the person, or no reply at all.
    """
    return masked(_MAIL.sub("***", text[:_LONGEST_REPLY]), known)


def _lender_slots(template: Template, catalogue: Catalogue) -> dict[str, Slot]:
    return {name: catalogue.vocabulary[name] for name in template.lender_slots}
