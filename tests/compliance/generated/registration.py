"""Rules on registers and roads: registered and not, a road that takes the text and one that does not."""

from __future__ import annotations

from attrs import evolve

from loansms.compliance import Rule
from loansms.model import Party
from tests.compliance.generated.texts import NEUTRAL, asked
from tests.compliance.generated.trial import Pair, Trial, plain


def _named(rule: Rule) -> list[str]:
    what = rule.check.params["what"]
    return [what] if isinstance(what, str) else list(what)


def _registered(rule: Rule) -> Trial:
    return plain(rule).knowing(registrations=dict.fromkeys(_named(rule), True))


def _run_out(rule: Rule) -> Trial:
    trial = plain(rule)
    return trial.knowing(registrations={_named(rule)[0]: trial.now.date().replace(year=2020).isoformat()})


def _signed(rule: Rule, length: int) -> Trial:
    return asked(rule).saying(NEUTRAL, signature="安" * length)


def _longest_signature(rule: Rule) -> Trial:
    return _signed(rule, rule.check.params["length"][1])


def _longer_signature(rule: Rule) -> Trial:
    return _signed(rule, rule.check.params["length"][1] + 1)


def _commercial_port(rule: Rule) -> Trial:
    return plain(rule).knowing(route_class="marketing", template_class="marketing")


def _notice_port(rule: Rule) -> Trial:
    return plain(rule).knowing(route_class="notice", template_class="notice")


def _by(rule: Rule, provider: str) -> Trial:
    trial = plain(rule)
    return evolve(trial, context=evolve(trial.context, provider=provider))


def _accepting(rule: Rule) -> Trial:
    return _by(rule, "sandbox")


def _refusing(rule: Rule) -> Trial:
    providers = rule.check.params["providers"]
    return _by(rule, next(name for name, how in providers.items() if how.startswith("refused")))


def _on_route(rule: Rule, route: str) -> Trial:
    trial = plain(rule).knowing(route=route)
    return evolve(trial, context=evolve(trial.context, party=Party.THIRD))


def _other_route(rule: Rule) -> Trial:
    return _on_route(rule, "short_code")


def _closed_route(rule: Rule) -> Trial:
    return _on_route(rule, rule.check.params["routes"][0].lower().replace("_", "-"))


def _peaceful_vendor(rule: Rule) -> Trial:
    return plain(rule).knowing(vendor_violence_record=False)


def _violent_vendor(rule: Rule) -> Trial:
    return plain(rule).knowing(vendor_violence_record=True)


REGISTRATION: Pair = (_registered, _run_out)
SIGNATURE: Pair = (_longest_signature, _longer_signature)
ROUTE_CLASS: Pair = (_commercial_port, _notice_port)
INDUSTRY: Pair = (_accepting, _refusing)
ROUTE_CONTENT: Pair = (_other_route, _closed_route)
VENDOR: Pair = (_peaceful_vendor, _violent_vendor)
