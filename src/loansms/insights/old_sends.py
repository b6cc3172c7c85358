"""What the system before sent, read from its own file: one row a message, each bad row with its line and reason.

>>> read, bad = read_old_sends([{"borrower_id": "B-1", "sent_at": "2026-09-24 09:30:00", "template": "due"},
...     {"borrower_id": "", "sent_at": "2026-09-24 09:30:00", "template": "due"},
...     {"borrower_id": "B-2", "sent_at": "24/09", "template": "due"}])
>>> [(one.line, one.borrower_id, one.channel.value, one.template) for one in read]
[(2, 'B-1', 'sms', 'due')]
>>> [(one.line, one.column) for one in bad]
[(3, 'borrower_id'), (4, 'sent_at')]
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from attrs import field, frozen

from loansms.errors import UnreadableBook
from loansms.model import Channel, Purpose
from loansms.portfolio import Reject
from loansms.portfolio.parse import Expected, moment
from loansms.portfolio.readers import read_table
from loansms.privacy import Secret

NEEDED: Final = ("borrower_id", "sent_at")
COLUMNS: Final = (*NEEDED, "loan_id", "channel", "purpose", "template", "text")
_EMPTY: Final = Expected("expected a value", "不应为空")
_CHANNEL: Final = Expected(
    f"expected one of {', '.join(Channel)}, or nothing for sms", f"应为 {'、'.join(Channel)} 之一，留空为 sms"
)
_PURPOSE: Final = Expected(
    f"expected one of {', '.join(Purpose)}, or nothing", f"应为 {'、'.join(Purpose)} 之一，或留空"
)


@frozen(kw_only=True)
class OldSend:
    """One message the system before sent; ``at`` without an offset is the borrower's own time.

    ``purpose`` is None where the file does not tell, ``text`` where it holds no words. Ids are the book's.
    """

    line: int
    borrower_id: str
    at: datetime
    loan_id: str = ""
    channel: Channel = Channel.SMS
    purpose: Purpose | None = None
    template: str = ""
    text: Secret[str] | None = field(default=None, repr=False)


def read_old_sends(source: object, encoding: str = "utf-8") -> tuple[list[OldSend], list[Reject]]:
    """Return the messages of a path (.csv, .parquet, .xlsx), a frame or dicts, and the bad rows.

    Columns: `borrower_id` and `sent_at`; `loan_id`, `channel`, `purpose`, `template` and `text` where there are any; others are
    left aside. Raise UnreadableBook where the file cannot be read, or lacks one of the first two.
    """
    table = read_table(source, encoding)
    header = [one.removeprefix("\ufeff").strip() for one in table.header]
    missing = [one for one in NEEDED if one not in header]
    if missing:
        raise UnreadableBook(
            f"{table.where}: no column {', '.join(missing)}; what can be read: {', '.join(COLUMNS)}",
            f"{table.where}：缺少列 {'、'.join(missing)}；可读取的列：{'、'.join(COLUMNS)}",
        )
    read: list[OldSend] = []
    bad: list[Reject] = []
    for line, cells in table.rows:
        made = cells if isinstance(cells, Expected) else _row(line, dict(zip(header, cells, strict=False)))
        if isinstance(made, Expected):
            bad.append(Reject(line, "row", made.told, made.told_zh))
        elif isinstance(made, Reject):
            bad.append(made)
        else:
            read.append(made)
    return read, bad


def _row(line: int, told: Mapping[str, str]) -> OldSend | Reject:
    given = {name: told.get(name, "").strip() for name in COLUMNS}
    empty = next((name for name in NEEDED if not given[name]), None)
    at = moment(given["sent_at"])
    wrong: Mapping[str, Expected | None] = {
        "borrower_id": _EMPTY if empty == "borrower_id" else None,
        "sent_at": at if isinstance(at, Expected) else None,
        "channel": None if given["channel"].lower() in {"", *Channel} else _CHANNEL,
        "purpose": None if given["purpose"].lower() in {"", *Purpose} else _PURPOSE,
    }
    for column, expected in wrong.items():
        if expected is not None:
            return Reject(
                line, column, expected.told, expected.told_zh, given["loan_id"], given["borrower_id"]
            )
    assert isinstance(at, datetime)
    return OldSend(
        line=line,
        borrower_id=given["borrower_id"],
        at=at,
        loan_id=given["loan_id"],
        channel=Channel(given["channel"].lower() or Channel.SMS),
        purpose=Purpose(given["purpose"].lower()) if given["purpose"] else None,
        template=given["template"],
        text=Secret(told["text"]) if given["text"] else None,
    )
