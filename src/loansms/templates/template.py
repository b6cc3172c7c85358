"""One template: its words in one language, why and to whom it is sent, and what its claims need."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property

from attrs import asdict, field, frozen

from loansms.model import Channel, Purpose, RecipientRole
from loansms.templates.approval import Approval, ApprovalState
from loansms.templates.frame import Frame
from loansms.templates.parts import Fixed, Part, parse
from loansms.templates.slots import Slot, SlotKind

KINDS = frozenset({"notice", "reminder", "collection", "offer", "otp", "alert", "care", "reply", "legal"})


@frozen(kw_only=True)
class Declaration:
    """What holds for a template in every language.

    ``facts`` are the keys that the gate must know to be true before the text may claim what it claims
    (`credit_reporting`, `report_date` ...). ``education`` False keeps education lines out; ``opt_out``
    overrides the frame's rule (None follows it). ``menu`` says what a number in reply stands for (a meaning of
    `loansms.replies.Intent`), ``scale`` that 1 to so many in reply is a score (0 asks for none).
    """

    purpose: Purpose
    recipient: RecipientRole = RecipientRole.BORROWER
    channel: Channel = Channel.SMS
    facts: tuple[str, ...] = ()
    education: bool = True
    opt_out: bool | None = None
    menu: Mapping[str, str] = field(factory=dict[str, str])
    scale: int = 0


@frozen(kw_only=True)
class Template:
    """One template in one language.

    ``slots`` are exactly the values that `render` takes; ``lender_slots`` name what the lender profile
    fills. ``source`` names the file it came from, ``approval`` who released which version of it (None: nobody).
    """

    id: str
    locale: str
    text: str = field(repr=False)
    slots: Mapping[str, Slot] = field(repr=False)
    lender_slots: tuple[str, ...] = ()
    purpose: Purpose
    recipient: RecipientRole = RecipientRole.BORROWER
    channel: Channel = Channel.SMS
    facts: tuple[str, ...] = ()
    education: bool = True
    opt_out: bool | None = None
    menu: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    scale: int = 0
    frame: Frame = field(factory=Frame, repr=False)
    source: str = ""
    approval: Approval | None = field(default=None, repr=False, eq=False)
    parts: tuple[Part, ...] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "parts", parse(self.text))

    @property
    def place(self) -> str:
        """How errors name it: id and locale."""
        return f"{self.id} [{self.locale}]"

    @cached_property
    def version(self) -> str:
        """Twelve hex digits that stand for all that decides what is said; the same words have the same version.

        Language, text, the slots it uses (kind, length, choices in its language), declaration and frame count;
        id, samples and where it stands do not.
        """
        said = [
            self.locale,
            self.text,
            [_said_of(name, slot, self.locale) for name, slot in sorted(self.slots.items())],
            sorted(self.lender_slots),
            [self.purpose.value, self.recipient.value, self.channel.value],
            sorted(self.facts),
            self.education,
            self.opt_out,
            {**asdict(self.frame), "opt_out": dict(self.frame.opt_out)},
        ]
        written = json.dumps(said, ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()[:12]

    @property
    def state(self) -> ApprovalState:
        """How far its present words are approved; an approval of other words counts for nothing."""
        if self.approval is None or self.approval.version != self.version:
            return ApprovalState.DRAFT
        return self.approval.state

    @property
    def names_sender(self) -> bool:
        """Whether the text itself names the lender, so that no opening has to."""
        return "lender_name" in self.lender_slots or "lender_short_name" in self.lender_slots

    @property
    def fixed_words(self) -> str:
        """The words that never change, slots left out."""
        return "".join(part.text for part in self.parts if isinstance(part, Fixed))

    @property
    def free_text(self) -> tuple[str, ...]:
        """The slots whose values must pass the wording review for each message."""
        return tuple(name for name, slot in self.slots.items() if slot.kind is SlotKind.TEXT)

    def samples(self, currency: str = "CNY", phone: str = "400-000-0000") -> dict[str, object]:
        """Return neutral values for every slot, for previews and reviews; `phone` must be a listed one."""
        return {name: slot.sample(self.locale, currency, phone) for name, slot in self.slots.items()}


def _said_of(name: str, slot: Slot, locale: str) -> list[object]:
    """Return what of a slot decides the words that may stand in it."""
    words = {
        key: told.get(locale) or told.get("en") or next(iter(told.values()), "")
        for key, told in slot.choices.items()
    }
    return [name, slot.kind.value, slot.max_length, slot.year, slot.masked, words]
