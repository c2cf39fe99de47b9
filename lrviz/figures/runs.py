"""One run or up to three on the same data, as the figures of the file that is taken away.

Plotly draws what stands still. What moves are layout shapes: their looks come from here, their
places at each frame from ``live/standalone.js``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from lrviz.core.numerics import Array
from lrviz.figures.descent import PATH_LIMIT, SYMBOLS, Stage, contour_trace, loss_ticks, spaced
from lrviz.figures.palette import PALETTES, Mode
from lrviz.figures.styles import RUN_STYLES, axis, layout, literal, margin, outline
from lrviz.figures.training import plane_figure
from lrviz.text.numbers import number
from lrviz.training.walk import History

#: Most examples drawn of one class; of more, evenly spaced ones.
POINTS_LIMIT = 1000
#: The least loss on the logarithmic axis.
LEAST_LOSS = 1e-12
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
#: The data plane reaches beyond the data by this share of their extent.
MARGIN = 0.08


def surface_figure(drawn: Stage, mode: Mode) -> go.Figure:
    """The loss in a plane of two parameters; z is the first frame's slice."""
    c = PALETTES[mode]
    i, j, _ = drawn.plane
    contour = contour_trace(drawn, mode)
    contour.x, contour.y, contour.z = drawn.across.tolist(), drawn.up.tolist(), None
    contour.hovertemplate = (
        f"{SYMBOLS[i]} %{{x:.4g}}<br>{SYMBOLS[j]} %{{y:.4g}}<br>loss %{{customdata:.4g}}"
        "<extra></extra>"
    )
    contour.colorbar.update(
        thickness=10,
        outlinewidth=0,
        x=1.015,
        xpad=0,
        ypad=0,
        title={"text": "loss J", "font": {"size": 12, "color": c["muted"]}},
        tickfont={"size": 11, "color": c["muted"]},
    )
    return go.Figure(
        [contour],
        layout(
            mode,
            **_alone(mode),
            margin=margin(52, 74, 8, 42),
            xaxis=axis(mode, SYMBOLS[i], drawn.across[[0, -1]]),
            yaxis=axis(mode, SYMBOLS[j], drawn.up[[0, -1]]),
        ),
    )


def data_figure(
    X: Array,
    y: npt.NDArray[Any],
    features: tuple[str, str],
    labels: tuple[str, str],
    mode: Mode,
) -> go.Figure:
    """The examples (m, 2) in the features' own units, a trace for each class."""
    figure = plane_figure(features, labels, data_ranges(X), mode=mode)
    for label, trace in enumerate(figure.data):
        rows = np.flatnonzero(y == label)
        rows = rows[spaced(len(rows) - 1, POINTS_LIMIT)] if len(rows) else rows
        trace.x, trace.y = X[rows, 0].tolist(), X[rows, 1].tolist()
        trace.customdata = rows.tolist()
        trace.marker.size = 7 if len(X) > 20 else 11
    return figure.update_layout(_alone(mode), margin=margin(52, 12, 26, 40))


def data_ranges(X: Array) -> tuple[list[float], list[float]]:
    """The ranges across and up that hold the data (m, 2)."""
    low, high = X.min(axis=0), X.max(axis=0)
    extent = high - low
    room = MARGIN * np.where(extent == 0, 1.0, extent)
    (left, right), (bottom, top) = np.stack([low - room, high + room], axis=1).tolist()
    return [left, right], [bottom, top]


def loss_figure(histories: Sequence[History], mode: Mode) -> go.Figure:
    """The mean log loss after each step of every run, on a logarithmic axis."""
    c = PALETTES[mode]
    everything = np.concatenate([history.losses for history in histories])
    low = max(float(everything.min()), LEAST_LOSS)
    high = max(float(everything.max()), low)
    room = max(0.06 * (np.log10(high) - np.log10(low)), 0.02)
    bottom, top = float(np.log10(low) - room), float(np.log10(high) + room)
    ticks = loss_ticks(bottom, top)
    ticks = ticks if len(ticks) > 1 else [bottom + room, top - room]
    longest = max(map(len, histories)) or 1
    traces = []
    for history, look in zip(histories, RUN_STYLES, strict=False):
        steps = spaced(len(history), PATH_LIMIT)
        traces.append(
            go.Scatter(
                mode="lines" if len(history) > 1 else "lines+markers",
                x=steps,
                y=np.maximum(history.losses[steps], LEAST_LOSS).tolist(),
                line={
                    "color": c["value" if len(histories) == 1 else look.role],
                    "width": 2,
                    "dash": look.dash,
                },
                hovertemplate="step %{x}: loss %{y:.4g}<extra></extra>",
            )
        )
    vertical = axis(mode, "loss J", [bottom, top]) | {
        "type": "log",
        "tickvals": [10.0**t for t in ticks],
        "ticktext": [number(10.0**t) for t in ticks],
    }
    return go.Figure(
        traces,
        layout(
            mode,
            **_alone(mode),
            margin=margin(52, 12, 10, 40),
            xaxis=axis(mode, "step", [-0.015 * longest, 1.015 * longest]),
            yaxis=vertical,
        ),
    )


def moving_shapes(names: Sequence[str], mode: Mode) -> list[dict[str, Any]]:
    """What moves of each run: Plotly shapes that still need their place.

    ``trail`` needs ``path``, ``marker`` and ``dot`` need ``xanchor`` and ``yanchor``, ``line``
    needs two ends, ``side`` a ``path``. A single run bears no letter, and its marker and its
    side of the boundary are those of the Training page.
    """
    c = PALETTES[mode]
    alone = len(names) == 1
    out = []
    for name, look in zip(names, RUN_STYLES, strict=False):
        colour = c[look.role]
        letter = "" if alone else literal(name, 2)
        fill = c["selection"] if alone else colour
        out.append(
            {
                "trail": {"type": "path", "line": {"color": colour, "width": 3, "dash": look.dash}},
                "marker": _marker(look.form, 7 if alone else 9, fill, letter, c["surface"]),
                "dot": _marker(look.form, 5 if alone else 8, fill, letter, c["surface"]),
                "line": {
                    "type": "line",
                    "line": {
                        "color": c["text"] if alone else colour,
                        "width": 2 if alone else 2.5,
                        "dash": look.dash,
                    },
                },
                "side": {
                    "type": "path",
                    "layer": "below",
                    "fillcolor": c["class1"],
                    "opacity": 0.1,
                    "line": {"width": 0},
                },
            }
        )
    return out


def cursor_shape(mode: Mode) -> dict[str, Any]:
    """The line over the loss curve that says which step is shown; it needs x0 and x1."""
    line = {"color": PALETTES[mode]["selection"], "width": 1.25, "dash": "3px,3px"}
    return {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "line": line, "layer": "below"}


def _marker(form: str, size: float, fill: str, letter: str, edge: str) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "type": "path",
        "path": outline(form, size),
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "fillcolor": fill,
        "line": {"color": edge, "width": 1.5},
    }
    if letter:
        shape["label"] = {"text": f"<b>{letter}</b>", "font": {"color": edge, "size": 11}}
    return shape


def _alone(mode: Mode) -> dict[str, Any]:
    """What a figure needs that stands on no page of ours: a ground, and a font of the reader's."""
    c = PALETTES[mode]
    return {
        "paper_bgcolor": c["surface"],
        "plot_bgcolor": c["surface"],
        "font": {"color": c["text"], "family": FONT, "size": 12},
        "hoverlabel": {
            "bgcolor": c["card"],
            "bordercolor": c["line"],
            "font": {"color": c["text"], "family": FONT},
        },
        "autosize": True,
    }
