"""The playback of a run: its slices, its next steps, and the rules in words."""

from __future__ import annotations

import base64
import json
import re

import numpy as np
import pytest

from lrviz import settings
from lrviz.data.built_in import DATASETS, load_dataset
from lrviz.data.dataset import from_points
from lrviz.live.playback_payload import examples, payload
from lrviz.text.numbers import fill
from lrviz.text.rules import rule_lines
from lrviz.text.runs import describe
from lrviz.training import playback
from lrviz.training.model import PLANES, contributions, loss_grid, slice_grid
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Request, TrainingData, make
from lrviz.training.run import preview, train
from lrviz.training.surface import BYTES_LIMIT, interpolate
from tests.samples import thin

RUNS = [
    Request(),
    Request(opt="newton", data="separable"),
    Request(opt="adam", data="imbalanced", lr=0.1),
    Request(opt="sgd", data="outlier"),
    Request(data="xor", start=(2.0, -1.0, 0.0)),
    Request(scale="raw", lr=0.1),  # moves so far that its slices are a stack
]


def ten_steps(made):
    return np.unique(np.linspace(0, len(made.history), 10).astype(int)).tolist()


@pytest.mark.parametrize(("request_", "plane"), thin(RUNS, list(PLANES)))
def test_the_slice_drawn_is_the_loss_at_the_steps_own_third_parameter(request_, plane):
    made = make(request_._replace(plane=plane))
    i, j, k = PLANES[plane]
    X, y, path = made.scaled.X, made.scaled.data.y, made.history.params
    for step in ten_steps(made):
        drawn = made.surface.slices.at(step, path[step, k])
        exact = slice_grid(X, y, plane, made.surface.across, made.surface.up, path[step, k])
        assert drawn.dtype == np.float32
        np.testing.assert_allclose(drawn, exact, rtol=2.5e-7, atol=1e-30)
        # The mesh at the marker, against the loss curve.
        mesh = interpolate(
            drawn, (made.surface.across, made.surface.up), (path[step, i], path[step, j])
        )
        assert abs(mesh - made.history.losses[step]) <= 0.005 * np.ptp(drawn)


def test_the_slice_agrees_with_loss_grid():
    made = make(Request())
    b = made.history.params[40, 2]
    exact = loss_grid(made.scaled.X, made.scaled.data.y, made.surface.across, made.surface.up, b)
    np.testing.assert_allclose(made.surface.slices.at(40, b), exact, rtol=2.5e-7)


def test_one_slice_serves_when_the_third_parameter_stands_still():
    made = make(Request(data="xor", start=(2.0, -1.0, 0.0)))
    assert len(made.surface.slices.terms) == 1


@pytest.mark.parametrize("request_", RUNS, ids=lambda r: f"{r.data}-{r.opt}-{r.scale}")
def test_the_slices_keep_to_their_cap(request_):
    assert make(request_).surface.slices.terms.nbytes <= BYTES_LIMIT


def test_a_long_run_that_moves_far_gets_a_stride_and_says_which_slice_is_drawn():
    made = make(Request(scale="raw", lr=0.1, steps=1000, plane="w2b"))
    assert made.surface.slices.kind == "stack"
    assert made.surface.slices.terms.nbytes <= BYTES_LIMIT
    stride = made.surface.slices.steps[1]
    assert stride > 1
    third = made.history.params[stride, 0]
    exact = slice_grid(
        made.scaled.X, made.scaled.data.y, "w2b", made.surface.across, made.surface.up, third
    )
    np.testing.assert_allclose(made.surface.slices.at(stride + 1, 0.0), exact, rtol=2.5e-7)


@pytest.mark.parametrize("opt", OPTIMIZERS)
def test_the_next_step_and_its_numbers_are_the_optimizers_own(opt):
    made = make(Request(opt=opt, steps=12, lr=0.3, data="blobs"))
    X, y = made.scaled.X, made.scaled.data.y
    for k in range(len(made.history) + 1):
        step = preview(made.history, X, y, k)
        np.testing.assert_array_equal(made.following[k], step.after)
        np.testing.assert_array_equal(made.used[k], step.gradient)
        for name, rows in made.terms.items():
            np.testing.assert_array_equal(rows[k], step.terms[name])


@pytest.mark.parametrize("opt", OPTIMIZERS)
def test_the_rule_in_words_has_no_latex_left_and_every_slot_a_number(opt):
    made = make(Request(opt=opt, steps=5))
    step = preview(made.history, made.scaled.X, made.scaled.data.y, 3)
    for parameter in range(3):
        for symbols, template in rule_lines(opt, parameter):
            said = symbols + fill(template, lambda key, p=parameter: step.read(key, p))
            assert not re.search(r"[\\{}_]", said), said
    last = fill(rule_lines(opt, 0)[-1][1], lambda key: step.read(key, 0))
    assert "≈" in last


def test_a_product_of_displayed_factors_by_hand():
    symbols, template = rule_lines("gd", 1)[0]
    assert symbols == "w₂ ← w₂ − η·∂J/∂w₂"
    assert template == "{~w eta g} {w} − {(eta)} × {(g)} {~w eta g after} {after}"


