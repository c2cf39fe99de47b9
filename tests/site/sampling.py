"""What core's tests ask of hypothesis, drawn at random: it has a compiled part, for no browser."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, signature
from types import SimpleNamespace
from typing import Any

DICE = random.Random(1)
EXAMPLES = 20


class UnfitError(Exception):
    """The example is none that the test is about."""


class Strategy:
    def __init__(self, draw: Callable[[], Any]) -> None:
        self.draw = draw

    def map(self, change: Callable[[Any], Any]) -> Strategy:
        return Strategy(lambda: change(self.draw()))


def floats(low: float, high: float) -> Strategy:
    """The ends, zero, what lies between, and numbers of every size."""

    def draw() -> float:
        size = math.exp(DICE.uniform(-30, math.log(max(abs(low), abs(high)))))
        chosen = DICE.choice([low, high, 0.0, size, -size, DICE.uniform(low, high)])
        return min(max(chosen, low), high)

    return Strategy(draw)


def sampled_from(options: Sequence[Any]) -> Strategy:
    return Strategy(lambda: DICE.choice(list(options)))


def lists(one: Strategy, min_size: int, max_size: int) -> Strategy:
    return Strategy(lambda: [one.draw() for _ in range(DICE.randint(min_size, max_size))])


def fixed_dictionaries(parts: Mapping[str, Strategy]) -> Strategy:
    return Strategy(lambda: {name: one.draw() for name, one in parts.items()})


def assume(holds: object) -> None:
    if not holds:
        raise UnfitError


def given(*parts: Strategy, **named: Strategy) -> Callable[..., Any]:
    """Strategies without a name are those of the last parameters."""

    def wrapped(test: Callable[..., Any]) -> Callable[..., None]:
        names = list(signature(test).parameters)
        drawn = {**dict(zip(names[len(names) - len(parts) :], parts, strict=True)), **named}

        def run(**rest: Any) -> None:
            for _ in range(EXAMPLES):
                try:
                    test(**rest, **{name: one.draw() for name, one in drawn.items()})
                except UnfitError:
                    continue

        left = [Parameter(one, Parameter.KEYWORD_ONLY) for one in names if one not in drawn]
        run.__signature__ = signature(run).replace(parameters=left)  # type: ignore[attr-defined]
        run.__name__ = test.__name__
        return run

    return wrapped


strategies = SimpleNamespace(
    floats=floats, sampled_from=sampled_from, lists=lists, fixed_dictionaries=fixed_dictionaries
)
