"""Templates that the gateway keeps: which of theirs stands for which of ours, and how their variables are filled.

One format, wherever it stands: a file of its own, or [templates] of a declared gateway. A template of ours is mapped for
every language, or by language; what it is mapped to is the gateway's code alone, or a table.

>>> kept = KeptTemplates.of(
...     {
...         "care.birthday": "SMS_1",
...         "reminder.due_in_3": {"zh-CN": {"code": "SMS_2", "params": {"money": "amount_due"}}, "en": "SMS_3"},
...         "reminder.due_in_7": {"code": "SMS_4", "params": ["due_on", "amount_due"]},
...     }
... )
>>> kept.find("care.birthday", "en").code, kept.find("reminder.due_in_3", "zh-CN").params
('SMS_1', {'money': 'amount_due'})
>>> kept.find("reminder.due_in_3", "zh-Hant") is None, kept.find("reminder.due_in_7", "en").params
(True, {'due_on': 'due_on', 'amount_due': 'amount_due'})
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from attrs import evolve, field, frozen

from loansms.errors import ConfigurationError, UnsupportedByProvider
from loansms.files import read_toml, structure
from loansms.model import Message

EVERY_LANGUAGE = ""
_NAME = re.compile(r"[^./\s]+(?:\.[^./\s]+)+")
# zh, zh-CN, fil-PH: a word alone may be a slip of the pen for one of the keys.
_LANGUAGE = re.compile(r"[a-z]{2}|[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})+")


@frozen(kw_only=True)
class KeptTemplate:
    """A template at the gateway: its `code`, and for each of its variables the slot of ours that fills it.

    ``params`` has their names in their order; a gateway whose variables have places and no names takes the slots
    alone. None stands for all values of the text, in their order and by our names; a template without variables has {}.
    ``sign`` is the 【signature】 filed for it where that is not the message's own, ``card`` the code of a card template that
    is tried first.
    """

    code: str
    params: Mapping[str, str] | None = None
    sign: str = ""
    card: str = ""

    def slots(self, message: Message) -> Mapping[str, str]:
        """Return the gateway's variables and the slots that fill them, for `message`."""
        return {name: name for name in message.slots} if self.params is None else self.params

    def fills(self, message: Message) -> bool:
        """Whether `message` has a value for every variable."""
        return all(slot in message.slots for slot in self.slots(message).values())

    def values(self, message: Message) -> dict[str, str]:
        """Return the variables filled; raise UnsupportedByProvider where the message lacks a value."""
        wanted = self.slots(message)
        missing = [slot for slot in wanted.values() if slot not in message.slots]
        if missing:
            raise UnsupportedByProvider(
                f"template {message.template}: the gateway's {self.code} asks for the slot {missing[0]}, which its text "
                "has not; map another",
                f"模板 {message.template}：通道模板 {self.code} 需要变量 {missing[0]}，文案中没有，请更改映射",
            )
        return {name: message.slots[slot].reveal() for name, slot in wanted.items()}


@frozen
class KeptTemplates:
    """All templates a gateway keeps for us, by our template and language ("" for every language)."""

    templates: Mapping[tuple[str, str], KeptTemplate] = field(factory=dict[tuple[str, str], KeptTemplate])

    @classmethod
    def of(cls, told: Mapping[str, object], source: str = "templates") -> KeptTemplates:
        """Return them from plain data; raise ConfigurationError, which names `source` and the template, for any other."""
        found: dict[tuple[str, str], KeptTemplate] = {}
        for name, content in told.items():
            if not _NAME.fullmatch(name):
                raise ConfigurationError(
                    f'{source}: {name}: expected the name of a template in quotes, such as "reminder.due_in_3", its languages '
                    "in tables below",
                    f'{source}：{name} 应为带引号的模板名称，例如 "reminder.due_in_3"，语言写在其下的表中',
                )
            for locale, one in _by_language(content).items():
                where = f"{source}: {name}.{locale}" if locale else f"{source}: {name}"
                found[name, locale] = _template(one, where)
        return cls(found)

    @classmethod
    def load(cls, path: str | Path) -> KeptTemplates:
        """Return those of a TOML file, such as tables ``["reminder.due_in_3".zh-CN]``; raise ConfigurationError for any other."""
        return cls.of(read_toml(Path(path)), Path(path).name)

    def over(self, others: KeptTemplates) -> KeptTemplates:
        """Return these, and of `others` what these do not map."""
        return KeptTemplates({**others.templates, **self.templates})

    def find(self, template: str, locale: str) -> KeptTemplate | None:
        """Return what is mapped to a template in a language, else in every language, None for nothing."""
        return self.templates.get((template, locale)) or self.templates.get((template, EVERY_LANGUAGE))

    def of_message(self, message: Message, provider: str) -> KeptTemplate:
        """Return the template that stands for a message's; raise UnsupportedByProvider where none does: nothing is sent."""
        found = self.find(message.template, message.locale)
        if found is None:
            raise UnsupportedByProvider(
                f"provider {provider}: no template of the gateway is mapped to {message.template} in {message.locale}; add "
                "its code",
                f"通道商 {provider}：未配置 {message.template}（{message.locale}）对应的通道模板，请补充模板编号",
            )
        return found


def _by_language(content: object) -> Mapping[str, object]:
    """Return what is mapped by language: a table whose keys are languages, else the whole for every language."""
    told = _table(content)
    return told if told and all(_LANGUAGE.fullmatch(name) for name in told) else {EVERY_LANGUAGE: content}


def _table(content: object) -> Mapping[str, object] | None:
    return cast("Mapping[str, object]", content) if isinstance(content, Mapping) else None


def _template(told: object, where: str) -> KeptTemplate:
    table = _table(told)
    if isinstance(told, str):
        made = KeptTemplate(code=told)
    elif table is not None:
        params = table.get("params")
        if isinstance(params, list):
            # A list names the slots alone: the gateway's variables have places, or our names.
            params = {str(one): one for one in cast("list[object]", params)}
        named = {"params": params} if "params" in table else {}
        made = structure({**table, **named}, KeptTemplate, where)
    else:
        raise ConfigurationError(
            f"{where}: expected the gateway's code in quotes, a table with code and params, or a table for each language",
            f"{where}：应为通道模板编号、含 code 与 params 的表，或按语言分的表",
        )
    if not made.code.strip():
        raise ConfigurationError(f"{where}: code: expected the gateway's code", f"{where}：code 不能为空")
    return evolve(made, code=made.code.strip())
