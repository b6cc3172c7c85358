"""Read a policy from a TOML file: the shipped presets and a user's own by the same code.

    name = "my-ladder"
    [[stage]]
    name = "early"
    from_dpd = 1
    to_dpd = 7
    tone = "friendly"
    [[step]]
    id = "day-1"
    day = 1
    stage = "early"
    template = "collection.early"
    purpose = "collection"
    channels = ["sms"]
    priority = 60

>>> read_preset("cn-consumer").stages[0].name
'upcoming'
>>> read_preset("uk-consumer")
Traceback (most recent call last):
loansms.errors.PolicyError: policy: no preset named "uk-consumer"; expected one of cn-consumer, us-first-party
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import cattrs
from attrs import field, frozen

from loansms.errors import CallerError, PolicyError
from loansms.files import converter, read_toml, structure
from loansms.model import Channel
from loansms.policy.arms import Experiment
from loansms.policy.columns import Kind
from loansms.policy.faults import find_faults, joined_faults, refuse
from loansms.policy.stages import Hop, Stage, Step


@frozen(kw_only=True)
class PolicyContent:
    """What a file says once its options are chosen: a name, stages, and the steps that are in force."""

    name: str
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    columns: Mapping[str, Kind]
    experiments: tuple[Experiment, ...]
    promise_grace_days: int
    joined: Mapping[str, str]


@frozen(kw_only=True)
class _File:
    """The shape of the TOML file; `about` is for its readers."""

    name: str
    about: str = ""
    stage: tuple[Stage, ...]
    step: tuple[Step, ...]
    columns: dict[str, Kind] = field(factory=dict[str, Kind])
    experiment: tuple[Experiment, ...] = ()
    promise_grace_days: int = 0
    joined: dict[str, str] = field(factory=dict[str, str])


def read_policy(path: str | Path, options: Iterable[str] = ()) -> PolicyContent:
    """Return the policy in the file `path`, with the steps of the chosen `options` in it.

    Raise PolicyError naming the file, the key and what was expected there.
    """
    source = Path(path)
    told = structure(read_toml(source, PolicyError), _File, source.name, PolicyError, _converter())
    joined, asked_for = _joined(told.joined)
    faults = find_faults(told.stage, told.step, told.columns, told.experiment, told.promise_grace_days)
    refuse(source.name, [*faults, *joined_faults(joined)])
    chosen = _known(options, [*(step.option for step in told.step), asked_for], source.name)
    return PolicyContent(
        name=told.name,
        stages=told.stage,
        steps=tuple(step for step in told.step if step.option is None or step.option in chosen),
        columns=told.columns,
        experiments=told.experiment,
        promise_grace_days=told.promise_grace_days,
        joined=joined if asked_for is None or asked_for in chosen else {},
    )


def read_preset(name: str, options: Iterable[str] = ()) -> PolicyContent:
    """Return the shipped policy called `name`; raise PolicyError where there is none."""
    folder = resources.files("loansms.policy").joinpath("presets")
    names = sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml"))
    if name not in names:
        known = ", ".join(names)
        raise PolicyError(
            f'policy: no preset named "{name}"; expected one of {known}',
            f"策略：没有名为“{name}”的预置策略，可选：{known}",
        )
    with resources.as_file(folder.joinpath(f"{name}.toml")) as path:
        return read_policy(path, options)


# Text is a sequence too: read as such, channels = "sms" would be three channels of one letter.
_LISTS: dict[Any, Any] = {
    tuple[Stage, ...]: list[Stage],
    tuple[Step, ...]: list[Step],
    tuple[Channel, ...]: list[Channel],
    tuple[Hop, ...]: list[Hop],
    tuple[Experiment, ...]: list[Experiment],
}


def _converter() -> cattrs.Converter:
    made = converter()

    def as_tuple(value: object, kind: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise CallerError(
                'expected a list, such as ["sms"] or [[step]]', '应为列表，例如 ["sms"] 或 [[step]]'
            )
        return tuple(made.structure(value, _LISTS[kind]))

    made.register_structure_hook_func(_LISTS.__contains__, as_tuple)
    return made


def _joined(table: Mapping[str, str]) -> tuple[dict[str, str], str | None]:
    """Return the templates by purpose, and the option that has to be chosen for them."""
    return {key: one for key, one in table.items() if key != "option"}, table.get("option")


def _known(options: Iterable[str], there: Iterable[str | None], source: str) -> frozenset[str]:
    if isinstance(options, str):
        raise PolicyError(
            f"{source}: options: expected a list of names, got one text",
            f"{source}：options 应为名称列表，而不是单个文本",
        )
    chosen = frozenset(options)
    known = sorted({one for one in there if one is not None})
    unknown = sorted(chosen.difference(known))
    if unknown:
        names = ", ".join(known) or "none"
        raise PolicyError(
            f'{source}: options: unknown option "{unknown[0]}"; expected one of: {names}',
            f"{source}：options：没有名为“{unknown[0]}”的选项，可选：{', '.join(known) or '无'}",
        )
    return chosen
