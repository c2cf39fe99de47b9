"""What a link leaves out is in nothing that Python gives the page."""

from __future__ import annotations

import random
import re
from dataclasses import FrozenInstanceError
from itertools import pairwise

import networkx as nx
import pytest

from lrviz import hiding, settings
from lrviz.core.expression import rate, symbol
from lrviz.core.graph import INPUTS, LOSSES, VIEWS, build, differentiate
from lrviz.live.derivation_payload import ORDER
from lrviz.pages import graph as page
from lrviz.text import explanations
from lrviz.text.derivation import parts
from lrviz.text.numbers import FIGURE_SPACE, fill
from lrviz.text.withheld import quantities, withheld
from tests.samples import LONG, sample, thin
from tests.withheld import (
    ALL,
    hidden_formulas,
    hidden_numbers,
    leaks,
    subsets,
    telling_state,
)

#: What the browser works out for itself, in blocks that are there only where all of it may be.
OWN = re.compile(r"\b(moved|next|change|guess|nudge|step|eta|share)\b")


def texts(spec):
    """Every text of a payload, less the graph that the browser computes by and what it draws."""
    if isinstance(spec, str):
        return [spec]
    if isinstance(spec, dict):
        skipped = ("graph", "plain", "palettes", "plots", "value", "formula", "glossary")
        skipped += ("ways", "shapes")  # paths
        return [text for key, one in spec.items() if key not in skipped for text in texts(one)]
    return [text for one in spec for text in texts(one)] if isinstance(spec, list) else []


def filled(text, *passes):
    """A template with the numbers of the first pass that has them; LaTeX has other braces."""
    for p in passes:
        try:
            return fill(text, p.read)
        except (KeyError, ValueError, IndexError):
            continue
    return text


def said(spec):
    """Every text of a payload, less the blocks that are left out."""
    blocks = {"onestep", "nudge", "curves", "strip", "product", "player", "try"}
    blocks &= set(spec["without"])
    keys = {"player": ("captions", "walk"), "try": ("presets",)}
    gone = {key for name in blocks for key in keys.get(name, (name,))}
    return texts({key: one for key, one in spec.items() if key not in gone})


def given(state, view, loss, hide, parts=ORDER):
    """All that the page would say in this state, filled in."""
    p = differentiate(**state, view=view, loss=loss)
    two = differentiate(**state, loss=loss)
    spec = page.structure(view, loss, "w1", hide)
    out = []
    for text in said(spec):
        if OWN.search(text) and "{" in text:
            continue
        out.append(filled(text, p, two))
    shown = withheld(view, loss, hide)
    tables = page._text(p, shown, spec["without"], folded=False)
    out += re.findall(r"[^<>]+", tables)
    fields = settings.defaults(settings.GRAPH) | {**state, "hide": hide, "loss": loss}
    for part in parts:
        made = page._latex(
            fields | {"part": part}, whole=False, numbers=not shown.keys, shown=shown
        )
        out += made.splitlines()
    return out


@pytest.mark.parametrize(("view", "loss"), thin(list(VIEWS), list(LOSSES), by=2))
def test_nothing_that_is_left_out_is_in_what_the_page_is_given(view, loss):
    dice = random.Random(f"{view}{loss}")
    every = subsets(sample(10, 100))
    for hide in every if LONG else [*dice.sample(every, 5), ALL]:
        state = telling_state(dice, hide, loss, view)
        found = given(state, view, loss, hide, ORDER if LONG else dice.sample(ORDER, 1))
        assert len(found) > 40
        numbers, formulas = hidden_numbers(hide, state, loss, view), hidden_formulas(hide, loss)
        assert leaks(found, numbers, formulas) == [], (hide, state)


