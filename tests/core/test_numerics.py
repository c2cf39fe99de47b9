import copy
import math
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


def test_the_limits_are_where_float64_has_them():
    assert numerics.sigmoid(numerics.ROUNDS_TO_ONE + 1e-9) == 1.0
    assert numerics.sigmoid(numerics.ROUNDS_TO_ONE - 1e-9) < 1.0
    assert np.exp(-numerics.Z_LIMIT) > np.finfo(float).tiny  # no subnormal number
    assert numerics.Z_LIMIT == 700
    assert numerics.sigmoid(-numerics.CERTAIN) < 5e-5 < numerics.sigmoid(1 - numerics.CERTAIN)
    # 1 − a by subtraction is good to the four digits shown up to here, and not far beyond.
    for past, good in ((-1, True), (4, False)):
        z = numerics.SUBTRACTION_FAILS + past
        lost = abs((1 - float(numerics.sigmoid(z))) / numerics.sigmoid(-z) - 1)
        assert (lost < 5e-5) is good


@given(logits)
def test_taking_a_probability_from_a_label_loses_nothing(z):
    a = numerics.sigmoid(z)
    other = 1 - a
    assert isinstance(other, numerics.Probability)
    assert (float(other), other.complement, other.logit) == (a.complement, float(a), -z)
    assert a - 1 == -a.complement
    assert a - 0 == float(a)
    assert 0 - a == -float(a)
    assert a - 0.25 == float(a) - 0.25
    assert 2 - a == 2 - float(a)


@given(st.floats(1e-300, 1e300))
def test_the_logarithm_of_a_plain_number_is_pythons(x):
    assert numerics.log(x) == math.log(x)


@given(logits)
def test_the_logarithm_of_a_probability_keeps_its_digits(z):
    assert relative(numerics.log(numerics.sigmoid(z)), mp.log(1 / (1 + mp.exp(-mp.mpf(z))))) < 4e-16


@given(logits)
def test_softplus_agrees_with_mpmath(z):
    assert relative(float(numerics.softplus(z)), mp.log1p(mp.exp(mp.mpf(z)))) < 1e-15


def test_log_loss_takes_arrays():
    z, y = np.array([-2.0, 0.5, 3.0]), np.array([1, 0, 1])
    expected = [float(exact(float(a), int(b))["L"]) for a, b in zip(z, y, strict=True)]
    np.testing.assert_allclose(numerics.log_loss(z, y), expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("value", "text"),
    [(np.int64(-1), "-1"), (np.array([1.5, 2]), "[1.5, 2.0]"), ("a", "'a'"), (None, "None")],
)
def test_a_value_in_a_sentence_is_plain(value, text):
    assert numerics.said(value) == text
