"""Random states of the pages that are their links, and what a page must say in each.

What must be said comes from the core (`differentiate`, `train`) and from `theme.number`, never
from what a page was seen to say.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from playwright.sync_api import Page

from lrviz import load_dataset, settings, train
from lrviz.core.graph import INPUTS, build, differentiate, stages
from lrviz.core.numerics import sigmoid
from lrviz.data.built_in import DATASETS
from lrviz.data.dataset import Dataset, from_points, standardise
from lrviz.live.derivation_payload import length
from lrviz.pages import graph, tables, training
from lrviz.text import explanations
from lrviz.text.cards import CARDS
from lrviz.text.numbers import number
from lrviz.text.withheld import withheld
from lrviz.training.model import PLANES, contributions
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import SYMBOLS, RunSettings
from lrviz.training.run import History
from lrviz.training.separability import separable
from tests.browser.conftest import table
from tests.deploy.protocol import Session, cells, unpacked
from tests.reference import hardest

State = dict[str, Any]
Maker = Callable[[random.Random, State], Any]
#: What is on the screen, or must be: a text equivalent or a control by its name.
Screen = dict[str, Any]


@dataclass(frozen=True)
class Linked:
    """A page whose state is its link.

    Attributes
    ----------
    path, mount : str
        Below the app's address; the key of its live component.
    fields : tuple of Field
        The table of its state.
    makers : mapping
        For every field, in this order, a value that goes with those already made.
    valid : callable
        The page's own rule of what goes together.
    sent : callable
        Asserts that what the server sent is right for a state.
    seen, shown : callable
        What is on the screen, and what must be.
    """

    path: str
    mount: str
    fields: tuple[settings.Field, ...]
    makers: dict[str, Maker]
    valid: Callable[[State], list[str]]
    sent: Callable[[Session, State], None]
    seen: Callable[[Page, State], Screen]
    shown: Callable[[State], Screen]

    def make(self, rng: random.Random) -> State:
        """A state that a person could rest on; every field of the table is drawn."""
        state = settings.defaults(self.fields)
        assert set(self.makers) == set(state), "a field without a maker, or the other way round"
        for name, maker in self.makers.items():
            state[name] = maker(rng, state)
        assert self.valid(state) == [], state
        for field in self.fields:
            assert field.check(state[field.name]) == state[field.name], field.name
        return state


def one_of(*options: Any) -> Maker:
    return lambda rng, _: rng.choice(options)


def some_of(options: tuple[str, ...]) -> Maker:
    """Mostly none, sometimes a few, sometimes all."""

    def make(rng: random.Random, _: State) -> tuple[str, ...]:
        chosen = rng.sample(options, rng.choice((0, 0, 0, 1, 2, len(options))))
        return tuple(option for option in options if option in chosen)

    return make


def read(text: str) -> float:
    """A number as a field shows it."""
    return float(text.replace("−", "-"))


# The Graph page


def _slider(rng: random.Random, _: State) -> float:
    """A slider's stop, an exact value from the number field, or an end."""
    low, high = settings.LOW, settings.HIGH
    return rng.choice((round(rng.uniform(low, high), 2), rng.uniform(low, high), low, 0.0, high))


def _node_or_edge(rng: random.Random, state: State) -> str | None:
    return rng.choice((None, *explanations.names(build(state["view"], state["loss"]))))


def _stage(rng: random.Random, state: State) -> int | None:
    return rng.choice((None, *range(len(stages(build(state["view"], state["loss"]))) - 1)))


GRAPH_MAKERS: dict[str, Maker] = {
    **dict.fromkeys(("x1", "x2", "w1", "w2", "b"), _slider),
    "y": one_of(0, 1),
    "view": one_of("vector", "features", "operations"),
    "of": one_of("w1", "w2", "b"),
    "part": one_of("goal", "strategy", "1", "2", "3", "4", "5", "sigmoid", "result"),
    "loss": one_of("log", "squared"),
    "at": _node_or_edge,
    "stage": _stage,
    "line": lambda rng, s: rng.randrange(length(s["part"], s["loss"])),
    "nudge": one_of(None, 1.0, 0.001, 1e-15, 0.3),
    "lr": one_of(*settings.STEP_RATES),
    "hide": some_of(settings.HIDEABLE),
    "guide": one_of(None, *(card.name for card in CARDS.values() if card.page == "graph")),
}


