"""Why this loss: log loss and half the squared error against z, and their gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from lrviz.core.numerics import log_loss, sigmoid_pair
from lrviz.figures.graph import SANS
from lrviz.figures.palette import PALETTES, Mode

#: The z that is drawn, and how finely.
REACH, POINTS = 10.0, 161


def curves_figure(mode: Mode = "light") -> go.Figure:
    """Two panels against z in [-10, 10]: the losses, and ∂L/∂z.

    Traces come in pairs for y = 0 and y = 1 (``meta["y"]``), of which one is visible; the
    first panel clips the log loss at `REACH`.
    """
    colours = PALETTES[mode]
    z = np.linspace(-REACH, REACH, POINTS)
    p, q = sigmoid_pair(z)
    traces = []
    for y in (0, 1):
        residual = -q if y else p
        rows = (
            ("log", "Log loss", log_loss(z, y), residual, "value", "solid"),
            ("squared", "Squared error", residual**2 / 2, residual * p * q, "data", "dash"),
        )
        for loss, name, height, slope, colour, dash in rows:
            for panel, values in (("", height), ("2", slope)):
                traces.append(
                    go.Scatter(
                        x=z,
                        y=values,
                        name=name,
                        mode="lines",
                        line={"color": colours[colour], "width": 2, "dash": dash},
                        xaxis=f"x{panel}",
                        yaxis=f"y{panel}",
                        visible=bool(y),
                        showlegend=panel == "",
                        hoverinfo="skip",
                        meta={"y": y, "loss": loss, "panel": 2 if panel else 1},
                    )
                )
    title: dict[str, Any] = {"font": {"size": 13, "color": colours["muted"]}, "standoff": 6}
    axis: dict[str, Any] = {
        "zeroline": False,
        "gridcolor": colours["line"],
        "griddash": "dot",
        "linecolor": colours["line"],
        "fixedrange": True,
        "tickfont": {"size": 12, "color": colours["muted"]},
    }

    def titled(text: str, **more: Any) -> dict[str, Any]:
        return {**axis, "title": {**title, "text": text}, **more}

    return go.Figure(
        traces,
        {
            "height": 260,
            "width": 720,
            "margin": {"l": 48, "r": 12, "t": 30, "b": 44},
            "xaxis": titled("z", domain=[0, 0.45], range=[-REACH, REACH]),
            "yaxis": titled("loss L", range=[-0.3, REACH]),
            "xaxis2": titled("z", domain=[0.56, 1], range=[-REACH, REACH], anchor="y2"),
            "yaxis2": titled("gradient ∂L/∂z", range=[-1.08, 1.08], anchor="x2"),
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1.16,
                "font": {"size": 13, "color": colours["text"]},
                "itemclick": False,
                "itemdoubleclick": False,
            },
            "font": {"family": SANS},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "dragmode": False,
            "template": None,
        },
    )
