"""Shared pieces of the tests."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

from tests.samples import sample
from tests.shares import dealt

# Numerical properties are checked on many examples; none of them is timed. Some leave out what a
# view cannot carry, and may by chance draw much of it first.
hypothesis.settings.register_profile(
    "lrviz",
    deadline=None,
    max_examples=sample(40, 300),
    suppress_health_check=[hypothesis.HealthCheck.filter_too_much],
)
hypothesis.settings.load_profile("lrviz")

BROWSER = Path(__file__).parent / "browser"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each worker its own files of the browser's tests, with the servers that they share."""
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    groups = [str(item.path) if BROWSER in item.path.parents else None for item in items]
    items[:] = [items[n] for n in dealt(groups, workers)]
