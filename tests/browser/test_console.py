"""What a page says in the browser's console, whom it asks, and what it is served with: nothing is
said, only its own server is asked, and no page breaks its policy."""

from __future__ import annotations

import os
import urllib.request

from lrviz.pages import PATHS
from tests.browser.conftest import SITE, back, settle

#: Every page, and states of the two that have many.
LINKS = (
    "/",
    "/?view=operations&guide=chain&nudge=0.5",
    "/training?data=moons&surface=3d&step=5",
    *(f"/{path}" for path in PATHS),
)


def test_the_console_stays_empty_nobody_else_is_asked_and_no_policy_is_broken(page, address):
    said, asked = [], []
    page.add_init_script(
        "window.broken = []; addEventListener('securitypolicyviolation',"
        " e => broken.push(`${e.effectiveDirective} ${e.blockedURI}`))"
    )
    # On the static site Streamlit and Pyodide note there how far they are.
    noted = {"debug", "log"} if SITE in os.environ else set()
    page.on(
        "console",
        lambda one: one.type in noted or said.append((one.page.url, one.type, one.text)),
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda one: asked.append(one.url))
    page.on("response", lambda one: one.status >= 400 and said.append((one.url, one.status)))
    for link in LINKS:
        page.goto(address + link, wait_until="commit")
        live = link.split("?")[0] in ("/", "/training")
        page.wait_for_selector(".lv-ready" if live else "[data-testid=stMarkdown]")
        if link == "/share":
            frame = page.frame_locator(".st-key-share-preview iframe")
            frame.locator(".lv-ready").wait_for()
        settle(page)
        assert page.url == address + link
        assert page.evaluate("broken") == []
        if SITE not in os.environ:  # whose policy is in its pages: its host writes no headers
            with urllib.request.urlopen(address + link) as answer:
                assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page.close()  # its script would run for the next test too
    assert said == []
    own = (f"{address}/", f"blob:{address}/", "data:")
    assert [url for url in asked if not url.startswith(own)] == []
    # What the browser has kept is asked for all the same.
    assert any(url.startswith(f"{address}/plotly/") for url in asked)


def test_from_a_page_below_the_root_the_others_are_reached(open_page, address):
    page = open_page("/training?data=xor")
    page.get_by_role("link", name="Practice").first.click()
    page.wait_for_function("() => location.pathname === '/practice'")
    settle(page)
    page.get_by_role("link", name="Graph").first.click()
    page.wait_for_selector(".lv-figure .lv-plot")
    settle(page)
    assert page.url.split("?")[0] == f"{address}/"
    back(page)
    page.wait_for_function("() => location.pathname === '/practice'")
    settle(page)
