"""How large the samples are that only widen what is tried: a few, or with ``--long`` all."""

from __future__ import annotations

import os

LONG = os.environ.get("LRVIZ_LONG") == "1"


def sample(few: int, all_of_them: int) -> int:
    """The size of a sample: ``few``, or all in the long run of ``scripts/test --long``."""
    return all_of_them if LONG else few