def test_the_search_finds_what_is_not_left_out():
    state = {"x1": 1.5, "w1": 0.5, "x2": 2.0, "w2": -0.25, "b": 0.1, "y": 1}
    found = given(state, "features", "log", ())
    for name in ("forward", "gradients", "number1", "number2", "number3"):
        assert leaks(found, hidden_numbers((name,), state, "log", "features"), set()), name
    for n in "12345":
        assert leaks(found, set(), hidden_formulas((f"formula{n}",), "log")), n


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", [n for n in ALL if hiding.GRAPH[n].kind == hiding.NUMBERS])
def test_no_number_that_is_shown_is_always_one_that_is_left_out(view, loss, name):
    shown = withheld(view, loss, (name,))
    assert shown.keys
    dice = random.Random(name)
    passes = []
    for y in (0, 1, 0, 1, 0, 1):
        inputs = {n: dice.uniform(-2, 2) for n in INPUTS if n != "y"} | {"y": y}
        passes.append(differentiate(**inputs, view=view, loss=loss))
    graph = build(view, loss)
    computed = [name for name in graph.nodes if "op" in graph.nodes[name]]
    every = [f"{kind}.{n}" for n in computed for kind in ("value", "adjoint")]
    every += [f"local.{t}-{h}" for t, h in graph.edges if len(graph.nodes[t].get("inputs", ())) < 2]
    size = {key: [abs(float(p.read(key))) for p in passes] for key in every}
    for key in shown.keys & set(every):
        if len({round(one, 9) for one in size[key]}) > 1:  # a 1 tells nothing
            same = {k for k in every if size[k] == pytest.approx(size[key], rel=1e-9)}
            assert same <= shown.keys, (key, same - shown.keys)


def test_old_links_leave_out_what_they_always_did():
    blocks = ("derivation", "check", "try", "product", "player")
    without = page.structure("features", "log", "w1", blocks)["without"]
    assert {*blocks, "curves", "nudge", "onestep"} <= set(without)
    assert not withheld("features", "log", blocks).keys
    assert page.structure("features", "log", "w1")["without"] == []


def test_what_is_left_out_is_not_to_be_had_as_latex():
    state = settings.defaults(settings.GRAPH) | {"hide": ("formula2",), "part": "2"}
    shown = withheld("features", "log", state["hide"])
    assert page._latex(state, whole=False, numbers=False, shown=shown) == ""
    assert page._latex(state, whole=True, numbers=False, shown=shown) == ""
    assert page._latex(state | {"part": "1"}, whole=False, numbers=False, shown=shown)


def component_of(graph, edge):
    """Which of the five an edge is a step of, by every way there is between its two ends."""
    ends = {"1": [("a", "L")], "2": [("z", "a")], "5": [("b", "z")]}
    ends["4"] = [(name, "z") for name in ("w", "w1", "w2") if name in graph]
    for n, pairs in ends.items():
        for tail, head in pairs:
            if any(edge in pairwise(way) for way in nx.all_simple_paths(graph, tail, head)):
                return n
    return None


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("loss", LOSSES)
def test_a_formula_is_a_blank_where_its_component_is_left_out(view, loss):
    graph = build(view, loss)
    for n in "12345":
        out = withheld(view, loss, (f"formula{n}",))
        for edge in graph.edges:
            own = component_of(graph, edge)
            if edge == ("y", "L") and loss == "squared":
                own = "1"  # half a square has the same slope in y, with the other sign
            plain = explanations.local_formula(graph, edge)
            telling = own == n and (plain != "1" or n == "5")
            assert out.formula(graph, edge) == (f"{{?formula.{n}}}" if telling else plain)
        for name in graph.nodes:
            into = {component_of(graph, edge) for edge in graph.in_edges(name)}
            assert out.note(graph, name) == (n not in into)
        written = {"log": "a − y", "squared": "(a − y)·a(1 − a)"}[loss]
        assert out.residual(loss) == ("{?formula.3}" if n == "3" else written)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("of", explanations.TARGETS)
def test_the_shortest_product_is_shown_where_all_that_it_says_may_be_said(loss, of):
    """(a − y)·x₁ says ③ and ④, and with the squared error ① and ② too; for b it says ⑤."""
    last = "5" if of == "b" else "4"
    says = {"3", last} | ({"1", "2"} if loss == "squared" else set())
    assert withheld("features", loss, ()).short(of, loss)
    for n in "12345":
        assert withheld("features", loss, (f"formula{n}",)).short(of, loss) == (n not in says)
        assert withheld("features", loss, (f"number{n}",)).short(of, loss) == (n != last)


def test_what_one_link_leaves_out_cannot_be_changed():
    out = withheld("features", "log", ("number2",))
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'names'"):
        out.names = frozenset()


