"""Declarations from disk, with the host's settings and secrets beside them.

A file is a whole declaration, or a few lines of the host's own over one: ``use = "volcengine"`` (a shipped one) or
``use = "other.toml"`` (beside it), then [settings], [secrets], [templates], [codes] and private_line, which win.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib.resources import as_file
from importlib.resources import files as packaged
from pathlib import Path
from typing import Any, Final, TypeAlias, cast
from urllib.parse import urlsplit

from attrs import evolve, frozen

from loansms.errors import ConfigurationError
from loansms.files import read_toml
from loansms.model import Message
from loansms.privacy import Secret
from loansms.providers.declared.checks import asks, check
from loansms.providers.declared.content import Callbacks, Declaration, Setting
from loansms.providers.declared.content_auth import HuaweiWsse
from loansms.providers.declared.content_guard import (
    Addresses,
    BasicGuard,
    DigestGuard,
    Guard,
    HuaweiGuard,
    SecretPath,
)
from loansms.providers.declared.guards import unsigned_guard
from loansms.providers.declared.placeholders import Placeholder, Words
from loansms.providers.declared.reading import read, templates_of
from loansms.providers.declared.values import Given, GivenSecret
from loansms.providers.wire.kept_templates import KeptTemplates

_OVER: Final = ("settings", "secrets", "templates", "codes", "private_line")
GivenSecrets: TypeAlias = Mapping[str, GivenSecret | Sequence[GivenSecret]]


@frozen(kw_only=True)
class Plan:
    """A declaration that can work: its values are all there."""

    told: Declaration
    given: Given
    callback: Callbacks | None
    address_of: Callable[[Message], str] | None = None


@frozen
class Needs:
    """What a declaration asks of the host: settings without a value of its own, and secrets, with those of callbacks apart."""

    settings: tuple[str, ...]
    secrets: tuple[str, ...]
    callback_secrets: tuple[str, ...]


def shipped() -> tuple[str, ...]:
    """Return the names of the shipped declarations.

    >>> "yunpian" in shipped()
    True
    """
    found = packaged("loansms.providers.declared").iterdir()
    return tuple(sorted(one.name.removesuffix(".toml") for one in found if one.name.endswith(".toml")))


def declaration(named: str | Path) -> tuple[Declaration, str]:
    """Return the declaration of a file or a shipped name, checked, and what it is called in errors.

    Raise ConfigurationError: one line with file, key, and what was expected.
    """
    content, source = _content(named)
    told = read(content, source)
    check(told, source)
    used = list(_used(told))
    guarding = {name for guard in (told.callback.guards if told.callback else ()) for name in guard.secrets}
    _known(source, "settings", told.settings, {one.detail for one in used if one.name == "setting"})
    _known(source, "secrets", told.secrets, guarding | {one.detail for one in used if one.name == "secret"})
    return told, source


def needs(told: Declaration) -> Needs:
    """Return what `told` asks of the host."""
    used = list(_used(told))
    ours = sorted({one.detail for one in used if one.name == "setting" and one.detail not in told.settings})
    secrets = {one.detail for one in used if one.name == "secret"}
    guards = told.callback.guards if told.callback else ()
    theirs = {name for guard in guards for name in guard.secrets} - secrets
    return Needs(tuple(ours), tuple(sorted(secrets)), tuple(sorted(theirs)))


def plan(
    named: str | Path,
    settings: Mapping[str, Setting] | None = None,
    secrets: GivenSecrets | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    templates: KeptTemplates | Mapping[str, object] | None = None,
    address_of: Callable[[Message], str] | None = None,
    private_line: bool = False,
) -> Plan:
    """Return what `named` declares with the host's values; raise ConfigurationError where one is missing or unknown.

    Arguments win over the file; a secret that is not given is read from the environment variable the file names.
    """
    told, source = declaration(named)
    given_templates = (
        templates
        if isinstance(templates, KeptTemplates)
        else templates_of(templates or {}, f"{source}: templates=")
    )
    told = evolve(
        told,
        private_line=told.private_line or private_line,
        templates=given_templates.over(told.templates),
    )
    wanted = needs(told)
    known = {*wanted.settings, *told.settings}
    _known(source, "settings", settings or {}, known)
    _known(source, "secrets", secrets or {}, {*told.secrets, *wanted.secrets})
    values = {**told.settings, **(settings or {})}
    for name in wanted.settings:
        if values.get(name, "") == "":
            raise ConfigurationError(
                f"{source}: settings.{name}: expected a value", f"{source}：settings.{name}：缺少取值"
            )
    found = dict(_secrets(told, secrets or {}, os.environ if environ is None else environ))
    for name in wanted.secrets:
        if name not in found:
            variable = told.secrets.get(name, "")
            raise ConfigurationError(
                f"{source}: secrets.{name}: expected a value in the environment variable {variable}"
                if variable
                else f"{source}: secrets.{name}: expected the name of an environment variable",
                f"{source}：secrets.{name}："
                + (f"环境变量 {variable} 未设置" if variable else "缺少环境变量名"),
            )
    given = Given(settings=values, secrets=found)
    _check_values(told, given, source)
    # Callbacks that no secret guards are believed by nobody: then there are none.
    guarded = told.callback is not None and all(_held(one, found) for one in told.callback.guards)
    if guarded and told.callback is not None:
        _check_guards(told.callback.guards, given, source)
    return Plan(told=told, given=given, callback=told.callback if guarded else None, address_of=address_of)


def _held(guard: Guard, secrets: Mapping[str, object]) -> bool:
    return not guard.secrets or any(name in secrets for name in guard.secrets)


def _check_guards(guards: Sequence[Guard], given: Given, source: str) -> None:
    """Raise ConfigurationError where a guard's secret is too short to guard anything."""
    for place, guard in enumerate(guards):
        if isinstance(guard, SecretPath | Addresses | BasicGuard):
            try:
                unsigned_guard(guard, given)
            except ConfigurationError as wrong:
                raise ConfigurationError(
                    f"{source}: callback.guards[{place}]: {wrong}",
                    f"{source}：callback.guards[{place}]：{wrong.zh}",
                ) from None


