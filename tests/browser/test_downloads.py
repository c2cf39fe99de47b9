"""What is taken away, opened as its owner will open it: the file alone, without a network."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from lrviz.data.built_in import load_dataset
from lrviz.data.dataset import Dataset, standardise
from lrviz.export.standalone import standalone
from lrviz.figures.palette import PALETTES
from lrviz.figures.styles import ROOM
from lrviz.text.numbers import number
from lrviz.text.runs import LabelledRun
from lrviz.training.model import PLANES
from lrviz.training.playback import Request, make
from lrviz.training.run import train
from tests.browser.conftest import frames, settle
from tests.samples import some, thin

SIZES = [(1440, 900), (390, 844)]


@pytest.fixture(scope="session")
def runs():
    data = load_dataset("penguins")
    Z, _, _ = standardise(data.X)

    def run(name, label, **arguments):
        return LabelledRun(name, label, train(Z, data.y, **arguments))

    three = [
        run("A", "Gradient descent, η = 0.5", learning_rate=0.5),
        run("B", "Momentum, η = 0.5", optimizer="momentum", learning_rate=0.5, start=(2, -1, 1)),
        run("C", "Newton’s method", optimizer="newton", start=(-1, 1, 0.5)),
    ]
    return three, data, Z


@pytest.fixture(scope="module")
def offline(browser):
    """A page with the network off. One does for all: it keeps Plotly's code compiled."""
    context = browser.new_context()
    context.set_offline(True)
    yield context.new_page()
    context.close()


@pytest.fixture
def alone(offline, tmp_path):
    """Open a document from the disk, the network off; nothing may be asked for or complained of."""
    page, file, seen, said = offline, tmp_path / "run.html", [], []
    listeners = {
        "request": lambda r: seen.append(r.url) if r.url != file.as_uri() else None,
        "console": lambda message: said.append(message.text),
        "pageerror": lambda error: said.append(str(error)),
        "dialog": lambda dialog: (said.append(dialog.message), dialog.dismiss()),
    }

    def opener(text, *, width=1440, height=900, motion="no-preference"):
        file.write_text(text, encoding="utf-8")
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(reduced_motion=motion)
        page.goto(file.as_uri())
        page.wait_for_selector("body.ready")
        return page

    for event, listener in listeners.items():
        page.on(event, listener)
    yield opener
    page.goto("about:blank")
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    assert seen == []
    assert said == []


#: What is drawn, read from Plotly's SVG: paths of every shape, and where the axes lie.
SHOWN = """() => {
  const read = (id) => {
    const plot = document.getElementById(id);
    const { xaxis, yaxis } = plot._fullLayout;
    const frame = plot.getBoundingClientRect();
    return {
      shapes: [...plot.querySelectorAll(".shapelayer path")].map((path) => {
        const box = path.getBoundingClientRect();
        return { d: path.getAttribute("d"), fill: path.style.fill, stroke: path.style.stroke,
          dash: path.style.strokeDasharray, width: box.width,
          x: box.x + box.width / 2 - frame.x, y: box.y + box.height / 2 - frame.y };
      }),
      letters: [...plot.querySelectorAll(".shapelayer text")].map((t) => t.textContent),
      axes: [xaxis, yaxis].map((axis) => [axis._offset, axis._length, ...axis.range]),
      contours: plot.querySelectorAll(".contourlayer path").length,
      z: plot.data[0].z ? plot.data[0].z.map((row) => [...row]) : null,
      name: plot.getAttribute("aria-label"),
    };
  };
  return {
    surface: read("surface"), data: read("data"), loss: read("loss"),
    now: document.getElementById("now").textContent,
    frame: Number(document.getElementById("frame").value),
    cells: [...document.querySelectorAll("tbody tr")].map((row) =>
      [...row.querySelectorAll("td")].map((cell) => cell.textContent)),
    play: document.getElementById("play").textContent,
  };
}"""


#: Of what is shown, how far it has played and what the button does.
PLAYED = """() => ({
  frame: Number(document.getElementById("frame").value),
  play: document.getElementById("play").textContent,
})"""


def until(page, happened):
    """Wait; the page's own policy lets no test evaluate a condition in it."""
    for _ in range(200):
        if happened(page.evaluate(PLAYED)):
            return
        frames(page, 3)
    pytest.fail("It did not happen within ten seconds.")


def step_of(found):
    return int(re.fullmatch(r"step (\d+) of \d+", found["now"])[1])


