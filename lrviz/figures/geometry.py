"""Where things stand in the picture of the graph. One unit is one pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Literal

from lrviz.core.graph import Edge, Loss, View

Shape = Literal["tall", "wide", "broad", "vast"]
Point = tuple[float, float]
Bezier = tuple[Point, Point, Point, Point]
Box = tuple[float, float, float, float]

#: A card with a plot: a line for the value above it, its ticks and the gradient below it, px.
ABOVE, TICKS, BELOW = 32, 15, 30


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
        Size of a card, px; ``sizes`` has that of single nodes.
    lane : float
        How far the way forward lies above the middle of the cards that have a plot (left of it
        where the chain hangs down), and the way back below it (right of it). 0 where no card has
        a plot: there it runs close beside.
    loss : (left, top, width, height) or None
        Where the loss is drawn against the chosen parameter.
    said : float
        Room in the cards of single operations for what they compute, above its value, px.
    fan : (share, most, up)
        Where arrows arrive at a card that has a plot: apart by a share of how far apart their
        tails are, at most so far from the middle, px; and at z so far above the middle, px.
    """

    width: float
    height: float
    at: Mapping[str, Point]
    card: Point
    sizes: Mapping[str, Point] = field(default_factory=dict)
    lane: float = 0
    loss: Box | None = None
    said: float = 0
    fan: tuple[float, float, float] = (0.12, 20, 34)

    def size(self, name: str) -> Point:
        """Width and height of a node's card, px: x holds two lines of numbers, w two times two."""
        width, height = self.sizes.get(name, self.card)
        single = self.said if name in _SINGLES else 0
        return width, height + single + {"x": 14, "w": 34}.get(name, 0)

    @property
    def boxes(self) -> dict[str, Box]:
        """The boxes of the plots: in z, a and L, and the loss against the chosen parameter."""
        found: dict[str, Box] = {}
        if self.lane:
            for name in ("z", "a", "L"):
                (x, y), (w, h) = self.at[name], self.size(name)
                left = BARS if name == "z" else 14
                tall = h - ABOVE - BELOW - (2 if name == "z" else TICKS)
                found[name] = (x - w / 2 + left, y - h / 2 + ABOVE, w - left - 14, tall)
        if self.loss:
            found["of"] = self.loss
        return found

    def edge(self, edge: Edge) -> Bezier:
        """Control points of the cubic Bézier curve from card to card."""
        tail, head = edge
        (x0, y0), (x1, y1) = self.at[tail], self.at[head]
        (w0, h0), (w1, h1) = self.size(tail), self.size(head)
        chained = self.lane if tail in ("z", "a") else 0
        if abs(x0 - x1) < 20:  # one above the other
            down = 1 if y1 > y0 else -1
            x = x1 - chained
            start, end = (x, y0 + down * h0 / 2), (x, y1 - down * h1 / 2)
            return start, start, end, end
        under = y1 - h1 / 2 > y0 + h0 / 2
        if under and x1 - w1 / 2 < x0 + w0 / 2 + 12:  # no room between: from above to below
            start, end = (x0, y0 + h0 / 2), (x1, y1 - h1 / 2)
            middle = (start[1] + end[1]) / 2
            return start, (x0, middle), (x1, middle), end
        # Arrivals are spread over the head's left side, in the order of the tails.
        share, most, up = self.fan if self.lane else (0.12, h1 / 2 - 8, 0)
        spread = max(-most, min(most, (y0 - y1) * share))
        if head == "z":
            spread -= up
        start, end = (x0 + w0 / 2, y0 - chained), (x1 - w1 / 2, y1 - chained + spread)
        if head == "L" and tail == "y":
            end = (end[0], y0)
        return self._between(start, end)

    def back(self, edge: Edge) -> Bezier:
        """The way back along an edge: from head to tail, beside the way forward."""
        tail, head = edge
        if not self.lane:
            return self._beside(edge)
        start, _, _, end = reversed(self.edge(edge))
        (x0, y0), (_, y1) = self.at[tail], self.at[head]
        if abs(x0 - self.at[head][0]) < 20:
            x = x0 + self.lane
            return (x, start[1]), (x, start[1]), (x, end[1]), (x, end[1])
        if tail in ("z", "a"):
            y = y1 + self.lane
            return (start[0], y), (start[0], y), (end[0], y), (end[0], y)
        start, end = (start[0], y1 + self.lane), (end[0], y0 + 13)
        return self._between(end, start)[::-1]

    def above(self, edge: Edge) -> bool:
        """Whether the way back lies above the way forward: where the label is below it."""
        return edge[0] in ("a", "m0") and self.at[edge[1]][1] < self.at[edge[0]][1] - 4

    def _between(self, left: Point, right: Point) -> Bezier:
        """From a card to one that stands to the right of it: level at both ends."""
        gap = right[0] - left[0]
        leave, arrive = (1.25, 0.2) if self.lane and gap <= ROOMY else (0.62, 0.34)
        return left, (left[0] + leave * gap, left[1]), (right[0] - arrive * gap, right[1]), right

    def _beside(self, edge: Edge) -> Bezier:
        """The way back where cards have no plot: close to the way forward, away from its label."""
        start, bend, other, end = reversed(self.edge(edge))
        across = end[0] - start[0]
        if bend[0] == start[0] and start[1] != end[1]:  # from one card down or up to another
            dx, dy = ASIDE if across < -1 else -ASIDE, -ASIDE
            shifts = [(dx, 0.0), (dx, dy), (dx, dy), (dx, 0.0)]
        else:
            dy = -ASIDE if self.above(edge) else ASIDE
            steep = ASIDE if abs(start[1] - end[1]) > 4 else 0.0
            dx = steep if (start[1] < end[1]) == (dy > 0) else -steep
            shifts = [(0.0, dy), (dx, dy), (dx, dy), (0.0, dy)]
        moved = [
            (x + dx, y + dy)
            for (x, y), (dx, dy) in zip((start, bend, other, end), shifts, strict=True)
        ]
        return moved[0], moved[1], moved[2], moved[3]


