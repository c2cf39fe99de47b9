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
        under = y1 - h1 / 2 > y0 + h0 / 2
        if under and x1 - w1 / 2 < x0 + w0 / 2 + 12:  # no room between: from above to below
            start, end = (x0, y0 + h0 / 2), (x1, y1 - h1 / 2)
            middle = (start[1] + end[1]) / 2
            return start, (x0, middle), (x1, middle), end
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
_SPLIT = ("n", "t", "d", "l1", "l0", "m1", "m0", "m", "r")

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
        1240,
        460,
        _features(58, (60, 140, 220, 300, 404))
        | {
            "u1": (228, 100),
            "u2": (228, 260),
            "s": (368, 180),
            "z": (368, 310),
            "n": (514, 310),
            "t": (514, 212),
            "d": (514, 114),
            "a": (674, 226),
            "l1": (874, 114),
            "c": (874, 300),
            "l0": (874, 408),
            "m1": (1010, 114),
            "y": (1010, 258),
            "m0": (1010, 408),
            "m": (1160, 212),
            "r": (1160, 212),
            "L": (1166, 330),
        },
        (108, 50),
        {"z": 120, "a": 148, "c": 140, "L": 132} | dict.fromkeys(_SPLIT, 112),
        (434, 376),
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
        1112,
        _features(_OPS_X, (34, 104, 174, 244, 324))
        | {
            "u1": (180, 69),
            "u2": (180, 209),
            "s": (300, 139),
            "z": (262, 272),
            "n": (262, 352),
            "t": (262, 432),
            "d": (262, 512),
            "a": (262, 596),
            "l1": (58, 716),
            "c": (262, 716),
            "l0": (262, 804),
            "y": (158, 804),
            "m1": (58, 892),
            "m0": (262, 892),
            "m": (160, 996),
            "r": (160, 996),
            "L": (160, 1080),
        },
        (96, 48),
        {"z": 124, "a": 138, "c": 132, "L": 124, "y": 76} | dict.fromkeys(_SPLIT, 112),
        (0, 0),
    ),
}
