"""Which class reads the parameters of which check type; a type that is not here is refused at load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from functools import cache, partial
from operator import eq
from typing import Any, Final

import cattrs
from cattrs.gen import make_dict_structure_fn, override

from loansms.compliance.checks.caps import Cap
from loansms.compliance.checks.consent import RequireConsent
from loansms.compliance.checks.cooldown import Cooldown
from loansms.compliance.checks.hit import Check
from loansms.compliance.checks.recipients import RecipientRoles
from loansms.compliance.checks.suppression import Suppression
from loansms.compliance.checks.texts import Families, NeedsFacts, RequireText
from loansms.compliance.checks.windows import CalendarDay, Hours, Window, weekdays
from loansms.compliance.rule import CheckSpec
from loansms.errors import PackError
from loansms.files import converter, structure

TYPES: Final[Mapping[str, type]] = {
    "window": Window,
    "calendar_day": CalendarDay,
    "cap": Cap,
    "cooldown": Cooldown,
    "require_consent": RequireConsent,
    "suppression": Suppression,
    "recipient_role": RecipientRoles,
    "require_text": RequireText,
    "forbid_text": Families,
    "link_policy": Families,
    "claim_needs_fact": Families,
}


def check_of(spec: CheckSpec, source: str) -> Check:
    """Return the check a rule names, or raise PackError: an unknown type or parameter is never skipped."""
    kind = TYPES.get(spec.type)
    if kind is None:
        known = ", ".join(TYPES)
        raise PackError(
            f"{source}: check.type: expected one of {known}", f"{source}：check.type 应为 {known} 之一"
        )
    if kind is Families and "families" not in spec.params and "family" not in spec.params:
        kind = NeedsFacts
    if kind is RecipientRoles and "family" in spec.params:
        kind = Families
    params = {name: value for name, value in spec.params.items() if name != "status" or kind in (Window, Cap)}
    check: Check = structure(params, kind, f"{source}: check.params", PackError, _reader())
    return check


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


def _weekdays(value: object, _type: object) -> frozenset[int]:
    return weekdays(str(value))


def _time(value: object) -> time:
    if not isinstance(value, str):
        raise ValueError('expected a time of day such as "09:00"')
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise ValueError('expected a time of day such as "09:00"') from None


def _words(value: Any, _type: object) -> tuple[str, ...] | str:
    if isinstance(value, str):
        return value
    return tuple(str(one) for one in value)


_HOOKS: Final[Mapping[object, Callable[[Any, Any], object]]] = {
    frozenset[int]: _weekdays,
    tuple[str, ...] | str: _words,
}
