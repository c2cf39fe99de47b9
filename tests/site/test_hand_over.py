"""What was done before Python was there: it is kept, and nothing moves when Python takes over."""

from __future__ import annotations

from tests.browser.conftest import new_context, settle

#: Notes for every frame where everything stands, what is chosen, and whether Python is there.
WATCHED = """() => {
  window.seen = [];
  const look = () => {
    const lv = document.querySelector(".lv");
    const page = lv.parentNode.lrviz ?? lv.parentNode.lrvizTraining;
    const parts = ":scope, :scope > *, .lv-tools, .lv-figure, .lv-side, .lv-chain";
    const places = [...lv.querySelectorAll(parts)].filter((node) => node.checkVisibility())
      .map((node) => {
        const { left, top, width, height } = node.getBoundingClientRect();
        return [node.className, ...[left, top, width, height].map(Math.round)].join(" ");
      }).join("\\n");
    const { view, loss, of, opt } = page.fields;
    const now = JSON.stringify([places, { view, loss, of, opt }]);
    if (now !== seen.at(-1)) seen.push(now);
    requestAnimationFrame(look);
  };
  look();
}"""
ALERT = "[...document.querySelectorAll('[role=alert]')].map((one) => one.innerText.trim())"


def opened(host, browser, path, width, height):
    context = new_context(browser, viewport={"width": width, "height": height})
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(host.url + path, wait_until="commit")
    page.wait_for_selector("#early .lv-ready", timeout=60_000)
    return page, errors


def choose(page, label, structure):
    """One of the options, until the page before Python is that."""
    page.locator("#early .lv-choice label", has_text=label).first.click()
    page.wait_for_function(
        "(name) => document.querySelector('#early .lv').parentNode.lrviz.structure === name",
        arg=structure,
    )


def test_what_was_chosen_stays_and_a_step_back_leads_to_the_link(host, browser):
    link = "/?w1=1&w2=99&nothing=1"
    page, errors = opened(host, browser, link, 1440, 900)
    said = page.evaluate(ALERT)
    assert "nothing, which is no field of this page" in said[0]
    choose(page, "Vector", "vector-log-w1-")
    choose(page, "squared error", "vector-squared-w1-")
    choose(page, "∂L/∂w₂", "vector-squared-w2-")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(WATCHED)
    page.wait_for_selector("#early", state="detached", timeout=240_000)
    settle(page)
    assert len(page.evaluate("seen")) == 1, page.evaluate("seen")
    assert [page.evaluate("document.querySelector('.lv').parentNode.lrviz.structure")] == [
        "vector-squared-w2-"
    ]
    assert page.evaluate(f"{ALERT}.map((one) => one.replace('link_off', '').trim())") == said
    assert "view=vector&of=w2&loss=squared" in page.url
    page.go_back()
    page.wait_for_function(
        "() => document.querySelector('.lv').parentNode.lrviz.structure === 'features-log-w1-'"
    )
    assert page.url == host.url + link
    assert errors == []
    page.context.close()
