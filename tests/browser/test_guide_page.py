"""The guide on the Graph page: it asks, holds back, shows, and gives back what was there."""

import pytest
from playwright.sync_api import expect

from lrviz.live.component import version
from lrviz.text.cards import CARDS
from lrviz.text.guide import Try
from tests.browser.conftest import STEP, follow, frames, settle, slide
from tests.samples import some

GRAPH = [card for card in CARDS.values() if card.page == "graph"]


def card(page):
    return page.get_by_role("region", name="Guide")


def press(page, name):
    card(page).get_by_role("button", name=name, exact=True).click()
    settle(page)


def verdict(page):
    return card(page).get_by_role("status").inner_text()


def fields(page):
    return page.evaluate("() => ({ ...document.querySelector('.lv').parentNode.lrviz.fields })")


def seen(page, text):
    """Whether a number can be seen anywhere on the page."""
    return page.evaluate(
        """(text) => [...document.querySelectorAll(".lv *")].some((node) =>
          ![...node.children].some((child) => child.textContent.includes(text))
          && node.textContent.includes(text)
          && node.checkVisibility({ opacityProperty: true, visibilityProperty: true })
          && Number(getComputedStyle(node).opacity) > 0.5)""",
        text,
    )


def in_view(page):
    """Of what is lit, and of the part that is marked: whether it is whole in view by the card."""
    return page.evaluate(
        """() => {
          const { top, bottom } = document.querySelector(".lv-guide").getBoundingClientRect();
          const [from, to] = top > 300 ? [40, top] : [bottom, innerHeight];
          const whole = (node) => {
            const box = node.getBoundingClientRect();
            return box.top >= from - 1 && box.bottom <= to + 1;
          };
          const all = (found) => [...document.querySelectorAll(found)];
          const lit = all(".lv-hit.lv-lit").map((one) => [one.dataset.name, whole(one)]);
          const marked = all(".lv-guide-part");
          return { ...Object.fromEntries(lit), part: marked.length > 0 && marked.every(whole) };
        }"""
    )


#: Notes of how many examples a card speaks, from now on.
COUNTED = """() => {
  window.counted = [];
  new MutationObserver(() => {
    const words = document.querySelector(".lv-guide:not([hidden]) .lv-guide-body");
    const found = words?.checkVisibility({ visibilityProperty: true })
      && words.textContent.match(/all (\\d+) examples/);
    if (found) counted.push(found[1]);
  }).observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true,
  });
}"""


@pytest.fixture
def fresh(empty_page, address):
    """A first visit: what the browser remembered of others is gone."""
    page = empty_page()
    page.goto(f"{address}/live/{version()}/live.css")  # which every host has
    page.evaluate("localStorage.clear()")
    page.goto(address)
    page.wait_for_selector(".lv-ready")
    settle(page)
    return page


def test_the_first_visit_offers_it_once_and_it_never_starts_by_itself(fresh):
    page = fresh
    assert not card(page).is_visible()
    page.get_by_role("button", name="No guide, thanks").click()
    assert page.get_by_role("button", name="New here?").count() == 0
    page.reload()
    page.wait_for_selector(".lv-ready")
    settle(page)
    assert page.get_by_role("button", name="New here?").count() == 0
    assert page.get_by_role("button", name="Guide", exact=True).is_visible()
    assert not card(page).is_visible()


