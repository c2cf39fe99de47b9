"""What a data set's columns are called goes with a copy of its points."""

import numpy as np

from lrviz.data.built_in import load_dataset
from lrviz.data.dataset import Dataset, from_points
from lrviz.figures.data import BOX, UNIT, spans
from lrviz.pages.training import _named


def of(data):
    return [[*x, y] for x, y in zip(data.X.tolist(), data.y.tolist(), strict=True)]


def test_a_copy_keeps_the_names_while_it_is_edited():
    shown = Dataset(
        "cups.csv",
        np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 3.0]]),
        np.array([0, 1, 1]),
        ("sugar", "milk"),
        ("left", "drunk"),
        "a file",
        "",
        "",
    )
    memory = {"last": shown}
    points = of(shown)
    copied = _named(memory, from_points(points))
    assert (copied.feature_names, copied.label_names) == (("sugar", "milk"), ("left", "drunk"))
    moved = _named(memory, from_points([[1.5, 2.0, 0], *points[1:]]))
    assert moved.feature_names == ("sugar", "milk")
    # Points of one's own have no names to keep.
    own = from_points([[0.0, 1.0, 0], [1.0, 0.0, 1]])
    assert _named({"last": shown}, own) is own


def test_points_about_the_unit_square_have_a_plane_that_fits_them():
    xor = of(load_dataset("xor"))
    assert spans(from_points(xor)) == (list(UNIT), list(UNIT))
    # One point outside, or too few to say, and the plane is the large one.
    for points in ([*xor, [3.0, 0.0, 1]], xor[:3]):
        assert spans(from_points(points)) == ([-BOX, BOX], [-BOX, BOX])
