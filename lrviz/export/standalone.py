"""What a visitor takes away: a run as CSV, the data as CSV, and the animation as one HTML file.

The HTML file needs nothing but itself. plotly.js, the player and the numbers are written into
it, and a content security policy of its own lets the browser load nothing else and run no
other script, whatever a column of a visitor's file may be called.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from plotly.offline import get_plotlyjs

from lrviz.core.numerics import Array
from lrviz.data.datasets import DataError, Dataset, read_table, standardise, to_csv_cell, to_raw
from lrviz.figures.descent import FRAME_MS, PATH_LIMIT, SYMBOLS, Stage, Surface, spaced, stage
from lrviz.figures.palette import PALETTES, Mode
from lrviz.figures.runs import (
    LEAST_LOSS,
    POINTS_LIMIT,
    cursor_shape,
    data_figure,
    data_ranges,
    loss_figure,
    moving_shapes,
    surface_figure,
)
from lrviz.figures.styles import RUN_STYLES, outline, printable
from lrviz.text.numbers import number
from lrviz.training.model import check_data
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.walk import History

#: Most runs beside each other.
RUNS_LIMIT = len(RUN_STYLES)
#: Rows of a CSV by which its reader tells the delimiter.
_SAMPLE = 60
_EOL = "\r\n"  # RFC 4180
_CREDIT = (
    "Made with lrviz, which makes the derivative of logistic regression visible. Drawn by "
    "plotly.js (MIT licence), which this file carries."
)
#: The heading, by how many runs there are.
_QUESTIONS = {
    1: "How does training find the weights? Press Play.",
    2: "How do two runs find the weights? Press Play.",
    3: "How do three runs find the weights? Press Play.",
}


class Run(NamedTuple):
    """One run and what it is called.

    Attributes
    ----------
    name : str
        A letter, different from that of the other runs: A, B or C.
    label : str
        What a person reads: "Gradient descent, η = 0.5".
    history : History
    """

    name: str
    label: str
    history: History


# CSV


def history_csv(runs: Sequence[Run]) -> str:
    """Every step of one run or more, as CSV (RFC 4180: commas, CRLF).

    The columns are step, w1, w2, b, loss, dJ/dw1, dJ/dw2, dJ/db, and before them the run's
    name if there are several. A number reads back as the same float64; no cell is a formula.

    Raises
    ------
    ValueError
        There is no run, or two have the same name.
    """
    _known(runs, None)
    several = len(runs) > 1
    head = ["step", "w1", "w2", "b", "loss", "dJ/dw1", "dJ/dw2", "dJ/db"]
    rows: list[Iterable[object]] = [["run", *head] if several else head]
    for name, _, history in runs:
        columns = (history.params, history.losses[:, None], history.gradients)
        for step, values in enumerate(np.hstack(columns).tolist()):
            rows.append([name, step, *values] if several else [step, *values])
    return _csv(rows)


def data_csv(data: Dataset) -> str:
    """The examples as CSV (RFC 4180: commas, CRLF), which `lrviz.read_csv` reads back.

    Two features under their own names, and the label as 0 or 1, because that alone says in
    every case which class is 1; what the two stand for is in that column's name. Names that
    could not be read back (two alike, two that are numbers) become x1, x2 and y.
    """
    zero, one = data.label_names
    meaning = "" if data.label_names == ("0", "1") else f" (0 {zero}, 1 {one})"
    rows = [
        [*features, label] for features, label in zip(data.X.tolist(), data.y.tolist(), strict=True)
    ]
    names = [*data.feature_names, f"y{meaning}"]
    return _csv([names if _readable(names, rows) else ["x1", "x2", "y"], *rows])


def _csv(rows: Iterable[Iterable[object]]) -> str:
    return "".join(",".join(map(_cell, row)) + _EOL for row in rows)


def _cell(value: object) -> str:
    """A cell that is no formula, nor begins one where the commas are not what parts the cells.

    Where semicolons or tabs do, quotation marks protect the first cell of a line only: what
    follows such a sign, or a line break, in a later one stands at the beginning of a cell.
    """
    if isinstance(value, str):
        value = "".join(c if c.isprintable() else " " for c in value).replace(";", ",")
    return to_csv_cell(value)


def _readable(names: list[str], rows: list[list[Any]]) -> bool:
    """Whether the reader takes the names for what they are: it is asked itself."""
    sample = rows[:_SAMPLE]
    try:
        table = read_table(_csv([names, *sample]))
    except DataError:
        return False
    return len(table.columns) == len(names) and len(table.rows) == len(sample)


# The standalone file


def standalone(
    runs: Sequence[Run],
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
    run that ended earlier stays at its end. At most `lrviz.figures.descent.FRAMES_LIMIT`
    steps are kept, and less than 1.5 MB beside plotly.js.

    Parameters
    ----------
    runs : sequence of Run
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
        The loss surface, if it is known already: see `lrviz.figures.descent.stage`.
    mode : {"light", "dark"}
        Which palette of `lrviz.text.numbers`.

    Raises
    ------
    ValueError
        No run or too many, two of the same name, an unknown plane or mode, or bad data.
    """
    _known(runs, RUNS_LIMIT)
    if mode not in PALETTES:
        raise ValueError(f"The mode must be one of {', '.join(PALETTES)}, not {mode!r}.")
    features, y = check_data(X, data.y)
    histories = [run.history for run in runs]
    drawn = stage(histories, features, y, plane, surface)
    figures = {
        "surface": surface_figure(drawn, mode),
        "data": data_figure(data.X, y, data.feature_names, data.label_names, mode),
        "loss": loss_figure(histories, mode),
    }
    tracks = [_track(history, drawn, _raw(history, data, scaled), data) for history in histories]
    playback = {
        "shown": drawn.shown,
        "wait": FRAME_MS,
        "taken": max(map(len, histories)),
        "figures": {name: figure.to_plotly_json() for name, figure in figures.items()},
        "slices": _packed(drawn),
        "which": drawn.which,
        "shapes": moving_shapes([run.name for run in runs], mode),
        "cursor": cursor_shape(mode),
        "runs": tracks,
        "says": {
            "slice": _slice_captions(runs, drawn),
            "sides": _side_captions(runs, tracks),
            "names": _figure_names(runs, drawn, data),
        },
    }
    about = [*_about(data, drawn, scaled), f"Source: {data.source} Licence: {data.licence}"]
    return _document(runs, data.name, about, mode, _inert(playback))


