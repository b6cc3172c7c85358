"""Read what ships beside this room: the only file of it that opens anything.

>>> packaged_clauses()[0]["standard"]
'floor'
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def packaged_clauses() -> tuple[dict[str, Any], ...]:
    """Return the rows of the clause table."""
    text = files("loansms.otp").joinpath("data", "standards.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["clause"])
