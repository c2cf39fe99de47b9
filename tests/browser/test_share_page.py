"""The Share page, embeds and paper, as a teacher meets them."""

from __future__ import annotations

import re
from contextlib import contextmanager
from urllib.parse import unquote

import pytest

from lrviz import settings
from lrviz.pages import share
from tests.browser.conftest import (
    apart,
    back,
    boxes,
    labels,
    resize,
    settle,
    slide,
    table,
    violations,
)
from tests.browser.states import TRAINING_PARTS
from tests.browser.test_graph_page import faded
from tests.samples import some, thin


@contextmanager
def unseen_preview(page):
    """Load no preview, a whole page, at every change of what is shared."""
    preview = re.compile("embed=true")
    page.route(preview, lambda route: route.abort())
    yield
    page.unroute(preview)


def test_a_teacher_takes_a_state_leaves_parts_out_and_sees_what_students_will_see(
    open_page, address
):
    page = open_page("/?w1=-1.25")
    with unseen_preview(page):
        page.get_by_role("link", name="Share").click()
        page.get_by_role("heading", level=1, name="Share").wait_for()
        settle(page)
        assert (
            page.get_by_role("textbox", name="The state to share").input_value()
            == f"{address}/?w1=-1.25"
        )
        for part in ("The derivation", "Computed numbers"):
            page.get_by_role("button", name=part).click()
            settle(page)
    page.get_by_role("radio", name="Dark").click()
    settle(page)
    link, snippet = (code.inner_text() for code in page.locator("code").all())
    assert link == f"{address}/?w1=-1.25&hide=derivation,values"
    assert "embed_options=dark_theme" in snippet
    frame = page.frame_locator(".st-key-share-preview iframe")
    frame.locator(".lv-ready").wait_for()
    assert frame.get_by_role("slider", name="w1", exact=True).input_value() == "-1.25"
    assert frame.locator(".lv-derivation").is_hidden()
    assert frame.locator(".lv-player").is_hidden()
    assert frame.locator(".lv").get_attribute("data-mode") == "dark"
    assert frame.get_by_test_id("stHeader").is_hidden()
    shown = frame.locator(".lv-plot .textpoint text:not(.lv-not-yet)").evaluate_all(
        "all => all.map(one => [one.dataset.kind, one.textContent])"
    )
    # Where a gradient stood there is a blank; ∂L/∂L is always 1.
    assert {text.strip() for kind, text in shown if kind == "adjoint"} & set("123456789") == {"1"}
    assert not any(re.search(r"\d\.\d", text) for kind, text in shown if kind == "adjoint")
    assert "symbol" in {kind for kind, _ in shown}


def test_a_run_is_shared_whole_and_opens_elsewhere_with_the_parts_left_out(
    open_page, visit, address
):
    page = open_page("/training?data=penguins")
    page.get_by_label("Data", exact=True).select_option("outlier")
    settle(page)
    page.get_by_label("Optimizer", exact=True).select_option("adam")
    settle(page)
    page.get_by_role("radio", name="w₂, b").check(force=True)
    settle(page)
    field = page.get_by_role("textbox", name="step exact value")
    field.fill("40")
    field.press("Enter")
    page.get_by_role("button", name="example 59").click()
    settle(page)
    said = {name: table(page, name) for name in ("History", "Contributions")}
    whole = f"{address}/training?data=outlier&opt=adam&plane=w2b&step=40&example=59"
    assert page.url == whole

    page.get_by_role("link", name="Share").click()
    page.get_by_role("heading", level=1, name="Share").wait_for()
    settle(page)
    assert page.get_by_role("textbox", name="The state to share").input_value() == whole
    assert page.locator("code").first.inner_text() == whole
    # Every part of the page can be left out, and each is called something of its own.
    pills = page.get_by_role("toolbar", name="Leave out").get_by_role("button")
    assert len(set(pills.all_inner_texts())) == len(settings.TRAINING_HIDEABLE)
    for part in ("contributions", "example"):
        page.get_by_role("button", name=share.PARTS[part]).click()
        settle(page)
    without, snippet = (code.inner_text() for code in page.locator("code").all())
    assert without == f"{whole}&hide=contributions,example"
    assert "/training?" in snippet
    frame = page.frame_locator(".st-key-share-preview iframe")
    frame.locator(".lvt.lv-ready").wait_for()
    assert table(frame, "History") == said["History"]
    for part, name in TRAINING_PARTS.items():
        shown = frame.get_by_role("region", name=name, exact=True).count()
        assert shown == (part not in ("contributions", "example"))

    other = visit(whole.removeprefix(address))
    assert {name: table(other, name) for name in said} == said
    assert other.get_by_test_id("stAlert").count() == 0
    other = visit(without.removeprefix(address))
    assert table(other, "History") == said["History"]
    assert other.get_by_role("table", name="Contributions").count() == 0


