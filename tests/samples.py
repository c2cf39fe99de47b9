"""How large the samples are that only widen what is tried: a few, or with ``--long`` all."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from typing import Any

import pytest

from lrviz import settings
from lrviz.core.graph import INPUTS

LONG = os.environ.get("LRVIZ_LONG") == "1"
#: What takes minutes, or shows in another place what a test of every day shows in one.
NIGHT = pytest.mark.skipif(not LONG, reason="every night")


def thin(*lists: Sequence[Any], by: int = 3) -> list[tuple[Any, ...]]:
    """Every ``by``-th combination of one value from each list, or in the long run all.

    Spread as in a Latin square: of three lists, each value of one is tried with each of another.
    """
    return [
        tuple(values[n] for values, n in zip(lists, places, strict=True))
        for places in itertools.product(*(range(len(values)) for values in lists))
        if LONG or sum(places) % by == 0
    ]


def some(few: int, values: Sequence[Any]) -> list[Any]:
    """So many of some values, spread evenly from the first on, or in the long run all."""
    if LONG or few >= len(values):
        return list(values)
    return [values[n * len(values) // few] for n in range(few)]


def sample(few: int, all_of_them: int) -> int:
    """The size of a sample: ``few``, or all in the long run of ``scripts/test --long``."""
    return all_of_them if LONG else few


#: The example that a link without fields opens.
OPENING = {name: settings.defaults(settings.GRAPH)[name] for name in INPUTS}