#: A wider gap has room for the number of an edge beside its curve; in a narrower one each edge
#: keeps to the row it comes from for as long as its number is, and turns only then.
ROOMY = 80.0
#: How far the way back is from the way forward where cards have no plot, px.
ASIDE = 9.0
#: From the left edge of z's card to its bars: the room of a term and its number.
BARS = 110


def _features(x: float, rows: tuple[float, ...]) -> dict[str, Point]:
    return dict(zip(("x1", "w1", "x2", "w2", "b"), ((x, r) for r in rows), strict=True))


_INPUTS: Mapping[str, tuple[tuple[str, ...], tuple[float, ...]]] = {
    "features": (("x1", "w1", "x2", "w2", "b"), (34, 118, 202, 286, 370)),
    "vector": (("x", "w", "b"), (40, 144, 280)),
}


def _lying(view: View, width: float) -> Frame:
    """Left to right: inputs, z, a, L, and below them the loss against a parameter."""
    spare = width - 930
    card, high = (132, 54), 166 + min(30, 0.1 * spare)
    wide = [184 + 0.15 * spare, 152 + 0.25 * spare, 152 + 0.25 * spare]
    gap = 81 + 0.05 * spare
    ends = list(accumulate(wide[::-1], lambda end, w: end + gap + w))
    middles = [width - 4 - end + w / 2 for end, w in zip(ends, wide[::-1], strict=True)]
    x = dict(zip(("L", "a", "z"), middles, strict=True))
    middle = 96 + high / 2
    names, rows = _INPUTS[view]
    left = x["z"] - wide[0] / 2 + 40
    return Frame(
        width,
        444 + high - 166,
        dict(zip(names, ((70, row) for row in rows), strict=True))
        | {"z": (x["z"], middle), "a": (x["a"], middle), "L": (x["L"], middle), "y": (x["L"], 36)},
        card,
        dict(zip(("z", "a", "L"), ((w, high) for w in wide), strict=True)) | {"y": (card[0], 46)},
        lane=40,
        loss=(left, 318 + high - 166, width - 4 - left - 10, 104),
    )


