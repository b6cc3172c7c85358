"""Read rule packs and the wording lexicon: the only file of this room that opens anything.

>>> {"CN", "US"} <= set(packaged_names())
True
"""

from __future__ import annotations

import hashlib
import lzma
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from loansms.errors import PackError
from loansms.files import read_toml

_ROOM = "loansms.compliance"


@cache
def packaged_names() -> tuple[str, ...]:
    """Return the names of the packs that ship; those in small letters and in folders are only included."""
    found = (one.name for one in files(_ROOM).joinpath("packs").iterdir() if one.name.endswith(".toml"))
    return tuple(sorted(name.removesuffix(".toml") for name in found if name[:1].isupper()))


@cache
def packaged_countries() -> Mapping[str, str]:
    """Return the name of the shipped pack that serves each country, by the codes the packs' heads give."""
    return MappingProxyType(
        {
            country: name
            for name in packaged_names()
            for country in (packaged_pack(name)["jurisdiction"], *packaged_pack(name).get("countries", ()))
        }
    )


def read_pack(name: str | Path) -> tuple[str, dict[str, Any]]:
    """Return where a pack was read and its content: a shipped pack by name, else a user's TOML file."""
    if isinstance(name, str) and name in packaged_countries():
        found = packaged_countries()[name]
        return f"pack {found}", packaged_pack(found)
    path = Path(name)
    if path.suffix != ".toml":
        raise PackError(
            f"{path.name}: expected one of {', '.join(packaged_names())}, or the path of a .toml file",
            f"{path.name}：应为 {'、'.join(packaged_names())} 之一，或 .toml 文件路径",
        )
    return path.name, read_toml(path, PackError)


@cache
def packaged_pack(name: str) -> dict[str, Any]:
    """Return the content of a shipped pack, or of a part such as "CN/law" that packs take in."""
    return tomllib.loads(files(_ROOM).joinpath("packs", f"{name}.toml").read_text(encoding="utf-8"))


def digest(content: str) -> str:
    """Return a short digest that pins a content in a decision."""
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def lexicon_file(name: str) -> dict[str, Any]:
    """Return one file of the wording lexicon."""
    place = files(_ROOM).joinpath("wording", "lexicon", f"{name}.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"))


def opinion_lines() -> list[str]:
    """Return the lines of what the second opinion has learnt: families, bars, then thing, weight and family each."""
    place = files(_ROOM).joinpath("wording", "opinion_data", "weights.tsv.xz")
    return lzma.decompress(place.read_bytes()).decode("utf-8").splitlines()