def test_the_gradient_is_the_mean_of_the_contributions():
    made = make(Request())
    for k in ten_steps(made):
        each = contributions(made.scaled.X, made.scaled.data.y, made.history.params[k])
        scale = np.abs(each).max()
        assert np.abs(each.mean(axis=0) - made.history.gradients[k]).max() <= 1e-14 * scale


def test_a_playback_is_json_and_reads_back():
    made = make(Request(opt="momentum"))
    sent = json.loads(json.dumps(payload(made)))
    raw = base64.b64decode(sent["params"]["base64"])
    back = np.frombuffer(raw, dtype=sent["params"]["type"]).reshape(sent["params"]["shape"])
    np.testing.assert_array_equal(back, made.history.params)
    assert len(json.dumps(sent)) < 2 * BYTES_LIMIT


@pytest.mark.parametrize(("opt", "marked"), [("gd", True), ("momentum", False), ("adam", False)])
def test_the_slider_marks_the_bounds_of_the_rule_that_they_bound(opt, marked):
    told = payload(make(Request(opt=opt, steps=2)))["bounds"]
    assert [name for name, _ in told["marks"]] == (["2/K", "2/κ"] if marked else [])
    assert told["guaranteed"] < told["local"]


def test_playbacks_are_kept_and_only_a_few():
    first = make(Request(steps=3))
    assert make(Request(steps=3)) is first
    for steps in range(4, 4 + playback.KEPT):
        make(Request(steps=steps))
    assert make(Request(steps=3)) is not first


def test_work_can_be_stopped_from_its_progress():
    class Stop(Exception):  # noqa: N818
        pass

    def stop(done, whole):
        assert 0 <= done <= whole
        raise Stop

    with pytest.raises(Stop):
        make(Request(seed=99), stop)


@pytest.mark.parametrize("data", DATASETS)
def test_every_built_in_set_makes_a_playback(data):
    made = make(Request(data=data))
    assert made.surface.low < made.surface.high
    assert (made.bounds.minimum is None) == (data in {"and", "or", "separable"})


def test_the_settings_name_what_there_is():
    fields = settings.defaults(settings.TRAINING, {"data": Request().data})
    for name in Request._fields:
        assert {**fields, "data": Request().data}[name] == Request._field_defaults[name]


OTHERS = (
    ("adam", 0.1, 0.9, 16, 0, 1.0, -1.0, 0.5),
    ("newton", 0.5, 0.9, 16, 0, 0.0, 0.0, 0.0),
)


def test_runs_beside_are_their_own_runs():
    made = make(Request(comparisons=OTHERS, steps=50))
    X, y = made.scaled.X, made.scaled.data.y
    adam = train(X, y, optimizer="adam", learning_rate=0.1, steps=50, start=(1, -1, 0.5))
    newton = train(X, y, optimizer="newton", steps=50)
    for other, alone in zip(made.comparisons, (adam, newton), strict=True):
        np.testing.assert_array_equal(other.params, alone.params)
        np.testing.assert_array_equal(other.losses, alone.losses)
    assert made.steps == 50
    # Both lie in view.
    for other in made.comparisons:
        for axis, n in ((made.surface.across, 0), (made.surface.up, 1)):
            assert axis[0] < other.params[:, n].min()
            assert other.params[:, n].max() < axis[-1]


def test_a_run_that_flies_off_does_not_take_the_view_with_it():
    alone = make(Request(steps=20))
    away = ("gd", 1000.0, 0.9, 16, 0, 0.0, 0.0, 0.0)
    beside = make(Request(steps=20, comparisons=(away,)))
    assert np.ptp(beside.surface.across) < 25 * np.ptp(alone.surface.across)
    np.testing.assert_array_equal(beside.history.params, alone.history.params)


def test_a_run_beside_that_takes_longer_sets_the_length():
    slow = ("gd", 0.01, 0.9, 16, 0, 0.0, 0.0, 0.0)
    made = make(Request(opt="newton", steps=40, comparisons=(slow,)))
    assert len(made.history) < 40
    assert made.steps == 40


def test_a_run_in_words():
    assert describe(OTHERS[0]) == "Adam, η = 0.1, from (1, −1, 0.5)"
    assert describe(OTHERS[1]) == "Newton"
    assert describe(("sgd", 0.5, 0.9, 8, 3, 0.0, 0.0, 0.0)).endswith("η = 0.5, batch 8")


def test_examples_are_sent_apart_and_standardise_to_the_same_numbers():
    s = make(Request()).scaled
    sent = examples(s)
    raw = np.frombuffer(base64.b64decode(sent["raw"]["base64"])).reshape(-1, 2)
    np.testing.assert_array_equal((raw - s.mean) / s.scale, s.X)
    assert list(base64.b64decode(sent["y"]["base64"])) == s.data.y.tolist()
    assert payload(make(Request()))["rows"] == sent["digest"]