def _graph_tables(state: State) -> Screen:
    shown = withheld(state["view"], state["loss"], state["hide"])
    inputs = {name: state[name] for name in INPUTS}
    p = differentiate(**inputs, view=state["view"], loss=state["loss"])
    return {
        "Values": cells(tables.values(p, shown), "Values"),
        "Local derivatives": cells(tables.local_derivatives(p, shown), "Local derivatives"),
    }


def graph_sent(session: Session, state: State) -> None:
    for name, expected in _graph_tables(state).items():
        assert session.table(name) == expected, state


# Every control that shows a field, as a person or a screen reader finds it.
_GRAPH_SCREEN = """
() => {
  const checked = (label) => document.querySelector(
    `[role=radiogroup][aria-label="${label}"] input:checked + label`)?.textContent ?? null;
  const text = (where) => document.querySelector(where)?.textContent ?? null;
  const shown = (where) => { const n = document.querySelector(where); return n && !n.hidden; };
  // A long value is rounded in its field, and there in full as its title.
  const exact = (name) => {
    const { title, value } = document.querySelector(`[aria-label="${name} exact value"]`);
    return title || value;
  };
  const sliders = {};
  for (const n of document.querySelectorAll(":is(.lv-inputs, .lv-dock) input[type=range]"))
    sliders[n.ariaLabel] = exact(n.ariaLabel);
  return { sliders, y: checked("y"), view: checked("View"),
    of: checked("Derivative of the loss for"), loss: checked("Loss"),
    panel: shown(".lv-panel") ? text(".lv-panel h3") : null,
    stage: text(".lv-player .lv-count"), line: text(".lv-derivation .lv-count"),
    product: shown(".lv-product"), player: shown(".lv-player"),
    derivation: shown(".lv-derivation"), try: shown(".lv-foot"),
    guide: text(".lv-guide:not([hidden]) h1"),
    nudge: document.querySelector("[aria-label=nudge]")?.getAttribute("aria-valuetext") ?? null,
    lr: checked("Learning rate η"),
    check: document.querySelector(".st-key-graph-check") !== null,
    computed: [...document.querySelectorAll(".lv-plot .textpoint text:not(.lv-not-yet)")]
      .filter((n) => n.dataset.kind === "adjoint" && /^.?[−\\d]/.test(n.textContent)).length > 0 };
}
"""


def graph_seen(page: Page, state: State) -> Screen:
    page.wait_for_selector("table[aria-label=Values]", state="attached")
    found: Screen = page.evaluate(_GRAPH_SCREEN)
    found["sliders"] = {name: read(text) for name, text in found["sliders"].items()}
    found["line"] = found["line"] and found["line"].partition(".")[0]
    return found | {name: table(page, name) for name in ("Values", "Local derivatives")}


