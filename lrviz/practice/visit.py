"""What has been done with each problem in a visit, as the browser keeps it for its tab.

The server may go, and with it the session: what the browser tells the next one is read like
anything else that comes from outside. It is no lock, as the code at the end of a task is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.practice.explain import HINTS
from lrviz.practice.problem import LEVELS, N_HIGH, SEED_HIGH

#: Of so many problems something is kept, those last begun.
MOST = 200

Key = tuple[int, int, int]  #: seed, level, number
Record = dict[str, Any]  #: verdict, hints, solution, first; see `fresh`


def fresh() -> Record:
    """Of a problem that nothing has been done with.

    ``verdict`` is what was said last, ``hints`` the count of those shown, ``solution`` whether it
    was shown, and ``first`` whether the first answer was right: None before there is one.
    """
    return {"verdict": None, "hints": 0, "solution": False, "first": None}


def packed(done: Mapping[Key, Record]) -> list[list[int]]:
    """What has been done, without what was said.

    Returns
    -------
    list of [seed, level, n, hints, solution, first]
        ``first`` is −1 before there is an answer. A problem that was only seen is left out.
    """
    rows = [
        [
            *key,
            one["hints"],
            int(one["solution"]),
            int(-1 if one["first"] is None else one["first"]),
        ]
        for key, one in done.items()
        if one["hints"] or one["solution"] or one["first"] is not None
    ]
    return rows[-MOST:]


def unpacked(given: Any) -> dict[Key, Record]:
    """What `packed` made, out of anything that JSON can hold; what does not fit is left out."""
    done: dict[Key, Record] = {}
    for row in given[:MOST] if isinstance(given, list | tuple) else ():
        if not isinstance(row, list | tuple) or len(row) != 6:
            continue
        if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in row):
            continue
        if any(v != v // 1 for v in row):
            continue
        seed, level, n, hints, solution, first = map(int, row)
        bounds = ((seed, 0, SEED_HIGH), (n, 1, N_HIGH), (hints, 0, HINTS), (solution, 0, 1))
        if level in LEVELS and -1 <= first <= 1 and all(a <= v <= b for v, a, b in bounds):
            kept = {"hints": hints, "solution": solution == 1}
            kept["first"] = None if first < 0 else first == 1  # type: ignore[assignment]
            done[seed, level, n] = fresh() | kept
    return done
