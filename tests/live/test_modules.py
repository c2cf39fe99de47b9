"""The page's own arithmetic, module by module, beside Python's."""

from __future__ import annotations

import math
import random
import re
import struct
from functools import cache

import mpmath
import numpy as np
import pytest

from lrviz.core.graph import LOSSES, VIEWS, build, differentiate
from lrviz.core.numerics import sigmoid
from lrviz.data.dataset import to_raw
from lrviz.data.table import BYTES_LIMIT
from lrviz.figures.data import half_plane
from lrviz.live.playback_payload import examples, payload
from lrviz.text import explanations
from lrviz.text.numbers import DIGITS, MORE_DIGITS, exact, fill, number
from lrviz.training.model import contributions
from lrviz.training.playback import Request, make
from lrviz.training.surface import interpolate
from tests.live.node import LIVE, run
from tests.reference import hardest


def floats(count):
    """Float64 numbers of every size: bit patterns, decimals, ties, neighbours of powers of ten."""
    dice = random.Random(7)
    out = [0.0, -0.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1 + 0.2]
    while len(out) < count:
        (bits,) = struct.unpack("<d", dice.randbytes(8))
        if math.isfinite(bits):
            out.append(bits)
        out.append(dice.randrange(-(10**6), 10**6) / 10 ** dice.randrange(9))
        out.append((dice.randrange(10**4, 10**5) + 0.5) / 2 ** dice.randrange(12))
        ten = 10.0 ** dice.randrange(-12, 12)
        out += [math.nextafter(ten, 0.0), ten, math.nextafter(ten, math.inf)]
        out.append(dice.choice([-1, 1]) * 10.0 ** dice.uniform(-8, 8))
    return out


@pytest.mark.parametrize("digits", [DIGITS, MORE_DIGITS])
def test_numbers_are_written_alike(digits):
    values = floats(20_000)
    body = """
    const { exact, number } = await load("numbers.js");
    const { values, digits } = given;
    return values.map((x) => [number(x, digits), exact(x, digits)]);
    """
    found = run(body, {"values": values, "digits": digits})
    for x, got in zip(values, found, strict=True):
        assert got == [number(x, digits), exact(x, digits)], x


def test_probabilities_are_written_alike():
    values = [z / 8 for z in range(-5600, 5601)]
    body = """
    const { exact, number } = await load("numbers.js");
    const { sigma } = await load("expression.js");
    return given.map(sigma).map((a) => [number(a), exact(a), number(a, 15), number(a.q)]);
    """
    for z, got in zip(values, run(body, values), strict=True):
        a = sigmoid(z)
        # Another library's exp may differ in the last digit: 15 of 16 are shown.
        assert got[:2] == [number(a), exact(a)], z
        assert got[3] == number(a.complement), z


def test_a_template_is_filled_alike():
    template = "{a} {(a)} {_a} {^n} {~a b} {~a n}, {b} {(b)} {_b} {unknown"
    states = [{"a": x, "b": -x, "n": n} for x, n in zip(floats(500), range(500), strict=False)]
    body = """
    const { fill } = await load("numbers.js");
    return given.states.map((state) => fill(given.template, (key) => state[key]));
    """
    found = run(body, {"template": template, "states": states})
    for state, got in zip(states, found, strict=True):
        assert got == fill(template, state.__getitem__)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("view", VIEWS)
def test_a_pass_is_that_of_python(view, loss):
    dice = random.Random(f"{view}{loss}")
    states = []
    for n in range(200):
        reach = 5 if n % 2 else 2
        state = {name: dice.uniform(-reach, reach) for name in ("x1", "x2", "w1", "w2", "b")}
        states.append(state | {"y": n % 2})
    graph = build(view, loss)
    p = differentiate(**states[0], view=view, loss=loss)
    keys = [f"value.{name}" for name in p.values] + [f"adjoint.{name}" for name in p.adjoints]
    keys += [f"local.{'-'.join(edge)}" for edge in p.locals]
    body = """
    const { evaluate, reader } = await load("pass.js");
    return given.states.map((state) => {
      const read = reader(evaluate(given.graph, state));
      return given.keys.map((key) => {
        const x = read(key);
        return x.p ?? x;
      });
    });
    """
    found = run(body, {"graph": explanations.spec(graph), "states": states, "keys": keys})
    for state, got in zip(states, found, strict=True):
        p = differentiate(**state, view=view, loss=loss)
        tables = [*p.values.values(), *p.adjoints.values(), *p.locals.values()]
        for key, x, truth in zip(keys, got, tables, strict=True):
            np.testing.assert_allclose(x, np.asarray(truth, float), rtol=4e-15, err_msg=key)