def _content(named: str | Path) -> tuple[dict[str, Any], str]:
    path = _path(named)
    content = read_toml(path)
    base = content.pop("use", None)
    if base is None:
        return content, path.name
    if not isinstance(base, str):
        raise ConfigurationError(f"{path.name}: use: expected text in quotes", f"{path.name}：use：应为文本")
    extra = sorted(set(content) - set(_OVER))
    if extra:
        raise ConfigurationError(
            f"{path.name}: {extra[0]}: beside use, expected only {', '.join(_OVER)}",
            f"{path.name}：{extra[0]}：与 use 同用时只能有 {'、'.join(_OVER)}",
        )
    below = read_toml(_path(path.parent / base if base.endswith(".toml") else base))
    if "use" in below:
        raise ConfigurationError(
            f"{path.name}: use: {base} uses another file; expected a whole declaration",
            f"{path.name}：use：{base} 又引用了其他文件；应为完整声明",
        )
    merged = {**below, **{name: _over(below.get(name, {}), content[name]) for name in content}}
    return merged, path.name


def _over(below: object, above: object) -> object:
    if isinstance(below, dict) and isinstance(above, dict):
        return {**cast("dict[str, object]", below), **cast("dict[str, object]", above)}
    return above


def _path(named: str | Path) -> Path:
    if isinstance(named, Path) or named.endswith(".toml"):
        return Path(named)
    if named not in shipped():
        near = get_close_matches(named, shipped(), 1)
        hint = (
            f"did you mean {near[0]}" if near else f"expected one of {', '.join(shipped())} or a file .toml"
        )
        raise ConfigurationError(
            f"provider {named}: no such declaration; {hint}",
            f"通道 {named}：没有该声明；可用：{'、'.join(shipped())} 或 .toml 文件",
        )
    with as_file(packaged("loansms.providers.declared").joinpath(f"{named}.toml")) as found:
        return found


def _known(source: str, key: str, given: Mapping[str, object], known: set[str]) -> None:
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}" if near else f"expected one of {', '.join(sorted(known))}"
            raise ConfigurationError(
                f"{source}: {key}.{name}: nothing uses it; {hint}",
                f"{source}：{key}.{name}：未被使用；{hint}",
            )


def _secrets(
    told: Declaration, given: GivenSecrets, environ: Mapping[str, str]
) -> Iterator[tuple[str, tuple[GivenSecret, ...]]]:
    for name in {*told.secrets, *given}:
        one = given.get(name)
        if one is None:
            value = environ.get(told.secrets[name], "").strip()
            if value:
                yield name, (Secret(value),)
        elif isinstance(one, Secret) or callable(one):
            yield name, (one,)
        elif one:
            yield name, tuple(one)


def _used(told: Declaration) -> Iterator[Placeholder]:
    texts: list[Words] = list(told.auth.words)
    for _, ask, _ in asks(told):
        texts += [ask.url, *ask.query.values(), *ask.headers.values(), *ask.fields.words]
    if told.batch:
        texts += told.batch.each.words
    for guard in told.callback.guards if told.callback else ():
        if isinstance(guard, BasicGuard):
            texts.append(guard.user)
        if isinstance(guard, HuaweiGuard):
            texts.append(guard.access_key)
        if isinstance(guard, DigestGuard):
            # {secret:…} there stands for whichever of the guard's secrets is tried.
            texts += [
                Words(
                    tuple(
                        one
                        for one in text.parts
                        if not (isinstance(one, Placeholder) and one.name == "secret")
                    )
                )
                for text in guard.over
            ]
    return (one for text in texts for one in text.placeholders)


def _check_values(told: Declaration, given: Given, source: str) -> None:
    """Raise ConfigurationError where a host's values make something that cannot work."""
    for key, ask, _ in asks(told):
        scheme = _scheme(ask.url.text(given.__getitem__))
        if scheme is None:
            raise ConfigurationError(
                f"{source}: {key}.url: expected scheme, host and path alone; parameters belong under query",
                f"{source}：{key}.url：只含协议、主机与路径；参数请写在 query",
            )
        if scheme != "https" and not (told.private_line and scheme == "http"):
            raise ConfigurationError(
                f"{source}: {key}.url: expected https://; private_line = true takes http:// on a line of your own",
                f"{source}：{key}.url：应为 https://；自有专线请设 private_line = true",
            )
    auth = told.auth
    if isinstance(auth, HuaweiWsse) and auth.digest.text(given.__getitem__) not in {"hex", "raw"}:
        raise ConfigurationError(
            f"{source}: auth.digest: expected hex or raw", f"{source}：auth.digest：应为 hex 或 raw"
        )
    unprintable = [name for name, value in given.settings.items() if not str(value).isprintable()]
    if unprintable:
        name = unprintable[0]
        raise ConfigurationError(
            f"{source}: settings.{name}: expected one line of plain text",
            f"{source}：settings.{name}：应为单行文本",
        )


def _scheme(address: str) -> str | None:
    """Return the scheme of an address of scheme, host and path, None for any other."""
    try:
        url = urlsplit(address)
        good = url.hostname and url.username is None and not url.query and not url.fragment and url.port != 0
    except ValueError:
        return None
    return url.scheme if good else None
