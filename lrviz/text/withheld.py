"""May this be shown? What a link leaves out, asked by everything that shows something.

The words of `lrviz.hiding` are turned into quantities, formulas and blocks here and nowhere else.
Numbers are taken out of the templates before they leave Python (`Withheld.clean`), so that
nothing that fills a template, here or in the browser, can write one.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from re import Match
from typing import Any

from lrviz.core.expression import plain
from lrviz.core.graph import INPUTS, Graph, Loss, View, between, build, differentiate
from lrviz.core.ops import RESIDUAL
from lrviz.hiding import COMPONENTS
from lrviz.text import explanations
from lrviz.text.numbers import FIGURE_SPACE, SLOT

#: The ends of the components that lie between two nodes; ④ has two.
_ENDS = {"1": (("a", "L"),), "2": (("z", "a"),), "5": (("b", "z"),)}
#: The formulas that each part of the derivation says.
_SAYS = {
    **{"1": "1", "2": "2", "sigmoid": "2", "3": "123", "4": "4", "5": "5", "result": "12345"},
    **{"goal": "", "strategy": ""},
}
#: States in general position, with both labels: what agrees there is one number under two names.
_STATES = (
    (1.37, 0.53, 2.11, -0.29, 0.17, 1),
    (-0.83, 1.21, 0.67, 0.91, -0.43, 0),
    (2.23, -0.71, -1.19, 0.37, 0.61, 1),
    (0.59, 1.67, -1.93, 0.79, 1.03, 0),
    (-1.73, -0.47, 0.91, 1.13, -0.89, 1),
    (1.91, 0.83, 1.49, -1.27, -0.23, 0),
)


@dataclass(frozen=True)
class Withheld:
    """What one link leaves out of one graph.

    Attributes
    ----------
    names : frozenset of str
        Words of `lrviz.hiding.GRAPH`.
    keys : frozenset of str
        Quantities (see `lrviz.core.graph.Pass.read`) whose numbers are left out.
    formulas : frozenset of str
        Components, "1" to "5", whose formulas are left out.
    """

    names: frozenset[str]
    keys: frozenset[str]
    formulas: frozenset[str]

    @property
    def anything(self) -> bool:
        """Whether the link leaves out anything at all."""
        return bool(self.names)

    def number(self, *keys: str) -> bool:
        """Whether all of these quantities may be shown."""
        return not self.keys.intersection(keys)

    def formula(self, graph: Graph, edge: tuple[str, str]) -> str:
        """The formula of a local derivative, or a blank in its place."""
        text = explanations.local_formula(graph, edge)
        found = component(graph, edge)
        # Of half a square the label's edge says the same as ①, with the other sign.
        if edge == ("y", "L") and graph.graph["loss"] == "squared":
            found = "1"
        # Where a way has a step that changes nothing, its 1 tells nothing.
        told = found in self.formulas and (text != "1" or found == "5")
        return _blank(found) if told else text

    def residual(self, loss: str) -> str:
        """③ in letters, or a blank in its place."""
        return _blank("3") if "3" in self.formulas else plain(RESIDUAL[loss])

    def short(self, of: str, loss: str) -> bool:
        """Whether the product may be shown in its shortest form, (a − y)·x₁."""
        said = {"3"} if loss == "log" else {"1", "2", "3"}
        if of != "b":
            said.add("4")
        number = "local.b-z" if of == "b" else "local.w1-z"  # with ⑤ its formula goes, too
        two = withheld("features", "log", tuple(sorted(self.names)))
        return not self.formulas & said and two.number(number)

    def note(self, graph: Graph, name: str) -> bool:
        """Whether what is said of an operation may be said: it tells its derivative."""
        edges = [(tail, name) for tail in graph.predecessors(name)]
        return not any(component(graph, edge) in self.formulas for edge in edges)

    def part(self, name: str) -> bool:
        """Whether a part of the derivation may be shown: the URL field ``part``."""
        return "derivation" not in self.names and not self.formulas.intersection(_SAYS[name])

    def blocks(self, spec: Mapping[str, Any]) -> list[str]:
        """The blocks of the Graph page that are left out; ``spec`` is what it would be given.

        What speaks of two features in every view is asked of that one.
        """
        two = withheld("features", spec["loss"]["now"], tuple(sorted(self.names)))
        asked = {
            "product": "product" in self.names,
            "player": not self.names.isdisjoint(("player", "values")),
            "derivation": not spec["derivation"]["parts"],
            # The curves say both residuals, and where the example stands on them.
            "curves": "derivation" in self.names or bool(self.keys or self.formulas),
            "try": "try" in self.names,
            # Every row of it is a rate times a change.
            "nudge": "try" in self.names or bool(self.keys),
            # What a parameter moves by is η times its gradient.
            "onestep": "try" in self.names
            or not two.number("value.L", *(f"adjoint.{one}" for one in explanations.TARGETS)),
            "strip": not self.names.isdisjoint(("product", "values")),
            "now": not two.number(*quantities(spec["said"]["now"])),
            "moved": not two.number("value.L", f"adjoint.{spec['drag']}"),
            # A card says what the link leaves out.
            "guide": self.anything,
            "saturation": bool(self.keys),
            "check": "check" in self.names or bool(self.keys),
        }
        return [name for name, out in asked.items() if out]

    def clean(self, spec: Any) -> Any:
        """The same with blanks where numbers are left out, in every text that it holds."""
        if not self.keys:
            return spec
        if isinstance(spec, str):
            return SLOT.sub(self._slot, spec) if "{" in spec else spec
        if isinstance(spec, Mapping):
            return {key: self.clean(one) for key, one in spec.items()}
        return [self.clean(one) for one in spec] if isinstance(spec, list | tuple) else spec

    def _slot(self, match: Match[str]) -> str:
        keys = match["keys"].split()
        if self.number(*keys):
            return match[0]
        if match["open"] == "~":
            # What is typed into a blank beside numbers that may be rounded is judged as such.
            return "≈" if any(map(self.number, keys)) else "="
        # The terms of a sum are not asked for, only the sum. Plotly drops a text without letters.
        return FIGURE_SPACE if keys[0].startswith("term.") else f"{{?{match['keys']}}}"

    def labels(self, templates: list[str], asked: Container[str]) -> list[str]:
        """The labels of a picture: a blank that is not asked for has no line to write on."""
        idle = [any(_idle(slot, asked) for slot in SLOT.finditer(one)) for one in templates]
        return [FIGURE_SPACE if out else one for one, out in zip(templates, idle, strict=True)]

    def plots(self, specs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The small plots of a picture, without what would show a number that is left out."""
        return [{**one, "without": self._marks(one)} for one in specs]

    def _marks(self, plot: Mapping[str, Any]) -> list[str]:
        if plot["kind"] == "bars":
            return [] if self.number(*plot["terms"]) else ["axis", "step", "bar", "total"]
        if not self.number(plot["height"], plot["at"]):
            point = ["dot", "twin", "tangent", "secant"]
            return [*point, "curve"] if plot["through"] else point
        return [] if self.number(plot["slope"]) else ["tangent", "secant", "twin"]


