"""What is taken away: it reads back exactly, runs nowhere as a formula, and asks for nothing."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import json
import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from plotly.offline import get_plotlyjs

from lrviz.data.built_in import DATASETS, load_dataset
from lrviz.data.choosing import read_csv
from lrviz.data.dataset import Dataset, standardise
from lrviz.data.table import SPREAD_LIMIT
from lrviz.export import tables
from lrviz.export.standalone import POINTS_LIMIT, standalone
from lrviz.export.tables import data_csv, history_csv, marked
from lrviz.figures.data import half_plane
from lrviz.figures.palette import PALETTES
from lrviz.figures.styles import ROOM, RUN_STYLES, literal, outline
from lrviz.text.numbers import number
from lrviz.text.runs import LabelledRun, labelled
from lrviz.training.model import PLANES, slice_grid
from lrviz.training.playback import Request, TrainingData
from lrviz.training.run import train
from tests.samples import sample

#: Names as a hostile file may have them.
FORMULAS = (
    '=HYPERLINK("http://evil.example","free")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "\t=1+1",
    " =1+1",
    "＝1+1",
    "\uff0b1",
    "a\n=1+1",
    'x;=1+1,"=2"',
)
finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e100, max_value=1e100)


def penguins(**arguments):
    data = load_dataset("penguins")
    Z, _, _ = standardise(data.X)
    return train(Z, data.y, **arguments), data, Z


def own(X, y, features=("x1", "x2"), labels=("0", "1")):
    return Dataset("mine.csv", np.array(X, float), np.array(y), features, labels, "Mine.", "Mine.")


def cells(text):
    """The cells as a spreadsheet finds them, by commas, semicolons or tabs."""
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield from row


def runs_as_formula(cell):
    """Whether a spreadsheet takes a cell for a formula: what OWASP lists, numbers aside."""
    try:
        float(cell)
    except ValueError:
        return cell.lstrip(" \u00a0\ufeff").startswith(tuple("=+-@\t\r\n＝＋－＠−"))
    return False


# CSV


@pytest.mark.parametrize("opt", ["gd", "adam", "newton"])
def test_the_history_reads_back_exactly(opt):
    run, _, _ = penguins(optimizer=opt, steps=40, start=(1 / 3, -1e-17, 2))
    text = history_csv([LabelledRun("A", "anything", run)])
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert head == ["step", "w1", "w2", "b", "loss", "dJ/dw1", "dJ/dw2", "dJ/db"]
    assert [int(row[0]) for row in rows] == list(range(len(run) + 1))
    found = np.array([[float(cell) for cell in row[1:]] for row in rows])
    np.testing.assert_array_equal(found[:, :3], run.params)
    np.testing.assert_array_equal(found[:, 3], run.losses)
    np.testing.assert_array_equal(found[:, 4:], run.gradients)
    assert text.count("\r\n") == text.count("\n") == len(run) + 2  # RFC 4180


def test_several_histories_say_whose_a_row_is():
    long, _, _ = penguins(steps=7)
    short, _, _ = penguins(steps=3, optimizer="adam")
    text = history_csv([LabelledRun("A", "", long), LabelledRun("=B", "", short)])
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert head[:2] == ["run", "step"]
    assert [row[0] for row in rows] == ["A"] * 8 + ["'=B"] * 4
    np.testing.assert_array_equal([float(row[2]) for row in rows[8:]], short.params[:, 0])
    assert not any(map(runs_as_formula, cells(text)))


@pytest.mark.parametrize("name", DATASETS)
def test_built_in_data_read_back(name):
    data = load_dataset(name)
    back = read_csv(data_csv(data))
    np.testing.assert_array_equal(back.X, data.X)
    np.testing.assert_array_equal(back.y, data.y)
    assert back.feature_names == data.feature_names
    assert back.notes == ()


names = st.text(max_size=30) | st.sampled_from([*FORMULAS, "y", "1", "2.5", "", "nan", "\ud800"])


@settings(max_examples=sample(60, 300))
@given(
    st.lists(st.tuples(finite, finite, st.integers(0, 1)), min_size=2, max_size=80),
    st.tuples(names, names),
    st.tuples(names, names),
)
@example([(0.0, 1.0, 0), (1.0, 0.0, 1)], ("y", "y"), ("0", "1"))
@example([(0.0, 1.0, 0), (1.0, 0.0, 1)], ("1", "2"), ("no", "yes"))
@example([(0.0, 1.0, 0), (1.0, 0.0, 1)], ("=a", "'=a"), ("no", "yes"))
@example([(0.0, 1.0, 0), (1.0, 0.0, 1)], ("a\0", "b"), ("m", "f"))
@example([(-0.0, 5e-324, 0), (1.0, 0.1, 1)], ("w" * 1001, "b"), ("m", "f"))
def test_data_read_back_whatever_their_names(rows, features, labels):
    X = np.array([row[:2] for row in rows])
    y = np.array([row[2] for row in rows])
    # No classes to tell apart, or a constant column: such a file is never read in either.
    assume(np.ptp(y) and (np.ptp(X, axis=0) >= SPREAD_LIMIT).all())
    text = data_csv(own(X, y, features, labels))
    text.encode()
    back = read_csv(text)
    np.testing.assert_array_equal(back.X, X)
    assert np.array_equal(np.signbit(back.X), np.signbit(X))
    np.testing.assert_array_equal(back.y, y)
    head = text.partition("\r\n")[0]
    assert not any(map(runs_as_formula, cells(head)))


@settings(max_examples=sample(60, 300))
@given(st.lists(finite, min_size=4, max_size=40))
@example([0.0, -0.0, 5e-324, -1e22, 1e100, 0.5, -123.456, 1e-5, 100.0, 12e98])
@example([1.0, 2.0, 1000.0, 1230000.0, 0.00123, 0.000000123])
def test_what_is_large_is_written_in_as_few_characters_as_say_the_same(values):
    X = np.array([values, values[::-1]]).T
    assume((np.ptp(X, axis=0) >= SPREAD_LIMIT).all())
    y = np.arange(len(X)) % 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "BYTES_LIMIT", 0)
        text = data_csv(own(X, y))
    back = read_csv(text)
    np.testing.assert_array_equal(back.X, X)
    assert np.array_equal(np.signbit(back.X), np.signbit(X))
    np.testing.assert_array_equal(back.y, y)
    for x, line in zip(values, text.split("\n"), strict=True):
        written = line.split(",")[0]
        # However many digits and zeros another writes, it is not shorter.
        others = [repr(x), *(f"{x:.{n}{kind}}" for n in range(18) for kind in "efg")]
        if x == int(x):
            others.append(str(int(x)))
        for other in others:
            same = float(other) == x and math.copysign(1, float(other)) == math.copysign(1, x)
            assert not same or len(written) <= len(other), other


@pytest.mark.parametrize("head", ["", "x,y,l\n", "größe,y,was\n"])
@pytest.mark.parametrize(
    "pair",
    [
        ("1,2,a\n", "2,3,b\n"),
        (".5,1e5,0\n", ".6,2e5,1\n"),
        ("-1.25,3.125e-7,a\n", "10.25,4.125e-7,b\n"),
    ],
)
@pytest.mark.parametrize("spare", range(8))
def test_a_file_at_the_limit_is_none_too_large_when_it_is_taken_away(
    monkeypatch, head, pair, spare
):
    rows = head + 400 * "".join(pair)
    limit = len(rows[:-1].encode()) + spare
    monkeypatch.setattr(tables, "BYTES_LIMIT", limit)
    data = read_csv(rows)
    back = data
    for _ in range(2):  # and of that what is taken away again
        taken = marked(data_csv(back)).encode()
        assert len(taken) <= limit
        back = read_csv(taken)
        np.testing.assert_array_equal(back.X, data.X)
        np.testing.assert_array_equal(back.y, data.y)


def test_a_name_beyond_ascii_is_marked_for_spreadsheets():
    data = own([[1, 2], [3, 4]], [0, 1], ("größe", "b"))
    assert marked(data_csv(data)) == "\ufeff" + data_csv(data)
    assert read_csv(marked(data_csv(data)).encode()).feature_names == ("größe", "b")
    assert marked("a,b\n") == "a,b\n"


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_is_a_formula(name):
    data = own([[1, -2], [3, 4]], [0, 1], (name, f"{name} 2"), (name, f"{name} no"))
    text = data_csv(data)
    assert not any(map(runs_as_formula, cells(text.partition("\r\n1.0,")[0])))
    assert read_csv(text).y.tolist() == [0, 1]


def test_the_class_that_is_one_stays_so_and_is_named():
    # Read by name, "female" would be 0: the file was read with it as 1.
    data = own([[1, 2], [3, 4]], [1, 0], labels=("male", "female"))
    back = read_csv(data_csv(data))
    assert back.y.tolist() == [1, 0]
    assert "y (0 male, 1 female)" in data_csv(data)


def test_the_labels_column_keeps_its_own_name():
    text = b"height,width,tree\n1,2,ash\n3,4,oak\n2,2,oak\n"
    data = read_csv(text)
    assert data.label == "tree"
    assert data.classes == ("tree = ash", "tree = oak")
    assert data_csv(data).splitlines()[0] == 'height,width,"tree (0 ash, 1 oak)"'
    assert read_csv(data_csv(data)).y.tolist() == data.y.tolist()
    made = TrainingData(data).make(Request(data="file", steps=2))
    head = history_csv(labelled(made), made.scaled).splitlines()[0]
    assert "odds of tree = oak for one more height" in head


# The standalone file


class Page(HTMLParser):
    """Every element with its attributes, and the text of scripts in order."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.scripts, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.elements and self.elements[-1][0] == "script" and self.scripts[-1] == "":
            self.scripts[-1] = data
        else:
            self.text += data