def pixel(axes, x, y):
    """Where a point of the axes lies in the figure, px."""
    (left, width, x0, x1), (top, height, y0, y1) = axes
    return left + width * (x - x0) / (x1 - x0), top + height * (y1 - y) / (y1 - y0)


def rgb(colour):
    return "rgb({}, {}, {})".format(*(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


def seek(page, frame):
    page.get_by_role("slider", name="step").evaluate(
        "(node, n) => { node.value = n; node.dispatchEvent(new Event('input')); }", frame
    )


@pytest.mark.parametrize("plane", [plane for (plane,) in thin(list(PLANES))])
def test_it_plays_with_the_network_off(alone, runs, plane):
    three, data, Z = runs
    page = alone(standalone(three, data, Z, plane=plane, scaled=True))
    before = page.evaluate(SHOWN)
    assert before["frame"] == step_of(before) == 0
    page.get_by_role("button", name="Play").click()
    until(page, lambda found: found["frame"] >= 12)
    page.get_by_role("button", name="Pause").click()
    after = page.evaluate(SHOWN)
    step = step_of(after)
    assert step > 30
    assert after["play"] == "Play"
    frames(page, 20)
    assert page.evaluate(SHOWN) == after  # it stands still
    i, j, _ = PLANES[plane]
    # A lies on top, so the runs are drawn from C to A: first the paths, then the markers.
    for n, run in enumerate(reversed(three)):
        own = min(step, len(run.history))
        trail, marker = (after["surface"]["shapes"][n + part] for part in (0, 3))
        assert trail["d"].count("L") == own  # every step of the path so far
        assert before["surface"]["shapes"][n]["d"].count("L") == 0
        at = run.history.params[own]
        wanted = pixel(after["surface"]["axes"], at[i], at[j])
        assert (marker["x"], marker["y"]) == pytest.approx(wanted, abs=1)
        dot = after["loss"]["shapes"][n + 1]
        height = np.log10(run.history.losses[own])
        wanted = pixel(after["loss"]["axes"], own, height)
        assert (dot["x"], dot["y"]) == pytest.approx(wanted, abs=1)
        cells = after["cells"][len(three) - 1 - n]
        assert cells[1:] == [number(float(v)) for v in (run.history.losses[own], *at)]
    assert after["surface"]["contours"] > 5
    assert after["surface"]["z"] != before["surface"]["z"]
    assert f"at step {step}" in after["surface"]["name"]
    assert after["surface"]["letters"] == after["loss"]["letters"] == ["C", "B", "A"]


def test_to_the_end_and_again(alone, runs):
    three, data, Z = runs
    page = alone(standalone(three[:1], data, Z, plane="w1w2", scaled=True))
    seek(page, 57)
    page.get_by_role("button", name="Play").click()
    until(page, lambda found: found["play"] == "Play")
    assert step_of(page.evaluate(SHOWN)) == 200
    page.get_by_role("button", name="Play").click()
    until(page, lambda found: found["frame"] < 20)
    page.get_by_role("button", name="Restart").click()
    found = page.evaluate(SHOWN)
    assert (found["frame"], found["play"]) == (0, "Play")


def test_by_keyboard(alone, runs):
    three, data, Z = runs
    page = alone(standalone(three[:2], data, Z, plane="w1w2", scaled=True))
    order = []
    for _ in range(5):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.id"))
    assert order == ["back", "play", "step", "restart", "frame"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(SHOWN)["frame"] == 2
    page.keyboard.press("End")
    assert step_of(page.evaluate(SHOWN)) == 200
    slider = page.get_by_role("slider", name="step")
    assert slider.get_attribute("aria-valuetext") == "step 200 of 200"
    page.keyboard.press("Home")
    page.get_by_role("button", name="Step", exact=True).press("Enter")
    page.get_by_role("button", name="Step", exact=True).press("Enter")
    page.get_by_role("button", name="Back").press("Space")
    assert page.evaluate(SHOWN)["frame"] == 1
    page.get_by_role("button", name="Play").press("Space")
    until(page, lambda found: found["frame"] >= 3)
    page.get_by_role("button", name="Pause").press("Space")
    assert page.evaluate(SHOWN)["play"] == "Play"


@pytest.mark.parametrize("motion", some(1, ["no-preference", "reduce"]))
def test_nothing_moves_unasked(alone, runs, motion):
    three, data, Z = runs
    page = alone(standalone(three, data, Z, plane="w1w2", scaled=True), motion=motion)
    frames(page, 30)
    assert page.evaluate(SHOWN)["frame"] == 0


@pytest.mark.parametrize(("mode", "size", "count"), thin(["light", "dark"], SIZES, [1, 3], by=3))
def test_it_fits_the_screen(alone, runs, mode, size, count, tmp_path):
    width, height = size
    three, data, Z = runs
    text = standalone(three[:count], data, Z, plane="w1w2", scaled=True, mode=mode)
    page = alone(text, width=width, height=height)
    seek(page, 27)
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    palette = PALETTES[mode]
    found = page.evaluate(
        """() => ({
          wide: document.documentElement.scrollWidth,
          ground: getComputedStyle(document.body).backgroundColor,
          clipped: [...document.querySelectorAll(".plot text")].filter((text) => {
            const box = text.getBoundingClientRect();
            const frame = text.closest(".plot").getBoundingClientRect();
            return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1
              || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
          }).map((text) => text.textContent),
          player: document.querySelector(".player").getBoundingClientRect().bottom,
        })"""
    )
    assert found["wide"] <= width
    assert found["ground"] == rgb(palette["surface"])
    assert found["clipped"] == []
    assert found["player"] <= height  # Play is in view when the file opens
    shapes = page.evaluate(SHOWN)["surface"]["shapes"]
    roles = ["history"] if count == 1 else ["run_c", "run_b", "history"]
    assert [s["stroke"] for s in shapes[:count]] == [rgb(palette[role]) for role in roles]
    assert len({s["dash"] for s in shapes[:count]}) == count


HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<b>bold</b>",
    '<a href="https://evil.example">x</a>',
    "%{x} &amp; &lt;",
)


@pytest.mark.parametrize("name", some(2, HOSTILE))
def test_names_from_a_file_are_shown_and_do_nothing(alone, name):
    X = np.array([[1.0, 2.0], [3.0, 4.0], [2.0, 2.0], [0.0, 1.0]])
    names = (name, f"2{name}")
    data = Dataset(name, X, np.array([0, 1, 1, 0]), names, names, name, name)
    run = LabelledRun("A", name, train(X, data.y, steps=5))
    page = alone(standalone([run], data, X, plane="w1w2", scaled=False))
    titles = page.evaluate(
        """() => ["xtitle", "ytitle"].map((name) =>
          document.querySelector(`#data .${name}`).textContent)"""
    )
    for title, wanted in zip(titles, names, strict=True):
        assert title in (wanted, f"{wanted[: ROOM - 1]}…")
    assert page.locator("#data .legendtext").count() == 2
    for box in (entry.bounding_box() for entry in page.locator("#data .legendtext").all()):
        assert box["y"] >= page.locator("#data").bounding_box()["y"]
    assert page.locator("a, img, .plot b").count() == 0
    assert page.locator("tbody th b").text_content() == name
    assert name in page.locator("footer").text_content()
    # The hover text is a template of Plotly's own.
    place = page.evaluate(
        """() => {
          const { xaxis, yaxis } = document.getElementById("data")._fullLayout;
          const box = document.getElementById("data").getBoundingClientRect();
          return [box.x + xaxis._offset + xaxis.d2p(3), box.y + yaxis._offset + yaxis.d2p(4)];
        }"""
    )
    page.mouse.move(*place)
    page.wait_for_selector("#data .hovertext text")
    shown = page.locator("#data .hovertext text").first.text_content()
    assert titles[0] in shown
    assert page.locator(".hovertext a").count() == 0


def test_numbers_at_the_end_of_float64_are_drawn(alone):
    X = np.array([[1e60, 1.0], [-1e60, 2.0], [2e60, 3.0], [-3e60, -2.0]])
    data = Dataset("far", X, np.array([0, 1, 1, 0]), ("x1", "x2"), ("0", "1"), "Mine.", "Mine.")
    far = train(X, data.y, learning_rate=1000.0, steps=20, start=(1e200, 0, 0))
    near = train(X, data.y, learning_rate=1e-3, steps=5)
    page = alone(
        standalone(
            [LabelledRun("A", "a", far), LabelledRun("B", "b", near)],
            data,
            X,
            plane="w1b",
            scaled=False,
        )
    )
    seek(page, 20)
    assert step_of(page.evaluate(SHOWN)) == 20
    assert "NaN" not in page.content().split("<script")[0]


# The picture

PICTURE = """async ([format, title]) => {
  const playback = document.querySelector(".lvt").parentElement.lrvizTraining;
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const live = loaded.find((name) => name.endsWith("/playback.js"));
  const module = await import(live.replace("playback.js", "picture.js"));
  const asked = performance.getEntriesByType("resource").length;
  const blob = await module.picture(playback, format, ...(title ? [title] : []));
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return {
    type: blob.type,
    base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")),
    asked: performance.getEntriesByType("resource").slice(asked).map((e) => e.name)
      .filter((name) => !name.startsWith("data:") && !name.startsWith("blob:")),
    trail: playback.surface.trail.getAttribute("d"),
    marker: playback.surface.marker.getAttribute("transform"),
    line: playback.data.line.getAttribute("d"),
    cursor: playback.loss.cursor.getAttribute("d"),
    sizes: [playback.surface, playback.data, playback.loss]
      .map(({ plot }) => [plot.layout.width, plot.layout.height]),
    status: playback.player.status.textContent,
  };
}"""
SVG = "{http://www.w3.org/2000/svg}"


def picture(page, kind, title=None):
    found = page.evaluate(PICTURE, [kind, title])
    return base64.b64decode(found["base64"]), found


def view(root, name):
    (found,) = (n for n in root.iter(f"{SVG}svg") if name in n.get("class", "").split())
    return found


def offset(root, wanted):
    """How far the groups around a node move it."""
    parents = {child: parent for parent in root.iter() for child in parent}
    x = y = 0.0
    node = wanted
    while node in parents:
        node = parents[node]
        if match := re.fullmatch(r"translate\(([^,]+),([^)]+)\)", node.get("transform", "")):
            x, y = x + float(match[1]), y + float(match[2])
    return x, y


def stands_alone(root):
    """No reference leads out of an SVG, and none leads nowhere."""
    ids = {node.get("id") for node in root.iter()}
    for node in root.iter():
        tag = node.tag.removeprefix(SVG)
        assert tag not in ("script", "foreignObject", "link", "iframe", "use")
        for name, value in node.attrib.items():
            if name.endswith("href"):
                assert value.startswith("data:image/png;base64,")
            for target in re.findall(r"url\(([^)]*)\)", value):
                assert target.strip("'\"").removeprefix("#") in ids
                assert target.strip("'\"").startswith("#")
        for text in (node.text or "", *node.attrib.values()):
            assert "http" not in text
            assert "var(" not in text
            assert "@import" not in text


@pytest.mark.parametrize(
    ("width", "height", "mode"),
    some(2, [(1440, 900, "light"), (1440, 900, "dark"), (390, 844, "dark")]),
)
def test_an_svg_of_what_is_on_the_screen(visit, width, height, mode):
    page = visit("/training?data=penguins&lr=2&step=7", width=width, height=height, scheme=mode)
    raw, found = picture(page, "svg")
    assert found["type"] == "image/svg+xml"
    assert found["asked"] == []
    root = ET.fromstring(raw)
    stands_alone(root)
    palette = PALETTES[mode]
    texts = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
    assert "Gradient descent, η = 2. Palmer penguins, step 7 of 200" in texts
    assert " ".join(found["status"].split()) in texts
    assert texts[-1] == "lrviz"
    for wanted in ("Loss surface", "Data and boundary", "Loss at every step", "this step"):
        assert wanted in texts
    assert root.find(f"{SVG}rect").get("fill") == palette["surface"]

    surface = view(root, "lvt-surface")
    drawn = {node.get("d"): node for node in surface.iter(f"{SVG}path")}
    assert drawn[found["trail"]].get("stroke") == rgb(palette["history"])
    assert drawn[found["trail"]].get("fill") == "none"
    assert found["trail"].count("L") == 7
    circles = {n.get("transform"): n for n in surface.iter(f"{SVG}circle")}
    assert circles[found["marker"]].get("fill") == rgb(palette["history"])
    # Where the run says that it is.
    made = make(Request(lr=2.0))
    w1, w2, _ = made.history.params[7]
    across, up = made.surface.across, made.surface.up
    # The window of the layer that moves is what the axes enclose.
    left, top, w, h = (
        float(surface.find(f".//{SVG}clipPath/{SVG}rect").get(name))
        for name in ("x", "y", "width", "height")
    )
    x, y = left + w * (w1 - across[0]) / np.ptp(across), top + h * (up[-1] - w2) / np.ptp(up)
    at = [float(v) for v in re.findall(r"[\d.]+", found["marker"])]
    assert at == pytest.approx([x, y], abs=0.5)

    boundary = {n.get("d"): n for n in view(root, "lvt-data").iter(f"{SVG}path")}[found["line"]]
    assert boundary.get("stroke") == rgb(palette["text"])
    assert float(boundary.get("stroke-width")) == 3
    cursor = {n.get("d"): n for n in view(root, "lvt-loss").iter(f"{SVG}path")}[found["cursor"]]
    assert cursor.get("stroke-dasharray") == "3, 3"
    # The three figures lie beside each other, and none over another.
    boxes = []
    for name, size in zip(("surface", "data", "loss"), found["sizes"], strict=True):
        x, y = offset(root, view(root, f"lvt-{name}"))
        boxes.append((x, y, x + size[0], y + size[1]))
        assert x >= 0
        assert x + size[0] <= float(root.get("width"))
        assert y + size[1] <= float(root.get("height"))
    # Surface and data side by side, the loss under both.
    assert boxes[0][2] <= boxes[1][0]
    assert boxes[2][0] == boxes[0][0]
    assert max(boxes[0][3], boxes[1][3]) <= boxes[2][1]


def test_a_title_is_text(visit):
    page = visit("/training?data=penguins&step=3")
    title = "<b>a & b</b>\x01 ]]> ½"
    root = ET.fromstring(picture(page, "svg", title)[0])
    assert root.find(f"{SVG}title").text == title.replace("\x01", "\ufffd")


@pytest.mark.parametrize("mode", some(1, ["dark", "light"]))
def test_a_png_of_what_is_on_the_screen(visit, mode):
    page = visit("/training?data=penguins&lr=2&step=7", scheme=mode)
    svg, found = picture(page, "svg")
    raw, png = picture(page, "png")
    assert png["type"] == "image/png"
    assert png["asked"] == []
    root = ET.fromstring(svg)
    image = Image.open(io.BytesIO(raw)).convert("RGB")
    assert image.size == (2 * int(root.get("width")), 2 * int(root.get("height")))
    pixels = np.asarray(image)
    palette = PALETTES[mode]

    def colour(role):
        return tuple(int(palette[role][i : i + 2], 16) for i in (1, 3, 5))

    assert tuple(pixels[4, 4]) == colour("surface")
    x, y = offset(root, view(root, "lvt-surface"))
    dx, dy = (float(v) for v in re.findall(r"[\d.]+", found["marker"]))
    # Off the marker's middle, where the minimum's cross may lie.
    assert tuple(pixels[round(2 * (y + dy)), round(2 * (x + dx - 4))]) == colour("history")
    for name in ("surface", "data", "loss"):
        left, top = offset(root, view(root, f"lvt-{name}"))
        width, height = found["sizes"][("surface", "data", "loss").index(name)]
        part = pixels[2 * int(top) : 2 * int(top + height), 2 * int(left) : 2 * int(left + width)]
        assert len(np.unique(part.reshape(-1, 3), axis=0)) > 30  # not blank


def test_a_surface_in_three_dimensions_is_in_the_picture(visit):
    page = visit("/training?data=penguins&lr=2&step=7&surface=3d")
    raw, found = picture(page, "svg")
    assert found["asked"] == []
    root = ET.fromstring(raw)
    stands_alone(root)
    images = list(view(root, "lvt-surface").iter(f"{SVG}image"))
    assert images
    href = next(v for k, v in images[0].attrib.items() if k.endswith("href"))
    scene = Image.open(io.BytesIO(base64.b64decode(href.partition(",")[2])))
    assert len(np.unique(np.asarray(scene.convert("RGB")).reshape(-1, 3), axis=0)) > 100


def test_a_picture_is_saved_as_a_file(visit):
    page = visit("/training?data=penguins&lr=2&step=7")
    with page.expect_download() as waiting:
        page.evaluate(
            """async () => {
              const playback = document.querySelector(".lvt").parentElement.lrvizTraining;
              const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
              const live = loaded.find((name) => name.endsWith("/playback.js"));
              const module = await import(live.replace("playback.js", "picture.js"));
              module.save(await module.picture(playback, "svg"), "lrviz-step-7.svg");
            }"""
        )
    assert waiting.value.suggested_filename == "lrviz-step-7.svg"
    assert ET.parse(waiting.value.path()).getroot().tag == f"{SVG}svg"
    settle(page)
    assert page.evaluate("document.querySelector('.lvt').parentElement.lrvizTraining.k") == 7