def test_a_text_keeps_the_numbers_that_may_be_shown():
    out = withheld("features", "log", ("number2",))
    assert {"local.z-a"} <= out.keys
    spec = {
        "said": ["{value.a} at {local.z-a}, {~local.z-a} {(local.z-a)}", "no number", 7, None],
        "pair": ("{_adjoint.z} {~adjoint.z value.a}", {"deep": "{~value.a local.z-a}{%local.z-a}"}),
    }
    assert out.clean(spec) == {
        "said": ["{value.a} at {?local.z-a}, = {?local.z-a}", "no number", 7, None],
        "pair": ["{_adjoint.z} {~adjoint.z value.a}", {"deep": "≈{?local.z-a}"}],
    }
    everything = withheld("features", "log", ("values",))
    assert everything.clean("{term.z.0} + {term.z.1}") == f"{FIGURE_SPACE} + {FIGURE_SPACE}"
    assert withheld("features", "log", ("formula2",)).clean(spec) is spec


def test_a_label_has_a_line_to_write_on_only_where_its_number_is_asked_for():
    out = withheld("features", "log", ("values",))
    templates = [
        "{?local.z-a}",
        "a {?value.a}",
        "{?formula.2}",
        "{value.x1}",
        "b {value.b} {?value.z}",
    ]
    assert out.labels(templates, {"value.a"}) == [
        FIGURE_SPACE,
        "a {?value.a}",
        "{?formula.2}",
        "{value.x1}",
        FIGURE_SPACE,
    ]


def test_a_small_plot_shows_nothing_that_would_tell():
    bars = {"kind": "bars", "terms": ["term.z.0", "term.z.1"]}
    curve = {"kind": "curve", "height": "value.a", "at": "value.z", "slope": "local.z-a"}
    through, past = {**curve, "through": True}, {**curve, "through": False}
    point = ["dot", "twin", "tangent", "secant"]
    for hide, wanted in (
        ((), ([], [], [])),
        (("values",), (["axis", "step", "bar", "total"], [*point, "curve"], point)),
        (("forward",), (["axis", "step", "bar", "total"], [*point, "curve"], point)),
        (("number2",), ([], *2 * [["tangent", "secant", "twin"]])),
        (("number3",), ([], [], [])),
    ):
        plots = withheld("features", "log", hide).plots([bars, through, past])
        assert [one["without"] for one in plots] == list(wanted)
        assert [one["kind"] for one in plots] == ["bars", "curve", "curve"]


def entries(graph, name):
    """What follows a node's name in a key, for each number that it holds."""
    held = graph.nodes[name].get("inputs", ())
    return [f".{n}" for n in range(len(held))] if len(held) > 1 else [""]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_step_between_the_ends_of_a_component_is_left_out_with_it(view, loss):
    graph = build(view, loss)
    state = {"x1": 1.37, "x2": 0.53, "w1": 2.11, "w2": -0.29, "b": 0.17}
    both = [differentiate(**state, y=y, view=view, loss=loss) for y in (0, 1)]
    for n in "124":
        out = withheld(view, loss, (f"number{n}",))
        steps = [edge for edge in graph.edges if component_of(graph, edge) == n]
        assert steps
        keys = {f"local.{t}-{h}{i}" for t, h in steps for i in entries(graph, t)}
        if n == "1":
            keys |= {f"adjoint.{t}" for t, _ in steps}
        telling = {key for key in keys if {abs(p.read(key)) for p in both} != {1}}
        assert telling <= out.keys
        # A step that changes nothing tells nothing.
        assert not (keys - telling) & out.keys
    assert withheld(view, loss, ("number5",)).keys == {"local.b-z", "share.z.b"}
    gradients = withheld(view, loss, ("gradients",)).keys
    leaves = [name for name in ("w", "w1", "w2", "b") if name in graph]
    assert {f"adjoint.{name}{i}" for name in leaves for i in entries(graph, name)} <= gradients
    assert not {"adjoint.a", "adjoint.y", "value.z", "value.a", "value.L"} & gradients
    assert not {key for key in gradients if key.startswith("local.")}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", [n for n in ALL if hiding.GRAPH[n].kind == hiding.NUMBERS])
