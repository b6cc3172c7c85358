"""The bytes of a record that a digest is taken of: canonical JSON, so that every machine writes the same.

The form is that of RFC 8785 without its floats: keys in the order of their UTF-16 units, no spaces, the shortest
escapes, UTF-8. Whole numbers stay within ±(2**53 - 1), where every reader of JSON reads them alike.

>>> from datetime import UTC, datetime
>>> told = Record(kind=RecordKind.CASE, at=datetime(2026, 9, 24, 2, tzinfo=UTC), debtor="bank|B-1", data={"desk": "二组"})
>>> print(entry_bytes(Entry(number=7, record=told)).decode())  # doctest: +NORMALIZE_WHITESPACE
{"format":"loansms.entry/1","number":7,"record":{"at":"2026-09-24T02:00:00.000000Z","data":{"desk":"二组"},"debtor":"bank|B-1","format":"loansms.record/1","kind":"case","loan_id":"","step_key":""}}
>>> read_record(record_bytes(told)) == told
True
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NoReturn, cast

from loansms.errors import CallerError
from loansms.model.record import Entry, Json, Record, RecordKind

RECORD_FORMAT = "loansms.record/1"
ENTRY_FORMAT = "loansms.entry/1"
_EXACT = 2**53 - 1  # RFC 8785, 3.2.2.3: what an IEEE double holds exactly
_DEPTH = 32
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_ENTRY_HEAD = f'{{"format":"{ENTRY_FORMAT}","number":'

# Python's encoder writes strings as RFC 8785 asks: short escapes, \u00xx in small letters, all else as it is.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_quoted = json.encoder.encode_basestring


def canonical(value: Json, where: str = "value") -> bytes:
    """Return the canonical bytes of `value`; CallerError for a number too big, a nest too deep, half a character."""
    return _utf8(_text(value, where), where)


def parse(said: bytes, where: str = "value") -> Json:
    """Return what canonical bytes say; CallerError for any other spelling of the same, or for no JSON at all."""
    try:
        value = cast("Json", _decode(said.decode()))
    except (ValueError, RecursionError):
        value = None
    if value is None or canonical(value, where) != said:
        raise CallerError(
            f"{where}: expected canonical JSON (RFC 8785, no floats)",
            f"{where}：应为规范 JSON（RFC 8785，不含浮点数）",
        )
    return value


def record_bytes(record: Record) -> bytes:
    """Return the canonical bytes of a record, its format's name inside and its time in UTC microseconds."""
    # The keys stand in their order already; only `data` has to be put in one.
    said = (
        f'{{"at":"{time_text(record.at)}","data":{_text(record.data, "record")},"debtor":{_quoted(record.debtor)},'
        f'"format":"{RECORD_FORMAT}","kind":"{record.kind.value}","loan_id":{_quoted(record.loan_id)},'
        f'"step_key":{_quoted(record.step_key)}}}'
    )
    return _utf8(said, "record")


def entry_bytes(entry: Entry) -> bytes:
    """Return the canonical bytes of an entry: its number and its record. A leaf is the digest of these."""
    if not 0 <= entry.number <= _EXACT:
        raise CallerError("number: expected 0 to 2**53 - 1", "number：应为 0 至 2**53 - 1")
    return f'{_ENTRY_HEAD}{entry.number},"record":'.encode() + record_bytes(entry.record) + b"}"


def read_record(said: bytes) -> Record:
    """Return the record that canonical bytes hold; CallerError for anything else."""
    return _record(parse(said, "record"))


def read_entry(said: bytes) -> Entry:
    """Return the entry that canonical bytes hold; CallerError for anything else."""
    table = table_of(parse(said, "entry"), "entry", ("format", "number", "record"))
    number = table["number"]
    if (
        table["format"] != ENTRY_FORMAT
        or isinstance(number, bool)
        or not isinstance(number, int)
        or number < 0
    ):
        _refuse("entry", ENTRY_FORMAT)
    return Entry(number=number, record=_record(table["record"]))


