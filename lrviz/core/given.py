"""What a caller gives, checked once for every public function: a number, or an array of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array, said

#: What is no number although `float` or NumPy would make one of it.
_NO_NUMBER = (str, bytes, bool, np.bool_, np.complexfloating, np.datetime64, np.timedelta64)


def number(name: str, value: Any) -> float:
    """A finite number as a float.

    Raises
    ------
    ValueError
        Anything else: text, a truth value or a complex number too. The sentence has the name.
    """
    if type(value) is float and math.isfinite(value):
        return value
    try:
        # What an array of no axes holds is what counts.
        one = value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value
        found = math.nan if isinstance(one, _NO_NUMBER) or np.ndim(one) else float(one)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"{name} must be a finite number, not {said(value)}.")
    return found


def numbers(values: npt.ArrayLike) -> Array:
    """An array of real numbers as float64; no copy where none is needed.

    NaN and infinities are numbers here; whoever asks looks for them.

    Raises
    ------
    TypeError
        It holds something else: text, dates, complex numbers, or an entry that is masked.
    """
    try:
        found = np.asarray(values)
        if found.dtype.kind == "O" and any(isinstance(one, str | bytes) for one in found.flat):
            raise TypeError("Text is no number.")
        if found.dtype.kind not in "biufO" or masked(values):
            raise TypeError("These are no real numbers.")
        return np.asarray(found, dtype=np.float64)
    except (ValueError, OverflowError):
        raise TypeError("These do not fit in an array of float64.") from None


def masked(values: object) -> bool:
    """Whether an entry of an array is masked, which stands for a value that is missing."""
    return isinstance(values, np.ma.MaskedArray) and bool(np.ma.getmaskarray(values).any())
