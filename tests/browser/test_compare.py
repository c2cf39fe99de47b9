"""Up to three runs on the same data, played together."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.text.numbers import number
from lrviz.text.runs import labelled
from lrviz.training.model import PLANES
from lrviz.training.playback import Request, make
from lrviz.training.surface import interpolate
from tests.browser.conftest import back, settle, table
from tests.browser.test_training_page import scrub

ADAM = ("adam", 0.1, 0.9, 16, 0, 1.0, -1.0, 0.5)
NEWTON = ("newton", 0.5, 0.9, 16, 0, 0.0, 0.0, 0.0)
THREE = "data=penguins&versus=adam_0.1_0.9_16_0_1_-1_0.5~newton_0.5_0.9_16_0_0_0_0"

# Where every run's end stands on the surface and on the loss curve, in px.
ENDS = """() => {
  const { surface, loss, data, k } = document.querySelector(".lvt").parentNode.lrvizTraining;
  const inside = (text) => text.slice("translate(".length, -1).split(",").map(Number);
  const at = (node) => inside(node.getAttribute("transform"));
  return {
    k,
    surface: [surface.marker, ...surface.ends.map(({ end }) => end)].map(at),
    loss: [loss.dot, ...loss.ends.map(({ end }) => end)].map(at),
    lines: [data.line, ...data.lines].map((n) => n.getAttribute("d")),
  };
}"""


def expected(made, step):
    """The rows of the table named Runs."""
    rows = []
    least = min(float(h.losses.min()) for _, _, h in labelled(made))
    for letter, label, h in labelled(made):
        k = min(step, len(h))
        cells = [number(float(v)) for v in (h.losses[k], *h.params[k])]
        ended = h.stopped if k == len(h) and h.stopped else ""
        near = np.flatnonzero(h.losses <= 1.01 * least)
        first = str(near[0]) if len(near) else "–"
        rows.append([letter, label, str(k), *cells, first, ended])
    return rows


def where(page, made, step):
    """The same places, from Python's own runs and the axes drawn."""
    i, j, _ = PLANES[made.request.plane]
    surface, loss = [], []
    for _, _, h in labelled(made):
        k = min(step, len(h))
        surface.append([float(h.params[k, i]), float(h.params[k, j])])
        loss.append([k, float(h.losses[k])])
    return page.evaluate(
        """([surface, loss]) => {
          const playback = document.querySelector(".lvt").parentNode.lrvizTraining;
          return {
            surface: surface.map(([x, y]) => playback.surface.px(x, y)),
            loss: loss.map(([x, y]) => playback.loss.px(x, y)),
          };
        }""",
        [surface, loss],
    )


def close(found, wanted):
    return all(
        abs(a - b) < 0.01
        for f, w in zip(found, wanted, strict=True)
        for a, b in zip(f, w, strict=True)
    )


def test_a_run_is_kept_while_the_controls_set_another(open_page, visit):
    page = visit("/training?data=penguins&lr=2")
    assert page.get_by_role("group", name="Runs compared").count() == 0
    page.get_by_role("button", name="Keep run to compare").click()
    settle(page)
    page.get_by_label("Optimizer").select_option("adam")
    settle(page)
    made = make(Request(opt="adam", lr=2.0, comparisons=(Request(lr=2.0).run,)))
    scrub(page, 30)
    settle(page)
    assert table(page, "Runs") == expected(made, 30)
    chips = page.get_by_role("group", name="Runs compared").locator(".lvt-chip").all_text_contents()
    assert chips[0].startswith("AAdam, η = 2")
    assert chips[1].startswith("BGradient descent, η = 2")
    other = open_page(page.url[page.url.index("/training") :])
    assert table(other, "Runs") == expected(made, 30)


def test_three_runs_stand_on_one_surface_and_one_curve_at_every_step(visit):
    page = visit(f"/training?{THREE}&steps=60")
    made = make(Request(steps=60, comparisons=(ADAM, NEWTON)))
    assert page.get_by_role("button", name="Keep run to compare").is_disabled()
    for step in (0, 3, 25, 60):
        scrub(page, step)
        settle(page)
        found, wanted = page.evaluate(ENDS), where(page, made, step)
        assert close(found["surface"], wanted["surface"])
        assert close(found["loss"], wanted["loss"])
        assert table(page, "Runs") == expected(made, step)
    assert len(set(found["lines"])) == 3


