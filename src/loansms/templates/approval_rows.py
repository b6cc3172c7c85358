"""The rows of ``approvals.toml``: read strictly, written as they are read.

>>> from loansms.templates.approval import Approval
>>> draft = Approval(template="care.birthday", locale="en", version="0a1b2c3d4e5f", drafted_by="e-104")
>>> print(approvals_text([draft]))
# Who released which version of a text; written by `loansms approve`.
<BLANKLINE>
[[approvals]]
template = "care.birthday"
locale = "en"
version = "0a1b2c3d4e5f"
state = "draft"
drafted_by = "e-104"
<BLANKLINE>
>>> approvals_of({"approvals": [{"template": "care.birthday", "locale": "en", "stat": "draft"}]}, "approvals.toml")
Traceback (most recent call last):
loansms.errors.TemplateError: approvals.toml care.birthday: missing key 'version' at .version; unknown keys stat
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, cast

from attrs import asdict, fields

from loansms.errors import TemplateError
from loansms.files import structure
from loansms.templates.approval import SHIPPED, Approval, ApprovalRow

_HEAD: Final = "# Who released which version of a text; written by `loansms approve`."


def approvals_of(content: Mapping[str, Any], source: str) -> dict[tuple[str, str], Approval]:
    """Return the approvals of a file's `content` by (id, locale); TemplateError names `source`, id and key."""
    rows: object = content.get("approvals", [])
    if content.keys() - {"approvals"} or not isinstance(rows, list):
        raise TemplateError(
            f"{source}: expected [[approvals]] rows and nothing else", f"{source}：应只含 [[approvals]] 条目"
        )
    found: dict[tuple[str, str], Approval] = {}
    for number, row in enumerate(cast("list[object]", rows), 1):
        one = _approval(source, number, row)
        key = (one.template, one.locale)
        if key in found:
            raise TemplateError(
                f"{source} {one.place}: stands there twice; keep one row",
                f"{source} {one.place}：重复出现；请只保留一条",
            )
        found[key] = one
    return found


def approvals_text(approvals: Iterable[Approval]) -> str:
    """Return the content of the file, sorted; approvals that the library shipped are not written."""
    rows = sorted(
        (one for one in approvals if one.source != SHIPPED), key=lambda one: (one.template, one.locale)
    )
    return "\n".join([_HEAD, "", *map(_written, rows)])


def _approval(source: str, number: int, row: object) -> Approval:
    named = cast("dict[str, Any]", row) if isinstance(row, dict) else {}
    told = named.get("template")
    where = f"{source} {told if isinstance(told, str) and told.isprintable() else f'row {number}'}"
    if not named:
        raise TemplateError(f"{where}: expected a table [[approvals]]", f"{where}：应为表 [[approvals]]")
    read = structure(named, ApprovalRow, where, TemplateError)
    try:
        return Approval(**asdict(read, recurse=False), source=source)
    except TemplateError as wrong:
        raise TemplateError(f"{source} {wrong}", f"{source} {wrong.zh}") from None


def _written(approval: Approval) -> str:
    kept = {one.name: getattr(approval, one.name) for one in fields(ApprovalRow)}
    lines = [f"{name} = {_literal(value)}" for name, value in kept.items() if value not in (None, "")]
    return "\n".join(["[[approvals]]", *lines, ""])


def _literal(value: date | str) -> str:
    # A day stands bare; a string of JSON without control characters is one of TOML as well.
    return value.isoformat() if isinstance(value, date) else json.dumps(str(value), ensure_ascii=False)
