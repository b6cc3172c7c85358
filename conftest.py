"""Documentation as tests, one set of Hypothesis profiles, and a watch over every log of the whole run."""

import logging
import os
import re

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

settings.register_profile("default", deadline=None, max_examples=100, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=5000, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# The files that take longest go first: the last to end decides how long the whole run takes.
_LONGEST = (
    "portfolio/test_spark.py",
    "portfolio/test_columns_equal_text.py",
    "portfolio/test_columns_equal_typed.py",
    "services/test_crash.py",
    "services/test_real_book.py",
    "examples/test_compare_policies.py",
    "portfolio/test_batch.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest files first, and leave what is marked `soak` to `make soak`."""
    turn = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: turn.get("/".join(item.path.parts[-2:]), len(turn)))
    if os.environ.get("LOANSMS_SOAK"):
        return
    later = [item for item in items if item.get_closest_marker("soak")]
    if later:
        items[:] = [item for item in items if item not in later]
        config.hook.pytest_deselected(items=later)


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["README.md", "README.zh-CN.md", "docs/**/*.md"],
).pytest()

# Six to eight digits that stand alone, and the numbers of the examples in any writing.
_SECRET = re.compile(
    r"(?<![A-Za-z0-9_.])\d{6,8}(?!\.?[A-Za-z0-9_])|(?<!\d)1[3-9]\d{9}(?!\d)|\+861\d{10}|\+1\d{3}555\d{4}"
)


class SecretsInLogs(logging.Handler):
    """Fails the test that logs a code or a number: nothing in the whole run may tell one, at any level."""

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one record, as it would be written."""
        told = self.format(record)
        if _SECRET.search(told):
            raise AssertionError(f"the logger {record.name} was told a code or a number")


logging.getLogger().addHandler(SecretsInLogs(level=logging.DEBUG))
logging.getLogger().setLevel(logging.DEBUG)
