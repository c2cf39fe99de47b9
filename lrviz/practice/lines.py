"""Two kinds about the derivation's own lines: put them in order, and find the wrong one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from lrviz.core.expression import Expression, compiled, latex, symbol
from lrviz.core.graph import Pass
from lrviz.practice.calculated import Maker, passed, state
from lrviz.practice.dice import Dice
from lrviz.practice.problem import Problem
from lrviz.text.derivation import NAMES, Chain, Line, parts, steps
from lrviz.text.prose import Text, say
from lrviz.text.substitution import evaluate

#: How many lines are shown, by level.
_LENGTHS = {1: 4, 2: 5, 3: 6}
#: Parts whose chains are long enough, by level.
_PARTS = {1: ("4", "5"), 2: ("1", "4", "5", "sigmoid"), 3: ("1", "3", "sigmoid")}
_WRONG_PARTS = {1: ("1", "3"), 2: ("1", "3", "sigmoid"), 3: ("1", "3", "sigmoid")}


def _windows(level: int, among: Mapping[int, tuple[str, ...]]) -> list[tuple[str, Chain, int]]:
    """Every run of lines of the wanted length: part, chain, first line."""
    made, length = parts(), _LENGTHS[level]
    return [
        (key, chain, first)
        for key in among[level]
        for chain in made[key].chains
        for first in range(len(chain.lines) - length + 1)
    ]


def _place(part: str, chain: Chain, line: Line) -> int:
    for n, step in enumerate(steps(parts()[part])):
        if step.chain is chain and step.line is line:
            return n
    raise LookupError(line)


def _asking(words: str, head: Expression, lines: list[Expression]) -> Text:
    """A question about lines, with the local names that are in them explained."""
    used = {name for line in (head, *lines) for node in line.walk() for name in node.symbols}
    names = [name for name in NAMES if name in used]
    meant = [side for name in names for side in (symbol(name), NAMES[name])]
    told = f" Here {' and '.join(['{} is {}'] * len(names))}." if names else ""
    return say(words + told, head, *meant)


def _order(dice: Dice, level: int) -> Problem | None:
    part, chain, first = dice.pick(_windows(level, _PARTS))
    window = chain.lines[first : first + _LENGTHS[level]]
    if len({line.latex for line in window}) < len(window):
        return None
    marks = "ABCDEF"[: len(window)]
    mixed = dice.shuffled(range(len(window)))
    if mixed == tuple(range(len(window))):
        return None
    key = "".join(marks[mixed.index(n)] for n in range(len(window)))
    last = " ".join(key[-2:])
    return Problem(
        *(0, 1, 1, "order", f"{part}/{chain.name}/{first}"),
        _asking(
            "These lines of the derivation of {} are mixed up; below stand the rules in the right "
            "order. Type the letters of the lines in the order of the rules.",
            chain.head,
            [line.shown for line in window],
        ),
        key,
        lines=tuple((marks[n], window[i].shown) for n, i in enumerate(mixed)),
        notes=tuple(line.rule for line in window),
        hints=(
            say("Each rule changes one thing only: look for what has changed and what is left."),
            say(f"The first is {key[0]}."),
            say(f"The first is {key[0]}, and the last two are {last}."),
        ),
        part=part,
        chain=chain.name,
        line=_place(part, chain, window[-1]),
    )


def _worth(line: Line, p: Pass) -> float | None:
    """What a line comes to; None while a derivative is still to be taken on it."""
    try:
        made = compiled(line.meant)
        return float(made(*(p.read(f"value.{name}") for name in line.meant.symbols)))
    except (ValueError, KeyError, ZeroDivisionError):
        return None


def mutations(e: Expression) -> Iterator[tuple[str, Expression]]:
    """The expression with one small thing wrong: what is wrong, and the whole of it."""
    if e.kind == "add":
        yield "a sign", Expression("sub", e.parts)
    if e.kind == "sub":
        yield "a sign", Expression("add", e.parts)
    if e.kind == "neg":
        yield "a sign", e.parts[0]
    if e.kind in ("mul", "dot"):
        yield "a factor", e.parts[0]
        yield "a factor", e.parts[1]
    if e.kind == "div":
        yield "a denominator", e.parts[0]
    if e.kind in ("derivative", "rate", "named"):
        return
    for n, part in enumerate(e.parts):
        if isinstance(part, Expression):
            for what, changed in mutations(part):
                yield what, Expression(e.kind, (*e.parts[:n], changed, *e.parts[n + 1 :]))


def _wrong(dice: Dice, level: int) -> Problem | None:
    part, chain, first = dice.pick(_windows(level, _WRONG_PARTS))
    window = list(chain.lines[first : first + _LENGTHS[level]])
    p = passed(state(dice, min(level, 2)))
    # The label stays a letter: with 0 or 1 in it, half of a wrong line may vanish.
    value = evaluate(chain.value, p.read)
    worths = [_worth(line, p) for line in window]
    able = [n for n, worth in enumerate(worths) if worth is not None]
    if len(able) < 3 or able == [0]:
        return None
    at = dice.pick([n for n in able if n > 0])
    choices = []
    for what, changed in mutations(window[at].shown):
        worth = _worth(replace(window[at], shown=changed), p)
        if worth is not None and math.isfinite(worth) and abs(worth - value) > 0.05 * abs(value):
            choices.append((what, changed, worth))
    if not choices:
        return None
    what, changed, worth = dice.pick(choices)
    shown = [changed if n == at else line.shown for n, line in enumerate(window)]
    if len(set(map(latex, shown))) < len(shown):
        return None
    return Problem(
        *(0, 1, 1, "wrong", f"{part}/{chain.name}/{first}/{at}"),
        _asking(
            "Every line should equal {}, and one does not. Which line goes wrong? Type its number.",
            chain.head,
            shown,
        ),
        str(at + 1),
        lines=tuple((str(n + 1), one) for n, one in enumerate(shown)),
        notes=tuple(line.rule for line in window),
        hints=(
            say("From line to line one rule is used. Put numbers in where no derivative is left."),
            say(f"In the wrong line {what} is off."),
            say(f"It is line {at + 1 - (at > 1)} or line {at + 1 + (at <= 1)}.")
            if len(window) > 2
            else Text(),
        ),
        inputs=p.inputs,
        values=MappingProxyType({"right": value, "wrong": worth}),
        part=part,
        chain=chain.name,
        line=_place(part, chain, window[at]),
    )


#: The maker of each kind.
MAKERS: Mapping[str, Maker] = MappingProxyType({"order": _order, "wrong": _wrong})