def carried(text):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(
        re.search(r'<script type="application/json" id="playback">(.*?)</script>', text, re.S)[1],
        parse_constant=refuse,
    )


def numbers(value):
    """A list of a figure, which plotly writes as base64 where it came from an array."""
    if isinstance(value, dict):
        return np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
    return np.array(value)


def grids(playback):
    packed = playback["slices"]
    shape = (-1, packed["up"], packed["across"])
    return np.frombuffer(base64.b64decode(packed["base64"]), "<f4").reshape(shape)


def three_runs():
    slow, data, Z = penguins(learning_rate=0.5)
    wild = train(Z, data.y, optimizer="momentum", learning_rate=0.5, start=(2, -1, 1))
    short = train(Z, data.y, optimizer="newton", start=(-1, 1, 0.5))
    runs = [
        LabelledRun("A", "Plain", slow),
        LabelledRun("B", "Momentum", wild),
        LabelledRun("C", "Newton", short),
    ]
    return runs, data, Z


def test_a_page_that_asks_for_nothing():
    runs, data, Z = three_runs()
    text = standalone(runs, data, Z, plane="w1w2", scaled=True)
    page = Page(text)
    for tag, attributes in page.elements:
        assert not {"src", "srcset", "background", "action", "poster"} & set(attributes), tag
        assert attributes.get("href", "data:,") == "data:,"
        assert not any(name.startswith("on") for name in attributes)
    styles = re.search(r"<style>(.*?)</style>", text, re.S)[1]
    assert "url(" not in styles
    assert "@import" not in styles
    _, plotly, player = page.scripts
    assert plotly == get_plotlyjs()
    assert "import" not in player
    policy = next(a["content"] for _, a in page.elements if a.get("http-equiv"))
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in (plotly, player)
    }
    assert set(rules["script-src"].split()) == hashes
    assert set(rules) == {
        "default-src",
        "script-src",
        "style-src",
        "img-src",
        "base-uri",
        "form-action",
    }
    assert rules["img-src"] == "data: blob:"


