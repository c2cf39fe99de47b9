"""How immediate the Graph page is, as ratios measured in one run.

    python benchmarks/live.py

Prints a Markdown table. Needs the packages of requirements-dev.txt and a Chromium; PyTorch is
compared with where it is installed.
"""

from __future__ import annotations

import statistics
import sys
import time
import timeit
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.tables import show  # noqa: E402
from lrviz.core.graph import differentiate  # noqa: E402
from lrviz.figures.graph import build_figure  # noqa: E402
from tests.browser.conftest import FLAGS, chromium  # noqa: E402
from tests.servers import served  # noqa: E402

WORKED = {"x1": 1.5, "x2": 2.0, "w1": 0.5, "w2": -0.25, "b": 0.17, "y": 1}

IDLE = """
() => new Promise((done) => {
  const start = performance.now();
  let frames = 0;
  const tick = () => {
    frames += 1;
    const spent = performance.now() - start;
    if (spent < 2000) requestAnimationFrame(tick);
    else done(1000 * frames / spent);
  };
  requestAnimationFrame(tick);
})
"""

DRAG = """
() => new Promise((done) => {
  const slider = document.querySelector("input[type=range][aria-label=w1]");
  const plot = document.querySelector(".lv-plot");
  const templates = plot.data[0].meta.templates;
  const texts = [...plot.querySelectorAll(".textpoint text")];
  const z = texts[templates.indexOf("{_value.z}")];
  const paints = [], samples = [], stale = [];
  let frames = 0, changes = 0, last = z.textContent, blank = 0;
  const start = performance.now();
  slider.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  const tick = () => {
    frames += 1;
    if (z.textContent !== last) changes += 1;
    last = z.textContent;
    if (!plot.isConnected || !plot.querySelector(".textpoint text")) blank += 1;
    const spent = performance.now() - start;
    if (spent > 3000) {
      window.dispatchEvent(new PointerEvent("pointerup"));
      slider.dispatchEvent(new Event("change", { bubbles: true }));
      done({ rate: 1000 * changes / spent, frames, blank, paints, samples,
             same: plot === document.querySelector(".lv-plot") });
      return;
    }
    const value = -4.99 + 0.01 * (frames % 998);
    const at = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    // A task posted from the next frame's callback runs once that frame has been painted.
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => paints.push(performance.now() - at);
      channel.port2.postMessage(null);
    });
    if (frames % 10 === 0) {
      samples.push([Number(slider.value), texts.map((t) => t.textContent)]);
    }
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})
"""

SETTLE = """
([value, expected, where]) => new Promise((done) => {
  const slider = document.querySelector("input[type=range][aria-label=w1]");
  slider.value = value;
  const start = performance.now();
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  slider.dispatchEvent(new Event("change", { bubbles: true }));
  const look = () => {
    const text = document.querySelector(where)?.textContent ?? "";
    if (text.includes(expected)) done(performance.now() - start);
    else if (performance.now() - start > 5000) done(null);
    else setTimeout(look, 1);
  };
  look();
})
"""


def right(sample) -> bool:
    """Whether every label of a sampled frame is what Python writes for that frame's input."""
    value, texts = sample
    p = differentiate(**(WORKED | {"w1": value}))
    return list(build_figure("features", shape="broad", read=p.read).data[0].text) == texts


def settle_times(page, where: str, text) -> list[float]:
    """Milliseconds from the last input until the Python-rendered text has followed."""
    times = []
    for i in range(24):
        value = round(-4 + 0.31 * i, 2)
        spent = page.evaluate(SETTLE, [value, text(value), where])
        if spent is None:
            raise RuntimeError(f"{where} never showed {text(value)}")
        times.append(spent)
        page.wait_for_timeout(600)
    return times[4:]


def first_picture(browser, url: str, stands: str) -> float:
    """Seconds until a new visitor sees the first picture; the median of seven."""
    times = []
    for _ in range(7):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.wait_for_selector(stands)
        times.append(time.perf_counter() - began)
        context.close()
    return statistics.median(times)


def torch_ratio() -> str:
    """One differentiate call beside PyTorch's eager forward and backward."""
    ours = min(timeit.repeat(lambda: differentiate(**WORKED), number=2000, repeat=5)) / 2000
    try:
        import torch  # noqa: PLC0415
    except ImportError:
        return f"{ours * 1e6:.1f} µs; PyTorch is not installed here, so nothing to compare with"
    torch.set_num_threads(1)

    def eager() -> None:
        t = {
            k: torch.tensor(v, dtype=torch.float64, requires_grad=True)
            for k, v in WORKED.items()
            if k != "y"
        }
        z = t["w1"] * t["x1"] + t["w2"] * t["x2"] + t["b"]
        y = torch.tensor(1.0, dtype=torch.float64)
        torch.nn.functional.binary_cross_entropy_with_logits(z, y).backward()

    theirs = min(timeit.repeat(eager, number=500, repeat=5)) / 500
    return f"{ours / theirs:.2f} ({ours * 1e6:.1f} µs beside {theirs * 1e6:.1f} µs)"


def main() -> None:
    rows = [("one `differentiate` ÷ PyTorch eager forward and backward (at most 1)", torch_ratio())]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with (
            served("app.py") as ours,
            served("benchmarks/bare.py") as bare,
            served("benchmarks/chart.py") as chart,
        ):
            first = first_picture(browser, ours.url, ".lv-ready")
            other = first_picture(browser, chart.url, ".js-plotly-plot .main-svg")
            rows.append(
                (
                    "first graph on screen ÷ a page of one slider and one chart (at most 1.3)",
                    f"{first / other:.2f} ({first:.2f} s beside {other:.2f} s)",
                )
            )
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(ours.url)
            page.wait_for_selector(".lv-ready")
            page.wait_for_timeout(2000)
            idle = page.evaluate(IDLE)
            drag = page.evaluate(DRAG)
            frame = 1000 / idle
            paints = sorted(drag["paints"])
            exact = sum(right(s) for s in drag["samples"])
            rows += [
                ("idle frames per second", f"{idle:.1f}"),
                (
                    "updates while dragging ÷ idle frames (at least 0.8)",
                    f"{drag['rate'] / idle:.2f}",
                ),
                ("sampled frames with every label right", f"{exact} of {len(drag['samples'])}"),
                (
                    "input to painted number, idle frames: median (at most 2)",
                    f"{statistics.median(paints) / frame:.2f}",
                ),
                (
                    "… 95th percentile (at most 3)",
                    f"{paints[int(0.95 * len(paints))] / frame:.2f}",
                ),
                ("same element afterwards; blank frames", f"{drag['same']}; {drag['blank']}"),
            ]
            page.wait_for_timeout(1500)
            mine = settle_times(
                page,
                "table[aria-label=Values]",
                lambda v: f"w₁{v:g}".replace("-", "−"),
            )
            page.close()
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(bare.url)
            page.wait_for_selector("input[type=range]")
            page.wait_for_timeout(1500)
            least = settle_times(page, "#shown", lambda v: f"{v:g}")
            rows.append(
                (
                    "Python text settles ÷ bare app (at most 1.5), medians of 20",
                    f"{statistics.median(mine) / statistics.median(least):.2f} "
                    f"({statistics.median(mine):.0f} ms beside {statistics.median(least):.0f} ms)",
                )
            )
        browser.close()
    show(rows)


if __name__ == "__main__":
    main()