def _idle(slot: Match[str], asked: Container[str]) -> bool:
    """Whether a slot is the blank of a number that is not asked for."""
    key = slot["keys"]
    return slot["open"] == "?" and key not in asked and not key.startswith("formula.")


def _blank(number: str) -> str:
    return f"{{?formula.{number}}}"


def quantities(tables: Any) -> set[str]:
    """Every quantity that sentences read or write, as `lrviz.text.sentence.payload` has them."""
    found: set[str] = set()
    for table in tables:
        for when, text in table:
            found |= set(when)
            for match in SLOT.finditer(text):
                found |= set(match["keys"].split())
    return found


def component(graph: Graph, edge: tuple[str, str]) -> str:
    """The number of the component that an edge, or what lies between two nodes, belongs to."""
    for number, ends in _ends(graph).items():
        for tail, head in ends:
            if edge == (tail, head) or edge in between(graph, tail, head):
                return number
    return ""


def _ends(graph: Graph) -> Mapping[str, tuple[tuple[str, str], ...]]:
    weights = tuple((name, "z") for name in ("w", "w1", "w2") if name in graph)
    return {**_ENDS, "4": weights}


@lru_cache(maxsize=256)
def withheld(view: View, loss: Loss, hide: tuple[str, ...]) -> Withheld:
    """What the words of a link leave out of one graph."""
    graph, names = build(view, loss), frozenset(hide)
    formulas = {n for n in COMPONENTS if not names.isdisjoint((f"formula{n}", "formulas"))}
    keys: set[str] = set()
    if names:
        seen = _seen(view, loss)
        for name in names:
            keys |= {key for key in _told(graph, seen, name) if _tells(name, seen[key])}
        if "5" in formulas:  # its formula is its number
            keys |= set(_told(graph, seen, "number5"))
        keys = _same(keys, seen)
        # What a token carries from one end of an edge to the other.
        for tail, head in graph.edges:
            for n in _parts(graph, tail):
                edge, way = f"local.{tail}-{head}{n}", f"adjoint.{tail}{n}"
                if not keys.isdisjoint((edge, way, f"adjoint.{head}")):
                    keys.add(f"share.{head}.{tail}{n}")
    return Withheld(names, frozenset(keys), frozenset(formulas))


