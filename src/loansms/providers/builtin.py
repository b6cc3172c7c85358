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

from loansms.privacy import Secret
from loansms.providers.carrier.dialect import Dialect
from loansms.providers.declared import DeclaredCodec, shipped
from loansms.providers.declared.content_guard import Addresses, SecretPath
from loansms.providers.declared.files import declaration, needs
from loansms.providers.sandbox import SandboxProvider
from loansms.providers.spool import SpoolProvider
from loansms.providers.wire.kept_templates import KeptTemplates

_NOBODY: Final = "made-up"
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
    told, _ = declaration(name)
    settings = dict.fromkeys(needs(told).settings, "made-up")
    environ = dict.fromkeys(told.secrets.values(), "made-up-and-long-enough")
    return DeclaredCodec.load(name, settings, environ=environ, private_line=True)


def _sandbox(_folder: Path) -> SandboxProvider:
    return SandboxProvider()


def _spool(folder: Path) -> SpoolProvider:
    return SpoolProvider(folder)


def _aliyun(_folder: Path) -> object:
    from loansms.providers.aliyun import AliyunCodec, AliyunKeys  # noqa: PLC0415

    keys = AliyunKeys(access_key_id=_NOBODY, secret=Secret(_NOBODY))
    return AliyunCodec(keys=keys, templates=KeptTemplates({}))


def _aliyun_voice(_folder: Path) -> object:
    from loansms.providers.aliyun import AliyunKeys, AliyunVoiceCodec  # noqa: PLC0415

    keys = AliyunKeys(access_key_id=_NOBODY, secret=Secret(_NOBODY))
    return AliyunVoiceCodec(keys=keys, templates=KeptTemplates({}))


def _tencent(_folder: Path) -> object:
    from loansms.providers.tencent import TencentCodec, TencentKeys  # noqa: PLC0415

    keys = TencentKeys(secret_id=_NOBODY, secret_key=Secret(_NOBODY))
    return TencentCodec(keys=keys, app_id="1400000000", templates=KeptTemplates({}))


def _tencent_voice(_folder: Path) -> object:
    from loansms.providers.tencent import TencentKeys, TencentVoiceCodec  # noqa: PLC0415

    keys = TencentKeys(secret_id=_NOBODY, secret_key=Secret(_NOBODY))
    return TencentVoiceCodec(keys=keys, app_id="1400000000", templates=KeptTemplates({}))


def _twilio(_folder: Path) -> object:
    from loansms.providers.twilio import TwilioCodec  # noqa: PLC0415

    return TwilioCodec(
        account_sid="AC" + "0" * 32,
        auth_token=Secret("made-up"),
        sender="+12025550100",
        caller="+12025550100",
    )


def _cmpp(_folder: Path) -> object:
    from loansms.providers.cmpp.dialect import CmppDialect  # noqa: PLC0415

    return _line(CmppDialect(source_addr="901234", secret=Secret("made-up"), src_id="10690000"))


def _sgip(_folder: Path) -> object:
    from loansms.providers.sgip.dialect import SgipDialect  # noqa: PLC0415

    made = SgipDialect(
        login_name="99999",
        secret=Secret("made-up"),
        node=3_000_099_999,
        corp_id="99999",
        sp_number="10690000",
    )
    return _line(made)


def _smpp(_folder: Path) -> object:
    from loansms.providers.smpp.dialect import SmppDialect  # noqa: PLC0415

    return _line(SmppDialect(system_id="made-up", password=Secret("made-up"), source="10690000"))


def _smgp(_folder: Path) -> object:
    from loansms.providers.smgp.dialect import SmgpDialect  # noqa: PLC0415

    return _line(SmgpDialect(client_id="10690000", secret=Secret("made-up"), src_term_id="10690000"))


def _line(dialect: Dialect) -> object:
    from loansms.providers.carrier.session import AsyncCarrierLine  # noqa: PLC0415
    from loansms.providers.carrier.settings import LineSettings  # noqa: PLC0415

    return AsyncCarrierLine(dialect, LineSettings(host="gateway.example", port=7890, private_line=True))


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
    "cmpp3": Builtin(kind="carrier", make=_cmpp, source="QB-GF-028-2003 (CMPP 3.0)", mark="read"),
    "sgip1.2": Builtin(kind="carrier", make=_sgip, source="SGIP, China Unicom", mark="read"),
    "smpp3.4": Builtin(kind="carrier", make=_smpp, source="SMPP 3.4 issue 1.2", mark="read"),
    "smgp3": Builtin(kind="carrier", make=_smgp, source="SMGP 3.0.3", mark="read"),
    "aliyun": Builtin(
        kind="http",
        make=_aliyun,
        source="help.aliyun.com (Dysmsapi 2017-05-25)",
        mark="read",
        callbacks="guarded",
    ),
    "aliyun_voice": Builtin(
        kind="http",
        make=_aliyun_voice,
        source="help.aliyun.com (Dyvmsapi 2017-05-25)",
        mark="read",
        callbacks="guarded",
    ),
    "tencent": Builtin(
        kind="http",
        make=_tencent,
        source="cloud.tencent.com/document/api/382",
        mark="read",
        callbacks="guarded",
    ),
    "tencent_voice": Builtin(
        kind="http",
        make=_tencent_voice,
        source="cloud.tencent.com/document/product/1128",
        mark="read",
        callbacks="guarded",
    ),
    "twilio": Builtin(
        kind="http", make=_twilio, source="twilio.com/docs/messaging", mark="read", callbacks="signed"
    ),
}


@cache
def builtin() -> Mapping[str, Builtin]:
    """Return every provider by name; the declared ones are read from their files on the first call."""
    names = (name for name in shipped() if name != _EXAMPLE)
    return {**_IN_CODE, **{name: _of_declared(name) for name in names}}
