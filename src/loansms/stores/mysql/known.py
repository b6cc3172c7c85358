"""One look for a whole batch of claims: is anything known that could stop one?

Of most batches nothing is, and a list of debtors costs MySQL more to read than to look up: it is read once for all
tables. Where anything is found the batch is asked about as on any other database.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from loansms.stores.claims import Claim
from loansms.stores.decide import Standing, earliest
from loansms.stores.rows import micros

_NEVER = 1 << 62  # no contact is made so late: where there is no cap, none is counted

ANYTHING = (
    "SELECT EXISTS(SELECT 1 FROM {ledger_stop}) "
    "OR EXISTS(SELECT 1 FROM {attempt} WHERE state = 'attempting' AND lease_until <= ?) "
    "OR EXISTS(SELECT 1 FROM {each} AS k {join} {attempt} AS a ON a.step_key = k.value) "
    # Joins, not one EXISTS a table: a subquery takes longer to plan than to run.
    "OR EXISTS(SELECT STRAIGHT_JOIN 1 FROM {each} AS d "
    "LEFT JOIN {suppression} AS s ON s.debtor = d.value LEFT JOIN {ledger_revocation} AS r ON r.debtor = d.value "
    "LEFT JOIN {ledger_hold} AS h ON h.debtor = d.value AND h.released_at IS NULL "
    "LEFT JOIN {ledger_payment} AS p ON p.debtor = d.value LEFT JOIN {deferred} AS f ON f.debtor = d.value "
    "LEFT JOIN {contact} AS c ON c.debtor = d.value AND c.at >= ? "
    "LEFT JOIN {attempt} AS a ON a.debtor = d.value AND a.at >= ? "
    "WHERE COALESCE(s.debtor, r.debtor, h.debtor, p.debtor, f.debtor, c.debtor, a.debtor) IS NOT NULL)"
)
"""1 where anything is known, 0 where nothing is."""


def asked(claims: Sequence[Claim], now: datetime) -> tuple[Any, ...]:
    """Return the values of ANYTHING."""
    since = earliest(claims)
    start = micros(since) if since else _NEVER
    keys = json.dumps([claim.step_key for claim in claims])
    debtors = json.dumps(list({claim.debtor: None for claim in claims}))
    return micros(now), keys, debtors, start, start


def is_blank(standing: Standing) -> bool:
    """Return whether nothing was known of a batch."""
    told = (standing.states, standing.suppressions, standing.contacts, standing.consents, standing.stops)
    return not any((*told, standing.holds, standing.payments, standing.deferred))
