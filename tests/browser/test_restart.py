"""A server that dies and one that takes its place: what is on the screen goes on."""

from __future__ import annotations

import pytest

from lrviz.text.cards import CARDS
from tests.browser.conftest import settle, slide, table
from tests.browser.test_own_file import SMALL, offer, use
from tests.samples import LONG, NIGHT

#: What each visitor looks at when the server dies, and what stands there.
EVERY = {
    "graph": ("/?w1=2", ".lv-ready"),
    "training": ("/training?data=blobs&step=5", ".lv-ready"),
    "file": ("/training?lr=0.25", ".lv-ready"),
    "dialog": ("/training", ".lv-ready"),
    "left": ("/?w1=3", ".lv-ready"),
    "guide": ("/?guide=way", ".lv-ready"),
    "practice": ("/practice?seed=4", ".st-key-practice-answer"),
}
#: By day two of them stay away: what they show, others show in other ways.
VISITS = {name: EVERY[name] for name in EVERY if LONG or name not in ("training", "left")}
#: What is said over a page that waits for a server.
SAID = """() => document.querySelector(".lv-lost")?.textContent.includes("does not answer")"""


@pytest.fixture(scope="module")
def fault(new_page, app, all_visits):
    """Visits of a server that another has taken the place of, and the boxes seen meanwhile."""
    all_visits.end()  # what other tests share would lose its server too
    errors, found, told = [], {}, {}
    try:
        for name, (path, stands) in VISITS.items():
            page = found[name] = new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(app.server.url + path)
            page.wait_for_selector(stands)
            settle(page)
        use(found["file"], SMALL)
        offer(found["dialog"], SMALL)
        found["dialog"].get_by_role("dialog").get_by_text("80 rows").wait_for()
        if "left" in found:
            found["left"].get_by_role("link", name="About").first.click()
            found["left"].get_by_role("heading", name="About").wait_for()
        found["guide"].get_by_role("button", name="down", exact=True).click()
        found["practice"].get_by_role("button", name="Hint 1 of 3").click()
        found["practice"].get_by_text("Hint 1 ·").wait_for()
        found["practice"].get_by_label("Your answer").fill("12345")
        for page in found.values():
            settle(page)
        app.kill()
        slide(found["graph"], "b", 1)
        found["graph"].get_by_role("button", name="Copy link").click()
        for name, page in found.items():
            page.wait_for_function(SAID)
            told[name] = page.get_by_role("dialog").all_inner_texts()
        found["graph"].locator(".lv-copied", has_text="does not answer").wait_for()
        app.begin()
        for page in found.values():
            page.wait_for_selector("[data-test-connection-state=CONNECTED]", state="attached")
        yield found, told
        assert errors == []
    finally:
        for page in found.values():
            new_page.leave(page, whole=False)


@pytest.fixture
def pages(fault):
    """The visits."""
    return fault[0]


def test_no_box_lies_over_a_page_that_waits(fault):
    _, told = fault
    assert "80 rows" in told.pop("dialog")[0]
    assert not any(told.values()), told


def test_that_the_server_is_back_is_said(pages):
    pages["graph"].locator(".lv-lost:empty").wait_for(state="attached")
    pages["dialog"].locator(".lv-lost", has_text="open it once more").wait_for()


def test_a_page_that_was_only_read_goes_on_with_another_server(pages):
    page = pages["graph"]
    slide(page, "b", 1.25)
    page.wait_for_function("() => location.search.includes('b=1.25')")
    assert "w1=2" in page.url
    settle(page)
    page.wait_for_function(
        """() => [...document.querySelectorAll("table[aria-label=Values] tr")]
          .some(({ cells: [name, v] }) => `${name.textContent} ${v.textContent}` === "b 1.25")
        """,
    )


@NIGHT
def test_the_same_on_the_training_page(pages):
    page = pages["training"]
    page.get_by_label("Optimizer").select_option("newton")
    page.wait_for_function("() => location.search.includes('opt=newton')")
    settle(page)
    assert page.get_by_label("Data").first.input_value() == "blobs"
    page.get_by_text("Newton’s method takes its step from the curvature").wait_for()


def test_a_file_is_gone_with_its_server_and_the_page_says_so_untouched(pages):
    page = pages["file"]
    page.get_by_text("An uploaded file is not part of the link").wait_for()
    page.wait_for_function("() => document.querySelector('select').value === 'twins'")
    settle(page)
    assert table(page, "Contributions")[-1][0] == "mean of 120 = ∂J"


def test_a_card_of_the_guide_goes_on_where_it_was(pages):
    page = pages["guide"]
    card = page.get_by_role("region", name="Guide")
    settle(page)
    assert page.locator("h1:visible").inner_text() == CARDS["way"].title
    assert card.get_by_role("status").inner_text().startswith("Right. ")
    card.get_by_role("button", name="Next", exact=True).click()
    page.wait_for_function("() => location.search.includes('guide=rate')")
    settle(page)
    assert page.locator("h1:visible").inner_text() == CARDS["rate"].title
    assert page.get_by_test_id("stAlert").count() == 0


def test_what_a_learner_did_is_known_to_the_next_server(pages):
    page = pages["practice"]
    settle(page)
    assert page.get_by_text("Hint 1 ·").is_visible()
    assert page.get_by_label("Your answer").input_value() == "12345"
    page.get_by_role("button", name="Check").click()
    page.get_by_text("none is guessed").wait_for()
    page.get_by_role("button", name="Hint 2 of 3").click()
    page.get_by_text("Hint 2 ·").wait_for()


@NIGHT
def test_a_page_that_was_left_is_as_it_was_left(pages):
    page = pages["left"]
    page.get_by_role("link", name="Graph").first.click()
    page.wait_for_function("() => location.search === '?w1=3'")
    page.wait_for_selector(".lv-ready")
    settle(page)
    assert page.get_by_role("slider", name="w1", exact=True).input_value() == "3"
