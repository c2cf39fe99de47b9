"""Where things stand in the picture of the graph. One unit is one pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lrviz.core.graph import Edge, View

Shape = Literal["wide", "tall"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """The geometry of one view in one shape.

    Attributes
    ----------
    width, height : float
        Size of the picture, px.
    at : mapping of node to (x, y)
        Centres of the cards; y grows downwards.
    card : (width, height)
        Size of a card, px; ``widths`` overrides the width of single nodes.
    """

    width: float
    height: float
    at: Mapping[str, Point]
    card: Point
    widths: Mapping[str, float]
    legend: Point

    def size(self, name: str) -> Point:
        """Width and height of a node's card, px. Vectors hold two lines of numbers."""
        width, height = self.card
        return self.widths.get(name, width), height + 34 if name in ("x", "w") else height

    def edge(self, edge: Edge) -> tuple[Point, Point, Point, Point]:
        """Control points of the cubic Bézier curve from card to card."""
        tail, head = edge
        (x0, y0), (x1, y1) = self.at[tail], self.at[head]
        (w0, h0), (w1, h1) = self.size(tail), self.size(head)
        if abs(x0 - x1) < 20:  # one above the other
            down = 1 if y1 > y0 else -1
            start, end = (x1, y0 + down * h0 / 2), (x1, y1 - down * h1 / 2)
            return start, start, end, end
        # Arrivals are spread over the head's left side, in the order of the tails.
        spread = max(-h1 / 2 + 8, min(h1 / 2 - 8, (y0 - y1) * 0.12))
        start, end = (x0 + w0 / 2, y0), (x1 - w1 / 2, y1 + spread)
        gap = end[0] - start[0]
        return start, (start[0] + 0.62 * gap, y0), (end[0] - 0.34 * gap, end[1]), end


def _features(x: float, rows: tuple[float, ...]) -> dict[str, Point]:
    return dict(zip(("x1", "w1", "x2", "w2", "b"), ((x, r) for r in rows), strict=True))


_ROWS = (36.0, 116.0, 196.0, 276.0, 356.0)
_WIDE_TAIL: dict[str, Point] = {
    "z": (424, 196),
    "a": (642, 196),
    "L": (860, 196),
    "y": (860, 316),
}
_TALL_TAIL: dict[str, Point] = {
    "z": (284, 279),
    "a": (284, 383),
    "L": (284, 487),
    "y": (66, 487),
}
_OPS_X = 50.0

FRAMES: Mapping[tuple[View, Shape], Frame] = {
    ("features", "wide"): Frame(
        930, 392, _features(70, _ROWS) | _WIDE_TAIL, (132, 54), {"a": 148}, (330, 300)
    ),
    ("vector", "wide"): Frame(
        930,
        392,
        {"x": (70, 66), "w": (70, 196), "b": (70, 316)} | _WIDE_TAIL,
        (132, 54),
        {"a": 148},
        (330, 300),
    ),
    ("operations", "wide"): Frame(
        930,
        412,
        _features(64, _ROWS)
        | {
            "u1": (246, 76),
            "u2": (246, 236),
            "s": (424, 116),
            "z": (424, 286),
            "a": (642, 286),
            "L": (860, 286),
            "y": (860, 384),
        },
        (120, 52),
        {"z": 132, "a": 148, "L": 132, "y": 132},
        (570, 30),
    ),
    ("features", "tall"): Frame(
        354,
        516,
        _features(66, (34, 104, 174, 244, 314)) | _TALL_TAIL,
        (124, 50),
        {"a": 138},
        (0, 0),
    ),
    ("vector", "tall"): Frame(
        354,
        516,
        {"x": (66, 60), "w": (66, 168), "b": (66, 279)} | _TALL_TAIL,
        (124, 50),
        {"a": 138},
        (0, 0),
    ),
    ("operations", "tall"): Frame(
        354,
        562,
        _features(_OPS_X, (34, 104, 174, 244, 324))
        | {
            "u1": (180, 69),
            "u2": (180, 209),
            "s": (300, 139),
            "z": (284, 272),
            "a": (284, 404),
            "L": (284, 530),
            "y": (66, 530),
        },
        (96, 48),
        {"z": 124, "a": 138, "L": 124, "y": 124},
        (0, 0),
    ),
}