def test_it_says_what_it_shows():
    runs, data, Z = three_runs()
    page = Page(standalone(runs, data, Z, plane="w1w2", scaled=True))
    for wanted in (
        "How do three runs find the weights? Press Play.",
        "Plain",
        "Gradient descent, η = 0.5, from w₁ = 0, w₂ = 0, b = 0",
        "μ = 0.9, from w₁ = 2, w₂ = −1, b = 1",
        runs[2].history.stopped,
        "penguins, 333 examples; the label is sex: y = 0 is female, y = 1 is male",
        "standardised",
        f"Source: {data.source} Licence: {data.licence}",
        "This file holds 60 of the steps from 0 to 200",
    ):
        assert wanted in page.text
    tags = [tag for tag, _ in page.elements]
    assert tags.count("title") == tags.count("h1") == 1
    assert [a.get("aria-label") for t, a in page.elements if t == "input"] == ["step"]


@pytest.mark.parametrize("plane", PLANES)
def test_every_frame_is_at_the_step_it_names(plane):
    runs, data, Z = three_runs()
    playback = carried(standalone(runs, data, Z, plane=plane, scaled=True))
    i, j, k = PLANES[plane]
    assert (playback["shown"][0], playback["shown"][-1]) == (0, 200)
    assert len(playback["shown"]) <= 60
    drawn = grids(playback)
    contour = playback["figures"]["surface"]["data"][0]
    across, up = numbers(contour["x"]), numbers(contour["y"])
    _, mean, scale = standardise(data.X)
    (left, right), (bottom, top) = (
        playback["figures"]["data"]["layout"][axis]["range"] for axis in ("xaxis", "yaxis")
    )
    for n in (0, 1, 17, len(playback["shown"]) - 1):
        step = playback["shown"][n]
        for run, track in zip(runs, playback["runs"], strict=True):
            # A run that ended earlier stays at its end.
            own_step = min(step, len(run.history))
            assert track["steps"][n] == own_step
            at = run.history.params[own_step]
            place = track["at"][n]
            assert (track["x"][place], track["y"][place]) == (at[i], at[j])
            assert track["losses"][n] == run.history.losses[own_step]
            assert track["cells"][n][1:] == [
                number(float(x)) for x in (run.history.losses[own_step], *at)
            ]
            # On the boundary the model, as it was trained, says one half.
            for x, y in track["lines"][n] or []:
                z = (np.array([x, y]) - mean) / scale @ at[:2] + at[2]
                assert abs(z) < 1e-9 * (1 + np.abs(at).max())
                assert left <= x <= right
                assert bottom <= y <= top
        third = runs[0].history.params[step, k]
        exact = np.log10(slice_grid(Z, data.y, plane, across, up, third))
        np.testing.assert_allclose(drawn[playback["which"][n]], exact, rtol=1e-6, atol=1e-6)
        assert number(float(third)) in playback["says"]["slice"][n]
    assert "run A’s own" in playback["says"]["slice"][0]
    assert "projections" in playback["says"]["slice"][0]
    assert playback["runs"][2]["cells"][-1][0] == f"{len(runs[2].history)}, its end"


