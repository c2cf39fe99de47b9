"""The loss in a plane of two parameters: as a contour and as a surface in space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lrviz.core.expression import plain, symbol
from lrviz.core.numerics import Array
from lrviz.figures.palette import PALETTES, RAMPS, Mode
from lrviz.figures.styles import RUN_STYLES, axis, layout, margin
from lrviz.text.numbers import number
from lrviz.training.model import PARAMETERS, PLANES
from lrviz.training.surface import ROUND, Surface

LEVELS = 20
MOST_TICKS = 9

#: The parameters' letters.
LETTERS = tuple(plain(symbol(name)) for name in PARAMETERS)


def surface_spec(surface: Surface) -> dict[str, Any]:
    """What ``live/surface-view.js`` draws the surface with, beside its slices: JSON-ready.

    Heights are logarithms of the loss to base ten.
    """
    return {
        "letters": [LETTERS[n] for n in PLANES[surface.plane]],
        "ticks": [[t, number(10.0**t)] for t in loss_ticks(surface.low, surface.high)],
        "levels": [[level, number(10.0**level)] for level in surface.levels],
        "ramps": {mode: list(colours) for mode, colours in RAMPS.items()},
        "equal": surface.equal,
    }


def contour_trace(surface: Surface, step: int | None, mode: Mode) -> go.Contour:
    """The slice at a step on a colour scale that holds for the run; None leaves it to the browser.

    z is the logarithm of the loss, ``customdata`` the loss itself.
    """
    c = PALETTES[mode]
    i, j, _ = PLANES[surface.plane]
    low, high = surface.low, surface.high
    trace = go.Contour(
        name="loss",
        x=surface.across.tolist(),
        y=surface.up.tolist(),
        zmin=low,
        zmax=high,
        contours={"start": low, "end": high, "size": (high - low) / LEVELS},
        line={"width": 0.6, "color": c["line"]},
        colorscale=_colours(mode),
        colorbar=_colorbar(surface, mode),
        hovertemplate=f"{LETTERS[i]} %{{x:.4g}}<br>{LETTERS[j]} %{{y:.4g}}<br>"
        "loss %{customdata:.4g}<extra></extra>",
    )
    if step is not None:
        trace.z, trace.customdata = surface.heights(step), surface.losses(step)
    return trace


def surface_figure(
    surface: Surface,
    *,
    step: int | None = None,
    mode: Mode = "light",
    alone: bool = False,
    revision: str = "",
) -> go.Figure:
    """The loss in a plane of two parameters, as a contour of its logarithm.

    Parameters
    ----------
    surface : Surface
    step : int or None
        Whose slice is drawn; with None the browser fills it in.
    mode : {"light", "dark"}
    alone : bool
        Whether it stands on no page of ours, see `lrviz.figures.styles.layout`.
    revision : str
        While it stays the same, so does what a visitor has zoomed to.
    """
    i, j, _ = PLANES[surface.plane]
    return go.Figure(
        [contour_trace(surface, step, mode)],
        layout(
            mode,
            alone=alone,
            margin=margin(52, 74, 8, 42),
            xaxis=axis(mode, LETTERS[i], surface.across[[0, -1]]),
            yaxis=axis(mode, LETTERS[j], surface.up[[0, -1]]),
            uirevision=f"{revision}-{surface.plane}",
        ),
    )


def surface3d_figure(
    surface: Surface,
    letters: Sequence[str] = ("A",),
    *,
    path: Array | None = None,
    losses: Array | None = None,
    mode: Mode = "light",
    revision: str = "",
) -> go.Figure:
    """The same slice as a surface, with what moves on it: a path, its step, the next one.

    The height is the logarithm of the loss; its ticks are losses.

    Parameters
    ----------
    surface : Surface
    letters : sequence of str
        Of the runs; those after the first have a path and a marker each.
    path, losses : array (k + 1, 3), array (k + 1,), optional
        The first run's parameters and losses so far: the last one's slice is drawn, with the
        path. Without them the browser fills both in.
    mode : {"light", "dark"}
    revision : str
        As in `surface_figure`.
    """
    c = PALETTES[mode]
    i, j, _ = PLANES[surface.plane]
    trace = go.Surface(
        name="loss",
        x=surface.across.tolist(),
        y=surface.up.tolist(),
        cmin=surface.low,
        cmax=surface.high,
        colorscale=_colours(mode),
        colorbar=_colorbar(surface, mode),
        hovertemplate=f"{LETTERS[i]} %{{x:.4g}}<br>{LETTERS[j]} %{{y:.4g}}<extra></extra>",
        contours={"z": {"show": True, "color": c["line"], "width": 1}},
        lighting={"ambient": 0.9, "diffuse": 0.3, "specular": 0.0},
    )
    first, *others = RUN_STYLES[: len(letters)]
    moving = [
        _line3d("path", c[first.role]),
        _point3d("this step", {"color": c["selection"], "size": 6}),
        _point3d("next step", {"color": c["selection"], "size": 6, "symbol": "circle-open"}),
    ]
    for letter, style in zip(letters[1:], others, strict=True):
        marker = {"color": c[style.role], "size": 5, "symbol": style.form}
        end = _point3d(f"{letter}, this step", marker)
        end.update(mode="markers+text", text=[letter], textposition="top center")
        end.textfont = {"color": c[style.role], "size": 14}
        moving += [_line3d(letter, c[style.role]), end]
    if path is not None and losses is not None:
        trace.z, heights = surface.heights(len(path) - 1), np.log10(losses)
        moving[0].x, moving[0].y, moving[0].z = path[:, i], path[:, j], heights
        moving[1].x, moving[1].y, moving[1].z = path[-1:, i], path[-1:, j], heights[-1:]
    ticks = loss_ticks(surface.low, surface.high)
    edge = {"color": c["muted"], "gridcolor": c["line"], "showbackground": False}
    height = {"tickvals": ticks, "ticktext": [number(10.0**t) for t in ticks]}
    return go.Figure(
        [trace, *moving],
        layout(
            mode,
            margin=margin(0, 60, 0, 0),
            uirevision=f"{revision}-{surface.plane}-3d",
            scene={
                "xaxis": edge | {"title": {"text": LETTERS[i]}},
                "yaxis": edge | {"title": {"text": LETTERS[j]}},
                "zaxis": edge | {"title": {"text": "loss"}} | height,
                "aspectratio": {"x": 1, "y": 1, "z": 0.75},
                "camera": {"eye": {"x": 1.12, "y": -1.18, "z": 1.62}},
                "dragmode": "turntable",
            },
        ),
    )


def _line3d(name: str, colour: str) -> go.Scatter3d:
    line = {"color": colour, "width": 5}
    return go.Scatter3d(name=name, mode="lines", line=line, hoverinfo="skip")


def _point3d(name: str, marker: dict[str, Any]) -> go.Scatter3d:
    return go.Scatter3d(name=name, mode="markers", marker=marker, hoverinfo="skip")


def _colours(mode: Mode) -> list[list[Any]]:
    ramp = RAMPS[mode]
    return [[n / (len(ramp) - 1), colour] for n, colour in enumerate(ramp)]


def _colorbar(surface: Surface, mode: Mode) -> dict[str, Any]:
    ticks = loss_ticks(surface.low, surface.high)
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


def loss_ticks(low: float, high: float) -> list[float]:
    """Logarithms of round losses in a range, well apart: as round as leaves three of them."""
    powers = np.arange(np.floor(low), np.ceil(high) + 1)
    apart = (high - low) / MOST_TICKS
    for digits in ROUND:
        ticks: list[float] = []
        for tick in np.sort(np.add.outer(powers, np.log10(digits)).ravel()).tolist():
            if low <= tick <= high and (not ticks or tick - ticks[-1] >= apart):
                ticks.append(tick)
        if len(ticks) >= 3:
            return ticks
    return [low, high]