def graph_shown(state: State) -> Screen:
    drawn = build(state["view"], state["loss"])
    last = len(stages(drawn)) - 1
    shown = withheld(state["view"], state["loss"], state["hide"])
    spec = graph.structure(state["view"], state["loss"], state["of"], state["hide"])
    without = spec["without"]
    # A part that is left out gives way to the first that is not.
    keys = [one["key"] for one in spec["derivation"]["parts"]]
    part = state["part"] if shown.part(state["part"]) else keys[0] if keys else None
    lines = length(part, state["loss"]) if part else 0
    views = {"vector": "Vector", "features": "Two features", "operations": "Every operation"}
    card = None if state["hide"] else CARDS.get(state["guide"])
    return {
        "sliders": {name: state[name] for name in ("x1", "x2", "w1", "w2", "b")},
        "y": str(state["y"]),
        "view": views[state["view"]],
        "of": None if "product" in without else explanations.gradient(state["of"]),
        "loss": "log loss" if state["loss"] == "log" else "squared error",
        "panel": explanations.panel(drawn, state["at"])["title"] if state["at"] else None,
        # At the last stage, which a link leaves out, nothing is counted.
        "stage": None
        if state["stage"] is None or "player" in without
        else f"{state['stage']} of {last}",
        "line": None
        if "derivation" in without
        else f"Line {min(state['line'] + 1, lines)} of {lines}",
        **{part: part not in without for part in ("product", "derivation", "try", "player")},
        # A link that leaves something out opens no card.
        "guide": None if state["hide"] else state["guide"] and CARDS[state["guide"]].title,
        "nudge": None
        if "nudge" in without
        else "none"
        if state["nudge"] is None
        else number(state["nudge"]),
        "lr": None if "onestep" in without else str(state["lr"]),
        "check": "check" not in state["hide"],
        # The walk shows gradients once it turns back at L, and at least ∂L/∂L = 1; a card may show
        # one before.
        "computed": state["stage"] is None
        or state["stage"] > last // 2
        or bool(card and any(key.startswith("adjoint.") for key in card.seen)),
        **_graph_tables(state),
    }


# The Training page


def _data(state: State) -> Dataset:
    return from_points(state["points"]) if state["data"] == "own" else load_dataset(state["data"])


def _rows(state: State) -> int:
    return len(_data(state))


def _points(rng: random.Random, state: State) -> tuple[tuple[float, float, int], ...]:
    """Points of a hand, or from another set to every digit; only as data are they in a link."""
    far = settings.POINTS_HIGH
    most = settings.POINTS_LIMIT if state["data"] == settings.OWN else 0
    place = rng.choice(
        (
            lambda: round(rng.uniform(-5, 5) / 0.05) * 0.05,
            lambda: rng.gauss(0, 3),
            lambda: rng.uniform(-far, far),
        )
    )
    least = min(most, 1)
    count = rng.choice((most, rng.randint(least, most), rng.randint(least, min(most, 4))))
    return tuple((place(), place(), rng.randint(0, 1)) for _ in range(count))


def _comparisons(rng: random.Random, state: State) -> tuple[RunSettings, ...]:
    return tuple(
        (
            rng.choice(tuple(OPTIMIZERS)),
            _rate(rng, state),
            round(rng.random() * 0.99, 2),
            rng.randint(1, _rows(state)),
            rng.randint(0, 999),
            *_start(rng, state),
        )
        for _ in range(rng.choice((0, 0, 1, 2)))
    )


def _rate(rng: random.Random, _: State) -> float:
    """Any rate, as likely small as large; a stop of the slider; a round one; an end."""
    low, high = settings.RATE_LOW, settings.RATE_HIGH
    rate = min(max(10 ** rng.uniform(math.log10(low), math.log10(high)), low), high)
    return rng.choice((rate, float(f"{rate:.2g}"), rng.choice((0.003, 0.1, 0.5, 5.0, low, high))))


def _steps(rng: random.Random, _: State) -> int:
    """Short runs mostly, because a long one takes its time."""
    return rng.randint(301, settings.STEPS_HIGH) if rng.random() < 0.06 else rng.randint(1, 300)


def _start(rng: random.Random, _: State) -> tuple[float, ...]:
    far = settings.START_HIGH
    kind = rng.randrange(4)
    if kind == 0:
        return (0.0, 0.0, 0.0)
    if kind == 1:
        return tuple(round(rng.uniform(-3, 3), 1) for _ in range(3))
    return tuple(rng.uniform(-far, far) if kind == 2 else rng.gauss(0, 2) for _ in range(3))