def test_the_path_has_every_step_of_a_short_run():
    runs, data, Z = three_runs()
    playback = carried(standalone(runs, data, Z, plane="w1w2", scaled=True))
    np.testing.assert_array_equal(playback["runs"][0]["x"], runs[0].history.params[:, 0])
    np.testing.assert_array_equal(playback["runs"][2]["y"], runs[2].history.params[:, 1])


def test_size_for_the_longest_runs_on_many_examples():
    generator = np.random.default_rng(0)
    X = generator.normal(size=(4000, 2))
    y = (X[:, 0] + generator.normal(size=4000) > 0).astype(int)
    runs = [
        LabelledRun(name, "Stochastic", train(X, y, optimizer="sgd", steps=5000, seed=seed))
        for seed, name in enumerate("ABC")
    ]
    text = standalone(runs, own(X, y), X, plane="w1b", scaled=False)
    assert len(text.encode()) - len(get_plotlyjs().encode()) < 1_500_000
    playback = carried(text)
    assert [len(trace["x"]) for trace in playback["figures"]["data"]["data"]] == [POINTS_LIMIT] * 2
    assert f"Of each class {POINTS_LIMIT} examples are drawn at most" in text
    assert len(history_csv(runs).splitlines()) == 3 * 5001 + 1


def test_runs_without_steps_without_boundary_and_beyond_bounds():
    data = load_dataset("xor")
    flat = train(data.X, data.y)
    assert len(flat) == 0
    playback = carried(
        standalone([LabelledRun("A", "", flat)], data, data.X, plane="w1w2", scaled=False)
    )
    assert playback["shown"] == [0]
    assert playback["runs"][0]["lines"] == [None]
    assert "no boundary yet" in playback["says"]["sides"][0]

    # One step from far off: every example is on one side.
    near = own([[1, 2], [3, 4], [2, 2]], [0, 1, 1])
    for bias, said in ((50, "says 1 here"), (-50, "says 0 here")):
        far = train(near.X, near.y, start=(0.1, 0, bias), steps=1, learning_rate=1e-6)
        playback = carried(
            standalone([LabelledRun("A", "", far)], near, near.X, plane="w1w2", scaled=False)
        )
        assert said in playback["says"]["sides"][0]
        assert (playback["runs"][0]["sides"][0] is None) == (bias < 0)
    two = [LabelledRun("A", "", far), LabelledRun("B", "", train(near.X, near.y, steps=1))]
    playback = carried(standalone(two, near, near.X, plane="w1w2", scaled=False))
    assert "None yet for B, where w = 0. That of A lies outside." in playback["says"]["sides"][0]

    parted = load_dataset("separable")
    certain = train(parted.X, parted.y, optimizer="newton")
    playback = carried(
        standalone([LabelledRun("A", "", certain)], parted, parted.X, plane="w1w2", scaled=False)
    )
    assert np.isfinite(grids(playback)).all()


