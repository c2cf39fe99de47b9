"""Small plots in the picture of the graph: a curve with point and tangent, bars that add up.

A plot is described once (`Curve`, `Bars`), as the browser is given it, and turned into paths from
the numbers of a pass, here by `marks` and while a hand drags by ``live/plots.js``; a test holds the
two equal. One unit is one pixel, y downwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from lrviz.core.expression import Expression, compiled, plain, sigma, symbol
from lrviz.core.graph import Edge, Graph, holder
from lrviz.core.numerics import Z_LIMIT
from lrviz.core.ops import LOSS
from lrviz.figures.geometry import Box

Span = tuple[float, float]
Read: TypeAlias = "Callable[[str], float]"
Stages = tuple[Mapping[str, int], Mapping[Edge, int], Mapping[str, int]]

SAMPLES = 96  #: straight pieces that a curve is drawn with
FAR = 1e4  #: px, beyond every plot
REACH = 40.0  #: half the length of a tangent inside a node
SPARE = 1.08  #: room above the highest point of a curve whose scale follows it
LEAST = 0.25  #: the smallest top of such a scale
STEEP = 1e9  #: a slope in pixels beyond this is drawn as upright
THIN = 1.5  #: a bar of 0 is still seen
EDGE = 1e-9  #: how near to 0 and 1 a probability is drawn
ROOMY = 300.0  #: px, as wide as a plot must be to say more than its name
TICK = 4.0  #: px, how long a mark of a scale is
APART = 22.0  #: px, how far apart the marks of a scale that follows its curve are, at the least
UNDER = 9.0  #: px, how far under an axis the middle of its numbers is
ASIDE = 4.0  #: px, how far beyond its ends they begin and end
BEYOND = 1.1  #: of how far the point is from 0, an axis that grows reaches at least so far
OUT = 0.5  #: px beyond its plot, from where on a point is an arrow to it
THICK = 6.0  #: px, the widest edge
ROUND = 0.5523  #: of the radius: a circle's quarter as a cubic Bézier curve


@dataclass(frozen=True, slots=True)
class Curve:
    """A quantity against another, all else held.

    Attributes
    ----------
    name : str
        The node it stands in, or "of" for the loss against the chosen parameter.
    box : Box
    x : (low, high)
    y : (low, high) or None
        None: from 0 to a little above the highest point.
    letter, formula : str, Expression
        What is drawn, as a formula in one letter; other letters are values of the pass.
    at, height, slope : str
        Where the point is, and the slope of its tangent (`lrviz.core.graph.Pass.read`).
    through : (value, rate) or None
        The letter's value is value + rate · (x − at): how a parameter moves z. A rate of None is 1.
    role : str
        "rate" for a local derivative, "gradient" for a derivative of the loss.
    reach : float
        Half the length of the tangent, px.
    stages : (point, tangent)
        The stages of the walk at which they are known.
    dashed : str
        What the secant of a nudge is called where there is room, before its slope; or nothing.
    """

    name: str
    box: Box
    x: Span
    y: Span | None
    letter: str
    formula: Expression
    at: str
    height: str
    slope: str
    through: tuple[str, str | None] | None
    role: str
    reach: float
    stages: tuple[int, int]
    dashed: str = ""
    kind: str = field(default="curve", init=False)


@dataclass(frozen=True, slots=True)
class Bars:
    """What adds up to a value: one bar a row, each beginning where the one above ends."""

    name: str
    box: Box
    terms: tuple[str, ...]
    stages: tuple[int, int]
    kind: str = field(default="bars", init=False)


Plot: TypeAlias = Curve | Bars


class Mark(NamedTuple):
    """A part of a plot: what it is, and its path in SVG's language."""

    kind: str
    d: str


def spec(plot: Plot) -> dict[str, Any]:
    """A plot as the browser is given it."""
    made = asdict(plot)
    if isinstance(plot, Curve):
        made["formula"] = plot.formula.json
    return made