def _known(runs: Sequence[Run], most: int | None) -> None:
    if not runs:
        raise ValueError("At least one run is needed.")
    if most is not None and len(runs) > most:
        raise ValueError(f"At most {most} runs can be compared, not {len(runs)}.")
    if len({run.name for run in runs}) < len(runs):
        raise ValueError("Every run needs a name of its own.")


def _raw(history: History, data: Dataset, scaled: bool) -> Array:
    """The parameters (k + 1, 3) for the raw features."""
    if not scaled:
        return history.params
    _, mean, scale = standardise(data.X)
    return to_raw(history.params, mean, scale)


def _packed(drawn: Stage) -> dict[str, Any]:
    """The slices as little-endian Float32 in base64."""
    raw = np.stack(drawn.slices).astype("<f4").tobytes()
    shape = {"up": len(drawn.up), "across": len(drawn.across)}
    return {"base64": base64.b64encode(raw).decode(), **shape}


def _track(history: History, drawn: Stage, raw: Array, data: Dataset) -> dict[str, Any]:
    """Where everything of one run is at each frame."""
    i, j, _ = drawn.plane
    steps = [min(step, len(history)) for step in drawn.shown]
    points = sorted({*spaced(len(history), PATH_LIMIT), *steps})
    place = {step: n for n, step in enumerate(points)}
    across, up = data_ranges(data.X)
    halves = [half_plane(raw[step], across, up) for step in steps]
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
            for step, shown in zip(steps, drawn.shown, strict=True)
        ],
    }


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


