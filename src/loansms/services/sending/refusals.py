"""A provider that takes no text of a lender: said with the first plan, before a message is refused for it.

>>> from loansms.model import Lender
>>> from loansms.templates import Catalogue
>>> [one.code for one in refusal_warnings("aliyun_cn", Catalogue.builtin(), [Lender.example()])]
['content_refused']
>>> refusal_warnings("sandbox", Catalogue.builtin(), [Lender.example()])
[]
"""

from __future__ import annotations

from collections.abc import Iterable

from loansms.model import Lender, Reason
from loansms.services.sending.setup import DEVELOPMENT_PROVIDERS
from loansms.templates import Catalogue
from loansms.templates.acceptance import find
from loansms.templates.lint import content_findings


def refusal_warnings(provider: str, catalogue: Catalogue, lenders: Iterable[Lender]) -> list[Reason]:
    """Return a warning for each content of `catalogue` that `provider` is known to refuse, with the other routes.

    Only a provider that bears the name of a shipped profile is known, and only to lenders of its market. The
    rule packs decide about each message; a contract the packs are told of lifts the refusal there.
    """
    profile = None if provider in DEVELOPMENT_PROVIDERS else find(provider)
    if profile is None or profile.content is None:
        return []
    known = profile.content
    found = [
        Reason(
            one.rule,
            one.citation,
            one.message,
            known.rule,
            "warn",
            known.mark,
            one.message_zh,
        )
        for lender in lenders
        if lender.jurisdiction.partition("-")[0] == profile.market
        for one in content_findings(catalogue, profile, lender)
    ]
    return list(dict.fromkeys(found))