def test_the_copy_buttons_are_always_there_and_copy_what_stands_beside_them(open_page, address):
    page = open_page("/practice?seed=7&level=2&n=3", stands="[data-testid=stForm]")
    with unseen_preview(page):
        page.get_by_role("link", name="Share").click()
        page.get_by_role("button", name="Copy the link").wait_for()
        settle(page)
        assert "A link is no lock" in page.locator(".st-key-share-out").inner_text()
        page.get_by_role("button", name=share.PARTS["solution"]).click()
        settle(page)
    for n, name in enumerate(("Copy the link", "Copy the embed")):
        copy = page.get_by_role("button", name=name)
        assert copy.evaluate("node => node.tabIndex >= 0 && node.checkVisibility()")
        copy.focus()
        page.keyboard.press("Enter")
        page.get_by_text("Copied.").nth(n).wait_for()
        text = page.evaluate("navigator.clipboard.readText()")
        assert text == page.locator("code").nth(n).inner_text()
    link = page.locator("code").first.inner_text()
    assert link == f"{address}/practice?seed=7&level=2&n=3&hide=solution"


def less(snapshot: str, region: str) -> str:
    """An accessibility tree in YAML less one region and all that is below it."""
    kept, inside = [], None
    for line in snapshot.splitlines():
        depth = len(line) - len(line.lstrip())
        if inside is not None and depth > inside:
            continue
        inside = depth if line.strip() == f'- region "{region}":' else None
        if inside is None:
            kept.append(line)
    return "\n".join(kept)


@pytest.mark.parametrize("hide", some(2, [",".join(TRAINING_PARTS), *settings.TRAINING_HIDEABLE]))
def test_a_part_left_out_is_neither_seen_nor_heard_and_the_rest_stays(visit, hide):
    assert set(TRAINING_PARTS) == set(settings.TRAINING_HIDEABLE)
    whole = visit("/training?data=penguins&step=5").locator(".lvt").aria_snapshot()
    # A link that leaves something out offers no guide, which would show it.
    offered = [line for line in whole.splitlines() if re.search("[Gg]uide", line)]
    assert len(offered) in (1, 2)
    whole = "\n".join(line for line in whole.splitlines() if line not in offered)
    page = visit(f"/training?data=penguins&step=5&hide={hide}")
    assert page.get_by_test_id("stAlert").count() == 0
    wanted = whole
    for part, name in TRAINING_PARTS.items():
        hidden = part in hide.split(",")
        # Not only unseen: it is not there, and in no file.
        assert (page.locator(f'section[aria-label="{name}"]').count() == 0) == hidden
        if hidden:
            assert less(wanted, name) != wanted
            wanted = less(wanted, name)
    assert page.locator(".lvt").aria_snapshot() == wanted
    assert page.locator(".st-key-training-away").count() == 0
    # What is left works, and the link goes on leaving the same parts out.
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_label("Data", exact=True).select_option("blobs")
    settle(page)
    for part, name in TRAINING_PARTS.items():
        assert (boxes(page, f'section[aria-label="{name}"]') == []) == (part in hide.split(","))
    assert f"hide={hide}" in unquote(page.url)


def shared(page):
    """What the Share page shows: its link, what is left out, the preview's address."""
    pills = page.get_by_role("toolbar", name="Leave out").get_by_role("button", pressed=True)
    return (
        page.locator("code").first.inner_text(),
        pills.all_inner_texts(),
        page.get_by_role("radio", checked=True).inner_text(),
        page.locator(".st-key-share-preview iframe").get_attribute("src"),
    )


def test_what_is_shared_survives_a_reload_and_back_goes_through_it(visit, address):
    page = visit("/training?data=outlier&step=4")
    with unseen_preview(page):
        shares_and_goes_back(page, address)


