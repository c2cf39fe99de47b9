"""The figures of the Training page, without what moves over them.

The path, the marker, the boundary and the cursor move at every frame. They are drawn by the
browser on a layer of its own above each figure: animating a scatter trace makes plotly.js
take the contours off the screen for a frame, and a layout shape costs milliseconds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from lrviz.core.numerics import Array
from lrviz.data.datasets import BY_HAND, Dataset
from lrviz.figures.descent import loss_ticks
from lrviz.figures.palette import PALETTES, Mode
from lrviz.figures.styles import LEGEND_ROOM, RUN_STYLES, axis, layout, literal, margin
from lrviz.text.numbers import number
from lrviz.text.runs import runs
from lrviz.training.model import PLANES
from lrviz.training.playback import SYMBOLS, Playback

LEVELS = 20
#: Hand-placed points are shown in a square that reaches so far from zero, if they all lie in it.
BOX = 5.0
#: Plotly's symbols of the classes 0 and 1: they differ in form, fill and colour.
CLASS_SYMBOLS = ("circle-open", "diamond")
CLASS_COLOURS = ("class0", "class1")
#: The data plane reaches beyond the data by this share of their extent.
_ROOM = 0.08


def surface_figure(
    playback: Playback, *, step: int | None = None, mode: Mode = "light"
) -> go.Figure:
    """The loss in a plane of two parameters, as a contour of its logarithm.

    Parameters
    ----------
    playback : Playback
    step : int or None
        Whose slice is drawn; with None the browser fills it in.
    mode : {"light", "dark"}
    """
    c = PALETTES[mode]
    i, j, k = PLANES[playback.request.plane]
    trace = go.Contour(
        name="loss",
        x=playback.across.tolist(),
        y=playback.up.tolist(),
        zmin=playback.low,
        zmax=playback.high,
        contours={
            "start": playback.low,
            "end": playback.high,
            "size": (playback.high - playback.low) / LEVELS,
        },
        line={"width": 0.6, "color": c["line"]},
        colorscale=_colours(mode),
        colorbar=_colorbar(playback, mode),
        hovertemplate=f"{SYMBOLS[i]} %{{x:.4g}}<br>{SYMBOLS[j]} %{{y:.4g}}<br>"
        "loss %{customdata:.4g}<extra></extra>",
    )
    if step is not None:
        drawn = playback.slices.at(step, float(playback.history.params[step, k]))
        trace.z, trace.customdata = _log(drawn), drawn
    return go.Figure(
        [trace],
        layout(
            mode,
            margin=margin(52, 74, 8, 42),
            xaxis=axis(mode, SYMBOLS[i], [playback.across[0], playback.across[-1]]),
            yaxis=axis(mode, SYMBOLS[j], [playback.up[0], playback.up[-1]]),
            uirevision=f"{playback.request.data}-{playback.request.scale}-{playback.request.plane}",
        ),
    )


def surface3d_figure(
    playback: Playback, *, step: int | None = None, mode: Mode = "light"
) -> go.Figure:
    """The same slice as a surface, with the path so far, the step and the next one on it.

    The height is the logarithm of the loss; its ticks are losses.
    """
    c = PALETTES[mode]
    i, j, k = PLANES[playback.request.plane]
    ticks = loss_ticks(playback.low, playback.high)
    surface = go.Surface(
        name="loss",
        x=playback.across.tolist(),
        y=playback.up.tolist(),
        cmin=playback.low,
        cmax=playback.high,
        colorscale=_colours(mode),
        colorbar=_colorbar(playback, mode),
        hovertemplate=f"{SYMBOLS[i]} %{{x:.4g}}<br>{SYMBOLS[j]} %{{y:.4g}}<extra></extra>",
        contours={"z": {"show": True, "color": c["line"], "width": 1}},
        lighting={"ambient": 0.9, "diffuse": 0.3, "specular": 0.0},
    )
    path = go.Scatter3d(
        name="path", mode="lines", line={"color": c["gradient"], "width": 5}, hoverinfo="skip"
    )
    marker = go.Scatter3d(
        name="this step",
        mode="markers",
        marker={"color": c["selection"], "size": 6},
        hoverinfo="skip",
    )
    ghost = go.Scatter3d(
        name="next step",
        mode="markers",
        marker={"color": c["selection"], "size": 6, "symbol": "circle-open"},
        hoverinfo="skip",
    )
    if step is not None:
        surface.z = _log(playback.slices.at(step, float(playback.history.params[step, k])))
        so_far = playback.history.params[: step + 1]
        heights = np.log10(playback.history.losses[: step + 1])
        path.x, path.y, path.z = so_far[:, i], so_far[:, j], heights
        marker.x, marker.y, marker.z = so_far[-1:, i], so_far[-1:, j], heights[-1:]
    comparisons = []
    for (letter, _, _), look in zip(runs(playback)[1:], RUN_STYLES[1:], strict=False):
        comparisons += [
            go.Scatter3d(
                name=letter,
                mode="lines",
                line={"color": c[look.role], "width": 5},
                hoverinfo="skip",
            ),
            go.Scatter3d(
                name=f"{letter}, this step",
                mode="markers+text",
                text=[letter],
                textposition="top center",
                textfont={"color": c[look.role], "size": 14},
                marker={"color": c[look.role], "size": 5, "symbol": look.form},
                hoverinfo="skip",
            ),
        ]
    edge = {"color": c["muted"], "gridcolor": c["line"], "showbackground": False}
    return go.Figure(
        [surface, path, marker, ghost, *comparisons],
        layout(
            mode,
            margin=margin(0, 60, 0, 0),
            uirevision=f"{playback.request.data}-{playback.request.scale}-{playback.request.plane}-3d",
            scene={
                "xaxis": edge | {"title": {"text": SYMBOLS[i]}},
                "yaxis": edge | {"title": {"text": SYMBOLS[j]}},
                "zaxis": edge
                | {
                    "title": {"text": "loss"},
                    "tickvals": ticks,
                    "ticktext": [number(10.0**t) for t in ticks],
                },
                "aspectratio": {"x": 1, "y": 1, "z": 0.75},
                "camera": {"eye": {"x": 1.12, "y": -1.18, "z": 1.62}},
                "dragmode": "turntable",
            },
        ),
    )


def data_figure(playback: Playback, *, points: bool = True, mode: Mode = "light") -> go.Figure:
    """The examples in the features' own units, a trace for each class.

    ``customdata`` of a point is its row number, from 0. Without ``points`` the traces are
    left for the browser to fill.
    """
    data = playback.scaled.data
    figure = plane_figure(data.feature_names, data.label_names, _spans(data), mode=mode)
    for label, trace in enumerate(figure.data):
        trace.marker.size = 7 if len(data) > 20 else 11
        rows = np.flatnonzero(data.y == label)
        if points:
            trace.x, trace.y = data.X[rows, 0].tolist(), data.X[rows, 1].tolist()
            trace.customdata = rows.tolist()
    figure.layout.uirevision = f"{playback.request.data} {_spans(data)}"
    return figure


def plane_figure(
    names: tuple[str, str] = ("x1", "x2"),
    labels: tuple[str, str] = ("0", "1"),
    spans: tuple[list[float], list[float]] = ([-BOX, BOX], [-BOX, BOX]),
    *,
    mode: Mode = "light",
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
            margin=margin(52, 8, 26, 38),
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


def _spans(data: Dataset) -> tuple[list[float], list[float]]:
    if data.name == BY_HAND:
        return _span(data.X[:, 0]), _span(data.X[:, 1])
    return _padded(data.X[:, 0]), _padded(data.X[:, 1])


def loss_figure(playback: Playback, *, mode: Mode = "light") -> go.Figure:
    """The mean log loss after each step of every run, on a logarithmic axis."""
    c = PALETTES[mode]
    shown = [(letter, np.maximum(h.losses, 1e-12)) for letter, _, h in runs(playback)]
    low = min(float(losses.min()) for _, losses in shown)
    high = max(float(losses.max()) for _, losses in shown)
    room = max(0.06 * np.log10(high / low), 0.02)
    bottom, top = np.log10(low) - room, np.log10(high) + room
    ticks = loss_ticks(bottom, top)
    taken = playback.steps
    alone = len(shown) == 1
    traces = [
        go.Scatter(
            name="mean log loss" if alone else letter,
            mode="lines" if len(losses) > 2 else "lines+markers",
            x=list(range(len(losses))),
            y=losses.tolist(),
            line={"color": c["value" if alone else look.role], "width": 2, "dash": look.dash},
            hovertemplate=f"{'' if alone else letter + ', '}step %{{x}}: loss %{{y:.4g}}"
            "<extra></extra>",
        )
        for (letter, losses), look in zip(shown, RUN_STYLES, strict=False)
    ]
    vertical = axis(mode, "loss J", [bottom, top]) | {
        "type": "log",
        "tickvals": [10.0**t for t in ticks],
        "ticktext": [number(10.0**t) for t in ticks],
    }
    return go.Figure(
        traces,
        layout(
            mode,
            margin=margin(52, 8, 8, 38),
            xaxis=axis(mode, "step", [-0.01 * max(taken, 1), 1.01 * max(taken, 1)]),
            yaxis=vertical,
            hovermode="x",
            uirevision="loss",
        ),
    )


def _colours(mode: Mode) -> list[list[Any]]:
    return [[0.0, PALETTES[mode]["low"]], [1.0, PALETTES[mode]["high"]]]


def _colorbar(playback: Playback, mode: Mode) -> dict[str, Any]:
    ticks = loss_ticks(playback.low, playback.high)
    c = PALETTES[mode]
    return {
        "thickness": 10,
        "outlinewidth": 0,
        "x": 1.015,
        "xpad": 0,
        "ypad": 0,
        "title": {"text": "loss J", "font": {"size": 12, "color": c["muted"]}},
        "tickvals": ticks,
        "ticktext": [number(10.0**t) for t in ticks],
        "tickfont": {"size": 11, "color": c["muted"]},
    }


def _span(values: Array) -> list[float]:
    """A range that seldom changes while points move: ± a round number, or round ends."""
    low, high = float(values.min()), float(values.max())
    if max(-low, high) <= BOX:
        return [-BOX, BOX]
    step = 10.0 ** np.floor(np.log10(max(high - low, 1.0)))
    return [float(np.floor(low / step - 0.2) * step), float(np.ceil(high / step + 0.2) * step)]


def _padded(values: Array) -> list[float]:
    low, high = float(values.min()), float(values.max())
    room = _ROOM * (high - low or 1.0)
    return [low - room, high + room]


def _log(losses: Any) -> Any:
    return np.log10(np.maximum(losses, np.float32(1e-38)))
