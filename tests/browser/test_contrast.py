"""The contrast of everything that is written and drawn, computed from what the browser shows."""

from __future__ import annotations

import pytest

from lrviz.core.graph import VIEWS
from tests.browser.conftest import settle
from tests.browser.test_graph_page import FAR, WRONG, faded
from tests.samples import thin

#: What is too faint, as [what, where, contrast]. Contrast as WCAG 2 defines it, of a colour laid
#: over all that lies behind it. What is disabled need not be read (WCAG 1.4.3).
FAINT = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const linear = (c) => (c <= 0.04045 * 255 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = (node) => {
    const behind = [];
    for (let at = node; at; at = at.parentElement) {
      behind.push(rgba(getComputedStyle(at).backgroundColor));
    }
    return behind.reduceRight((under, one) => over(one, under), [255, 255, 255]);
  };
  const seen = (node) => {
    let whole = 1;
    for (let at = node; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.visibility === 'hidden' || style.display === 'none') return 0;
      whole *= Number(style.opacity);
    }
    return whole;
  };
  const out = [];
  const check = (what, node, colour, grounds, least) => {
    for (const behind of grounds) {
      const [r, g, b, a] = rgba(colour);
      const found = contrast(over([r, g, b, a * seen(node)], behind), behind);
      if (found < least) out.push([what, String(node.className.baseVal ?? node.className), found]);
    }
  };
  const own = getComputedStyle(document.querySelector('.lv') ?? document.body);
  const card = own.getPropertyValue('--lv-card').trim();
  const left = 'style, script, svg, .lv-unseen, .katex-mathml, :disabled, [hidden]';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let written = 0;
  while (walk.nextNode()) {
    const { currentNode: { parentElement: node, textContent } } = walk;
    if (!textContent.trim() || node.closest(left)) continue;
    if (!node.getClientRects().length || seen(node) === 0) continue;
    const what = textContent.trim().slice(0, 40);
    check(what, node, getComputedStyle(node).color, [ground(node)], 4.5);
    written += 1;
  }
  // A label of the picture may stand on the page or on a card.
  for (const node of document.querySelectorAll('.lv-figure svg text')) {
    if (!node.textContent.trim() || seen(node) === 0) continue;
    const page = ground(node.closest('.lv-figure'));
    check(node.textContent, node, getComputedStyle(node).fill, [page, over(rgba(card), page)], 4.5);
  }
  let lines = 0;
  const drawn = '.lv-figure :is(.lv-mark-curve, .lv-mark-tangent, .lv-mark-secant, .lv-mark-step)';
  for (const node of document.querySelectorAll(`${drawn}, .lv-figure .shapelayer path`)) {
    const { stroke, strokeOpacity, strokeWidth, fill, fillOpacity } = getComputedStyle(node);
    if (seen(node) === 0 || parseFloat(strokeWidth) < 1.2) continue;
    // The outline of a card is not needed to see it: what stands in it says where it is.
    if (node.closest('.shapelayer') && rgba(fill)[3] * fillOpacity > 0) continue;
    const page = ground(node.closest('.lv-figure'));
    const [r, g, b, a] = rgba(stroke);
    const on = node.closest('.shapelayer') ? [page] : [page, over(rgba(card), page)];
    check('line', node, `rgba(${r}, ${g}, ${b}, ${a * Number(strokeOpacity)})`, on, 3);
    lines += 1;
  }
  return { out, lines, written };
}"""


STATES = ["nudge=1", WRONG, f"{FAR}&at=z", "loss=squared&of=b&part=1&line=3"]


@pytest.mark.parametrize(("scheme", "view", "query"), thin(["light", "dark"], VIEWS, STATES, by=5))
def test_every_label_of_the_graph_page_can_be_read(visit, scheme, view, query):
    page = visit(f"/?view={view}&{query}", scheme=scheme)
    faded(page)
    found = page.evaluate(FAINT)
    assert found["out"] == []
    assert found["lines"] > 8, found
    assert found["written"] > 80


@pytest.mark.parametrize(("scheme", "path"), thin(["light", "dark"], ["/about", "/share"], by=2))
def test_the_other_pages_can_be_read(open_page, scheme, path):
    page = open_page(path, scheme=scheme, stands="h1")
    settle(page)
    found = page.evaluate(FAINT)
    assert found["out"] == []
    assert found["written"] > 20
