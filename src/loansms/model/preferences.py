"""How a person wants to be written to: a wish, never a refusal, and never wider than what is lawful.

>>> first = Preferences(less_often=True, channel=Channel.EMAIL)
>>> first.then(Preferences(channel=Channel.SMS))
Preferences(less_often=True, shorter=None, channel=<Channel.SMS: 'sms'>, hours=None, language='')
>>> bool(first), bool(Preferences())
(True, False)
"""

from __future__ import annotations

from datetime import time

import attrs
from attrs import field, frozen

from loansms.errors import CallerError
from loansms.model.message import Channel


def _in_order(_instance: object, _attribute: object, value: tuple[time, time] | None) -> None:
    if value is not None and not value[0] < value[1]:
        raise CallerError(
            "hours: expected two times of one day, the first before the second",
            "hours：应为同一天内先后两个时刻",
        )


@frozen(kw_only=True)
class Preferences:
    """What somebody asked for; None or "" says nothing of it, False takes a wish back.

    ``less_often`` and ``shorter`` are of reminders and the like, ``hours`` of the person's own day, from and until;
    the whole day takes hours back. ``language`` is a locale such as "en" or "zh-Hant".
    """

    less_often: bool | None = None
    shorter: bool | None = None
    channel: Channel | None = None
    hours: tuple[time, time] | None = field(default=None, validator=_in_order)
    language: str = ""

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return self != Preferences()

    def then(self, later: Preferences) -> Preferences:
        """Return these after a later word: what it names takes the place of what was said before."""
        said = {name: value for name in _NAMES if (value := getattr(later, name)) is not None and value != ""}
        return attrs.evolve(self, **said)


_NAMES = tuple(one.name for one in attrs.fields(Preferences))