def _hanging(view: View) -> Frame:
    """For a phone: inputs at the left, the chain beside them from top to bottom."""
    names = _INPUTS[view][0]
    rows = (26, 74, 122, 170, 218) if view == "features" else (40, 130, 202)
    size = (186, 128)
    return Frame(
        354,
        524,
        dict(zip(names, ((54, row) for row in rows), strict=True))
        | {"z": (259, 112), "a": (259, 284), "L": (259, 456), "y": (54, 486)},
        (100, 44),
        dict.fromkeys(("z", "a", "L"), size),
        lane=52,
        fan=(0.3, 32, 20),
        loss=(34, 304, 94, 92),
    )


_SPLIT = ("n", "t", "d", "l1", "l0", "m1", "m0", "m", "r")
_SINGLES = frozenset((*_SPLIT, "u1", "u2", "s", "z", "a", "c", "L"))

#: Every operation, left to right, as narrow as its labels allow.
_SINGLE = Frame(
    1184,
    460,
    _features(58, (60, 140, 220, 300, 404))
    | {
        "u1": (218, 100),
        "u2": (218, 260),
        "s": (352, 180),
        "z": (352, 310),
        "n": (498, 310),
        "t": (498, 212),
        "d": (498, 114),
        "a": (652, 226),
        "l1": (836, 114),
        "c": (836, 300),
        "l0": (836, 408),
        "m1": (972, 114),
        "y": (972, 258),
        "m0": (972, 408),
        "m": (1108, 212),
        "r": (1108, 212),
        "L": (1114, 330),
    },
    (108, 50),
    {"z": (120, 50), "a": (148, 50), "c": (140, 50), "L": (132, 50)}
    | dict.fromkeys(_SPLIT, (112, 50)),
    loss=(432, 374, 316, 58),
    said=18,
)


def _stretched(frame: Frame, width: float) -> Frame:
    """The same picture with more room between its cards."""
    assert frame.loss
    more = (width - 8 - frame.card[0]) / (frame.width - 8 - frame.card[0])
    middle = frame.card[0] / 2 + 4
    across = {name: (middle + (x - middle) * more, y) for name, (x, y) in frame.at.items()}
    left, top, wide, tall = frame.loss
    shifted = middle + (left - middle) * more
    loss = (shifted, top, wide * more, tall)
    return replace(frame, width=width, at=across, loss=loss)


#: Every frame there is; a picture takes the widest that it has room for.
FRAMES: Mapping[tuple[View, Shape], Frame] = {
    ("features", "wide"): _lying("features", 930),
    ("features", "broad"): _lying("features", 1060),
    ("features", "vast"): _lying("features", 1500),
    ("vector", "wide"): _lying("vector", 930),
    ("vector", "broad"): _lying("vector", 1060),
    ("vector", "vast"): _lying("vector", 1500),
    ("features", "tall"): _hanging("features"),
    ("vector", "tall"): _hanging("vector"),
    ("operations", "wide"): _SINGLE,
    ("operations", "vast"): _stretched(_SINGLE, 1500),
    ("operations", "tall"): Frame(
        354,
        1292,
        _features(50, (34, 104, 174, 244, 324))
        | {
            "u1": (180, 69),
            "u2": (180, 209),
            "s": (300, 139),
            "z": (262, 280),
            "n": (262, 378),
            "t": (262, 478),
            "d": (262, 578),
            "a": (262, 682),
            "l1": (58, 820),
            "c": (262, 820),
            "l0": (262, 926),
            "y": (158, 926),
            "m1": (58, 1032),
            "m0": (262, 1032),
            "m": (160, 1154),
            "r": (160, 1154),
            "L": (160, 1254),
        },
        (96, 48),
        {"z": (124, 48), "a": (138, 48), "c": (132, 48), "L": (124, 48), "y": (76, 48)}
        | dict.fromkeys(_SPLIT, (112, 48)),
        said=19,
    ),
}

#: Half a square is two operations, where log loss is seven: hanging, it ends sooner.
_SQUARED_TALL = replace(
    FRAMES["operations", "tall"],
    height=960,
    at={**FRAMES["operations", "tall"].at, "y": (60, 820), "r": (262, 820), "L": (262, 922)},
)


def frame_of(view: View, shape: Shape, loss: Loss) -> Frame:
    """The frame of a picture; what stands in it depends on the loss only where that is split."""
    if (view, shape, loss) == ("operations", "tall", "squared"):
        return _SQUARED_TALL
    return FRAMES[view, shape]
