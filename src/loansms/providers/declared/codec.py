"""A codec out of a file: what the file declares it can do, and nothing else.

>>> from loansms.privacy import Secret
>>> from loansms.providers.codec import CallbackCodec, LookupCodec
>>> codec = DeclaredCodec.load(
...     "yunpian", settings={}, secrets={"apikey": Secret("k"), "callback_path": Secret("6c1f0e7d5b3a49288f10")}
... )
>>> codec, isinstance(codec, CallbackCodec), isinstance(codec, LookupCodec)
(DeclaredCodec(yunpian), True, False)
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, cast

from loansms.model import Message
from loansms.providers.declared.abilities import Batches, Fetches, LooksUp, Receives, Tells
from loansms.providers.declared.content import Setting
from loansms.providers.declared.files import GivenSecrets, Plan, plan
from loansms.providers.declared.road import Road
from loansms.providers.wire.kept_templates import KeptTemplates


class DeclaredCodec(Road):
    """A gateway as its declaration describes it; what else it can do shows by `isinstance` on the Protocols."""

    __slots__ = ()

    @classmethod
    def load(
        cls,
        named: str | Path,
        settings: Mapping[str, Setting] | None = None,
        secrets: GivenSecrets | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        templates: KeptTemplates | Mapping[str, object] | None = None,
        address_of: Callable[[Message], str] | None = None,
        private_line: bool = False,
    ) -> DeclaredCodec:
        """Return the codec of a file (a path, or text that ends in .toml) or of a shipped declaration.

        `settings` and `secrets` win over the file; a secret not given is read from the environment variable the file
        names (`environ` in place of the process's own). A secret may be several, of which the first signs and all are
        believed, or a function that is asked for it at every use. `templates` are the gateway's templates by ours, as in a
        file, beside those of the file. `address_of` tells whom a message is for where the
        gateway knows people by another name than their number. `private_line` takes plain http, as the file's own key does.

        Raises:
            ConfigurationError: one line naming file, key, and what was expected.
        """
        made = plan(
            named,
            settings,
            secrets,
            environ=environ,
            templates=templates,
            address_of=address_of,
            private_line=private_line,
        )
        return _class_for(made)(made)


def _class_for(made: Plan) -> type[DeclaredCodec]:
    """Return DeclaredCodec with the abilities of `made` and no others: a Protocol asks what methods there are."""
    told = made.told
    parts: Final = {
        Batches: told.batch,
        Receives: made.callback,
        Fetches: told.pulls,
        LooksUp: told.lookup,
        Tells: told.balance,
    }
    bases = (DeclaredCodec, *(one for one, part in parts.items() if part is not None))
    return cast("type[DeclaredCodec]", types.new_class("DeclaredCodec", bases, {}, _no_dict))


def _no_dict(namespace: dict[str, object]) -> None:
    namespace["__slots__"] = ()