def _inert(value: Any) -> str:
    """JSON that can stand inside a script element, whatever texts are in it."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"), default=np.ndarray.tolist)
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


# What it says


def _slice_captions(runs: Sequence[Run], drawn: Stage) -> list[str]:
    k = drawn.plane[2]
    first, *others = runs
    out = []
    for step in drawn.shown:
        third = number(float(first.history.params[min(step, len(first.history)), k]))
        at = f"The slice at {SYMBOLS[k]} = {third}"
        if not others:
            out.append(f"{at}, this step’s own. The path is a projection onto it.")
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


def _side_captions(runs: Sequence[Run], tracks: Sequence[Mapping[str, Any]]) -> list[str]:
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


def _figure_names(runs: Sequence[Run], drawn: Stage, data: Dataset) -> list[list[str]]:
    """What a screen reader hears of the three figures, at each frame."""
    i, j, _ = drawn.plane
    out = []
    for step in drawn.shown:
        at, losses = [], []
        for name, _, history in runs:
            own = min(step, len(history))
            w = history.params[own]
            who = f"run {name} at " if len(runs) > 1 else ""
            at.append(
                f"{who}{SYMBOLS[i]} = {number(float(w[i]))}, {SYMBOLS[j]} = {number(float(w[j]))}"
            )
            losses.append(f"{name}: " * (len(runs) > 1) + number(float(history.losses[own])))
        out.append(
            [
                f"Loss surface in the plane of {SYMBOLS[i]} and {SYMBOLS[j]} at step {step}: "
                f"{'; '.join(at)}.",
                f"{len(data)} examples in the plane of {' and '.join(data.feature_names)}, with "
                f"the boundary at step {step}.",
                f"Loss at every step; at step {step} it is {', '.join(losses)}.",
            ]
        )
    return out


def _settings(label: str, history: History) -> str:
    """What the run was started with, but for what its label says already."""
    rule = OPTIMIZERS[history.optimizer]
    start = ", ".join(f"{s} = {number(x)}" for s, x in zip(SYMBOLS, history.start, strict=True))
    parts = [rule.label] if rule.label not in label else []
    if "learning_rate" in rule.uses and "η" not in label:
        parts.append(f"η = {number(history.learning_rate)}")
    if "momentum" in rule.uses and "μ" not in label:
        parts.append(f"μ = {number(history.momentum)}")
    if "batch_size" in rule.uses and "batch" not in label:
        parts.append(f"minibatches of {history.batch_size}, seed {history.seed}")
    return ", ".join([*parts, f"from {start}"])


def _about(data: Dataset, drawn: Stage, scaled: bool) -> list[str]:
    classes = ", ".join(
        f"y = {label}" + (f" is {name}" if name != str(label) else "")
        for label, name in enumerate(data.label_names)
    )
    names = " and ".join(data.feature_names)
    how = "each standardised: (x − mean) / standard deviation" if scaled else "used as they are"
    lines = [f"Data: {data.name}, {len(data)} examples; {classes}. Features: {names}, {how}."]
    if any(int((data.y == label).sum()) > POINTS_LIMIT for label in (0, 1)):
        lines.append(
            f"Of each class {POINTS_LIMIT} examples are drawn at most; all of them are in the loss."
        )
    taken = drawn.shown[-1]
    if len(drawn.shown) <= taken:
        lines.append(
            f"This file holds {len(drawn.shown)} of the steps from 0 to {taken}, evenly spaced."
        )
    return lines


# The document


def _text(text: str) -> str:
    """Text as HTML that shows it and does nothing else."""
    return escape(printable(text))


@cache
def _asset(name: str) -> str:
    return (files("lrviz") / "live" / name).read_text(encoding="utf-8")


@cache
def _digest(name: str) -> str:
    """How a content security policy names a script: by what is in it."""
    script = get_plotlyjs() if name == "plotly" else _asset(name)
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _document(
    runs: Sequence[Run], name: str, about: Sequence[str], mode: Mode, playback: str
) -> str:
    labels = "; ".join(run.label for run in runs)
    policy = (
        f"default-src 'none'; script-src {_digest('plotly')} {_digest('standalone.js')}; "
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    colours = "".join(f"--{role.replace('_', '-')}:{c};" for role, c in PALETTES[mode].items())
    footer = "".join(f"<p>{_text(line)}</p>\n" for line in (*about, _CREDIT))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="{mode}">
<link rel="icon" href="data:,">
<title>{_text(f"{labels} on {name}")} · lrviz</title>
<style>:root{{color-scheme:{mode};{colours}}}
{_asset("standalone.css")}</style>
</head>
<body data-runs="{len(runs)}">
<main>
<h1>{_QUESTIONS[len(runs)]}</h1>
<noscript><p>JavaScript is switched off in this browser, and the animation needs it.</p></noscript>
<div class="views">
{_view("surface", "Loss surface", "slice")}
{_view("data", "Data and boundary", "sides")}
{_view("loss", "Loss at every step", "")}
</div>
<section class="player" aria-label="Player">
<div class="buttons">
<button type="button" id="back">Back</button>
<button type="button" id="play">Play</button>
<button type="button" id="step">Step</button>
<button type="button" id="restart">Restart</button>
</div>
<input type="range" id="frame" aria-label="step" min="0" max="0" step="1" value="0">
<output id="now" for="frame"></output>
</section>
{_table(runs)}
<footer>
{footer}</footer>
</main>
<script type="application/json" id="playback">{playback}</script>
<script>{get_plotlyjs()}</script>
<script>{_asset("standalone.js")}</script>
</body>
</html>
"""


