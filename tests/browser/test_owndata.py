"""The dialog for a visitor's own data, as a person meets it: files, rows, bad input."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile

import pytest

from lrviz.data.table import BYTES_LIMIT
from tests.browser.conftest import barriers, frames, settle, table
from tests.samples import sample, some, thin
from tests.servers import served

GOOD = b"width,height,kind\n1,2,b\n2,5,a\n3,4,b\n"
#: Eight columns and 344 rows, as the Palmer penguins come; rows 5 and 10 have hardly a value.
HEAD = "species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year"


def birds() -> bytes:
    dice = random.Random(1)
    lines = [HEAD]
    for row in range(2, 346):
        sizes = [f"{dice.uniform(low, 2 * low):.1f}" for low in (30, 13, 170, 2700)]
        sex = dice.choice(("female", "male"))
        if row in (5, 10):
            sizes, sex = ["NA"] * 4, ""
        kind, island = dice.choice("ACG"), dice.choice("BDT")
        lines.append(",".join((kind, island, *sizes, sex, dice.choice(("2007", "2008", "2009")))))
    return "\n".join(lines).encode()


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("a.csv", GOOD)
    return file.getvalue()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    log = tmp_path_factory.mktemp("dialog") / "log"
    with served("tests/apps/owndata.py", log=log) as server:
        yield server.url


@pytest.fixture
def dialog(empty_page, address):
    """Open the dialog in a visit of its own."""
    errors = []

    def opener(**options):
        page = empty_page(**options)
        page.on("dialog", lambda alert: errors.append(alert.message))
        page.goto(address)
        reopen(page)
        return page

    yield opener
    assert errors == []


def reopen(page):
    page.get_by_role("button", name="Open").click()
    page.get_by_role("dialog", name="Your own data").wait_for()
    settle(page)


def upload(page, content, name="mine.csv"):
    before = page.evaluate("sent.files")
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    page.locator(f"[data-testid='stFileChip'][aria-label^='{name}']").wait_for()
    if len(content) <= BYTES_LIMIT:  # the page asks for a run once the server has the file
        page.wait_for_function(
            "before => sent.files > before && watch.asked > sent.asked", arg=before
        )
    settle(page)


def paste(page, text):
    page.get_by_role("radio", name="Paste rows").click()
    page.get_by_role("textbox").wait_for()
    settle(page)
    page.get_by_role("textbox").fill(text)
    page.get_by_role("button", name="Read").click()
    settle(page)


def pick(page, label, value):
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=value, exact=True).click()
    settle(page)


def chosen(page, label):
    return page.get_by_role("combobox", name=label).input_value()


def use(page):
    page.get_by_role("button", name="Use this data").click()
    page.get_by_role("dialog").wait_for(state="detached")
    settle(page)


def used(page):
    """What the page behind the dialog was given, or None."""
    code = page.locator("code")
    return json.loads(code.inner_text()) if code.count() else None


def refused(page):
    """The sentences that refuse, once there is one."""
    page.get_by_role("alert").filter(has_text=re.compile(r"\w")).first.wait_for()
    return alerts(page)


def alerts(page):
    return [text for text in page.get_by_role("alert").all_inner_texts() if text]


def test_a_file_is_uploaded_and_used(dialog):
    page = dialog()
    assert page.get_by_role("button", name="Use this data").is_disabled()
    upload(page, birds(), "birds.csv")
    page.get_by_text("birds.csv: 344 rows, 8 columns, separated by commas.").wait_for()
    rows = table(page, "First rows")
    assert [row[0] for row in rows] == ["2", "3", "4", "5", "6"]
    assert rows[3][3] == "NA"
    assert chosen(page, "First feature") == "bill_length_mm"
    assert chosen(page, "Second feature") == "bill_depth_mm"
    assert chosen(page, "Label") == "sex"
    assert page.get_by_text(
        "Rows 5 and 10 have no value for “bill_length_mm”, “bill_depth_mm” or “sex”: 2 of 344 rows."
    ).is_visible()
    assert page.get_by_role("button", name="Use this data").is_disabled()
    page.get_by_text("Leave these 2 rows out").click()
    settle(page)
    pick(page, "Second feature", "year")
    pick(page, "Second feature", "body_mass_g")
    # Other columns, another question: their gaps are not left out by an answer about others.
    assert page.get_by_role("button", name="Use this data").is_disabled()
    page.get_by_text("Leave these 2 rows out").click()
    settle(page)
    use(page)
    got = used(page)
    assert (got["times"], got["rows"]) == (1, 342)
    assert (got["name"], got["labels"]) == ("birds.csv", ["female", "male"])
    assert got["features"] == ["bill_length_mm", "body_mass_g"]
    assert got["notes"] == ["Rows with missing values were left out: 5, 10."]
    # Of an upload nothing is left but what was chosen.
    assert got["uploads"] == 0
    assert "own-data-open" not in got["keys"]


def test_it_opens_again_with_the_same_file_and_choices(dialog):
    page = dialog()
    upload(page, GOOD)
    pick(page, "First feature", "height")
    pick(page, "Second feature", "width")
    pick(page, "Which value is 1", "a (1 row)")
    use(page)
    first = used(page)
    assert (first["features"], first["labels"], first["ones"]) == (
        ["height", "width"],
        ["b", "a"],
        1,
    )
    reopen(page)
    page.get_by_text("mine.csv: 3 rows, 3 columns").wait_for()
    names = ("First feature", "Second feature", "Label", "Which value is 1")
    assert [chosen(page, name) for name in names] == ["height", "width", "kind", "a (1 row)"]
    use(page)
    assert used(page)["times"] == 2
    assert {**used(page), "times": 1, "keys": []} == {**first, "keys": []}
    # Another file begins afresh.
    reopen(page)
    upload(page, b"p,q,r\n1,2,0\n3,4,1\n", "other.csv")
    assert [chosen(page, name) for name in names] == ["p", "q", "r", "1 (1 row)"]


def test_rows_are_pasted_and_which_value_is_1_is_turned_round(dialog):
    page = dialog()
    paste(page, "x1;x2;y\n1,5;2;no\n2,5;1;yes\n3,5;7;yes\n")
    page.get_by_text("3 rows, 3 columns, separated by semicolons.").wait_for()
    page.get_by_text("“yes” is 1, in 2 rows; “no” is 0, in 1 row.").wait_for()
    assert page.get_by_text("In “x1” the comma was read as the decimal mark.").is_visible()
    pick(page, "Which value is 1", "no (1 row)")
    page.get_by_text("“no” is 1, in 1 row; “yes” is 0, in 2 rows.").wait_for()
    use(page)
    got = used(page)
    assert (got["first"], got["ones"], got["labels"]) == ([1.5, 2], 1, ["yes", "no"])
    reopen(page)
    assert page.get_by_role("textbox").input_value().startswith("x1;x2;y\n1,5;2;no")


def test_leaving_changes_nothing(dialog):
    page = dialog()
    upload(page, GOOD)
    use(page)
    before = used(page)
    ways = [
        lambda: page.get_by_role("button", name="Cancel").click(),
        lambda: page.keyboard.press("Escape"),
        lambda: page.get_by_role("button", name="Close").click(),
    ]
    for leave in some(2, ways):
        reopen(page)
        upload(page, b"p,q,r\n1,2,0\n3,4,1\n", "other.csv")
        leave()
        page.get_by_role("dialog").wait_for(state="detached")
        page.wait_for_function(
            "() => !document.querySelector('code').innerText.includes('own-data-open')"
        )
        # The run that a dialog asked for which is gone never begins: nobody can wait for its end.
        frames(page, 30)
        assert {**used(page), "keys": []} == {**before, "keys": []}


BAD = {
    "empty": (b"", "The file is empty."),
    "header only": (b"a,b,c\n", "The file has a header only, and no rows of data."),
    "NUL": (b"a,b,c\n1,2,x\n1,\0,y\n", "Line 3 holds a NUL character, which no CSV does."),
    "zip": (archive(), "This is a zip archive (an .xlsx file is one too), not a CSV"),
    "wide": (
        b",".join(b"c%d" % i for i in range(20_000)) + b"\n" + b"1," * 19_999 + b"1\n",
        "The file has 20000 columns, and at most 100 can be read.",
    ),
    "long cell": (b"a,b,c\n1,2," + b"x" * 200_000 + b"\n", "Row 2 has a cell"),
    "one class": (b"a,b,c\n1,2,x\n2,3,x\n3,4,x\n", "no column has two: “a” has 3"),
    "three classes": (b"a,b,c\n1,2,x\n2,3,y\n3,4,z\n", "no column has two: “a” has 3"),
    "constant": (
        b"a,b,c\n1,2,x\n1,3,y\n",
        "Two columns of numbers are needed, and only “b” is one: “a” is the same in every row",
    ),
    "open quote": (b'a,b,c\n1,2,x\n1,3,"y\n', 'Row 3 opens a quotation mark (") that is never'),
    "twice": (b"a,a,c\n1,2,x\n1,3,y\n", "Columns 1 and 2 have the same name, “a”, in row 1."),
}


def test_bad_input_gets_one_sentence_and_what_was_there_stays(dialog):
    page = dialog()
    upload(page, GOOD)
    use(page)
    before = used(page)
    reopen(page)
    for kind, (content, sentence) in some(7, list(BAD.items())):
        upload(page, content, f"{kind}.csv")
        page.get_by_role("alert").filter(has_text=sentence).wait_for()
        settle(page)
        assert len(alerts(page)) == 1, kind
        assert page.get_by_role("button", name="Use this data").is_disabled(), kind
        assert not page.get_by_text("Traceback").count(), kind
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").wait_for(state="detached")
    settle(page)
    assert {**used(page), "keys": []} == {**before, "keys": []}


@pytest.mark.parametrize("size", some(1, [2_000_001, 2_500_000, 12_000_000]))
def test_a_file_that_is_too_large_is_told_so_and_is_not_sent(dialog, size):
    page = dialog()
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    upload(page, b"a,b,c\n".ljust(size, b"1"), "large.csv")
    assert refused(page) == ["Error: File must be 2.0MB or smaller."]
    box = page.locator("[data-testid='stFileChip'] [role='alert']").bounding_box()
    assert box["width"] > 100
    assert "PUT" not in sent


def test_a_file_of_the_limit_is_read(dialog):
    page = dialog()
    upload(page, GOOD.ljust(2_000_000, b"\n"))
    page.get_by_text("mine.csv: 3 rows").wait_for()
    assert alerts(page) == []


def test_a_file_after_a_bad_one_is_read(dialog):
    page = dialog()
    upload(page, b"a,b,c\n1,2\n", "bad.csv")
    assert refused(page) == ["Row 2 has 2 cells, but row 1 has 3."]
    upload(page, GOOD)
    page.get_by_text("mine.csv: 3 rows").wait_for()
    assert alerts(page) == []
    use(page)
    assert used(page)["name"] == "mine.csv"


def test_many_rows_are_chosen_from_without_being_sent(dialog):
    dice = random.Random(2)
    count = sample(40_000, 140_000)
    lines = [f"{dice.uniform(-9, 9):.2f},{dice.uniform(-9, 9):.1f},{i % 2}" for i in range(count)]
    page = dialog()
    upload(page, "\n".join(("x1,x2,y", *lines)).encode(), "long.csv")
    page.get_by_text(f"long.csv: {count} rows, 3 columns").wait_for()
    settle(page)
    assert len(page.content()) < 400_000
    pick(page, "Which value is 1", f"0 ({count // 2} rows)")
    page.get_by_text(f"“0” is 1, in {count // 2} rows").wait_for()
    use(page)
    assert used(page)["rows"] == count


NAMES = (
    "*a* _b_ **c** `d`",
    "$x^2$ :smile: a -> b",
    "<b>h</b> [l](http://x.example)",
    ":red[hi] :material/home:",
)


def test_names_and_cells_are_shown_as_they_are_written(dialog):
    page = dialog()
    cells = ("=HYPERLINK(1)", "<img src=x onerror=alert(1)>")
    lines = [",".join(NAMES)] + [f"{i},{i * i % 5},{cells[i % 2]},~~t~~" for i in range(5)]
    lines.append(f"1,,{cells[0]},~~t~~")
    upload(page, "\n".join(lines).encode(), "*n* $x$ <b>.csv")
    heads = page.get_by_role("columnheader").all_inner_texts()
    assert heads == ["Row", *NAMES]
    assert table(page, "First rows")[0] == ["2", "0", "0", cells[0], "~~t~~"]
    assert chosen(page, "Label") == NAMES[2]
    body = page.get_by_role("dialog").inner_text()
    assert f"“{cells[0]}” is 1, in 3 rows; “{cells[1]}” is 0, in 2 rows." in body
    assert f"Row 7 has no value for “{NAMES[1]}”" in body
    assert "*n* $x$ <b>.csv: 6 rows" in body
    inside = page.get_by_role("dialog").locator(".stHtml :is(b, img, a, em, strong, code, .katex)")
    assert inside.count() == 0
    # And in a sentence that refuses.
    upload(page, f"{NAMES[1]},{NAMES[2]},{NAMES[3]}\n1,2,x\n2,3,y\n3,4,z\n".encode())
    (sentence,) = refused(page)
    for name in NAMES[1:]:
        assert f"“{name}”" in sentence


def test_the_whole_way_is_open_to_a_keyboard(dialog):
    page = dialog()
    page.get_by_role("radio", name="Upload a file").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    settle(page)
    page.get_by_role("textbox").focus()
    page.keyboard.insert_text("x,y,kind\n3,4,b\n1,2,a\n")
    page.keyboard.press("Control+Enter")
    settle(page)
    assert reached(page, "combobox", "Which value is 1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    settle(page)
    assert chosen(page, "Which value is 1") == "a (1 row)"
    assert reached(page, "button", "Use this data")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for(state="detached")
    settle(page)
    assert used(page)["labels"] == ["b", "a"]


def reached(page, role, name):
    """Whether Tab leads to a widget, in a few steps."""
    widget = page.get_by_role(role, name=name)
    for _ in range(10):
        page.keyboard.press("Tab")
        if widget.evaluate("node => node === document.activeElement"):
            return True
    return False


@pytest.mark.parametrize(("scheme", "width"), thin(["dark", "light"], [390, 1440], by=4))
def test_axe_finds_nothing_and_nothing_is_cut_off(dialog, scheme, width):
    page = dialog(width=width, scheme=scheme)
    steps = [
        lambda: upload(page, birds(), "birds.csv"),
        lambda: upload(page, b"a,b\n1\n", "a-file-with-a-name-as-long-as-names-can-be.csv"),
        lambda: upload(page, b"1,2,x\n" * 400_000, "large.csv"),
        lambda: paste(page, "x,y,kind\n3,4,b\n1,2,a\n"),
    ]
    for step in (lambda: None, *some(2, steps)):
        step()
        # Streamlit's own place to drop a file has a name and no role: a rule of good practice.
        assert [v for v in barriers(page) if v[0] != "presentation-role-conflict"] == []
        box = page.get_by_role("dialog").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        outside = page.evaluate(
            """() => {
              const edge = document.querySelector('[role=dialog]').getBoundingClientRect().right;
              return [...document.querySelectorAll('[role=dialog] *')].filter((node) =>
                !node.closest('.lv-own-rows')
                && node.getBoundingClientRect().width > 1
                && node.getBoundingClientRect().right > edge + 1).map((node) => node.outerHTML);
            }"""
        )
        assert outside == []
    # Which axe cannot tell, because of what lies under a dialog.
    style = page.get_by_role("button", name="Use this data").evaluate(
        "node => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]"
    )
    assert contrast(*style) >= 4.5


def contrast(one, other):
    """The contrast of two opaque colours as WCAG 2 defines it."""

    def luminance(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
