"""Read a TOML file into frozen values, with one clear error: file, key, what was expected.

The rooms' own ``files.py`` build on this; decisions never read files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache, partial
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeGuard, TypeVar, get_args

import attrs
import cattrs

from loansms.errors import CallerError, ConfigurationError, LoansmsError

T = TypeVar("T")


def _exact_date(value: object, _type: object) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise CallerError("expected a date such as 2026-09-24", "应为日期，例如 2026-09-24")
    return value


def _exact_bool(value: object, _type: object) -> bool:
    if not isinstance(value, bool):
        raise CallerError("expected true or false", "应为 true 或 false")
    return value


def _exact_int(value: object, _type: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise CallerError("expected a whole number", "应为整数")
    return value


def _exact_str(value: object, kind: type[str]) -> str:
    if not isinstance(value, str):
        raise CallerError("expected text in quotes", "应为带引号的文本")
    return kind(value)  # a StrEnum comes here too, and refuses what is none of its members


def _exact_decimal(value: object, _type: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise CallerError('expected a number in quotes such as "0.072"', '应为带引号的数字，例如 "0.072"')
    try:
        return Decimal(value)
    except InvalidOperation:
        raise CallerError(
            'expected a number in quotes such as "0.072"', '应为带引号的数字，例如 "0.072"'
        ) from None


_EXACT: dict[type, Callable[[object, Any], object]] = {
    date: _exact_date,
    bool: _exact_bool,
    int: _exact_int,
    str: _exact_str,
    Decimal: _exact_decimal,
}


def converter() -> cattrs.Converter:
    """Return a strict converter: unknown keys and loose types are errors, frozen tuples are kept."""
    made = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, hook in _EXACT.items():
        # By class: cattrs asks its own loose hooks of str and int before any hook found by a predicate.
        made.register_structure_hook(kind, hook)
    return made


def read_toml(path: Path, error: type[ConfigurationError] = ConfigurationError) -> dict[str, Any]:
    """Return the content of a TOML file, or raise `error` naming the file and the line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise error(
            f"{path.name}: no such file; expected a TOML file", f"{path.name}：文件不存在，应为 TOML 文件"
        ) from None
    except OSError as wrong:
        told = f"cannot be read: {wrong.strerror}"
        raise error(f"{path.name}: {told}", f"{path.name}：无法读取：{wrong.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        told = _first_line(wrong)
        raise error(
            f"{path.name}: expected TOML in UTF-8: {told}", f"{path.name}：应为 UTF-8 编码的 TOML：{told}"
        ) from None


@cache
def _plain() -> cattrs.Converter:
    """The converter of all who add no hook of their own: building one costs more than a file's content."""
    return converter()


def structure(
    content: Mapping[str, Any],
    into: type[T],
    source: str,
    error: type[ConfigurationError] = ConfigurationError,
    using: cattrs.Converter | None = None,
) -> T:
    """Return `content` as an `into`, or raise `error`: one line, every wrong key with what was expected."""
    try:
        return (using or _plain()).structure(content, into)
    except (cattrs.BaseValidationError, ValueError, TypeError, KeyError) as wrong:
        told, told_zh = "; ".join(_told(wrong)), "；".join(_told(wrong, zh=True))
        raise error(f"{source}: {told}", f"{source}：{told_zh}") from None


def _told(wrong: BaseException, *, zh: bool = False) -> list[str]:
    lines = cattrs.transform_error(wrong, format_exception=partial(_one, zh=zh))
    said = [line.rpartition(" @ $") if " @ $" in line else (line, "", "") for line in lines]
    if zh:
        return [f"{place.removeprefix('.')}：{what}" if place else what for what, _, place in said]
    return [f"{what} at {place}" if place else what for what, _, place in said]


def _one(wrong: BaseException, kind: type[Any] | None, *, zh: bool) -> str:
    """Say what one key lacked, without the value that stood there."""
    if isinstance(wrong, KeyError):
        return f"缺少 {wrong}" if zh else f"missing key {wrong}"
    if isinstance(wrong, cattrs.ForbiddenExtraKeysError):
        extra = sorted(wrong.extra_fields)
        return f"不应有 {'、'.join(extra)}" if zh else f"unknown keys {', '.join(extra)}"
    if isinstance(wrong, ValueError | TypeError) and not attrs.has(type(wrong)):
        words = _not_none(kind)
        if options := [str(one.value) for one in words] if _is_enum(words) else []:
            return f"应为 {'、'.join(options)} 之一" if zh else f"expected one of {', '.join(options)}"
    return wrong.zh if zh and isinstance(wrong, LoansmsError) and wrong.zh else _first_line(wrong)


def _not_none(kind: Any) -> Any:
    """Return the kind that a key has where it may also be left out."""
    named = [one for one in get_args(kind) if one is not NoneType]
    return named[0] if len(named) == 1 and isinstance(kind, UnionType) else kind


def _is_enum(kind: type[Any] | None) -> TypeGuard[type[Enum]]:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _first_line(wrong: BaseException) -> str:
    return (str(wrong).splitlines() or [type(wrong).__name__])[0]
