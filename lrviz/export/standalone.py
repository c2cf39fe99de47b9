"""The animation of a run, or of several beside each other, as one HTML file.

It needs nothing but itself: see `document`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array
from lrviz.data.checks import check_data
from lrviz.data.dataset import Dataset, standardise, to_raw
from lrviz.export.document import document, inert
from lrviz.export.tables import distinct
from lrviz.figures.data import data_figure, half_plane, spans
from lrviz.figures.descent import FRAME_MS, PATH_LIMIT
from lrviz.figures.loss import LEAST_LOSS, loss_figure
from lrviz.figures.moving import cursor_shape, moving_shapes
from lrviz.figures.palette import PALETTES, Mode
from lrviz.figures.styles import RUN_STYLES
from lrviz.figures.surface import LETTERS, surface_figure
from lrviz.text.about_run import classes
from lrviz.text.numbers import number
from lrviz.text.runs import LabelledRun
from lrviz.training.model import PLANES
from lrviz.training.run import History
from lrviz.training.surface import FRAMES_LIMIT, Grid, Surface, spaced, surface_of

#: Most runs beside each other.
RUNS_LIMIT = len(RUN_STYLES)
#: Most examples drawn of one class; of more, evenly spaced ones.
POINTS_LIMIT = 1000


def standalone(
    runs: Sequence[LabelledRun],
    data: Dataset,
    X: npt.ArrayLike,
    *,
    plane: str,
    scaled: bool,
    surface: Surface | None = None,
    mode: Mode = "light",
) -> str:
    """The animation as a complete HTML document that plays without a network.

    It shows the path on the loss surface, the boundary among the examples and the loss at
    every step, all three at the same step, with Play, Pause and a slider. The surface is the
    slice at the first run's own third parameter; the other paths are projections onto it. A
    run that ended earlier stays at its end. At most `lrviz.training.surface.FRAMES_LIMIT`
    steps are kept, and less than 1.5 MB beside plotly.js.

    Parameters
    ----------
    runs : sequence of LabelledRun
        One to `RUNS_LIMIT`, all trained on X and the labels of ``data``.
    data : Dataset
        The examples in their own units.
    X : array (m, 2)
        The features as the model saw them: ``data.X``, or that standardised.
    plane : {"w1w2", "w1b", "w2b"}
        The parameters drawn across and up.
    scaled : bool
        Whether X is standardised.
    surface : Surface, optional
        The loss surface, if it is known already for every step.
    mode : {"light", "dark"}
        Which palette of `lrviz.text.numbers`.

    Raises
    ------
    ValueError
        No run or too many, two of the same name, an unknown plane or mode, or bad data.
    """
    distinct(runs)
    if len(runs) > RUNS_LIMIT:
        raise ValueError(f"At most {RUNS_LIMIT} runs can be compared, not {len(runs)}.")
    if mode not in PALETTES:
        raise ValueError(f"The mode must be one of {', '.join(PALETTES)}, not {mode!r}.")
    features, y = check_data(X, data.y)
    histories = [run.history for run in runs]
    longest = max(map(len, histories))
    shown = spaced(longest, FRAMES_LIMIT)
    if surface is None:
        surface = surface_of(histories, features, y, plane, steps=shown)
    slices, which = surface.frames(shown)
    figures = {
        "surface": surface_figure(surface, mode=mode, alone=True),
        "data": data_figure(data, most=POINTS_LIMIT, mode=mode, alone=True),
        "loss": loss_figure(runs, most=PATH_LIMIT, mode=mode, alone=True),
    }
    tracks = [
        _track(history, plane, shown, _raw(history, data, scaled), spans(data))
        for history in histories
    ]
    playback = {
        "shown": shown,
        "wait": FRAME_MS,
        "taken": longest,
        "figures": {name: figure.to_plotly_json() for name, figure in figures.items()},
        "slices": _packed(slices),
        "which": which,
        "shapes": moving_shapes([run.name for run in runs], mode),
        "cursor": cursor_shape(mode),
        "runs": tracks,
        "says": {
            "slice": _slice_captions(runs, plane, shown),
            "sides": _side_captions(runs, tracks),
            "names": _figure_names(runs, plane, shown, data),
        },
    }
    about = [*_about(data, shown, scaled), f"Source: {data.source} Licence: {data.licence}"]
    return document(runs, data.name, about, mode, inert(playback))


def _raw(history: History, data: Dataset, scaled: bool) -> Array:
    """The parameters (k + 1, 3) for the raw features."""
    if not scaled:
        return history.params
    _, mean, scale = standardise(data.X)
    return to_raw(history.params, mean, scale)


def _packed(slices: Sequence[Grid]) -> dict[str, Any]:
    """The slices as little-endian Float32 in base64."""
    up, across = slices[0].shape
    raw = np.stack(slices).astype("<f4").tobytes()
    return {"base64": base64.b64encode(raw).decode(), "up": up, "across": across}


def _track(
    history: History,
    plane: str,
    frames: Sequence[int],
    raw: Array,
    window: tuple[list[float], list[float]],
) -> dict[str, Any]:
    """Where everything of one run is at each frame."""
    i, j, _ = PLANES[plane]
    steps = [min(step, len(history)) for step in frames]
    points = sorted({*spaced(len(history), PATH_LIMIT), *steps})
    place = {step: n for n, step in enumerate(points)}
    halves = [half_plane(raw[step], *window) for step in steps]
    return {
        "steps": steps,
        "x": history.params[points, i].tolist(),
        "y": history.params[points, j].tolist(),
        "at": [place[step] for step in steps],
        "losses": np.maximum(history.losses[steps], LEAST_LOSS).tolist(),
        "sides": [side for side, _ in halves],
        "lines": [line for _, line in halves],
        "cells": [
            [
                f"{step}, its end" if step < shown else str(step),
                number(float(history.losses[step])),
                *(number(float(w)) for w in history.params[step]),
            ]
            for step, shown in zip(steps, frames, strict=True)
        ],
    }


# What it says


def _slice_captions(runs: Sequence[LabelledRun], plane: str, frames: Sequence[int]) -> list[str]:
    k = PLANES[plane][2]
    first, *others = runs
    out = []
    for step in frames:
        third = number(float(first.history.params[min(step, len(first.history)), k]))
        at = f"The slice at {LETTERS[k]} = {third}"
        if not others:
            out.append(
                f"{at}, this step’s own. The path is a projection onto it, along {LETTERS[k]}."
            )
            continue
        names = " and ".join(run.name for run in others)
        paths = (
            f"path of {names} is a projection"
            if len(others) == 1
            else (f"paths of {names} are projections")
        )
        out.append(
            f"{at}, run {first.name}’s own at this step. The {paths} onto it: read the height of "
            f"{names} from the loss curve, not from the colour below."
        )
    return out


def _side_captions(runs: Sequence[LabelledRun], tracks: Sequence[Mapping[str, Any]]) -> list[str]:
    out = []
    for n in range(len(tracks[0]["steps"])):
        flat, outside = [], []
        for run, track in zip(runs, tracks, strict=True):
            if not run.history.params[track["steps"][n], :2].any():
                flat.append(run.name)
            elif track["lines"][n] is None:
                outside.append(run.name)
        if len(runs) > 1:
            out.append(
                "On each line that run’s a = ½."
                + f" None yet for {' and '.join(flat)}, where w = 0." * bool(flat)
                + f" That of {' and '.join(outside)} lies outside." * bool(outside)
            )
        elif flat:
            out.append("w = 0: no boundary yet.")
        elif outside:
            side = tracks[0]["sides"][n]
            out.append(f"The boundary lies outside: the model says {int(side is not None)} here.")
        else:
            out.append("On the line a = ½; on the tinted side the model says 1.")
    return out


def _figure_names(
    runs: Sequence[LabelledRun], plane: str, frames: Sequence[int], data: Dataset
) -> list[list[str]]:
    """What a screen reader hears of the three figures, at each frame."""
    i, j, _ = PLANES[plane]
    out = []
    for step in frames:
        at, losses = [], []
        for name, _, history in runs:
            own = min(step, len(history))
            w = history.params[own]
            who = f"run {name} at " if len(runs) > 1 else ""
            at.append(
                f"{who}{LETTERS[i]} = {number(float(w[i]))}, {LETTERS[j]} = {number(float(w[j]))}"
            )
            losses.append(f"{name}: " * (len(runs) > 1) + number(float(history.losses[own])))
        out.append(
            [
                f"Loss surface in the plane of {LETTERS[i]} and {LETTERS[j]} at step {step}: "
                f"{'; '.join(at)}.",
                f"{len(data)} examples in the plane of {' and '.join(data.feature_names)}, with "
                f"the boundary at step {step}.",
                f"Loss at every step; at step {step} it is {', '.join(losses)}.",
            ]
        )
    return out


def _about(data: Dataset, frames: Sequence[int], scaled: bool) -> list[str]:
    names = " and ".join(data.feature_names)
    how = "each standardised: (x − mean) / standard deviation" if scaled else "used as they are"
    lines = [f"Data: {data.name}, {len(data)} examples; {classes(data)}. Features: {names}, {how}."]
    if any(int((data.y == label).sum()) > POINTS_LIMIT for label in (0, 1)):
        lines.append(
            f"Of each class {POINTS_LIMIT} examples are drawn at most; all of them are in the loss."
        )
    taken = frames[-1]
    if len(frames) <= taken:
        lines.append(
            f"This file holds {len(frames)} of the steps from 0 to {taken}, evenly spaced."
        )
    return lines
