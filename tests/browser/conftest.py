"""A real server and a real Chromium for the tests in this folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
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


@contextmanager
def served(script: str, log: Path) -> Iterator[str]:
    """A script, served as the README says; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless=true"]
    with log.open("w") as out:
        server = subprocess.Popen(
            [*command, f"--server.port={port}"], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                time.sleep(0.25)
        else:
            pytest.fail(f"The app did not start:\n{log.read_text()}")
        yield url
    finally:
        server.terminate()
        server.wait(10)
    # Streamlit itself logs a traceback when a browser leaves in mid-answer.
    assert f"{ROOT}/lrviz" not in log.read_text(), log.read_text()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app."""
    with served("app.py", tmp_path_factory.mktemp("server") / "log") as url:
        yield url


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
