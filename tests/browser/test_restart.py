"""A server that dies and one that takes its place: what is on the screen goes on."""

from __future__ import annotations

import signal

import pytest

from tests.browser.conftest import settle, slide, table
from tests.browser.test_own_file import SMALL, use
from tests.servers import await_answer, free_port, start, stop

#: What each visitor looks at when the server dies.
VISITS = {"graph": "/?w1=2", "training": "/training?data=blobs&step=5", "file": "/training?lr=0.25"}


@pytest.fixture(scope="module")
def pages(new_page, tmp_path_factory):
    """Three visits of a server that another has taken the place of since."""
    log = tmp_path_factory.mktemp("restart") / "log"
    port = free_port()
    server = start("app.py", port, log)
    errors, found = [], {}
    try:
        await_answer(server, log)
        for name, path in VISITS.items():
            page = found[name] = new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(server.url + path)
            page.wait_for_selector(".lv-ready")
            settle(page)
        use(found["file"], SMALL)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        server = start("app.py", port, log)
        await_answer(server, log)
        yield found
        assert errors == []
    finally:
        for page in found.values():
            page.close()
        stop(server.process)


def test_a_page_that_was_only_read_goes_on_with_another_server(pages):
    page = pages["graph"]
    slide(page, "b", 1.25)
    page.wait_for_function("() => location.search.includes('b=1.25')", timeout=15_000)
    assert "w1=2" in page.url
    settle(page)
    page.wait_for_function(
        """() => [...document.querySelectorAll("table[aria-label=Values] tr")]
          .some(({ cells: [name, v] }) => `${name.textContent} ${v.textContent}` === "b 1.25")
        """,
        timeout=15_000,
    )


def test_the_same_on_the_training_page(pages):
    page = pages["training"]
    page.get_by_label("Optimizer").select_option("newton")
    page.wait_for_function("() => location.search.includes('opt=newton')", timeout=15_000)
    settle(page)
    assert page.get_by_label("Data").first.input_value() == "blobs"
    page.get_by_text("Newton’s method takes its step from the curvature").wait_for(timeout=15_000)


def test_a_file_is_gone_with_its_server_and_the_page_says_so_untouched(pages):
    page = pages["file"]
    page.get_by_text("An uploaded file is not part of the link").wait_for(timeout=15_000)
    page.wait_for_function("() => document.querySelector('select').value === 'twins'")
    settle(page)
    assert table(page, "Contributions")[-1][0] == "mean of 120 = ∂J"