def shares_and_goes_back(page, address):
    page.get_by_role("link", name="Share").click()
    page.get_by_role("heading", level=1, name="Share").wait_for()
    settle(page)
    trail = [(page.url, shared(page))]
    for role, name in (
        ("button", share.PARTS["example"]),
        ("button", share.PARTS["data"]),
        ("radio", "Dark"),
    ):
        before = page.url
        page.get_by_role(role, name=name).click()
        page.wait_for_function("(before) => location.href !== before", arg=before)
        settle(page)
        trail.append((page.url, shared(page)))
    assert len({url for url, _ in trail}) == len({str(shown) for _, shown in trail}) == 4
    page.reload()
    page.locator("code").first.wait_for()
    settle(page)
    assert (page.url, shared(page)) == trail[-1]
    for step in trail[-2::-1]:
        back(page)
        assert (page.url, shared(page)) == step
    back(page)
    page.wait_for_selector(".lvt.lv-ready")
    assert page.url == f"{address}/training?data=outlier&step=4"
    back(page, -1)
    page.locator("code").first.wait_for()
    settle(page)
    assert (page.url, shared(page)) == trail[0]


def test_a_bad_link_to_the_share_page_keeps_its_good_fields_and_says_so(open_page, address):
    page = open_page("/share?foo=1&theme=pink&link=/training?opt%3Dadam%26lr%3D-1", stands="code")
    said = " ".join(page.get_by_test_id("stAlert").all_inner_texts())
    assert all(name in said for name in ("foo", "theme", "lr"))
    assert page.locator("code").first.inner_text() == f"{address}/training?opt=adam"


@pytest.mark.parametrize(
    "path", some(1, ["/training?data=penguins&opt=adam&step=7", "/?w1=-1.25&view=vector&at=z"])
)
def test_a_reload_loses_nothing(open_page, path):
    page = open_page(path)
    before = (labels(page), page.locator(".lv").aria_snapshot())
    page.reload()
    page.wait_for_selector(".lv-ready")
    settle(page)
    assert (labels(page), page.locator(".lv").aria_snapshot()) == before
    assert page.url.endswith(path)


def test_the_embed_keeps_its_parts_while_it_is_used(visit):
    page = visit("/?w1=-1.25&hide=derivation&embed=true&embed_options=dark_theme")
    slide(page, "b", 2.0)
    settle(page)
    for part in ("hide=derivation", "b=2", "embed=true", "embed_options=dark_theme"):
        assert part in page.url


def fold(page, *, away):
    """Fold every part that can be, or unfold it: another test may have."""
    page.evaluate(
        """(open) => {
          for (const one of document.querySelectorAll("details.lv-fold")) one.open = open;
        }""",
        not away,
    )
    settle(page)


@pytest.mark.parametrize("scheme", some(1, ["dark", "light"]))
def test_on_paper_the_picture_fits_the_sheet_and_nothing_is_left_to_press(visit, scheme):
    page = visit("/?w1=-1.25&part=3&line=3", scheme=scheme, width=1440)
    fold(page, away=True)
    page.emulate_media(media="print")
    # A4 less margins of 12 mm.
    resize(page, 703, 1000)
    edges = page.evaluate(
        """() => [...document.querySelectorAll('.lv-plot .textpoint text, .lv-derivation .katex')]
          .filter((node) => node.getClientRects().length)
          .map((node) => node.getBoundingClientRect().right)"""
    )
    assert len(edges) > 20
    assert max(edges) <= 703
    pressed = page.locator(
        "button:not(.lv-hit):visible, summary:visible, input[type=range]:visible"
    )
    assert pressed.all_inner_texts() == []
    # What is unfolded is printed, below its heading.
    fold(page, away=False)
    assert "Why this loss?" in pressed.all_inner_texts()
    fold(page, away=True)


# Measured while Chromium lays out the sheet; a page hears of that by its media query.
_ON_PAPER = """
() => matchMedia("print").addEventListener("change", () => {
  const root = document.querySelector(".lv");
  const from = root.getBoundingClientRect();
  const seen = (where) => [...document.querySelectorAll(where)]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }));
  const boxes = (where) => seen(where).map((node) => node.getBoundingClientRect())
    .map((r) => [r.left - from.left, r.top - from.top, r.right - from.left, r.bottom - from.top]);
  window.sheet = {
    width: from.width,
    cells: boxes(".lvt-cell, .lvt-player, .lvt-controls, .lvt-section, .lv-fixed, .lv-derivation"),
    inner: boxes(".lv p, .lv table, .lv .katex, .lv .textpoint text, .lv .xtitle, .lv .ytitle,"
      + ".lv .xtick text, .lv .ytick text"),
    plots: seen(".lv-plot, .lvt-plot").map((node) =>
      [node.clientWidth, (node.querySelector(".main-svg")
        ?? node.parentNode.querySelector("canvas")).clientWidth]),
    views: boxes(".lvt-a, .lvt-b, .lvt-c, .lvt-law"),
    marks: seen(".lvt-mark").length,
    press: seen("button:not(.lv-hit, .lvt-pick), summary, input[type=range], .lvt a").length,
    kinds: seen(".lv-plot .textpoint text").filter((n) => getComputedStyle(n).opacity > 0.5)
      .map((n) => [n.dataset.kind, n.textContent]),
    ground: getComputedStyle(document.body).backgroundColor,
  };
}, { once: true })
"""


