"""Shared pieces of the tests."""

from __future__ import annotations

import hypothesis

from tests.samples import sample

# Numerical properties are checked on many examples; none of them is timed. Some leave out what a
# view cannot carry, and may by chance draw much of it first.
hypothesis.settings.register_profile(
    "lrviz",
    deadline=None,
    max_examples=sample(40, 300),
    suppress_health_check=[hypothesis.HealthCheck.filter_too_much],
)
hypothesis.settings.load_profile("lrviz")
