"""A real server and a real Chromium for the tests in this folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.servers import ROOT, served

FLAGS = [
    f"--{flag}"
    for flag in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
    )
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """A Chromium on the PATH; None leaves it to Playwright's own download."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app, served as the README says."""
    log = tmp_path_factory.mktemp("server") / "log"
    with served("app.py", log=log) as server:
        yield server.url
    # Streamlit itself logs a traceback when a browser leaves in mid-answer.
    assert f"{ROOT}/lrviz" not in log.read_text(), log.read_text()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield one
        one.close()


Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    """A browser context for light and one for dark: what is loaded once stays loaded."""
    made: dict[str, BrowserContext] = {}

    def get(scheme: str) -> BrowserContext:
        if scheme not in made:
            made[scheme] = browser.new_context(
                color_scheme=scheme,  # type: ignore[arg-type]
                permissions=["clipboard-read", "clipboard-write"],
            )
        return made[scheme]

    yield get
    for context in made.values():
        context.close()


@pytest.fixture
def open_page(contexts: Callable[[str], BrowserContext], address: str) -> Iterator[Opener]:
    """Open a path of the app, in a visit of its own, and wait until the picture stands."""
    pages: list[Page] = []
    errors: list[str] = []

    def opener(
        path: str = "/", *, width: int = 1440, height: int = 900, scheme: str = "light"
    ) -> Page:
        page = contexts(scheme).new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address + path)
        page.wait_for_selector(".lv-ready", timeout=30_000)
        settle(page)
        return page

    yield opener
    for page in pages:
        page.close()
    assert errors == []


SETTLED = """() => new Promise((done) => {
  let calm = 0;  // frames in a row: React draws what Python has answered in one of its own
  const look = () => {
    const rests = document.documentElement.dataset.lrviz !== "busy"
      && document.querySelector("[data-testid='stApp'][data-test-script-state='notRunning']");
    calm = rests ? calm + 1 : 0;
    if (calm >= 3) done(true);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


def settle(page: Page) -> None:
    """Wait until nothing is under way: no message, no rest before one, no drawing, no script."""
    page.evaluate(SETTLED)


def settle_streamlit(page: Page) -> None:
    """The same after something that Streamlit itself handles: a widget of its own, a step back.

    Its answer begins a moment after the event, and nothing on the page says that it will.
    """
    page.wait_for_timeout(450)
    settle(page)
    page.wait_for_timeout(150)


def labels(page: Page) -> dict[str, str]:
    """Template to text, for every label of the picture."""
    found: dict[str, str] = page.evaluate(
        """() => {
          const plot = document.querySelector('.lv-plot');
          const templates = plot.data[0].meta.templates;
          const texts = [...plot.querySelectorAll('.textpoint text')];
          return Object.fromEntries(templates.map((t, i) => [t, texts[i].textContent]));
        }"""
    )
    return found


def pick(page: Page, name: str) -> None:
    """Choose one of a bar of options by what is written on it."""
    page.locator(".lv-choice label", has_text=name).first.click()


def slide(page: Page, name: str, value: float) -> None:
    """Move a slider as a hand does: many inputs, then rest."""
    slider = page.get_by_role("slider", name=name, exact=True)
    slider.evaluate(
        """(node, value) => {
          for (const v of [0.3 * value, 0.7 * value, value]) {
            node.value = v;
            node.dispatchEvent(new Event('input', {bubbles: true}));
          }
          node.dispatchEvent(new Event('change', {bubbles: true}));
        }""",
        value,
    )


def table(page: Page, name: str) -> list[list[str]]:
    """The body of a table by its accessible name, cell by cell."""
    rows: list[list[str]] = page.get_by_role("table", name=name, exact=True).evaluate(
        "node => [...node.tBodies[0].rows].map(r => [...r.cells].map(c => c.textContent))"
    )
    return rows


Box = list[float]  #: left, top, right, bottom


def boxes(page: Page, selector: str) -> list[Box]:
    """Where everything that a selector finds lies; what is not shown is left out."""
    found: list[Box] = page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)]
          .filter((node) => node.getClientRects().length)
          .map((node) => node.getBoundingClientRect())
          .map(({left, top, right, bottom}) => [left, top, right, bottom])""",
        selector,
    )
    return found


def apart(a: Box, b: Box, slack: float = 1.0) -> bool:
    """Whether two boxes do not overlap.

    A glyph's box is taller than its ink by a pixel or two: ``slack`` allows for it.
    """
    return (
        a[2] <= b[0] + slack or b[2] <= a[0] + slack or a[3] <= b[1] + slack or b[3] <= a[1] + slack
    )
