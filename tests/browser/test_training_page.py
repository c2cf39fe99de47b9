"""The Training page as a person meets it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lrviz import settings
from lrviz.core.graph import differentiate
from lrviz.figures.graph import build_figure
from lrviz.figures.palette import PALETTES
from lrviz.live.playback_payload import payload
from lrviz.text import scenarios
from lrviz.text.numbers import fill, number
from lrviz.text.onward import onward
from lrviz.text.rules import written
from lrviz.training.judged import counts
from lrviz.training.model import PLANES, contributions, slice_grid
from lrviz.training.playback import Request, make
from lrviz.training.run import preview
from lrviz.training.surface import interpolate
from tests.browser.conftest import (
    apart,
    back,
    barriers,
    boxes,
    frames,
    labels,
    resize,
    settle,
    table,
)
from tests.figures.test_palette import contrast
from tests.reference import hardest
from tests.samples import some, thin

READ = """() => {
  const playback = document.querySelector(".lvt").parentNode.lrvizTraining;
  const [x, y] = playback.surface.playback.axes;
  const { z, flat } = playback.surface.playback;
  return {
    k: playback.k,
    x, y, z: z.map((row) => [...row]),
    losses: z.map((_, r) => [...flat.subarray(r * x.length, (r + 1) * x.length)]),
    curve: [...playback.loss.plot.data[0].y],
    slider: Number(document.querySelector("input[type=range][aria-label=step]").value),
    line: playback.data.line.getAttribute("d"),
    lineOf: playback.data.k,
    cursorOf: playback.loss.k,
  };
}"""


def scrub(page, step):
    """Move the step as a hand does, and rest."""
    page.get_by_role("slider", name="step", exact=True).evaluate(
        """(node, value) => {
          node.value = value;
          node.dispatchEvent(new Event('input', {bubbles: true}));
          node.dispatchEvent(new Event('change', {bubbles: true}));
        }""",
        step,
    )


def named(page):
    """The accessible names of the four figures."""
    figures = page.locator(".lvt-plot[role=img], .lv-plot[role=img]").all()
    return [figure.get_attribute("aria-label") for figure in figures]


def shown_by_python(made, k, example=0):
    """The graph's labels for one example at step k, as Python writes them."""
    w1, w2, b = made.history.params[k].tolist()
    x1, x2 = made.scaled.X[example].tolist()
    y = int(made.scaled.data.y[example])
    p = differentiate(x1=x1, x2=x2, w1=w1, w2=w2, b=b, y=y)
    trace = build_figure("features", shape="tall", read=p.read).data[0]
    return dict(zip(trace.meta["templates"], trace.text, strict=True))


def texts_by_python(made, k):
    """The same in the order in which they are drawn, the same ones too."""
    shown = shown_by_python(made, k)
    templates = build_figure("features", shape="tall").data[0].meta["templates"]
    return [shown[template] for template in templates]


@pytest.mark.parametrize("plane", some(1, list(PLANES)))
def test_the_browser_draws_the_slice_of_the_step_shown(visit, plane):
    page = visit(f"/training?data=penguins&plane={plane}&lr=5")
    made = make(Request(plane=plane, lr=5.0))
    i, j, k = PLANES[plane]
    X, y, path = made.scaled.X, made.scaled.data.y, made.history.params
    for step in np.linspace(0, len(made.history), 10).astype(int).tolist():
        scrub(page, step)
        found = page.evaluate(READ)
        assert found["k"] == found["slider"] == found["lineOf"] == found["cursorOf"] == step
        across, up = np.array(found["x"]), np.array(found["y"])
        exact = slice_grid(X, y, plane, across, up, path[step, k])
        np.testing.assert_allclose(found["losses"], exact, rtol=2.5e-7)
        np.testing.assert_allclose(10.0 ** np.array(found["z"]), exact, rtol=1e-6)
        mesh = interpolate(np.array(found["losses"]), (across, up), (path[step, i], path[step, j]))
        assert abs(mesh - found["curve"][step]) <= 0.005 * np.ptp(exact)
        assert labels(page) == shown_by_python(made, step)


def test_playing_keeps_every_element_and_all_views_at_one_step(visit):
    page = visit("/training?data=penguins&lr=2&steps=60")
    made = make(Request(lr=2.0, steps=60))
    page.get_by_role("radio", name="Full").check(force=True)
    found = page.evaluate(
        """() => new Promise((done) => {
          const playback = document.querySelector(".lvt").parentNode.lrvizTraining;
          const all = () => [...document.querySelectorAll(".lvt-plot, .lv-plot")];
          const plots = all();
          const seen = [];
          let blanks = 0;
          document.querySelectorAll(".lvt-player button")[1].click();
          const tick = () => {
            const { canvas, box, pen } = playback.surface;
            const dense = canvas.width / canvas.clientWidth;
            const middle = [box.x + box.w / 2, box.y + box.h / 2].map((v) => v * dense);
            if (pen.getImageData(...middle, 1, 1).data[3] < 255) blanks += 1;
            seen.push({
              k: playback.k, line: playback.data.k,
              cursor: playback.loss.k, surface: playback.surface.k,
              slider: Number(document.querySelector("input[type=range][aria-label=step]").value),
              texts: [...document.querySelectorAll(".lv-plot .textpoint text")]
                .map((t) => t.textContent),
            });
            if (playback.playing) requestAnimationFrame(tick);
            else done({ seen, blanks, same: all().every((p, i) => p === plots[i]) });
          };
          requestAnimationFrame(tick);
        })"""
    )
    assert found["same"]
    assert found["blanks"] == 0
    assert found["seen"][-1]["k"] == 60
    assert len({frame["k"] for frame in found["seen"]}) > 50
    for frame in found["seen"][::5]:
        k = frame["k"]
        assert {frame[name] for name in ("line", "cursor", "surface", "slider")} == {k}
        assert frame["texts"] == texts_by_python(made, k)
    settle(page)
    assert "step=60" in page.url


