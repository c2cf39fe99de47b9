"""A run of training as one Plotly figure that plays by itself, in a notebook too.

What moves over the contour is drawn as layout shapes: animating a scatter trace makes
plotly.js take the contours of its subplot off the screen for a frame at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from lrviz.model import PARAMETERS, PLANES, slice_grid
from lrviz.numerics import Array
from lrviz.optimizers import OPTIMIZERS, History
from lrviz.theme import PALETTES, Mode, number

#: Most frames of an animation; a longer run is shown at evenly spaced steps. A frame carries
#: one slice and the path so far, which adds up to less than 1 MB for the longest figure.
FRAMES_LIMIT = 60
#: Most points of the whole path, which stands still under the moving one.
PATH_LIMIT = 1000
#: Radius of the marker, px.
RADIUS = 7
#: Values along each side of the loss slice.
RESOLUTION = 41
#: The plane reaches beyond the path by this share of its extent, and is at least this wide.
MARGIN, LEAST_WIDTH = 0.35, 1.0
#: The least loss that the colours tell apart, as its logarithm to base ten.
FLOOR = -4.0
FRAME_MS = 80
LEVELS = 24
#: A colour bar over fewer decades than this has ticks at 2 and 5 as well.
FEW_DECADES = 2.5

_SYMBOLS = ("w₁", "w₂", "b")


def descent_figure(
    history: History,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    plane: str = "w1w2",
    mode: Mode = "light",
) -> go.Figure:
    """The path of a run on the loss, with Play, Pause and a slider.

    The contour of each frame is the slice of the loss at that step's own value of the
    parameter that the plane leaves out, as the title says, so the marker always stands on
    the surface drawn; the path before it is a projection onto that slice. Colours are the
    logarithm of the loss on one scale for the whole run.

    Parameters
    ----------
    history : History
        A run of `lrviz.train`.
    X, y : array (m, 2), array (m,)
        The data it was trained on.
    plane : {"w1w2", "w1b", "w2b"}
        The parameters drawn across and up.
    mode : {"light", "dark"}
        Which palette of `lrviz.theme`.

    Raises
    ------
    ValueError
        An unknown plane or mode, or bad data.
    """
    if plane not in PLANES:
        raise ValueError(f"The plane must be one of {', '.join(PLANES)}, not {plane!r}.")
    if mode not in PALETTES:
        raise ValueError(f"The mode must be one of {', '.join(PALETTES)}, not {mode!r}.")
    colours = PALETTES[mode]
    i, j, k = PLANES[plane]
    shown = _spaced(len(history), FRAMES_LIMIT)
    path = history.params
    across, up = _axis(path[:, i]), _axis(path[:, j])
    slices = _slices(
        path[shown, k].tolist(), lambda third: slice_grid(X, y, plane, across, up, third)
    )
    contour = _contour(across, up, slices, colours)
    contour.hovertemplate = (
        f"{_SYMBOLS[i]} %{{x:.4g}}<br>{_SYMBOLS[j]} %{{y:.4g}}<br>log₁₀ of the loss %{{z:.3f}}"
        "<extra></extra>"
    )
    points = _spaced(len(history), PATH_LIMIT)
    whole = go.Scatter(
        x=path[points, i],
        y=path[points, j],
        customdata=np.stack([points, history.losses[points]], axis=1),
        mode="lines+markers",
        line={"color": colours["muted"], "width": 1},
        marker={"size": 4, "color": colours["muted"]},
        hovertemplate="step %{customdata[0]}: loss %{customdata[1]:.4g}<extra></extra>",
        name="the whole path",
    )

    def layout(n: int) -> dict[str, Any]:
        step = shown[n]
        corners = path[shown[: n + 1]][:, [i, j]].tolist()
        return {
            "title": {
                "text": f"Step {step} of {len(history)}: loss "
                f"{number(float(history.losses[step]))}, on the slice {_SYMBOLS[k]} = "
                f"{number(float(path[step, k]))}"
            },
            "shapes": [_trail(corners, colours), _marker(corners[-1], colours)],
        }

    # Only what differs between frames is in a frame: the slice where it changes at all.
    moving = any(s is not slices[0] for s in slices)
    frames = [
        go.Frame(
            name=str(step),
            data=[go.Contour(z=slices[n])] if moving else [],
            traces=[0] if moving else [],
            layout=layout(n),
        )
        for n, step in enumerate(shown)
    ]
    figure = go.Figure([contour, whole], frames=frames)
    figure.update_layout(layout(0))
    figure.update_layout(
        title={"font": {"size": 15}},
        paper_bgcolor=colours["surface"],
        plot_bgcolor=colours["surface"],
        font={"color": colours["text"]},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0.0},
        margin={"l": 60, "r": 20, "t": 90, "b": 20},
        xaxis={"title": {"text": _SYMBOLS[i]}, "range": [across[0], across[-1]]},
        yaxis={"title": {"text": _SYMBOLS[j]}, "range": [up[0], up[-1]]},
        updatemenus=[_buttons(colours)],
        sliders=[_slider(shown)],
        meta={"description": _description(history, plane)},
    )
    if history.stopped is not None:
        figure.add_annotation(
            text=history.stopped,
            xref="paper",
            yref="paper",
            x=0.01,
            y=0.01,
            showarrow=False,
            bgcolor=colours["card"],
            font={"size": 12},
        )
    return figure


def _spaced(taken: int, most: int) -> list[int]:
    """Step numbers: all, or ``most`` evenly spaced ones with both ends."""
    spaced = np.linspace(0, taken, min(taken + 1, most))
    return [int(s) for s in np.round(spaced)]


def _contour(
    across: Array, up: Array, slices: list[npt.NDArray[np.float32]], colours: Mapping[str, str]
) -> go.Contour:
    """The first slice, on a colour scale that holds for all of them."""
    low, high = float(min(s.min() for s in slices)), float(max(s.max() for s in slices))
    high = max(high, low + 1e-6)
    ticks = _ticks(low, high)
    return go.Contour(
        x=across,
        y=up,
        z=slices[0],
        zmin=low,
        zmax=high,
        contours={"start": low, "end": high, "size": (high - low) / LEVELS},
        line={"width": 0.5, "color": colours["line"]},
        colorscale=[[0.0, colours["surface"]], [1.0, colours["value"]]],
        colorbar={
            "title": {"text": "mean log loss"},
            "tickvals": ticks,
            "ticktext": [number(10.0**t) for t in ticks],
        },
        name="loss",
    )


def _trail(corners: list[list[float]], colours: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "path",
        "path": "M" + "L".join(f"{x:.6g},{y:.6g}" for x, y in corners),
        "line": {"color": colours["gradient"], "width": 3},
        "name": "the path so far, projected onto the slice",
        "showlegend": True,
    }


def _marker(at: list[float], colours: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "circle",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "xanchor": at[0],
        "yanchor": at[1],
        **dict.fromkeys(("x0", "y0"), -RADIUS),
        **dict.fromkeys(("x1", "y1"), RADIUS),
        "fillcolor": colours["selection"],
        "line": {"color": colours["surface"], "width": 2},
        "name": "this step",
        "showlegend": True,
    }


def _axis(values: Array) -> Array:
    low, high = float(values.min()), float(values.max())
    half = max((high - low) * (0.5 + MARGIN), LEAST_WIDTH / 2)
    middle = low + (high - low) / 2
    return np.linspace(middle - half, middle + half, RESOLUTION)


def _slices(
    thirds: list[float], slice_at: Callable[[float], Array]
) -> list[npt.NDArray[np.float32]]:
    """log10 of the loss on each frame's slice; frames with the same third parameter share one."""
    made: dict[float, npt.NDArray[np.float32]] = {}
    for third in thirds:
        if third not in made:
            grid = np.maximum(slice_at(third), 10.0**FLOOR)
            made[third] = np.log10(grid).astype(np.float32)
    return [made[third] for third in thirds]


