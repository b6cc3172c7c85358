"""Which class reads the parameters of which check type; a type that is not here is refused at load.

One type may ask several things: a parameter, or what is to be registered, then tells which.

>>> check_of(CheckSpec("length", {"max_chars": 500}), "here")
Length(max_chars=500, includes=(), providers=())
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from functools import cache, partial
from operator import eq
from typing import Any, Final, cast

import cattrs
from attrs import fields
from cattrs.gen import make_dict_structure_fn, override

from loansms.compliance.checks.bans import ChannelBan
from loansms.compliance.checks.calendar_data import DatedCalendar, MissingYear, PublishedPlan
from loansms.compliance.checks.caps import Cap
from loansms.compliance.checks.claims import FalseClaim, Mismatch
from loansms.compliance.checks.consent import RequireConsent
from loansms.compliance.checks.contact_lines import ContactLines
from loansms.compliance.checks.cooldown import Cooldown
from loansms.compliance.checks.formats import Charset, Length
from loansms.compliance.checks.hit import Check
from loansms.compliance.checks.inbound import InboundKeywords
from loansms.compliance.checks.link_policy import LinkPolicy
from loansms.compliance.checks.masks import Mask
from loansms.compliance.checks.phrases import CodeWords, ForbiddenPhrase, LastLine
from loansms.compliance.checks.preview import Preview
from loansms.compliance.checks.recipients import RecipientRoles
from loansms.compliance.checks.registration import Registration, SignatureFormat, VendorRegistry
from loansms.compliance.checks.retention import RetentionMax, RetentionMin
from loansms.compliance.checks.routes import IndustryAcceptance, RouteClass, RouteContent
from loansms.compliance.checks.scope import (
    AskedAgain,
    CountedTogether,
    RequiredInputs,
    UnknownParty,
    Unverified,
    WhoseRules,
)
from loansms.compliance.checks.suppression import Suppression
from loansms.compliance.checks.template_shape import TemplateShape
from loansms.compliance.checks.texts import Families, NeedsFacts, RequireText
from loansms.compliance.checks.windows import CalendarDay, Hours, Window
from loansms.compliance.rule import CheckSpec
from loansms.errors import CallerError, PackError
from loansms.files import converter, structure

TYPES: Final[Mapping[str, type]] = {
    "window": Window,
    "calendar_day": CalendarDay,
    "cap": Cap,
    "cooldown": Cooldown,
    "require_consent": RequireConsent,
    "suppression": Suppression,
    "inbound_keywords": InboundKeywords,
    "recipient_role": RecipientRoles,
    "channel_ban": ChannelBan,
    "require_text": RequireText,
    "forbid_text": Families,
    "claim_needs_fact": NeedsFacts,
    "link_policy": LinkPolicy,
    "charset": Charset,
    "length": Length,
    "template_ast": TemplateShape,
    "preview": Preview,
    "mask": Mask,
    "registration": Registration,
    "retention_min": RetentionMin,
    "retention_max": RetentionMax,
    "scope": RequiredInputs,
}
# What a parameter makes of a type: the first that is there decides.
VARIANTS: Final[Mapping[str, Mapping[str, type]]] = {
    "calendar_day": {"year": PublishedPlan, "on_missing_year": MissingYear, "port": DatedCalendar},
    "recipient_role": {"family": Families},
    "require_text": {"any_of": CodeWords, "ends_with": LastLine},
    "forbid_text": {
        "families": Families,
        "family": Families,
        "regex": ForbiddenPhrase,
        "literal": ForbiddenPhrase,
        "allow": ContactLines,
        "allow_contacts": ContactLines,
        "mismatch": Mismatch,
        "claim": FalseClaim,
    },
    "claim_needs_fact": {"families": Families, "family": Families},
    "link_policy": {"families": Families, "family": Families},
    "scope": {
        "required_for_send": RequiredInputs,
        "recheck": AskedAgain,
        "counter_key": CountedTogether,
        "content_check": UnknownParty,
        "strict_mode": Unverified,
        "reg_f": WhoseRules,
    },
}
# What is registered, where that is more than an entry in a register.
REGISTERS: Final[Mapping[str, type]] = {
    "signature_format": SignatureFormat,
    "route_class": RouteClass,
    "industry_acceptance": IndustryAcceptance,
    "route_content": RouteContent,
    "collection_vendor_registry": VendorRegistry,
}


def check_of(spec: CheckSpec, source: str) -> Check:
    """Return the check a rule names, or raise PackError: an unknown type or parameter is never skipped."""
    if spec.type not in TYPES:
        known = ", ".join(TYPES)
        raise PackError(
            f"{source}: check.type: expected one of {known}", f"{source}：check.type 应为 {known} 之一"
        )
    kind = class_of(spec)
    # A rule that is only announced says so in its parameters, whatever it checks.
    keeps = "status" in (one.name for one in fields(kind))
    params = {name: value for name, value in spec.params.items() if name != "status" or keeps}
    return cast("Check", structure(params, kind, f"{source}: check.params", PackError, _reader()))


def class_of(spec: CheckSpec) -> type:
    """Return the class that reads the parameters of a known type."""
    registered = spec.params.get("what")
    if spec.type == "registration" and isinstance(registered, str) and registered in REGISTERS:
        return REGISTERS[registered]
    variants = VARIANTS.get(spec.type, {})
    return next((kind for name, kind in variants.items() if name in spec.params), TYPES[spec.type])


@cache
def _reader() -> cattrs.Converter:
    made = converter()
    made.register_structure_hook(time, lambda value, _: _time(value))
    for kind, hook in _HOOKS.items():
        made.register_structure_hook_func(partial(eq, kind), hook)
    made.register_structure_hook(
        Hours,
        make_dict_structure_fn(
            Hours,
            made,
            _cattrs_forbid_extra_keys=True,
            _cattrs_detailed_validation=True,
            start=override(rename="from"),
            end=override(rename="to"),
        ),
    )
    made.register_structure_hook(
        Suppression,
        make_dict_structure_fn(
            Suppression,
            made,
            _cattrs_forbid_extra_keys=True,
            _cattrs_detailed_validation=True,
            exceptions=override(rename="except"),
        ),
    )
    return made


def _time(value: object) -> time:
    if not isinstance(value, str):
        raise CallerError('expected a time of day such as "09:00"', '应为一天中的时刻，例如 "09:00"')
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise CallerError(
            'expected a time of day such as "09:00"', '应为一天中的时刻，例如 "09:00"'
        ) from None


def _words(value: Any, _type: object) -> tuple[str, ...] | str:
    if isinstance(value, str):
        return value
    return tuple(str(one) for one in value)


def _words_or_flag(value: Any, _type: object) -> tuple[str, ...] | bool:
    return value if isinstance(value, bool) else tuple(str(one) for one in value)


_HOOKS: Final[Mapping[object, Callable[[Any, Any], object]]] = {
    tuple[str, ...] | str: _words,
    tuple[str, ...] | bool: _words_or_flag,
}