def test_the_player_by_button_and_keyboard(visit):
    page = visit("/training?data=penguins")
    at = lambda: page.evaluate(READ)["k"]  # noqa: E731
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_role("button", name="Back").click()
    assert at() == 1
    slider = page.get_by_role("slider", name="step", exact=True)
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert at() == 2
    page.keyboard.press("End")
    assert at() == 200
    field = page.get_by_role("textbox", name="step exact value")
    field.fill("37")
    field.press("Enter")
    assert at() == 37
    settle(page)
    assert "step=37" in page.url
    page.get_by_role("button", name="Restart").click()
    assert at() == 0
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => document.querySelector('.lvt').parentNode.lrvizTraining.k > 2")
    page.get_by_role("button", name="Pause").click()
    stood = at()
    assert stood > 2
    frames(page, 20)
    assert at() == stood


def test_stepping_back_goes_through_the_same_states(visit):
    page = visit("/training?data=penguins&opt=sgd&batch=4&step=20")
    there = {}
    for step in range(20, 24):
        there[step] = (page.evaluate(READ)["line"], labels(page))
        page.get_by_role("button", name="Step", exact=True).click()
    for step in range(23, 19, -1):
        page.get_by_role("button", name="Back").click()
        assert (page.evaluate(READ)["line"], labels(page)) == there[step]


def test_a_step_beyond_the_last_is_not_to_be_taken(visit):
    page = visit("/training?data=penguins&steps=30&step=29")
    step = page.get_by_role("button", name="Step", exact=True)
    step.click()
    settle(page)
    assert page.evaluate(READ)["k"] == 30
    assert step.is_disabled()
    page.get_by_role("button", name="Back").click()
    assert step.is_enabled()
    page = visit("/training?data=xor")
    assert step.is_disabled()


def test_the_link_opens_the_same_screen_elsewhere_and_back_goes_back(open_page, visit, address):
    page = visit("/training?data=penguins")
    page.get_by_label("Data", exact=True).select_option("outlier")
    settle(page)
    page.get_by_label("Optimizer", exact=True).select_option("adam")
    settle(page)
    field = page.get_by_role("textbox", name="Learning rate, exact value")
    field.fill("0.25")
    field.press("Enter")
    settle(page)
    scrub(page, 12)
    page.get_by_role("radio", name="w₁, b").check(force=True)
    settle(page)
    page.get_by_role("button", name="example 59").click()
    settle(page)
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Copied.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    assert link == (
        f"{address}/training?data=outlier&opt=adam&lr=0.25&plane=w1b&step=12&example=59"
    )
    other = open_page(link.removeprefix(address))
    made = make(Request(data="outlier", opt="adam", lr=0.25, plane="w1b"))
    assert labels(other) == labels(page) == shown_by_python(made, 12, 59)
    assert other.evaluate(READ) == page.evaluate(READ)
    back(page)
    assert "example" not in page.url
    assert labels(page) == shown_by_python(made, 12, 0)


def test_the_tables_say_what_the_figures_show(visit):
    page = visit("/training?data=penguins&step=50")
    made = make(Request())
    rows = table(page, "History")
    assert [row[0] for row in rows] == [str(k) for k in range(47, 54)]
    h = made.history
    for row in rows:
        k = int(row[0])
        expected = [*h.params[k], h.losses[k], *h.gradients[k]]
        assert row[1:] == [number(float(x)) for x in expected]
    each = contributions(made.scaled.X, made.scaled.data.y, h.params[50])
    first = hardest(np.linalg.norm(each, axis=1))
    rows = table(page, "Contributions")
    assert [row[0] for row in rows[:5]] == [f"example {i}" for i in first]
    for row, i in zip(rows[:5], first, strict=True):
        assert row[4:] == [number(float(x)) for x in each[i]]
    assert rows[-1][4:] == [number(float(x)) for x in h.gradients[50]]


def test_the_weights_stand_in_raw_units_with_their_odds(visit):
    page = visit("/training?data=penguins&step=50")
    made = make(Request())
    w = made.history.params[50, :2] / made.scaled.scale
    b = made.history.params[50, 2] - w @ made.scaled.mean
    rows = table(page, "Weights")
    for row, value in zip(rows, (*w, b), strict=True):
        assert float(row[1].replace("−", "-")) == pytest.approx(float(value), rel=1e-14)
        assert number(float(np.exp(value))) in row[2]
    assert [row[0] for row in rows] == ["w₁", "w₂", "b"]
    assert rows[1][2].endswith("for one more of bill depth (mm)")


