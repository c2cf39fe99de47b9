"""The plane of two features: the examples, and where a boundary cuts it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from lrviz.core.numerics import Array
from lrviz.data.dataset import BY_HAND, Dataset
from lrviz.figures.palette import PALETTES, Mode
from lrviz.figures.styles import LEGEND_ROOM, axis, layout, literal, margin
from lrviz.training.surface import spaced

#: Hand-placed points are shown in a square that reaches so far from zero, if they all lie in it.
BOX = 5.0
#: Some points about the corners of the unit square, such as XOR, are shown in this one instead.
UNIT, FEWEST = (-1.0, 2.0), 4
#: Plotly's symbols of the classes 0 and 1: they differ in form, fill and colour.
CLASS_SYMBOLS = ("circle-open", "diamond")
CLASS_COLOURS = ("class0", "class1")
#: The plane reaches beyond the data by this share of their extent; beyond a few points, which all
#: lie at its edge, by more, so that their halos are whole.
_ROOM, _ROOM_OF_FEW, _FEW = 0.08, 0.16, 8


def data_figure(
    data: Dataset,
    *,
    most: int | None = None,
    mode: Mode = "light",
    alone: bool = False,
) -> go.Figure:
    """The examples in the features' own units, a trace for each class.

    ``customdata`` of a point is its row number, from 0.

    Parameters
    ----------
    data : Dataset
    most : int, optional
        Most examples drawn of one class, evenly spaced ones of more; with 0 the traces are left
        for the browser to fill.
    mode : {"light", "dark"}
    alone : bool
        Whether it stands on no page of ours, see `lrviz.figures.styles.layout`.
    """
    figure = plane_figure(data.feature_names, data.label_names, spans(data), mode=mode, alone=alone)
    for label, trace in enumerate(figure.data):
        trace.marker.size = 7 if len(data) > 20 else 11
        rows = np.flatnonzero(data.y == label)
        if most is not None and len(rows) > most:
            rows = rows[spaced(len(rows) - 1, most)] if most else rows[:0]
        if len(rows):
            trace.x, trace.y = data.X[rows, 0].tolist(), data.X[rows, 1].tolist()
            trace.customdata = rows.tolist()
    figure.layout.uirevision = f"{literal(data.name)} {spans(data)}"
    return figure


def plane_figure(
    names: tuple[str, str] = ("x1", "x2"),
    labels: tuple[str, str] = ("0", "1"),
    spans: tuple[list[float], list[float]] = ([-BOX, BOX], [-BOX, BOX]),
    *,
    mode: Mode = "light",
    alone: bool = False,
) -> go.Figure:
    """An empty plane of two features, with a trace for each class."""
    c = PALETTES[mode]
    first, second = map(literal, names)
    traces = [
        go.Scatter(
            name=f"{label}" if name == str(label) else f"{label} {literal(name, LEGEND_ROOM)}",
            mode="markers",
            x=[None],
            y=[None],
            customdata=[None],
            marker={
                "symbol": symbol,
                "color": c[colour],
                "size": 11,
                "opacity": 0.8,
                "line": {"width": 1.2, "color": c[colour]},
            },
            hovertemplate=f"example %{{customdata}}: {first} %{{x}}, {second} %{{y}}, y = {label}"
            "<extra></extra>",
        )
        for label, (name, symbol, colour) in enumerate(
            zip(labels, CLASS_SYMBOLS, CLASS_COLOURS, strict=True)
        )
    ]
    return go.Figure(
        traces,
        layout(
            mode,
            alone=alone,
            margin=margin(52, 12, 26, 44) if alone else margin(52, 8, 26, 42),
            xaxis=axis(mode, first, spans[0]),
            yaxis=axis(mode, second, spans[1]),
            showlegend=True,
            legend={
                "orientation": "h",
                "x": 0,
                "y": 1,
                "yanchor": "bottom",
                "itemclick": False,
                "itemdoubleclick": False,
                "font": {"size": 12, "color": c["text"]},
                "bgcolor": "rgba(0,0,0,0)",
            },
            uirevision="plane",
        ),
    )


def spans(data: Dataset) -> tuple[list[float], list[float]]:
    """The ranges across and up that hold a data set."""
    if data.name == BY_HAND and len(data) >= FEWEST and _within(data.X, UNIT):
        return list(UNIT), list(UNIT)
    make = _steady if data.name == BY_HAND else _padded
    return make(data.X[:, 0]), make(data.X[:, 1])


def _within(values: Array, span: Sequence[float]) -> bool:
    """Whether all lie in a range and none within a twelfth of its ends."""
    room = (span[1] - span[0]) / 12
    return bool(values.min() >= span[0] + room and values.max() <= span[1] - room)


def _steady(values: Array) -> list[float]:
    """A range that seldom changes while points move: ± a round number, or round ends."""
    low, high = float(values.min()), float(values.max())
    if max(-low, high) <= BOX:
        return [-BOX, BOX]
    step = 10.0 ** np.floor(np.log10(max(high - low, 1.0)))
    return [float(np.floor(low / step - 0.2) * step), float(np.ceil(high / step + 0.2) * step)]


def _padded(values: Array) -> list[float]:
    low, high = float(values.min()), float(values.max())
    room = (_ROOM if len(values) > _FEW else _ROOM_OF_FEW) * (high - low or 1.0)
    return [low - room, high + room]


Points = list[list[float]]  #: corners, each x and y


def half_plane(
    params: npt.ArrayLike, across: Sequence[float], up: Sequence[float]
) -> tuple[Points | None, Points | None]:
    """The part of a rectangle where w·x + b ≥ 0, and the line that bounds it.

    Parameters
    ----------
    params : three numbers
        w1, w2, b.
    across, up : two numbers each
        The rectangle's sides.

    Returns
    -------
    list or None, list or None
        Corners of the part, in order, and the two ends of the line, the left one first; None
        where there is no boundary (w = 0, or parameters that are not finite) or where it passes
        outside.
    """
    w = np.asarray(params, dtype=np.float64)
    if not np.isfinite(w).all() or not w[:2].any():
        return None, None
    # The line stays what it is, and nothing can overflow.
    w1, w2, b = (w / np.abs(w).max()).tolist()
    (left, right), (bottom, top) = across, up
    corners = [[left, bottom], [right, bottom], [right, top], [left, top]]
    values = [w1 * x + w2 * y + b for x, y in corners]
    side: Points = []
    line: Points = []
    for n, (corner, value) in enumerate(zip(corners, values, strict=True)):
        after, following = corners[n - 3], values[n - 3]
        if value >= 0:
            side.append(corner)
        if (value >= 0) != (following >= 0):
            t = value / (value - following)
            crossing = [c + t * (a - c) for c, a in zip(corner, after, strict=True)]
            side.append(crossing)
            line.append(crossing)
    # From left to right, so that what stands on the line keeps its place.
    return (side if len(side) > 2 else None), (sorted(line) if len(line) == 2 else None)
