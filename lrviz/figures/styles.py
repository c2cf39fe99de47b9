"""What figures share: layouts, how runs are told apart, how a visitor's text becomes a label."""

from __future__ import annotations

import html
from typing import Any, NamedTuple

from lrviz.data.table import printable
from lrviz.figures.palette import PALETTES, Mode

#: How far the handles of a quarter circle of radius 1 reach.
_BEZIER = 0.5523
#: Characters of a visitor's text that an axis and an entry of a legend have room for.
ROOM, LEGEND_ROOM = 24, 14
_SANS = "Source Sans, Source Sans Pro, sans-serif"
_SYSTEM = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


class RunStyle(NamedTuple):
    """How a run is told from the others: by colour, by dash and by the form of its marker.

    Attributes
    ----------
    role : str
        A key of a palette.
    dash : str
        Plotly's word, which ``dasharray`` says to SVG.
    form : {"circle", "square", "diamond"}
    """

    role: str
    dash: str
    dasharray: str
    form: str


RUN_STYLES = (
    RunStyle("history", "solid", "", "circle"),
    RunStyle("run_b", "9px,4px", "9 4", "square"),
    RunStyle("run_c", "2px,3px", "2 3", "diamond"),
)


def literal(text: str, longest: int = ROOM) -> str:
    """Text from a visitor's file as a Plotly label that shows it, letter by letter.

    Plotly reads labels as a small HTML, with links but few entities, and hover texts as
    templates.
    """
    line = printable(text)
    short = f"{line[: longest - 1]}…" if len(line) > longest else line
    return html.escape(short, quote=False).replace("%{", "%&#123;")


def outline(form: str, size: float) -> str:
    """A marker's form around (0, 0) as a path, in px; all forms have about the same area.

    Plotly's own circle goes wrong in pixels on a logarithmic axis; a path does not.
    """
    if form == "square":
        s = 0.92 * size
        return f"M{-s:g},{-s:g}L{s:g},{-s:g}L{s:g},{s:g}L{-s:g},{s:g}Z"
    if form == "diamond":
        s = 1.35 * size
        return f"M0,{-s:g}L{s:g},0L0,{s:g}L{-s:g},0Z"
    s, c = size, _BEZIER * size
    arcs = (
        (c, -s, s, -c, s, 0),
        (s, c, c, s, 0, s),
        (-c, s, -s, c, -s, 0),
        (-s, -c, -c, -s, 0, -s),
    )
    return (
        f"M0,{-s:g}"
        + "".join(f"C{a:g},{b:g} {d:g},{e:g} {f:g},{g:g}" for a, b, d, e, f, g in arcs)
        + "Z"
    )


# Layouts


def layout(mode: Mode, *, alone: bool = False, **own: Any) -> dict[str, Any]:
    """What every figure of a run has in its layout, and what it has of its own.

    ``alone`` gives it what a figure needs that stands on no page of ours: a ground, and a font
    that the reader's machine has.
    """
    c = PALETTES[mode]
    ground, font = (c["surface"], _SYSTEM) if alone else ("rgba(0,0,0,0)", _SANS)
    return {
        "paper_bgcolor": ground,
        "plot_bgcolor": ground,
        "font": {"color": c["text"], "family": font, "size": 12},
        "hoverlabel": {
            "bgcolor": c["card"],
            "bordercolor": c["line"],
            "font": {"color": c["text"], "family": font},
        },
        **({"autosize": True} if alone else {}),
        "showlegend": False,
        "dragmode": False,
        "template": None,
        **own,
    }


def margin(left: int, right: int, top: int, bottom: int) -> dict[str, Any]:
    """Margins in px that nothing widens: what is laid over a figure reckons with them."""
    return {"l": left, "r": right, "t": top, "b": bottom, "autoexpand": False}


def axis(mode: Mode, title: str, span: Any) -> dict[str, Any]:
    """An axis with a range (low, high) and few ticks."""
    c = PALETTES[mode]
    return {
        "title": {"text": title, "font": {"size": 13, "color": c["text"]}, "standoff": 9},
        "range": [float(x) for x in span],
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": c["line"],
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": c["line"],
        "tickfont": {"size": 12, "color": c["muted"]},
        "nticks": 7,
    }