RUNS = {
    "series": Request(lr=5.0),
    "other plane": Request(plane="w1b", opt="adam", data="outlier"),
    "one slice": Request(plane="w1w2", data="xor", steps=5),
    "saturated": Request(data="separable", opt="rmsprop", lr=200.0, steps=40),
    "stack": Request(scale="raw", lr=0.1, steps=1000, plane="w2b"),
}

PLAYBACK = """
const { Playback, halfPlane, readRows } = await load("playback.js");
const playback = new Playback(given.payload, readRows(given.rows));
"""


kept = cache(lambda name: make(RUNS[name]))


@pytest.fixture(scope="module", params=RUNS)
def made(request):
    return kept(request.param)


def steps_of(made):
    return np.unique(np.linspace(0, len(made.history), 7).astype(int)).tolist()


def played(made, body, **more):
    return run(PLAYBACK + body, {"payload": payload(made), "rows": examples(made.scaled), **more})


def test_some_run_needs_each_kind_of_slices():
    kinds = {name: kept(name).surface.slices for name in RUNS}
    assert {slices.kind for slices in kinds.values()} == {"series", "stack"}
    assert len(kinds["one slice"].terms) == 1


def test_a_stride_of_the_stack_is_said():
    made = kept("stack")
    stride = made.surface.slices.steps
    body = "return given.steps.map((k) => playback.sliceStep(k));"
    shown = played(made, body, steps=list(range(len(made.history) + 1)))
    assert shown == [int(stride[stride <= k][-1]) for k in range(len(made.history) + 1)]


def test_the_slice_of_a_step_is_that_of_python(made):
    body = """
    return given.steps.map((k) => {
      const fresh = playback.cut(k);
      const [again, rows] = [playback.cut(k), playback.z.length];
      return { fresh, again, rows, flat: [...playback.flat].map(String) };
    });
    """
    for k, got in zip(steps_of(made), played(made, body, steps=steps_of(made)), strict=True):
        drawn = made.surface.losses(k)
        assert got["rows"] == len(drawn)
        assert not got["again"]
        found = np.array([float(text.replace("Infinity", "inf")) for text in got["flat"]])
        np.testing.assert_allclose(found, drawn.ravel(), rtol=2.5e-7)


def test_between_the_nodes_the_slice_is_read_as_in_python(made):
    dice = random.Random(3)
    axes = (made.surface.across, made.surface.up)
    places = [[dice.uniform(axis[0], axis[-1]) for axis in axes] for _ in range(50)]
    outside = [[axes[0][0] - 1, axes[1][0]], [axes[0][0], axes[1][-1] + 1]]
    body = """
    playback.cut(0);
    const heights = given.places.map(([x, y]) => playback.height(x, y));
    return { heights, z: playback.z.map((row) => [...row]) };
    """
    got = played(made, body, places=places + outside)
    assert got["heights"][-2:] == [None, None]
    z = np.array(got["z"])
    truth = [interpolate(z, axes, place) for place in places]
    np.testing.assert_allclose(got["heights"][:-2], truth, rtol=1e-9, atol=1e-9)