def _parts(graph: Graph, name: str) -> list[str]:
    """What follows a node's name in a key: nothing, or the number of a component."""
    held = graph.nodes[name].get("inputs", ())
    return [f".{n}" for n in range(len(held))] if len(held) > 1 else [""]


def _every(graph: Graph) -> list[str]:
    """Every quantity that is computed; inputs are given."""
    computed = [name for name in graph.nodes if "op" in graph.nodes[name]]
    out = [f"value.{name}" for name in computed]
    out += ["complement.a", *(f"term.z.{n}" for n in range(len(graph.nodes["z"]["terms"])))]
    out += [f"local.{t}-{h}{n}" for t, h in graph.edges for n in _parts(graph, t)]
    out += [
        f"adjoint.{name}{n}" for name in graph.nodes if name != "L" for n in _parts(graph, name)
    ]
    for of in explanations.TARGETS:
        out += [one.key for one in explanations.product(graph, of).factors]
    return list(dict.fromkeys(out))


def _told(graph: Graph, every: Iterable[str], name: str) -> Iterable[str]:
    """The quantities that a word of the table names."""
    if name == "values":
        return every
    if name == "forward":
        return [key for key in every if key.split(".")[0] in ("value", "complement", "term")]
    if name == "gradients":
        leaves = {leaf for leaf in graph.nodes if "op" not in graph.nodes[leaf]}
        return [
            key
            for key in every
            if key.split(".")[0] == "adjoint" and key.split(".")[1] in leaves - {"y"}
        ]
    number = name.removeprefix("number")
    if number == name:
        return []
    if number == "3":
        return ["adjoint.z"]
    rates = [
        f"local.{t}-{h}{n}"
        for tail, head in _ends(graph)[number]
        for t, h in between(graph, tail, head)
        for n in _parts(graph, t)
    ]
    mark = COMPONENTS[number][0]
    factors = [
        one for of in explanations.TARGETS for one in explanations.product(graph, of).factors
    ]
    return [*rates, *(one.key for one in factors if one.mark == mark)]


@lru_cache(maxsize=8)
def _seen(view: View, loss: Loss) -> Mapping[str, tuple[float, ...]]:
    """The size of every quantity in each of the states."""
    passes = [
        differentiate(**dict(zip(INPUTS, one, strict=True)), view=view, loss=loss)
        for one in _STATES
    ]
    return {
        key: tuple(round(abs(float(p.read(key))), 12) for p in passes)
        for key in _every(build(view, loss))
    }


def _same(keys: set[str], seen: Mapping[str, tuple[float, ...]]) -> set[str]:
    """With these keys all that is always the same number, but for its sign.

    A constant, such as ∂z/∂b = 1, is not: another 1 gives nothing away. What stands in single
    operations alone need only be the same for one label: for y = 1, 1 − a is ∂L/∂z but for its
    sign. In the other views a would go with ③, which it is for y = 0.
    """

    def of(key: str, places: Sequence[int]) -> tuple[float, ...]:
        return tuple(seen[key][n] for n in places)

    def told(places: Sequence[int]) -> set[tuple[float, ...]]:
        return {one for one in (of(key, places) for key in keys) if len(set(one)) > 1}

    everything = range(len(_STATES))
    always = told(everything)
    out = keys | {key for key in seen if seen[key] in always}
    shown = {seen[key] for key in seen if _everywhere(key) and key not in out}
    inner = [key for key in seen if not _everywhere(key) and seen[key] not in shown]
    for label in (0, 1):
        some = [n for n in everything if _STATES[n][-1] == label]
        same = told(some)
        out |= {key for key in inner if of(key, some) in same}
    return out


def _everywhere(key: str) -> bool:
    """Whether a quantity stands in every view: it speaks of parameters, z, a and L alone."""
    return {*key.split(".")[1].split("-")} <= {*INPUTS, "x", "w", "z", "a", "L"}


def _tells(name: str, sizes: tuple[float, ...]) -> bool:
    """Whether a quantity that is 1 everywhere is what this word means, not a step on its way."""
    return name in ("values", "number5") or len(set(sizes)) > 1