TRAINING_MAKERS: dict[str, Maker] = {
    "data": one_of(*DATASETS, settings.OWN, settings.OWN, settings.OWN),
    "points": _points,
    "scale": one_of("standard", "raw"),
    "opt": one_of(*OPTIMIZERS),
    "lr": _rate,
    "momentum": lambda rng, _: rng.choice(
        (rng.uniform(0, 0.999), round(rng.random() * 0.99, 2), 0.0, 0.9, 0.999)
    ),
    # More than there are rows means all of them.
    "batch": lambda rng, s: rng.choice((16, 1000, rng.randint(1, _rows(s)))),
    "steps": _steps,
    "seed": lambda rng, _: rng.choice((0, rng.randint(1, 99), rng.randint(0, 999_999))),
    "start": _start,
    "plane": one_of(*PLANES),
    "surface": one_of("contour", "contour", "contour", "3d"),
    # The lecture view hides most of what is compared here; it has a test of its own.
    "layout": one_of("page"),
    "step": lambda rng, s: rng.choice((0, s["steps"], rng.randint(0, s["steps"]))),
    "example": lambda rng, s: rng.choice((0, rng.randrange(_rows(s)))),
    "comparisons": _comparisons,
    "l2": one_of(0.0, 0.0, 0.01, 1.5, 10.0),
    "threshold": one_of(0.5, 0.5, 0.01, 0.31, 0.99),
    "hide": some_of(settings.TRAINING_HIDEABLE),
    # A card may veil what it asks for: then it is not on the screen.
    "guide": one_of(
        None,
        *(c.name for c in CARDS.values() if c.page == "training" and not c.veil),
    ),
}

#: The region that a part of the page is, by the part's name in the link.
TRAINING_PARTS = {
    "data": "The data",
    "rates": "Learning rate",
    "contributions": "From one example to the batch",
    "rule": "The next step",
    "example": "One example",
    "history": "The steps around this one",
}


def _features(state: State) -> tuple[Any, Any]:
    """X as the model sees it, and y."""
    data = _data(state)
    return (data.X if state["scale"] == "raw" else standardise(data.X)[0]), data.y


def _runs(state: State) -> list[History]:
    """The state's own run, and those beside it."""
    own = (*(state[field.name] for field in settings.RUN), *state["start"])
    return [
        train(
            *_features(state),
            optimizer=opt,
            learning_rate=rate,
            steps=state["steps"],
            start=start,
            momentum=momentum,
            batch_size=min(batch, _rows(state)),
            seed=seed,
            l2=state["l2"],
        )
        for opt, rate, momentum, batch, seed, *start in (own, *state["comparisons"])
    ]


def training_sent(session: Session, state: State) -> None:
    playback, (run, *comparisons) = session.mounted["playback"], _runs(state)
    for name, exact in (
        ("params", run.params),
        ("losses", run.losses),
        ("gradients", run.gradients),
    ):
        np.testing.assert_array_equal(unpacked(playback[name]), exact, err_msg=f"{name} {state}")
    for sent, other in zip(playback["comparisons"], comparisons, strict=True):
        np.testing.assert_array_equal(unpacked(sent["params"]), other.params, err_msg=str(state))
        np.testing.assert_array_equal(unpacked(sent["losses"]), other.losses, err_msg=str(state))
    X, y = _features(state)
    scaled = (unpacked(session.rows["raw"]) - playback["mean"]) / playback["scale"]
    np.testing.assert_array_equal(scaled, X, err_msg=str(state))
    np.testing.assert_array_equal(unpacked(session.rows["y"]), y, err_msg=str(state))
    assert playback["rows"] == session.rows["digest"]
    assert (playback["taken"], playback["stopped"]) == (len(run), run.stopped), state
    assert session.mounted["hidden"] == list(state["hide"]), state


