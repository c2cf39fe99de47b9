"""What moves over the figures of the file that is taken away, as Plotly shapes.

Their looks come from here, their places at each frame from ``live/standalone.js``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lrviz.figures.palette import PALETTES, Mode
from lrviz.figures.styles import RUN_STYLES, literal, outline


def moving_shapes(names: Sequence[str], mode: Mode) -> list[dict[str, Any]]:
    """What moves of each run: Plotly shapes that still need their place.

    ``trail`` needs ``path``, ``marker`` and ``dot`` need ``xanchor`` and ``yanchor``, ``line``
    needs two ends, ``side`` a ``path``. A single run bears no letter, and its marker and its
    side of the boundary are those of the Training page.
    """
    c = PALETTES[mode]
    alone = len(names) == 1
    out = []
    for name, style in zip(names, RUN_STYLES, strict=False):
        colour = c[style.role]
        trail = {"color": colour, "width": 3, "dash": style.dash}
        letter = "" if alone else literal(name, 2)
        out.append(
            {
                "trail": {
                    "type": "path",
                    "line": trail,
                },
                "marker": _marker(style.form, 7 if alone else 9, colour, letter, c["surface"]),
                "dot": _marker(style.form, 5 if alone else 8, colour, letter, c["surface"]),
                "line": {
                    "type": "line",
                    "line": {
                        "color": c["text"] if alone else colour,
                        "width": 2 if alone else 2.5,
                        "dash": style.dash,
                    },
                },
                "side": {
                    "type": "path",
                    "layer": "below",
                    "fillcolor": c["class1"],
                    "opacity": 0.1,
                    "line": {"width": 0},
                },
            }
        )
    return out


def cursor_shape(mode: Mode) -> dict[str, Any]:
    """The line over the loss curve that says which step is shown; it needs x0 and x1."""
    line = {"color": PALETTES[mode]["history"], "width": 1.25, "dash": "3px,3px"}
    return {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "line": line, "layer": "below"}


def _marker(form: str, size: float, fill: str, letter: str, edge: str) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "type": "path",
        "path": outline(form, size),
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "fillcolor": fill,
        "line": {"color": edge, "width": 1.5},
    }
    if letter:
        shape["label"] = {"text": f"<b>{letter}</b>", "font": {"color": edge, "size": 11}}
    return shape
