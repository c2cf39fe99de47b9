"""A run of training as one Plotly figure that plays by itself, in a notebook too.

What moves over the contour is drawn as layout shapes: animating a scatter trace makes
plotly.js take the contours of its subplot off the screen for a frame at every step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from lrviz.figures.palette import PALETTES, Mode, check_mode
from lrviz.figures.surface import LETTERS, contour_trace, one_scale
from lrviz.text.numbers import number
from lrviz.training.model import PARAMETERS, PLANES
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.run import History
from lrviz.training.surface import FRAMES_LIMIT, spaced, surface_of

#: Most points of the whole path, which stands still under the moving one.
PATH_LIMIT = 1000
#: Radius of the marker, px.
RADIUS = 7
FRAME_MS = 80


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
        The palette.

    Raises
    ------
    ValueError
        An unknown plane or mode, or bad data.

    Examples
    --------
    >>> d = lrviz.load_dataset("blobs")
    >>> h = lrviz.train(d.X, d.y, steps=40)
    >>> len(lrviz.descent_figure(h, d.X, d.y, plane="w1b").frames)
    41
    """
    check_mode(mode)
    colours = PALETTES[mode]
    shown, path = spaced(len(history), FRAMES_LIMIT), history.params
    surface = surface_of([history], X, y, plane, steps=shown)
    i, j, k = PLANES[plane]
    slices, which = surface.frames(shown)
    contour = contour_trace(surface, None, mode)
    contour.z = slices[which[0]]
    contour.hovertemplate = (
        f"{LETTERS[i]} %{{x:.4g}}<br>{LETTERS[j]} %{{y:.4g}}<br>log₁₀ of the loss %{{z:.3f}}"
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
                f"{number(float(history.losses[step]))}, on the slice {LETTERS[k]} = "
                f"{number(float(path[step, k]))}"
            },
            "shapes": [_trail(corners, colours), _marker(corners[-1], colours)],
        }

    # Only what differs between frames is in a frame: the slice where it changes at all.
    moving = len(slices) > 1
    frames = [
        go.Frame(
            name=str(step),
            data=[go.Contour(z=slices[which[n]])] if moving else [],
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
        xaxis={
            "title": {"text": LETTERS[i]},
            "range": surface.across[[0, -1]],
            "constrain": "domain",
        },
        yaxis={"title": {"text": LETTERS[j]}, "range": surface.up[[0, -1]]} | one_scale(surface),
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


def _trail(corners: list[list[float]], colours: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "path",
        "path": "M" + "L".join(f"{x:.12g},{y:.12g}" for x, y in corners),
        "line": {"color": colours["history"], "width": 3},
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
        "fillcolor": colours["history"],
        "line": {"color": colours["surface"], "width": 2},
        "name": "this step",
        "showlegend": True,
    }


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
