"""Odds ratios: what a weight does to the odds a : (1 - a), where exp may leave float64.

``live/playback.js`` writes the same; a test holds the two equal.
"""

from __future__ import annotations

import math
import sys

from lrviz.core.symbols import superscript
from lrviz.text.numbers import DIGITS, number

#: Of these the exponential and what is near it are ordinary float64 numbers.
LOWEST, HIGHEST = math.log(sys.float_info.min), math.log(sys.float_info.max)


def odds_ratio(w: float) -> str:
    """exp(w) as it is shown: the factor on the odds for one unit more of the feature.

    Beyond float64 it is a power of ten all the same, and where no finite weight is given, a
    sentence.
    """
    if not math.isfinite(w):
        return "beyond float64"
    if LOWEST <= w <= HIGHEST:
        return number(math.exp(w))
    size = w / math.log(10)
    mantissa, carried = format(10 ** (size - math.floor(size)), f".{DIGITS - 1}e").split("e")
    return f"{mantissa}×10{superscript(str(math.floor(size) + int(carried)))}"


def odds_cell(w: float) -> float | str:
    """exp(w) for a table of numbers: in full where float64 holds it."""
    return math.exp(w) if LOWEST <= w <= HIGHEST else odds_ratio(w)
