"""Shared pieces of the tests."""

from __future__ import annotations

import hypothesis

# Numerical properties are checked on many examples; none of them is timed.
hypothesis.settings.register_profile("lrviz", deadline=None, max_examples=300)
hypothesis.settings.load_profile("lrviz")
