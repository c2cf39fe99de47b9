"""A real server and a real browser for the tests in this folder."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_core_python.sync_playwright import Axe
from numpy.typing import NDArray
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.firefox import fill, launcher
from tests.servers import ROOT, await_answer, free_port, own_frames, start, stop
from tests.site.hosting import hosted, write

FLAGS = [
    f"--{flag}"
    for flag in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
    )
]
#: Milliseconds after which a wait has failed: on a busy machine all takes its time.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: The same engine without anything of a window: a page costs a fifth less of the processor's time.
SHELL = "chromium-headless-shell"


def chromium(*first: str) -> str | None:
    """A Chromium on the PATH, of some names first; None leaves it to Playwright's own download."""
    found = filter(None, map(shutil.which, (*first, *NAMES)))
    return os.environ.get("CHROMIUM") or next(found, None)


#: Names the engine: chromium, or firefox where one is installed.
ENGINE = os.environ.get("LRVIZ_TEST_ENGINE", "chromium")
if ENGINE != "chromium":
    Locator.fill = fill  # type: ignore[assignment,method-assign]
#: What holds in Chromium alone, by file or by test, each with its reason.
CHROMIUM_ALONE = tomllib.loads((Path(__file__).parent / "engines.toml").read_text())
#: A page may read the clipboard unasked, and what lies behind another window is painted too.
PREFERENCES = {
    "dom.events.testing.asyncClipboard": True,
    "dom.min_background_timeout_value": 4,
    "layout.throttled_frame_rate": 60,
    "widget.windows.window_occlusion_tracking.enabled": False,
}


def started(playwright: Playwright, folder: Path) -> Browser:
    """A browser of the engine; a folder of its own is left to it."""
    if ENGINE == "chromium":
        return playwright.chromium.launch(executable_path=chromium(SHELL), args=FLAGS)
    return playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=launcher(folder),
        firefox_user_prefs=dict(PREFERENCES),
    )


#: Names a folder of wheels: these tests then run on the static site that is built with them.
SITE = "LRVIZ_TEST_SITE"
#: What cannot hold there, by file or by test, each with its reason.
APART = tomllib.loads((ROOT / "tests" / "site" / "apart.toml").read_text())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what cannot hold on the static site, or in another engine.

    What waits for servers that die begins first, so that another worker computes meanwhile.
    """
    items.sort(key=lambda item: item.path.name not in ("test_restart.py", "test_faults.py"))
    apart = APART if SITE in os.environ else {}
    apart |= CHROMIUM_ALONE if ENGINE != "chromium" else {}
    for item in items:
        for name in {item.path.name, getattr(item, "originalname", item.name), item.name}:
            if name in apart:
                item.add_marker(pytest.mark.skip(reason=apart[name]))


class App:
    """The app, served as the README says; a test may kill it and put another in its place."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.logs = folder, list[Path]()
        self.port = free_port()
        self.begin()

    def begin(self) -> None:
        """Start a server, which answers when this is done."""
        self.logs.append(self.folder / f"log-{len(self.logs)}")
        self.server = start("app.py", self.port, self.logs[-1])
        await_answer(self.server, self.logs[-1])

    def kill(self) -> None:
        """Let it die at once."""
        self.server.process.kill()
        self.server.process.wait()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The server that most tests share."""
    one = App(tmp_path_factory.mktemp("server"))
    yield one
    stop(one.server.process)
    for log in one.logs:
        assert own_frames(log.read_text()) == [], log.read_text()


@pytest.fixture(scope="session")
def address(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Where the app is; or the static site, by its variable."""
    if SITE in os.environ:
        from scripts import build_site  # noqa: PLC0415 a server's tests need none of it

        files = build_site.build(Path(os.environ[SITE]))
        # At the root, because tests name paths from there.
        with hosted(write(files, tmp_path_factory.mktemp("site")), base="/") as host:
            yield host.url
        return
    yield request.getfixturevalue("app").server.url


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's own process."""
    with sync_playwright() as one:
        yield one


