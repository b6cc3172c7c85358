"""Frames of the host's own: the known columns alone, each of its kind, and one clear word where that cannot be.

No message quotes a cell: a frame that was handed over by mistake may hold anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from loansms.errors import CallerError, MissingExtra

if TYPE_CHECKING:
    import polars

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "payments": ("payment_id", "borrower_id", "at"),
    "promises": ("borrower_id", "at"),
    "replies": ("borrower_id", "at"),
    "clicks": ("borrower_id", "at"),
    "opt_outs": ("borrower_id", "at"),
    "complaints": ("borrower_id", "at"),
    "scores": ("borrower_id", "at", "score"),
    "bill": ("step_key",),
    "people": ("borrower_id",),
}
_KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "payments": ("amount", "currency", "loan_id"),
    "promises": ("kept", "loan_id"),
    "bill": ("cost", "segments", "provider"),
    "people": ("segment", "timezone"),
}
_ANSWER: Final = ("loan_id", "step_key")
# Every column that is no text and no time: what it holds, in English and Chinese.
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "amount": ("numbers", "数值"),
    "cost": ("numbers", "数值"),
    "segments": ("whole numbers", "整数"),
    "score": ("whole numbers", "整数"),
    "kept": ("true, false or null", "true、false 或空"),
}
_DECIMALS: Final = {"amount": 2, "cost": 6}  # where the host's own column is no decimal


def require_polars(needed_for: str) -> None:
    """Raise MissingExtra where Polars is not installed."""
    try:
        import_module("polars")
    except ImportError:
        raise MissingExtra("portfolio", needed_for) from None


def frame_of(name: str, given: object) -> polars.DataFrame:
    """Return the known columns of a host's frame, typed.

    Raise CallerError for what is no frame, a missing column, a null id or time, and a column of another kind.
    """
    import polars as pl  # noqa: PLC0415 - an extra

    frame = _read(name, given)
    needed = NEEDED[name]
    missing = [one for one in needed if one not in frame.columns]
    if missing and not frame.width:  # an empty list of rows has no columns to miss
        return frame.with_columns(pl.lit(None, pl.String()).alias(one) for one in needed).clear()
    if missing:
        raise CallerError(
            f"{name}: expected the columns {', '.join(needed)}; missing {', '.join(missing)}",
            f"{name}：应有列 {'、'.join(needed)}，缺少 {'、'.join(missing)}",
        )
    known = [one for one in (*needed, *_KEPT.get(name, _ANSWER)) if one in frame.columns]
    typed = pl.DataFrame([_typed(name, frame[one]) for one in known])
    # A reply of nobody known is still a reply; it belongs to no message.
    for one in needed:
        if one != "borrower_id" and typed[one].null_count():
            raise CallerError(f"{name}.{one}: expected a value in every row", f"{name}.{one}：每行都应有值")
    return typed


def _read(name: str, given: object) -> polars.DataFrame:
    import polars as pl  # noqa: PLC0415 - an extra

    source: Any = given.collect() if isinstance(given, pl.LazyFrame) else given
    if isinstance(source, pl.DataFrame):
        return source
    try:
        return pl.DataFrame(source, infer_schema_length=None)  # the first rows may well be null
    except (pl.exceptions.PolarsError, TypeError, ValueError):
        raise CallerError(
            f"{name}: expected a frame, or rows that are alike in their kinds (times in one zone)",
            f"{name}：应为数据表，或各行类型一致的数据（时间应为同一时区）",
        ) from None


def _typed(name: str, column: polars.Series) -> polars.Series:
    import polars as pl  # noqa: PLC0415 - an extra

    kinds = {
        "at": column.dtype,
        "kept": pl.Boolean(),
        "segments": pl.Int64(),
        "score": pl.Int64(),
        **{
            one: column.dtype if isinstance(column.dtype, pl.Decimal) else pl.Decimal(38, scale)
            for one, scale in _DECIMALS.items()
        },
    }
    try:
        return column.cast(kinds.get(column.name, pl.String()))
    except pl.exceptions.PolarsError:
        kind, kind_zh = _KINDS.get(column.name, ("text", "文本"))
        raise CallerError(
            f"{name}.{column.name}: expected {kind}", f"{name}.{column.name}：应为{kind_zh}"
        ) from None