def test_other_rows_have_another_digest():
    points = [(0.0, 1.0, 0), (2.0, 1.5, 1)]
    digests = {
        TrainingData(from_points(rows)).scaled("raw").digest
        for rows in (points, [*points, (1.0, 1.0, 1)], [(0.0, 1.0, 1), (2.0, 1.5, 1)])
    }
    assert len(digests) == 3


@pytest.mark.parametrize("points", [[(1.0, 2.0, 1)], [(0.0, 0.0, 0), (0.0, 0.0, 1)]])
def test_the_fewest_points_make_a_playback(points):
    made = TrainingData(from_points(points)).make(Request(data="own", steps=5))
    assert np.isfinite(made.surface.slices.terms).all()
    assert np.isfinite(made.history.losses).all()


def test_the_last_three_playbacks_are_kept_and_no_more():
    source = TrainingData(load_dataset("and"))
    requests = [Request(data="and", steps=n) for n in (1, 2, 3, 4)]
    first, second, third = (source.make(request) for request in requests[:3])
    assert source.make(requests[0]) is first  # now the one that was used last
    source.make(requests[3])
    assert source.make(requests[2]) is third
    assert source.make(requests[0]) is first
    assert source.make(requests[1]) is not second


def test_raw_data_are_in_their_own_units():
    source = TrainingData(load_dataset("penguins"))
    raw, standard = source.scaled("raw"), source.scaled("standard")
    np.testing.assert_array_equal(raw.X, load_dataset("penguins").X)
    np.testing.assert_allclose(standard.X.std(axis=0), 1)
    assert raw.mean.tolist() == [0, 0]
    assert raw.scale.tolist() == [1, 1]
    assert source.scaled("raw") is raw
    assert source.bounds("raw", 0.0) is source.bounds("raw", 0.0)
    assert source.bounds("raw", 0.0).guaranteed < source.bounds("standard", 0.0).guaranteed
    other = TrainingData(load_dataset("blobs")).scaled("raw")
    assert raw.digest == standard.digest != other.digest


def test_the_bounds_asked_for_last_are_kept(monkeypatch):
    monkeypatch.setattr(playback, "BOUNDS_KEPT", 2)
    source = TrainingData(load_dataset("and"))
    first = source.bounds("raw", 0.0)
    second = source.bounds("raw", 0.1)
    assert source.bounds("raw", 0.0) is first
    assert source.bounds("raw", 0.2) is source.bounds("raw", 0.2)
    assert source.bounds("raw", 0.0) is first
    assert source.bounds("raw", 0.1) is not second


@pytest.mark.parametrize("scale", ["raw", "standard"])
def test_the_guaranteed_rate_is_known_on_the_runs_own_scale_and_then_on_the_other(scale):
    made = make(Request(data="penguins", scale=scale, steps=1, l2=0.25))
    X = load_dataset("penguins").X
    scales = {"standard": (X - X.mean(axis=0)) / X.std(axis=0), "raw": X}
    assert list(made.guaranteed) == [scale, *(scales.keys() - {scale})]
    for name, bound in made.guaranteed.items():
        wide = np.column_stack([scales[name], np.ones(len(X))])
        most = np.linalg.eigvalsh(wide.T @ wide / (4 * len(X)) + 0.25 * np.diag([1, 1, 0]))[-1]
        assert bound == pytest.approx(2 / most, rel=1e-12)


def test_a_minibatch_is_never_larger_than_the_data():
    made = make(Request(data="and", opt="sgd", batch=1000, steps=3))
    assert made.history.batch_size == 4


def test_progress_is_told_and_has_no_say():
    heard = []

    def progress(done, of):
        heard.append((done, of))
        return True

    made = TrainingData(load_dataset("and")).make(Request(data="and", steps=30), progress)
    assert len(made.history) == 30
    assert made.history.stopped is None
    assert (30, 30) in heard


@pytest.mark.parametrize(("limit", "kept"), [(48, 3), (47, 2), (49, 3), (15, 0)])
def test_rows_of_minibatches_are_kept_up_to_a_limit_and_no_further(monkeypatch, limit, kept):
    monkeypatch.setattr(playback, "BATCHES_LIMIT", limit)
    request = Request(data="penguins", opt="sgd", batch=16, steps=9)
    made = TrainingData(load_dataset("penguins")).make(request)
    assert [len(rows) for rows in made.batches] == [16] * kept
    assert len(made.following) == 10  # the rest is there


def test_newtons_parabolas_are_beside_a_step_of_half_the_guaranteed_rate():
    made = make(Request(opt="newton", steps=3))
    wide = np.column_stack([made.scaled.X, np.ones(len(made.scaled.data))])
    steepest = np.linalg.eigvalsh(wide.T @ wide / 4)[-1] / len(wide)
    assert made.parabolas.rate == pytest.approx(1 / steepest, rel=1e-12)


def test_a_playback_is_equal_to_itself_alone():
    made, other = (TrainingData(load_dataset("and")).make(Request(data="and")) for _ in range(2))
    assert len({made, other, made}) == 2
