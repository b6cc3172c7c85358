"""Files that go with a message: what the journal says of them, and by whom they cannot go."""

from __future__ import annotations

from attrs import evolve

from loansms.model import Json, Reason
from loansms.planning import PlanRow
from loansms.providers.base import AsyncProvider, Provider, carried_by
from loansms.services.sending.report import Outcome, RunRow


def attached(row: PlanRow) -> dict[str, Json]:
    """Return what the record of a claim says of its files, and of the agreement by which a document is served."""
    if not row.attachments:
        return {}
    told: dict[str, Json] = {"attachments": tuple(one.told for one in row.attachments)}
    if row.agreement is not None:
        told["agreement"] = {
            "at": row.agreement.at.isoformat(),
            "text_version": row.agreement.text_version,
            "source": row.agreement.source,
            "evidence": row.agreement.evidence,
        }
    return told


def files_refused(row: PlanRow, provider: Provider | AsyncProvider) -> RunRow | None:
    """Return the refusal of a row with files that `provider` does not carry, before anything is claimed."""
    carried = carried_by(provider)
    if all(one.media_type in carried for one in row.attachments):
        return None
    why = Reason(
        "attachment_unsupported",
        "house",
        f"The provider {provider.name} carries no files of this kind.",
        message_zh=f"通道 {provider.name} 不支持此类附件。",
    )
    return RunRow(evolve(row, reasons=(why, *row.reasons)), Outcome.REFUSED)