@pytest.mark.parametrize(
    ("path", "width"),
    thin(
        ["/?w1=-1.25&part=3&line=3&at=z", "/training?data=penguins&opt=adam&step=40"],
        [1440, 390, 1920, 1000],
        by=4,
    ),
)
def test_a_printed_page_has_every_picture_whole_and_the_screen_stays_as_it_was(visit, path, width):
    page = visit(path, width=width, scheme="dark" if width == 1440 else "light")

    def standing():
        faded(page)  # a sheet of a phone comes from below
        # A tick that a state before has left behind is empty, and drawn anew it may be gone.
        return (
            labels(page),
            boxes(page, ".lv *:not(text:empty)"),
            page.locator(".lv").aria_snapshot(),
        )

    fold(page, away=True)
    before = standing()
    page.evaluate("window.sheet = null")
    page.evaluate(_ON_PAPER)
    margins = dict.fromkeys(("top", "right", "bottom", "left"), "12mm")
    page.pdf(format="A4", margin=margins, print_background=True)
    sheet = page.evaluate("sheet")
    # A4 less margins of 12 mm, in CSS pixels.
    assert sheet["width"] <= (210 - 24) / 25.4 * 96
    assert len(sheet["inner"]) > 40
    for left, _, right, _ in sheet["inner"]:
        assert -1 <= left <= right <= sheet["width"] + 1
    for i, one in enumerate(sheet["cells"]):
        assert all(apart(one, other) for other in sheet["cells"][i + 1 :])
    for room, drawn in sheet["plots"]:
        assert abs(room - drawn) <= 1
    assert sheet["press"] == 0
    assert sheet["ground"] == "rgb(255, 255, 255)"
    settle(page)
    assert standing() == before


@pytest.mark.parametrize("height", [768, 1000])
def test_on_paper_a_run_has_its_surface_first_and_the_curve_beside_it(visit, height):
    page = visit("/training?step=3", width=1440, height=height)
    page.evaluate(_ON_PAPER)
    page.pdf(format="A4")
    surface, data, curve, rule = page.evaluate("sheet.views")
    right, bottom = 2, 3
    assert surface[0] < surface[right] <= min(curve[0], data[0])
    assert abs(surface[1] - curve[1]) < 1
    assert curve[bottom] <= data[1]
    assert max(surface[bottom], data[bottom]) <= rule[1]
    assert rule[right] - rule[0] > 1.5 * (surface[right] - surface[0])
    assert page.evaluate("sheet.marks") == 0  # without the slider that they are on


def test_what_a_link_leaves_out_is_left_out_on_paper_too(visit):
    page = visit("/?w1=2&hide=values,derivation")
    page.evaluate(_ON_PAPER)
    page.pdf(format="A4")
    kinds = page.evaluate("sheet.kinds")
    assert "symbol" in {kind for kind, _ in kinds}
    assert not any(re.search(r"\d\.\d", text) for kind, text in kinds if kind == "adjoint")
    assert not boxes(page, ".lv-derivation")


@pytest.mark.parametrize(
    ("path", "width"),
    thin(["/?w1=-1.25&at=z", "/training?data=penguins&step=9"], [320, 390, 358, 1000, 850], by=5),
)
def test_in_a_narrow_frame_the_graph_is_whole_however_it_came_to_be_narrow(
    open_page, visit, path, width
):
    made = open_page(f"{path}&embed=true", width=width)
    shrunk = visit(f"{path}&embed=true", width=1100 if width > 640 else 560)
    resize(shrunk, width, 900)
    for page in (made, shrunk):
        ((left, _, right, _),) = boxes(page, ".lv-figure, .lvt-graph")
        assert 0 <= left < right <= width
        for text in boxes(page, ".lv-plot .textpoint text, .lv-hit"):
            assert left - 1 <= text[0] <= text[2] <= right + 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", some(1, ["light", "dark"]))
def test_axe_finds_nothing_on_the_share_page(open_page, scheme):
    page = open_page("/share?link=/training?hide%3Ddata", scheme=scheme, stands="code")
    # The preview is a page of its own, with a test of its own.
    found = violations(page, {"exclude": ["iframe"]})
    assert [(v["id"], node["target"]) for v in found for node in v["nodes"]] == []
