"""A plan file and the signatures beside it: PLAN.parquet (.csv, .jsonl) and PLAN.signed.toml.

The signatures name the file by its SHA-256: one byte changed, and nobody has signed it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from attrs import evolve, field, frozen

from loansms.clock import require_aware
from loansms.errors import CallerError, MissingExtra
from loansms.files import converter, read_toml, structure
from loansms.services.sending.signed_plan import PlannedStep, SignedPlan, signer

_GOES: Final = frozenset({"send", "defer"})
_TOLD_ELSEWHERE: Final = "joined_with"
_COLUMNS: Final = (
    "loan_id", "borrower_id", "recipient", "step", "channel", "template", "decision", "reason", "send_at",
)  # fmt: skip


@frozen(kw_only=True)
class Signature:
    """Who signed, by staff id, and when (aware)."""

    by: str
    at: datetime = field(converter=require_aware)


@frozen(kw_only=True)
class Signatures:
    """What PLAN.signed.toml holds: the name and the SHA-256 of the plan, and its signatures in order."""

    plan: str
    sha256: str
    signed: tuple[Signature, ...] = ()

    def with_one_more(self, by: str, at: datetime) -> Signatures:
        """Return these and one of `by`; raise CallerError where `by` has signed already."""
        if signer(by) in {signer(one.by) for one in self.signed}:
            raise CallerError(
                f"--by: {by} has signed this plan; expected another person",
                f"--by：{by} 已签批该计划，须由另一人签批",
            )
        return evolve(self, signed=(*self.signed, Signature(by=by, at=at)))

    @property
    def text(self) -> str:
        """The content of the file."""
        head = f"plan = {json.dumps(self.plan, ensure_ascii=False)}\nsha256 = {json.dumps(self.sha256)}\n"
        rows = (
            f"\n[[signed]]\nby = {json.dumps(one.by, ensure_ascii=False)}\nat = {one.at.astimezone(UTC).isoformat(timespec='seconds')}\n"
            for one in self.signed
        )
        return head + "".join(rows)


@frozen(kw_only=True)
class PlanFile:
    """A plan file as it was read: its SHA-256, the steps that go, and those another loan's message speaks for."""

    path: Path
    digest: str
    steps: Mapping[PlannedStep, datetime] = field(repr=False)
    spoken_for: frozenset[PlannedStep] = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> PlanFile:
        """Return the plan in `path`; raise CallerError when it is none, OSError when it cannot be opened."""
        content = path.read_bytes()
        steps: dict[PlannedStep, datetime] = {}
        joined: set[PlannedStep] = set()
        for row in _rows(path, content):
            goes = row["decision"] in _GOES and row["send_at"]
            if goes:
                steps[_step(row)] = _moment(path, row["send_at"])
            elif row["reason"] == _TOLD_ELSEWHERE:
                joined.add(_step(row))
        digest = hashlib.sha256(content).hexdigest()
        return cls(path=path, digest=digest, steps=steps, spoken_for=frozenset(joined))

    @property
    def signatures_path(self) -> Path:
        """Where its signatures lie: plan.parquet -> plan.signed.toml."""
        return self.path.with_name(f"{self.path.stem}.signed.toml")

    def signatures(self) -> Signatures:
        """Return the signatures beside it, none yet where there is no file; raise CallerError for those of other bytes."""
        beside = self.signatures_path
        if not beside.exists():
            return Signatures(plan=self.path.name, sha256=self.digest)
        found = structure(read_toml(beside), Signatures, beside.name, using=_converter())
        if found.sha256 != self.digest:
            raise CallerError(
                f"{self.path.name}: it is not what was signed in {beside.name}; make the plan anew or remove the "
                "signatures, and have it signed again",
                f"{self.path.name}：与 {beside.name} 中签批的内容不一致；请重新生成计划或移除签批文件后重新签批",
            )
        return found

    def signed(self) -> SignedPlan:
        """Return it as a run takes it; raise CallerError unless two different people have signed these bytes."""
        names = tuple(one.by for one in self.signatures().signed)
        return SignedPlan(digest=self.digest, signed_by=names, steps=self.steps, spoken_for=self.spoken_for)


def _step(row: Mapping[str, Any]) -> PlannedStep:
    return PlannedStep(
        loan_id=row["loan_id"] or "",
        borrower_id=row["borrower_id"] or "",
        recipient=row["recipient"] or "",
        step=row["step"] or "",
        channel=row["channel"] or "",
        template=row["template"] or "",
    )


def _rows(path: Path, content: bytes) -> Sequence[Mapping[str, Any]]:
    read = _READERS.get(path.suffix)
    if read is None:
        raise _no_plan(path)
    try:
        rows = read(content)
    except (ValueError, csv.Error):
        raise _no_plan(path) from None
    if not all(isinstance(row, Mapping) and all(name in row for name in _COLUMNS) for row in rows):
        raise _no_plan(path)
    return cast("Sequence[Mapping[str, Any]]", rows)


def _parquet(content: bytes) -> Sequence[object]:
    try:
        import polars  # noqa: PLC0415 - an extra
        from polars.exceptions import PolarsError  # noqa: PLC0415
    except ModuleNotFoundError:
        raise MissingExtra("portfolio", ".parquet") from None
    try:
        return polars.read_parquet(io.BytesIO(content)).select(_COLUMNS).to_dicts()
    except PolarsError:
        raise ValueError("expected a plan") from None


def _csv(content: bytes) -> Sequence[object]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _jsonl(content: bytes) -> Sequence[object]:
    # Not splitlines: a text may hold the line marks that JSON leaves as they are.
    return [json.loads(line) for line in content.decode("utf-8").split("\n") if line.strip()]


_READERS: Final[Mapping[str, Callable[[bytes], Sequence[object]]]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".jsonl": _jsonl,
}


def _moment(path: Path, told: object) -> datetime:
    try:
        return require_aware(told if isinstance(told, datetime) else datetime.fromisoformat(str(told)))
    except ValueError:
        raise _no_plan(path) from None


def _no_plan(path: Path) -> CallerError:
    return CallerError(
        f"{path.name}: expected a plan as `loansms plan --out` writes it (.parquet, .csv or .jsonl)",
        f"{path.name}：应为 loansms plan --out 生成的计划文件（.parquet、.csv 或 .jsonl）",
    )


def _converter() -> Any:
    made = converter()
    made.register_structure_hook(datetime, _exact_moment)
    return made


def _exact_moment(value: object, _type: object) -> datetime:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ValueError("expected a moment with its offset, such as 2026-09-24T02:00:00+00:00")
    return value
