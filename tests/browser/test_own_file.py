"""A visitor's own file on the Training page: used, kept in the visit, not in the link."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lrviz.data.choosing import read_csv
from lrviz.data.dataset import standardise
from lrviz.data.table import BYTES_LIMIT
from lrviz.text.numbers import number
from lrviz.training.run import train
from tests.browser.conftest import settle, table
from tests.samples import NIGHT, some

RNG = np.random.default_rng(20170812)


def rows(count, delimiter=","):
    """A CSV of overlapping classes, as text."""
    X = RNG.normal(size=(count, 2)).round(3)
    label = np.where(X @ [1.0, -1.0] + RNG.logistic(size=count) > 0.3, "yes", "no")
    lines = [
        delimiter.join(["width", "height", "kind"]),
        *(
            delimiter.join([f"{a:.3f}", f"{b:.3f}", kind])
            for (a, b), kind in zip(X, label, strict=True)
        ),
    ]
    return "\n".join(lines) + "\n"


SMALL = rows(80)


def offer(page, text, name="mine.csv"):
    """Open the dialog and give it a file."""
    page.get_by_role("button", name="Your data…").click()
    page.get_by_role("dialog").wait_for()
    content = text if isinstance(text, bytes) else text.encode()
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


def use(page, text, name="mine.csv"):
    offer(page, text, name)
    confirm(page, name)


def confirm(page, name):
    button = page.get_by_role("button", name="Use this data")
    page.wait_for_function(
        "() => [...document.querySelectorAll('[role=dialog] button')]"
        ".some((b) => b.textContent === 'Use this data' && !b.disabled)"
    )
    settle(page)  # what was given is read in more than one run
    button.click()
    page.get_by_role("dialog").wait_for(state="detached")
    page.wait_for_function(
        "name => document.querySelector('select').selectedOptions[0].text === `File: ${name}`",
        arg=name,
    )
    settle(page)


def history_row(data, k):
    h = train(standardise(data.X)[0], data.y, learning_rate=0.5, steps=200)
    cells = [*h.params[k], h.losses[k], *h.gradients[k]]
    return [str(k), *(number(float(v)) for v in cells)]


def test_a_file_is_trained_on_and_stays_in_the_visit(open_page):
    page = open_page("/training?data=penguins")
    use(page, SMALL)
    assert "data=file" in page.url
    page.get_by_role("slider", name="step", exact=True).focus()
    page.keyboard.press("End")
    settle(page)
    assert table(page, "History")[-1] == history_row(read_csv(SMALL), 200)
    assert page.get_by_text(
        "80 examples; the label is kind: y = 0 is no, y = 1 is yes."
    ).is_visible()
    # Other data, another page, and back.
    page.get_by_label("Data").first.select_option("blobs")
    settle(page)
    assert "data=blobs" in page.url
    page.get_by_label("Data").first.select_option("file")
    settle(page)
    page.get_by_role("link", name="About").click()
    page.get_by_role("heading", level=1, name="About").wait_for()
    page.get_by_role("link", name="Training").click()
    page.wait_for_selector(".lvt.lv-ready")
    settle(page)
    assert page.get_by_text(
        "80 examples; the label is kind: y = 0 is no, y = 1 is yes."
    ).is_visible()


def test_the_link_says_that_the_file_is_not_in_it(open_page):
    page = open_page("/training?data=penguins")
    use(page, SMALL)
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Copied. The uploaded file is not in the link.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    other = open_page(copied[copied.index("/training") :])
    assert other.get_by_text("An uploaded file is not part of the link").is_visible()
    assert other.get_by_label("Data").first.input_value() == "twins"


def test_a_reload_loses_the_file_only_and_says_so(open_page):
    page = open_page("/training?data=penguins&opt=adam&lr=0.25&steps=120")
    use(page, SMALL)
    page.get_by_label("Learning rate, exact value").fill("0.2")
    page.keyboard.press("Enter")
    settle(page)
    page.reload()
    page.wait_for_selector(".lvt.lv-ready")
    settle(page)
    assert page.get_by_text("An uploaded file is not part of the link").is_visible()
    assert page.get_by_text("could not be read").count() == 0
    assert page.get_by_label("Optimizer").input_value() == "adam"
    assert page.get_by_label("Learning rate, exact value").input_value() == "0.2"
    assert page.get_by_role("textbox", name="Steps").input_value() == "120"


@pytest.mark.parametrize(
    ("content", "words"),
    some(
        2,
        [
            (b"", "The file is empty."),
            (b"PK\x03\x04 not really", "zip archive"),
            (b"a,b,c\n1,2,x\n3,4\n", "Row 3 has 2 cells"),
            (b"a,b,c\n1,2,x\n3,4,x\n", "two"),
        ],
    ),
)
def test_what_cannot_be_read_leaves_data_and_run_as_they_were(visit, content, words):
    page = visit("/training?data=blobs&step=20")
    before = (table(page, "History"), table(page, "Contributions"), page.url)
    offer(page, content)
    said = page.get_by_role("dialog").get_by_role("alert")
    said.wait_for()
    assert words in said.text_content()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").wait_for(state="detached")
    settle(page)
    assert (table(page, "History"), table(page, "Contributions"), page.url) == before


def test_an_upload_that_fails_is_said_in_words_and_can_be_tried_again(open_page):
    page = open_page("/training?data=blobs")
    upload = re.compile("/upload_file/")

    def refuse(route):
        route.fulfill(status=429)

    def lose(route):
        route.abort()

    for fails in (lose, refuse):
        page.route(upload, fails)
        offer(page, SMALL)
        chip = page.get_by_test_id("stFileChip")
        said = chip.get_by_role("alert")
        said.wait_for()
        words = said.text_content()
        assert words.startswith("Error: The file did not arrive:")
        chip.hover()
        page.get_by_role("tooltip").wait_for()
        assert page.get_by_role("tooltip").text_content() == words.removeprefix("Error: ")
        assert "Axios" not in page.locator("body").inner_text()
        page.unroute(upload)
        if fails is lose:
            page.get_by_role("button", name="Cancel").click()
            page.get_by_role("dialog").wait_for(state="detached")
            settle(page)
    # The next try, in the same dialog.
    page.locator("input[type=file]").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": SMALL.encode()}
    )
    confirm(page, "mine.csv")


#: A file's name as only some systems have them, before any script of the page.
HALF_A_CHARACTER = """(() => {
  const { get } = Object.getOwnPropertyDescriptor(File.prototype, "name");
  Object.defineProperty(File.prototype, "name", {
    configurable: true, get() { return `\ud83d${get.call(this)}`; },
  });
})()"""


def test_half_a_character_in_a_files_name_is_replaced(page, address):
    page.add_init_script(HALF_A_CHARACTER)
    page.goto(f"{address}/training?data=blobs")
    page.wait_for_selector(".lv-ready")
    settle(page)
    sockets = []
    page.on("websocket", lambda one: sockets.append(one.url))
    offer(page, SMALL)
    confirm(page, "\ufffdmine.csv")
    assert sockets == []
    page.close()  # its script would run for the next test too


def test_rows_pasted_beyond_the_limit_are_refused_with_a_sentence(open_page):
    page = open_page("/training?data=blobs")
    page.get_by_role("button", name="Your data…").click()
    page.get_by_role("radio", name="Paste rows").click()
    field = page.get_by_role("textbox", name="Rows, with the columns")
    field.wait_for()
    settle(page)
    # As Ctrl+V does, which sets the text at once.
    field.evaluate(
        """(node, most) => {
          const { set } = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value");
          set.call(node, "1".repeat(most));
          node.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        BYTES_LIMIT + 1,
    )
    said = page.get_by_role("dialog").get_by_role("alert")
    said.wait_for()
    assert f"larger than {BYTES_LIMIT // 1_000_000} MB, the limit" in said.text_content()
    assert field.input_value() == ""
    field.fill("a,b,c\n1,2,x\n3,4,y\n")
    assert said.count() == 0
    page.get_by_role("button", name="Read").click()
    page.locator("button:enabled", has_text="Use this data").wait_for()


