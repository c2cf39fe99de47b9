"""How fast the Training page plays, as ratios measured in one run.

    python benchmarks/playback.py

Prints a Markdown table. Needs the packages of requirements-dev.txt and a Chromium.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.live import IDLE, settle_times  # noqa: E402
from lrviz import settings  # noqa: E402
from lrviz.core.graph import differentiate  # noqa: E402
from lrviz.data.choosing import read_csv  # noqa: E402
from lrviz.figures.graph import build_figure  # noqa: E402
from lrviz.training.model import PLANES  # noqa: E402
from lrviz.training.playback import Request, TrainingData, built_in, make  # noqa: E402
from tests.browser.conftest import FLAGS, chromium  # noqa: E402
from tests.servers import served  # noqa: E402

BESIDE = (
    ("adam", 0.1, 0.9, 16, 0, 2.0, -1.0, 0.0),
    ("momentum", 0.1, 0.9, 16, 0, -1.0, 1.0, 0.0),
)
#: (what, request, 3D, least steps per idle frame).
CASES = (
    ("the slice stands still", Request(data="xor", start=(2.0, -1.0, 0.0), lr=0.05), False, 0.9),
    ("another slice at every step", Request(), False, 0.9),
    ("the same in the plane w₁, b", Request(plane="w1b"), False, 0.9),
    ("the same with three runs", Request(comparisons=BESIDE), False, 0.9),
    ("the same with a file of 10,000 rows", Request(data="file"), False, 0.9),
    ("3D, another slice at every step", Request(), True, 0.8),
    ("3D with three runs", Request(comparisons=BESIDE), True, 0.8),
)

PLAY = """
(steps) => new Promise((done) => {
  const playback = document.querySelector(".lvt").parentNode.lrvizTraining;
  const { surface } = playback;
  const plots = [...document.querySelectorAll(".lvt-plot, .lv-plot, .lvt-field")];
  const middle = () => {
    const dense = surface.canvas.width / surface.canvas.clientWidth;
    const { x, y, w, h } = surface.box;
    return surface.pen.getImageData((x + w / 2) * dense, (y + h / 2) * dense, 1, 1).data[3];
  };
  const drawn = (p) => p.isConnected
    && (p.closest(".lvt-surface") || p.querySelector("svg.main-svg"));
  const play = [...document.querySelectorAll("button")].find((b) => b.textContent === "Play");
  const samples = [];
  let frames = 0, blanks = 0;
  const start = performance.now();
  play.click();
  const first = playback.k;
  const tick = () => {
    frames += 1;
    // Reading pixels takes longer than painting them: so at some of the frames.
    const read = frames % 12 === 0;
    if (!plots.every(drawn) || (read && middle() === 0)) blanks += 1;
    if (read) samples.push({
      k: playback.k,
      slider: Number(document.querySelector("input[type=range][aria-label=step]").value),
      z: surface.playback.z.map((row) => [...row]),
      cursor: playback.loss.cursor.getAttribute("d"),
      boundary: playback.data.line.getAttribute("d"),
      labels: [...document.querySelectorAll(".lv-plot .textpoint text")].map((t) => t.textContent),
      x: playback.loss.px(playback.k, 1)[0],
    });
    const spent = performance.now() - start;
    if ((playback.playing && spent < 12000)) return requestAnimationFrame(tick);
    playback.pause(false);
    const steps = playback.k - first;
    done({ rate: 1000 * steps / spent, steps, frames, blanks, samples,
           same: plots.every((p) => p.isConnected) });
  };
  requestAnimationFrame(tick);
})
"""

#: A hand moves the start on a circle, a little between any two frames; counted are the frames in
#: which ball, path, curve, boundary and status all are of another start than in the one before.
DRAG = """
() => new Promise((done) => {
  const page = document.querySelector(".lvt").parentNode.lrvizTraining;
  const { surface } = page;
  const { left, top } = surface.node.getBoundingClientRect();
  const ball = surface.grip.node;
  const point = (type, n) => {
    const [x, y] = surface.px(0.7 + Math.cos(n / 20), 0.7 + Math.sin(n / 20));
    ball.dispatchEvent(new PointerEvent(type, {
      pointerId: 1, button: 0, buttons: 1, pointerType: "mouse", bubbles: true,
      clientX: left + x, clientY: top + y,
    }));
  };
  ball.setPointerCapture = () => {};
  const seen = () => [surface.marker.getAttribute("transform"), surface.ahead.getAttribute("d"),
    page.loss.again.getAttribute("d"), page.data.line.getAttribute("d"),
    page.player.status.textContent];
  let [n, updates, before] = [0, 0, seen()];
  point("pointerdown", 0);
  const start = performance.now();
  const tick = () => {
    n += 1;
    point("pointermove", n);
    const now = seen();
    if (now.every((one, i) => one !== before[i])) updates += 1;
    before = now;
    const spent = performance.now() - start;
    if (spent < 5000) return requestAnimationFrame(tick);
    point("pointerup", n);
    done({ rate: 1000 * updates / spent, frames: n, start: [...page.fields.start] });
  };
  requestAnimationFrame(tick);
})
"""


CHANGE = """
async (rates) => {
  const playback = document.querySelector(".lvt").parentNode.lrvizTraining;
  const field = document.querySelector('input[aria-label="Learning rate, exact value"]');
  const times = [];
  for (const rate of rates) {
    const start = performance.now();
    field.value = String(rate);
    field.dispatchEvent(new Event("change"));
    while (playback.playback.spec.constants.eta !== rate || playback.settled.lr !== rate) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
  return times;
}
"""


def changes(browser, address: str, bare: str) -> str:
    """A new learning rate until its run is drawn, beside a bare app's text and the work."""
    rates = [round(0.3 + 0.13 * i, 2) for i in range(20)]
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}/training?data=penguins")
    page.wait_for_selector(".lv-ready")
    page.wait_for_timeout(2000)
    ours = statistics.median(page.evaluate(CHANGE, rates)[4:])
    page.goto(bare)
    page.wait_for_selector("input[type=range]")
    page.wait_for_timeout(1500)
    least = statistics.median(settle_times(page, "#shown", lambda v: f"{v:g}"))
    page.close()
    work = []
    for rate in rates:
        start = time.perf_counter()
        make(Request(lr=rate))
        work.append(1000 * (time.perf_counter() - start))
    spent = statistics.median(work)
    return (
        f"{ours / (2 * least + spent):.2f} of what is allowed: {ours:.0f} ms, beside "
        f"2 × {least:.0f} ms (bare) + {spent:.0f} ms (run and slices)"
    )