#: What the plot of the loss shows, in nats and in squared distance.
_HEIGHTS: dict[str, Span] = {"log": (0.0, 4.0), "squared": (0.0, 0.5)}
_LOGITS: Span = (-8.0, 8.0)
_PARAMETER: Span = (-5.0, 5.0)


def plots(graph: Graph, of: str, boxes: Mapping[str, Box], stages: Stages) -> tuple[Plot, ...]:
    """The plots of a graph for which there are boxes.

    Parameters
    ----------
    graph : Graph
    of : str
        The parameter that the loss is drawn against, in the box named "of".
    boxes : mapping of name to Box
        "z", "a", "L" or "of".
    stages : (values, local derivatives, adjoints)
        See `lrviz.text.explanations.stages_shown`.
    """
    return tuple(_made(graph, of, name, box, stages) for name, box in boxes.items())


def _made(graph: Graph, of: str, name: str, box: Box, stages: Stages) -> Plot:
    value, local, adjoint = stages
    node, loss = graph.nodes.get(name, {}), graph.graph["loss"]
    if name == "z":
        terms = tuple(f"term.z.{n}" for n in range(len(node["terms"])))
        return Bars(name, box, terms, (value["z"], value["z"]))
    if name == "of":
        held = holder(graph, of)
        rate = None if of == "b" else f"value.{holder(graph, f'x{of[1:]}')}"
        return Curve(
            name,
            box,
            x=_PARAMETER,
            y=None,
            letter="z",
            formula=LOSS[loss].put({"a": sigma(symbol("z"))}),
            at=f"value.{held}",
            height="value.L",
            slope=f"adjoint.{held}",
            through=("value.z", rate),
            role="gradient",
            reach=FAR,
            stages=(value["L"], adjoint[held.partition(".")[0]]),
            dashed=f"dashed: ΔL/Δ{plain(symbol(of))}" if box[2] > ROOMY else "",
        )
    letter = node["args"][0]
    return Curve(
        name,
        box,
        x=(0.0, 1.0) if name == "L" else _LOGITS,
        y=_HEIGHTS[loss] if name == "L" else (0.0, 1.0),
        letter=letter,
        formula=node["formula"],
        at=f"value.{letter}",
        height=f"value.{name}",
        slope=f"local.{letter}-{name}",
        through=None,
        role="rate",
        reach=REACH,
        stages=(value[name], local[letter, name]),
    )


def marks(plot: Plot, read: Read, nudged: Read | None = None) -> list[Mark]:
    """The parts of a plot, from back to front.

    Parameters
    ----------
    plot : Curve or Bars
    read : callable
        The numbers of a pass.
    nudged : callable or None
        Those of another, whose point and secant are drawn as well.
    """
    if isinstance(plot, Bars):
        return _bars(plot, read)
    return _curve(plot, read, nudged)


def _bars(plot: Bars, read: Read) -> list[Mark]:
    left, top, width, height = plot.box
    sums = [0.0]
    for term in plot.terms:
        sums.append(sums[-1] + read(term))
    low, high = min(sums), max(sums)
    scale = width / max(1.0, high - low)
    row = height / (len(plot.terms) + 1)

    def across(v: float) -> float:
        return left + width / 2 + (v - (low + high) / 2) * scale

    def bar(n: int, start: float, end: float) -> str:
        middle, half = across((start + end) / 2), max(abs(end - start) * scale, THIN) / 2
        x0, x1 = middle - half, middle + half
        y0, y1 = top + row * n + 3, top + row * (n + 1) - 3
        return f"M{_px(x0, y0)} L{_px(x1, y0)} L{_px(x1, y1)} L{_px(x0, y1)} Z"

    steps = " ".join(
        f"M{_px(across(v), top + row * n - 3)} L{_px(across(v), top + row * n + 3)}"
        for n, v in enumerate(sums)
        if n
    )
    return [
        Mark("axis", f"M{_px(across(0), top)} L{_px(across(0), top + height)}"),
        Mark("step", steps),
        Mark("bar", " ".join(bar(n, *pair) for n, pair in enumerate(pairwise(sums)))),
        Mark("total", bar(len(plot.terms), 0.0, sums[-1])),
    ]


