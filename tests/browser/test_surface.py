"""The loss surface under a hand: what is painted, and what a start chosen there does."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.figures.palette import RAMPS
from lrviz.training.model import PLANES, slice_grid
from lrviz.training.playback import Request, make
from tests.browser.conftest import assert_computed, back, frames, settle
from tests.samples import some, thin

PAGE = "document.querySelector('.lvt').parentNode.lrvizTraining"
#: Where a place of the plane lies in the window.
AT = f"""([x, y]) => {{
  const {{ surface }} = {PAGE};
  const {{ left, top }} = surface.node.getBoundingClientRect();
  const [px, py] = surface.px(x, y);
  return [left + px, top + py];
}}"""
#: What every view shows.
SHOWN = f"""() => {{
  const page = {PAGE};
  const {{ playback, surface }} = page;
  return {{
    k: page.k, start: [...page.fields.start], taken: playback.taken,
    params: [...playback.params], losses: [...playback.losses],
    axes: surface.playback.axes, z: [...playback.heights].slice(0, 50),
    ahead: surface.ahead.style.display === "none" ? null : surface.ahead.getAttribute("d"),
    ball: surface.marker.getAttribute("transform"),
    line: page.data.line.getAttribute("d"),
    curve: page.loss.held ? page.loss.again.getAttribute("d") : null,
    status: page.player.status.textContent,
    busy: document.documentElement.dataset.lrviz === "busy",
  }};
}}"""


def at(page, place):
    return page.evaluate(AT, list(place))


def pixel(page, places):
    """The colours painted at places of the plane, apart from lines and labels."""
    return page.evaluate(
        f"""(places) => {{
          const {{ surface }} = {PAGE};
          const {{ box, image }} = surface;
          return places.map(([x, y]) => {{
            const [px, py] = surface.px(x, y);
            const i = 4 * (Math.floor(py - box.y) * box.w + Math.floor(px - box.x));
            return [...image.data.slice(i, i + 3)];
          }});
        }}""",
        [list(place) for place in places],
    )


def ramp(mode, share):
    stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in RAMPS[mode]])
    along = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(share, along, stops[:, n]) for n in range(3)], axis=-1)


@pytest.mark.parametrize(
    ("mode", "query"),
    thin(["light", "dark"], ["plane=w1w2&lr=5", "plane=w1b&opt=adam&lr=0.2"], by=2),
)
def test_the_colour_at_a_place_is_the_loss_there(visit, mode, query):
    page = visit(f"/training?data=penguins&{query}&step=7", scheme=mode)
    given = dict(part.split("=") for part in query.split("&"))
    made = make(Request(**{k: float(v) if k == "lr" else v for k, v in given.items()}))
    surface, (_, _, third) = made.surface, PLANES[given["plane"]]
    dice = np.random.default_rng(7)
    places = [
        (dice.uniform(*surface.across[[0, -1]]), dice.uniform(*surface.up[[0, -1]]))
        for _ in range(60)
    ]
    held = made.history.params[7, third]
    losses = [
        slice_grid(made.scaled.X, made.scaled.data.y, made.request.plane, [x], [y], held)[0, 0]
        for x, y in places
    ]
    share = (np.log10(losses) - surface.low) / (surface.high - surface.low)
    wanted = ramp(mode, np.clip(share, 0, 1))
    # A pixel is as wide as it is, and the ramp is cut into 256 tones.
    assert np.abs(np.array(pixel(page, places)) - wanted).max() <= 6


def test_both_axes_have_one_scale_and_downhill_is_at_right_angles(visit):
    page = visit("/training?data=penguins&start=-0.3,1.5,0&lr=0.4&opt=momentum&step=3")
    box = page.evaluate(f"() => {PAGE}.surface.box")
    assert box["w"] == box["h"]
    made = make(Request(start=(-0.3, 1.5, 0.0), lr=0.4, opt="momentum"))
    w, g = made.history.params[3], made.history.gradients[3]
    here, there = (np.array(at(page, p[:2].tolist())) for p in (w, w - 0.4 * g))
    aside = np.array(at(page, (w[0] - g[1], w[1] + g[0]))) - here
    assert abs((there - here) @ aside) < 0.01 * np.linalg.norm(there - here) * np.linalg.norm(aside)
    # The arrow is as long as gradient descent's own step.
    drawn = page.evaluate(f"() => {PAGE}.surface.downhill.getAttribute('d')")
    ends = [[float(v) for v in part.split(",")] for part in drawn.split("M")[1].split("L")]
    np.testing.assert_allclose(np.subtract(*ends[::-1]), there - here, atol=0.01)
    assert "right angles" not in page.locator(".lvt-a").inner_text()


def test_where_the_units_do_not_allow_it_the_caption_says_so(visit):
    page = visit("/training?data=penguins&scale=raw&opt=newton&plane=w2b&step=3")
    said = page.locator(".lvt-a").inner_text()
    assert "here downhill does not stand at right angles to the contours" in said
    unit = page.evaluate(
        f"() => {{ const s = {PAGE}.surface; return [s.px(1, 0)[0] - s.px(0, 0)[0],"
        " s.px(0, 0)[1] - s.px(0, 1)[1]]; }"
    )
    times = float(said.partition("drawn about ")[2].partition(" times")[0])
    assert times == pytest.approx(unit[0] / unit[1], rel=0.05)


@pytest.mark.parametrize("opt", some(1, ["adam", "gd"]))
def test_a_start_is_dragged_and_every_view_follows(visit, opt):
    page = visit(f"/training?data=penguins&opt={opt}&step=20")
    before = page.evaluate(SHOWN)
    x, y = at(page, before["params"][60:62])
    page.mouse.move(x, y)
    page.mouse.down()
    places = [(1.6, -0.2), (0.2, 1.5), (-0.3, 0.4)]
    for place in places:
        page.mouse.move(*at(page, place), steps=4)
        frames(page, 2)
        found = page.evaluate(SHOWN)
        # All of it is of the run from here, on axes and a slice that stand still.
        assert found["k"] == 0
        assert found["start"][:2] == pytest.approx(place, abs=0.01)
        assert found["start"][2] == 0
        assert found["axes"] == before["axes"]
        made = make(Request(opt=opt, start=tuple(found["start"])))
        np.testing.assert_allclose(found["losses"], made.history.losses, rtol=1e-9)
        np.testing.assert_allclose(found["params"], made.history.params.ravel(), atol=1e-9)
        assert found["ahead"].count("L") == found["taken"] == len(made.history)
        assert found["curve"].count("L") == found["taken"]
        assert not found["busy"]  # nothing is asked of Python meanwhile
    still = page.evaluate(SHOWN)["z"]
    page.mouse.move(*at(page, (0.5, 0.5)))
    assert page.evaluate(SHOWN)["z"] == still
    last = page.evaluate(SHOWN)
    page.mouse.up()
    settle(page)
    rested = page.evaluate(SHOWN)
    assert rested["start"] == last["start"]
    made = make(Request(opt=opt, start=tuple(rested["start"])))
    assert_computed(rested["params"], made.history.params)
    assert rested["status"] == last["status"]
    assert rested["ahead"] is None
    assert f"start={','.join(f'{v:g}' for v in rested['start'])}" in page.url.replace("%2C", ",")
    # One entry of the history for the whole way.
    back(page)
    assert page.evaluate(SHOWN)["params"] == before["params"]
    assert "start" not in page.url
    assert page.locator(".lvt-surface .js-plotly-plot, .plotly-notifier").count() == 0


def test_a_click_and_the_keys_choose_the_start(visit):
    page = visit("/training?data=penguins&plane=w2b")
    page.mouse.click(*at(page, (1.2, -0.4)))
    settle(page)
    found = page.evaluate(SHOWN)
    assert found["start"][1:] == pytest.approx((1.2, -0.4), abs=0.01)
    assert found["start"][0] == 0
    ball = page.get_by_role("button", name="Ball at")
    assert ball.evaluate("node => node === document.activeElement")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowUp")
    settle(page)
    moved = page.evaluate(SHOWN)
    assert moved["start"][1] < found["start"][1] - 0.01
    assert moved["start"][2] > found["start"][2]
    made = make(Request(plane="w2b", start=tuple(moved["start"])))
    assert_computed(moved["params"], made.history.params)
    assert "w₂ = " in ball.get_attribute("aria-label")


def test_a_rule_that_python_computes_moves_at_its_pace(visit):
    page = visit("/training?data=penguins&opt=newton")
    page.mouse.move(*at(page, (0, 0)))
    page.mouse.down()
    page.mouse.move(*at(page, (0.6, 0.3)), steps=5)
    settle(page)
    page.mouse.up()
    settle(page)
    found = page.evaluate(SHOWN)
    made = make(Request(opt="newton", start=tuple(found["start"])))
    assert_computed(found["params"], made.history.params)


def test_a_hand_that_the_browser_takes_away_leaves_the_run_that_stood_there(visit):
    page = visit("/training?data=penguins&steps=30&step=20")
    before = page.evaluate(SHOWN)
    page.mouse.move(*at(page, before["params"][60:62]))
    page.mouse.down()
    page.mouse.move(*at(page, (-0.3, 0.4)), steps=4)
    frames(page, 2)
    assert page.evaluate(SHOWN)["params"][:2] != before["params"][:2]
    page.locator(".lvt-grip-ball").dispatch_event("pointercancel")
    page.mouse.up()
    settle(page)
    assert page.evaluate(SHOWN) == before
    assert page.locator(".lvt-dragged").count() == 0
    assert "start=" not in page.url


def test_in_space_a_hand_turns_the_surface_also_while_it_plays(visit):
    page = visit("/training?data=penguins&surface=3d&steps=150&lr=1")

    def angles():
        return page.evaluate(f"() => [{PAGE}.surface.camera.turn, {PAGE}.surface.camera.rise]")

    first = angles()
    page.get_by_role("button", name="Play").click()
    box = page.locator(".lvt-surface").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 90, steps=8)
    page.mouse.up()
    turned = angles()
    assert turned != first
    assert page.evaluate(f"() => {PAGE}.playing")
    page.get_by_role("button", name="Pause").click()
    k = page.evaluate(f"() => {PAGE}.k")
    page.get_by_role("button", name="Step", exact=True).click()
    assert page.evaluate(f"() => {PAGE}.k") == k + 1
    assert angles() == turned
    page.get_by_role("button", name="View of the surface").focus()
    page.keyboard.press("ArrowLeft")
    assert angles()[0] > turned[0]
    settle(page)
    assert page.evaluate(SHOWN)["start"] == [0, 0, 0]
    # The minimum is marked here too.
    assert page.locator(".lvt-best").evaluate("node => node.style.display") == ""
