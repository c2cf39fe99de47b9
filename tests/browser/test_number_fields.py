"""Every field for a number on the five pages: a number, or a sentence and the number as it was."""

from __future__ import annotations

import json
import math
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from lrviz import settings
from lrviz.text.cards import CARDS
from lrviz.text.guide import Type
from tests.browser.conftest import settle
from tests.browser.test_share_page import unseen_preview
from tests.samples import LONG, NIGHT, some

#: What no field takes, or what one may take for the number that it is.
TYPED = {
    "nan": None,
    "Infinity": None,
    "1e999": None,
    "-1e999": None,
    "": None,
    "abc": None,
    "\u0663": None,  # a digit, and none of ours
    "１２": 12.0,
    "1\u00a0000": 1000.0,
    "0x10": 16.0,
    "-0": 0.0,
    "1e-320": 1e-320,
    "1e-9": 1e-9,
    "\u22121": -1.0,
    "+1": 1.0,
    "-1/8": -0.125,
    "1/4": 0.25,
    ".5": 0.5,
    "0,25": 0.25,
    "1/0": None,
    "1/2/3": None,
    "w1 = 3\n2;4": None,
    "</p><img src=x onerror=zq()>": None,
    "7" * 1_000_000: None,
}
#: Of these, what every field takes.
SURE = ("-0", "1e-9", "\u22121", "+1", "-1/8", "1/4", ".5", "0,25")
#: What the live component holds; JSON has one zero.
HELD = """() => {
  const host = document.querySelector(".lv").parentNode;
  return JSON.parse(JSON.stringify((host.lrviz ?? host.lrvizTraining).fields));
}"""
#: Put text into a field, as what is pasted comes, and leave it.
PASTE = """(field, text) => {
  field.focus();
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.blur();
}"""
#: The sentence beside a field, if it is shown.
SAID = """(field) => [...field.parentNode.querySelectorAll("[role=alert]")]
  .filter((one) => !one.hidden).map((one) => one.textContent).join()"""


def turn(n):
    """What the n-th field is given by day: a quarter, and four fields in a row get all."""
    return [one for m, one in enumerate(TYPED.items()) if LONG or (m + n) % 4 == 0]


def addressed(page):
    """The state that the address opens."""
    address = urlsplit(page.url)
    fields = settings.TRAINING if address.path.endswith("/training") else settings.GRAPH
    state, bad = settings.decode(fields, parse_qs(address.query), lambda _: ())
    assert not bad
    return json.loads(json.dumps(state))


def name_of(field):
    return field.evaluate("(one) => one.ariaLabel ?? one.labels[0].textContent")


@pytest.mark.parametrize(
    "link",
    some(1, ["/training?data=blobs&opt=sgd&lr=0.2", "/?w1=2&at=w1&nudge=1", "/training?opt=adam"]),
)
def test_a_field_takes_a_number_or_says_what_it_takes(visit, link):
    page = visit(link)
    fields = page.locator("input.lv-number:visible")
    names = [name_of(field) for field in fields.all()]
    assert len(names) >= 5
    for n, name in enumerate(names):
        field = fields.nth(n)
        start = field.input_value()
        for text, meant in turn(n):
            before = page.evaluate(HELD)
            field.evaluate(PASTE, text)
            after = page.evaluate(HELD)
            changed = {key: after[key] for key in after if after[key] != before.get(key)}
            said = field.evaluate(SAID)
            what = (name, text[:20], changed, said)
            if changed:
                assert meant is not None, what
                # Python has taken the same, and written it into the address.
                settle(page)
                assert page.evaluate(HELD) == after, what
                assert addressed(page) == after, what
                # Of a start, which is three numbers, one is never enough.
                assert list(changed.values()) == [meant], what
                assert not said, what
            elif said:
                takes = re.search(r" takes (.+) from (\S+) to (\S+); it stays at ", said)
                assert takes, what
                low, high = (float(end.replace("−", "-")) for end in takes.groups()[1:])
                # A plain number or a fraction that is refused is no whole one, or out of range.
                refused = re.search("whole|numbers", takes[1]) or not low <= (meant or 0) <= high
                assert refused or text not in SURE, what
                assert len(said) < 200, what
            else:
                # The number that was there, or said by other means.
                assert field.input_value() != text or meant is not None, what
        field.evaluate(PASTE, start)
        assert not field.evaluate(SAID), name
        settle(page)
    held = page.evaluate(HELD)
    assert all(math.isfinite(v) for v in held.values() if isinstance(v, float))
    assert page.get_by_test_id("stException").count() == 0
    # What is held is what the address says: nothing was lost on the way.
    page.reload()
    page.wait_for_selector(".lv-ready")
    settle(page)
    assert page.evaluate(HELD) == held
    assert page.get_by_test_id("stAlert").count() == 0


