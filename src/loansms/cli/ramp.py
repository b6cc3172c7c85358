"""What was typed of a run that starts small, and the ramp it makes."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from loansms.cli import choices
from loansms.errors import CallerError
from loansms.services import Ramp


@frozen(kw_only=True)
class RampRequest:
    """Seeds, share and limits as typed; neither seeds nor share means no ramp."""

    seeds: Path | None = None
    first: int = 5
    share: str | None = None
    failing: str = "10%"
    wait: str = "30m"

    def read(self) -> Ramp | None:
        """Return the ramp asked for; raise CallerError for what is no share, time or file of ids."""
        if self.seeds is None and self.share is None:
            return None
        return Ramp(
            seeds=_ids(self.seeds) if self.seeds else (),
            first=self.first,
            # Seeds alone: after them, everybody.
            share=choices.share(self.share, "--share") if self.share else 0.0,
            failing=choices.share(self.failing, "--failing"),
            wait=choices.duration(self.wait, "--wait"),
        )


def _ids(path: Path) -> list[str]:
    try:
        found = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError:
        found = []
    if not found:
        raise CallerError(
            f"--seeds: {path.name}: expected borrower ids in UTF-8, one a line",
            f"--seeds：{path.name}：应为 UTF-8 编码的客户号，每行一个",
        )
    return found
