"""A link to a line of the derivation opens at the top, and leads to the line."""

from __future__ import annotations

import pytest

from tests.browser.conftest import boxes, settle


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_line_of_a_link_is_lit_and_one_click_away(open_page, width, height):
    page = open_page("/?part=5&line=1", width=width, height=height)
    (title,) = boxes(page, ".lv-head h1")
    assert 0 <= title[1] < height / 4
    # What ⑤ speaks of is lit: the edge that leaves b, and no wider than what stands there.
    lit = page.locator(".lv-hit.lv-lit")
    assert lit.get_attribute("data-name") == "b-z"
    assert lit.bounding_box()["width"] <= 100
    page.get_by_role("button", name="Line 2 of ⑤").click()
    settle(page)
    (line,) = boxes(page, ".lv-line.lv-now")
    assert line[1] > 0
    assert line[3] <= height
    assert page.locator(".lv-linked").count() == 0
    if width > 640:  # the strip shows b's own path, with its first edge lit
        assert page.locator(".lv-strip .lv-lit").all_inner_texts() == ["⑤ 1 →"]
    else:  # the picture stays in view above the sheet
        assert 0 <= boxes(page, ".lv-figure")[0][1] < height / 2