def test_a_card_holds_back_asks_and_then_shows_and_says_why(fresh):
    page = fresh
    slide(page, "w2", 1.25)
    page.get_by_role("button", name="New here? Take the guide").click()
    settle(page)
    assert page.url.endswith("?stage=1&guide=belief")
    assert page.evaluate("document.activeElement.textContent") == "What the model believes"
    assert seen(page, "0.42")
    assert not seen(page, "0.6035"), "a is asked for"
    press(page, "exactly ½")
    assert verdict(page).startswith("You said “exactly ½”. Only z = 0 leads to exactly ½. ")
    assert "a ≈ 0.6035" in verdict(page)
    assert seen(page, "0.6035")
    assert not seen(page, "0.5050")
    press(page, "Next")
    # Something is to be done, and is noticed while the hand still moves.
    assert "below 0.1" in card(page).inner_text()
    slide(page, "w1", 2.5)
    settle(page)
    assert "Sure and right costs next to nothing" in verdict(page)
    press(page, "Next")
    assert page.locator("h1:visible").inner_text() == "Which way?"
    assert not seen(page, "0.9052")
    room = card(page).bounding_box()["height"]
    press(page, "down")
    assert seen(page, "0.9052")
    assert verdict(page).startswith("Right. ")
    # No more is told than was asked for, and nothing below the card moves.
    assert not any(seen(page, text) for text in ("1.207", "2.522", "a − y"))
    assert card(page).bounding_box()["height"] == room
    press(page, "Next")
    answer = card(page).get_by_label("Your answer")
    answer.fill("nonsense")
    answer.press("Enter")
    assert verdict(page) == "Type a number, such as −0.25."
    answer.fill("0,0088")
    answer.press("Enter")
    settle(page)
    assert verdict(page).startswith("Right. A slope is a rate")
    assert fields(page)["nudge"] == 0.01
    press(page, "Back")
    assert page.locator("h1:visible").inner_text() == "Which way?"
    press(page, "Leave the guide")
    assert fields(page)["w2"] == 1.25, "what the learner had is given back"
    assert fields(page)["guide"] is None
    assert page.url.endswith("?w2=1.25")
    assert page.locator("h1:visible").inner_text().startswith("The model says")
    # What was done is remembered by the browser: the guide goes on where it was left.
    page.get_by_role("button", name="Guide", exact=True).click()
    settle(page)
    assert page.locator("h1:visible").inner_text() == CARDS["chain"].title
    # The product is not there before it is asked for; the slopes it is made of are.
    product = page.get_by_role("region", name="The chain rule")
    assert not product.is_visible()
    assert all(seen(page, text) for text in ("1.5", "0.2393", "−1.657"))
    press(page, "Show me")
    assert verdict(page).startswith("It is −0.5948, to four digits. 1.5 × 0.2393 × (−1.657)")
    assert product.is_visible()
    assert not seen(page, "a − y")


@pytest.mark.parametrize("one", [one for one in GRAPH if isinstance(one.ask, Try)])
def test_a_task_that_is_shown_is_done(visit, one):
    page = visit(f"/?guide={one.name}")
    press(page, "Show me")
    for name, value in one.ask.does.items():
        assert fields(page)[name] == value
    assert not page.get_by_role("button", name="Show me").is_visible()
    assert page.locator(".lv-guide-done").is_visible()


@pytest.mark.parametrize("one", some(2, GRAPH), ids=lambda one: one.name)
def test_a_link_opens_the_card_and_what_it_lights_up_is_in_view(visit, one):
    if one.name == GRAPH[0].name:
        # A walk that was under way does not keep its node lit, nor a line that was read its parts.
        page = visit("/?stage=0")
        page.get_by_role("button", name="Step", exact=True).click()
        settle(page)
    else:
        page = visit("/?part=3&line=5")
        page.get_by_role("button", name="Previous line").click()
        settle(page)
    page = visit(f"/?guide={one.name}")
    assert page.locator("h1:visible").inner_text() == one.title
    if one.lit:
        lit = page.evaluate("[...document.querySelectorAll('.lv-lit')].map((n) => n.dataset.name)")
        assert set(one.lit) <= set(filter(None, lit))
    place = """() => {
      const box = (node) => node.getBoundingClientRect();
      const card = box(document.querySelector(".lv-guide"));
      const lit = [...document.querySelectorAll(".lv-hits .lv-lit")].map(box);
      return { card: [card.top, card.bottom], lit: lit.map((b) => [b.top, b.bottom]),
        size: innerHeight, wide: document.documentElement.scrollWidth <= innerWidth };
    }"""
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        for path in ("/", f"/?guide={one.name}"):
            follow(page, lambda path=path: page.evaluate(STEP, path))
        frames(page, 4)
        found = page.evaluate(place)
        assert found["wide"]
        card_top, card_bottom = found["card"]
        assert card_top >= 0
        assert card_bottom <= height + 1
        seen = [
            (top, bottom)
            for top, bottom in found["lit"]
            if (bottom <= card_top + 1 or top >= card_bottom - 1) and top >= 0 and bottom <= height
        ]
        if one.part != "picture" and width < 1000:
            continue  # what it speaks of comes first there, see below
        wanted = (
            len(found["lit"]) if one.part == "picture" and width > 1000 else min(1, len(one.lit))
        )
        assert len(seen) >= wanted, (width, found)


def test_on_a_phone_what_a_card_speaks_of_lies_above_it_after_another_view_too(visit):
    page = visit("/?guide=paths", width=390, height=844)
    for _ in range(2):
        press(page, "Skip")  # from single operations to two features, and on
        frames(page, 4)
        (first, *_) = CARDS[fields(page)["guide"]].lit
        assert in_view(page)[first], first
    press(page, "Skip")
    frames(page, 4)
    assert in_view(page)["part"]
    assert page.get_by_role("button", name="Take one step").is_visible()


