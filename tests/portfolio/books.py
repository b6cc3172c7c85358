"""Small loan books for the tests of this room, in every format; test numbers only."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

GOOD = {
    "loan_id": "L-1",
    "borrower_id": "B-1",
    "phone": "13800138000",
    "name": "张三",
    "country": "CN",
    "currency": "CNY",
    "amount_due": "1256.30",
    "oldest_unpaid_due_on": "",
    "next_due_on": "2026-09-24",
    "days_past_due": "",
    "as_of": "",
}


def row(**changes: str) -> dict[str, str]:
    """Return a good row with the given columns changed or added."""
    return {**GOOD, **changes}


def write_csv(path: Path, rows: Sequence[Mapping[str, str]], encoding: str = "utf-8") -> Path:
    """Write rows as CSV and return the path."""
    header = list(dict.fromkeys(name for one in rows for name in one))
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Iterable[Sequence[object]]]) -> Path:
    """Write the least an .xlsx needs: text as inline strings, numbers and booleans as themselves."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(names, 1)
    )
    related = "".join(
        f'<Relationship Id="r{at}" Target="worksheets/sheet{at}.xml" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/worksheet"/>'
        for at in range(1, len(names) + 1)
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            'Target="xl/workbook.xml" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            'officeDocument"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.'
            f'openxmlformats.org/officeDocument/2006/relationships"><sheets>{listed}</sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f"{related}</Relationships>",
        )
        for at, name in enumerate(names, 1):
            body = "".join(
                f'<row r="{number}">{"".join(map(_cell, cells))}</row>'
                for number, cells in enumerate(sheets[name], 1)
            )
            book.writestr(
                f"xl/worksheets/sheet{at}.xml",
                '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                f"<sheetData>{body}</sheetData></worksheet>",
            )
    return path


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value!r}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>' if value else "<c/>"
