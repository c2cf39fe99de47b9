"""The Graph page: the picture, the inputs and everything that follows from them."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import lru_cache
from typing import Any, Final

import streamlit as st

from lrviz import settings
from lrviz.core.expression import plain
from lrviz.core.graph import (
    INPUTS,
    LOSSES,
    Graph,
    Loss,
    Pass,
    View,
    build,
    differentiate,
    holder,
    stages,
)
from lrviz.figures.curves import curves_figure
from lrviz.figures.geometry import FRAMES
from lrviz.figures.graph import build_figure
from lrviz.figures.palette import PALETTES, ROLES
from lrviz.live import derivation_payload
from lrviz.live.component import base_path, control, live, signals
from lrviz.live.component import plain as plain_spec
from lrviz.live.derivation_payload import ORDER
from lrviz.pages import tables
from lrviz.pages.session import PageState
from lrviz.practice import blanks
from lrviz.settings import State
from lrviz.text import act, cards, explanations, guide, sentence
from lrviz.text.bridge import bridge
from lrviz.text.glossary import GLOSSARY
from lrviz.text.latex import to_latex
from lrviz.text.withheld import Withheld, withheld

KEY: Final = "graph"

_OPENS = settings.defaults(settings.GRAPH)
_WORKED = tuple(_OPENS[name] for name in INPUTS)

#: (name, what to notice, the six inputs in the order of `INPUTS`: x1, w1, x2, w2, b, y).
PRESETS = (
    (
        "worked example",
        "The one the page opens with: a is a little above one half, and y is 1.",
        _WORKED,
    ),
    (
        "confident and right",
        "z = 6 and y = 1: the loss is small, and so is every gradient. Little is left to learn.",
        (2.0, 2.0, 2.0, 1.0, 0.0, 1),
    ),
    (
        "confident and wrong",
        "z = −20 and y = 1: ① is huge and ② tiny, yet their product ∂L/∂z stays close to −1. "
        "A confident mistake is corrected at full speed.",
        (3.0, -4.0, 2.0, -4.0, 0.0, 1),
    ),
    (
        "past float64, y = 0",
        "z = 40: a is so close to 1 that a computer's usual number, a float64, cannot tell them "
        "apart, and the textbook formula divides by zero. The panel below shows both.",
        (4.0, 5.0, 4.0, 5.0, 0.0, 0),
    ),
    (
        "past float64, y = 1",
        "z = 40 and right: the gradient is tiny but not zero, where the textbook formula gives 0.",
        (4.0, 5.0, 4.0, 5.0, 0.0, 1),
    ),
    (
        "on the boundary",
        "z = 0, so a is exactly one half: the model has no opinion, and ② is at its largest.",
        (2.0, 1.0, 2.0, -1.0, 0.0, 1),
    ),
    (
        "a dead input",
        "x₁ = 0: w₁ is multiplied by 0, so changing it changes nothing, and ∂L/∂w₁ is 0.",
        (0.0, *_WORKED[1:]),
    ),
)


def page() -> None:
    """Show the Graph page."""
    page_state = PageState(KEY, settings.GRAPH, mismatched)
    page_state.load(asked=bool(signals(KEY)))
    page_state.notice()
    _body()


def mismatched(state: State) -> list[str]:
    """Fields that do not fit the view they stand beside."""
    graph = build(state["view"], state["loss"])
    wrong = []
    if state["at"] is not None and state["at"] not in explanations.names(graph):
        wrong.append("at")
    if state["stage"] is not None and state["stage"] >= len(stages(graph)):
        wrong.append("stage")
    if state["line"] >= derivation_payload.length(state["part"], state["loss"]):
        wrong.append("line")
    if not cards.stands(state["guide"], KEY):
        wrong.append("guide")
    return wrong


@st.fragment
def _body() -> None:
    page_state = PageState(KEY, settings.GRAPH, mismatched)
    ask = page_state.receive()
    state = page_state.state
    inputs = {name: state[name] for name in INPUTS}
    shown = withheld(state["view"], state["loss"], state["hide"])
    if ask.get("latex") in ("part", "all"):
        numbers = ask.get("numbers") is True and not shown.keys
        page_state.answer(_latex(state, whole=ask["latex"] == "all", numbers=numbers, shown=shown))
    elif isinstance(ask.get("fill"), str):
        page_state.answer(json.dumps(blanks.answer(ask["fill"], str(ask.get("typed")), state)))
    calm = state == settings.defaults(settings.GRAPH) and not page_state.memory["handled"][0]
    spec = structure(state["view"], state["loss"], state["of"], state["hide"])
    live(KEY, {**spec, "calm": calm})
    page_state.acknowledge()
    p = differentiate(**inputs, view=state["view"], loss=state["loss"])
    without = spec["without"]
    opened = "check" not in state["hide"] and st.toggle(
        "Check", key="graph-check", help="The gradient check and every number as a table."
    )
    st.html(_text(p, shown, without, folded=not opened))


def _latex(state: State, *, whole: bool, numbers: bool, shown: Withheld) -> str:
    """The derivation, or the part that is open; nothing where the link leaves it out."""
    if not all(map(shown.part, ORDER if whole else (state["part"],))):
        return ""
    inputs = {name: state[name] for name in INPUTS}
    p = differentiate(**inputs, loss=state["loss"])
    part, i = (None if whole else state["part"]), 2 if state["of"] == "w2" else 1
    return to_latex(part, state["loss"], p.read if numbers else None, i)


def _text(p: Pass, shown: Withheld, without: Collection[str], *, folded: bool) -> str:
    """The page's own text: saturation, the checks and the tables, in one element.

    One element, because each costs the browser a few milliseconds after every rest. What is
    folded is hidden from the eye only.
    """
    check = "" if "check" in without else tables.check(p)
    numbers = check + tables.values(p, shown) + tables.local_derivatives(p, shown)
    look = "lv-tables lv-unseen" if folded else "lv-tables"
    saturation = "" if "saturation" in without else tables.saturation(p)
    return f'{saturation}<div class="{look}">{numbers}</div>'


def _range(name: str, role: str) -> dict[str, Any]:
    limits = {"min": settings.LOW, "max": settings.HIGH, "step": settings.STEP}
    return control("range", name, explanations.letter(name), role=role, **limits)


def _curves() -> dict[str, Any]:
    return {
        "figure": curves_figure().to_plotly_json(),
        "why": sentence.payload(sentence.why()),
        "note": "The same graph with half the squared error, ½(a − y)², in place of log loss: its "
        "∂L/∂z keeps the factor a(1 − a), which vanishes wherever the model is sure, right or "
        "wrong. The dots are the current z, held at the edge when it lies beyond.",
        "lines": [
            {"graph": "log", "text": "Log loss: ∂L/∂z = a − y {~adjoint.z value.a} {adjoint.z}"},
            {
                "graph": "squared",
                "text": "Squared error: ∂L/∂z = (a − y)·a(1 − a) {~local.a-L local.z-a} "
                "{local.a-L} × {(local.z-a)} {~local.a-L local.z-a adjoint.z} {adjoint.z}",
            },
        ],
        "summary": "Losses and their gradients against z; now z = {value.z}",
    }


def warm() -> None:
    """Build what every first visit needs."""
    structure("features", "log", "w1")


def _strip(graph: Graph, of: str) -> list[dict[str, Any]]:
    """The path in one line, from the target to the loss, and what it comes to."""
    product = explanations.product(graph, of)
    holding = holder(graph, of)
    letters = explanations.letter
    target = {"names": [holding.partition(".")[0]], "role": "node"}
    items = [target | {"text": f"{letters(of)} {{value.{holding}}}"}]
    for head, factor in zip(("z", "a", "L"), reversed(product.factors), strict=True):
        edge = {"names": list(factor.names), "role": "edge"}
        items.append(edge | {"text": f"{factor.mark} {{{factor.key}}} →"})
        node = {"names": [head], "role": "node"}
        items.append(node | {"text": f"{letters(head)} {{value.{head}}}"})
    result = f"{product.symbol} {{~{product.key}}} {{{product.key}}}"
    return [*items, {"names": [], "role": "result", "text": result}]


def _terms(product: explanations.Product) -> str:
    """The result's factors in one line, with the sign that goes between it and them."""
    first, *others = [one.key for one in reversed(product.factors)]
    line = " × ".join([f"{{{first}}}", *(f"{{({one})}}" for one in others)])
    return f"{{~{' '.join((product.key, first, *others))}}} {line}"


