"""J along Newton's step and a gradient step, against J itself and its differences."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.data.built_in import load_dataset
from lrviz.data.dataset import standardise
from lrviz.training.batch import Batch
from lrviz.training.model import gradient, mean_loss
from lrviz.training.parabola import ALONG, parabolas


def test_j_is_known_a_little_back_at_the_start_at_the_end_and_beyond():
    assert ALONG[0] < 0 < 1 < ALONG[-1]
    assert np.isclose(ALONG[:, None], [0, 1], rtol=0, atol=1e-12).any(axis=0).all()
    np.testing.assert_allclose(np.diff(ALONG), ALONG[1] - ALONG[0])


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_heights_slopes_bends_and_ends_are_those_of_j_along_both_steps(l2):
    data = load_dataset("blobs")
    X, y = standardise(data.X)[0], data.y
    params = np.array([[0.5, -1.0, 0.25], [1.0, 0.5, 0.0], [0.0, 0.0, 0.0]])
    directions, rate = np.array([[0.4, 0.1, -0.3], [-0.2, 0.7, 0.5]]), 1.7
    found = parabolas(Batch(X, y, l2), params, directions, rate)
    assert found.rate == rate
    assert found.heights.shape == (2, 2, len(ALONG))
    assert found.slopes.shape == found.bends.shape == found.ends.shape == (2, 2)
    for k in range(2):
        for way, step in enumerate((directions[k], rate * gradient(X, y, params[k], l2))):

            def j(t, at=params[k], step=step):
                return mean_loss(X, y, at - t * step, l2)

            np.testing.assert_allclose(found.heights[k, way], [j(t) for t in ALONG], rtol=1e-13)
            assert found.ends[k, way] == pytest.approx(j(1), rel=1e-13)
            h = 1e-4
            assert found.slopes[k, way] == pytest.approx((j(-h) - j(h)) / (2 * h), rel=1e-6)
            bend = (j(h) - 2 * j(0) + j(-h)) / h**2
            assert found.bends[k, way] == pytest.approx(bend, rel=1e-5, abs=1e-6)
