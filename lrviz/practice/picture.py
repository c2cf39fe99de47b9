"""The problem's small picture: the way from the inputs to the loss as SVG, with what is given.

Colours are the palette's roles; what is asked stands as a question mark in its place, until it is
answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from lrviz.core.expression import Expression, plain, rate, symbol
from lrviz.figures.palette import PALETTES, Mode
from lrviz.practice.problem import Problem
from lrviz.text.numbers import equation, number


class _Box(NamedTuple):
    """A card: its middle, its width, and what stands on it."""

    x: float
    y: float
    width: float
    lines: tuple[tuple[str, str], ...]  # letter, number
    state: str = ""


_HEIGHT = 50
_ROOMY = 80  # px between two cards, of which other arrows take some
_WIDE, _TALL = "wide", "tall"
#: Middle of each card and its width, by shape; and the size of the whole. On a wide page what is
#: asked of an arrow stands over it, so 68 px are left between two cards, and
#: more where other arrows arrive beside it.
_PLACES: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    _WIDE: {
        "w1": (72, 34, 136),
        "w2": (72, 98, 136),
        "b": (72, 162, 136),
        "z": (266, 98, 84),
        "a": (418, 98, 84),
        "L": (570, 98, 84),
        "y": (570, 168, 84),
    },
    _TALL: {
        "w1": (84, 34, 160),
        "w2": (256, 34, 160),
        "b": (48, 124, 66),
        "z": (134, 124, 70),
        "a": (214, 124, 70),
        "L": (294, 124, 62),
        "y": (294, 194, 62),
    },
}
_SIZES = {_WIDE: (624, 236), _TALL: (340, 262)}


def picture(problem: Problem, mode: Mode, *, answered: bool = False) -> str:
    """SVG of the graph of a problem, twice: for a wide page and for a phone.

    Parameters
    ----------
    problem : Problem
    mode : "light" or "dark"
    answered : bool
        Whether the number that is asked stands in its place; on an arrow there is no room for it.

    Returns
    -------
    str
        HTML; empty where there is no one graph to show (three examples, lines).
    """
    if problem.asked is None or problem.rows:
        return ""
    inner = "".join(
        f'<div class="lv-task-{shape}">'
        + (_ways(problem, shape) if problem.kind == "paths" else _graph(problem, shape, answered))
        + "</div>"
        for shape in _SIZES
    )
    colours = ";".join(f"--lv-{name.replace('_', '-')}:{c}" for name, c in PALETTES[mode].items())
    return f'<div class="lv-task-picture" style="{colours}">{inner}</div>'


def described(problem: Problem) -> str:
    """The picture in words."""
    numbers = ", ".join(f"{plain(symbol(name))} = {number(value)}" for name, value in problem.given)
    assert problem.asked is not None
    return f"The graph with {numbers}; {plain(problem.asked)} is asked."


def _graph(problem: Problem, shape: str, answered: bool) -> str:
    given, asked = dict(problem.given), problem.asked
    assert asked is not None
    key = float(problem.key) if answered else None
    letter = asked.parts[0] if asked.kind == "symbol" else ""
    at = _PLACES[shape]

    def cell(name: str) -> tuple[str, str]:
        if not wanted(name):
            return plain(symbol(name)), _shown(given.get(name))
        return plain(symbol(name)), "?" if key is None else number(key)

    def wanted(name: str) -> bool:
        return name == letter and (problem.kind != "step" or name not in given)

    boxes = {}
    for name, (x, y, width) in at.items():
        held = {"w1": ("w1", "x1"), "w2": ("w2", "x2")}.get(name, (name,))
        lines = tuple(cell(one) for one in held)
        state = "asked" if any(map(wanted, held)) else ""
        if name == "y" and "y" not in given:
            continue
        boxes[name] = _Box(x, y, width, lines, state)
    edges = [("w1", "z"), ("w2", "z"), ("b", "z"), ("z", "a"), ("a", "L"), ("y", "L")]
    drawn = [_arrow(boxes[t], boxes[h], _label(asked, t, h), shape, last=h == "L")
             for t, h in edges if t in boxes]  # fmt: skip
    drawn += [_card(box) for box in boxes.values()]
    cards = len(drawn)
    if asked.kind == "rate" and asked.parts[0] == symbol("L") and asked.parts[1] != symbol("a"):
        text = f"{plain(asked)} = ?" if key is None else equation(plain(asked), key)
        drawn.append(_lane(boxes, asked.parts[1].parts[0], shape, text))
    elif problem.kind == "step":
        text = plain(rate(symbol("L"), asked))
        text += f" = {number(given['g'])}" if "g" in given else ""
        drawn.append(_lane(boxes, str(asked.parts[0]), shape, text))
    width, height = _SIZES[shape]
    if len(drawn) == cards:  # no way back under them, at most the name of an arrow
        height = int(max(box.y for box in boxes.values())) + _HEIGHT // 2 + 24
    return _svg(drawn, shape, problem, (width, height))


def _shown(value: float | None) -> str:
    return "" if value is None else number(value)


def _label(asked: Expression, tail: str, head: str) -> str:
    """What stands at an arrow: its local derivative, where it is the one that is asked."""
    if asked.kind == "rate" and asked == rate(symbol(head), symbol(tail)):
        return f"{plain(asked)} = ?"
    return ""


def _card(box: _Box) -> str:
    left, top = box.x - box.width / 2, box.y - _HEIGHT / 2
    out = (
        f'<rect class="lv-task-card {box.state}" x="{left:g}" y="{top:g}" width="{box.width:g}" '
        f'height="{_HEIGHT}" rx="10"/>'
    )
    share = box.width / len(box.lines)
    for n, (letter, text) in enumerate(box.lines):
        x = left + share * (n + 0.5)
        kind = "lv-task-ask" if text == "?" else "lv-task-value"
        lift = 5 if not text else -5
        out += (
            f'<text class="lv-task-letter" x="{x:g}" y="{box.y + lift:g}">{escape(letter)}</text>'
        )
        out += f'<text class="{kind}" x="{x:g}" y="{box.y + 16:g}">{escape(text)}</text>'
    if len(box.lines) == 2:
        out += _text("lv-task-times", box.x, box.y + 5, "×")
    return out


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>'


def _arrow(tail: _Box, head: _Box, label: str, shape: str, *, last: bool = False) -> str:
    half = _HEIGHT / 2
    if tail.y == head.y:
        side = 1 if head.x > tail.x else -1
        x0, y0, x1, y1 = (
            tail.x + side * tail.width / 2,
            tail.y,
            head.x - side * head.width / 2,
            head.y,
        )
    elif shape == _TALL or tail.x == head.x:
        up = 1 if head.y < tail.y else -1
        x0, y0, x1, y1 = tail.x, tail.y - up * half, head.x, head.y + up * half
        x1 += max(-20.0, min(20.0, (tail.x - head.x) / 4))
    else:
        x0, y0, x1 = tail.x + tail.width / 2, tail.y, head.x - head.width / 2
        y1 = head.y + max(-16.0, min(16.0, (tail.y - head.y) / 4))
    out = (
        f'<path class="lv-task-arrow{" asked" if label else ""}" '
        f'marker-end="url(#lv-task-tip-{shape}-edge)" d="M{x0:g},{y0:g}L{x1:g},{y1:g}"/>'
    )
    if label:
        # Beside a slanting arrow, on the side that no other arrow has; over a level one.
        if y0 != y1 and shape == _WIDE:
            dx, dy = 22.0, -18.0 if y0 < y1 else 26.0
        elif y0 != y1:
            dx, dy = (-48.0, 4.0) if x0 < x1 else (42.0, 13.0)
        elif shape == _WIDE:
            dx, dy = -6.0 if x1 - x0 > _ROOMY else 0.0, -10.0
        else:
            # There the weights' arrows arrive over z; under the loss stands y.
            dx, dy = 0.0, -half - 8 if last else half + 16
        x, y = (x0 + x1) / 2 + dx, (y0 + y1) / 2 + dy
        out += _text("lv-task-rate", x, y, label)
    return out


def _lane(boxes: Mapping[str, _Box], end: str, shape: str, text: str) -> str:
    """The way back from the loss, under the graph, to what is asked; ``text`` stands at it."""
    loss, goal = boxes["L"], boxes[end]
    width, height = _SIZES[shape]
    start, low, bottom = loss.x + loss.width / 2, goal.y + _HEIGHT / 2, height - 12
    d = f"M{start:g},{loss.y:g}H{width - 3:g}V{bottom:g}"
    if end in ("b", "z"):
        d += f"H{goal.x:g}V{low + 1:g}"
    elif shape == _WIDE:
        side = goal.x + goal.width / 2
        d += f"H{side + 22:g}V{goal.y + 12:g}H{side + 1:g}"
    else:
        d += f"H5V{low + 10:g}H{goal.x - 30:g}V{low + 1:g}"
    middle = width / 2 + (30 if shape == _WIDE else -40)
    return (
        f'<path class="lv-task-back" marker-end="url(#lv-task-tip-{shape}-gradient)" d="{d}"/>'
        + _text("lv-task-gradient", middle, bottom - 8, text)
    )


#: The two ways of the finest view: middle and width, by shape.
_WAY_PLACES: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    _WIDE: {
        "z": (44, 98, 70),
        "a": (154, 98, 80),
        "l1": (290, 40, 96),
        "m1": (430, 40, 96),
        "c": (254, 156, 84),
        "l0": (368, 156, 84),
        "m0": (482, 156, 84),
        "L": (580, 98, 80),
    },
    _TALL: {
        "z": (170, 30, 70),
        "a": (170, 106, 80),
        "l1": (56, 182, 96),
        "m1": (56, 258, 96),
        "c": (170, 182, 84),
        "l0": (284, 182, 84),
        "m0": (284, 258, 84),
        "L": (170, 258, 80),
    },
}
_WAY_SIZES = {_WIDE: (624, 196), _TALL: (340, 290)}
_SAID = {"l1": "log a", "m1": "× y", "c": "1 − a", "l0": "log(1 − a)", "m0": "× (1 − y)"}


def _ways(problem: Problem, shape: str) -> str:
    given = dict(problem.given)
    boxes = {}
    for name, (x, y, width) in _WAY_PLACES[shape].items():
        text = _shown(given.get(name))
        if name == "z" and "z" not in given:
            continue
        boxes[name] = _Box(x, y, width, ((_SAID.get(name) or plain(symbol(name)), text),))
    edges: Sequence[tuple[str, str]] = (
        *(("z", "a"), ("a", "l1"), ("l1", "m1"), ("m1", "L")),
        *(("a", "c"), ("c", "l0"), ("l0", "m0"), ("m0", "L")),
    )
    drawn = [_arrow(boxes[t], boxes[h], "", shape) for t, h in edges if t in boxes]
    drawn += [_card(box) for box in boxes.values()]
    bare = "z" not in boxes  # what would stand before a is not there
    cut = {_WIDE: (100, 0), _TALL: (0, 76)}[shape] if bare else (0, 0)
    return _svg(drawn, shape, problem, _WAY_SIZES[shape], cut)


def _svg(
    drawn: Sequence[str],
    shape: str,
    problem: Problem,
    size: tuple[int, int],
    cut: tuple[int, int] = (0, 0),
) -> str:
    (width, height), (left, top) = size, cut
    marker = f"lv-task-tip-{shape}"
    tips = "".join(
        f'<marker id="{marker}-{role}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" '
        'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path class="lv-task-tip-{role}" d="M0,0L8,4L0,8z"/></marker>'
        for role in ("edge", "gradient")
    )
    return (
        f'<svg viewBox="{left} {top} {width - left} {height - top}" width="{width - left}" '
        f'role="img" '
        f'aria-label="{escape(described(problem))}"><defs>{tips}</defs>{"".join(drawn)}</svg>'
    )
