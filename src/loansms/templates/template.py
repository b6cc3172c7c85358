"""One template: its words in one language, why and to whom it is sent, and what its claims need."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from loansms.model import Channel, Purpose, RecipientRole
from loansms.templates.frame import Frame
from loansms.templates.parts import Fixed, Part, parse
from loansms.templates.slots import Slot, SlotKind

KINDS = frozenset({"notice", "reminder", "collection", "offer", "otp", "alert", "care", "reply", "legal"})


@frozen(kw_only=True)
class Declaration:
    """What holds for a template in every language.

    ``facts`` are the keys that the gate must know to be true before the text may claim what it claims
    (`credit_reporting`, `report_date` ...). ``education`` False keeps education lines out; ``opt_out``
    overrides the frame's rule (None follows it).
    """

    purpose: Purpose
    recipient: RecipientRole = RecipientRole.BORROWER
    channel: Channel = Channel.SMS
    facts: tuple[str, ...] = ()
    education: bool = True
    opt_out: bool | None = None


@frozen(kw_only=True)
class Template:
    """One template in one language.

    ``slots`` are exactly the values that `render` takes; ``lender_slots`` name what the lender profile
    fills. ``source`` names the file it came from.
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
    frame: Frame = field(factory=Frame, repr=False)
    source: str = ""
    parts: tuple[Part, ...] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "parts", parse(self.text))

    @property
    def place(self) -> str:
        """How errors name it: id and locale."""
        return f"{self.id} [{self.locale}]"

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
