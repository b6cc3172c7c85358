"""The version a running case is pinned to: the policy's name and a digest of what it says.

Equal content gives an equal version, however the file is ordered or commented. Fields that stand at their
default are left out, so that a policy written before a new field existed keeps its version.

>>> from loansms.policy.stages import Stage
>>> one, two = Stage(name="due", from_dpd=0, to_dpd=0), Stage(name="early", from_dpd=1)
>>> version("mine", [one, two], []) == version("mine", [two, one], [])
True
>>> version("mine", [one], []) == version("mine", [one, two], [])
False
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

import attrs

from loansms.policy.arms import Experiment
from loansms.policy.stages import Stage, Step

_DIGITS = 12  # of hexadecimal: 48 bits, so two policies of one lender do not meet by chance


def version(
    name: str,
    stages: Iterable[Stage],
    steps: Iterable[Step],
    columns: Mapping[str, str] | None = None,
    experiments: Iterable[Experiment] = (),
    promise_grace_days: int = 0,
    joined: Mapping[str, str] | None = None,
) -> str:
    """Return `name`, an @ and the digest of the stages, the steps and what they are read with."""
    content: dict[str, object] = {
        "stages": sorted((_said(stage) for stage in stages), key=_by_content),
        "steps": sorted((_said(step) for step in steps), key=_by_content),
    }
    beside = {
        "columns": dict(columns or {}),
        "experiments": sorted((_said(one) for one in experiments), key=_by_content),
        "promise_grace_days": promise_grace_days,
        "joined": dict(joined or {}),
    }
    content |= {key: value for key, value in beside.items() if value}
    digest = hashlib.sha256(_by_content(content).encode()).hexdigest()
    return f"{name}@{digest[:_DIGITS]}"


def _said(one: Stage | Step | Experiment) -> dict[str, object]:
    kept = attrs.asdict(one, filter=lambda field, value: value != field.default)
    # Which option brought a step does not change what it says.
    return {key: value for key, value in kept.items() if key != "option"}


def _by_content(content: object) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