@lru_cache(maxsize=32)
def structure(view: View, loss: Loss, of: str, hide: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the live component is given: it depends on no value that is dragged.

    What ``hide`` leaves out is not in it, but for the graph's own formulas, by which the browser
    computes.
    """
    graph, shown = build(view, loss), withheld(view, loss, hide)
    product = explanations.product(graph, of)
    figures = {
        shape: build_figure(view, loss=loss, of=of, shape=shape, hide=hide).to_plotly_json()
        for (of_view, shape) in FRAMES
        if of_view == view
    }
    at_z = "∂L/∂z = {adjoint.z}"
    spec = {
        "structure": f"{view}-{loss}-{of}-{','.join(hide)}",
        "palettes": {mode: dict(colours) for mode, colours in PALETTES.items()},
        "question": f"How does changing {explanations.letter(of)} change the loss?",
        "guide": guide.spec(cards.CARDS, KEY, f"{base_path()}/", settings.defaults(settings.GRAPH)),
        "nudge": act.nudge(of),
        "onestep": act.one_step(settings.HIGH),
        "said": {
            "now": sentence.payload(sentence.now(loss, of)),
            "moved": sentence.payload(sentence.moved(of)),
        },
        "drag": of,
        "bridge": bridge(view, loss),
        "legend": [[role, text] for role, (_, text) in ROLES.items()],
        "summary": "Computational graph of logistic regression: z = {value.z}, a = {value.a}, "
        f"L = {{value.L}}, {at_z}, {product.symbol} = {{{product.key}}}",
        "graph": explanations.spec(graph),
        "figures": figures,
        "groups": [
            {
                "title": "The model",
                "inputs": [_range(name, "parameter") for name in ("w1", "w2", "b")],
            },
            {
                "title": "The example",
                "inputs": [
                    *(_range(name, "data") for name in ("x1", "x2")),
                    control("choice", "y", "y", symbol="y", options=[[0, "0"], [1, "1"]]),
                ],
            },
        ],
        "tools": [
            {
                "name": "view",
                "label": "View",
                "options": [
                    ["vector", "Vector"],
                    ["features", "Two features"],
                    ["operations", "Every operation"],
                ],
            }
        ],
        "product": {
            "factors": [
                {
                    "symbol": one.symbol,
                    "number": f"{{_{one.key}}}",
                    "mark": one.mark,
                    "names": list(one.names),
                    "stage": one.stage,
                }
                for one in reversed(product.factors)
            ],
            "stage": product.stage,
            "result": {"symbol": product.symbol, "number": f"{{_{product.key}}}"},
            "rate": f"{product.symbol} {{~{product.key}}} {{{product.key}}}",
            "terms": _terms(product),
            "identity": {"symbol": plain(product.identity), "numbers": product.identity_numbers}
            if shown.short(of, loss)
            else None,
            "choice": {
                "name": "of",
                "title": "Differentiate for",
                "label": "Derivative of the loss for",
                "options": [[name, explanations.gradient(name)] for name in explanations.TARGETS],
            },
        },
        "strip": {"": _strip(graph, of), "5": _strip(graph, "b")},
        "glossary": dict(GLOSSARY),
        "captions": explanations.captions(graph),
        "resting": explanations.resting(of),
        "walk": explanations.walk(graph),
        "plain": {kind: explanations.spec(build("features", kind)) for kind in LOSSES},
        "derivation": derivation_payload.payload(view, loss, of, shown),
        "loss": {
            "name": "loss",
            "title": "Loss",
            "label": "Loss",
            "now": loss,
            "options": [["log", "log loss"], ["squared", "squared error"]],
        },
        "curves": _curves(),
        "panels": {
            name: explanations.panel(graph, name, shown) for name in explanations.names(graph)
        },
        "presets": [
            {
                "label": name,
                # It tells what comes out there.
                "note": "" if shown.keys else note,
                "fields": dict(zip(INPUTS, given, strict=True)),
            }
            for name, note, given in PRESETS
        ],
    }
    made: dict[str, Any] = shown.clean(plain_spec(spec))
    without, asked = shown.blocks(spec), blanks.spec(graph, of, shown)
    for figure in made["figures"].values():
        labels = next(trace["meta"] for trace in figure["data"] if "templates" in trace["meta"])
        labels["templates"] = shown.labels(labels["templates"], asked["names"])
    return made | {
        "without": without,
        "blanks": asked,
        # What is left out is not sent.
        "said": {name: [] if name in without else made["said"][name] for name in ("now", "moved")},
        "guide": made["guide"] | ({"cards": {}} if "guide" in without else {}),
    }