@pytest.fixture(scope="session")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser for the tests that need a context of their own."""
    one = started(playwright, tmp_path_factory.mktemp("engine"))
    yield one
    one.close()


Opener = Callable[..., Page]


#: How Streamlit's messages are numbered: one asks for a run of the script, one says that a run
#: begins, one how it ended, and one way to end is to begin anew.
BEGUN = ForwardMsg.DESCRIPTOR.fields_by_name["new_session"].number
RERUN = BackMsg.DESCRIPTOR.fields_by_name["rerun_script"].number
ENDED = ForwardMsg.DESCRIPTOR.fields_by_name["script_finished"].number
EARLY = ForwardMsg.FINISHED_EARLY_FOR_RERUN
#: Run in every page before its own scripts: counts there the runs that the page has asked for,
#: which of them has ended, and the files that have been sent, with the runs asked for by then.
WATCH = f"""(() => {{
  // The value of a whole-number field of a message, the length of another, or null.
  const field = (bytes, wanted) => {{
    let at = 0;
    const number = () => {{
      let [value, shift] = [0, 0];
      for (; bytes[at] > 127; at += 1, shift += 7) value += (bytes[at] & 127) * 2 ** shift;
      value += bytes[at] * 2 ** shift;
      at += 1;
      return value;
    }};
    while (at < bytes.length) {{
      const key = number();
      if (key >> 3 === wanted) return number();
      if ((key & 7) === 0) number();
      else at += number();
    }}
    return null;
  }};
  window.watch = {{ asked: 0, begun: 0, ended: 0 }};
  window.sent = {{ files: 0, asked: 0 }};
  const {{ open }} = XMLHttpRequest.prototype;
  const file = () => {{
    window.sent = {{ files: sent.files + 1, asked: watch.asked }};
  }};
  XMLHttpRequest.prototype.open = function (method, ...rest) {{
    if (method === "PUT") this.addEventListener("loadend", file);
    open.call(this, method, ...rest);
  }};
  const heard = (watch, data) => {{
    const bytes = new Uint8Array(data);
    // What ends may be a run that was asked for before the last one.
    if (field(bytes, {BEGUN}) !== null) watch.begun = watch.asked;
    const how = field(bytes, {ENDED});
    if (how !== null && how !== {EARLY}) watch.ended = watch.begun;
  }};
  const said = (watch, bytes) => {{
    if (field(bytes, {RERUN}) !== null) watch.asked += 1;
  }};
  const begin = () => (window.watch = {{ asked: 0, begun: 0, ended: 0 }});
  window.WebSocket = class extends WebSocket {{
    constructor(...given) {{
      super(...given);
      this.watch = begin();
      this.addEventListener("message", ({{ data }}) => heard(this.watch, data));
    }}
    send(data) {{
      said(this.watch, data);
      super.send(data);
    }}
  }};
  // Of the static site: its server is a worker, which is told the same.
  window.Worker = class extends Worker {{
    constructor(...given) {{
      super(...given);
      this.addEventListener("message", ({{ data: {{ type, data }} }}) => {{
        if (type === "websocket:message") heard(this.watch, data.payload);
      }});
    }}
    postMessage(message, ...rest) {{
      const {{ type, data }} = message;
      if (type === "websocket:connect") this.watch = begin();
      if (type === "websocket:send") said(this.watch, data.payload);
      // No run is asked for before it is there.
      if (type === "http:request" && data.request.method === "PUT") file();
      super.postMessage(message, ...rest);
    }}
  }};
}})()"""


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """A browser context whose pages can be settled."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    return context


