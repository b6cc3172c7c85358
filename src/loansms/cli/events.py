"""An events file (CSV, Parquet, .xlsx or JSON lines) as event notices and bad rows.

Known columns: event_id, template, borrower_id, phone (required), country, region, timezone, language, name,
currency, purpose, loan_id, lender_id. A column ``fact.KEY`` holds what is true and may be claimed. Every other column
that is not empty fills the slot of that name; a slot knows what it may hold, so a wrong value is a bad row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from attrs import frozen

from loansms.calendars import plausible_zones
from loansms.errors import BadRow, CallerError, TemplateError, UnreadableBook
from loansms.model import Borrower, Money, Purpose
from loansms.planning import Event
from loansms.portfolio import Reject, parse
from loansms.portfolio.parse import Expected
from loansms.portfolio.readers import read_table
from loansms.privacy import Secret
from loansms.templates import Catalogue, Slot, SlotKind

REQUIRED = ("event_id", "template", "borrower_id", "phone")
_KNOWN = (
    *REQUIRED,
    "country",
    "region",
    "timezone",
    "language",
    "name",
    "currency",
    "purpose",
    "loan_id",
    "lender_id",
)
_FACT = "fact."
_JSON_LINES = frozenset({".jsonl", ".ndjson"})
_NOT_A_SLOT = Expected("this template has no slot of that name", "该模板没有这个填充项")
_REPEATED = Expected("this event id already stands on an earlier line", "该事件编号已在前面出现")
_NO_FACT = Expected(
    "expected true or false, a whole number, or a date such as 2026-09-24",
    "应为是或否、整数，或 2026-09-24 这样的日期",
)
_DIGITS_OF_A_DAY = 8  # 20260924
_NO_CURRENCY = Expected("expected a currency column for this amount", "金额需要 currency（币种）列")


@frozen
class EventRow:
    """One usable row of an events file and the line on which it begins."""

    line: int
    event: Event


def read_events(
    path: Path, catalogue: Catalogue, *, encoding: str = "utf-8", default_country: str | None = None
) -> tuple[list[EventRow], list[Reject]]:
    """Return the events of a file and its bad rows; raise UnreadableBook when it cannot be read at all."""
    rows: list[EventRow] = []
    rejects: list[Reject] = []
    seen: set[str] = set()
    for line, cells in _read(path, encoding):
        try:
            if isinstance(cells, Expected):
                raise BadRow("row", cells.told, cells.told_zh)
            event = event_of(cells, catalogue, default_country)
            if event.event_id in seen:
                raise _bad("event_id", _REPEATED)
            seen.add(event.event_id)
            rows.append(EventRow(line, event))
        except BadRow as bad:
            rejects.append(Reject(line, bad.column, bad.reason, bad.reason_zh))
    return rows, rejects


def event_of(cells: Mapping[str, str], catalogue: Catalogue, default_country: str | None = None) -> Event:
    """Return the event that named cells describe; raise BadRow naming the cell and what was expected."""
    given = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    for name in REQUIRED:
        if name not in given:
            raise _bad(name, parse.BLANK)
    borrower = _borrower(given, default_country)
    try:
        locale = catalogue.resolve_locale(given["template"], borrower.language)
    except TemplateError as unknown:
        raise BadRow("template", str(unknown), unknown.zh) from None
    template = catalogue.get(given["template"], locale=locale)
    values = {
        name: _value(name, cell, template.slots, given)
        for name, cell in given.items()
        if not name.startswith(_FACT) and (name not in _KNOWN or (name == "name" and name in template.slots))
    }
    missing = next((name for name in template.slots if name not in values), None)
    if missing:
        raise _bad(missing, parse.BLANK)
    return Event(
        event_id=_checked("event_id", given["event_id"], parse.identifier),
        template=template.id,
        borrower=borrower,
        values=values,
        purpose=_purpose(given.get("purpose")),
        loan_id=_checked("loan_id", given["loan_id"], parse.identifier) if "loan_id" in given else None,
        lender_id=given.get("lender_id"),
        facts={
            name.removeprefix(_FACT): _checked(name, cell, _fact)
            for name, cell in given.items()
            if name.startswith(_FACT)
        },
    )


def _bad(column: str, expected: Expected) -> BadRow:
    return BadRow(column, expected.told, expected.told_zh)


def _checked(column: str, cell: str, parser: Callable[[str], object]) -> Any:
    value = parser(cell)
    if isinstance(value, Expected):
        raise _bad(column, value)
    return value


def _borrower(given: Mapping[str, str], default_country: str | None) -> Borrower:
    stated = _checked("country", given["country"], parse.country) if "country" in given else None
    phone = _checked("phone", given["phone"], lambda cell: parse.mobile(cell, stated or default_country))
    country: str = stated or phone.country or default_country or ""
    if not country:
        raise _bad("country", parse.BLANK)
    zone = _checked("timezone", given["timezone"], parse.zone) if "timezone" in given else None
    language: str | None = (
        _checked("language", given["language"], parse.language) if "language" in given else None
    )
    return Borrower(
        borrower_id=_checked("borrower_id", given["borrower_id"], parse.identifier),
        phone=phone,
        name=Secret(given["name"]) if "name" in given else None,
        country=country,
        region=given.get("region"),
        language=language or parse.language_of(country),
        zones=plausible_zones(country, given.get("region"), zone, phone.zones),
    )


def _purpose(cell: str | None) -> Purpose | None:
    if cell is None:
        return None
    try:
        return Purpose(cell)
    except ValueError:
        known = ", ".join(Purpose)
        raise BadRow("purpose", f"expected one of {known}", f"应为 {known} 之一") from None


def _value(name: str, cell: str, slots: Mapping[str, Slot], given: Mapping[str, str]) -> object:
    slot = slots.get(name)
    if slot is None:
        raise _bad(name, _NOT_A_SLOT)
    if slot.kind is SlotKind.MONEY:
        if "currency" not in given:
            raise _bad(name, _NO_CURRENCY)
        currency = _checked("currency", given["currency"], parse.currency)
        return _checked(name, cell, lambda text: _money(text, currency))
    parser = _PARSERS.get(slot.kind)
    return _checked(name, cell, parser) if parser else Secret(cell) if slot.kind is SlotKind.NAME else cell


def _fact(cell: str) -> object:
    """Return what a fact's cell says: yes or no, a whole number or a day."""
    said = parse.flag(cell)
    if not isinstance(said, Expected):
        return said
    if cell.isdecimal() and len(cell) < _DIGITS_OF_A_DAY:
        return int(cell)
    day = parse.date_on(cell)
    return _NO_FACT if isinstance(day, Expected) else day


