"""Sentences made from the numbers: what the model says, which way to go, what a drag has done.

A sentence is a row of tables; of each the first line whose conditions hold is said. The browser
has the same tables (``live/sentence.js``), so that the words move with the hand, and a test holds
them true of random states.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from lrviz.core.graph import Loss
from lrviz.text.explanations import letter
from lrviz.text.numbers import fill, number

#: Between two numbers, both included; None is no bound.
Bounds: TypeAlias = "tuple[float | None, float | None]"
#: Conditions on quantities, and the template that is said where all of them hold.
Line: TypeAlias = "tuple[Mapping[str, Bounds], str]"
Table: TypeAlias = "tuple[Line, ...]"

ZERO: Bounds = (0, 0)
DOWN: Bounds = (None, 0)
UP: Bounds = (0, None)
ONE: Bounds = (1, 1)
#: So near to 0 or 1 a probability is given by a bound, which the words name: its percents would
#: read 0 or 100.
NEAR = 5e-4
#: Below this a unit of a parameter hardly changes the loss, and a slope ② is nearly flat.
FLAT = 1e-3
#: What a slope promised has come, where it is off by no more than this part of it.
KEPT = 0.01


def _belief() -> Table:
    return (
        ({"value.z": ZERO}, "The model says 50 %: it has no opinion"),
        ({"complement.a": (None, NEAR)}, "The model says more than 99.95 %"),
        ({"value.a": (None, NEAR)}, "The model says less than 0.05 %"),
        ({}, "The model says {%value.a}"),
    )


def _answer() -> Table:
    return (
        ({"value.z": ZERO}, ", and the answer is {value.y}."),
        ({"value.y": ONE, "value.z": UP}, ", and the answer is 1."),
        ({"value.y": ZERO, "value.z": DOWN}, ", and the answer is 0."),
        ({}, ", but the answer is {value.y}."),
    )


def _way(loss: Loss, of: str) -> Table:
    sym, slope = letter(of), f"adjoint.{of}"
    hardly: Mapping[str, Bounds] = {slope: (-FLAT, FLAT)}
    lines: list[Line] = []
    if of != "b":
        x = f"x{of[1]}"
        nothing = f" Moving {sym} changes nothing: it is multiplied by {letter(x)} = 0."
        lines.append(({f"value.{x}": ZERO}, nothing))
    if loss == "squared":
        stuck = (
            f" Yet a small move of {sym} hardly changes the loss: at first by {{|{slope}}} for "
            "each unit, because ② is nearly 0."
        )
        flat: Mapping[str, Bounds] = {**hardly, "local.z-a": (None, FLAT)}
        lines.append(({**flat, "value.y": ONE, "value.z": DOWN}, stuck))
        lines.append(({**flat, "value.y": ZERO, "value.z": UP}, stuck))
    falls = f"{sym}: the loss falls, at first by {{|{slope}}} for each unit."
    lines += [
        (
            hardly,
            f" A small move of {sym} hardly changes the loss: at first by {{|{slope}}} for each "
            "unit.",
        ),
        ({slope: DOWN}, f" Raise {falls}"),
        ({}, f" Lower {falls}"),
    ]
    return tuple(lines)


def now(loss: Loss, of: str) -> tuple[Table, ...]:
    """What the model says, what the answer is, and which way ``of`` should go.

    It reads the pass of the view "features".
    """
    return _belief(), _answer(), _way(loss, of)


def moved(of: str) -> tuple[Table, ...]:
    """What a drag of ``of`` has done, beside what the slope at its start promised.

    Quantities: ``moved.by``, ``moved.loss``, ``moved.promise``, the slope at the start times the
    first, and ``moved.off``, the part of the promise by which the second differs from it.
    """
    sym = letter(of)
    return (
        (
            ({"moved.by": ZERO}, f"{sym} is back where it was"),
            ({"moved.by": DOWN}, f"{sym} went down by {{|moved.by}}"),
            ({}, f"{sym} went up by {{|moved.by}}"),
        ),
        (
            ({"moved.loss": ZERO}, ", and the loss did not change."),
            ({"moved.loss": DOWN}, ", and the loss fell by {|moved.loss}."),
            ({}, ", and the loss rose by {|moved.loss}."),
        ),
        (
            ({"moved.promise": ZERO}, " The slope at the start promised no change"),
            (
                {"moved.promise": DOWN},
                " The slope at the start promised a fall of {|moved.promise}",
            ),
            ({}, " The slope at the start promised a rise of {|moved.promise}"),
        ),
        (
            ({"moved.off": (-KEPT, KEPT)}, "."),
            ({}, ", but changed on the way: the curve bends."),
        ),
    )


def holds(conditions: Mapping[str, Bounds], read: Callable[[str], float]) -> bool:
    """Whether all conditions hold of these numbers."""
    return all(
        (low is None or read(key) >= low) and (high is None or read(key) <= high)
        for key, (low, high) in conditions.items()
    )


def say(tables: Sequence[Table], read: Callable[[str], float]) -> str:
    """The sentence of these tables for these numbers."""
    lines = (next(text for when, text in table if holds(when, read)) for table in tables)
    return "".join(fill(text, read) for text in lines)


def payload(tables: Sequence[Table]) -> list[Any]:
    """The tables as the browser is given them."""
    return [[[dict(when), text] for when, text in table] for table in tables]


def nudged() -> Table:
    """How near a nudge's ratio comes to the derivative, among all sizes that are offered.

    ``nudge.place`` is 1 where the size is above the one that comes nearest, -1 below it;
    ``nudge.lost`` is 1 where no size changes the loss by more than its rounding.
    """
    return (
        (
            {"nudge.lost": ONE},
            "Here no nudge changes the loss by more than a float64 is rounded to: what stands "
            "beside ΔL is rounding.",
        ),
        ({"nudge.place": ONE}, "A smaller nudge brings the ratio closer."),
        ({"nudge.place": ZERO}, "No other nudge brings the ratio closer."),
        (
            {},
            "Too small: the two losses agree in nearly all of the 16 digits of a float64, and "
            "their difference loses the rest. With {nudge.best} the ratio came closest.",
        ),
    )


def stepped() -> Table:
    """What the steps taken on one example have done to its loss."""
    return (
        ({"step.count": ONE}, "One step: the loss went from {step.first} to {value.L}."),
        ({}, "{step.count} steps: the loss went from {step.first} to {value.L}."),
    )


def why() -> tuple[Table, ...]:
    """Why the loss is a logarithm, with the numbers of the example and of a sure mistake.

    It reads the pass of the view "features" under log loss.
    """
    one_percent = 0.01
    wrong, squared = -math.log(one_percent), (1 - one_percent) ** 2 / 2
    return (
        (
            (
                {"value.y": ONE},
                "The label is 1, and the model gave it the probability a {~value.a} {value.a}. "
                "Log loss is the surprise at what came: −log({value.a}) {~value.a value.L} "
                "{value.L}. ",
            ),
            (
                {},
                "The label is 0, and the model gave it the probability 1 − a {~complement.a} "
                "{complement.a}. Log loss is the surprise at what came: −log({complement.a}) "
                "{~complement.a value.L} {value.L}. ",
            ),
        ),
        (
            (
                {},
                "A certain event is no surprise, −log 1 = 0; one thought impossible would be an "
                f"endless one. Who gives the truth 1 % pays −log 0.01 ≈ {number(wrong)}, and under "
                f"squared error only ½ · 0.99² ≈ {number(squared)}, hardly more than for 10 %: "
                f"½ · 0.9² = {number(0.9**2 / 2)}.",
            ),
        ),
    )
