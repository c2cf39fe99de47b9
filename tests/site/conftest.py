"""The offline site, built once and served below a path; its wheels are named by a variable."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from scripts import build_site
from tests.browser.conftest import browser, playwright  # noqa: F401 fixtures here too
from tests.site.hosting import StaticHost, hosted, write

VARIABLE = "LRVIZ_SITE_WHEELS"
WHY = f"{VARIABLE} names no folder with Pyodide's wheel of NumPy, which no registry has"
#: Without it these are not there, and test_form.py says so once.
BROWSER = ["test_visit.py", "test_hand_over.py", "test_numbers.py", "test_default.py"]
BROWSER += ["test_streamlit.py"]
collect_ignore = [] if os.environ.get(VARIABLE) else BROWSER


@pytest.fixture(scope="session")
def offline() -> dict[str, bytes]:
    """The files of the offline site."""
    return build_site.build(Path(os.environ[VARIABLE]))


@pytest.fixture(scope="session")
def host(
    offline: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StaticHost]:
    """It, served."""
    with hosted(write(offline, tmp_path_factory.mktemp("site"))) as one:
        yield one


class Visit:
    """One visit of the site, and what it did wrong."""

    def __init__(self, page: Page, host: StaticHost) -> None:
        self.page, self.host = page, host
        self.errors: list[str] = []
        self.outside: list[str] = []
        own = host.url.removesuffix("/lrviz")
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "request",
            lambda asked: (
                asked.url.startswith((own, "data:", "blob:")) or self.outside.append(asked.url)
            ),
        )

    def early(self, path: str) -> None:
        """Open a path, until what is shown before Python is there stands."""
        self.page.goto(self.host.url + path, wait_until="commit")
        self.page.wait_for_selector("#early .lv-ready", timeout=60_000)

    def python(self) -> None:
        """Wait until Python is there."""
        self.page.wait_for_selector("#early", state="detached", timeout=240_000)


@pytest.fixture(scope="module")
def visit(browser: Browser, host: StaticHost) -> Iterator[Visit]:  # noqa: F811
    """A visit that the tests of a module share."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield Visit(context.new_page(), host)
    context.close()