def _ticks(low: float, high: float) -> Array:
    """Logarithms of 1, 2 and 5 times powers of ten in a range, or of 1 alone if it is wide."""
    powers = np.arange(np.floor(low), np.ceil(high) + 1)
    digits = [1, 2, 5] if high - low < FEW_DECADES else [1]
    ticks = np.sort(np.add.outer(powers, np.log10(digits)).ravel())
    return np.asarray(ticks[(ticks >= low) & (ticks <= high)])


def _description(history: History, plane: str) -> str:
    i, j, _ = PLANES[plane]
    return (
        f"{OPTIMIZERS[history.optimizer].label} over {len(history)} steps in the plane of "
        f"{PARAMETERS[i]} and {PARAMETERS[j]}, from a loss of "
        f"{number(float(history.losses[0]))} to {number(float(history.losses[-1]))}."
    )


def _buttons(colours: Any) -> dict[str, Any]:
    at_once = {"mode": "immediate", "transition": {"duration": 0}}
    play = {"frame": {"duration": FRAME_MS, "redraw": True}, "fromcurrent": True, **at_once}
    pause = {"frame": {"duration": 0, "redraw": False}, **at_once}
    return {
        "type": "buttons",
        "direction": "left",
        "x": 0.0,
        "y": -0.16,
        "xanchor": "left",
        "yanchor": "top",
        "bgcolor": colours["card"],
        # Plotly paints the active button near white, and the dark palette's text with it.
        "showactive": False,
        "buttons": [
            {"label": "Play", "method": "animate", "args": [None, play]},
            {"label": "Pause", "method": "animate", "args": [[None], pause]},
        ],
    }


def _slider(shown: list[int]) -> dict[str, Any]:
    how = {
        "mode": "immediate",
        "frame": {"duration": 0, "redraw": True},
        "transition": {"duration": 0},
    }
    return {
        "x": 0.2,
        "len": 0.8,
        "y": -0.1,
        "currentvalue": {"prefix": "Step "},
        "steps": [
            {"label": str(step), "method": "animate", "args": [[str(step)], how]} for step in shown
        ],
    }
