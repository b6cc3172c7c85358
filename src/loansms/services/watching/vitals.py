"""What `health` answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import frozen


@frozen(kw_only=True)
class Vitals:
    """The figures of a store at one moment; each is a count but `silent_for` and `job_late`.

    ``unknown``: handed over, and nobody knows; each waits for a receipt, a look-up or a person. ``silent``: claims whose
    holder has been silent past its lease, the oldest for ``silent_for``; the next claim or `expire_leases` makes them
    unknown. ``jobs``: waiting or in a worker's hands; ``job_late``: how long the one that waits longest might have gone
    already. ``unsealed``: entries of the journal without a seal, counted up to
    1000. ``stops``: brakes that are on.
    """

    at: datetime
    unknown: int = 0
    silent: int = 0
    silent_for: timedelta = timedelta(0)
    jobs: int = 0
    job_late: timedelta = timedelta(0)
    unsealed: int = 0
    stops: int = 0

    @property
    def well(self) -> bool:
        """Whether nothing waits for a person: no unknown, no silent claim, no brake."""
        return not (self.unknown or self.silent or self.stops)