def test_contributions_that_are_equal_stand_in_the_order_of_the_examples(visit):
    page = visit("/training?data=xor")
    names = [row[0] for row in table(page, "Contributions")]
    assert names == [*(f"example {i}" for i in range(4)), "mean of 4 = ∂J"]


def test_figures_have_names_that_say_what_they_show(visit):
    page = visit("/training?data=penguins&step=10")
    names = named(page)
    assert len(names) == 4
    for part in (
        "Step 10 of 200",
        "at step 10 the boundary",
        "at step 10 it is",
        "at step 10: z =",
    ):
        assert sum(part in name for name in names) == 1
    before = names
    page.get_by_role("button", name="Step", exact=True).click()
    after = named(page)
    assert all(a != b for a, b in zip(before, after, strict=True))


def test_an_example_is_chosen_in_the_data_plane_and_taken_to_the_graph_page(open_page):
    page = open_page("/training?step=30&data=and")
    made = make(Request(data="and"))
    at = page.evaluate(
        """() => {
          const view = document.querySelector(".lvt").parentNode.lrvizTraining.data;
          const [x, y] = view.px(1, 1);
          const box = view.plot.getBoundingClientRect();
          return [box.left + x, box.top + y];
        }"""
    )
    page.mouse.move(*at)
    page.mouse.click(*at)
    settle(page)
    assert labels(page) == shown_by_python(made, 30, 3)
    assert "example=3" in page.url
    page.get_by_role("link", name="Open on the Graph page").click()
    page.wait_for_selector(".lv-inputs")
    page.wait_for_selector(".lv-ready")
    settle(page)
    w1, _, _ = made.history.params[30].tolist()
    assert f"w1={w1!r}" in page.url
    assert labels(page)["{_value.w1}"].strip() == number(w1)


def test_play_pause_and_play_in_one_moment_play_as_fast_as_once(visit):
    page = visit("/training?data=penguins")
    page.get_by_role("radio", name="Full").check(force=True)
    steps, shown = page.evaluate(
        """() => new Promise((done) => {
          const { player } = document.querySelector(".lvt").parentNode.lrvizTraining;
          for (let n = 0; n < 3; n += 1) player.play.click();
          let shown = 0;
          const frame = () => ((shown += 1) < 20 ? requestAnimationFrame(frame)
            : done([player.k, shown]));
          requestAnimationFrame(frame);
        })"""
    )
    page.get_by_role("button", name="Pause").click()
    settle(page)
    assert 0 < steps <= shown


def test_a_batch_of_more_than_all_rows_is_all_rows_and_stays_what_was_typed(visit):
    page = visit("/training?data=penguins&opt=sgd&step=1")
    field = page.get_by_label("Batch", exact=True)
    field.fill("500")
    field.press("Enter")
    settle(page)
    page.get_by_role("slider", name="step", exact=True).focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    assert "the gradient of all 333 examples" in page.locator(".lvt-told").inner_text()
    assert field.input_value() == "500"
    assert "batch=500" in page.url


@pytest.mark.parametrize(
    "query",
    some(
        6,
        [
            "lr=0",
            "lr=-1",
            "lr=1e6",
            "lr=nan",
            "momentum=1",
            "steps=100000",
            "steps=2.5",
            "batch=1001",
            "batch=0",
            "data=foo",
            "opt=lion",
            "plane=w1w3",
            "surface=4d",
            "step=201",
            "example=333",
            "seed=1.5",
            "seed=abc",
            "start=1,2",
            "start=1,nan,2",
            "start=",
            "scale=log",
            "hide=all",
        ],
    ),
)
def test_a_bad_link_keeps_its_good_fields_and_says_so(visit, query):
    data = "penguins" if query.startswith("example") else "blobs"
    page = visit(f"/training?{query}" + ("" if query.startswith("data") else f"&data={data}"))
    notice = page.get_by_test_id("stAlert")
    assert notice.count() == 1
    assert query.split("=")[0] in notice.inner_text()
    opening = Request(**settings.OPENING)
    made = make(opening if query.startswith("data") else Request(data=data))
    assert labels(page) == shown_by_python(made, 0)
    body = page.locator("body").inner_text()
    assert "Traceback" not in body
    assert not re.search(r"\b(nan|inf|undefined|null)\b", body, re.IGNORECASE)


@pytest.mark.parametrize("opt", some(1, ["adam", "gd", "newton"]))
def test_the_rule_is_typeset_once_and_its_numbers_follow_every_step(visit, opt):
    page = visit(f"/training?data=penguins&opt={opt}&lr=0.2&steps=5")
    made = make(Request(opt=opt, lr=0.2, steps=5))
    rows = len(made.scaled.data)
    page.evaluate("window.set = [...document.querySelectorAll('.lvt-law .katex')]")
    assert page.evaluate("set.length") >= 3
    for k in range(4):
        step = preview(made.history, made.scaled.X, made.scaled.data.y, k)
        own = {"loss": made.history.losses[k], "slope": made.history.gradients[k, 0]}

        def read(key, step=step, own=own):
            return float(own[key]) if key in own else step.read(key, 0)

        lines = page.locator(".lvt-law .lvt-digits").all_inner_texts()
        wanted = [fill(line.numbers, read) for line in written(opt, 0, rows)]
        assert lines == wanted, k
        page.get_by_role("button", name="Step", exact=True).click()
    settle(page)
    assert page.evaluate("set.every((node) => node.isConnected)")
    if opt == "newton":
        assert "H: the second derivatives of J" in page.locator(".lvt-letters").inner_text()