@NIGHT
def test_practice_takes_whole_numbers_and_short_answers(open_page):
    page = open_page("/practice?seed=4", stands=".st-key-practice-answer")
    seed = page.get_by_label("Seed", exact=True)
    for text in ("-1", "1e999", "1e-320", "\u22123", "１２", "9" * 40, "", "abc", "7"):
        seed.fill("")
        seed.press_sequentially(text)
        seed.press("Enter")
        settle(page)
        assert page.get_by_test_id("stException").count() == 0
        # It shows the seed that is asked about, or is marked as wrong.
        if seed.get_attribute("aria-invalid") != "true":
            shown = seed.input_value().replace(",", "")
            expect(page.get_by_text(f"Problem 1 · seed {shown} · level")).to_be_visible()
    assert seed.input_value() == "7"
    answer = page.get_by_label("Your answer")
    for text in ("nan", "1e999", "", "１２", "−", "7" * 1_000_000):
        answer.fill(text)
        page.get_by_role("button", name="Check", exact=True).click()
        settle(page)
        assert page.get_by_test_id("stException").count() == 0
        if text:
            expect(page.locator(".st-key-practice-said")).to_be_visible()
    page.get_by_text("For teachers").first.click()
    variants = page.get_by_label("Variants")
    for text in ("-1", "1e999", ""):
        variants.fill("")
        variants.press_sequentially(text)
        variants.press("Enter")
        settle(page)
        assert page.get_by_test_id("stException").count() == 0


@NIGHT
def test_a_link_of_a_megabyte_is_read_or_refused(open_page):
    page = open_page("/share", stands=".st-key-share-out")
    field = page.get_by_role("textbox", name="The state to share")
    with unseen_preview(page):
        for text in (
            "/?w1=nan&w2=1e999&b=1e-320",
            "x" * 1_000_000,
            "/?points=" + "1_1_1~" * 100_000,
        ):
            field.fill(text)
            field.press("Enter")
            settle(page)
            assert page.get_by_test_id("stException").count() == 0
            page.locator(".st-key-share-out").wait_for()


def test_a_blank_and_a_card_take_no_text_for_a_number(visit):
    page = visit("/?w1=-3.5&hide=number1,number3,gradients")
    section = page.get_by_role("region", name="Fill in what is left out")
    blank = page.get_by_role("textbox", name="∂L/∂z, to fill in", exact=True).first
    for text in ("nan", "1e999", "-1e999", "1e-320", "\u0663", "7" * 1_000_000):
        blank.fill(text)
        blank.press("Enter")
        settle(page)
        said = section.get_by_role("status").inner_text()
        assert 0 < len(said) < 500, (text[:20], said)
        assert "0 of 5 right" in section.inner_text(), text[:20]
    asked = next(one for one in CARDS.values() if one.page == "graph" and isinstance(one.ask, Type))
    page = visit(f"/?guide={asked.name}")
    card = page.get_by_role("region", name="Guide")
    answer = card.get_by_label("Your answer")
    for text in ("nan", "1e999", "", "\u0663", "Infinity", "7" * 1_000_000):
        answer.fill(text)
        answer.press("Enter")
        settle(page)
        assert card.get_by_role("status").inner_text() == "Type a number, such as −0.25.", text[:20]
    assert page.get_by_test_id("stException").count() == 0