def test_names_from_a_file_are_shown_letter_by_letter(open_page):
    page = open_page("/training?data=penguins")
    text = SMALL.replace("width", "<b>w</b> %{x}").replace("yes", "<img src=x onerror=alert(1)>")
    use(page, text, "<i>odd</i>.csv")
    texts = page.evaluate(
        """() => [...document.querySelectorAll(".lvt-data svg text")].map((n) => n.textContent)"""
    )
    assert any("<b>w</b> %" in one for one in texts)
    assert any("<img src=x" in one for one in texts)
    assert page.locator(".lvt img").count() == 0
    assert page.get_by_text("y = 0 is <img src=x onerror=alert(1)>").is_visible()


def test_many_rows_are_painted_and_can_be_chosen(open_page):
    page = open_page("/training?data=penguins")
    text = rows(5000)
    use(page, text)
    data = read_csv(text)
    painted = page.evaluate(
        """() => {
          const { canvas } = document.querySelector(".lvt").parentNode.lrvizTraining.data;
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return data.some((v, i) => i % 4 === 3 && v > 0);
        }"""
    )
    assert painted
    # The point farthest to the right stands alone.
    alone = int(np.argmax(data.X[:, 0]))
    x, y = page.evaluate(
        """([x, y]) => {
          const { data } = document.querySelector(".lvt").parentNode.lrvizTraining;
          const { left, top } = data.node.getBoundingClientRect();
          const [px, py] = data.px(x, y);
          return [left + px, top + py];
        }""",
        data.X[alone].tolist(),
    )
    page.mouse.click(x + 2, y - 1)
    settle(page)
    assert page.get_by_role("textbox", name="example").input_value() == str(alone)
    assert f"example={alone}" in page.url
    page.get_by_role("slider", name="step", exact=True).focus()
    page.keyboard.press("End")
    settle(page)
    assert table(page, "History")[-1] == history_row(data, 200)


@NIGHT
def test_a_file_at_the_limit_shows_progress_and_the_page_goes_on_answering(open_page):
    # The slices of three steps take long enough.
    page = open_page("/training?data=penguins&steps=3")
    lines = rows(20_000).splitlines()
    most = 1_990_000 // sum(len(line) + 1 for line in lines[1:])
    text = "\n".join([lines[0], *(lines[1:] * most)]) + "\n"
    assert 1_500_000 < len(text) <= 2_000_000
    use(page, text)
    count = len(lines[1:]) * most
    assert page.get_by_text(f"counted from 0 to {count - 1}").is_visible()
    page.get_by_label("Learning rate, exact value").fill("3")
    page.keyboard.press("Enter")
    page.locator(".st-key-training-progress [role=progressbar]").wait_for()
    # While it works, the run on screen can be stepped through.
    page.get_by_role("button", name="Step", exact=True).click()
    assert page.evaluate("document.querySelector('.lvt').parentNode.lrvizTraining.k") == 1
    assert page.get_by_text("Computing", exact=False).first.is_visible()
    page.wait_for_function(
        "() => document.querySelector('.lvt').parentNode.lrvizTraining"
        ".playback.spec.constants.eta === 3"
    )
