"""A provider's own file of what it billed, row by row: what can be read, and each bad row with its line and reason.

>>> from loansms.insights.bill_terms import BillTerms
>>> terms = BillTerms.of({"provider": "p", "currency": "CNY", "columns": {"message_id": "id", "segments": "n"},
...     "prices": [{"per_segment": "0.045"}]})
>>> rows, bad = read_bill([{"id": "m-1", "n": "2"}, {"id": "", "n": "1"}, {"id": "m-2", "n": "two"}], terms)
>>> [(one.line, one.message_id, one.segments) for one in rows]
[(2, 'm-1', 2)]
>>> [(one.line, one.column, one.reason) for one in bad]
[(3, 'id', 'expected a value'), (4, 'n', 'expected a whole number from 0 to 99')]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from attrs import frozen

from loansms.errors import UnreadableBook
from loansms.insights.bill_terms import BillTerms
from loansms.model import Money
from loansms.portfolio import Reject
from loansms.portfolio.parse import Expected
from loansms.portfolio.readers import read_table

_WHOLE: Final = re.compile(r"[0-9]{1,2}(?:\.0+)?", re.ASCII)
_PRICE: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,8})?", re.ASCII)
_SPREAD: Final = 128
_WIDTH: Final = Expected("another number of cells than the header has", "列数与表头不符")
_EMPTY: Final = ("expected a value", "不应为空")
_COUNT: Final = ("expected a whole number from 0 to 99", "应为 0 到 99 的整数")
_MONEY: Final = ("expected an amount such as 0.045, without a currency", "应为 0.045 这样的金额，不带币种")
_LONG: Final = (f"expected at most {_SPREAD} characters", f"应不超过 {_SPREAD} 个字符")


@frozen(kw_only=True)
class BilledRow:
    """One row of the file; ``price`` is that of the whole row, None where the file tells none, ``free`` that it costs nothing."""

    line: int
    message_id: str
    segments: int
    price: Money | None = None
    step_key: str = ""
    part: str = ""
    free: bool = False


def read_bill(
    source: object, terms: BillTerms, encoding: str = "utf-8"
) -> tuple[list[BilledRow], list[Reject]]:
    """Return the rows of a path (.csv, .parquet, .xlsx), a frame or dicts, and the bad ones.

    Raise UnreadableBook where it cannot be read at all, or lacks a column that `terms` name.
    """
    table = read_table(source, encoding)
    header = [one.removeprefix("\ufeff").strip() for one in table.header]
    columns = terms.columns.named
    missing = [column for column in columns.values() if column not in header]
    if missing or len(set(header)) < len(header):
        told = f"no column {', '.join(missing)}" if missing else "two columns of one name"
        zh = f"缺少列 {'、'.join(missing)}" if missing else "有重名的列"
        raise UnreadableBook(f"{table.where}: {told}", f"{table.where}：{zh}")
    rows: list[BilledRow] = []
    bad: list[Reject] = []
    for line, cells in table.rows:
        if isinstance(cells, Expected) or len(cells) != len(header):
            wrong = cells if isinstance(cells, Expected) else _WIDTH
            bad.append(Reject(line, "row", wrong.told, wrong.told_zh))
            continue
        given = dict(zip(header, cells, strict=True))
        made = _row(line, {name: given[column].strip() for name, column in columns.items()}, terms)
        if isinstance(made, Reject):
            bad.append(made)
        else:
            rows.append(made)
    return rows, bad


def _row(line: int, told: Mapping[str, str], terms: BillTerms) -> BilledRow | Reject:
    columns = terms.columns.named

    def wrong(name: str, expected: tuple[str, str]) -> Reject:
        return Reject(line, columns[name], *expected)

    if not told["message_id"]:
        return wrong("message_id", _EMPTY)
    long = next((name for name in told if len(told[name]) > _SPREAD), None)
    if long:
        return wrong(long, _LONG)
    if "segments" in told and not _WHOLE.fullmatch(told["segments"]):
        return wrong("segments", _COUNT)
    if "price" in told and not _PRICE.fullmatch(told["price"]):
        return wrong("price", _MONEY)
    free = told.get("status", "") in terms.unbilled
    price = Money(0 if free else told["price"], terms.currency) if free or "price" in told else None
    return BilledRow(
        line=line,
        message_id=told["message_id"],
        segments=0 if free else int(Decimal(told.get("segments", "1"))),
        price=price,
        step_key=told.get("step_key", ""),
        part=told.get("part", ""),
        free=free,
    )