def test_a_bad_number_in_a_field_is_refused_with_a_sentence(visit):
    page = visit("/training?data=penguins")
    field = page.get_by_role("textbox", name="Learning rate, exact value")
    for wrong in ("0", "-1", "1e6", "abc", ""):
        field.fill(wrong)
        field.press("Enter")
        said = page.get_by_role("alert").inner_text()
        assert "Learning rate takes a number from 0.0001 to 1000; it stays at 0.5" in said
    assert labels(page) == shown_by_python(make(Request()), 0)


def test_the_page_opens_on_a_zigzag_and_other_data_bring_a_rate_of_their_own(open_page):
    page = open_page("/training")
    assert page.get_by_role("button", name="Zig-zag").get_attribute("aria-pressed") == "true"
    assert labels(page) == shown_by_python(make(Request(**settings.OPENING)), 0)
    assert page.url.endswith("/training")
    data = page.get_by_label("Data", exact=True)
    data.select_option("penguins")
    settle(page)
    assert page.url.endswith("/training?data=penguins")
    assert labels(page) == shown_by_python(make(Request()), 0)
    assert page.get_by_text("η is now 0.5, was 5.2").is_visible()
    data.select_option("twins")
    settle(page)
    assert page.url.endswith("/training")
    assert page.get_by_role("button", name="Zig-zag").get_attribute("aria-pressed") == "true"
    page.get_by_label("Learning rate, exact value").fill("2")
    page.keyboard.press("Enter")
    data.select_option("xor")
    settle(page)
    assert page.url.endswith("/training?data=xor&lr=2")


@pytest.mark.parametrize("query", ["data=and", "data=xor", "data=separable&opt=newton&step=21"])
def test_a_small_or_separable_set_opens_without_a_notice(visit, query):
    page = visit(f"/training?{query}")
    assert page.get_by_test_id("stAlert").count() == 0
    body = page.locator("body").inner_text()
    assert ("no minimum exists" in body) == ("xor" not in query)
    assert ("the gradient is exactly zero" in body) == ("xor" in query)


def test_3d_keeps_the_element_and_goes_back(visit):
    page = visit("/training?data=penguins&step=5")
    plot = page.query_selector(".lvt-surface .lvt-plot")
    page.get_by_role("radio", name="3D").check(force=True)
    settle(page)
    assert "surface=3d" in page.url
    assert page.evaluate("document.querySelector('.lvt').parentNode.lrvizTraining.surface.solid")
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_role("radio", name="Contour").check(force=True)
    settle(page)
    assert plot.evaluate("node => node === document.querySelector('.lvt-surface .lvt-plot')")
    assert page.evaluate(READ)["k"] == 6


#: Points placed by hand, and two runs beside: what the page looks like at its fullest.
FULL = (
    "data=own&points=-2_-1_0~-1_1.5_0~1_-0.5_1~2_1_1&step=20&example=2"
    "&versus=adam_0.2_0.9_16_0_2_-1_0~newton_0.5_0.9_16_0_-1_1_0.5"
)


