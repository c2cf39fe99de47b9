"""The static site beside the server, measured in one run.

    LRVIZ_SITE_WHEELS=WHEELS python benchmarks/site.py

WHEELS is what `scripts/build_site --offline` takes. Prints a Markdown table. Needs the packages of
requirements-dev.txt and a Chromium.
"""

from __future__ import annotations

import os
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.live import DRAG, IDLE  # noqa: E402
from benchmarks.tables import show  # noqa: E402
from scripts import build_site  # noqa: E402
from tests.browser.conftest import FLAGS, chromium  # noqa: E402
from tests.servers import served  # noqa: E402
from tests.site.conftest import VARIABLE  # noqa: E402
from tests.site.hosting import hosted, write  # noqa: E402
from tests.site.test_visit import KEPT  # noqa: E402

VISITS = 5
#: Run in a new page before its own scripts: moves the slider on every frame until a number follows.
FIRST = """(() => {
  const look = () => {
    const slider = document.querySelector(".lv-ready input[type=range][aria-label=w1]");
    const text = () => document.querySelector(".lv-head > h1").textContent;
    if (!slider) return void requestAnimationFrame(look);
    window.stands ??= performance.now();
    const before = text();
    slider.value = Number(slider.value) + 0.2;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    if (text() === before) return void requestAnimationFrame(look);
    window.moved = performance.now();
    slider.dispatchEvent(new Event("change", { bubbles: true }));
  };
  addEventListener("DOMContentLoaded", look);
})()"""
#: Python in the browser and nothing else, from the addresses that the site takes it from.
BARE = """async (own) => {
  const began = performance.now();
  const { loadPyodide } = await import(own);
  const python = await loadPyodide();
  python.runPython("1 + 1");
  return (performance.now() - began) / 1000;
}"""


def opened(context: BrowserContext, url: str) -> tuple[Page, float, float]:
    """A page, the seconds until its graph stands, and until a hand has moved a number of it."""
    page = context.new_page()
    page.add_init_script(FIRST)
    page.goto(url, wait_until="commit")
    page.wait_for_function("() => window.moved", timeout=60_000)
    stands, moved = page.evaluate("() => [stands / 1000, moved / 1000]")
    return page, stands, moved


def new(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport={"width": 1440, "height": 900})


def arrived(page: Page) -> float:
    """Seconds until Python has taken over."""
    page.wait_for_selector("#early", state="detached", timeout=240_000)
    return float(
        page.evaluate("() => performance.getEntriesByName('lrviz-python')[0].startTime / 1000")
    )


def main() -> None:
    rows = []
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        files = build_site.build(Path(os.environ[VARIABLE]))
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with hosted(write(files, Path(folder))) as site, served("app.py") as server:
            ours, theirs = [], []
            for _ in range(VISITS):
                for url, times in ((server.url, theirs), (site.url + "/", ours)):
                    context = new(browser)
                    times.append(opened(context, url)[1:])
                    context.close()
            graph = statistics.median(stands for stands, _ in theirs)
            drag = statistics.median(moved for _, moved in ours)
            rows.append(
                (
                    "first drag that moves a number ÷ the server's first graph (at most 1.5)",
                    f"{drag / graph:.2f} ({drag:.2f} s beside {graph:.2f} s)",
                )
            )
            context = new(browser)
            page = context.new_page()
            page.goto(server.url)
            page.wait_for_selector(".lv-ready")
            page.wait_for_timeout(2000)
            beside = page.evaluate(DRAG)["rate"] / page.evaluate(IDLE)
            context.close()

            context = new(browser)
            site.sent.clear()
            page = opened(context, site.url + "/")[0]
            first = sum(size for _, size in site.sent)
            loading = page.evaluate(DRAG)["rate"]
            if page.locator("#early").count() == 0:
                raise RuntimeError("Python was there before the drag had ended")
            python = arrived(page)
            whole = sum(size for _, size in site.sent)
            page.wait_for_timeout(2000)
            idle = page.evaluate(IDLE)
            after = page.evaluate(DRAG)["rate"]
            rows += [
                (
                    "bytes until the graph stands, until Python has taken over (at most 30 MB)",
                    f"{first / 1e6:.1f}, {whole / 1e6:.1f} MB",
                ),
                ("seconds until Python has taken over, first visit", f"{python:.1f}"),
                (
                    "updates while dragging ÷ idle frames: server; site; site while Python loads",
                    f"{beside:.2f}; {after / idle:.2f}; {loading / idle:.2f}",
                ),
            ]
            page.evaluate(KEPT, "")
            page.close()
            site.sent.clear()
            page, _, moved = opened(context, site.url + "/")
            again = arrived(page)
            sent = sum(size for _, size in site.sent)
            page.close()
            page = context.new_page()
            own = next(
                name for name in files if name.endswith("/pyodide.mjs") and name[:5] == "site/"
            )
            page.goto(f"{site.url}/{own}")
            bare = page.evaluate(BARE, f"{site.url}/{own}")
            rows += [
                (
                    "second visit: bytes, seconds to the first drag, to Python",
                    f"{sent / 1e6:.1f} MB, {moved:.1f}, {again:.1f}",
                ),
                (
                    "second visit, Python ÷ the bare start of Pyodide from the same cache",
                    f"{again / bare:.1f} ({again:.1f} s beside {bare:.1f} s)",
                ),
            ]
        browser.close()
    show(rows)


if __name__ == "__main__":
    main()