def span(plot: Curve, read: Read) -> Span:
    """From where to where a curve is drawn; to a round number where its point lies beyond."""
    low, high = plot.x
    at = float(read(plot.at))
    if plot.through and not low <= at <= high:
        high = _round_step(BEYOND * abs(at))
        low = -high
    return low, high


def ends(plot: Curve, read: Read) -> list[tuple[float, float]]:
    """The numbers at the ends of an axis that may grow, and where they stand, px."""
    if plot.through is None:
        return []
    left, _, width, _ = plot.box
    return list(zip(span(plot, read), (left - ASIDE, left + width + ASIDE), strict=True))


def _across(plot: Curve, read: Read) -> tuple[Span, list[tuple[float, float | None]]]:
    """From where to where a curve is drawn, and its points."""
    at = float(read(plot.at))
    low, high = span(plot, read)
    steps = (low + (high - low) * n / SAMPLES for n in range(SAMPLES + 1))
    return (low, high), [(x, _height(plot, read, at, x)) for x in steps]


def _upright(plot: Curve, read: Read, points: list[tuple[float, float | None]]) -> Span:
    """The bottom and the top of a curve's scale."""
    seen = [y for _, y in points if y is not None]
    return plot.y or (0.0, SPARE * max(LEAST, float(read(plot.height)), *seen))


def scale(plot: Curve, read: Read) -> list[tuple[float, float]]:
    """The marks of a scale that follows its curve: values and where they stand, px.

    They are 0 and its round multiples, of which the steps are 1, 2 or 5 times a power of ten. A
    scale that never changes has none: what it shows stands in the picture.
    """
    if plot.y:
        return []
    _, top, _, height = plot.box
    _, ceiling = _upright(plot, read, _across(plot, read)[1])
    step = _round_step(ceiling * APART / height)
    values = [n * step for n in range(int(ceiling / step) + 1)]
    return [(value, top + height - height * value / ceiling) for value in values]


