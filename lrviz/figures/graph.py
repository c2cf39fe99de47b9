"""The picture of the computational graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import plotly.graph_objects as go

from lrviz.core.expression import plain
from lrviz.core.graph import Edge, Graph, Loss, Pass, View, between, build, path
from lrviz.figures import plots
from lrviz.figures.geometry import ABOVE, BELOW, Bezier, Frame, Point, Shape, frame_of
from lrviz.figures.palette import PALETTES, Mode, check_mode
from lrviz.text import explanations
from lrviz.text.numbers import fill, number
from lrviz.text.withheld import Withheld, withheld

Read: TypeAlias = "Callable[[str], float]"

SERIF = "Source Serif, Source Serif Pro, Georgia, serif"
SANS = "Source Sans, Source Sans Pro, sans-serif"


@dataclass
class _Canvas:
    """Collects shapes and labels, each with the stage of the walk at which it appears."""

    colours: Any
    shapes: list[dict[str, Any]] = field(default_factory=list)
    shape_stages: list[int] = field(default_factory=list)
    labels: list[dict[str, Any]] = field(default_factory=list)
    hits: list[dict[str, Any]] = field(default_factory=list)
    #: Of each edge: its shape, the quantities that make it thick, and whether it is lit.
    widths: list[tuple[int, list[str], bool]] = field(default_factory=list)

    def draw(self, d: str, stage: int, colour: str, width: float, **style: Any) -> None:
        line = {"color": self.colours[colour], "width": width, "dash": style.get("dash", "solid")}
        fill_colour = style.get("fill")
        self.shapes.append(
            {
                "type": "path",
                "path": d,
                "line": line,
                "layer": "below",
                "fillcolor": self.colours[fill_colour] if fill_colour else "rgba(0,0,0,0)",
            }
        )
        self.shape_stages.append(stage)

    def write(self, at: Point, template: str, kind: str, stage: int = 0, **style: Any) -> None:
        self.labels.append(
            {
                "at": at,
                "template": template,
                "kind": kind,
                "stage": stage,
                "color": self.colours[style.get("color", "text")],
                "size": style.get("size", 13),
                "family": SERIF if style.get("serif") else SANS,
                "style": "italic" if style.get("serif") else "normal",
                "weight": style.get("weight", 400),
                "align": style.get("align", "middle right"),
            }
        )


def _card(centre: Point, size: Point, radius: float) -> str:
    (x, y), (w, h) = centre, size
    left, right, top, bottom = x - w / 2, x + w / 2, y - h / 2, y + h / 2
    r = radius
    return (
        f"M{left + r},{top} L{right - r},{top} Q{right},{top} {right},{top + r} "
        f"L{right},{bottom - r} Q{right},{bottom} {right - r},{bottom} "
        f"L{left + r},{bottom} Q{left},{bottom} {left},{bottom - r} "
        f"L{left},{top + r} Q{left},{top} {left + r},{top} Z"
    )


def _curve(points: Bezier) -> str:
    (a, b, c, d) = points
    return f"M{a[0]},{a[1]} C{b[0]},{b[1]} {c[0]},{c[1]} {d[0]},{d[1]}"


def _arrow(points: Bezier) -> str:
    (x0, y0), (x, y) = points[0], points[3]
    if points[2][0] == x and y != y0:
        back = -8 if y > y0 else 8
        return f"M{x},{y} L{x - 5},{y + back} L{x + 5},{y + back} Z"
    back = -8 if x > x0 else 8
    return f"M{x},{y} L{x + back},{y - 4} L{x + back},{y + 4} Z"


def _edges(c: _Canvas, graph: Graph, frame: Frame, lit: set[Edge], read: Read | None) -> None:
    value, local, _ = explanations.stages_shown(graph)
    # Lit edges last, so that they lie on top.
    for edge in sorted(graph.edges, key=lambda e: e in lit):
        forward, back = frame.edge(edge), frame.back(edge)
        muted = edge[0] == "y"
        colour = "value" if edge in lit else "edge"
        stage, keys = value[edge[1]], _local_keys(graph, edge)
        width = plots.stroke(
            [read(key) for key in keys] if read and not muted else [0.0], lit=edge in lit
        )
        if not muted:
            c.widths.append((len(c.shapes), keys, edge in lit))
        c.draw(_curve(forward), stage, colour, width, dash="dot" if muted else "solid")
        c.draw(_arrow(forward), stage, colour, 1, fill=colour)
        if edge in lit:
            c.draw(_curve(back), local[edge], "gradient", 2.5)
            c.draw(_arrow(back), local[edge], "gradient", 1, fill="gradient")


_CHAIN = (("z", "a"), ("a", "L"))  # ① and ②, where they are edges


class _Said(NamedTuple):
    """What may stand at an edge, as templates."""

    mark: str
    symbols: str
    formula: str
    same: str  # = where the number is shown exactly, else ≈
    number: str


def _local_keys(graph: Graph, edge: Edge) -> list[str]:
    """The local derivative's quantities: one, or a vector's components."""
    name = "-".join(edge)
    held = graph.nodes[edge[0]].get("inputs", ())
    return [f"local.{name}.{n}" for n in range(len(held))] if len(held) > 1 else [f"local.{name}"]


def _said(graph: Graph, edge: Edge, shown: Withheld) -> _Said:
    keys = _local_keys(graph, edge)
    numbers = ", ".join(f"{{{key}}}" for key in keys)
    return _Said(
        explanations.mark(edge),
        explanations.derivative(edge),
        shown.formula(graph, edge),
        f"{{~{' '.join(keys)}}}",
        numbers if len(keys) == 1 else f"({numbers})",
    )


def _edge_labels(
    c: _Canvas, graph: Graph, frame: Frame, lit: set[Edge], shown: Withheld, *, wide: bool
) -> None:
    _, stages, _ = explanations.stages_shown(graph)
    for edge in graph.edges:
        if edge == ("y", "L"):
            continue  # its number, -z, stands in the tables only
        said, on = _said(graph, edge, shown), edge in lit
        tail, head = map(explanations.letter, edge)
        label = f"edge {tail} to {head}, {said.symbols} {said.same} {said.number}"
        box = _edge_box(frame, edge, 150 if on else 72)
        c.hits.append({"name": "-".join(edge), "label": label, "box": box})
        if edge[0] == "y":
            continue
        style: dict[str, Any] = (
            {"color": "rate", "weight": 600, "size": 13}
            if on
            else {"color": "muted", "weight": 400, "size": 12}
        )
        for at, text in _placed(frame, edge, said, on=on, wide=wide):
            c.write(at, text.strip(), "local-lit" if on else "local", stages[edge], **style)


def _placed(
    frame: Frame, edge: Edge, said: _Said, *, on: bool, wide: bool
) -> list[tuple[Point, str]]:
    """Where the texts of an edge stand, and which: more where there is room and it is lit."""
    (x0, y0), _, bend, (x1, y1) = frame.edge(edge)
    mark, symbols, formula, same, number = said
    in_chain, gap = edge in _CHAIN, x1 - x0
    if bend[0] == x1 and abs(gap) >= 1:  # from above to below: where it leaves, or over its middle
        if abs(x1 - frame.width / 2) > abs(x0 - frame.width / 2):
            return [(((x0 + x1) / 2 - 66, (y0 + y1) / 2 - 14), number)]
        return [((x0 + (10 if x1 < x0 else -16), y0 + 13), number)]
    if abs(gap) < 1:  # vertical: beside it, which for the chain is between the two lanes
        return [((x0 + (6 if in_chain else 8), (y0 + y1) / 2), f"{mark} {number}")]
    if edge[0] == "a" and not in_chain and gap < 150:  # one of two ways: to the right of its bend
        return [(((x0 + x1) / 2 + 16, (y0 + y1) / 2 + (-16 if y1 > y0 else 10)), number)]
    if in_chain:  # between the two lanes
        y = frame.at[edge[0]][1]
        return [((x0 + 6, y - 11), f"{mark} {symbols}"), ((x0 + 6, y + 11), number)]
    # Beside the start of the curve, on its outer side; the way back may lie there, too.
    lane = 27 if frame.lane else 24
    below = lane if on and not frame.above(edge) else 13
    at = (x0 + 6, y0 + (below if y1 < y0 - 4 else -13))
    if on and wide and gap > 150:
        # One that is left out has its line below the picture.
        middle = "" if formula == "1" or "?" in formula else f"= {formula} "
        return [(at, f"{mark} {symbols} {middle}{same} {number}")]
    return [(at, f"{mark} {number}" if wide and gap > 50 else number)]


def _edge_box(frame: Frame, edge: Edge, said: float) -> tuple[float, float, float, float]:
    """Left, top, width, height of the region that selects an edge, px.

    ``said`` is the width of what may stand beside its start: a region that is lit holds its
    text and no more.
    """
    (x0, y0), _, bend, (x1, y1) = frame.edge(edge)
    if bend[0] == x1 and abs(x0 - x1) >= 1:
        return (min(x0, x1), y0 + 4, abs(x1 - x0), y1 - y0 - 8)
    if abs(x0 - x1) < 1:
        left, wide = (x0 - 8, 2 * frame.lane + 16) if edge in _CHAIN else (x0 - 12, 96)
        return (left, min(y0, y1) + 6, wide, abs(y1 - y0) - 12)
    if edge in _CHAIN:
        half = frame.lane + 10
        return (x0 + 4, frame.at[edge[0]][1] - half, x1 - x0 - 8, 2 * half)
    side = 1 if y1 < y0 - 4 else -1
    top = y0 - 24 if side < 0 else y0 - 6
    return (x0 + 3, top, min(max(x1 - x0 - 10, 28), said), 30)


def _nodes(c: _Canvas, graph: Graph, frame: Frame) -> None:
    value, _, adjoint = explanations.stages_shown(graph)
    for name, node in graph.nodes.items():
        (x, y), (w, h) = frame.at[name], frame.size(name)
        role, left = node["role"], frame.at[name][0] - w / 2
        roomy = w >= 120
        indent, size = (38, 14) if roomy else (32 if w >= 112 else 26, 12)
        border, fill_colour, dash, radius, width = {
            "data": ("data", "data_card", "4px,3px", 3, 1),
            "parameter": ("value", "card", "solid", 12, 2),
            "computed": ("line", "card", "solid", 12, 1.5),
        }[role]
        c.draw(
            _card((x, y), (w, h), radius),
            value[name],
            border,
            width,
            dash=dash,
            fill=fill_colour,
        )
        held = node.get("inputs", ())
        parts = [f".{i}" for i in range(len(held))] if len(held) > 1 else [""]
        colour = "data" if role == "data" else "value"
        plotted = name in frame.boxes
        single = bool("op" in node and frame.said)
        head = y - h / 2 + ABOVE / 2 if plotted else y + frame.said / 2 if single else y
        letter_at = left + (10 if roomy else 6), y - h / 2 + 15 if single else head
        if single:
            formula = f"= {explanations.value_formula(graph, name)}"
            c.write((letter_at[0] + 24, letter_at[1]), formula, "symbol", 0, color="muted", size=12)
        c.write(
            letter_at,
            explanations.letter(name),
            "symbol",
            0,
            serif=True,
            size=19 if roomy else 16,
        )
        shown = [(f"{{_value.{name}{p}}}", "value", colour, value[name], 600) for p in parts]
        if role != "data" and not plotted:
            shown += [
                (f"{{_adjoint.{name}{p}}}", "adjoint", "gradient", adjoint[name], 400)
                for p in parts
            ]
        step = 18 if size >= 14 else 17
        top = head - step * (len(shown) - 1) / 2
        for row, (template, kind, text_colour, stage, weight) in enumerate(shown):
            c.write(
                (left + indent, top + row * step),
                template,
                kind,
                stage,
                color=text_colour,
                size=size,
                weight=weight,
            )
        if plotted:
            foot = y + h / 2 - BELOW / 2
            # On a phone no brace says that this one is ③.
            third = "③ " if name == "z" and frame.width < 400 else ""
            said = third + explanations.gradient(name)
            look: dict[str, Any] = {"color": "gradient", "size": 12}
            c.write((left + 10, foot), said, "adjoint", adjoint[name], **look)
            c.write(
                (left + (66 if third else 52), foot),
                f"{{_adjoint.{name}}}",
                "adjoint",
                adjoint[name],
                **look | {"size": 14, "weight": 600},
            )
        said = ", ".join(f"{{value.{name}{p}}}" for p in parts)
        slope = ", ".join(f"{{adjoint.{name}{p}}}" for p in parts)
        c.hits.append(
            {
                "name": name,
                "label": f"node {explanations.letter(name)}, value {said}"
                + (f", gradient {slope}" if role != "data" else ", data"),
                "box": (left, y - h / 2, w, h),
            }
        )


def _brace(c: _Canvas, graph: Graph, frame: Frame, shape: Shape, shown: Withheld) -> None:
    """③: ∂L/∂z over ① and ②, as the derivation braces it."""
    if shape == "tall" and frame.lane:
        return  # z's card says it
    stage = explanations.span_stage(graph, ("z", "a"))
    short = f"= {shown.residual('log')} " if graph.graph["loss"] == "log" else ""
    same = "{~adjoint.z value.a}"  # a may differ from 1 by less than the digits of a − y tell
    look: dict[str, Any] = {"color": "gradient", "size": 14, "weight": 600}
    (zx, zy), (lx, _) = frame.at["z"], frame.at["L"]
    split = bool(explanations.spans(graph))
    if split:
        _spans(c, graph, frame, shape)
    if shape == "tall":
        for row, line in enumerate(("③ = ① · ②", f"∂L/∂z {same} {{adjoint.z}}")):
            c.write((10, zy + 96 + 18 * row), line, "component", stage, **look | {"size": 13})
        return
    if split:
        left, right, y = zx + 8, lx + 58, 34.0
        mid, d = (left + right) / 2, _bracket(left, right, y)
    else:
        left, right = zx + frame.size("z")[0] / 2 + 4, lx - frame.size("L")[0] / 2 - 4
        y, mid = zy - frame.size("z")[1] / 2 - 18, (zx + lx) / 2
        d = (
            f"M{left},{y + 10} Q{left},{y} {left + 10},{y} L{mid - 8},{y} Q{mid},{y} {mid},{y - 8} "
            f"Q{mid},{y} {mid + 8},{y} L{right - 10},{y} Q{right},{y} {right},{y + 10}"
        )
    c.draw(d, stage, "gradient", 1.25)
    text = f"③ = ① · ②:  ∂L/∂z {short}{same} {{adjoint.z}}"
    c.write((mid - 112, y - (18 if split else 22)), text, "component", stage, **look)


def _bracket(left: float, right: float, y: float) -> str:
    return (
        f"M{left},{y + 8} Q{left},{y} {left + 8},{y} L{right - 8},{y} Q{right},{y} {right},{y + 8}"
    )


def _spans(c: _Canvas, graph: Graph, frame: Frame, shape: Shape) -> None:
    """① and ② over the operations that they are made of."""
    for edge in explanations.spans(graph):
        tail, head = edge
        stage = explanations.span_stage(graph, edge)
        symbols, mark = explanations.derivative(edge), explanations.mark(edge)
        key = explanations.span_key(graph, edge)
        text, wide = f"{mark} {symbols} {{~{key}}} {{{key}}}", 180
        worked = explanations.span_worked(graph, edge)
        (x0, y0), (x1, _) = frame.at[tail], frame.at[head]
        at: Point = (10, y0)
        if shape != "tall":
            left, right = x0 + 8, x1 - 8 if head != "L" else x1 + 58
            c.draw(_bracket(left, right, 70), stage, "edge", 1.25)
            at = ((left + right) / 2 - 70, 54)
            if head == "L":  # room to see the two ways add
                text, at, wide = f"{mark} {worked}", (at[0] - 90, 54), 340
        elif tail == "z":
            x, top, bottom = frame.at["n"][0] - 70, frame.at["n"][1] - 16, frame.at["d"][1] + 16
            low = f"L{x},{bottom - 8} Q{x},{bottom} {x + 8},{bottom}"
            c.draw(f"M{x + 8},{top} Q{x},{top} {x},{top + 8} {low}", stage, "edge", 1.25)
            at = (10, (top + bottom) / 2 + 24)
        else:
            terms = worked.removeprefix(symbols).rpartition("{~")[0]
            c.write((10, y0 + 18), terms.strip(), "local-lit", stage, color="rate", size=12)
        c.write(at, text, "local-lit", stage, color="rate", size=13, weight=600)
        ends = f"{explanations.letter(tail)} to {explanations.letter(head)}"
        label = f"from {ends}, {symbols} {{~{key}}} {{{key}}}"
        box = (at[0] - 4, at[1] - 13, wide, 26)
        c.hits.append({"name": "-".join(edge), "label": label, "box": box})


def _plot_labels(c: _Canvas, graph: Graph, frame: Frame, of: str) -> None:
    """What stands at the plots: their ends, what is drawn, and the terms of a sum."""
    tick: dict[str, Any] = {"color": "muted", "size": 12}
    stages = explanations.stages_shown(graph)
    for plot in plots.plots(graph, of, frame.boxes, stages):
        left, top, width, height = plot.box
        if isinstance(plot, plots.Bars):
            row = height / (len(plot.terms) + 1)
            edge = frame.at[plot.name][0] - frame.size(plot.name)[0] / 2
            for n, (term, key) in enumerate(
                zip(graph.nodes[plot.name]["terms"], plot.terms, strict=True)
            ):
                y = top + row * (n + 0.5)
                c.write((edge + 10, y), plain(term), "term", 0, **tick)
                c.write(
                    (left - 7, y),
                    f"{{{key}}}",
                    "term",
                    stages[0]["z"],
                    align="middle left",
                    color="value",
                    size=12,
                )
            c.write((edge + 10, top + row * (len(plot.terms) + 0.5)), "sum", "term", 0, **tick)
            continue
        under = top + height + plots.UNDER
        middle = explanations.letter(of if plot.name == "of" else plot.letter)
        part = 0.75 if plot.name == "of" else 0.5
        c.write((left + part * width, under), middle, "tick", 0, align="middle center", **tick)
        if plot.name != "of":
            low, high = map(number, plot.x)
            c.write((left - plots.ASIDE, under), low, "tick", 0, **tick)
            beyond = left + width + plots.ASIDE
            c.write((beyond, under), high, "tick", 0, align="middle left", **tick)
        else:
            zero = (left + width / 2, under)
            c.write(zero, "0", "tick", 0, align="middle center", **tick)
            text = f"L against {explanations.letter(of)}"
            if width > plots.ROOMY:
                slope = f"{explanations.gradient(of)} {{~{plot.slope}}} {{{plot.slope}}}"
                text += f", all else held: the slope is {slope}"
            c.write(
                (left - 4, top - 12),
                text,
                "component",
                plot.stages[1],
                color="gradient",
                size=13,
                weight=600,
            )


def build_figure(
    view: View,
    *,
    loss: Loss = "log",
    of: str = "w1",
    shape: Shape = "wide",
    mode: Mode = "light",
    read: Callable[[str], float] | None = None,
    hide: tuple[str, ...] = (),
) -> go.Figure:
    """The picture of one view's graph, one unit to a pixel.

    Parameters
    ----------
    view, loss
        Which graph; see `lrviz.core.graph.build`.
    of : {"w1", "w2", "b"}
        The target whose path from L is lit.
    shape : {"wide", "broad", "vast", "tall"}
        Left to right, 930, 1060 or 1500 px, or folded for a phone, 354 px.
    mode : {"light", "dark"}
        The palette.
    read : callable or None
        Quantity to number (`lrviz.core.graph.Pass.read`). With None labels are left empty for
        the browser, which fills ``meta["templates"]`` of the trace named ``labels``.
    hide : tuple of str
        What is left out, for the browser: words of `lrviz.hiding.GRAPH`.

    Returns
    -------
    plotly.graph_objects.Figure
        A trace of labels, and with ``read`` one of a scale; cards and arrows are shapes.
        ``layout.meta`` says at which stage of the walk each shape appears and which boxes
        select a node or an edge.
    """
    graph, shown = build(view, loss), withheld(view, loss, hide)
    frame = frame_of(view, shape, loss)
    lit = set(between(graph, path(graph, of)[-1], "L"))
    canvas = _Canvas(PALETTES[mode])
    _edges(canvas, graph, frame, lit, read)
    _brace(canvas, graph, frame, shape, shown)
    _nodes(canvas, graph, frame)
    _edge_labels(canvas, graph, frame, lit, shown, wide=shape != "tall")
    _plot_labels(canvas, graph, frame, of)
    drawn = plots.plots(graph, of, frame.boxes, explanations.stages_shown(graph))
    if read:
        _plots(canvas, drawn, read)
    figure = _assemble(canvas, graph, frame, mode, read)
    if read:
        figure.add_trace(_scale(drawn, read, mode))
    meta = figure.layout.meta
    meta["plots"] = shown.plots([plots.spec(plot) for plot in drawn])
    meta["widths"] = [one for one in canvas.widths if shown.number(*one[1])]
    return figure


#: How the parts of a plot look: the role of the line's colour (None: that of the plot), its width,
#: and that of what fills it. ``live/live.css`` says the same of the browser's.
_LOOKS: Mapping[str, tuple[str | None, float, str | None]] = {
    "axis": ("edge", 1, None),
    "step": ("value", 1, None),
    "bar": ("value", 0, "value"),
    "total": ("value", 0, "value"),
    "curve": ("value", 2, None),
    "tangent": (None, 2.5, None),
    "dot": ("card", 1.5, "value"),
}


def _plots(c: _Canvas, drawn: tuple[plots.Plot, ...], read: Callable[[str], float]) -> None:
    for plot in drawn:
        for kind, d in plots.marks(plot, read):
            colour, width, inside = _LOOKS[kind]
            role = colour or (plot.role if isinstance(plot, plots.Curve) else "value")
            c.draw(d, 0, role, width, fill=inside)


def _scale(drawn: tuple[plots.Plot, ...], read: Read, mode: Mode) -> go.Scatter:
    """The numbers of scales that follow a curve and its point; the browser writes its own."""
    marks = []
    for plot in drawn:
        if isinstance(plot, plots.Curve):
            left, top, _, height = plot.box
            marks += [
                (left - plots.TICK - 3, y, value, "middle left")
                for value, y in plots.scale(plot, read)
            ]
            marks += [
                (x, top + height + plots.UNDER, value, align)
                for (value, x), align in zip(
                    plots.ends(plot, read), ("middle right", "middle left"), strict=False
                )
            ]
    return go.Scatter(
        name="scale",
        mode="text",
        x=[x for x, _, _, _ in marks],
        y=[y for _, y, _, _ in marks],
        text=[number(value) for _, _, value, _ in marks],
        textposition=[align for _, _, _, align in marks],
        textfont={"color": PALETTES[mode]["muted"], "size": 12, "family": SANS},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _assemble(
    canvas: _Canvas, graph: Graph, frame: Frame, mode: Mode, read: Callable[[str], float] | None
) -> go.Figure:
    labels = canvas.labels
    templates = [label["template"] for label in labels]
    text = [fill(t, read) for t in templates] if read else [""] * len(templates)
    trace = go.Scatter(
        name="labels",
        mode="text",
        x=[label["at"][0] for label in labels],
        y=[label["at"][1] for label in labels],
        text=text,
        textposition=[label["align"] for label in labels],
        textfont={
            k: [la[k] for la in labels] for k in ("color", "size", "family", "style", "weight")
        },
        meta={
            "templates": templates,
            "stages": [label["stage"] for label in labels],
            "kinds": [label["kind"] for label in labels],
        },
        hoverinfo="skip",
        cliponaxis=False,
    )
    axis = {"visible": False, "fixedrange": True}
    return go.Figure(
        [trace],
        {
            "width": frame.width,
            "height": frame.height,
            "margin": dict.fromkeys(("l", "r", "t", "b"), 0),
            "xaxis": axis | {"range": [0, frame.width]},
            "yaxis": axis | {"range": [frame.height, 0]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)" if read is None else PALETTES[mode]["surface"],
            "showlegend": False,
            "dragmode": False,
            "template": None,
            "shapes": canvas.shapes,
            "meta": {
                "shape_stages": canvas.shape_stages,
                "hits": canvas.hits,
                "widths": canvas.widths,
                "ways": {
                    f"{tail}-{head}": [
                        _curve(frame.edge((tail, head))),
                        _curve(frame.back((tail, head))),
                    ]
                    for tail, head in graph.edges
                },
            },
        },
    )


def graph_figure(p: Pass, *, of: str = "w1", mode: Mode = "light") -> go.Figure:
    """The computational graph with the numbers of one pass, for a notebook.

    Parameters
    ----------
    p : Pass
        From `lrviz.differentiate`.
    of : {"w1", "w2", "b"}
        The parameter whose path from L is lit.
    mode : {"light", "dark"}
        The palette.

    Raises
    ------
    ValueError
        ``of`` is not a parameter, or an unknown mode.

    Examples
    --------
    >>> p = lrviz.differentiate(x1=1.5, x2=2, w1=0.5, w2=-0.25, b=0.1, y=1, view="operations")
    >>> len(lrviz.graph_figure(p, of="b").layout.shapes) > 20
    True
    """
    if of not in explanations.TARGETS:
        raise ValueError(f"of must be one of {', '.join(explanations.TARGETS)}, not {of!r}.")
    check_mode(mode)
    return build_figure(p.view, loss=p.loss, of=of, mode=mode, read=p.read)
