"""What every reader gives: a header, and rows of text with the line each begins on.

Typed cells of spreadsheets and frames become the very text a CSV export of them would hold, so one parser
serves all and the same book gives the same accounts from any format.

>>> as_text(13800138000.0), as_text(True), as_text(None), as_text(Decimal("5100.00"))
('13800138000', 'true', '', '5100.00')
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from attrs import field, frozen

from loansms.portfolio.parse import Expected

Cells = Sequence[str]


@frozen
class BrokenRow(Expected):
    """A row whose cells cannot be trusted, with what they seem to be: a refusal among them still counts."""

    cells: Cells = field(default=(), repr=False)


@frozen
class Table:
    """A book before it is understood: `rows` yields (line, cells), or what was expected of the line.

    ``where`` names the file for messages, ``header_line`` the line the header stands on.
    """

    where: str
    header: Cells
    header_line: int
    rows: Iterator[tuple[int, Cells | Expected]] = field(repr=False)
    warnings: tuple[tuple[str, str], ...] = ()


def as_text(cell: object) -> str:
    """Return a typed cell as the text a CSV export would hold; nothing and not-a-number are empty."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _float(cell)
    if isinstance(cell, bytes):
        # Parquet files of some tools hold text as bytes.
        return cell.decode("utf-8", errors="backslashreplace")
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime):
        # A day that a frame or a spreadsheet holds as a moment at midnight is still a day.
        midnight = cell.tzinfo is None and cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _float(cell: float) -> str:
    if math.isnan(cell):
        return ""
    # Beyond 2**53 a float no longer holds every digit: its exponent form is refused as rounded.
    if cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return repr(cell)
