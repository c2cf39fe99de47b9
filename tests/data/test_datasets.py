"""Built-in data, scales, and points placed by hand."""

from __future__ import annotations

import math
import re
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from lrviz.data import built_in
from lrviz.data.built_in import DATASETS, load_dataset
from lrviz.data.dataset import Dataset, from_points, standardise, to_raw, to_standardised
from lrviz.data.table import DataError
from lrviz.training.model import mean_loss
from lrviz.training.newton import minimum

# Built-in data


@pytest.mark.parametrize("name", DATASETS)
def test_built_in_sets_are_whole(name):
    data = load_dataset(name)
    assert data.name == name
    assert data.X.dtype == np.float64
    assert data.X.shape == (len(data), 2)
    assert data.y.shape == (len(data),)
    assert set(data.y.tolist()) == {0, 1}
    assert np.isfinite(data.X).all()
    assert "CC0 1.0" in data.licence  # Creative Commons has published no other CC0
    assert data.source.endswith(".")
    assert data.teaches.endswith(".")
    for array in (data.X, data.y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(FrozenInstanceError):
        data.name = "other"


def test_penguins_are_the_palmer_penguins():
    data = load_dataset("penguins")
    assert len(data) == 333
    # doi.org/10.1371/journal.pone.0090081
    assert "Gorman, Williams & Fraser (2014), PLoS ONE 9(3): e90081;" in data.source
    assert data.label_names == ("female", "male")
    assert int(data.y.sum()) == 168
    np.testing.assert_array_equal(data.X[0], [39.1, 18.7])
    # Means of the two measures over those birds.
    np.testing.assert_allclose(data.X.mean(axis=0), [43.99279279, 17.16486486], atol=1e-8)


def test_generated_sets_do_not_move():
    # First points of each, as drawn by the recipe that the source states.
    names = ("blobs", "separable", "outlier", "imbalanced")
    first = [load_dataset(name).X[0].tolist() for name in names]
    assert first == [[-1.66, -1.45], [-2.94, -0.05], [-2.1, -1.38], [0.37, 0.9]]
    assert load_dataset("outlier").X[-1].tolist() == [-6, -4]


_CLOUD = re.compile(r"(\d+) around \((-?[\d.]+), (-?[\d.]+)\) with seed (\d)")


@pytest.mark.parametrize("name", ["blobs", "separable", "outlier", "imbalanced"])
def test_clouds_are_drawn_as_their_source_says(name):
    data = load_dataset(name)
    spread = float(re.search(r"spread ([\d.]+\d|\d)", data.source)[1])
    clouds = _CLOUD.findall(data.source)
    start = 0
    for label, (count, *centre, seed) in enumerate(clouds):
        rows = slice(start, start := start + int(count))
        normal = built_in._normals(int(seed), 2 * int(count)).reshape(2, -1).T
        expected = np.array(centre, dtype=float) + spread * normal
        np.testing.assert_allclose(data.X[rows], expected, atol=0.005 + 1e-12)
        assert (data.y[rows] == label).all()
    rest = re.search(r"one of label (\d) at \((-?\d), (-?\d)\)", data.source)
    assert len(data) == start + bool(rest)
    if rest:
        assert [*data.X[-1], data.y[-1]] == [float(rest[n]) for n in (2, 3, 1)]
    assert len({seed for *_, seed in clouds}) == 2


def test_twins_are_drawn_as_their_source_says():
    data = load_dataset("twins")
    count = int(re.search(r"(\d+) of each class", data.source)[1])
    seed = int(re.search(r"seed (\d+)", data.source)[1])
    apart = [float(given) for given in re.findall(r"±([\d.]+\d)", data.source)]
    part = int(re.search(r"n/(\d)", data.source)[1])
    plus = int(re.search(r"\+ for label (\d)", data.source)[1])
    assert data.y.tolist() == count * [0] + count * [1]
    assert "rounded to two decimals" in data.source
    np.testing.assert_array_equal(data.X, data.X.round(2))
    side = np.where(data.y == plus, 1, -1)
    normal = built_in._normals(seed, 4 * count).reshape(2, 2 * count)
    u, v = apart[0] * side + normal[0], apart[1] * side + normal[1] / part
    axes = re.findall(r"x(\d) = \(u ([+-]) v\)/√(\d)", data.source)
    assert [axis for axis, *_ in axes] == ["1", "2"]
    for axis, sign, root in axes:
        expected = (u + v if sign == "+" else u - v) / math.sqrt(int(root))
        np.testing.assert_allclose(data.X[:, int(axis) - 1], expected, atol=0.005 + 1e-12)


@pytest.mark.parametrize(
    ("name", "gate"),
    [
        ("and", lambda a, b: a and b),
        ("or", lambda a, b: a or b),
        ("xor", lambda a, b: a != b),
    ],
)
def test_gates_are_their_truth_tables(name, gate):
    data = load_dataset(name)
    assert {tuple(row) for row in data.X.tolist()} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert data.y.tolist() == [int(gate(a == 1, b == 1)) for a, b in data.X]


def test_sets_are_as_large_as_what_is_said_of_them():
    for name in DATASETS:
        data = load_dataset(name)
        assert data.feature_names[0] != data.feature_names[1]
        assert data.label_names == (("female", "male") if name == "penguins" else ("0", "1"))
        assert name == "penguins" or data.feature_names == ("x1", "x2")
    rare = load_dataset("imbalanced").y
    assert (rare == 0).sum() == 19 * (rare == 1).sum()  # "nineteen of one class for each"
    assert str(len(load_dataset("penguins"))) in load_dataset("penguins").source


def test_the_normals_are_normal():
    drawn = built_in._normals(0, 100_001)
    assert len(drawn) == 100_001
    assert abs(drawn.mean()) < 0.01
    assert abs(drawn.std() - 1) < 0.01
    assert abs((np.abs(drawn) < 1.96).mean() - 0.95) < 0.005


def test_two_sets_of_the_same_points_are_two():
    one, other = (from_points([(0, 1, 0), (2, 3, 1)]) for _ in range(2))
    assert one != other
    assert len({one, other}) == 2


def test_classes_carry_the_name_of_the_labels_column_where_it_has_one():
    assert load_dataset("penguins").classes == ("sex = female", "sex = male")
    assert load_dataset("xor").classes == ("0", "1")


@pytest.mark.parametrize("name", ["iris", "", None, 3])
def test_unknown_set(name):
    with pytest.raises(ValueError, match="must be one of penguins") as caught:
        load_dataset(name)
    said = f"The data set must be one of {', '.join(DATASETS)}, not {name!r}."
    assert str(caught.value) == said


# Scales


def test_standardised_features_have_mean_0_and_deviation_1():
    data = load_dataset("penguins")
    Z, mean, scale = standardise(data.X)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose(Z.std(axis=0), 1, rtol=1e-13)
    np.testing.assert_allclose(Z * scale + mean, data.X, rtol=1e-14)


def test_parameters_in_both_scales_give_the_same_loss():
    data = load_dataset("penguins")
    Z, mean, scale = standardise(data.X)
    params = np.array([[1.5, -0.5, 0.2], [0.1, 2.0, -1.0]])
    raw = to_raw(params, mean, scale)
    assert raw.shape == (2, 3)
    for one, other in zip(params, raw, strict=True):
        assert mean_loss(Z, data.y, one) == pytest.approx(mean_loss(data.X, data.y, other))
    np.testing.assert_allclose(to_standardised(raw, mean, scale), params, atol=1e-12)
    np.testing.assert_allclose(to_raw(params[0], mean, scale), raw[0])
    np.testing.assert_allclose(to_standardised(raw[1], mean, scale), params[1], atol=1e-12)
    stacked = np.stack([params, 2 * params])
    np.testing.assert_allclose(
        to_raw(stacked, mean, scale)[1, 0], to_raw(2 * params[0], mean, scale)
    )
    back = to_standardised(to_raw(stacked, mean, scale), mean, scale)
    np.testing.assert_allclose(back, stacked, atol=1e-12)


def test_a_constant_column_is_only_centred():
    Z, _, scale = standardise([[1.0, 7.0], [3.0, 7.0]])
    np.testing.assert_array_equal(Z, [[-1, 0], [1, 0]])
    assert scale[1] == 1


@given(
    value=st.floats(-1e50, 1e50).filter(lambda x: x == 0 or abs(x) > 1e-50),
    rows=st.integers(1, 500),
)
@example(value=0.1, rows=10)  # their mean is off by a digit
@example(value=18.7, rows=50)
def test_a_constant_column_of_any_number_has_the_scale_1(value, rows):
    X = np.column_stack([np.full(rows, value), np.arange(rows)])
    Z, mean, scale = standardise(X)
    assert (mean[0], scale[0]) == (value, 1)
    assert not Z[:, 0].any()
    assert StandardScaler().fit(X).scale_[0] == 1


def test_a_weight_of_a_constant_column_stays_as_it_is_in_raw_units():
    data = from_points([(0.1, x, y) for x, y in ((0, 0), (1, 0), (2, 1), (3, 0), (4, 1), (5, 1))])
    Z, mean, scale = standardise(data.X)
    params = minimum(Z, data.y)
    w1, w2, _ = to_raw(params, mean, scale)
    assert w1 == params[0]
    fitted = LogisticRegression(C=np.inf, tol=1e-12).fit(data.X[:, 1:], data.y)
    assert w2 == pytest.approx(fitted.coef_[0, 0], rel=1e-6)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: standardise([1, 2, 3]), "X must have the shape (m, 2) with m ≥ 1, not (3,)."),
        (lambda: standardise([]), "X must have the shape (m, 2) with m ≥ 1, not (0,)."),
        (lambda: standardise([[np.nan, 1], [2, 3]]), "not finite in row 0, counted from 0."),
        (lambda: to_raw([1, 2, 3, 4], [1, 2], [1, 1]), "(..., 3), not of the shape (4,)."),
        (lambda: to_raw(1.0, [1, 2], [1, 1]), "(..., 3), not of the shape ()."),
        (lambda: to_raw([1, 2, 3], [1], [1, 1]), "mean must be two finite numbers, not [1.0]."),
        (lambda: to_raw([1, 2, 3], [1, 2], [1, np.inf]), "scale must be two finite numbers"),
        (lambda: to_raw([1, 2, 3], [1, 2], [0, 1]), "scale must be above 0, not [0.0, 1.0]."),
        (
            lambda: to_raw([1, 2, 3], [0, 0], [5e-324, 1]),
            "In raw units these parameters do",
        ),
        (lambda: standardise([[1e308, 1], [1.7e308, 2]]), "beyond ±1e300, the limit, in row 0"),
        (lambda: to_raw("abc", [1, 2], [1, 1]), "the mean and the scale must be numbers."),
    ],
)
def test_scales_are_asked_of_numbers_that_have_one(wrong, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        wrong()


@pytest.mark.parametrize("size", [1e-200, 1e99, 1e200])
def test_extreme_sizes_standardise(size):
    # One row lies on the mean.
    Z, _, scale = standardise(np.array([[1.0, 2.0], [2.0, 3.5], [3.0, 5.0]]) * size)
    side = math.sqrt(1.5)
    np.testing.assert_allclose(Z, [[-side, -side], [0, 0], [side, side]], atol=1e-12)
    assert np.isfinite(scale).all()


# A data set of one's own


def _own(X, y):
    return Dataset("mine", X, y, ("a", "b"), ("no", "yes"), "Mine.", "Mine.")


def test_a_data_set_holds_copies_that_cannot_be_changed():
    X, y = np.zeros((2, 2)), np.array([0, 1])
    data = _own(X, y)
    X[0, 0], y[0] = 5, 1
    assert (data.X[0, 0], data.y[0]) == (0, 0)
    for array in (data.X, data.y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    data = _own([[1, 2]], [True])
    assert (data.X.dtype, data.y.dtype, data.y.tolist()) == (np.float64, np.int64, [1])


@pytest.mark.parametrize(
    ("X", "y", "sentence"),
    [
        (np.zeros((3, 5)), [0, 1, 0], "not (3, 5)"),
        (np.zeros((2, 2)), [7, 8], "row 0 has 7"),
        (np.full((2, 2), np.inf), [0, 1], "not finite in row 0"),
    ],
)
def test_a_data_set_is_two_features_and_a_label(X, y, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        _own(X, y)


# Points


def test_hand_placed_points_are_a_data_set():
    data = from_points([(1.5, -2.0, 1), (0.0, 0.25, 0)])
    np.testing.assert_array_equal(data.X, [[1.5, -2.0], [0.0, 0.25]])
    assert data.y.tolist() == [1, 0]
    assert data.feature_names == ("x1", "x2")
    assert data.label_names == ("0", "1")
    with pytest.raises(DataError, match="no point"):
        from_points([])
