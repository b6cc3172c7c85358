"""A batch of claims in one trip, where nothing is known of any debtor that could stop one.

The server looks, under the debtors' locks, whether every claim would be taken; the rows that say so travel behind that
question with the commit, and fall with it. Whatever is not that plain is decided by `decide`, in two trips.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from loansms.stores.claims import Claim
from loansms.stores.decide import earliest
from loansms.stores.postgres.session import listed
from loansms.stores.rows import micros

# The locks come first, whatever the planner would: what is counted of them is asked for. The function is VOLATILE, so
# each of its own statements sees what was committed before it began (PostgreSQL manual, 36.7): the newest there is.
ASK = "SELECT {schema}.plainly(%s, %s, %s, %s) FROM ({lock} OFFSET 0) AS held (brakes, debtors) WHERE debtors >= 0"
_ANY = 1 << 40  # more contacts than anybody has: no limit


def question(claims: Sequence[Claim], now: datetime) -> tuple[str, int, int, int | None, str] | None:
    """Return the values of ASK, None when the claims alone are not plain."""
    if len({claim.step_key for claim in claims}) < len(claims):
        return None
    most: dict[str, int] = {}
    for claim in claims:
        fewest = min([limit.count for limit in claim.limits], default=_ANY)
        most[claim.debtor] = min(most.get(claim.debtor, _ANY), fewest)
    # The last claim of a debtor finds all others of this batch counted.
    for debtor, several in Counter([claim.debtor for claim in claims]).items():
        most[debtor] -= several
    since, facts = earliest(claims), [claim.facts_at for claim in claims if claim.facts_at is not None]
    return (
        json.dumps([(claim.step_key, claim.debtor, most[claim.debtor]) for claim in claims]),
        micros(now),
        micros(since) if since else 0,
        micros(min(facts)) if facts else None,
        listed(most),
    )
