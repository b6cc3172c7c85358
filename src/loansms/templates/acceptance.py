"""What each gateway takes, as data: one file a gateway, one source and one mark a line.

The shipped files stand in ``data/acceptance``; a lender's own file has the same shape and may build on a
shipped one with `extends`. A section left out says that nothing is known, and nothing is asked for.

>>> Acceptance.named("aliyun_cn").content.collection.value
'refused'
>>> Acceptance.named("direct").length.max_chars
500
>>> Acceptance.named("none").content is None
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cattrs
from attrs import evolve, field, frozen

from loansms.errors import CallerError, ConfigurationError
from loansms.files import converter, read_toml, structure
from loansms.templates.acceptance_terms import (
    Characters,
    Code,
    Content,
    Hours,
    Length,
    Letters,
    Links,
    OptOut,
    Phones,
    Rate,
    Signature,
    Variables,
)

_FIRST = ("none", "direct", "aliyun", "tencent", "huawei")
_FILE = re.compile(r"\w[\w-]*")
_LISTS = frozenset({"aliases", "locales", "rates"})
_WORDS = frozenset({"extends", "market", "name", "title", "title_zh"})
_MARKET = re.compile(r"[A-Z]{2}")


@frozen(kw_only=True)
class Acceptance:
    """What one gateway takes. A section that is None says that nothing is known of it.

    ``market`` is the country whose carriers it serves, ``locales`` the languages whose texts its checks of
    form are asked of (a primary tag stands for all of its regions; none named: all), ``aliases`` other names.
    """

    name: str
    title: str = ""
    title_zh: str = ""
    market: str = ""
    locales: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    extends: str = ""
    content: Content | None = None
    signature: Signature | None = None
    brackets: Characters | None = None
    symbols: Characters | None = None
    script: Letters | None = None
    length: Length | None = None
    variables: Variables | None = None
    code: Code | None = None
    links: Links | None = None
    phones: Phones | None = None
    notice_opt_out: OptOut | None = None
    promotion_opt_out: OptOut | None = None
    hours: Hours | None = None
    rates: tuple[Rate, ...] = field(default=(), repr=False)

    def __attrs_post_init__(self) -> None:
        if self.market and not _MARKET.fullmatch(self.market):
            raise CallerError("market: expected a country such as CN", "market：应为 CN 之类的国家代码")

    @staticmethod
    def load(path: str | Path) -> Acceptance:
        """Return the profile in a TOML file; raise ConfigurationError naming the file and the key.

        A section given takes the place of the one that `extends` (a shipped profile) brings, whole.
        """
        return _read(Path(path))

    @staticmethod
    def named(profile: str | Path | Acceptance) -> Acceptance:
        """Return a profile by its shipped name, an alias of it, or the path of a file; a profile stays.

        Case, ``-`` and ``_`` and a ``_cn`` at the end do not matter. Raise ConfigurationError for a name that
        nobody knows.
        """
        if isinstance(profile, Acceptance):
            return profile
        if isinstance(profile, Path) or profile.endswith(".toml"):
            return Acceptance.load(profile)
        found = find(profile)
        if found is None:
            known = ", ".join(shipped())
            raise ConfigurationError(
                f"profile: expected one of {known}, or a .toml file of your own",
                f"profile：应为 {known} 之一，或自备的 .toml 文件",
            )
        return found

    def reads(self, locale: str) -> bool:
        """Return whether the checks of form are asked of texts in `locale`."""
        return not self.locales or any(locale == one or locale.startswith(f"{one}-") for one in self.locales)


def find(name: str) -> Acceptance | None:
    """Return the shipped profile of that name or alias, None where there is none.

    >>> find("Aliyun-CN").name, find("direct_carrier").name, find("my-gateway")
    ('aliyun', 'direct', None)
    """
    return _by_name().get(_plain(name))


@cache
def shipped() -> Mapping[str, Acceptance]:
    """Return the profiles that ship with the package, by name."""
    folder = resources.files("loansms.templates") / "data" / "acceptance"
    with resources.as_file(folder) as root:
        paths = {path.stem: path for path in sorted(root.glob("*/*.toml"))}
        found = {name: _read(path) for name, path in paths.items()}
    found["none"] = Acceptance(name="none", title="no gateway in mind", title_zh="不针对任何通道")
    first = {name: found[name] for name in _FIRST}
    return MappingProxyType({**first, **found})


@cache
def _by_name() -> Mapping[str, Acceptance]:
    return {_plain(name): one for one in shipped().values() for name in (*one.aliases, one.name)}


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", re.sub(r"[_-]cn$", "", name.strip().casefold()))


def _read(path: Path, above: tuple[Path, ...] = ()) -> Acceptance:
    content = read_toml(path)
    _shaped(content, path.name)
    own = structure({"name": path.stem, **content}, Acceptance, path.name, using=_strict())
    if not own.extends:
        return own
    base = _base(own.extends, path, (*above, path))
    given = {key: getattr(own, key) for key in content}
    return evolve(base, **{"aliases": (), "name": path.stem, **given})


def _shaped(content: Mapping[str, Any], source: str) -> None:
    """Say which key is no list or no section where one belongs."""
    for key, value in content.items():
        if key in _LISTS and not isinstance(value, list):
            raise ConfigurationError(
                f'{source}: {key}: expected a list such as ["..."]', f"{source}：{key} 应为列表"
            )
        if key not in _LISTS | _WORDS and not isinstance(value, dict):
            raise ConfigurationError(
                f"{source}: {key}: expected a section [{key}]", f"{source}：{key} 应为 [{key}] 一节"
            )


def _base(name: str, path: Path, above: tuple[Path, ...]) -> Acceptance:
    """Return the profile that a file builds on: one that stands beside it, or a shipped one."""
    beside = path.parent / f"{name}.toml"
    if _FILE.fullmatch(name) and beside not in above and beside.exists():
        return _read(beside, above)
    found = find(name)
    if found is None:
        raise ConfigurationError(
            f"{path.name}: extends: expected a shipped profile or the name of a file beside this one",
            f"{path.name}：extends：应为内置通道名，或同一文件夹中的文件名",
        )
    return found


@cache
def _strict() -> cattrs.Converter:
    """The strict converter, with the hours' keys as a person writes them."""
    strict = converter()
    strict.register_structure_hook(
        Hours,
        cattrs.gen.make_dict_structure_fn(
            Hours,
            strict,
            _cattrs_forbid_extra_keys=True,
            start=cattrs.gen.override(rename="from"),
            end=cattrs.gen.override(rename="to"),
        ),
    )
    return strict
