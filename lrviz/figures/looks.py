"""What figures share: how runs are told apart, and how a visitor's text becomes a label."""

from __future__ import annotations

import html
from typing import NamedTuple

#: How far the handles of a quarter circle of radius 1 reach.
_BEZIER = 0.5523
#: Characters of a visitor's text that an axis has room for.
ROOM = 24


class Look(NamedTuple):
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


LOOKS = (
    Look("gradient", "solid", "", "circle"),
    Look("run_b", "9px,4px", "9 4", "square"),
    Look("run_c", "2px,3px", "2 3", "diamond"),
)


def printable(text: str) -> str:
    """The text on one line: what cannot be shown, or not even be written, gives way to a sign."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


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
