import copy
import pickle

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrviz.core import numerics
from lrviz.core.naive import naive
from tests.reference import exact, relative

logits = st.floats(-700, 700)


@given(logits)
def test_both_tails_of_the_sigmoid_agree_with_mpmath(z):
    a = numerics.sigmoid(z)
    truth = 1 / (1 + mp.exp(-mp.mpf(z)))
    assert relative(float(a), truth) < 1e-15
    assert relative(a.complement, 1 - truth) < 1e-15
    assert a.logit == z


@given(st.lists(logits, min_size=1, max_size=20))
def test_the_vectorised_pair_equals_the_scalar_one(z):
    p, q = numerics.sigmoid_pair(z)
    one_by_one = [numerics.sigmoid(v) for v in z]
    np.testing.assert_allclose(p, [float(a) for a in one_by_one], rtol=5e-16, atol=0)
    np.testing.assert_allclose(q, [a.complement for a in one_by_one], rtol=5e-16, atol=0)


@given(logits, st.sampled_from([0, 1]))
def test_log_loss_from_the_logit_agrees_with_mpmath(z, y):
    assert relative(float(numerics.log_loss(z, y)), exact(z, y)["L"]) < 1e-15


@pytest.mark.parametrize(
    "clone", [copy.copy, copy.deepcopy, lambda a: pickle.loads(pickle.dumps(a))]
)
def test_a_probability_survives_copying_with_its_complement(clone):
    a = clone(numerics.sigmoid(40.0))
    assert (float(a), a.complement, a.logit) == (1.0, numerics.sigmoid(-40.0), 40.0)


def test_the_naive_formula_breaks_where_float64_ends():
    # The facts the saturation panel tells; from the IEEE rules for 1/0, 0·∞ and log 0.
    wrong = naive(40.0, 0)
    assert wrong["dL/da"] == np.inf
    assert wrong["da/dz"] == 0
    assert np.isnan(wrong["dL/dz"])
    assert naive(40.0, 1)["dL/dz"] == 0
    assert naive(-20.0, 1)["dL/dz"] == pytest.approx(-1, rel=1e-8)


def test_the_naive_formula_is_right_where_nothing_is_lost():
    for y in (0, 1):
        found, truth = naive(0.35, y), exact(0.35, y)
        for name in ("a", "L", "dL/da", "da/dz", "dL/dz"):
            assert relative(found[name], truth[name]) < 1e-14