def _round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below ``least`` > 0."""
    power = math.floor(math.log10(least))
    return next(
        float(f"{digit}e{power + more}")
        for digit, more in ((1, 0), (2, 0), (5, 0), (1, 1), (2, 1))
        if float(f"{digit}e{power + more}") >= least
    )


def _curve(plot: Curve, read: Read, nudged: Read | None) -> list[Mark]:
    left, top, width, height = plot.box
    at, level, slope = (float(read(key)) for key in (plot.at, plot.height, plot.slope))
    (low, high), points = _across(plot, read)
    bottom, ceiling = _upright(plot, read, points)

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            left + width * (x - low) / (high - low),
            top + height - height * (y - bottom) / (ceiling - bottom),
        )

    def inside(x: float, y: float) -> tuple[float, float]:
        x, y = place(x, y)
        return min(max(x, left), left + width), min(max(y, top), top + height)

    def point(x: float, y: float, r: float) -> str:
        real, seen = place(x, y), inside(x, y)
        away = real[0] - seen[0], real[1] - seen[1]
        return _dot(seen, r) if max(map(abs, away)) < OUT else _arrow(seen, away, r)

    def line(through: tuple[float, float], rise: float, reach: float) -> str:
        steep = rise * height / (ceiling - bottom) * (high - low) / width
        steep = -min(max(steep, -STEEP), STEEP)
        long = math.hypot(1, steep)
        ends = []
        for sign in (-1, 1):
            dx, dy = sign / long, sign * steep / long
            far = min(
                reach,
                _room(through[0], dx, left, left + width),
                _room(through[1], dy, top, top + height),
            )
            ends.append(_px(through[0] + dx * far, through[1] + dy * far))
        return f"M{ends[0]} L{ends[1]}"

    drawn = []
    begun = False
    for x, y in points:
        fits = y is not None and bottom <= y <= ceiling
        if fits and y is not None:
            drawn.append(("L" if begun else "M") + _px(*place(x, y)))
        begun = fits
    here = inside(at, level)
    out = [Mark("axis", _axis(plot, read))] if plot.through else []
    out += [Mark("curve", " ".join(drawn)), Mark("tangent", line(here, slope, plot.reach))]
    if nudged:
        x, y = float(nudged(plot.at)), float(nudged(plot.height))
        rise = (y - level) / (x - at) if x != at else slope
        out.append(Mark("secant", line(here, rise, FAR)))
        out.append(Mark("twin", point(x, y, 4)))
    out.append(Mark("dot", point(at, level, 5)))
    return out


def _axis(plot: Curve, read: Read) -> str:
    """Both axes of a plot whose scale follows its curve, with their marks."""
    left, top, width, height = plot.box
    under = top + height
    places = (left + width * n / 2 for n in range(3))
    across = [f"M{_px(x, under)} L{_px(x, under + TICK)}" for x in places]
    up = [f"M{_px(left, y)} L{_px(left - TICK, y)}" for _, y in scale(plot, read)]
    corner = f"M{_px(left, top)} L{_px(left, under)} L{_px(left + width, under)}"
    return " ".join([corner, *across, *up])


def _height(plot: Curve, read: Read, at: float, x: float) -> float | None:
    """The curve at x; None where it has no number."""
    value = x
    if plot.through:
        key, rate = plot.through
        value = read(key) + (x - at) * (read(rate) if rate else 1.0)
        if abs(value) > Z_LIMIT:
            return None
    elif plot.name == "L" and not 0 < x < 1:
        x = value = min(max(x, EDGE), 1 - EDGE)
    return float(_compiled(plot.formula, plot.letter)(value, read("value.y")))


@lru_cache(maxsize=16)
def _compiled(formula: Expression, letter: str) -> Callable[..., float]:
    made: Callable[..., float] = compiled(formula, (letter, "y"))
    return made


def stroke(sizes: Sequence[float], *, lit: bool) -> float:
    """Width of an edge by the size of its local derivative, px: thicker, but never out of bounds.

    Parameters
    ----------
    sizes : sequence of float
        The local derivative, or its components.
    lit : bool
        Whether it is on the path: then it is never thin.
    """
    return min(THICK, max(2.0 if lit else 1.2, 1.2 + 1.3 * math.log2(1 + math.hypot(*sizes))))


def _room(at: float, step: float, low: float, high: float) -> float:
    """How far one can go from ``at`` before leaving [low, high]."""
    if step == 0:
        return math.inf
    return max(0.0, ((high if step > 0 else low) - at) / step)


def _px(x: float, y: float) -> str:
    return f"{x:.2f},{y:.2f}"


def _arrow(tip: tuple[float, float], away: tuple[float, float], r: float) -> str:
    """A point that lies beyond its plot: an arrow at the edge, to where it is."""
    # Along one axis, or half way between both: how far it is, the number says.
    dx, dy = (math.copysign(abs(d) >= OUT, d) for d in away)
    long = math.hypot(dx, dy)
    (x, y), dx, dy = tip, dx / long, dy / long
    wings = [
        (x - 2.4 * r * dx - sign * 1.3 * r * dy, y - 2.4 * r * dy + sign * 1.3 * r * dx)
        for sign in (-1, 1)
    ]
    notch = (x - 1.6 * r * dx, y - 1.6 * r * dy)
    return f"M{_px(x, y)} L{_px(*wings[0])} L{_px(*notch)} L{_px(*wings[1])} Z"


def _dot(centre: tuple[float, float], r: float) -> str:
    (x, y), k = centre, r * ROUND
    return (
        f"M{_px(x - r, y)} C{_px(x - r, y - k)} {_px(x - k, y - r)} {_px(x, y - r)} "
        f"C{_px(x + k, y - r)} {_px(x + r, y - k)} {_px(x + r, y)} "
        f"C{_px(x + r, y + k)} {_px(x + k, y + r)} {_px(x, y + r)} "
        f"C{_px(x - k, y + r)} {_px(x - r, y + k)} {_px(x - r, y)} Z"
    )