def test_residuals_and_the_hardest_examples_are_those_of_python(made):
    body = """
    return given.steps.map((k) => {
      const residuals = [...playback.residuals(k)];
      const raw = playback.raws(playback.at(playback.params, k));
      return { residuals, hardest: playback.hardest(residuals, 5), raw };
    });
    """
    X, y = made.scaled.X, made.scaled.data.y
    lengths = np.linalg.norm(np.column_stack([X, np.ones(len(X))]), axis=1)
    for k, got in zip(steps_of(made), played(made, body, steps=steps_of(made)), strict=True):
        parts = contributions(X, y, made.history.params[k])
        np.testing.assert_allclose(got["residuals"], parts[:, 2], rtol=1e-9, atol=1e-300)
        assert got["hardest"] == hardest((np.abs(parts[:, 2]) * lengths).tolist())
        raw = to_raw(made.history.params[k], made.scaled.mean, made.scaled.scale)
        np.testing.assert_allclose(got["raw"], raw, rtol=1e-12, atol=1e-12)


def test_half_planes_are_those_of_python():
    dice = random.Random(5)
    window = ([-3.0, 5.0], [-2.0, 2.0])
    params = [[dice.uniform(-2, 2) for _ in range(3)] for _ in range(300)]
    params += [[1, 0, 0], [0, 1, -1], [-1, 0, 7], [1, 0, 7], [0, -1, 1], [1e-9, 1e9, 1]]
    body = """
    const { halfPlane } = await load("playback.js");
    return given.params.map((w) => halfPlane(w, ...given.window));
    """
    found = run(body, {"params": params, "window": window})
    crossed = 0
    for w, got in zip(params, found, strict=True):
        side, line = half_plane(w, *window)
        assert bool(got["line"]) == bool(line)
        if line:
            crossed += 1
            np.testing.assert_allclose(sorted(got["line"]), sorted(line), atol=1e-9)
        np.testing.assert_allclose(sorted(got["inside"]), sorted(side or []), atol=1e-9)
    assert 100 < crossed < len(params)


def test_colours_are_exchanged_whole_and_nothing_else():
    figure = {
        "data": [{"line": {"color": "#111"}, "text": ["#111 is text", "#222"], "x": [1, None]}],
        "layout": {"colorscale": [[0, "#111"], [1, "#333"]], "showlegend": False},
    }
    body = """
    const { recolour } = await load("figure.js");
    const before = JSON.stringify(given);
    const made = recolour(given, { a: "#111", b: "#222" }, { a: "#222", b: "#111" });
    const own = made.data[0].x !== given.data[0].x;
    return { made, own, kept: JSON.stringify(given) === before };
    """
    got = run(body, figure)
    assert got["kept"]
    assert got["own"]
    assert got["made"] == {
        "data": [{"line": {"color": "#222"}, "text": ["#111 is text", "#111"], "x": [1, None]}],
        "layout": {"colorscale": [[0, "#222"], [1, "#333"]], "showlegend": False},
    }


CHANNEL = """
const { pass } = await clock();
const { adopt, channel } = await load("channel.js");
const line = channel("one");
"""


def test_who_waits_for_a_channel_goes_on_when_his_news_has_come():
    body = """
    const order = [];
    line.until(({ sync }) => sync !== null).then(() => order.push("sync"));
    line.until(({ rows }) => rows?.digest === "b").then(() => order.push("rows b"));
    channel("another").put({ sync: {} });
    line.put({ rows: { digest: "a" } });
    await pass(1000);
    const nothing = [...order];
    line.put({ rows: { digest: "b" } });
    await pass(0);
    const first = [...order];
    line.put({ sync: {} });
    await line.until(({ sync }) => sync !== null);
    return [nothing, first, order, line === channel("one")];
    """
    assert run(CHANNEL + body) == [[], ["rows b"], ["rows b", "sync"], True]


def test_what_python_changed_in_a_message_is_old_where_another_is_under_way():
    body = """
    const queue = { client: "me", seq: 1, rested: () => {} };
    const page = { session: "s", revision: 0, fields: { data: "and", step: 9 }, queue };
    const come = (ack, fields, client = "me") => {
      line.put({ sync: { session: "s", revision: 1, client, ack, fields } });
      return [adopt(page, "one"), page.fields.data];
    };
    page.fields = { data: "penguins", step: 9 };
    queue.seq = 2;
    const early = come(1, { data: "and", step: 0 });
    const last = come(2, { data: "penguins", step: 0 });
    page.revision = 0;
    return [early, last, page.fields.step, come(0, { data: "xor" }, "another mount")];
    """
    assert run(CHANNEL + body) == [[False, "penguins"], [True, "penguins"], 0, [True, "xor"]]


