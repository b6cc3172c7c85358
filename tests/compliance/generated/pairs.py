"""Which pair puts which rule to the test: by what it asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loansms.compliance import Rule
from loansms.compliance.checks import calendar_data, claims, phrases, routes, scope, texts
from loansms.compliance.checks import registration as registers
from loansms.compliance.checks.bans import ChannelBan
from loansms.compliance.checks.caps import Cap
from loansms.compliance.checks.consent import RequireConsent
from loansms.compliance.checks.contact_lines import ContactLines
from loansms.compliance.checks.cooldown import Cooldown
from loansms.compliance.checks.formats import Charset, Length
from loansms.compliance.checks.inbound import InboundKeywords
from loansms.compliance.checks.link_policy import LinkPolicy
from loansms.compliance.checks.masks import Mask
from loansms.compliance.checks.preview import Preview
from loansms.compliance.checks.recipients import RecipientRoles
from loansms.compliance.checks.retention import RetentionMax, RetentionMin
from loansms.compliance.checks.suppression import Suppression
from loansms.compliance.checks.table import TYPES, class_of
from loansms.compliance.checks.template_shape import TemplateShape
from loansms.compliance.checks.windows import CalendarDay, Window
from tests.compliance.generated import counts, formats, hours, people, records, registration
from tests.compliance.generated import scope as asking
from tests.compliance.generated import texts as words
from tests.compliance.generated.trial import Pair

BY_CLASS: Mapping[type[Any], Pair] = {
    Window: hours.WINDOW,
    CalendarDay: hours.CALENDAR_DAY,
    calendar_data.PublishedPlan: asking.PLAN,
    calendar_data.MissingYear: asking.YEAR,
    calendar_data.DatedCalendar: asking.PLACE,
    Cap: counts.CAP,
    Cooldown: counts.COOLDOWN,
    RequireConsent: people.REQUIRE_CONSENT,
    Suppression: people.SUPPRESSION,
    InboundKeywords: asking.INBOUND,
    RecipientRoles: people.RECIPIENT_ROLE,
    ChannelBan: people.CHANNEL_BAN,
    texts.Families: words.FAMILIES,
    texts.NeedsFacts: words.NEEDS_FACTS,
    texts.RequireText: words.REQUIRE_TEXT,
    phrases.CodeWords: words.CODE_WORDS,
    phrases.LastLine: words.LAST_LINE,
    phrases.ForbiddenPhrase: words.PHRASE,
    claims.Mismatch: words.MISMATCH,
    claims.FalseClaim: words.FALSE_CLAIM,
    ContactLines: words.CONTACT_LINES,
    LinkPolicy: words.LINK_POLICY,
    Preview: words.PREVIEW,
    Charset: formats.CHARSET,
    Length: formats.LENGTH,
    TemplateShape: formats.TEMPLATE_SHAPE,
    Mask: records.MASK,
    RetentionMin: records.RETENTION_MIN,
    RetentionMax: records.RETENTION_MAX,
    registers.Registration: registration.REGISTRATION,
    registers.SignatureFormat: registration.SIGNATURE,
    registers.VendorRegistry: registration.VENDOR,
    routes.RouteClass: registration.ROUTE_CLASS,
    routes.IndustryAcceptance: registration.INDUSTRY,
    routes.RouteContent: registration.ROUTE_CONTENT,
    scope.RequiredInputs: asking.INPUTS,
    scope.AskedAgain: asking.DISPATCH,
    scope.CountedTogether: asking.COUNTER,
    scope.UnknownParty: asking.PARTY,
    scope.Unverified: asking.VERIFIED,
    scope.WhoseRules: asking.PARTY,
}
PAIRS: Mapping[str, Pair] = {name: BY_CLASS[kind] for name, kind in TYPES.items()}


def pair_of(rule: Rule) -> Pair:
    """Return the message that a rule lets pass and the one it stops, each made from the rule."""
    return BY_CLASS[class_of(rule.check)]
