"""Points placed by hand: added, moved, taken back, shared."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from lrviz import settings
from lrviz.data.built_in import load_dataset
from lrviz.data.dataset import standardise
from lrviz.text.numbers import number
from lrviz.training.run import train
from tests.browser.conftest import back, frames, new_context, settle, table

FOUR = "data=own&points=-2_-1_0~-1_1.5_0~1_-0.5_1~2_1_1"


def place(page, x, y):
    """Click where (x, y) is in the data plane, once it stands: the first run makes room."""
    settle(page)
    left, top = page.evaluate(
        """([x, y]) => {
          const { data } = document.querySelector(".lvt").parentNode.lrvizTraining;
          const box = data.node.getBoundingClientRect();
          const [px, py] = data.px(x, y);
          return [box.left + px, box.top + py];
        }""",
        [x, y],
    )
    page.mouse.click(left, top)


def points(page):
    """What a screen reader is told of every point: (x1, x2, class)."""
    names = page.locator(".lvt-point").evaluate_all("all => all.map(n => n.ariaLabel)")
    found = [
        re.fullmatch(r"Point (\d+): x₁ (\S+), x₂ (\S+), class ([01])", name).groups()
        for name in names
    ]
    assert [int(one[0]) for one in found] == list(range(len(found)))
    read = lambda text: float(text.replace("−", "-"))  # noqa: E731
    return [(read(x), read(y), int(kind)) for _, x, y, kind in found]


def in_link(page):
    """The points that the address carries."""
    text = parse_qs(urlsplit(page.url).query).get("points", [""])[0]
    return [
        (float(x), float(y), int(kind))
        for x, y, kind in (row.split("_") for row in text.split("~") if row)
    ]


def last_row(given, steps=200):
    """The last row of the history of a run on these points, as it is written."""
    X = standardise(np.array([p[:2] for p in given]))[0]
    h = train(X, np.array([p[2] for p in given]), learning_rate=0.5, steps=steps)
    cells = [*h.params[-1], h.losses[-1], *h.gradients[-1]]
    return [str(len(h)), *(number(float(v)) for v in cells)]


def to_the_end(page):
    page.get_by_role("slider", name="step", exact=True).focus()
    page.keyboard.press("End")
    settle(page)


def test_a_click_adds_a_point_of_the_chosen_class_and_training_follows(open_page):
    page = open_page("/training?data=own")
    assert page.get_by_text("No point yet: a click in the data plane adds one.").is_visible()
    assert not page.locator(".lvt-surface").is_visible()
    place(page, -2, 1)
    place(page, 2.5, 2)
    page.get_by_text("○ 0", exact=True).click()
    place(page, 1, -2)
    place(page, -1, -3)
    settle(page)
    wanted = [(-2, 1, 1), (2.5, 2, 1), (1, -2, 0), (-1, -3, 0)]
    np.testing.assert_allclose(points(page), wanted, atol=0.051)
    assert in_link(page) == points(page)
    to_the_end(page)
    assert table(page, "History")[-1] == last_row(points(page))
    assert page.locator(".lvt-surface").is_visible()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768), (1280, 800), (390, 844)])
def test_the_plane_stays_under_the_hand_when_the_first_point_is_placed(visit, width, height):
    page = visit("/training?steps=150", width=width, height=height)
    page.get_by_role("button", name="Place your own points").click()
    settle(page)
    plane = page.locator(".lvt-plane")
    there = plane.bounding_box()
    assert page.get_by_text("Click adds, drag moves.").is_visible()
    for x, y in ((-2, 1), (2.5, 2)):
        place(page, x, y)
        settle(page)
        assert plane.bounding_box() == there
    assert len(points(page)) == 2


def test_a_link_with_points_opens_on_the_same_points(open_page):
    page = open_page("/training?data=own")
    for x, y in ((-2, 1), (2.5, 2)):
        place(page, x, y)
    page.get_by_text("○ 0", exact=True).click()
    place(page, 0, -2)
    settle(page)
    to_the_end(page)
    other = open_page(page.url[page.url.index("/training") :])
    assert points(other) == points(page)
    for name in ("History", "Contributions"):
        assert table(other, name) == table(page, name)


def test_a_point_that_is_dragged_moves_training_while_the_hand_is_still_down(visit):
    page = visit(f"/training?{FOUR}&step=200")
    before = table(page, "History")[-1]
    at = page.locator(".lvt-point").nth(3).bounding_box()
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(12):
        page.mouse.move(x - 5 * i, y + 6 * i)
        frames(page, 2)
    settle(page)
    assert table(page, "History")[-1] != before
    assert in_link(page)[3] == (2, 1, 1)
    page.mouse.up()
    settle(page)
    moved = points(page)
    assert moved[:3] == [(-2, -1, 0), (-1, 1.5, 0), (1, -0.5, 1)]
    assert moved[3][0] < 1.5
    assert moved[3][1] < 0
    assert in_link(page) == moved
    assert table(page, "History")[-1] == last_row(moved)


def test_a_shaking_hand_moves_nothing(open_page):
    page = open_page(f"/training?{FOUR}")
    at = page.locator(".lvt-point").nth(2).bounding_box()
    x, y = at["x"] + at["width"] / 2 + 1, at["y"] + at["height"] / 2 + 1
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2, y)
    page.mouse.up()
    settle(page)
    assert points(page)[2] == (1, -0.5, 1)
    assert page.get_by_role("textbox", name="example").input_value() == "2"
    assert page.get_by_role("button", name="Undo").is_disabled()


def test_undo_and_redo_go_through_every_change(open_page):
    page = open_page(f"/training?{FOUR}")
    start = points(page)
    place(page, 0, 3)
    settle(page)
    added = points(page)
    page.get_by_role("button", name="Point 1:").focus()
    page.keyboard.press("Delete")
    settle(page)
    deleted = points(page)
    assert deleted == [p for i, p in enumerate(added) if i != 1]
    page.get_by_role("button", name="Clear").click()
    settle(page)
    assert points(page) == []
    assert "data=own" in page.url
    seen = []
    for _ in range(3):
        page.keyboard.press("Control+z")
        settle(page)
        seen.append(points(page))
        assert in_link(page) == points(page)
    assert seen == [deleted, added, start]
    assert page.get_by_role("button", name="Undo").is_disabled()
    page.get_by_role("button", name="Redo").click()
    page.keyboard.press("Control+Shift+z")
    settle(page)
    assert points(page) == deleted
    # A new change ends what could be redone.
    place(page, 1, 1)
    settle(page)
    assert page.get_by_role("button", name="Redo").is_disabled()


def test_everything_by_keyboard(visit):
    page = visit(f"/training?{FOUR}")
    page.get_by_role("button", name="Add", exact=True).focus()
    page.keyboard.press("Enter")
    settle(page)
    assert points(page)[4] == (0, 0, 1)
    # The new point has the focus.
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowLeft", "0"):
        page.keyboard.press(key)
    settle(page)
    assert points(page)[4] == (-0.8, 0.1, 0)
    page.keyboard.press("Backspace")
    settle(page)
    assert len(points(page)) == 4


def test_a_burst_of_keys_is_one_step_to_undo(open_page):
    page = open_page(f"/training?{FOUR}")
    start = points(page)
    page.get_by_role("button", name="Point 1:").focus()
    # All at once: as fast as a key that is held down repeats.
    page.evaluate(
        """() => ["ArrowUp", "ArrowUp", "ArrowRight", "ArrowUp"].forEach((key) => {
          const pressed = new KeyboardEvent("keydown", { key, bubbles: true });
          document.activeElement.dispatchEvent(pressed);
        })"""
    )
    settle(page)
    assert points(page)[1] == (-0.9, 1.8, 0)
    page.keyboard.press("Control+z")
    settle(page)
    assert points(page) == start
    assert page.get_by_role("button", name="Undo").is_disabled()


@pytest.mark.parametrize("name", ["xor", "separable"])
def test_a_small_set_can_be_edited_and_undo_brings_it_back(visit, name):
    page = visit(f"/training?data={name}")
    data = load_dataset(name)
    page.get_by_role("button", name="Edit these points").click()
    settle(page)
    rows = zip(data.X.tolist(), data.y.tolist(), strict=True)
    assert in_link(page) == [(*x, y) for x, y in rows]
    assert page.locator("select").first.input_value() == "own"
    page.get_by_role("button", name="Undo").click()
    settle(page)
    assert f"data={name}" in page.url
    assert page.locator("select").first.input_value() == name


def test_a_large_set_gives_an_empty_plane(open_page):
    page = open_page("/training?data=penguins")
    page.get_by_role("button", name="Place your own points").click()
    settle(page)
    assert points(page) == []
    assert page.get_by_text("No point yet: a click in the data plane adds one.").is_visible()


def test_the_sixty_first_point_is_refused_with_a_sentence(visit):
    many = "~".join(f"{-4 + i / 10}_{i % 7 - 3}_{i % 2}" for i in range(settings.POINTS_LIMIT))
    page = visit(f"/training?data=own&points={many}")
    before = points(page)
    assert len(before) == settings.POINTS_LIMIT
    place(page, 4, 4)
    settle(page)
    assert points(page) == before
    assert page.get_by_text("A link carries 60 points: delete one first.").is_visible()


def test_add_finds_a_free_place_for_every_point_that_a_link_carries(visit):
    page = visit("/training?data=own&points=100_0_0~99.9_1_1")
    page.evaluate(
        "for (let n = 2; n < 60; n += 1) document.querySelector('[aria-label=Add]').click()"
    )
    settle(page)
    given = points(page)
    assert len(set(given)) == len({(x, y) for x, y, _ in given}) == 60
    assert in_link(page) == given


def test_a_click_beyond_what_a_link_carries_puts_the_point_at_its_edge(visit):
    page = visit("/training?data=own&points=0_0_0~100_1_1")
    place(page, 110, 0.5)
    settle(page)
    assert [x for x, _, _ in points(page)] == [0, 100, 100]
    assert in_link(page) == points(page)


def test_the_browsers_back_goes_to_the_points_before(visit):
    page = visit(f"/training?{FOUR}")
    start = points(page)
    place(page, 0, 3)
    settle(page)
    place(page, 3, 3)
    settle(page)
    back(page)
    assert len(points(page)) == 5
    back(page)
    assert points(page) == start
    back(page, -1)
    assert len(points(page)) == 5


def test_points_that_cannot_be_read_are_named_and_the_rest_of_the_link_stays(visit):
    page = visit("/training?points=1_2_9&lr=2")
    assert page.get_by_text("could not be read and was left out: points, which holds").is_visible()
    assert page.get_by_label("Learning rate, exact value").input_value() == "2"


def test_one_class_trains_and_says_what_is_missing(visit):
    page = visit("/training?data=own&points=1_2_1~2_1_1&step=200")
    assert page.get_by_text("There is one class only").is_visible()
    assert "NaN" not in page.locator(".lvt").text_content()


def test_a_finger_drags_a_point_and_the_page_stays_where_it_is(browser, address):
    phone = {"width": 390, "height": 844}
    context = new_context(browser, viewport=phone, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/training?{FOUR}")
    page.wait_for_selector(".lv-ready")
    settle(page)
    page.locator(".lvt-data").scroll_into_view_if_needed()
    before = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    at = page.locator(".lvt-point").nth(1).bounding_box()
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    finger = context.new_cdp_session(page)

    def touch(kind, *places):
        spots = [{"x": px, "y": py} for px, py in places]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    touch("touchStart", (x, y))
    for i in range(1, 11):
        touch("touchMove", (x + 4 * i, y + 8 * i))
        frames(page, 1)
    touch("touchEnd")
    settle(page)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == before
    now = page.locator(".lvt-point").nth(1).bounding_box()
    assert abs(now["x"] + now["width"] / 2 - x - 40) < 3
    assert abs(now["y"] + now["height"] / 2 - y - 80) < 3
    assert in_link(page) == points(page)
    context.close()


def test_a_point_changes_its_class(visit):
    page = visit(f"/training?{FOUR}&example=1")
    page.get_by_role("button", name="Flip").click()
    settle(page)
    assert points(page)[1] == (-1, 1.5, 1)
    assert in_link(page) == points(page)


def test_a_copy_of_points_is_in_no_link_of_other_data(visit):
    page = visit(f"/training?{FOUR}")
    page.get_by_label("Data").first.select_option("blobs")
    settle(page)
    assert "points" not in page.url
    page.get_by_label("Data").first.select_option("own")
    settle(page)
    assert len(points(page)) == 4
    assert len(in_link(page)) == 4
