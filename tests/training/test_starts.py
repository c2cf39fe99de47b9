"""Starts that a seed gives, against NumPy's own generator."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lrviz.training.starts import random_start


def drawn(generator):
    """Three parameters, uniform within 3 of zero, to one decimal."""
    return (3 * (2 * generator.random(3) - 1)).round(1).tolist()


@pytest.mark.parametrize("seed", range(50))
def test_a_start_is_what_numpys_generator_draws(seed):
    assert list(random_start(seed)) == drawn(np.random.default_rng(seed))


def test_a_start_has_no_signs_of_zeros():
    for parameter, seed in ((0, 73), (1, 11), (2, 531)):
        assert str(drawn(np.random.default_rng(seed))[parameter]) == "-0.0"
        assert math.copysign(1, random_start(seed)[parameter]) == 1


def test_the_origin_of_both_weights_is_left_out():
    generator = np.random.default_rng(3579)
    assert [abs(v) for v in drawn(generator)[:2]] == [0, 0]
    # What it draws next.
    assert list(random_start(3579)) == drawn(generator)


def test_one_weight_may_be_zero():
    assert [seed for seed in (29, 39) if 0 in random_start(seed)[:2]] == [29, 39]