def test_a_token_carries_nothing_that_is_made_of_what_is_left_out(view, loss, name):
    graph = build(view, loss)
    out = withheld(view, loss, (name,))
    for tail, head in graph.edges:
        for i in entries(graph, tail):
            factors = {f"local.{tail}-{head}{i}", f"adjoint.{head}", f"adjoint.{tail}{i}"}
            assert (f"share.{head}.{tail}{i}" in out.keys) == bool(factors & out.keys)


@pytest.mark.parametrize("label", [0, 1])
def test_a_step_that_is_the_number_for_one_label_goes_with_it(label):
    """In single operations there are steps whose number is, for one label, one left out."""
    p = differentiate(x1=1, x2=2, w1=0.5, w2=-1, b=0.3, y=label, view="operations")
    a = p.values["a"]
    # What stands in every view has been shown all along.
    shown = {round(abs(one), 12) for one in (0, 1, a, 1 - a, p.values["z"], p.values["L"])}
    inner = [n for n in p.graph.nodes if n not in {*INPUTS, "z", "a", "L"}]
    gone = 0
    for name in ("number1", "number2", "number3", "gradients"):
        out = withheld("operations", "log", (name,)).keys
        hidden = {round(abs(p.read(key)), 12) for key in out if not key.startswith("share.")}
        for key in (f"{kind}.{node}" for node in inner for kind in ("value", "adjoint")):
            if round(abs(p.read(key)), 12) in hidden - shown:
                assert key in out, (name, key)
                gone += 1
    assert gone >= 2


def test_a_table_of_sentences_names_what_it_reads_and_writes():
    tables = [
        [({"value.z": (1, None), "turn": 0}, "{value.a} and {~local.z-a value.b}"), ({}, "plain")],
        [({"adjoint.z": 1}, "{(adjoint.w1)}")],
    ]
    assert quantities(tables) == {
        *("value.z", "turn", "value.a", "local.z-a", "value.b", "adjoint.z", "adjoint.w1"),
    }


def test_a_part_is_left_out_with_what_it_derives_and_what_it_puts_in():
    circled = dict(zip("①②③④⑤", "12345", strict=True))
    z, a, loss = (symbol(name) for name in "zaL")
    heads = {rate(loss, a): "1", rate(a, z): "2", rate(loss, z): "3"}
    heads |= {rate(z, symbol("w1")): "4", rate(z, symbol("b")): "5"}
    made = parts(i=1)

    def says(name):
        chains = [] if name in ("goal", "strategy") else made[name].chains
        found = {heads[chain.head] for chain in chains if chain.head in heads}
        for chain in chains:
            for line in chain.lines:
                found |= {
                    one
                    for mark in line.rule.plain
                    if mark in circled
                    for one in says(circled[mark])
                }
        return found

    for name in made:
        for n in "12345":
            shown = withheld("features", "log", (f"formula{n}",))
            assert shown.part(name) == (n not in says(name)), (name, n)
    assert says("result") == set("12345")


@pytest.mark.parametrize("label", [0, 1])
def test_no_gradient_of_a_single_operation_is_a_value_that_is_left_out(label):
    dice = random.Random(label)
    keys = withheld("operations", "log", ("forward",)).keys
    nodes = build("operations", "log")
    passes = []
    for _ in range(12):
        drawn = {name: dice.uniform(-2, 2) for name in INPUTS if name != "y"}
        passes.append(differentiate(**drawn, y=label, view="operations"))

    def sizes(key):
        return tuple(round(abs(float(p.read(key))), 9) for p in passes)

    hidden = {sizes(key) for key in keys if key.split(".")[0] in ("value", "complement", "term")}
    gradients = {name: sizes(f"adjoint.{name}") for name in nodes if f"adjoint.{name}" not in keys}
    # What every view has, a learner reads in the others, too.
    known = {one for name, one in gradients.items() if name in build("features", "log")}
    for name, found in gradients.items():
        assert found in known or found not in hidden or len(set(found)) == 1, name
    # For the answer 1 the gradient of d = 1 + e^−z is a.
    assert {"adjoint.d", "adjoint.t"} <= keys