@pytest.mark.parametrize(
    ("width", "query"),
    thin(
        [1440, 1024, 390],
        [FULL, "data=separable&opt=newton&step=21", "data=penguins&opt=adam&lr=20", "step=20"],
        by=5,
    ),
)
def test_nothing_overlaps_or_is_clipped(visit, width, query):
    page = visit(f"/training?{query}", width=width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    parts = [".lv-head", ".lvt-controls", ".lvt-shelf", ".lvt-a", ".lvt-b", ".lvt-law", ".lvt-d"]
    titles = ".lvt-title > *" if width >= 1440 else ".lvt-title:not(.lvt-dock *) > *"
    if width >= 1440:
        parts += [".lvt-c", ".lvt-player"]
    else:
        # The curve and the player stay in view, over what is scrolled under them.
        ((_, _, _, bottom),) = boxes(page, ".lvt-dock")
        assert bottom <= 900
    for group in (
        [box for part in parts for box in boxes(page, part)],
        boxes(page, ".lvt-controls > :is(.lvt-control, .lv-button)"),
        boxes(page, f"{titles}, .lvt-points > *, .lvt-chip, .st-key-training-away button"),
    ):
        assert len(group) >= 5
        for i, one in enumerate(group):
            assert 0 <= one[0] <= one[2] <= width
            assert [other for other in group[i + 1 :] if not apart(one, other)] == [], one
    for view in ("surface", "data", "loss"):
        (plot,) = boxes(page, f".lvt-{view} .lvt-plot")
        left, top, right, bottom = plot
        texts = boxes(page, f".lvt-{view} :is(.xtick text, .ytick text, .xtitle, .ytitle)")
        assert len(texts) > 5
        for i, one in enumerate(texts):
            assert left - 1 <= one[0] <= one[2] <= right + 1
            assert top - 1 <= one[1] <= one[3] <= bottom + 1
            assert all(apart(one, other, 2.0) for other in texts[i + 1 :])


def test_another_size_or_theme_does_not_take_a_run_back_that_plays(visit):
    page = visit("/training?data=penguins", width=1440)
    played = "() => document.querySelector('.lvt').parentNode.lrvizTraining.k"
    page.get_by_role("button", name="Play", exact=True).click()
    for change in (
        lambda: page.set_viewport_size({"width": 1000, "height": 800}),
        lambda: page.emulate_media(color_scheme="dark"),
    ):
        page.wait_for_function(f"(k) => ({played})() > k + 8", arg=page.evaluate(played))
        before = page.evaluate(played)
        was = page.evaluate("() => document.querySelector('.lvt').dataset.mode + innerWidth")
        change()
        page.wait_for_function(
            "(was) => document.querySelector('.lvt').dataset.mode + innerWidth !== was", arg=was
        )
        frames(page, 12)
        assert page.evaluate(played) >= before
    page.get_by_role("button", name="Pause", exact=True).click()
    settle(page)


def test_a_run_that_comes_while_another_plays_stands_at_a_step_that_the_link_has(visit):
    page = visit("/training?data=blobs&steps=40")
    # Within one task, so that the answer comes after both.
    page.evaluate(
        """() => {
          const buttons = [...document.querySelectorAll("button")];
          const rules = [...document.querySelectorAll("select")];
          const rule = rules.find((one) => [...one.options].some(({ value }) => value === "adam"));
          rule.value = "adam";
          rule.dispatchEvent(new Event("change", { bubbles: true }));
          buttons.find((one) => one.textContent === "Play").click();
        }"""
    )
    page.wait_for_function("() => location.search.includes('opt=adam')")
    page.get_by_role("button", name="Play", exact=True).first.wait_for()
    settle(page)
    step = page.get_by_role("slider", name="step", exact=True).input_value()
    assert step != "0"
    assert f"step={step}" in page.url


def test_a_rate_can_be_read_where_an_edge_crosses_it(visit):
    page = visit("/training?step=20")
    (found,) = page.evaluate(
        """() => {
          const all = [...document.querySelectorAll(".lvt-d [data-kind^=local]")];
          const look = (node) => getComputedStyle(node);
          return [...new Set(all.map((one) => `${look(one).stroke},${look(one).paintOrder}`))];
        }"""
    )
    ground = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert found == f"{ground},stroke"


@pytest.mark.parametrize(
    "query", some(1, ["opt=sgd&data=imbalanced&scale=raw", "step=20", "data=twins&lr=7"])
)
def test_the_four_views_the_player_and_the_rule_are_in_view_together(visit, query):
    page = visit(f"/training?{query}")
    for part in (".lvt-shelf", ".lvt-a", ".lvt-b", ".lvt-c", ".lvt-d", ".lvt-player"):
        ((_, top, _, bottom),) = boxes(page, part)
        assert 0 <= top < bottom <= 900
    # The words on the rule's letters may lie below the window; the rule itself does not.
    lines = boxes(page, ".lvt-law .lvt-digits")
    assert len(lines) >= 3
    assert all(0 <= top < bottom <= 900 for _, top, _, bottom in lines)


@pytest.mark.parametrize(
    ("opt", "width"), [("sgd", 1440), ("sgd", 1366), ("momentum", 1280), ("gd", 1280)]
)
def test_the_fields_of_an_optimizer_push_nothing_down(visit, opt, width):
    page = visit(f"/training?opt={opt}", width=width, height=900)
    found = boxes(page, ".lvt-controls > *")
    assert len(found) >= 9
    assert max(top for _, top, _, _ in found) < min(bottom for *_, bottom in found)
    assert max(right for _, _, right, _ in found) <= width


#: Of each parameter the slopes that are drawn, as place and weight, and where the bar of their mean
#: begins and ends.
SLOPES = """() => {
  const drawing = document.querySelector("[aria-label='What this rule does'] svg");
  const number = (node, name) => Number(node.getAttribute(name));
  const bars = [...drawing.querySelectorAll(".lvt-part")].filter((_, n) => n % 2 === 0);
  const ticks = [...drawing.querySelectorAll(".lvt-slope")];
  const each = ticks.length / bars.length;
  return bars.map((bar, n) => ({
    ticks: ticks.slice(n * each, (n + 1) * each)
      .map((one) => [parseFloat(one.getAttribute("d").slice(1)), number(one, "opacity")]),
    bar: [number(bar, "x"), number(bar, "x") + number(bar, "width")],
    zero: parseFloat(bar.nextSibling.getAttribute("d").slice(1)),
  }));
}"""


@pytest.mark.parametrize("step", [0, 9])
def test_adams_slopes_as_they_are_drawn_have_the_mean_that_is_drawn(visit, step):
    page = visit(f"/training?opt=adam&step={step}")
    rows = page.evaluate(SLOPES)
    assert [len(row["ticks"]) for row in rows] == [step + 1] * 3
    for row in rows:
        places, weights = np.transpose(row["ticks"])
        mean = np.average(places, weights=weights)
        end = max(row["bar"], key=lambda x: abs(x - row["zero"]))
        # A tenth of a pixel is what is written; a bar is never thinner than one.
        assert end == pytest.approx(mean, abs=1 if abs(mean - row["zero"]) < 1 else 0.3)
    assert any(row["bar"][1] - row["bar"][0] > 5 for row in rows)


def test_columns_stay_where_they_are_while_their_numbers_change(visit):
    page = visit("/training?step=3", width=1440, height=900)
    before = boxes(page, ".lvt-table th[scope=col]")
    assert len(before) >= 18
    steps = "[aria-label='The steps around this one'] td"
    shown = page.locator(steps).all_inner_texts()
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_role("button", name="Step", exact=True).click()
    assert page.locator(steps).all_inner_texts() != shown
    assert boxes(page, ".lvt-table th[scope=col]") == before


def test_on_a_projector_surface_curve_and_player_of_three_runs_are_in_view_together(visit):
    page = visit(f"/training?{FULL.replace('own', 'blobs')}", width=1280, height=720)
    ((_, top, right, bottom),) = boxes(page, ".lvt-surface")
    ((dock, above, _, end),) = boxes(page, ".lvt-dock")
    assert 0 < top < bottom <= 720
    tall = bottom - top
    assert tall >= 300
    assert right <= dock
    assert 0 < above < end <= 720
    sizes = page.evaluate(
        """() => [...document.querySelectorAll(".lvt-views *, .lvt-shelf *, .lvt-controls *")]
          .filter((n) => n.checkVisibility() && !n.closest(".lvt-d")
            // KaTeX keeps a place with a space of no width: letters, digits and signs are meant.
            && [...n.childNodes].some((c) => c.nodeType === 3 && /[^\\s\\u200b]/.test(c.data)))
          .map((n) => parseFloat(getComputedStyle(n).fontSize))"""
    )
    assert len(sizes) > 60
    assert min(sizes) >= 12
    page.get_by_role("button", name="Lecture view").click()
    settle(page)
    assert not page.locator(".lvt-data").is_visible()
    ((_, above, right, bottom),) = boxes(page, ".lvt-surface")
    assert bottom <= 720
    assert bottom - above > max(400, 1.05 * tall)
    assert right <= boxes(page, ".lvt-dock")[0][0]
    page.get_by_role("button", name="Whole page").click()
    settle(page)
    assert page.locator(".lvt-data").is_visible()


def test_the_lecture_view_is_in_the_link_and_opens_as_it_was(visit):
    query = "data=twins&lr=5.2&steps=60&step=9&surface=3d&plane=w1b"
    page = visit(f"/training?{query}", width=1280, height=720)
    page.get_by_role("button", name="Lecture view").click()
    settle(page)
    assert page.url.endswith("&layout=lecture") or "layout=lecture&" in page.url
    parts = [".lvt-surface", ".lvt-loss", ".lvt-player", ".lvt-told", ".lvt-status"]
    there = [boxes(page, part) for part in parts]
    address = page.url[page.url.index("/training") :]
    other = visit(address, width=1280, height=720)
    assert [boxes(other, part) for part in parts] == there
    assert not other.locator(".lvt-data, .lvt-controls, .lvt-law").first.is_visible()
    assert other.evaluate("document.querySelector('.lvt').parentNode.lrvizTraining.k") == 9
    other.get_by_role("button", name="Whole page").click()
    settle(other)
    assert "layout" not in other.url
    assert other.locator(".lvt-data").is_visible()


def test_on_a_phone_surface_and_curve_are_in_view_together(open_page):
    page = open_page("/training?data=penguins&step=20", width=390, height=844)
    # Right where the page opens, the guide still offered.
    assert page.get_by_role("button", name="New here? Take the guide").is_visible()
    ((_, top, _, bottom),) = boxes(page, ".lvt-surface")
    assert bottom - top >= 280
    ((_, dock, _, end),) = boxes(page, ".lvt-dock")
    assert 0 <= top < bottom <= dock
    assert end <= 844


def test_on_a_phone_the_pulls_are_whole(visit):
    page = visit("/training?data=twins&step=3", width=390, height=844)
    pulls = page.get_by_role("table", name="Contributions", exact=True)
    wide, room = pulls.evaluate("node => [node.offsetWidth, node.parentElement.clientWidth]")
    assert wide <= room


def test_a_run_at_its_end_says_what_to_try_where_there_is_room_for_it(visit):
    come = onward(make(Request(data="blobs", steps=20)))
    page = visit("/training?data=blobs&steps=20&step=20")
    beside, above = page.locator(".lvt-onward"), page.locator(".lvt-told")
    assert beside.inner_text() == come
    assert come not in above.inner_text()
    # On a phone the player is held at the bottom, and it stands above.
    resize(page, 390, 844)
    assert beside.inner_text() == ""
    assert above.inner_text().endswith(f" {come}")
    page.get_by_role("button", name="Back", exact=True).first.click()
    assert come not in above.inner_text()
    resize(page, 1440, 900)
    assert beside.inner_text() == ""


def test_the_curve_is_the_scrubber_and_hides_what_is_to_come(visit):
    page = visit("/training?data=penguins&steps=40&step=10")
    ((left, top, right, bottom),) = boxes(page, ".lvt-pad")
    at = lambda: page.evaluate(READ)["k"]  # noqa: E731
    middle = (left + right) / 2, (top + bottom) / 2
    page.mouse.move(*middle)
    page.mouse.down()
    assert at() == 20
    page.mouse.move(right, middle[1], steps=3)
    assert at() == 40
    page.mouse.move(left, middle[1], steps=3)
    assert at() == 0
    page.mouse.move(*middle)
    page.mouse.up()
    settle(page)
    assert "step=20" in page.url
    shown = page.evaluate(
        """() => {
          const { loss } = document.querySelector(".lvt").parentNode.lrvizTraining;
          return [Number(loss.gone.getAttribute("width")), loss.px(20, 1)[0] - loss.box.x,
            ...loss.plot.data.map((trace) => trace.opacity)];
        }"""
    )
    assert shown[0] == pytest.approx(shown[1])
    # Far fainter than what has been, and seen all the same: a hand is to draw along it.
    for palette in PALETTES.values():
        ground, whole = palette["surface"], palette["history"]
        parts = [[int(one[i : i + 2], 16) for i in (1, 3, 5)] for one in (ground, whole)]
        for share in shown[2:]:
            mixed = (round(g + share * (w - g)) for g, w in zip(*parts, strict=True))
            faint = contrast("#{:02x}{:02x}{:02x}".format(*mixed), ground)
            assert 3 <= faint < contrast(whole, ground) / 2


def test_accuracy_and_counts_follow_the_step_and_the_threshold(visit):
    page = visit("/training?data=imbalanced&step=40&threshold=0.3")
    made = make(Request(data="imbalanced"))
    X, y = made.scaled.X, made.scaled.data.y

    def right(step, threshold):
        found = counts(X, y, made.history.params[step], threshold)
        assert [row[1:] for row in table(page, "Counts")] == [
            [str(found.tp), str(found.fn)],
            [str(found.fp), str(found.tn)],
        ]
        assert page.locator(".lvt-accuracy").inner_text() == (
            f"accuracy {number(100 * found.accuracy)} %"
        )
        assert f"y = 1 the model finds {found.tp}." in page.locator(".lvt-verdict").inner_text()

    right(40, 0.3)
    page.get_by_role("slider", name="threshold").focus()
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert "threshold=0.29" in page.url
    right(40, 0.29)
    scrub(page, 5)
    right(5, 0.29)
    assert page.locator(".lvt-cut").get_attribute("d")
    page = visit("/training?data=imbalanced&step=40")
    assert not page.locator(".lvt-cut").get_attribute("d")


def test_a_scenario_sets_its_run_and_says_what_to_look_for(visit):
    page = visit("/training?data=blobs&step=3")
    for one in scenarios.SCENARIOS:
        button = page.get_by_role("button", name=one.label, exact=True)
        button.click()
        settle(page)
        assert button.get_attribute("aria-pressed") == "true"
        assert page.locator(".lvt-look").inner_text() == one.look
        made = make(Request(**{k: v for k, v in scenarios.state(one).items() if k != "step"}))
        assert labels(page) == shown_by_python(made, 0)
    assert page.locator("[aria-pressed=true].lv-button").count() == 1
    # The last one's valley runs along b: one may look from another side, and it is the same run.
    assert page.get_by_role("radio", name="w₁, b").is_checked()
    page.get_by_role("radio", name="w₁, w₂").check(force=True)
    settle(page)
    assert button.get_attribute("aria-pressed") == "true"


def test_the_legend_says_whose_step_the_arrow_is(visit):
    for opt, arrow in (("gd", ["−η∂J"]), ("adam", ["gradient descent’s −η∂J"]), ("newton", [])):
        page = visit(f"/training?opt={opt}&step=1")
        told = [one.inner_text() for one in page.locator(".lvt-key-pair:visible").all()]
        assert [*told[:-1], told[-1].split()[0]] == ["this step", "next step", *arrow, "minimum"]


def test_a_minimum_of_another_slice_is_called_so_in_a_lecture_too(visit):
    # The start is far from the minimum in w₂, which this plane does not show; the end is there.
    page = visit("/training?data=penguins&plane=w1b&start=3,-3,2&opt=newton&layout=lecture")
    key = page.locator(".lvt-pair-best")
    assert key.inner_text() == "minimum elsewhere"
    page.get_by_role("slider", name="step", exact=True).focus()
    page.keyboard.press("End")
    settle(page)
    assert key.inner_text() == "minimum"


def test_where_nothing_moves_it_is_said_and_a_start_is_offered(visit):
    page = visit("/training?data=xor")
    made = make(Request(data="xor"))
    assert page.get_by_role("button", name="Play").is_disabled()
    assert "Press Play" not in page.locator(".lvt").inner_text()
    assert payload(made)["settled_start"]["why"] in page.locator(".lvt-told").inner_text()
    page.get_by_role("button", name="Start where it moves").click()
    settle(page)
    assert page.get_by_role("button", name="Play").is_enabled()
    assert not page.get_by_role("button", name="Start where it moves").is_visible()


def test_another_scale_says_that_the_rate_is_another(visit):
    page = visit("/training?data=penguins&lr=2")
    page.get_by_text("Raw", exact=True).click()
    settle(page)
    assert "η is now 0.003, was 2" in page.locator(".lvt-note").inner_text()
    # A scale that was left keeps the rate that it was left with.
    page.get_by_text("Standardised", exact=True).click()
    settle(page)
    assert "η is now 2, was 0.003" in page.locator(".lvt-note").inner_text()


def test_what_lies_beyond_the_graph_page_is_said_of_the_step_drawn(visit):
    page = visit("/training?data=penguins&lr=37&steps=60")
    path = make(Request(lr=37.0, steps=60)).history.params
    page.get_by_role("radio", name="Full").check(force=True)
    seen = page.evaluate(
        """() => new Promise((done) => {
          const playback = document.querySelector(".lvt").parentNode.lrvizTraining;
          const seen = [];
          playback.player.start();
          const tick = () => {
            seen.push([playback.k, playback.one.chosen.textContent]);
            if (playback.playing) requestAnimationFrame(tick);
            else done(seen);
          };
          requestAnimationFrame(tick);
        })"""
    )
    assert len(seen) > 30
    for k, said in seen:
        for name, value in zip(("w₁", "w₂", "b"), path[k], strict=True):
            beyond = said.partition("The Graph page goes to ±5;")[2].partition(" lie")[0]
            assert (name in beyond) == (abs(value) > 5), (k, said)


@pytest.mark.parametrize(
    ("scheme", "query"),
    thin(["dark", "light"], ["step=20", FULL, "opt=sgd&data=and&surface=contour"], by=4),
)
def test_axe_finds_nothing(visit, scheme, query):
    page = visit(f"/training?{query}", scheme=scheme)
    assert barriers(page) == []


def test_a_visit_to_another_page_loses_nothing(open_page):
    page = open_page("/training?data=blobs&step=7")
    page.get_by_role("link", name="About").click()
    page.get_by_role("heading", level=1, name="About").wait_for()
    page.get_by_role("link", name="Training").click()
    page.wait_for_selector(".lvt.lv-ready")
    settle(page)
    assert labels(page) == shown_by_python(make(Request(data="blobs")), 7)
    assert "data=blobs&step=7" in page.url


def test_work_that_takes_long_shows_progress_and_can_be_stopped(visit):
    page = visit("/training?data=penguins&scale=raw&lr=0.003")
    field = page.get_by_role("textbox", name="Learning rate, exact value")
    field.fill("1000")
    field.press("Enter")
    page.get_by_test_id("stProgress").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_test_id("stProgress").wait_for(state="detached")
    settle(page)
    assert labels(page) == shown_by_python(make(Request(scale="raw", lr=0.003)), 0)
    assert "lr=0.003" in page.url


POINTS = "data=own&points=100_0_1~-7_0_0~100_1_0&scale=raw&steps=5"


@pytest.mark.parametrize(
    ("link", "said"),
    some(
        1,
        [
            (f"{POINTS}&start=-100,0,0", ["z = −10⁴", "L ≈ 10⁴", "a ≈ 1.135×10⁻⁴³⁴³", "≈ −1."]),
            (
                f"{POINTS}&start=100,0,0",
                ["z = 10⁴", "a ≈ 1 − 1.135×10⁻⁴³⁴³", "a − y ≈ −1.135×10⁻⁴³⁴³"],
            ),
            ("data=penguins&scale=raw&lr=1&step=21", ["z = ", "L ≈ ", "∂L/∂z = a − y ≈ "]),
        ],
    ),
)
def test_a_graph_that_fits_no_float64_is_said_in_a_sentence(visit, link, said):
    page = visit(f"/training?{link}")
    text = page.locator(".lvt-d").inner_text()
    for part in ["Beyond |z| = 700 the factors of the chain rule do not fit", *said]:
        assert part in text
    assert not page.locator(".lvt-graph").is_visible()
    assert not page.locator(".lvt-d .lv-legend").is_visible()  # of colours that are not there
    assert "–" not in text
    assert not re.search("[=≈] 0[,.]", text)
    drawn = page.locator("path[d]").evaluate_all("all => all.map((n) => n.getAttribute('d'))")
    assert len(drawn) > 20
    assert not [d for d in drawn if "NaN" in d]
    page.get_by_label("Data").first.select_option("penguins")
    page.get_by_text("Standardised", exact=True).click()
    settle(page)
    assert page.locator(".lvt-graph").is_visible()
    assert page.locator(".lvt-d .lv-legend").inner_text().split("\n") == [
        "value",
        "local derivative",
        "gradient",
    ]
    assert "Beyond |z|" not in page.locator(".lvt-d").inner_text()


@pytest.mark.parametrize("width", [390, 1024])
def test_no_formula_of_the_rule_is_cut_off(visit, width):
    page = visit("/training?data=penguins&opt=sgd&l2=0.1&step=12", width=width)
    law = page.locator(".lvt-law").bounding_box()
    shown = boxes(page, ".lvt-law .katex-html .base")
    assert len(shown) > 10
    assert all(right <= law["x"] + law["width"] + 1 for _, _, right, _ in shown)


@pytest.mark.parametrize(("width", "height"), [(1440, 1000), (1366, 768), (1024, 1000), (390, 844)])
def test_why_a_run_ended_moves_no_button(visit, width, height):
    page = visit("/training?data=and&opt=newton&steps=60", width=width, height=height)
    ended, play = page.locator(".lvt-ended"), page.get_by_role("button", name="Play", exact=True)
    assert ended.inner_text().startswith("Stopped at step 21: a line separates the classes")
    with_it = play.bounding_box()
    steps = page.get_by_role("textbox", name="Steps", exact=True)
    steps.fill("5")
    steps.press("Enter")
    page.wait_for_function("() => document.querySelector('.lvt-ended').textContent === ''")
    settle(page)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 0")
    assert play.bounding_box() == with_it
