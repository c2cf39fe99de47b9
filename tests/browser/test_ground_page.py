"""The view of every operation, as the page draws it, beyond what every view is tested for."""

from __future__ import annotations

import pytest

from tests.browser import test_graph_page
from tests.browser.conftest import settle
from tests.browser.test_graph_page import FAR, WRONG
from tests.samples import thin

squared = [f"loss=squared&{query}" for query in ("b=0.2", WRONG, FAR, f"{WRONG}&y=0")]


@pytest.mark.parametrize(
    ("width", "query"), thin([1440, 1024, 390], [*squared, f"{WRONG}&y=0", f"{FAR}&y=0"], by=5)
)
def test_labels_of_both_losses_and_labels_have_room(visit, width, query):
    test_graph_page.test_no_label_overlaps_or_is_clipped(visit, width, "operations", query)


@pytest.mark.parametrize("at", ["z-a", "a-L"])
def test_1_and_2_can_be_selected_where_they_are_no_edges(visit, at):
    page = visit("/?view=operations")
    page.locator(f".lv-hit[data-name='{at}']").click()
    settle(page)
    assert f"at={at}" in page.url
    text = page.locator("section.lv-panel").first.inner_text()
    wanted = "∂L/∂ℓ₁ × ∂ℓ₁/∂a + ∂L/∂c × ∂c/∂a" if at == "a-L" else "∂a/∂d × ∂d/∂t × ∂t/∂n × ∂n/∂z"
    assert wanted in text


def test_pointing_at_a_factor_lights_all_its_edges(visit):
    page = visit("/?view=operations")
    page.locator(".lv-factor-of").nth(1).hover()
    lit = page.eval_on_selector_all(".lv-hit.lv-lit", "all => all.map((one) => one.dataset.name)")
    assert sorted(lit) == ["d-a", "n-t", "t-d", "z-n"]


def test_a_stage_beyond_the_last_opens_with_the_notice(visit):
    page = visit("/?view=operations&loss=squared&stage=25")
    assert "stage" in page.get_by_test_id("stAlert").inner_text()
