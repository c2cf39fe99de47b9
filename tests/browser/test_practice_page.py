"""The Practice page in a real browser: answers, mistakes, hints, memory, tasks."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from lrviz.practice import handin, schedule
from lrviz.practice.judge import judge
from lrviz.practice.making import kind_of, problem
from lrviz.practice.mistakes import MISTAKES
from lrviz.practice.problem import KINDS, TASK
from lrviz.text.numbers import number
from tests.browser.conftest import STEP, THERE, apart, back, barriers, boxes, resize, settle
from tests.samples import thin


def first(level, kind, seed=1):
    """The first problem of a kind."""
    n = next(n for n in range(1, 20) if kind_of(seed, level, n) == kind)
    return problem(seed, level, n)


def at(made, more=""):
    return f"/practice?seed={made.seed}&level={made.level}&n={made.n}{more}"


@pytest.fixture
def open_practice(open_page):
    """Open a path of the page, in a visit of its own, which has told what its browser remembers."""

    def opener(path, stands="[data-testid=stForm]", **options):
        page = open_page(path, stands=stands, **options)
        heard(page)
        return page

    return opener


def heard(page):
    """Wait until the page has told what the browser remembers: it is drawn once more then."""
    page.wait_for_selector("[data-told]", state="attached")
    settle(page)


def answer(page, text, label="Your answer"):
    page.get_by_label(label).fill(text)
    page.keyboard.press("Enter")
    settle(page)


def press(page, name):
    page.get_by_role("button", name=name).click()
    settle(page)


def said(page, *texts):
    """What is said of the answer, as soon as one of these texts is in it."""
    there = page.locator(".st-key-practice-said")
    expect(there).to_contain_text(re.compile("|".join(map(re.escape, texts))))
    return there.inner_text()


def test_a_mistake_is_named_and_leads_to_the_line_that_settles_it(open_practice):
    made = first(1, "chain")
    page = open_practice(at(made), ".lv-task-picture")
    answer(page, str(-made.key))
    sign = page.locator(".lv-judged")
    assert MISTAKES["swapped"].name in said(page, MISTAKES["sign"].name)
    expect(sign).to_have_text("✗")
    assert "sign flipped" in page.locator(".st-key-practice-said [role=status]").inner_text()
    answer(page, "(a − y)" + ("" if made.of == "b" else "·" + made.of.replace("w", "x")))
    said(page, "Right: ")
    expect(sign).to_have_text("✓")
    expect(page.locator(".lv-task-wide .lv-task-gradient")).to_contain_text(number(made.key))
    answer(page, "12345")
    said(page, "none is guessed")
    answer(page, "import os")
    said(page, "cannot", "means nothing", "not given")
    expect(sign).to_have_count(0)
    answer(page, str(-made.key))
    with page.expect_popup() as opened:
        page.get_by_role("link", name="The line that settles it").first.click()
    graph = opened.value
    graph.wait_for_selector(".lv-ready")
    assert "part=3" in graph.url
    for name, value in made.inputs.items():
        if name in ("x1", "x2", "w1", "w2", "b"):
            slider = graph.get_by_role("slider", name=name, exact=True)
            assert float(slider.input_value()) == value
    graph.close()


def test_on_a_phone_what_is_said_of_an_answer_is_in_view(open_practice):
    made = first(1, "read")
    page = open_practice(at(made), ".lv-task-picture", width=390, height=844)
    answer(page, str(made.key + 17))
    said(page, "none is guessed")
    box = page.locator(".st-key-practice-said").bounding_box()
    assert box["y"] > 0
    assert box["y"] + box["height"] <= 844


def test_hints_come_one_by_one_then_the_solution_and_what_went_wrong_is_remembered(open_practice):
    made = first(1, "chain")
    page = open_practice(at(made), ".lv-task-picture")
    for n in (1, 2, 3):
        press(page, f"Hint {n} of 3")
        expect(page.get_by_text(f"Hint {n} ·")).to_be_visible()
    expect(page.get_by_role("button", name="Hint 3 of 3")).to_be_disabled()
    press(page, "Solution")
    assert number(made.key).strip("−") in page.locator(".st-key-practice-solution").inner_text()
    kept = json.loads(page.evaluate("localStorage.getItem('lrviz-practice')"))
    assert kept["kinds"]["chain"][0] == 0
    # The browser alone remembers: a new session goes on from what it tells.
    page.reload()
    page.wait_for_selector(".lv-task-picture svg", state="attached")
    heard(page)
    memory, n = schedule.checked(kept), made.n
    shown = []
    for _ in range(4):
        press(page, "Next")
        n = schedule.following(memory, made.seed, made.level, n)
        now = problem(made.seed, made.level, n)
        shown.append(now.kind)
        assert page.get_by_role("heading", level=1).inner_text() == KINDS[now.kind]
        typed = now.key if isinstance(now.key, str) else repr(now.key)
        page.get_by_role("textbox").first.fill(typed)
        page.keyboard.press("Enter")
        settle(page)
        memory = schedule.answered(memory, now.kind, right=True)
    assert "chain" in shown


def test_one_state_is_one_link_and_back_goes_back(open_practice):
    page = open_practice("/practice", ".lv-task-picture")
    # What another test got wrong would come back sooner.
    page.evaluate("localStorage.clear()")
    page.reload()
    page.wait_for_selector(".lv-task-picture")
    heard(page)
    press(page, "Next")
    assert page.url.endswith("/practice?n=2")
    back(page)
    page.wait_for_function("!location.search")
    settle(page)
    assert page.get_by_role("heading", level=1).inner_text() == KINDS[problem(1, 1, 1).kind]
    page.get_by_role("radio", name="2", exact=True).click()
    page.wait_for_function(THERE, arg="/practice?level=2")


def test_by_keyboard_the_level_and_the_seed_keep_the_focus(open_practice):
    page = open_practice("/practice", ".lv-task-picture")
    focused = page.locator(":focus")
    page.get_by_role("radio", name="1", exact=True).focus()
    for level in ("2", "3"):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
        page.wait_for_function(THERE, arg=f"/practice?level={level}")
        settle(page)
        expect(focused).to_have_text(level)
        expect(focused).to_be_checked()
    seed = page.get_by_label("Seed")
    seed.fill("7")
    page.keyboard.press("Enter")
    page.wait_for_function(THERE, arg="/practice?seed=7&level=3")
    settle(page)
    expect(seed).to_be_focused()
    # Emptied, it is the seed that stands: there is nothing to clear.
    expect(page.get_by_role("button", name="Clear value")).to_have_count(0)
    seed.fill("")
    page.keyboard.press("Enter")
    expect(seed).to_have_value("7")
    back(page)
    expect(seed).to_have_value("1")
    expect(page.get_by_role("radio", name="3", exact=True)).to_be_checked()
    settle(page)
    # Both ask Python for a run, the second as the first begins.
    seed.fill("8")
    page.get_by_role("button", name="Next").click()
    page.wait_for_function("() => location.search.includes('seed=8')")
    settle(page)
    expect(seed).to_have_value("8")


@pytest.mark.parametrize(("kind", "width"), thin(list(KINDS), [1440, 390], by=4))
def test_nothing_is_cut_off_or_overlaps(visit_practice, width, kind):
    made = first(2, kind)
    shape = "wide" if width > 640 else "tall"
    drawn = made.asked is not None and not made.rows
    page = visit_practice(at(made), width)
    page.wait_for_selector(f".lv-task-{shape} svg" if drawn else "[data-testid=stForm]")
    assert page.get_by_role("heading", level=1).inner_text() == KINDS[kind]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    texts = boxes(page, f".lv-task-{shape} text")
    for i, one in enumerate(texts):
        assert all(apart(one, other, 3) for other in texts[:i]), (kind, i)
    cards = boxes(page, f".lv-task-{shape} rect")
    for i, one in enumerate(cards):
        assert all(apart(one, other) for other in cards[:i])
    if drawn:
        assert len(cards) >= 4
        # Streamlit puts one picture in the place of another: this problem's is waited for.
        named = f".lv-task-{shape} svg"
        page.wait_for_function(
            """([selector, numbers]) => {
              const name = document.querySelector(selector)?.getAttribute("aria-label") ?? "";
              return name.includes("is asked") && numbers.every((one) => name.includes(one));
            }""",
            arg=[named, [number(value) for _, value in made.given]],
        )


@pytest.fixture(scope="session")
def visit_practice(new_page, address):
    """One page that goes from problem to problem, as by steps of the history."""
    page = new_page()
    page.goto(f"{address}/practice", wait_until="commit")
    page.wait_for_selector("[data-testid=stForm]")
    heard(page)

    def visit(path, width):
        if not page.evaluate(THERE, path):
            before = page.evaluate("watch.asked")
            page.evaluate(STEP, path)
            page.wait_for_function("before => watch.asked > before", arg=before)
        resize(page, width, 900)
        return page

    yield visit
    page.close()


@pytest.mark.parametrize(
    ("scheme", "kind"), thin(["dark", "light"], ["chain", "order", "mean"], by=4)
)
def test_axe_finds_nothing(open_practice, scheme, kind):
    made = first(2, kind)
    page = open_practice(at(made), scheme=scheme)
    wrong = made.lines[0][0] if made.lines else str(made.wrongs[0].value)
    answer(page, wrong, "The letters in order" if made.kind == "order" else "Your answer")
    press(page, "Hint 1 of 3")
    page.get_by_text("For teachers").click()
    settle(page)
    assert barriers(page) == []


def test_a_task_gives_nothing_away_and_ends_with_a_code(open_practice):
    page = open_practice("/practice?seed=7&hide=solution")
    right = []
    for n in range(1, TASK + 1):
        made = problem(7, 1, n)
        assert f"Problem {n} of {TASK}" in page.locator("body").inner_text()
        assert page.get_by_role("button", name="Hint").count() == 0
        assert page.get_by_role("button", name="Solution").count() == 0
        typed = str(made.key) if n % 3 else ("9999" if isinstance(made.key, float) else "1")
        if n % 3:
            right.append(n)
        assert judge(made, typed).right is (True if n % 3 else judge(made, typed).right)
        page.get_by_role("textbox").first.fill(typed)
        page.keyboard.press("Enter")
        settle(page)
        shown = page.locator("[data-testid=stMain]").inner_text()
        if n % 3 == 0 and isinstance(made.key, float):
            assert "Not yet." in shown
            if made.kind in ("chain", "step"):
                assert number(made.key) not in page.content()
            assert MISTAKES["sign"].sentence not in shown
        press(page, "Next")
    assert f"{len(right)} of {TASK}" in page.locator("[data-testid=stMain]").inner_text()
    page.get_by_label("Your name").fill("Ada Example")
    page.keyboard.press("Enter")
    settle(page)
    code = page.get_by_test_id("stCode").inner_text().strip()
    assert handin.check("ada example", code) == handin.Result(7, 1, tuple(right))


def test_a_teacher_takes_worksheets_and_checks_a_code(open_practice):
    page = open_practice("/practice?seed=7&level=2")
    page.get_by_text("For teachers").click()
    page.get_by_label("Variants").fill("3")
    page.keyboard.press("Enter")
    settle(page)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Worksheet, HTML").click()
    text = caught.value.path().read_text()
    assert text.count("<article>") == 3 * TASK
    link = page.get_by_test_id("stCode").inner_text().strip()
    assert link.endswith("/practice?seed=7&level=2&hide=solution")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Code", exact=True).fill(handin.code("Ada", 7, 2, (1, 4)))
    page.get_by_role("button", name="Check the code").click()
    settle(page)
    expect(page.get_by_text("2 of 10 right at the first answer (1, 4)")).to_be_visible()
