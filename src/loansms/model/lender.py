"""Who speaks: the lender's name, signature, lines, pay channels, party and jurisdiction.

>>> lender = Lender.example()
>>> lender.signature, lender.party.value, lender.example_only
('安信示例', 'first', True)
>>> lender.slots("zh-CN")["service_line"]
'400-000-0000'
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeGuard, TypeVar, cast

from attrs import field, frozen

from loansms.errors import CallerError, ConfigurationError
from loansms.files import read_toml, structure

LineT = TypeVar("LineT", "ServiceLine", "PayChannel")


class Party(StrEnum):
    """Whether the debt is owed to the speaker (first) or collected for another (third)."""

    FIRST = "first"
    THIRD = "third"


class FilingState(StrEnum):
    """Where a 【signature】 stands with one carrier.

    FILED: on record, may be used. PENDING: handed in, not answered. EXPIRED: was on record, has to be renewed.
    UNFILED: never handed in.
    """

    FILED = "filed"
    PENDING = "pending"
    EXPIRED = "expired"
    UNFILED = "unfiled"


@frozen(kw_only=True)
class ServiceLine:
    """A number or service people may turn to; `audience` says for whom it is meant.

    ``audience`` is "all", a purpose ("collection") or a recipient role ("guarantor").
    """

    number: str
    hours: str = ""
    audience: str = "all"


@frozen(kw_only=True)
class PayChannel:
    """An official way to pay, named in each language it is spoken of; "*" is the fallback."""

    names: Mapping[str, str]
    audience: str = "all"


@frozen(kw_only=True)
class Lender:
    """The profile every template draws on; planning and running require one.

    ``signature`` stands without its brackets; ``signature_filing`` maps a carrier or provider to the filing
    state. ``names`` maps a locale to the legal name in that language. ``litigation_policy_dpd`` and
    ``credit_reporting`` are facts that claims of that kind need; None means the lender does not do it.
    ``education_lines`` appends one reviewed sentence of advice where it costs no segment.
    """

    lender_id: str
    name: str
    signature: str
    jurisdiction: str
    party: Party
    service_lines: tuple[ServiceLine, ...]
    pay_channels: tuple[PayChannel, ...]
    complaint_line: str
    group: str = ""
    licence_class: str = ""
    official_account: str = ""
    app_name: str = ""
    names: Mapping[str, str] = field(factory=dict[str, str])
    signature_filing: Mapping[str, FilingState] = field(factory=dict[str, FilingState])
    contact_allowlist: tuple[str, ...] = ()
    link_allowlist: tuple[str, ...] = ()
    principal_lender: str = ""
    credit_reporting: bool | None = None
    litigation_policy_dpd: int | None = None
    education_lines: bool = False
    example_only: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.service_lines or not self.pay_channels:
            raise CallerError(
                "service_lines, pay_channels: expected at least one of each",
                "service_lines、pay_channels：均至少应有一条",
            )
        if self.party is Party.THIRD and not self.principal_lender:
            raise CallerError(
                "principal_lender: expected the lender that a third party collects for",
                "principal_lender：委外机构须填写所代理的贷款机构",
            )

    @classmethod
    def load(cls, path: str | Path) -> Lender:
        """Read a profile from a TOML file; raise ConfigurationError naming file and key."""
        source = Path(path)
        return structure(read_toml(source), cls, source.name)

    @classmethod
    def load_all(cls, path: str | Path) -> dict[str, Lender]:
        """Read one profile, or several under ``[[lender]]``, by lender id."""
        source = Path(path)
        content = read_toml(source)
        profiles: object = content.get("lender", [content])
        if not _are_tables(profiles):
            raise ConfigurationError(
                f"{source.name}: lender: expected tables headed [[lender]]",
                f"{source.name}：lender 应为以 [[lender]] 开头的表",
            )
        found: dict[str, Lender] = {}
        for at, one in enumerate(profiles, 1):
            profile = structure(one, cls, f"{source.name} lender {at}")
            if profile.lender_id in found:
                raise ConfigurationError(
                    f"{source.name} lender {at}: lender_id: expected an id of its own, it stands above already",
                    f"{source.name} lender {at}：lender_id 与前面的重复",
                )
            found[profile.lender_id] = profile
        return found

    @classmethod
    def example(cls, jurisdiction: str = "CN") -> Lender:
        """Return a made-up lender (CN or US), accepted by the sandbox and spool providers only."""
        return structure(_EXAMPLES[jurisdiction], cls, "example lender")

    @property
    def allowed_contacts(self) -> tuple[str, ...]:
        """Every number that may stand in a text: the listed lines and the contact allowlist."""
        lines = (line.number for line in self.service_lines)
        return tuple(dict.fromkeys((*lines, self.complaint_line, *self.contact_allowlist)))

    def slots(self, locale: str, *audiences: str) -> dict[str, str]:
        """Return the values of the ``lender`` slots for one language and audience.

        `audiences` are tried in order (a role, then a purpose), then "all", then whatever comes first.
        """
        line = _for_audience(self.service_lines, audiences)
        pay = _for_audience(self.pay_channels, audiences)
        return {
            "lender_name": _in_locale({"*": self.name, **self.names}, locale),
            "lender_short_name": self.signature,
            "service_line": line.number,
            "service_hours": line.hours,
            "pay_channel": _in_locale(pay.names, locale),
            "complaint_line": self.complaint_line,
            "app_name": self.app_name or self.signature,
            "official_account": self.official_account,
            "principal_lender": self.principal_lender,
        }


def _are_tables(found: object) -> TypeGuard[list[dict[str, Any]]]:
    if not isinstance(found, list):
        return False
    return all(isinstance(one, dict) for one in cast("list[object]", found))


def _for_audience(lines: tuple[LineT, ...], audiences: tuple[str, ...]) -> LineT:
    for audience in (*audiences, "all"):
        for line in lines:
            if line.audience == audience:
                return line
    return lines[0]


def _in_locale(names: Mapping[str, str], locale: str) -> str:
    for key in (locale, locale.split("-", maxsplit=1)[0], "*"):
        if key in names:
            return names[key]
    return next(iter(names.values()))


_EXAMPLES: dict[str, dict[str, object]] = {
    "CN": {
        "lender_id": "example-cn",
        "name": "安信示例消费金融有限公司",
        "names": {"en": "Anxin Example Consumer Finance", "zh-Hant": "安信示例消費金融有限公司"},
        "signature": "安信示例",
        "jurisdiction": "CN",
        "party": "first",
        "group": "anxin-example",
        "licence_class": "consumer_finance_company",
        "app_name": "安信示例APP",
        "official_account": "安信示例",
        "service_lines": [{"number": "400-000-0000", "hours": "9:00-20:00"}],
        "pay_channels": [
            {"names": {"zh-CN": "安信示例APP", "zh-Hant": "安信示例APP", "en": "the Anxin Example app"}}
        ],
        "complaint_line": "400-000-0000",
        "credit_reporting": True,
        "example_only": True,
    },
    "US": {
        "lender_id": "example-us",
        "name": "Example Lending",
        "signature": "Example Lending",
        "jurisdiction": "US",
        "party": "first",
        "group": "example-lending",
        "licence_class": "state_licensed_lender",
        "app_name": "the Example Lending app",
        "service_lines": [{"number": "800-555-0100", "hours": "8am-8pm ET"}],
        "pay_channels": [{"names": {"*": "the Example Lending app"}}],
        "complaint_line": "800-555-0101",
        "example_only": True,
    },
}
