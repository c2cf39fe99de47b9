"""The link is the state: random states are encoded, opened elsewhere and read back."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from lrviz import explain, lesson, settings
from lrviz.graph import INPUTS, Pass, build, differentiate, stages
from lrviz.pages import tables
from lrviz.pages.graph import mismatched
from tests.browser.conftest import table
from tests.deploy.protocol import Session, cells, run

#: States of each page, opened through the server's own protocol.
STATES = 500
#: Of those, states opened in Chromium, which takes about a second each.
IN_CHROMIUM = int(os.environ.get("LRVIZ_LINKS", "40"))

State = dict[str, Any]


def random_graph_state(rng: random.Random) -> State:
    """A state of the Graph page that a person could rest on."""
    state = settings.defaults(settings.GRAPH)
    for name in INPUTS:
        # Slider stops, exact values from the number field, and the ends.
        state[name] = rng.choice(
            (round(rng.uniform(-5, 5), 2), rng.uniform(-5, 5), rng.choice((-5.0, 0.0, 5.0)))
        )
    state["y"] = rng.randint(0, 1)
    for name, options in (
        ("view", ("vector", "features", "operations")),
        ("of", ("w1", "w2", "b")),
        ("part", ("goal", "strategy", "1", "2", "3", "4", "5", "sigmoid", "result")),
        ("loss", ("log", "squared")),
    ):
        state[name] = rng.choice(options)
    graph = build(state["view"], state["loss"])
    state["at"] = rng.choice((None, *explain.names(graph)))
    state["stage"] = rng.choice((None, *range(len(stages(graph)) - 1)))
    state["line"] = rng.randrange(lesson.length(state["part"], state["loss"]))
    hidden = rng.sample(settings.HIDEABLE, rng.choice((0, 0, 0, 1, 2, len(settings.HIDEABLE))))
    state["hide"] = tuple(part for part in settings.HIDEABLE if part in hidden)
    assert mismatched(state) == []
    return state


def graph_tables(state: State) -> dict[str, list[list[str]]]:
    """What the text equivalents must say."""
    p: Pass = differentiate(
        **{name: state[name] for name in INPUTS}, view=state["view"], loss=state["loss"]
    )
    return {
        "Values": cells(tables.values(p), "Values"),
        "Local derivatives": cells(tables.local_derivatives(p), "Local derivatives"),
    }


# Every control that shows a field, as a person or a screen reader finds it.
_GRAPH_SCREEN = """
() => {
  const checked = (label) => document.querySelector(
    `[role=radiogroup][aria-label="${label}"] input:checked + label`)?.textContent ?? null;
  const text = (where) => document.querySelector(where)?.textContent ?? null;
  const shown = (where) => { const n = document.querySelector(where); return n && !n.hidden; };
  const exact = (name) => document.querySelector(`[aria-label="${name} exact value"]`).value;
  const sliders = {};
  for (const n of document.querySelectorAll(".lv-inputs input[type=range]"))
    sliders[n.ariaLabel] = exact(n.ariaLabel);
  return { sliders, y: checked("y"), view: checked("View"),
    of: checked("Derivative of the loss for"), loss: checked("Loss"),
    panel: shown(".lv-panel") ? text(".lv-panel h3") : null,
    stage: text(".lv-player .lv-count"), line: text(".lv-lesson .lv-count"),
    product: shown(".lv-product"), player: shown(".lv-player"),
    derivation: shown(".lv-lesson"), try: shown(".lv-foot"),
    check: document.querySelector(".st-key-graph-check") !== null,
    computed: [...document.querySelectorAll(".lv-plot .textpoint text:not(.lv-not-yet)")]
      .filter((n) => n.dataset.kind === "adjoint").length > 0 };
}
"""


def graph_screen(state: State) -> dict[str, Any]:
    """What `_GRAPH_SCREEN` must find."""
    graph = build(state["view"], state["loss"])
    last = len(stages(graph)) - 1
    views = {"vector": "Vector", "features": "Two features", "operations": "Every operation"}
    panel = explain.panel(graph, state["at"])["title"] if state["at"] else None
    return {
        "y": str(state["y"]),
        "view": views[state["view"]],
        "of": explain.gradient(state["of"]),
        "loss": "log loss" if state["loss"] == "log" else "squared error",
        "panel": panel,
        "stage": None if state["stage"] is None else f"{state['stage']} of {last}",
        "line": f"Line {state['line'] + 1} of {lesson.length(state['part'], state['loss'])}",
        **{part: part not in state["hide"] for part in ("product", "derivation", "try")},
        "player": not {"player", "values"} & set(state["hide"]),
        "check": "check" not in state["hide"],
        # The walk shows gradients once it turns back at L.
        "computed": "values" not in state["hide"]
        and (state["stage"] is None or state["stage"] > last // 2),
    }


@dataclass(frozen=True)
class Linked:
    """A page whose state is its link."""

    path: str
    mount: str
    fields: tuple[settings.Field, ...]
    make: Callable[[random.Random], State]
    tables: Callable[[State], dict[str, list[list[str]]]]
    look: str
    screen: Callable[[State], dict[str, Any]]


PAGES = [
    pytest.param(
        Linked(
            "",
            "graph",
            settings.GRAPH,
            random_graph_state,
            graph_tables,
            _GRAPH_SCREEN,
            graph_screen,
        ),
        id="graph",
    )
]


def states(page: Linked, count: int) -> list[State]:
    rng = random.Random(20170812)
    return [page.make(rng) for _ in range(count)]


@pytest.mark.parametrize("linked", PAGES)
def test_every_state_survives_its_link_in_another_session(linked, address):
    """500 states through a real server: what any browser would be sent."""

    async def visit() -> None:
        for state in states(linked, STATES):
            session = Session(
                address,
                settings.encode(linked.fields, state),
                mount=linked.mount,
                path=linked.path,
            )
            await session.open()
            try:
                assert session.errors == []
                for name, expected in linked.tables(state).items():
                    assert session.table(name) == expected, state
                given = session.data["fields"]
                assert {
                    k: tuple(v) if isinstance(v, list) else v for k, v in given.items()
                } == state
            finally:
                await session.close()

    run(visit())


@pytest.mark.parametrize("linked", PAGES)
def test_every_state_survives_its_link_in_another_browser(linked, address, browser):
    """The same states on the screen of a Chromium that has seen none of them before."""
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    errors: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    for state in states(linked, IN_CHROMIUM):
        query = urlencode(settings.encode(linked.fields, state), safe=",-")
        page.goto(f"{address}/{linked.path}?{query}", wait_until="commit")
        page.wait_for_selector(".lv-ready", state="attached", timeout=30_000)
        page.wait_for_selector("table[aria-label=Values]", state="attached")
        page.wait_for_selector("[data-test-script-state='notRunning']", state="attached")
        assert page.get_by_test_id("stAlert").count() == 0, query
        for name, expected in linked.tables(state).items():
            assert table(page, name) == expected, query
        found = page.evaluate(linked.look)
        sliders = found.pop("sliders")
        assert {k: float(v.replace("−", "-")) for k, v in sliders.items()} == {
            k: state[k] for k in sliders
        }, query
        wanted = linked.screen(state)
        found["line"] = found["line"].partition(".")[0]
        if state["stage"] is None:
            found["stage"] = None
        assert found == wanted, query
    context.close()
    assert errors == []