@pytest.mark.parametrize("name", ["rate", "pull"])
def test_an_answer_leads_to_the_table_it_speaks_of(visit, name):
    path = "/" if CARDS[name].page == "graph" else "/training"
    page = visit(f"{path}?guide={name}", width=1366, height=768)
    press(page, "Show me")
    frames(page, 4)
    assert in_view(page)["part"]


def test_a_link_that_leaves_something_out_offers_no_guide(visit):
    page = visit("/?hide=values")
    assert not page.get_by_role("button", name="Guide").first.is_visible()


def test_the_guide_goes_by_keyboard_alone(fresh):
    page = fresh
    page.get_by_role("button", name="New here? Take the guide").press("Enter")
    settle(page)
    page.keyboard.press("Tab")  # from the title to the first answer
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "above ½"
    page.keyboard.press("Enter")
    settle(page)
    assert page.evaluate("document.activeElement.textContent") == "Next"
    page.keyboard.press("Enter")
    settle(page)
    assert page.locator("h1:visible").inner_text() == "What the loss charges"
    page.keyboard.press("Escape")
    settle(page)
    assert not card(page).is_visible()


def test_a_card_that_is_not_there_is_named(visit):
    page = visit("/?guide=nothing")
    assert page.get_by_text("could not be read and was left out: guide").is_visible()


def test_the_guide_leads_from_page_to_page_and_back_and_each_gets_back_what_it_had(fresh):
    page = fresh
    slide(page, "w2", 1.25)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.get_by_role("button", name="New here? Take the guide").click()
    settle(page)
    for one in GRAPH[:-1]:
        assert page.locator("h1:visible").inner_text() == one.title
        frames(page, 4)
        found = in_view(page)
        assert all(found[name] for name in one.lit), (one.name, found)
        # There is one Back.
        assert page.get_by_role("button", name="Back", exact=True).count() == 1
        press(page, "Skip")
    assert page.locator("h1:visible").inner_text() == GRAPH[-1].title
    frames(page, 4)
    assert in_view(page)["part"]
    page.evaluate(COUNTED)
    card(page).get_by_role("button", name="Skip", exact=True).click()
    page.wait_for_function("() => location.search === '?data=penguins&guide=mean'")
    settle(page)
    assert page.locator("h1:visible").inner_text() == CARDS["mean"].title
    assert page.evaluate("[...new Set(counted)]") == ["333"], "the data of before are not spoken of"
    # Where what would tell it is veiled, that is said.
    assert page.get_by_text("The surface comes with your answer.").is_visible()
    answer = card(page).get_by_label("Your answer")
    # Who is wrong has another try, with what is known of the mistake.
    room = card(page).bounding_box()["height"]
    answer.fill("0.5")
    answer.press("Enter")
    settle(page)
    wrong = "You said “0.5”. That is a. The loss is −log of it. "
    assert verdict(page) == wrong + "Try once more, or have it shown."
    assert page.get_by_text("The surface comes with your answer.").is_visible()
    expect(answer).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "0.5"
    answer.press("Enter")
    settle(page)
    assert verdict(page).startswith(f"{wrong}It is 0.6931, to four digits.")
    assert not page.get_by_text("The surface comes with your answer.").is_visible()
    assert card(page).bounding_box()["height"] == room
    card(page).get_by_role("button", name="Back", exact=True).click()
    page.wait_for_function("() => location.search.endsWith('guide=step')")
    settle(page)
    assert page.locator("h1:visible").inner_text() == GRAPH[-1].title
    press(page, "Leave the guide")
    assert fields(page)["w2"] == 1.25
    page.get_by_role("link", name="Training", exact=True).first.click()
    page.wait_for_selector(".lvt.lv-ready")
    settle(page)
    assert not card(page).is_visible()
    assert page.url.endswith("/training")


def test_without_a_server_a_card_says_what_it_has_to_say(page, address):
    page.goto(f"{address}/training?guide=mean", wait_until="commit")
    page.wait_for_selector(".lvt.lv-ready")
    settle(page)
    page.context.set_offline(True)
    page.locator(".lv-lost", has_text="You are offline").wait_for()
    card(page).get_by_role("button", name="Skip", exact=True).click()
    assert page.locator("h1:visible").inner_text() == CARDS["pull"].title
    assert page.get_by_text("What is ∂J/∂w₁?").is_visible()
    page.context.set_offline(False)
    page.locator(".lv-lost:empty").wait_for(state="attached")
    settle(page)
    assert "guide=pull" in page.url


def test_the_last_card_ends_the_guide(visit):
    page = visit("/training?guide=you")
    settle(page)
    press(page, "Done")
    assert not card(page).is_visible()
