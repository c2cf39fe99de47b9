"""The loss after each step of one run or several."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lrviz.figures.palette import PALETTES, Mode
from lrviz.figures.styles import RUN_STYLES, axis, layout, margin
from lrviz.figures.surface import loss_ticks
from lrviz.text.numbers import number
from lrviz.text.runs import LabelledRun
from lrviz.training.surface import spaced

#: The least loss on the logarithmic axis.
LEAST_LOSS = 1e-12
#: Most points of one curve.
POINTS_LIMIT = 10_000
#: On the page the title stands in the corner of the steps from this part of them on, and of the
#: losses from this part of their range on: a curve that comes there gets room above it.
CORNER = (0.4, 0.65)
#: As a part of their range.
HEADROOM = 0.5
#: The largest whole power of ten in float64.
CEILING = float(np.floor(np.log10(np.finfo(np.float64).max)))


def loss_figure(
    runs: Sequence[LabelledRun],
    *,
    most: int = POINTS_LIMIT,
    mode: Mode = "light",
    alone: bool = False,
) -> go.Figure:
    """The mean log loss after each step of every run, on a logarithmic axis.

    Parameters
    ----------
    runs : sequence of LabelledRun
        One to three.
    most : int
        Most points of one curve, evenly spaced ones of more.
    mode : {"light", "dark"}
    alone : bool
        Whether it stands on no page of ours, see `lrviz.figures.styles.layout`.
    """
    c = PALETTES[mode]
    shown = [np.maximum(run.history.losses, LEAST_LOSS) for run in runs]
    low, high = min(float(y.min()) for y in shown), max(float(y.max()) for y in shown)
    room = max(0.06 * (np.log10(high) - np.log10(low)), 0.02)
    bottom, top = float(np.log10(low) - room), float(np.log10(high) + room)
    if not alone and any(_in_corner(np.log10(y), bottom, top) for y in shown):
        top = max(top, min(top + HEADROOM * (top - bottom), CEILING))
    ticks = loss_ticks(bottom, top)
    if not alone:
        # On the page the curve is low.
        ticks = ticks[:: -(-len(ticks) // 3)]
    longest = max(len(run.history) for run in runs) or 1
    traces = []
    for run, losses, style in zip(runs, shown, RUN_STYLES, strict=False):
        steps = spaced(len(losses) - 1, most)
        single = len(runs) == 1
        colour = c[style.role]
        traces.append(
            go.Scatter(
                name="J" if single else run.name,
                mode="lines" if len(losses) > 2 else "lines+markers",
                x=steps,
                y=losses[steps].tolist(),
                line={"color": colour, "dash": style.dash, "width": 2},
                hovertemplate=f"{'' if single else run.name + ', '}step %{{x}}: J %{{y:.4g}}"
                "<extra></extra>",
            )
        )
    vertical = axis(mode, "J, logarithmic" if alone else "J", [bottom, top]) | {
        "type": "log",
        "tickvals": [10.0**t for t in ticks],
        "ticktext": [number(10.0**t) for t in ticks],
    }
    return go.Figure(
        traces,
        layout(
            mode,
            alone=alone,
            margin=margin(52, 12, 10, 40) if alone else margin(52, 8, 8, 26),
            xaxis=axis(mode, "step" if alone else "", [-0.02 * longest, 1.02 * longest]),
            yaxis=vertical,
            hovermode="x",
            uirevision="loss",
        ),
    )


def _in_corner(y: NDArray[np.float64], bottom: float, top: float) -> bool:
    first = int(CORNER[0] * len(y))
    return bool(y[first:].max() > bottom + CORNER[1] * (top - bottom))
