"""The loss in a plane of two parameters: as a contour, and as the page paints it itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from lrviz.core.expression import plain, symbol
from lrviz.figures.palette import PALETTES, RAMPS, Mode
from lrviz.figures.styles import axis, layout, margin
from lrviz.text.numbers import number
from lrviz.training.model import PARAMETERS, PLANES
from lrviz.training.surface import EVENLY, ROUND, Surface

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
        contours={"start": surface.lowest, "end": high, "size": (high - low) / EVENLY},
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
            xaxis=axis(mode, LETTERS[i], surface.across[[0, -1]]) | {"constrain": "domain"},
            yaxis=axis(mode, LETTERS[j], surface.up[[0, -1]]) | one_scale(surface),
            uirevision=f"{revision}-{surface.plane}",
        ),
    )


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


def one_scale(surface: Surface) -> dict[str, Any]:
    """What makes Plotly draw both axes 1 : 1, for the upright one; nothing where that cannot be."""
    same = {"scaleanchor": "x", "scaleratio": 1, "constrain": "domain"}
    return same if surface.equal else {}


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