def drags(browser, address: str) -> list[str]:
    """Rows of a table: how often the whole page follows a start that is dragged."""
    rows = []
    for what, request in (
        ("penguins, gd, 200 steps", Request()),
        ("penguins, adam, 200 steps", Request(opt="adam", lr=0.05)),
        ("the same with three runs", Request(comparisons=BESIDE)),
    ):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/training?{query(request, False)}")
        page.wait_for_selector(".lv-ready")
        page.wait_for_timeout(2500)
        idle = page.evaluate(IDLE)
        found = page.evaluate(DRAG)
        page.wait_for_timeout(2500)
        params = page.evaluate(
            "() => [...document.querySelector('.lvt').parentNode.lrvizTraining.playback.params]"
        )
        made = make(request._replace(start=tuple(found["start"])))
        same = params == made.history.params.ravel().tolist()
        rows.append(f"| {what} | {found['rate'] / idle:.2f} (at least 0.5) | {idle:.0f} | {same} |")
        page.close()
    return rows


def right(sample, made) -> bool:
    """Whether the slice, the cursor and the labels of a sampled frame are all of its step."""
    k = sample["k"]
    third = PLANES[made.request.plane][2]
    drawn = made.surface.slices.at(k, float(made.history.params[k, third]))
    slice_right = all(
        abs(10.0**z - float(loss)) <= 1e-6 * float(loss)
        for row, losses in zip(sample["z"], drawn, strict=True)
        for z, loss in zip(row, losses, strict=True)
    )
    w1, w2, b = made.history.params[k].tolist()
    x1, x2 = made.scaled.X[0].tolist()
    p = differentiate(x1=x1, x2=x2, w1=w1, w2=w2, b=b, y=int(made.scaled.data.y[0]))
    texts = list(build_figure("features", shape="tall", read=p.read).data[0].text)
    cursor = abs(float(sample["cursor"][1:].split(",")[0]) - sample["x"]) < 0.01
    return slice_right and cursor and sample["slider"] == k and sample["labels"] == texts


def query(request: Request, solid: bool) -> str:
    """The link to a request; a file is not in it."""
    state = settings.defaults(settings.TRAINING) | request._asdict()
    state |= {"surface": "3d"} if solid else {}
    state |= {"data": "penguins"} if request.data == "file" else {}
    return urlencode(settings.encode(settings.TRAINING, state))


def file_of(rows: int) -> str:
    """A CSV of two classes that overlap."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(rows, 2)).round(3)
    label = np.where(X @ [1.0, -1.0] + rng.logistic(size=rows) > 0.3, "yes", "no")
    lines = [f"{a:.3f},{b:.3f},{name}" for (a, b), name in zip(X, label, strict=True)]
    return "\n".join(["width,height,kind", *lines])


def upload(page: Page, text: str) -> None:
    """Use a file on the Training page, as a visitor does."""
    page.get_by_role("button", name="Your data…").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "rows.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Use this data").click(timeout=20_000)
    page.wait_for_function(
        "() => document.querySelector('select').selectedOptions[0].text === 'File: rows.csv'"
    )


FILE = file_of(10_000)


def main() -> None:
    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with served("app.py") as server, served("benchmarks/bare.py") as bare:
            for what, request, solid, least in CASES:
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.goto(f"{server.url}/training?{query(request, solid)}")
                page.wait_for_selector(".lv-ready")
                source = (
                    built_in(request.data)
                    if request.data != "file"
                    else TrainingData(read_csv(FILE))
                )
                if request.data == "file":
                    upload(page, FILE)
                page.wait_for_timeout(2500)
                page.get_by_role("radio", name="Full").check(force=True)
                idle = page.evaluate(IDLE)
                found = page.evaluate(PLAY, request.steps)
                made = source.make(request)
                exact = sum(right(s, made) for s in found["samples"])
                bound = f" (at least {least})" if least else ""
                sampled = f"{exact} of {len(found['samples'])}" if found["samples"] else "–"
                rows.append(
                    f"| {what} | {found['rate'] / idle:.2f}{bound} | {found['rate']:.0f} | "
                    f"{idle:.0f} | {found['frames']} | {sampled} | {found['same']}; "
                    f"{found['blanks']} |"
                )
                page.close()
            dragged = drags(browser, server.url)
            changed = changes(browser, server.url, bare.url)
        browser.close()
    print(
        "| playing 200 steps at full speed | steps per idle frame | steps/s | idle frames/s | "
        "frames | sampled frames all of one step | same elements; blank frames |"
    )
    print("|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    print(
        "\n| dragging the start | page updates per idle frame | idle frames/s | at rest Python's |"
    )
    print("|---|---|---|---|")
    print("\n".join(dragged))
    print(f"\nA new learning rate until its run is drawn: {changed}.")


if __name__ == "__main__":
    main()
