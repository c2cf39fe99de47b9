"""What was done before Python was there: it is kept, and nothing moves when Python takes over."""

from __future__ import annotations

import json

import pytest

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
    # Of a link with more fields than Streamlit reads, those that a page has are read all the same.
    link = "/?w1=1&w2=99&nothing=1&" + "&".join(f"nothing{i}=1" for i in range(1200)) + "&b=2"
    page, errors = opened(host, browser, link, 1440, 900)
    said = page.evaluate(ALERT)
    assert "nothing, which is no field of this page" in said[0]
    assert "and others" in said[0]
    choose(page, "Vector", "vector-log-w1-")
    choose(page, "squared error", "vector-squared-w1-")
    choose(page, "∂L/∂w₂", "vector-squared-w2-")
    number = page.get_by_role("textbox", name="w2 exact value")
    number.press("ControlOrMeta+a")
    number.press_sequentially("1.")
    page.evaluate(WATCHED)
    page.wait_for_selector("#early", state="detached", timeout=240_000)
    settle(page)
    assert len(page.evaluate("seen")) == 1, page.evaluate("seen")
    assert [page.evaluate("document.querySelector('.lv').parentNode.lrviz.structure")] == [
        "vector-squared-w2-"
    ]
    assert page.evaluate(f"{ALERT}.map((one) => one.replace('link_off', '').trim())") == said
    assert "b=2" in page.url
    assert "view=vector&of=w2&loss=squared" in page.url
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    settle(page)
    assert "w2=1.5" in page.url
    page.go_back()
    page.wait_for_function("() => !location.search.includes('w2=1.5')")
    settle(page)
    page.go_back()
    page.wait_for_function(
        "() => document.querySelector('.lv').parentNode.lrviz.structure === 'features-log-w1-'"
    )
    assert page.url == host.url + link
    assert errors == []
    page.context.close()


def test_another_run_waits_for_python_and_can_be_stopped(host, browser):
    page, errors = opened(host, browser, "/training", 390, 844)
    rule = page.get_by_role("combobox", name="Optimizer", exact=True)
    plain = rule.input_value()
    rule.select_option(label="Momentum")
    page.get_by_text("Waiting for Python…").wait_for()
    page.get_by_role("button", name="Stop", exact=True).click()
    assert rule.input_value() == plain
    rule.select_option(label="Momentum")
    page.get_by_text("Waiting for Python…").wait_for()
    page.evaluate(WATCHED)
    page.wait_for_selector("#early", state="detached", timeout=240_000)
    settle(page)
    seen = [json.loads(one)[1] for one in page.evaluate("seen")]
    assert all(fields["opt"] == "momentum" for fields in seen)
    assert "opt=momentum" in page.url
    run = page.evaluate("document.querySelector('.lv').parentNode.lrvizTraining.structure")
    assert "|momentum|" in run
    assert page.locator(".lvt-computing").text_content() == ""
    assert errors == []
    page.context.close()


@pytest.mark.parametrize("path", ["/?hide=values", "/?hide=formulas,derivation&w1=2"])
def test_what_a_link_leaves_out_is_never_there_before_python(host, browser, path):
    page = browser.new_page()
    page.goto(host.url + path, wait_until="commit")
    page.get_by_text("This page needs Python, which is loading.").wait_for()
    assert page.locator(".lv").count() == 0
    page.close()


@pytest.mark.parametrize("name", ["stlite.js", "pyodide.asm.wasm"])
def test_without_python_the_graph_goes_on_and_it_is_said(host, browser, name):
    context = new_context(browser, service_workers="block")
    context.route(f"**/{name}", lambda route: route.abort())
    page = context.new_page()
    page.goto(host.url + "/", wait_until="commit")
    page.get_by_role("status").filter(has_text="Reload to try again").wait_for()
    page.wait_for_selector("#early .lv-ready")
    slider = page.get_by_role("slider", name="w1", exact=True)
    before = page.locator(".lv-head h1").inner_text()
    slider.press("ArrowRight")
    assert page.locator(".lv-head h1").inner_text() != before
    # What only Python can do is said to be missing where it is asked for.
    page.get_by_role("link", name="Practice", exact=True).first.click()
    page.locator(".early-wait", has_text="Python did not load").wait_for()
    asked = page.evaluate(
        "async () => (await import(`${lrvizSite.home}${lrvizSite.live}/channel.js`)).unanswered()"
    )
    assert asked == "Python could not be loaded: reload the page to try again."
    context.close()


@pytest.mark.parametrize(
    ("path", "name"), [("/", "live.css"), ("/training", "plotly.min.js"), ("/", "live.js")]
)
def test_what_could_not_be_drawn_before_python_is_drawn_by_it(host, browser, path, name):
    context = new_context(browser, service_workers="block")
    page = context.new_page()
    asked = []

    def lose(route):
        asked.append(route.request.url)
        route.abort() if len(asked) == 1 else route.continue_()

    page.route(f"**/{name}", lose)
    page.goto(host.url + path, wait_until="commit")
    page.wait_for_selector("#early", state="detached", timeout=240_000)
    settle(page)
    page.wait_for_selector(".lv-ready")
    assert page.locator(".lv-failure:visible").count() == 0
    assert len(asked) > 1
    context.close()