# What is shown only: a control that this optimizer does not listen to is not there.
_TRAINING_SCREEN = """
() => {
  const root = document.querySelector(".lvt");
  const labels = new Map([...root.querySelectorAll("label[for]")].map((n) => [n.htmlFor, n]));
  const controls = {};
  for (const n of root.querySelectorAll("select, input:not([type=radio])"))
    if (n.checkVisibility()) controls[n.ariaLabel ?? labels.get(n.id).textContent] =
      n.type === "range" ? n.ariaValueText ?? n.value : n.value;
  for (const n of root.querySelectorAll("[role=radiogroup]"))
    if (n.checkVisibility()) controls[n.ariaLabel] = n.querySelector("input:checked").value;
  const [step, rate] = ["step", "Learning rate"].map((name) =>
    root.querySelector(`input[type=range][aria-label="${name}"]`));
  const plot = root.querySelector(".lvt-surface .lvt-plot");
  return { controls, stop: [Number(step.value), Number(step.max)], rate: Number(rate.value),
    solid: root.classList.contains("lvt-solid"), surface: plot.ariaLabel,
    graph: root.querySelector(".lv-plot")?.ariaLabel ?? "",
    status: root.querySelector(".lvt-status span").textContent,
    ended: root.querySelector(".lvt-ended").textContent,
    points: [...root.querySelectorAll(".lvt-point")].filter((n) => n.checkVisibility())
      .map((n) => n.ariaLabel),
    chosen: [...root.querySelectorAll("[aria-pressed=true].lvt-pick")].map((n) => n.textContent),
    now: [...root.querySelectorAll("tr[aria-current=step] th")].map((n) => n.textContent) };
}
"""

#: The controls of a run by name, and the field that each shows.
_WORDS = {
    "Data": "data",
    "Features": "scale",
    "Optimizer": "opt",
    "Plane": "plane",
    "Surface": "surface",
}
_NUMBERS = {
    "Learning rate": "lr",
    "Learning rate, exact value": "lr",
    "μ": "momentum",
    "Batch": "batch",
    "Seed": "seed",
    "Steps": "steps",
    "Decay λ": "l2",
    "threshold": "threshold",
}
#: The argument that an optimizer must listen to for a field's control to be there.
_USED = {"lr": "learning_rate", "momentum": "momentum", "batch": "batch_size", "seed": "seed"}


def training_seen(page: Page, state: State) -> Screen:
    found: Screen = page.evaluate(_TRAINING_SCREEN)
    controls = found.pop("controls")
    numbers = (*_NUMBERS, "step", "step exact value", "example")
    parts = {
        part: page.get_by_role("region", name=name, exact=True).count() == 1
        for part, name in TRAINING_PARTS.items()
    }
    return {
        **found,
        **{name: controls.get(name) for name in _WORDS},
        **{name: read(controls[name]) if name in controls else None for name in numbers},
        "Start": tuple(read(part) for part in controls["Start"].split(",")),
        # The thumb stands at the stop nearest to the rate.
        "rate": abs(found["rate"] - math.log10(state["lr"])) < 0.00501,
        "surface": re.findall(r"plane of (\S+) and (\S+),.*Step (\d+) of (\d+)", found["surface"]),
        "graph": re.findall(r"example (\d+) at step (\d+)", found["graph"]),
        "parts": parts,
        "Contributions": table(page, "Contributions") if parts["contributions"] else None,
        "History": table(page, "History") if parts["history"] else None,
        "Runs": [row[:1] + row[2:] for row in table(page, "Runs")]
        if state["comparisons"]
        else None,
    }


def training_shown(state: State) -> Screen:
    (run, *comparisons), hide = _runs(state), set(state["hide"])
    # A run that ended early is shown at its last step; the link goes on naming the one it names.
    last = max(map(len, (run, *comparisons)))
    at = min(state["step"], last)
    k = min(at, len(run))
    uses = OPTIMIZERS[state["opt"]].uses
    i, j, _ = PLANES[state["plane"]]
    return {
        **{name: state[field] for name, field in _WORDS.items()},
        **{
            name: state[field] if field not in _USED or _USED[field] in uses else None
            for name, field in _NUMBERS.items()
        },
        "Start": state["start"],
        "step": at,
        "step exact value": at,
        "stop": [at, last],
        "example": None if "example" in hide else state["example"],
        "rate": True,
        "solid": state["surface"] == "3d",
        "surface": [(SYMBOLS[i], SYMBOLS[j], str(k), str(len(run)))],
        "graph": [] if "example" in hide else [(str(state["example"]), str(k))],
        "status": _status(state, run, comparisons, at),
        "points": _handles(state),
        "ended": ("A: " if comparisons else "") + run.stopped if run.stopped else "",
        "chosen": [] if "contributions" in hide else [f"example {state['example']}"],
        "now": [] if "history" in hide else [str(k)],
        "parts": {part: part not in hide for part in TRAINING_PARTS},
        "Contributions": None if "contributions" in hide else _contributions(state, run, k),
        "History": None if "history" in hide else _history(run, k),
        "Runs": _beside([run, *comparisons], at) if comparisons else None,
    }