@pytest.mark.parametrize("start", [(0, 0, 0), (1e200, 1, 1), (1e217, -1e217, 1e100)])
@pytest.mark.parametrize("opt", ["gd", "momentum"])
@pytest.mark.parametrize("plane", PLANES)
def test_numbers_at_the_end_of_float64_stay_json(start, opt, plane):
    X = np.array([[1e90, 1.0], [2e90, -1.0], [-1e90, 3.0], [3e90, 0.0]])
    data = own(X, [0, 1, 0, 1])
    run = train(X, data.y, optimizer=opt, learning_rate=1000, steps=30, start=start)
    playback = carried(standalone([LabelledRun("A", "", run)], data, X, plane=plane, scaled=False))
    assert np.isfinite(grids(playback)).all()


def test_a_diverged_run_beside_another():
    X = np.array([[1e60, 1.0], [-1e60, 2.0], [2e60, 3.0], [-3e60, -2.0]])
    data = own(X, [0, 1, 1, 0])
    calm = train(X, data.y, learning_rate=1e-3, steps=20)
    wild = train(X, data.y, learning_rate=1000.0, steps=20, start=(1.5e247, 0, 0), momentum=0.99)
    for runs in ([calm, wild], [wild, calm]):
        named = [LabelledRun(name, "", run) for name, run in zip("AB", runs, strict=False)]
        assert np.isfinite(
            grids(carried(standalone(named, data, X, plane="w1w2", scaled=False)))
        ).all()


HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><b onmouseover="alert(1)">',
    '<a href="https://evil.example">x</a>',
    "%{x} &amp; <!-- <script>",
    "]]>\u2028\u2029\ud800\x00",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_a_file_are_text_and_nothing_else(name):
    plain = own([[1, 2], [3, 4], [2, 2]], [0, 1, 1])
    harmless = Page(
        standalone(
            [LabelledRun("A", "a", train(plain.X, plain.y))],
            plain,
            plain.X,
            plane="w1w2",
            scaled=False,
        )
    )
    data = Dataset(name, plain.X, plain.y, (name, f"{name}2"), (name, f"{name}2"), name, name)
    run = LabelledRun(name, name, train(plain.X, plain.y))
    text = standalone([run], data, plain.X, plane="w1w2", scaled=False)
    text.encode()
    page = Page(text)
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in harmless.elements]
    assert not any(k.startswith("on") for _, a in page.elements for k in a)
    labels = json.dumps(carried(text)["figures"])
    assert "<b" not in labels.replace("<br>", "")
    assert "<a" not in labels
    assert "<img" not in labels


@given(st.text(max_size=60))
def test_a_label_is_shown_letter_by_letter(text):
    label = literal(text)
    # Plotly splits at tags, fills %{…}, and only then reads entities (svg_text_utils.js).
    assert not re.search(r"<[^>]*>|%\{", label)
    shown = html.unescape(label)
    assert len(shown) <= ROOM
    if text.isprintable() and len(text) <= ROOM:
        assert shown == text