def _money(cell: str, currency: str) -> Money | Expected:
    amount = parse.amount(cell)
    return amount if isinstance(amount, Expected) else parse.money(amount, currency)


_PARSERS: Mapping[SlotKind, Callable[[str], object]] = {
    SlotKind.DATE: parse.date_on,
    SlotKind.COUNT: parse.count(0, 100_000),
    SlotKind.RATE: parse.rate,
}


def _read(path: Path, encoding: str) -> Iterator[tuple[int, Mapping[str, str] | Expected]]:
    if path.suffix.lower() in _JSON_LINES:
        yield from _read_json_lines(path, encoding)
        return
    table = read_table(path, encoding)
    header = [one.removeprefix("\ufeff").strip() for one in table.header]
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        told, zh = ", ".join(missing), "、".join(missing)
        raise UnreadableBook(
            f"{table.where} line {table.header_line}: expected a column for {told}",
            f"{table.where} 第 {table.header_line} 行：应有列 {zh}",
        )
    for line, cells in table.rows:
        if isinstance(cells, Expected):
            yield line, cells
        elif len(cells) != len(header):
            yield line, parse.wrong_width(len(header), len(cells))
        else:
            yield line, dict(zip(header, cells, strict=True))


def _read_json_lines(path: Path, encoding: str) -> Iterator[tuple[int, Mapping[str, str] | Expected]]:
    try:
        lines = path.read_text(encoding=encoding).splitlines()
    except FileNotFoundError:
        raise UnreadableBook(
            f"{path.name}: no such file; expected events as .csv, .jsonl, .parquet or .xlsx",
            f"{path.name}：文件不存在，应为 .csv、.jsonl、.parquet 或 .xlsx 的事件文件",
        ) from None
    except UnicodeDecodeError:
        raise UnreadableBook(
            f"{path.name}: not {encoding}; name its encoding with --encoding, such as gb18030",
            f"{path.name}：不是 {encoding} 编码；请用 --encoding 指定编码，例如 gb18030",
        ) from None
    except LookupError:
        raise CallerError(
            "--encoding: no such encoding; expected one such as utf-8 or gb18030",
            "--encoding：没有这种编码，应为 utf-8 或 gb18030 等",
        ) from None
    if not any(line.strip() for line in lines):
        raise UnreadableBook(
            f"{path.name}: the file is empty; expected a header line", f"{path.name}：文件为空，应有表头行"
        )
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, _cells(line)


def _cells(line: str) -> Mapping[str, str] | Expected:
    """Return the fields of one JSON object; ``values`` and ``facts`` may stand in objects of their own."""
    try:
        found: object = json.loads(line, parse_float=str)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return Expected("expected one JSON object on the line", "每行应为一个 JSON 对象")
    fields = cast("dict[str, object]", found)
    flat = {name: value for name, value in fields.items() if not isinstance(value, dict)}
    for name, prefix in (("values", ""), ("facts", _FACT)):
        inner = fields.get(name)
        if isinstance(inner, dict):
            flat |= {f"{prefix}{key}": value for key, value in cast("dict[str, object]", inner).items()}
    return {name: _text(value) for name, value in flat.items()}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