class Pages:
    """Pages of one Chromium with a profile: what it has loaded and compiled, it keeps.

    That halves the time until a page of the app stands; that a page which has been left is taken
    again, in the process it has, halves it once more.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.context, self.first = context, context.pages[0]
        self.empty: list[Page] = []

    def __call__(self, *, width: int = 1440, height: int = 900, scheme: str = "light") -> Page:
        """An empty page."""
        page = self.empty.pop() if self.empty else self._open()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(media="null", color_scheme=scheme, reduced_motion="null")  # type: ignore[arg-type]
        return page

    def _open(self) -> Page:
        # A window of its own: a page behind another in the same window is not painted.
        with self.context.expect_page() as opened:
            self.first.evaluate("() => void open('about:blank', '_blank', 'popup,noopener')")
        return opened.value

    def leave(self, page: Page, *, whole: bool = True) -> None:
        """Be done with a page: nothing of it is left for who takes it next.

        Only a script that was given to it for all that it opens goes on: such a page is closed.

        Parameters
        ----------
        whole : bool
            Whether all went well there. Otherwise it is closed.
        """
        if not whole or page.is_closed():
            page.close()
            return
        page.unroute_all()
        page.mouse.move(0, 0)
        page.evaluate("() => { sessionStorage.clear(); localStorage.clear(); }")
        page.goto("about:blank")
        self.empty.append(page)


@pytest.fixture(scope="session")
def new_page(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Empty pages of the browser that most tests share."""
    folder = tmp_path_factory.mktemp("profile")
    if ENGINE == "chromium":
        context = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=chromium(SHELL),
            args=FLAGS,
            permissions=["clipboard-read", "clipboard-write"],
        )
    else:
        context = started(playwright, folder).new_context()
        context.new_page()
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    yield Pages(context)
    context.close()


