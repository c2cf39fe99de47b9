"""A run of training as one Plotly figure that plays by itself, in a notebook too.

What moves over the contour is drawn as layout shapes: animating a scatter trace makes
plotly.js take the contours of its subplot off the screen for a frame at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from lrviz.core.numerics import Array
from lrviz.figures.palette import PALETTES, Mode
from lrviz.text.numbers import number
from lrviz.training.model import PARAMETERS, PLANES, slice_grid
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.walk import History

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
#: A plane far from zero is at least this share of its distance wide, so that float64 tells its
#: edges apart; and none reaches farther than this.
LEAST_SHARE, FARTHEST = 1e-6, 1e300
#: The losses that the colours tell apart, as logarithms to base ten: a loss beyond float64
#: has the colour of the largest.
FLOOR, CEILING = -4.0, 308.0
FRAME_MS = 80
LEVELS = 24
#: Round losses within a decade, from the roundest; a narrow range needs finer ones.
_ROUND = ([1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7], np.arange(1, 10, 0.5), np.arange(1, 10, 0.1))
MOST_TICKS = 9

#: The parameters' symbols.
SYMBOLS = ("w₁", "w₂", "b")


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """The loss surface that one run or several are played on.

    The slice of a frame is that of the first run's own third parameter at that step.

    Attributes
    ----------
    plane : (int, int, int)
        The parameters across, up and held fixed, as in `lrviz.training.model.PLANES`.
    shown : list of int
        The step of each frame, from 0 to the last of the longest run, `FRAMES_LIMIT` at most.
    across, up : float64 arrays
        Values along the edges of the grid; `RESOLUTION` of them, and they hold every path,
        unless the surface was given.
    slices : list of float32 arrays (up, across)
        log10 of the mean log loss, all different, finite, between `FLOOR` and `CEILING`.
    which : list of int
        Which slice each frame has.
    """

    plane: tuple[int, int, int]
    shown: list[int]
    across: Array
    up: Array
    slices: list[npt.NDArray[np.float32]]
    which: list[int]

    @property
    def extent(self) -> tuple[float, float]:
        """The least and the largest value of all slices, never equal."""
        low = float(min(s.min() for s in self.slices))
        return low, max(float(max(s.max() for s in self.slices)), low + 1e-6)


class Surface(NamedTuple):
    """Slices that are already known.

    Attributes
    ----------
    across, up : float64 arrays
        Values along the edges of the grid.
    at : callable
        ``at(step, third)`` is the slice (up, across) of mean log losses at a step of the first
        run, whose third parameter is given.
    """

    across: Array
    up: Array
    at: Callable[[int, float], npt.NDArray[Any]]


def stage(
    histories: Sequence[History],
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    plane: str,
    surface: Surface | None = None,
) -> Stage:
    """The frames of runs over the same data, and the slice of the loss in each.

    Parameters
    ----------
    histories : sequence of History
        One or more; the first decides the slices.
    X, y : array (m, 2), array (m,)
        The data they were trained on.
    plane : {"w1w2", "w1b", "w2b"}
    surface : Surface, optional
        Spares computing it, which takes long for many examples.

    Raises
    ------
    ValueError
        An unknown plane, no run, or bad data.
    """
    if plane not in PLANES:
        raise ValueError(f"The plane must be one of {', '.join(PLANES)}, not {plane!r}.")
    if not histories:
        raise ValueError("At least one run is needed.")
    i, j, k = PLANES[plane]
    first = histories[0]
    shown = spaced(max(map(len, histories)), FRAMES_LIMIT)
    if surface is None:
        paths = np.concatenate([history.params for history in histories])
        across, up = _axis(paths[:, i]), _axis(paths[:, j])
        surface = Surface(across, up, lambda _, third: slice_grid(X, y, plane, across, up, third))
    across, up, at = surface
    # A frame beyond the end of a run stays at its last step.
    steps = [min(step, len(first)) for step in shown]
    thirds = [float(first.params[step, k]) for step in steps]
    first_at = dict(zip(reversed(thirds), reversed(steps), strict=True))
    different = list(dict.fromkeys(thirds))
    slices = [_log(at(first_at[third], third)) for third in different]
    return Stage((i, j, k), shown, across, up, slices, [different.index(t) for t in thirds])


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
        Which palette of `lrviz.text.numbers`.

    Raises
    ------
    ValueError
        An unknown plane or mode, or bad data.
    """
    if mode not in PALETTES:
        raise ValueError(f"The mode must be one of {', '.join(PALETTES)}, not {mode!r}.")
    colours = PALETTES[mode]
    drawn = stage([history], X, y, plane)
    (i, j, k), shown, path = drawn.plane, drawn.shown, history.params
    contour = contour_trace(drawn, mode)
    contour.hovertemplate = (
        f"{SYMBOLS[i]} %{{x:.4g}}<br>{SYMBOLS[j]} %{{y:.4g}}<br>log₁₀ of the loss %{{z:.3f}}"
        "<extra></extra>"
    )
    points = spaced(len(history), PATH_LIMIT)
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
                f"{number(float(history.losses[step]))}, on the slice {SYMBOLS[k]} = "
                f"{number(float(path[step, k]))}"
            },
            "shapes": [_trail(corners, colours), _marker(corners[-1], colours)],
        }

    # Only what differs between frames is in a frame: the slice where it changes at all.
    moving = len(drawn.slices) > 1
    frames = [
        go.Frame(
            name=str(step),
            data=[go.Contour(z=drawn.slices[drawn.which[n]])] if moving else [],
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
        xaxis={"title": {"text": SYMBOLS[i]}, "range": drawn.across[[0, -1]]},
        yaxis={"title": {"text": SYMBOLS[j]}, "range": drawn.up[[0, -1]]},
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


def spaced(taken: int, most: int) -> list[int]:
    """Numbers from 0 to ``taken``: all, or ``most`` evenly spaced ones with both ends."""
    return [int(s) for s in np.round(np.linspace(0, taken, min(taken + 1, most)))]


def contour_trace(drawn: Stage, mode: Mode) -> go.Contour:
    """The first frame's slice, on a colour scale that holds for all of them."""
    colours = PALETTES[mode]
    low, high = drawn.extent
    ticks = loss_ticks(low, high)
    return go.Contour(
        x=drawn.across,
        y=drawn.up,
        z=drawn.slices[drawn.which[0]],
        zmin=low,
        zmax=high,
        contours={"start": low, "end": high, "size": (high - low) / LEVELS},
        line={"width": 0.5, "color": colours["line"]},
        colorscale=[[0.0, colours["low"]], [1.0, colours["high"]]],
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
    middle = low / 2 + high / 2
    least = max(LEAST_WIDTH / 2, LEAST_SHARE * abs(middle))
    half = max((high / 2 - low / 2) * (1 + 2 * MARGIN), least)
    return np.linspace(max(middle - half, -FARTHEST), min(middle + half, FARTHEST), RESOLUTION)


def _log(losses: Array) -> npt.NDArray[np.float32]:
    """log10 of losses, what is beyond float64 taken for the largest: JSON has no infinity."""
    known = np.nan_to_num(losses.astype(np.float64), nan=np.inf, posinf=np.inf)
    return np.log10(np.clip(known, 10.0**FLOOR, 10.0**CEILING)).astype(np.float32)


def loss_ticks(low: float, high: float) -> list[float]:
    """Logarithms of round losses in a range, well apart: as round as leaves three of them."""
    powers = np.arange(np.floor(low), np.ceil(high) + 1)
    apart = (high - low) / MOST_TICKS
    for digits in _ROUND:
        ticks: list[float] = []
        for tick in np.sort(np.add.outer(powers, np.log10(digits)).ravel()).tolist():
            if low <= tick <= high and (not ticks or tick - ticks[-1] >= apart):
                ticks.append(tick)
        if len(ticks) >= 3:
            return ticks
    return [low, high]


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