def test_bad_arguments():
    run, data, Z = penguins(steps=2)
    one = LabelledRun("A", "", run)
    for runs, message in (
        ([], "At least one run"),
        ([LabelledRun(name, "", run) for name in "ABCD"], "At most 3 runs"),
        ([one, one], "a name of its own"),
    ):
        with pytest.raises(ValueError, match=message):
            standalone(runs, data, Z, plane="w1w2", scaled=True)
    with pytest.raises(ValueError, match="plane must be one of"):
        standalone([one], data, Z, plane="bw", scaled=True)
    with pytest.raises(ValueError, match="mode must be one of"):
        standalone([one], data, Z, plane="w1w2", scaled=True, mode="sepia")
    with pytest.raises(ValueError, match="one label for each"):
        standalone([one], data, Z[:-1], plane="w1w2", scaled=True)
    with pytest.raises(ValueError, match="At least one run"):
        history_csv([])


# Geometry and looks


@given(
    st.tuples(*[st.floats(-5, 5) for _ in range(3)]),
    st.floats(-3, 3),
    st.floats(-3, 3),
)
def test_the_part_of_a_rectangle_on_one_side(w, x, y):
    across, up = [-3.0, 3.0], [-3.0, 3.0]
    side, line = half_plane(w, across, up)
    if not (w[0] or w[1]):
        assert (side, line) == (None, None)
        return
    z = w[0] * x + w[1] * y + w[2]
    if abs(z) <= 1e-6 * max(map(abs, w)):
        return
    # The part is convex: inside it, every edge has the point on the same hand.
    turns = []
    for (x0, y0), (x1, y1) in zip(side or [], [*(side or [])[1:], *(side or [])[:1]], strict=True):
        turns.append((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0))
    assert (bool(turns) and min(turns) >= -1e-9) == (z > 0)
    assert line is None or line[0][0] <= line[1][0]


def test_no_boundary_where_there_is_none():
    box = ([0.0, 1.0], [0.0, 1.0])
    assert half_plane((0, 0, 1), *box) == (None, None)
    assert half_plane((np.inf, 0, 1), *box) == (None, None)
    assert half_plane((1, 1, 5), *box)[1] is None
    assert len(half_plane((1, 1, 5), *box)[0]) == 4
    assert half_plane((1e300, -1e300, 0), *box)[1] == [[0.0, 0.0], [1.0, 1.0]]


def test_runs_are_told_apart_in_three_ways():
    assert (
        len({style.role for style in RUN_STYLES}) == len({style.dash for style in RUN_STYLES}) == 3
    )
    assert len({outline(style.form, 9) for style in RUN_STYLES}) == 3


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


#: Machado, Oliveira and Fernandes (2009), severity 1.0: protan, deutan, tritan; and none.
VISIONS = (
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
    np.eye(3).tolist(),
)


def oklab(rgb):
    """Ottosson (2020): distances in it are about those that are seen."""
    lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    ) @ np.clip(rgb, 0, 1)
    return np.array(
        [
            [0.2104542553, 0.793617785, -0.0040720468],
            [1.9779984951, -2.428592205, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.808675766],
        ]
    ) @ np.cbrt(lms)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("vision", VISIONS, ids=["protan", "deutan", "tritan", "all"])
def test_the_colours_of_runs_stay_apart(mode, vision):
    seen = [oklab(np.array(vision) @ linear(PALETTES[mode][style.role])) for style in RUN_STYLES]
    for n, one in enumerate(seen):
        for other in seen[n + 1 :]:
            assert np.linalg.norm(one - other) > 0.12  # a barely visible step is about 0.02


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_colours_of_runs_have_contrast(mode):
    palette = PALETTES[mode]
    for style in RUN_STYLES:
        for ground, least in (("surface", 4.5), ("low", 4.5), ("high", 2.7)):
            pair = [
                linear(palette[role]) @ [0.2126, 0.7152, 0.0722] for role in (style.role, ground)
            ]
            assert (max(pair) + 0.05) / (min(pair) + 0.05) >= least
