"""A real server and a real Chromium for the tests in this folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Opener]:
    """Open a path of the app in a browser of its own and wait until the picture stands."""
    contexts, errors = [], []

    def opener(
        path: str = "/", *, width: int = 1440, height: int = 900, scheme: str = "light"
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address + path)
        page.wait_for_selector(".lv-ready", timeout=30_000)
        settle(page)
        return page

    yield opener
    for context in contexts:
        context.close()
    assert errors == []


def settle(page: Page) -> None:
    """Wait until Python has answered and nothing more is on its way."""
    page.wait_for_timeout(450)  # the link is written 300 ms after the hand rests
    page.wait_for_selector(
        "[data-testid='stApp'][data-test-script-state='notRunning']", state="attached"
    )
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
