"""The words of a security alert: what happened to an account, when, and what to do if it was somebody else.

>>> said = plan_alert_text("alert.number_changed", on=date(2026, 9, 24), waits_for=timedelta(days=3),
...                        catalogue=Catalogue.builtin(), lender=Lender.example())
>>> said.text.reveal()
'您的登记手机号已于9月24日更换。为安全起见，借款、提款等需3天后方可办理。非本人操作请立即致电400-000-0000。'
"""

from __future__ import annotations

from datetime import date, timedelta

from loansms.errors import TemplateError
from loansms.model import Lender, Purpose, Reason
from loansms.planning.approved import unapproved
from loansms.planning.code_choice import home_of
from loansms.planning.code_text import CodeText, refused
from loansms.privacy import Secret
from loansms.templates import Catalogue, render

CODE_LOCKED = "alert.code_locked"
"""To the number of a locked account: too many wrong codes (house, after PSD2 RTS art. 4(3)(b))."""

NUMBER_CHANGE_REQUESTED = "alert.number_change_requested"
"""To the old number: a change was asked for."""

NUMBER_CHANGED = "alert.number_changed"
"""To the old number and the new one: it was changed, and how long some acts wait."""

_NOT_AN_ALERT = Reason(
    "text_refused",
    "house",
    "The template is not one of a security alert.",
    severity="block",
    message_zh="该模板不是安全提醒模板。",
)


def plan_alert_text(
    template: str,
    *,
    on: date,
    catalogue: Catalogue,
    lender: Lender,
    locale: str | None = None,
    event: str | None = None,
    waits_for: timedelta | None = None,
    approved_only: bool = False,
) -> CodeText | Reason:
    """Return the words of the alert `template` about something that happened on day `on`, or why not.

    `event` is a choice of the slot of that name, `waits_for` whole hours; a template that needs one and does
    not get it is refused. `locale` None is the lender's own language. TemplateError for a template that nobody
    knows. `approved_only` refuses one that is not approved.
    """
    home = home_of(lender)
    served = catalogue.resolve_locale(template, locale or home, home)
    found = catalogue.get(template, served)
    if found.purpose is not Purpose.SECURITY_ALERT:
        return _NOT_AN_ALERT
    unreleased = unapproved(found, approved_only=approved_only)
    if unreleased is not None:
        return unreleased
    told = {"event_on": on, "event": event, "waits_for": waits_for}
    values = {name: told[name] for name in found.slots if told.get(name) is not None}
    try:
        done = render(found, values, lender=lender, on=on)
    except TemplateError as wrong:
        return refused(wrong)
    return CodeText(
        text=Secret(done.text),
        template=template,
        locale=served,
        segments=done.segments,
        signature=done.signature,
        template_version=found.version,
        slots=Secret(done.slots),
    )
