"""Shared pieces of the tests."""

from __future__ import annotations

import hypothesis

from tests.samples import sample

# Numerical properties are checked on many examples; none of them is timed.
hypothesis.settings.register_profile("lrviz", deadline=None, max_examples=sample(40, 300))
hypothesis.settings.load_profile("lrviz")
