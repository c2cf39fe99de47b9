"""What a link's words leave out, worked out by itself: what no page may show then.

Nothing here asks `lrviz.text.withheld`: the numbers come from the formulas of logistic regression,
and the formulas are written out.
"""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Iterable
from functools import lru_cache

from lrviz import hiding
from lrviz.core.graph import INPUTS, build, differentiate
from lrviz.text.numbers import DIGITS, MORE_DIGITS, number

NUMBER = re.compile(r"−?\d+(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
State = dict[str, float]
ALL = tuple(hiding.GRAPH)
#: Words that leave out a number or a formula; the others leave out whole blocks.
TELLING = tuple(name for name, part in hiding.GRAPH.items() if part.kind != hiding.BLOCK)

#: Component to what its formula looks like, by loss; every spelling, less its spaces.
FORMULAS = {
    "log": {
        "1": ("(1−y)/(1−a)−y/a", r"\frac{1-y}{1-a}-\frac{y}{a}"),
        "2": ("a(1−a)", "a(1-a)", r"a\left(1-a\right)"),
        "3": ("∂L/∂z=a−y", "(a−y)", "=a-y", "(a-y)"),
        "4": ("∂z/∂w₁=x₁", "∂z/∂w₂=x₂", "∂z/∂w=x"),
        "5": ("∂z/∂b=1",),
    },
    "squared": {
        "1": ("∂L/∂a=a−y", "=a-y"),
        "2": ("a(1−a)", "a(1-a)", r"a\left(1-a\right)"),
        "3": ("(a−y)·a(1−a)", r"(a-y)\cdota(1-a)"),
        "4": ("∂z/∂w₁=x₁", "∂z/∂w₂=x₂", "∂z/∂w=x"),
        "5": ("∂z/∂b=1",),
    },
}


def subsets(count: int, seed: int = 7) -> list[tuple[str, ...]]:
    """Every single word, every pair, all of them, and so many more that are drawn."""
    dice = random.Random(seed)
    drawn = [dice.sample(ALL, dice.randrange(3, len(ALL))) for _ in range(count)]
    found = [*itertools.combinations(ALL, 1), *itertools.combinations(ALL, 2), ALL, *drawn]
    return [tuple(name for name in ALL if name in one) for one in found]


def quantities(state: State, loss: str) -> dict[str, float]:
    """z, a, L, ① to ③ and the gradients, by the formulas of the field."""
    z = state["w1"] * state["x1"] + state["w2"] * state["x2"] + state["b"]
    a, y = 1 / (1 + math.exp(-z)), state["y"]
    slope = a * (1 - a)
    if loss == "log":
        size, up, delta = -math.log(a if y else 1 - a), (-1 / a if y else 1 / (1 - a)), a - y
    else:
        size, up, delta = (a - y) ** 2 / 2, a - y, (a - y) * slope
    out = {"z": z, "a": a, "L": size, "1": up, "2": slope, "3": delta}
    return out | {f"g{n}": delta * state[f"x{n}"] for n in (1, 2)}


NAMED = {
    "forward": ("z", "a", "L"),
    "number1": ("1",),
    "number2": ("2",),
    "number3": ("3",),
    "gradients": ("3", "g1", "g2"),
    "values": ("z", "a", "L", "1", "2", "3", "g1", "g2"),
}


def _wanted(hide: tuple[str, ...]) -> set[str]:
    return {key for name in hide for key in NAMED.get(name, ())}


def _written(numbers: Iterable[float]) -> set[str]:
    return {number(one, digits) for one in numbers for digits in (DIGITS, MORE_DIGITS)}


def hidden_numbers(hide: tuple[str, ...], state: State, loss: str, view: str) -> set[str]:
    """How numbers that are left out would be written, less those that are shown as others.

    For y = 1 ∂L/∂z is a − 1, and 1 − a may be shown.
    """
    found, wanted = quantities(state, loss), _wanted(hide)
    out = _written(found[key] for key in wanted)
    out |= {one.removeprefix("−") for one in out}
    if "a" in wanted:
        out |= {number(100 * found["a"], 3)}
    return out - shown_numbers(hide, state, loss, view)


def shown_numbers(hide: tuple[str, ...], state: State, loss: str, view: str) -> set[str]:
    """How what is not left out is written."""
    return _written(_shown(hide, state, loss))


def _shown(hide: tuple[str, ...], state: State, loss: str) -> list[float]:
    found, wanted = quantities(state, loss), _wanted(hide)
    rest = [found[key] for key in found if key not in wanted]
    rest += [state[name] for name in INPUTS]
    rest += [state[f"w{n}"] * state[f"x{n}"] for n in (1, 2)]
    rest += [found["3"] * state[f"w{n}"] for n in (1, 2)] if "3" not in wanted else []
    rest += [0, 1, 0.5, 8, 5]
    if "a" not in wanted:
        rest += [1 - found["a"]]
    if "a" in wanted and "3" not in wanted and loss == "log":
        rest += [abs(found["3"])]  # it is a for y = 0
    return rest


def hidden_sizes(hide: tuple[str, ...], state: State, loss: str) -> list[float]:
    """The sizes of numbers that are left out, less those that are shown as others."""
    found, rest = quantities(state, loss), _shown(hide, state, loss)
    sizes = [abs(found[key]) for key in _wanted(hide)]
    return [one for one in sizes if not any(same(one, other) for other in rest)]


def same(one: float, other: float) -> bool:
    """Whether two numbers are one but for their sign and their last digits."""
    return math.isclose(abs(one), abs(other), rel_tol=1e-10)


def hidden_formulas(hide: tuple[str, ...], loss: str) -> set[str]:
    """The spellings of the formulas that are left out."""
    numbers = "12345" if "formulas" in hide else [n for n in "12345" if f"formula{n}" in hide]
    return {text for n in numbers for text in FORMULAS[loss][n]}


def telling_state(dice: random.Random, hide: tuple[str, ...], loss: str, view: str) -> State:
    """Inputs at which no number that is left out is written like one that is shown."""
    for _ in range(10_000):
        state: State = {name: dice.randrange(1, 301) / 100 for name in INPUTS if name != "y"}
        state = {name: dice.choice((-1, 1)) * value for name, value in state.items()}
        state["y"] = dice.randrange(2)
        # A factor of 1 makes two numbers one.
        if abs(quantities(state, loss)["z"]) > 6 or 1 in map(abs, list(state.values())[:-1]):
            continue
        found, wanted = quantities(state, loss), _wanted(hide)
        # A percentage may be written like an input.
        percents = {f"{100 * part:.3g}" for part in (found["a"], 1 - found["a"])}
        if percents & {f"{abs(value):g}" for value in state.values()}:
            continue
        if loss == "log" and "3" not in wanted:
            wanted -= {"a"}
        numbers = hidden_numbers(hide, state, loss, view)
        # A few digits may stand anywhere.
        long = all(len(one.strip("−0.")) > 3 for one in numbers)
        told = _written(found[key] for key in wanted) <= numbers
        if long and told and not _by_chance(hide, state, loss, view):
            return state
    raise AssertionError(f"no state tells {hide} from what is shown")


def _by_chance(hide: tuple[str, ...], state: State, loss: str, view: str) -> bool:
    """Whether something else is written like a number that is left out.

    That it is something else is seen by its further digits, whatever `lrviz` takes it for.
    """
    sizes = hidden_sizes(hide, state, loss)
    hidden = _written(sizes)
    p = differentiate(**state, view=view, loss=loss)
    for key in quantities_of(view, loss):
        size = abs(float(p.read(key)))
        if not hidden.isdisjoint(_written([size])) and not any(same(size, one) for one in sizes):
            return True
    return False


@lru_cache
def quantities_of(view: str, loss: str) -> tuple[str, ...]:
    """Everything that a page may show of a graph, by name."""
    graph = build(view, loss)
    nodes = [name for name in graph.nodes if len(graph.nodes[name].get("inputs", ())) < 2]
    out = [f"adjoint.{name}" for name in nodes if name != "L"]
    out += [f"value.{name}" for name in nodes if "op" in graph.nodes[name]]
    return (*out, *(f"local.{tail}-{head}" for tail, head in graph.edges if tail in nodes))


def leaks(texts: list[str], numbers: set[str], formulas: set[str]) -> list[str]:
    """Texts in which something stands that is left out."""
    # The 1 of ∂z/∂b = 1 is no beginning of another number.
    told = [re.compile(re.escape(re.sub(r"[{}]", "", one)) + r"(?![\d.])") for one in formulas]
    out = []
    for text in texts:
        bare = re.sub(r"[\s⁡{}]", "", text) if formulas else ""
        if numbers & set(NUMBER.findall(text)) or any(one.search(bare) for one in told):
            out.append(text)
    return out
