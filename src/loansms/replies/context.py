"""What is known of the message that a reply answers, and of the number it came from.

>>> ReplyContext(menu={"1": Intent.QUESTION_BALANCE}).menu["1"].value
'question_balance'
>>> ReplyContext(menu={"R": Intent.CALL_ME})
Traceback (most recent call last):
loansms.errors.CallerError: menu: expected entries such as "1" or "12", letters are kept for opting out
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from loansms.calendars import Overrides
from loansms.errors import CallerError
from loansms.model import Money, Purpose
from loansms.replies.intent import Intent

_ENTRY: Final = re.compile(r"[0-9]{1,2}")


def _menu(entries: Mapping[str, Intent]) -> Mapping[str, Intent]:
    if not all(_ENTRY.fullmatch(one) for one in entries):
        raise CallerError(
            'menu: expected entries such as "1" or "12", letters are kept for opting out',
            "菜单：应为 1 至 2 位数字，字母保留给退订",
        )
    return MappingProxyType(dict(entries))


@frozen(kw_only=True)
class ReplyContext:
    """The message a reply answers, as far as it is known.

    ``purpose`` and ``kind`` (the template's id) are the message's; ``menu`` is what it offered, by number; ``language``
    and ``zone`` (IANA) are the person's, ``country`` (ISO 3166) says whose working days and order of day and month hold,
    with the lender's ``overrides`` of its calendar; ``amount_due`` is what was asked for; ``loan_ids`` are the loans the reply may be about;
    ``wrong_person`` says that the number is marked as not the borrower's.
    """

    purpose: Purpose | None = None
    kind: str = ""
    menu: Mapping[str, Intent] = field(factory=dict[str, Intent], converter=_menu, hash=False)
    language: str = ""
    zone: str = ""
    country: str = ""
    overrides: Overrides = field(factory=Overrides)
    amount_due: Money | None = field(default=None, repr=False)
    loan_ids: tuple[str, ...] = ()
    wrong_person: bool = False
