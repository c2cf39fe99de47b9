"""What comes next: what went wrong comes back sooner (after Leitner's boxes, 1972).

The memory is small and plain, because the browser keeps it: for each kind a box, 0 to `TOP`, and
the count of answers at which it is due again. Right moves a kind up one box, wrong puts it into
the lowest; a kind in box k is due after `WAITS`[k] more answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.practice.making import kind_of
from lrviz.practice.problem import KINDS, LEVEL_KINDS, N_HIGH

WAITS = (2, 4, 8, 16, 32)
TOP = len(WAITS) - 1
_MOST = 1_000_000

Memory = dict[str, Any]  #: {"count": answers so far, "kinds": {kind: [box, due]}}


def empty() -> Memory:
    """Nothing answered yet."""
    return {"count": 0, "kinds": {}}


def checked(given: Any) -> Memory:
    """A memory out of anything that JSON can hold; what does not fit is forgotten."""
    out = empty()
    if not isinstance(given, Mapping):
        return out
    if _whole(given.get("count"), _MOST):
        out["count"] = int(given["count"])
    kinds = given.get("kinds")
    for kind in KINDS:
        row = kinds.get(kind) if isinstance(kinds, Mapping) else None
        if isinstance(row, list | tuple) and len(row) == 2:
            box, due = row
            if _whole(box, TOP) and _whole(due, _MOST):
                out["kinds"][kind] = [int(box), min(int(due), out["count"] + WAITS[TOP])]
    return out


def _whole(value: Any, most: int) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and 0 <= value <= most
        and value == int(value)
    )


def answered(memory: Memory, kind: str, *, right: bool) -> Memory:
    """The memory after one more answer."""
    count = memory["count"] + 1
    box = memory["kinds"].get(kind, [0, 0])[0]
    box = min(box + 1, TOP) if right else 0
    return {"count": count, "kinds": {**memory["kinds"], kind: [box, count + WAITS[box]]}}


def following(memory: Memory, seed: int, level: int, n: int) -> int:
    """The number of the problem to show after number ``n``.

    The kind longest overdue among those that went wrong last, else the next in order whose kind
    is not waiting in a box above; where all wait, simply the next.
    """
    count, kinds = memory["count"], memory["kinds"]
    wrong = [
        (kinds[kind][1], kind)
        for kind in LEVEL_KINDS[level]
        if kind in kinds and kinds[kind][0] == 0 and kinds[kind][1] <= count
    ]
    ahead = [m for m in range(n + 1, n + 1 + 2 * len(LEVEL_KINDS[level])) if m <= N_HIGH]
    if wrong:
        wanted = min(wrong)[1]
        for m in ahead:
            if kind_of(seed, level, m) == wanted:
                return m
    for m in ahead:
        kind = kind_of(seed, level, m)
        if kind not in kinds or kinds[kind][1] <= count:
            return m
    return ahead[0] if ahead else 1