def test_they_play_together(visit):
    page = visit(f"/training?{THREE}&steps=60")
    made = make(Request(steps=60, comparisons=(ADAM, NEWTON)))
    page.get_by_role("radio", name="Full").check(force=True)
    frames = page.evaluate(
        f"""() => new Promise((done, fail) => {{
          const read = {ENDS};
          const playback = document.querySelector(".lvt").parentNode.lrvizTraining;
          const seen = [];
          document.querySelectorAll(".lvt-player button")[1].click();
          const tick = () => {{
            try {{
              seen.push(read());
            }} catch (error) {{
              fail(error);
              return;
            }}
            if (playback.playing) requestAnimationFrame(tick);
            else done(seen);
          }};
          requestAnimationFrame(tick);
        }})"""
    )
    assert frames[-1]["k"] == 60
    assert len({frame["k"] for frame in frames}) > 40
    for frame in frames[:: len(frames) // 12]:
        wanted = where(page, made, frame["k"])
        assert close(frame["surface"], wanted["surface"])
        assert close(frame["loss"], wanted["loss"])


def test_a_short_run_waits_at_its_end_for_the_longer_ones(visit):
    beside = "versus=gd_0.5_0.9_16_0_0_0_0"
    page = visit(f"/training?data=penguins&opt=newton&steps=50&step=50&{beside}")
    made = make(Request(opt="newton", steps=50, comparisons=(Request().run,)))
    assert len(made.history) < 50
    slider = page.get_by_role("slider", name="step", exact=True)
    assert slider.get_attribute("max") == "50"
    assert slider.input_value() == "50"
    assert table(page, "Runs") == expected(made, 50)
    assert table(page, "History")[-1][0] == str(len(made.history))


def test_runs_change_places_and_leave(visit):
    page = visit(f"/training?{THREE}&steps=60&step=10")
    page.get_by_role("button", name="Exchange with A: set run B by the controls").click()
    settle(page)
    assert page.get_by_label("Optimizer").input_value() == "adam"
    assert page.get_by_label("Start").input_value() == "1, −1, 0.5"
    swapped = make(
        Request(
            opt="adam",
            lr=0.1,
            start=(1.0, -1.0, 0.5),
            steps=60,
            comparisons=(Request().run, NEWTON),
        )
    )
    assert table(page, "Runs") == expected(swapped, 10)
    page.get_by_role("button", name="Remove run C").click()
    settle(page)
    assert [row[0] for row in table(page, "Runs")] == ["A", "B"]
    page.get_by_role("button", name="Remove run B").click()
    settle(page)
    assert page.get_by_role("table", name="Runs", exact=True).count() == 0
    assert "versus" not in page.url
    back(page)
    assert [row[0] for row in table(page, "Runs")] == ["A", "B"]


def test_three_runs_in_three_dimensions(visit):
    page = visit(f"/training?{THREE}&steps=40&surface=3d&step=40")
    made = make(Request(steps=40, comparisons=(ADAM, NEWTON)))
    drawn = made.surface.slices.at(40, float(made.history.params[40, 2]))
    ends = [h.params[-1, :2].tolist() for _, _, h in labelled(made)]
    found = page.evaluate(
        """(ends) => {
          const { surface } = document.querySelector(".lvt").parentNode.lrvizTraining;
          return {
            heights: ends.map((at) => surface.playback.height(...at)),
            wanted: ends.map((at) => surface.px(...at)),
            stand: [surface.marker, ...surface.ends.map(({ end }) => end)].map((node) => {
              const { e, f } = node.transform.baseVal[0].matrix;
              return [e, f];
            }),
            paths: [surface.trail, ...surface.others].map((path) => {
              const { x, y } = path.getPointAtLength(path.getTotalLength());
              return [x, y];
            }),
          };
        }""",
        ends,
    )
    for n, at in enumerate(ends):
        # On the slice drawn: every path ends there, and there stands its marker.
        height = interpolate(np.log10(drawn), (made.surface.across, made.surface.up), tuple(at))
        assert found["heights"][n] == pytest.approx(height, abs=1e-6)
        assert found["stand"][n] == pytest.approx(found["wanted"][n], abs=0.01)
        assert found["paths"][n] == pytest.approx(found["wanted"][n], abs=0.2)
