"""The gradient check as a reader sees it."""

from __future__ import annotations

import re

import lrviz
from lrviz.core.gradient_check import gradient_check
from lrviz.pages.tables import CHECK_LOST, check
from tests.samples import OPENING

#: Sure and wrong: under squared error the slope is far below the last digit of the loss.
STUCK = {"x1": 5, "x2": 5, "w1": -5, "w2": -5, "b": -5, "y": 1}


def test_a_check_that_float64_cannot_make_says_so():
    p = lrviz.differentiate(**STUCK, loss="squared")
    assert {one.central for one in gradient_check(p)} == {0}
    text = " ".join(re.sub(r"<[^>]+>", " ", check(p)).split())
    assert text.count("10⁻²⁴ 0 1") == 3
    assert text.endswith(CHECK_LOST)


def test_no_other_check_says_so():
    for state in (OPENING, STUCK, OPENING | {"x1": 0}):
        assert CHECK_LOST not in check(lrviz.differentiate(**state))
