"""What a person may write after --provider, and what they are told about anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from loansms.clock import FrozenClock
from loansms.errors import ConfigurationError
from loansms.providers import SandboxProvider, SpoolProvider, parse
from loansms.testing.examples import AT, message


@pytest.mark.parametrize(
    ("spec", "shown"), [("sandbox", "seed=0"), ("sandbox:0", "seed=0"), ("sandbox:42", "seed=42")]
)
def test_a_sandbox_with_or_without_a_seed(spec: str, shown: str) -> None:
    provider = parse(spec)
    assert isinstance(provider, SandboxProvider)
    assert shown in repr(provider)


def test_a_spool_stamps_with_the_clock_it_is_given(tmp_path: Path) -> None:
    provider = parse(f"spool:{tmp_path}/mail", clock=FrozenClock(AT))
    assert isinstance(provider, SpoolProvider)
    provider.submit(message(), AT)
    assert provider.outbox[0]["submitted_at"] == AT.isoformat()


def test_a_spool_folder_may_hold_a_colon(tmp_path: Path) -> None:
    parse(f"spool:{tmp_path}/a:b")
    assert (tmp_path / "a:b" / "submitted.jsonl").exists()


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "sandbox:",
        "sandbox:x",
        "sandbox:1.5",
        "sandbox:" + "9" * 40,
        "spool",
        "spool:",
        "spool: ",
        "twilio",
        "gateway.toml",
        "SANDBOX",
    ],
)
def test_anything_else_is_one_clear_line_in_both_languages(spec: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        parse(spec)
    assert str(told.value).startswith(f"provider {spec}:")
    assert "\n" not in str(told.value)
    assert told.value.zh.startswith("通道")
