"""A server that dies and one that takes its place: what is on the screen goes on."""

from __future__ import annotations

import signal

import pytest

from tests.browser.conftest import settle, slide, table
from tests.browser.test_own_file import SMALL, use
from tests.servers import await_answer, free_port, start, stop


@pytest.fixture
def server(tmp_path):
    """A server, and a way to kill it and start another at the same port."""
    log = tmp_path / "log"
    port = free_port()
    held = [start("app.py", port, log)]
    await_answer(held[0], log)

    def replace():
        held[0].process.send_signal(signal.SIGKILL)
        held[0].process.wait()
        held[0] = start("app.py", port, log)
        await_answer(held[0], log)

    yield f"http://127.0.0.1:{port}", replace
    stop(held[0].process)


def test_a_page_that_was_only_read_goes_on_with_another_server(page, server):
    address, replace = server
    page.goto(f"{address}/?w1=2")
    page.wait_for_selector(".lv-ready")
    settle(page)
    replace()
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


def test_the_same_on_the_training_page(page, server):
    address, replace = server
    page.goto(f"{address}/training?data=blobs&step=5")
    page.wait_for_selector(".lv-ready")
    settle(page)
    replace()
    page.get_by_label("Optimizer").select_option("newton")
    page.wait_for_function("() => location.search.includes('opt=newton')", timeout=15_000)
    settle(page)
    assert page.get_by_label("Data").first.input_value() == "blobs"
    page.get_by_text("Newton’s method takes its step from the curvature").wait_for(timeout=15_000)


def test_a_file_is_gone_with_its_server_and_the_page_says_so_untouched(page, server):
    address, replace = server
    page.goto(f"{address}/training?lr=0.25")
    page.wait_for_selector(".lv-ready")
    settle(page)
    use(page, SMALL)
    replace()
    page.get_by_text("An uploaded file is not part of the link").wait_for(timeout=15_000)
    page.wait_for_function("() => document.querySelector('select').value === 'penguins'")
    settle(page)
    assert table(page, "Contributions")[-1][0] == "mean of 333 = ∂J"