def _view(name: str, title: str, caption: str) -> str:
    said = f'<p class="caption" id="{caption}"></p>' if caption else ""
    return (
        f'<section class="view view-{name}" aria-label="{title}"><h2>{title}</h2>'
        f'<div class="plot" id="{name}" role="img"></div>{said}</section>'
    )


def _table(runs: Sequence[Run]) -> str:
    head = ["step", "loss J", *SYMBOLS]
    columns = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in head)
    rows = "".join(
        f'<tr role="row"><th scope="row" role="rowheader">{_key(run, n, len(runs))}'
        f"<b>{_text(run.label)}</b><span>{_text(_settings(run.label, run.history))}</span>"
        + (f"<span>{_text(run.history.stopped)}</span>" if run.history.stopped else "")
        + "</th>"
        + "".join(f'<td role="cell" data-name="{name}"></td>' for name in head)
        + "</tr>"
        for n, run in enumerate(runs)
    )
    return (
        '<table role="table" aria-label="Runs"><thead role="rowgroup"><tr role="row">'
        f'<th scope="col" role="columnheader">run</th>{columns}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table>'
    )


def _key(run: Run, n: int, count: int) -> str:
    """The run's line and marker as a small picture, with its letter."""
    look = RUN_STYLES[n]
    fill = "selection" if count == 1 else look.role
    colour, fill = (f"var(--{role.replace('_', '-')})" for role in (look.role, fill))
    marker = f'<path d="{outline(look.form, 9)}" transform="translate(24,12)"/>'
    letter, spoken = "", ""
    if count > 1:
        letter = f'<text x="24" y="16">{_text(run.name[:2])}</text>'
        spoken = f'<span class="unseen">Run {_text(run.name)}: </span>'
    return (
        '<svg class="key" width="48" height="24" viewBox="0 0 48 24" aria-hidden="true">'
        f'<path d="M0,12H48" style="stroke:{colour};stroke-dasharray:{look.dasharray or "none"}"/>'
        f'<g style="fill:{fill}">{marker}</g>{letter}</svg>{spoken}'
    )