def _handles(state: State) -> list[str]:
    if state["data"] != settings.OWN:
        return []
    return [
        f"Point {i}: x₁ {number(x1)}, x₂ {number(x2)}, class {y}"
        for i, (x1, x2, y) in enumerate(state["points"])
    ]


def _beside(histories: list[History], at: int) -> list[list[str]]:
    """Every run at a step, or at its end before; what it is called is tested elsewhere."""
    rows = []
    least = min(float(h.losses.min()) for h in histories)
    for letter, h in zip("ABC", histories, strict=False):
        k = min(at, len(h))
        said = [number(float(x)) for x in (h.losses[k], *h.params[k])]
        near = np.flatnonzero(h.losses <= 1.01 * least)
        first = str(near[0]) if len(near) else "–"
        rows.append([letter, str(k), *said, first, h.stopped or "" if k == len(h) else ""])
    return rows


def _status(state: State, run: History, comparisons: list[History], at: int) -> str:
    k = min(at, len(run))
    w1, w2, b = run.params[k].tolist()
    said = {"J": float(run.losses[k]), "w₁": w1, "w₂": w2, "b": b}
    X, y = _features(state)
    # Of one class the loss has no minimum whatever the decay: b has none.
    if separable(X, y) and (state["l2"] == 0 or len(set(y)) == 1):
        said["‖w‖"] = math.hypot(w1, w2)
    own = ",  ".join(f"{name} = {number(x)}" for name, x in said.items())
    if not comparisons:
        return own
    losses = [float(h.losses[min(at, len(h))]) for h in comparisons]
    others = [f"{letter}: J = {number(J)}" for letter, J in zip("BC", losses, strict=False)]
    return f"A: {own}\n{'   '.join(others)}"


def _history(run: History, k: int) -> list[list[str]]:
    """Seven steps with this one in their middle, as far as the run has them."""
    count = min(7, len(run) + 1)
    first = max(0, min(k - 3, len(run) + 1 - count))
    return [
        [str(n), *(number(float(x)) for x in (*run.params[n], run.losses[n], *run.gradients[n]))]
        for n in range(first, first + count)
    ]


def _contributions(state: State, run: History, k: int) -> list[list[str]]:
    """The five examples that pull hardest, the chosen one, and the mean."""
    (X, y), w = _features(state), run.params[k].tolist()
    each = contributions(X, y, run.params[k])
    # Squares of 1e-186 vanish: hypot takes none.
    first = hardest([math.hypot(*row) for row in each.tolist()])
    shown = first if state["example"] in first else [*first, state["example"]]
    rows = []
    for i in shown:
        a = sigmoid(w[0] * float(X[i, 0]) + w[1] * float(X[i, 1]) + w[2])
        rest = (each[i, 2], *each[i])
        rows.append([f"example {i}", str(y[i]), number(a), *(number(float(x)) for x in rest)])
    mean = [number(float(x)) for x in run.gradients[k]]
    decay = " + λ·w" if state["l2"] else ""
    return [*rows, [f"mean of {len(y)}{decay} = ∂J", "", "", "", *mean]]


GRAPH = Linked(
    "",
    graph.KEY,
    settings.GRAPH,
    GRAPH_MAKERS,
    graph.mismatched,
    graph_sent,
    graph_seen,
    graph_shown,
)
TRAINING = Linked(
    "training",
    training.KEY,
    settings.TRAINING,
    TRAINING_MAKERS,
    training.mismatched,
    training_sent,
    training_seen,
    training_shown,
)
