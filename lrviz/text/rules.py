"""Update rules as a person reads them: each statement in letters, and with a step's numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from lrviz.core.expression import Expression, latex, number, plain, rate, simplified, symbol
from lrviz.core.ops import RESIDUAL
from lrviz.text.explanations import equals, slot
from lrviz.training.decay import DECAY, DECAY_RATES
from lrviz.training.model import PARAMETERS
from lrviz.training.optimizers import OPTIMIZERS, Optimizer, Statement


class Line(NamedTuple):
    """One statement: in letters, with the numbers of a step as a template, and as LaTeX."""

    letters: str
    numbers: str
    latex: str


def written(opt: str, parameter: int, rows: int, *, decays: bool = False) -> list[Line]:
    """What is minimized, its slope for one parameter, and the rule that goes against it.

    Parameters
    ----------
    opt : str
    parameter : {0, 1, 2}
    rows : int
        How many examples J is the mean of.
    decays : bool
        Whether the weights decay.
    """
    typeset = (
        f"{_latex(left)} {_SIGNS[statement.sign]} {_latex(right)}"
        for statement, left, right in _sides(opt, parameter, decays=decays)
    )
    lines = rule_lines(opt, parameter, decays=decays)
    rule = [Line(*line, shown) for line, shown in zip(lines, typeset, strict=True)]
    return [*_defined(parameter, rows, decays), *rule]


#: One line each, so that curve and surface keep their height.
_latex = partial(latex, flat=True)
_SIGNS = {"←": r"\leftarrow", "=": "="}


def _defined(parameter: int, rows: int, decays: bool) -> list[Line]:
    """J and its slope: means over the examples, and what a weight decay adds to them."""
    own, loss = symbol(PARAMETERS[parameter]), symbol("J")
    each = simplified(RESIDUAL["log"] @ _multiplier(parameter))
    of = f"the {rows} examples" if rows > 1 else "the one example"
    pull = _pull(parameter) if decays else None
    return [
        _mean(loss, symbol("L"), DECAY if decays else None, "{~loss} {loss}", f" over {of}"),
        _mean(rate(loss, own), each, pull, "{~slope} {slope}"),
    ]


def _multiplier(parameter: int) -> Expression:
    """What a parameter is multiplied by in z."""
    return (symbol("x1"), symbol("x2"), number(1))[parameter]


def _pull(parameter: int) -> Expression | None:
    """What a weight decay adds to the slope; nothing for b."""
    return dict(enumerate(DECAY_RATES)).get(parameter)


def _mean(
    left: Expression, each: Expression, added: Expression | None, numbers: str, over: str = ""
) -> Line:
    def written(show: Callable[[Expression], str], words: str) -> str:
        inner = f"({show(each)})" if each.kind == "sub" else show(each)
        more = f" + {show(added)}" if added is not None else ""
        ending = words.format(over) if over else ""
        return f"{show(left)} = {words.format('mean of ')}{inner}{ending}{more}"

    return Line(written(plain, "{}"), numbers, written(_latex, r"\text{{{}}}"))


def rule_lines(opt: str, parameter: int, *, decays: bool = False) -> list[tuple[str, str]]:
    """One update rule for one parameter, 0, 1 or 2: (letters, template of numbers) per line.

    Where the weights decay, a gradient that is written out has that term too.

    The templates' slots are read with `lrviz.training.walk.Step.read`.
    """
    lines, new = [], set[str]()
    for statement, left, right in _sides(opt, parameter, decays=decays):
        letters = f"{plain(left)} {statement.sign} {plain(right)}"
        lines.append((letters, _numbers(OPTIMIZERS[opt], statement, new)))
        new.add(statement.name)
    return lines


def _sides(
    opt: str, parameter: int, *, decays: bool
) -> Iterator[tuple[Statement, Expression, Expression]]:
    """The statements of a rule with both sides as they are written for one parameter."""
    rule = OPTIMIZERS[opt]
    own = symbol(PARAMETERS[parameter])
    letters = {"w": own, "x": _multiplier(parameter)}
    if rule.solve is None and not _defines_gradient(rule):
        letters["g"] = rate(symbol("J"), own)
    for statement in rule.statements:
        shown = statement.right.put(letters)
        if statement.name == "g":
            pull = _pull(parameter) if decays else None
            shown = simplified(shown) if pull is None else simplified(shown) + pull
        yield statement, statement.left.put(letters), shown


def _defines_gradient(rule: Optimizer) -> bool:
    return any(statement.name == "g" for statement in rule.statements)


def _numbers(rule: Optimizer, statement: Statement, new: set[str]) -> str:
    """A statement in numbers; the letters in ``new`` have their values of this step already."""
    if statement.sign == "=":
        return "d {~d} {d}, δ {~delta} {delta}"
    if statement.name == "g":
        return "{~g} {g}"

    def shown(e: Expression, mark: str) -> str | None:
        name = e.symbols[0]
        if name == "epsilon":
            return None
        key = f"{name}_before" if name in rule.keeps and name not in new else name
        return slot(key, mark)

    text = plain(statement.right, shown)
    total = "{after}" if statement.name == "w" else f"{{{statement.name}}}"
    return f"{equals(text)} {text} {equals(text, total)} {total}"
