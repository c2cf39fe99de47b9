"""The figures of the Training page, without what moves over them.

The path, the marker, the boundary and the cursor move at every frame. They are drawn by the
browser on a layer of its own above each figure: animating a scatter trace makes plotly.js
take the contours off the screen for a frame, and a layout shape costs milliseconds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from lrviz.film import SYMBOLS, Film
from lrviz.model import PLANES
from lrviz.numerics import Array
from lrviz.theme import PALETTES, Mode, number

LEVELS = 20
#: Plotly's symbols of the classes 0 and 1: they differ in form, fill and colour.
CLASS_SYMBOLS = ("circle-open", "diamond")
CLASS_COLOURS = ("class0", "class1")
#: Round losses within a decade, from the roundest; a narrow range needs finer ones.
_ROUND = ([1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7], np.arange(1, 10, 0.5), np.arange(1, 10, 0.1))
_MOST_TICKS = 9
_SANS = "Source Sans, Source Sans Pro, sans-serif"
#: The data plane reaches beyond the data by this share of their extent.
_ROOM = 0.08


def surface_figure(film: Film, *, step: int | None = None, mode: Mode = "light") -> go.Figure:
    """The loss in a plane of two parameters, as a contour of its logarithm.

    Parameters
    ----------
    film : Film
    step : int or None
        Whose slice is drawn; with None the browser fills it in.
    mode : {"light", "dark"}
    """
    c = PALETTES[mode]
    i, j, k = PLANES[film.request.plane]
    trace = go.Contour(
        name="loss",
        x=film.across.tolist(),
        y=film.up.tolist(),
        zmin=film.low,
        zmax=film.high,
        contours={
            "start": film.low,
            "end": film.high,
            "size": (film.high - film.low) / LEVELS,
        },
        line={"width": 0.6, "color": c["line"]},
        colorscale=_colours(mode),
        colorbar=_colorbar(film, mode),
        hovertemplate=f"{SYMBOLS[i]} %{{x:.4g}}<br>{SYMBOLS[j]} %{{y:.4g}}<br>"
        "loss %{customdata:.4g}<extra></extra>",
    )
    if step is not None:
        drawn = film.slices.at(step, float(film.history.params[step, k]))
        trace.z, trace.customdata = _log(drawn), drawn
    return go.Figure(
        [trace],
        _layout(
            mode,
            margin=_margin(52, 74, 8, 42),
            xaxis=_axis(mode, SYMBOLS[i], [film.across[0], film.across[-1]]),
            yaxis=_axis(mode, SYMBOLS[j], [film.up[0], film.up[-1]]),
            uirevision=f"{film.request.data}-{film.request.scale}-{film.request.plane}",
        ),
    )


def surface3d_figure(film: Film, *, step: int | None = None, mode: Mode = "light") -> go.Figure:
    """The same slice as a surface, with the path so far, the step and the next one on it.

    The height is the logarithm of the loss; its ticks are losses.
    """
    c = PALETTES[mode]
    i, j, k = PLANES[film.request.plane]
    ticks = _ticks(film.low, film.high)
    surface = go.Surface(
        name="loss",
        x=film.across.tolist(),
        y=film.up.tolist(),
        cmin=film.low,
        cmax=film.high,
        colorscale=_colours(mode),
        colorbar=_colorbar(film, mode),
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
        surface.z = _log(film.slices.at(step, float(film.history.params[step, k])))
        so_far = film.history.params[: step + 1]
        heights = np.log10(film.history.losses[: step + 1])
        path.x, path.y, path.z = so_far[:, i], so_far[:, j], heights
        marker.x, marker.y, marker.z = so_far[-1:, i], so_far[-1:, j], heights[-1:]
    axis = {"color": c["muted"], "gridcolor": c["line"], "showbackground": False}
    return go.Figure(
        [surface, path, marker, ghost],
        _layout(
            mode,
            margin=_margin(0, 60, 0, 0),
            uirevision=f"{film.request.data}-{film.request.scale}-{film.request.plane}-3d",
            scene={
                "xaxis": axis | {"title": {"text": SYMBOLS[i]}},
                "yaxis": axis | {"title": {"text": SYMBOLS[j]}},
                "zaxis": axis
                | {
                    "title": {"text": "loss"},
                    "tickvals": ticks,
                    "ticktext": [number(10.0**t) for t in ticks],
                },
                "aspectratio": {"x": 1, "y": 1, "z": 0.75},
                "camera": {"eye": {"x": 1.3, "y": -1.35, "z": 0.85}},
                "dragmode": "turntable",
            },
        ),
    )


def data_figure(film: Film, *, mode: Mode = "light") -> go.Figure:
    """The examples in the features' own units, a trace for each class.

    ``customdata`` of a point is its row number, from 0.
    """
    c = PALETTES[mode]
    data = film.scaled.data
    first, second = data.feature_names
    traces = []
    for label, (symbol, colour) in enumerate(zip(CLASS_SYMBOLS, CLASS_COLOURS, strict=True)):
        rows = np.flatnonzero(data.y == label)
        name = data.label_names[label]
        traces.append(
            go.Scatter(
                name=f"{label}" if name == str(label) else f"{label} {name}",
                mode="markers",
                x=data.X[rows, 0].tolist(),
                y=data.X[rows, 1].tolist(),
                customdata=rows.tolist(),
                marker={
                    "symbol": symbol,
                    "color": c[colour],
                    "size": 7 if len(data) > 20 else 11,
                    "opacity": 0.8,
                    "line": {"width": 1.2, "color": c[colour]},
                },
                hovertemplate=f"row %{{customdata}}: {first} %{{x}}, {second} %{{y}}, y = {label}"
                "<extra></extra>",
            )
        )
    return go.Figure(
        traces,
        _layout(
            mode,
            margin=_margin(52, 8, 26, 38),
            xaxis=_axis(mode, first, _padded(data.X[:, 0])),
            yaxis=_axis(mode, second, _padded(data.X[:, 1])),
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
            uirevision=film.request.data,
        ),
    )


def loss_figure(film: Film, *, mode: Mode = "light") -> go.Figure:
    """The mean log loss after each step, on a logarithmic axis."""
    c = PALETTES[mode]
    losses = film.history.losses
    low = max(float(losses.min()), 1e-12)
    high = max(float(losses.max()), low)
    room = max(0.06 * np.log10(high / low), 0.02)
    bottom, top = np.log10(low) - room, np.log10(high) + room
    ticks = _ticks(bottom, top)
    taken = len(film.history)
    trace = go.Scatter(
        name="mean log loss",
        mode="lines" if taken > 1 else "lines+markers",
        x=list(range(taken + 1)),
        y=np.maximum(losses, 1e-12).tolist(),
        line={"color": c["value"], "width": 2},
        hovertemplate="step %{x}: loss %{y:.4g}<extra></extra>",
    )
    vertical = _axis(mode, "loss J", [bottom, top]) | {
        "type": "log",
        "tickvals": [10.0**t for t in ticks],
        "ticktext": [number(10.0**t) for t in ticks],
    }
    return go.Figure(
        [trace],
        _layout(
            mode,
            margin=_margin(52, 8, 8, 38),
            xaxis=_axis(mode, "step", [-0.01 * max(taken, 1), 1.01 * max(taken, 1)]),
            yaxis=vertical,
            hovermode="x",
            uirevision="loss",
        ),
    )


def _colours(mode: Mode) -> list[list[Any]]:
    return [[0.0, PALETTES[mode]["low"]], [1.0, PALETTES[mode]["high"]]]


def _colorbar(film: Film, mode: Mode) -> dict[str, Any]:
    ticks = _ticks(film.low, film.high)
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


def _layout(mode: Mode, **own: Any) -> dict[str, Any]:
    c = PALETTES[mode]
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": c["text"], "family": _SANS, "size": 12},
        "hoverlabel": {
            "bgcolor": c["card"],
            "bordercolor": c["line"],
            "font": {"color": c["text"], "family": _SANS},
        },
        "showlegend": False,
        "dragmode": "zoom",
        "template": None,
        **own,
    }


def _margin(left: int, right: int, top: int, bottom: int) -> dict[str, Any]:
    """Margins in px that nothing widens: the browser's own layer reckons with them."""
    return {"l": left, "r": right, "t": top, "b": bottom, "autoexpand": False}


def _axis(mode: Mode, title: str, span: Any) -> dict[str, Any]:
    c = PALETTES[mode]
    return {
        "title": {"text": title, "font": {"size": 13, "color": c["text"]}, "standoff": 6},
        "range": [float(x) for x in span],
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": c["line"],
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": c["line"],
        "tickfont": {"size": 11, "color": c["muted"]},
        "nticks": 7,
    }


def _padded(values: Array) -> list[float]:
    low, high = float(values.min()), float(values.max())
    room = _ROOM * (high - low or 1.0)
    return [low - room, high + room]


def _log(losses: Any) -> Any:
    return np.log10(np.maximum(losses, np.float32(1e-38)))


def _ticks(low: float, high: float) -> list[float]:
    """Logarithms of round losses in a range, well apart: as round as leaves three of them."""
    powers = np.arange(np.floor(low), np.ceil(high) + 1)
    apart = (high - low) / _MOST_TICKS
    for digits in _ROUND:
        ticks: list[float] = []
        for tick in np.sort(np.add.outer(powers, np.log10(digits)).ravel()).tolist():
            if low <= tick <= high and (not ticks or tick - ticks[-1] >= apart):
                ticks.append(tick)
        if len(ticks) >= 3:
            return ticks
    return [low, high]
