"""JSON that came from outside: read whole, held to its shape, and quoted nowhere.

>>> read_object(b'{"Code": "OK"}')["Code"], read_object(b"[1]") is None
('OK', True)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast


def read_json(body: bytes) -> Any:
    """Return what `body` holds, None where it is no JSON in UTF-8."""
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def read_object(body: bytes) -> Mapping[str, Any] | None:
    """Return the object in `body`, None for anything else."""
    return as_object(read_json(body))


def as_object(value: object) -> Mapping[str, Any] | None:
    """Return `value` where it is an object."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None


def objects(value: object) -> list[Mapping[str, Any]] | None:
    """Return `value` where it is a list of objects."""
    if not isinstance(value, list):
        return None
    found = [as_object(one) for one in cast("list[object]", value)]
    return [one for one in found if one is not None] if all(one is not None for one in found) else None


def text_of(value: object) -> str:
    """Return a text, or a whole number as text; "" for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