def test_fields_are_adopted_when_python_has_newer_ones_and_no_hand_is_on_an_input():
    body = """
    let sent = 0;
    const queue = { seq: 0, rested: () => { sent += 1; } };
    const page = { session: "", revision: -1, fields: {}, queue };
    const come = (session, revision, w1, fast) => {
      line.put({ sync: { session, revision, fields: { w1 } } });
      return [adopt(page, "one", fast), page.fields.w1, sent];
    };
    return [
      come("s", 0, 1), come("s", 0, 2), ((page.fields.w1 = 4), come("s", 0, 1)),
      ((page.fields.w1 = 2), (queue.seq = 1), come("s", 0, 1)),
      come("s", 1, 3, true), come("s", 1, 3),
      come("another", 5, 9), come("another", 5, 9), come("another", 6, 9),
    ];
    """
    first, anew, moving, same, held, newer, restarted, settled, moved = run(CHANNEL + body)
    assert first == [True, 1, 0]
    assert anew == [True, 2, 0]  # a page that has said nothing yet may have found older ones
    assert moving == [False, 4, 0]  # a hand is at work, and has not said so yet
    assert same == [False, 2, 0]  # the same revision: only an acknowledgement
    assert held == [False, 2, 0]  # a hand is on an input
    assert newer == [True, 3, 0]
    assert restarted == [False, 3, 1]  # what is on screen wins, and is sent
    assert settled == [False, 3, 1]
    assert moved == [True, 9, 1]


def test_what_fits_no_float64_is_said_as_powers_of_ten():
    sizes = (701, 709.5, 745.2, 1e4, 12345.678)
    places = [(z, y) for size in sizes for z in (size, -size) for y in (0, 1)]
    body = """
    const { beyond } = await load("far.js");
    return given.map(([z, y]) => beyond(z, y, 700));
    """

    names = r"(?<!∂)z|\ba|\bL|∂L/∂a|∂a/∂z|a − y"
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")

    def read(text):
        """A number as the page writes it."""
        plain = re.sub("(?<!×)10(?=[⁻⁰-⁹¹²³])", "1×10", text).replace("×10", "e")
        return mpmath.mpf(plain.translate(digits))

    for (z, y), said in zip(places, run(body, places), strict=True):
        found = dict(re.findall(f"({names}) (?:=|≈) (.*?)[,.](?= |$)", said))
        p, q = (1 / (1 + mpmath.exp(-s * mpmath.mpf(z))) for s in (1, -1))
        truth = {
            "L": -mpmath.log(p if y else q) if (z > 0) != (y == 1) else (q if y else p),
            "∂L/∂a": -1 / p if y else 1 / q,
            "∂a/∂z": p * q,
            "a − y": -q if y else p,
        }
        for name, value in truth.items():
            assert abs(read(found[name]) / value - 1) < 6e-4, (z, y, name)
        a = found["a"].removeprefix("1 − ")
        assert abs(read(a) / (q if z > 0 else p) - 1) < 6e-4
        assert ("1 − " in found["a"]) == (z > 0)
        assert float(read(found["z"])) == pytest.approx(z, rel=6e-4)
    assert run(body, [[700, 1], [-700, 0], [0, 1]]) == ["", "", ""]
    nowhere = run('return (await load("far.js")).beyond(-Infinity, 1, 700);')
    assert "z does not fit a float64" in nowhere


def test_the_browser_refuses_what_python_would_refuse_as_too_large():
    text = (LIVE / "wellformed.js").read_text("utf-8")
    (most,) = re.findall(r"^const MOST = ([\d_]+);$", text, re.MULTILINE)
    assert int(most) == BYTES_LIMIT
