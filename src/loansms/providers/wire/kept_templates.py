"""Templates that the gateway keeps: which of theirs stands for which of ours, and how their variables are filled.

>>> kept = KeptTemplates.of({"reminder.due_in_3": {"zh-CN": {"code": "SMS_1", "params": {"money": "amount_due"}}}})
>>> kept.templates["reminder.due_in_3", "zh-CN"].code
'SMS_1'
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from loansms.errors import ConfigurationError, UnsupportedByProvider
from loansms.files import read_toml, structure
from loansms.model import Message


@frozen(kw_only=True)
class KeptTemplate:
    """A template at the gateway: its `code`, and for each of its variables the slot of ours that fills it.

    ``params`` has their names in their order; a gateway whose variables have places and no names takes the slots
    alone. ``sign`` is the 【signature】 filed for it where that is not the message's own, ``card`` the code of a card
    template that is tried first.
    """

    code: str
    params: Mapping[str, str] = field(factory=dict[str, str])
    sign: str = ""
    card: str = ""

    def fills(self, message: Message) -> bool:
        """Whether `message` has a value for every variable."""
        return all(slot in message.slots for slot in self.params.values())

    def values(self, message: Message) -> dict[str, str]:
        """Return the variables filled; raise UnsupportedByProvider where the message lacks a value."""
        missing = [slot for slot in self.params.values() if slot not in message.slots]
        if missing:
            raise UnsupportedByProvider(
                f"template {message.template}: the gateway's {self.code} asks for the slot {missing[0]}, which its text "
                "has not; map another",
                f"模板 {message.template}：通道模板 {self.code} 需要变量 {missing[0]}，文案中没有，请更改映射",
            )
        return {name: message.slots[slot].reveal() for name, slot in self.params.items()}


@frozen
class KeptTemplates:
    """All templates a gateway keeps for us, by our template and language."""

    templates: Mapping[tuple[str, str], KeptTemplate]

    @classmethod
    def of(cls, told: Mapping[str, Mapping[str, Any]], source: str = "templates") -> KeptTemplates:
        """Return them from plain data: template, language, then ``code`` and ``params``."""
        return cls(
            {
                (template, locale): structure(content, KeptTemplate, f"{source}: {template}.{locale}")
                for template, languages in told.items()
                for locale, content in languages.items()
            }
        )

    @classmethod
    def load(cls, path: str | Path) -> KeptTemplates:
        """Return those of a TOML file: tables ``["reminder.due_in_3".zh-CN]``; raise ConfigurationError for any other."""
        told = read_toml(Path(path))
        wrong = next((name for name, one in told.items() if not isinstance(one, Mapping)), None)
        if wrong is not None:
            raise ConfigurationError(
                f'{Path(path).name}: {wrong}: expected a table for each language, such as ["{wrong}".zh-CN]',
                f'{Path(path).name}：{wrong} 应为按语言分的表，例如 ["{wrong}".zh-CN]',
            )
        return cls.of(told, Path(path).name)

    def of_message(self, message: Message, provider: str) -> KeptTemplate:
        """Return the template that stands for a message's; raise UnsupportedByProvider where none does: nothing is sent."""
        found = self.templates.get((message.template, message.locale))
        if found is None:
            raise UnsupportedByProvider(
                f"provider {provider}: no template of the gateway is mapped to {message.template} in {message.locale}; add "
                "its code",
                f"通道商 {provider}：未配置 {message.template}（{message.locale}）对应的通道模板，请补充模板编号",
            )
        return found