@pytest.fixture
def empty_page(new_page: Pages, request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Empty pages for one test; no error may come of them."""
    pages: list[Page] = []
    errors: list[str] = []
    failed = request.session.testsfailed

    def opener(**options: Any) -> Page:
        page = new_page(**options)
        pages.append(page)
        page.on("pageerror", hear)
        return page

    def hear(error: object) -> None:
        errors.append(str(error))

    yield opener
    whole = not errors and request.session.testsfailed == failed
    for page in pages:
        page.remove_listener("pageerror", hear)
        new_page.leave(page, whole=whole)
    assert errors == []


@pytest.fixture
def page(empty_page: Opener) -> Page:
    """An empty page."""
    return empty_page(width=1280, height=720)


@pytest.fixture
def open_page(empty_page: Opener, address: str) -> Opener:
    """Open a path of the app, in a visit of its own, and wait until the picture stands."""

    def opener(path: str = "/", *, stands: str = ".lv-ready", **options: Any) -> Page:
        page = empty_page(**options)
        page.goto(address + path, wait_until="commit")
        page.wait_for_selector(stands)
        settle(page)
        return page

    return opener


REVISION = """() => {
  const host = document.querySelector(".lv").parentNode;
  return (host.lrviz ?? host.lrvizTraining).revision;
}"""
#: Whether the page's link has the fields of another, in any order.
THERE = """(link) => {
  const sorted = (search) => [...new URLSearchParams(search)].map(String).sort().join("&");
  return sorted(location.search) === sorted(new URL(link, location).search);
}"""
#: Whether the page that a link leads to is the one that stands.
STANDS = """(link) => new URL(link, location).pathname === location.pathname
  && document.querySelector(".lv-ready") !== null"""
#: Nothing is scrolled, nothing has the focus.
REST = """() => {
  document.querySelector("[data-testid=stMain]").scrollTop = 0;
  document.activeElement?.blur();
}"""
STEP = """(link) => {
  history.pushState({}, "", link);
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}"""


def follow(page: Page, act: Callable[[], object]) -> None:
    """Do what gives the page another link; wait until the page shows what Python has read there."""
    before = page.evaluate(REVISION)
    act()
    page.wait_for_function(f"(before) => ({REVISION})() > before", arg=before)
    settle(page)


class Visits:
    """Pages that tests share: each goes on to its own link, as by a step of the history."""

    def __init__(self, new_page: Pages, address: str) -> None:
        self.new_page, self.address = new_page, address
        self.pages: dict[tuple[str, str, bool], Page] = {}
        self.errors: list[str] = []

    def __call__(
        self, path: str = "/", *, width: int = 1440, height: int = 900, scheme: str = "light"
    ) -> Page:
        """A page of the app at a link, in a visit that may have shown others before."""
        key = (scheme, path.partition("?")[0], "embed=true" in path)
        page = self.pages.get(key)
        if page and not page.evaluate(STANDS, path):  # the test before has led it elsewhere
            self.leave(key)
            page = None
        if page:
            page.emulate_media(media="null", color_scheme=scheme, reduced_motion="null")  # type: ignore[arg-type]
            settle(page)  # what the test before has left under way
            page.mouse.move(0, 0)
            page.evaluate(REST)
            if not page.evaluate(THERE, path):
                follow(page, lambda: page.evaluate(STEP, path))
        else:
            page = self.pages[key] = self.new_page(scheme=scheme)
            page.on("pageerror", self.hear)
            page.goto(self.address + path, wait_until="commit")
            page.wait_for_selector(".lv-ready")
        if ENGINE != "chromium":
            page.bring_to_front()  # Firefox gives its keys to the window in front
        resize(page, width, height)
        return page

    def forget(self) -> None:
        """Take away what the browser remembers: no test finds what another has done."""
        for page in list(self.pages.values())[:1]:
            page.evaluate("localStorage.clear()")

    def hear(self, error: object) -> None:
        """Note an error of a page."""
        self.errors.append(str(error))

    def leave(self, key: tuple[str, str, bool], *, whole: bool = True) -> None:
        """Be done with one page."""
        page = self.pages.pop(key)
        page.remove_listener("pageerror", self.hear)
        self.new_page.leave(page, whole=whole)

    def end(self) -> None:
        """Close all pages."""
        for key in list(self.pages):
            self.leave(key, whole=False)


@pytest.fixture(scope="session")
def all_visits(new_page: Pages, address: str) -> Iterator[Visits]:
    """The pages that all tests share."""
    visits = Visits(new_page, address)
    yield visits
    visits.end()


@pytest.fixture
def visit(all_visits: Visits, request: pytest.FixtureRequest) -> Iterator[Visits]:
    """Open a path of the app where another test may have been before; no error may come of it."""
    all_visits.errors.clear()
    failed = request.session.testsfailed
    yield all_visits
    all_visits.forget()
    errors = list(all_visits.errors)
    if errors or request.session.testsfailed > failed:
        all_visits.end()  # nobody knows what stands there: the next test begins anew
    assert errors == []


SETTLED = """() => new Promise((done, fail) => {
  let calm = 0;  // frames in a row
  let frames = 0;
  const waits = () => Object.entries({
    busy: document.documentElement.dataset.lrviz === "busy",
    asked: watch.ended !== watch.asked,
    loading: document.querySelector("[data-testid=stSkeleton]"),  // a widget
    early: document.querySelector("#early"),  // of the static site, before Python is there
    running: !document.querySelector("[data-testid='stApp'][data-test-script-state='notRunning']"),
  }).filter(([, yes]) => yes).map(([name]) => name);
  // In a part that is folded a transition that has finished goes on being named.
  const moving = () => document.getAnimations().some((one) => one.playState === "running"
    && Number.isFinite(one.effect.getComputedTiming().endTime));
  // To ask what moves has the page computed first: only where nothing else is under way.
  const under = () => {
    const left = waits();
    return left.length || !moving() ? left : ["moving"];
  };
  // Streamlit begins no run for a part of the page that has gone meanwhile (a dialog), and may not
  // say that one has ended whose place another has taken: then nothing more comes.
  let [told, since] = ["", 0];
  const lost = (left) => {
    const now = JSON.stringify(watch);
    since = now === told && left.join() === "asked" ? since + 1 : 0;
    told = now;
    return since > 900;
  };
  // React draws in slices, with frames between them: a task in the background waits for the last.
  const after = (then) => (globalThis.scheduler?.postTask(then, { priority: "background" })
    ?? setTimeout(then, 50));
  const last = () => {
    if (under().length === 0) done(true);
    else again();
  };
  const again = () => {
    calm = 0;
    requestAnimationFrame(look);
  };
  const look = () => {
    frames += 1;
    const left = under();
    calm = left.length ? 0 : calm + 1;
    if (lost(left)) done(true);
    else if (calm >= 2) after(last);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  setTimeout(() => fail(new Error(`not settled after two minutes, ${frames} frames: ${
    under().join(", ")}; ${JSON.stringify(watch)}`)), 120_000);
})"""


def settle(page: Page) -> None:
    """Wait until nothing is under way: no message, no rest before one, no drawing, no script."""
    page.evaluate(SETTLED)


TRAVEL = """(steps) => new Promise((done) => {
  addEventListener("popstate", () => done(true), { once: true });
  history.go(steps);
})"""


def back(page: Page, steps: int = 1) -> None:
    """Go back within the app, and wait until it has gone there.

    The page itself says so: Playwright's own step may end with the news of a link set before it.
    """
    page.evaluate(TRAVEL, -steps)
    settle(page)


def resize(page: Page, width: int, height: int) -> None:
    """Give the page another size, and wait until everything is drawn in it."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("width => innerWidth === width", arg=width)
    settle(page)


def violations(page: Page, context: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """What axe finds on a page, or in a part of it."""
    # What is right need not be described node by node, which takes most of the time.
    found = Axe().run(page, context, {"resultTypes": ["violations"]})
    return list(found["violations"])


def barriers(page: Page) -> list[tuple[Any, ...]]:
    """The same in short, of any impact: which rule, where, and what is wrong."""
    return [
        (v["id"], node["target"], node["failureSummary"])
        for v in violations(page)
        for node in v["nodes"]
    ]


def assert_computed(found: Sequence[float], made: NDArray[np.float64]) -> None:
    """What a page shows is what Python computes here: to the last bit where it is the same Python.

    That of the static site has another build of NumPy, which adds in another order.
    """
    if SITE in os.environ:
        np.testing.assert_allclose(found, made.ravel(), rtol=1e-12, atol=1e-13)
    else:
        assert list(found) == made.ravel().tolist()


def frames(page: Page, count: int) -> None:
    """Wait until the page has been painted so many times: for what must not happen."""
    page.evaluate(
        """(left) => new Promise((done) => {
          const next = () => ((left -= 1) < 0 ? done() : requestAnimationFrame(next));
          next();
        })""",
        count,
    )


def labels(page: Page) -> dict[str, str]:
    """Template to text, for every label of the picture."""
    found: dict[str, str] = page.evaluate(
        """() => {
          const plot = document.querySelector('.lv-plot');
          const templates = plot.data[0].meta.templates;
          const texts = [...plot.querySelectorAll('.textpoint text')];
          return Object.fromEntries(templates.map((t, i) => [t, texts[i].textContent]));
        }"""
    )
    return found


def pick(page: Page, name: str) -> None:
    """Choose one of a bar of options by what is written on it."""
    page.locator(".lv-choice label", has_text=name).first.click()


def slide(page: Page, name: str, value: float) -> None:
    """Move a slider as a hand does: many inputs, then rest."""
    slider = page.get_by_role("slider", name=name, exact=True)
    slider.evaluate(
        """(node, value) => {
          for (const v of [0.3 * value, 0.7 * value, value]) {
            node.value = v;
            node.dispatchEvent(new Event('input', {bubbles: true}));
          }
          node.dispatchEvent(new Event('change', {bubbles: true}));
        }""",
        value,
    )


def table(page: Page, name: str) -> list[list[str]]:
    """The body of a table by its accessible name, cell by cell."""
    rows: list[list[str]] = page.get_by_role("table", name=name, exact=True).evaluate(
        "node => [...node.tBodies[0].rows].map(r => [...r.cells].map(c => c.textContent))"
    )
    return rows


Box = list[float]  #: left, top, right, bottom


def boxes(page: Page, selector: str) -> list[Box]:
    """Where everything that a selector finds lies; what is not shown is left out."""
    found: list[Box] = page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)]
          .filter((node) => node.getClientRects().length)
          .map((node) => node.getBoundingClientRect())
          .map(({left, top, right, bottom}) => [left, top, right, bottom])""",
        selector,
    )
    return found


def apart(a: Box, b: Box, slack: float = 1.0) -> bool:
    """Whether two boxes do not overlap.

    A glyph's box is taller than its ink by a pixel or two: ``slack`` allows for it. To Firefox a
    text is as high as a line of its font.
    """
    high = slack + (0.0 if ENGINE == "chromium" else 5.0)
    return (
        a[2] <= b[0] + slack or b[2] <= a[0] + slack or a[3] <= b[1] + high or b[3] <= a[1] + high
    )