def time_text(at: datetime) -> str:
    """Return a moment in UTC to the microsecond: 2026-09-24T02:00:00.000000Z."""
    try:
        return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except OverflowError:
        raise CallerError(
            "at: expected a moment of the years 1 to 9999 in UTC", "at：应为 UTC 公元 1 至 9999 年"
        ) from None


def read_time(said: object, where: str = "at") -> datetime:
    """Return the moment that `time_text` wrote; CallerError for any other form."""
    if isinstance(said, str) and _TIME.fullmatch(said):
        try:
            return datetime.fromisoformat(said)
        except ValueError:
            pass
    raise CallerError(
        f"{where}: expected a time such as 2026-09-24T02:00:00.000000Z",
        f"{where}：应为 2026-09-24T02:00:00.000000Z 形式的时间",
    )


def table_of(value: Json, where: str, keys: Sequence[str]) -> Mapping[str, Json]:
    """Return `value` as a table of exactly these keys; CallerError for anything else."""
    if not isinstance(value, Mapping) or sorted(value) != sorted(keys):
        raise CallerError(
            f"{where}: expected a table of {', '.join(keys)}", f"{where}：应为含 {'、'.join(keys)} 的表"
        )
    return value


def text_of(table: Mapping[str, Json], key: str, where: str) -> str:
    """Return the text under `key`; CallerError for anything else."""
    value = table[key]
    if not isinstance(value, str):
        raise CallerError(f"{where}.{key}: expected text", f"{where}.{key}：应为文本")
    return value


def list_of(value: Json, where: str) -> tuple[Json, ...]:
    """Return `value` as the items of a list; CallerError for anything else."""
    if isinstance(value, list | tuple):
        return tuple(cast("list[Json]", value))
    raise CallerError(f"{where}: expected a list", f"{where}：应为列表")


def _record(value: Json) -> Record:
    table = table_of(value, "record", ("at", "data", "debtor", "format", "kind", "loan_id", "step_key"))
    data, kind = table["data"], table["kind"]
    if table["format"] != RECORD_FORMAT or not isinstance(data, Mapping):
        _refuse("record", RECORD_FORMAT)
    if kind not in _KINDS:
        raise CallerError("record.kind: expected a kind of RecordKind", "record.kind：应为 RecordKind 之一")
    return Record(
        kind=RecordKind(kind),
        at=read_time(table["at"], "record.at"),
        data=data,
        **{key: text_of(table, key, "record") for key in ("debtor", "loan_id", "step_key")},
    )


_KINDS = frozenset(kind.value for kind in RecordKind)


def _refuse(where: str, name: str) -> NoReturn:
    raise CallerError(f"{where}: expected the form {name}", f"{where}：应为 {name} 格式")


def _text(value: Json, where: str) -> str:
    return _encode(_ordered(value, where, 0))


def _utf8(said: str, where: str) -> bytes:
    try:
        return said.encode()
    except UnicodeEncodeError:
        raise CallerError(
            f"{where}: expected text that can be written as UTF-8, got half of a character pair",
            f"{where}：应为可写成 UTF-8 的文本，其中有不完整的字符",
        ) from None


def _ordered(value: Json, where: str, depth: int) -> object:
    """Return `value` with its keys in the order of RFC 8785; that of UTF-16 units where it matters."""
    if isinstance(value, str) or value is None or value is True or value is False:
        return value
    if isinstance(value, int):
        if not -_EXACT <= value <= _EXACT:
            raise CallerError(
                f"{where}: expected a whole number within ±(2**53 - 1); write a bigger one as text",
                f"{where}：整数应在 ±(2**53 - 1) 之内，更大的请写成文本",
            )
        return value
    if depth == _DEPTH:
        raise CallerError(f"{where}: expected at most {_DEPTH} levels", f"{where}：嵌套不得超过 {_DEPTH} 层")
    if isinstance(value, Mapping):
        plain = all(map(str.isascii, value))
        keys = sorted(value) if plain else sorted(value, key=_utf16)
        return {key: _ordered(value[key], where, depth + 1) for key in keys}
    return [_ordered(one, where, depth + 1) for one in value]


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a key stands twice")
    return table


def _no_float(_said: str) -> NoReturn:
    raise ValueError("a float")


_decode = json.JSONDecoder(object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float).decode
