"""What a problem is, and which kinds there are at which level."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lrviz.core.expression import Expression
from lrviz.core.graph import View
from lrviz.settings import PRACTICE_LEVELS, PRACTICE_N, PRACTICE_SEED
from lrviz.text.prose import NOTHING, Text

#: Ranges of the URL fields.
SEED_HIGH, LEVELS, N_HIGH = PRACTICE_SEED, PRACTICE_LEVELS, PRACTICE_N
#: How many problems a task has: n from 1 to this one.
TASK = 10
#: A number is right within this share of the exact one.
TOLERANCE = 0.01

#: The kinds of every level, with what they are called.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "read": "Read a value",
        "local": "One local derivative",
        "chain": "The whole chain",
        "paths": "The sum over two ways",
        "step": "One step",
        "mean": "The mean of three",
        "saturation": "Saturation, by estimate",
        "order": "Lines in order",
        "wrong": "Find the wrong line",
    }
)
LEVEL_KINDS: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        1: ("read", "local", "chain", "step", "order", "wrong"),
        2: ("read", "local", "chain", "paths", "step", "mean", "saturation", "order", "wrong"),
        3: ("local", "chain", "paths", "step", "mean", "saturation", "order", "wrong"),
    }
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong answer that is known: the key of its mistake, its number, and how it comes about."""

    mistake: str
    value: float
    shown: Expression | None = None


@dataclass(frozen=True)
class Problem:
    """A problem.

    Attributes
    ----------
    seed, level, n : int
        What it was made from.
    kind, variant : str
        A key of `KINDS`, and what of it: "z", "w1", "a-L", ...
    question : Text
        What is asked, with the numbers that stand nowhere else.
    asked : Expression or None
        The letter or rate whose number is wanted; None where lines are.
    given : tuple of (str, float)
        Letters and their numbers, as they are shown.
    rows : tuple of mapping
        The examples of a mean: x1, x2, y, and a or z.
    inputs : mapping
        x1, x2, w1, w2, b, y: what the pass was made from.
    values : mapping
        The number of every letter that `formula` needs.
    key : float or str
        The number, the letters in order, or the number of a line.
    wrongs : tuple of Wrong
        The known mistakes that are possible.
    rule : Text
        The first hint.
    formula : Expression or None
        The second hint; with numbers it is the third.
    lines : tuple of (str, Expression)
        What is shown of a derivation: its mark, "A" or "1", and the line.
    notes : tuple of Text
        For lines: the rules in order, or what each line says.
    hints : tuple of Text
        For lines: all three.
    part, chain, line : str, str, int
        Where the derivation settles it; ``line`` is the URL's.
    of, view : str
        The target, and the view of the graph that shows it.
    """

    seed: int
    level: int
    n: int
    kind: str
    variant: str
    question: Text
    key: float | str
    asked: Expression | None = None
    given: tuple[tuple[str, float], ...] = ()
    rows: tuple[Mapping[str, float], ...] = ()
    inputs: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    wrongs: tuple[Wrong, ...] = ()
    rule: Text = NOTHING
    formula: Expression | None = None
    lines: tuple[tuple[str, Expression], ...] = ()
    notes: tuple[Text, ...] = ()
    hints: tuple[Text, ...] = ()
    part: str = "result"
    chain: str = "weight"
    line: int = 0
    of: str = "w1"
    view: View = "features"

    @property
    def letters(self) -> Mapping[str, float]:
        """What a typed answer may use."""
        return dict(self.given)


def close(found: float, wanted: float) -> bool:
    """Whether a number is another one within the stated tolerance."""
    return abs(found - wanted) <= TOLERANCE * abs(wanted)


def in_two_digits(found: float, wanted: float) -> bool:
    """Whether a number is another one rounded to two digits, either way from the middle."""
    if found != float(f"{found:.2g}") or not wanted:
        return False
    unit = 10.0 ** (math.floor(math.log10(abs(wanted))) - 1)
    return abs(found - wanted) <= 0.5 * unit * (1 + 1e-9)


def apart(first: float, second: float) -> bool:
    """Whether no number is close to both of two."""
    return abs(first - second) > 1.02 * TOLERANCE * (abs(first) + abs(second))
