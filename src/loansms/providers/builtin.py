"""Every provider that ships, by name: for the page of what each can do, and for whoever looks for one.

An entry makes an example with made-up credentials, which talks to nobody until it is asked to; nothing is imported before
an entry is made, and nothing registers itself.

>>> sorted(name for name, one in builtin().items() if one.kind == "development")
['sandbox', 'spool']
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final, Literal, TypeAlias

from attrs import frozen

from loansms.providers.declared import DeclaredCodec, shipped
from loansms.providers.declared.content_guard import Addresses, SecretPath
from loansms.providers.declared.files import declaration, needs
from loansms.providers.sandbox import SandboxProvider
from loansms.providers.spool import SpoolProvider

# A file to copy from, no gateway.
_EXAMPLE: Final = "example_aggregator"
Callbacks: TypeAlias = Literal["signed", "guarded", ""]


@frozen(kw_only=True)
class Builtin:
    """One provider: `make` builds an example, given a folder of its own to write in.

    ``callbacks`` is "signed" where the gateway signs what it pushes, "guarded" where a secret address or an address list
    stands in for a signature. ``mark`` says how the facts were found: "read" at the source, or "likely".
    """

    kind: Literal["development", "http", "declared", "carrier"]
    make: Callable[[Path], object]
    source: str = ""
    mark: Literal["read", "likely", ""] = ""
    callbacks: Callbacks = ""


def _declared(name: str, _folder: Path) -> DeclaredCodec:
    wanted = needs(declaration(name)[0])
    secrets = dict.fromkeys((*wanted.secrets, *wanted.callback_secrets), "made-up")
    variables = declaration(name)[0].secrets
    return DeclaredCodec.load(
        name,
        dict.fromkeys(wanted.settings, "made-up"),
        environ={variables[one]: value for one, value in secrets.items()},
        private_line=True,
    )


def _sandbox(_folder: Path) -> SandboxProvider:
    return SandboxProvider()


def _spool(folder: Path) -> SpoolProvider:
    return SpoolProvider(folder)


def _of_declared(name: str) -> Builtin:
    told, _ = declaration(name)
    callbacks: Callbacks = ""
    if told.callback:
        unsigned = all(isinstance(one, SecretPath | Addresses) for one in told.callback.guards)
        callbacks = "guarded" if unsigned else "signed"
    return Builtin(
        kind="declared",
        make=partial(_declared, name),
        source=told.source,
        mark=told.mark.value,
        callbacks=callbacks,
    )


# Codecs in code stand here as they come: name, and a factory that imports them when it is called.
_IN_CODE: Final[Mapping[str, Builtin]] = {
    "sandbox": Builtin(kind="development", make=_sandbox),
    "spool": Builtin(kind="development", make=_spool),
}


@cache
def builtin() -> Mapping[str, Builtin]:
    """Return every provider by name; the declared ones are read from their files on the first call."""
    names = (name for name in shipped() if name != _EXAMPLE)
    return {**_IN_CODE, **{name: _of_declared(name) for name in names}}
