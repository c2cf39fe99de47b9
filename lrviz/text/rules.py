"""Update rules as a person reads them: each statement in letters, and with a step's numbers."""

from __future__ import annotations

from collections.abc import Iterator

from lrviz.core.expression import Expression, plain, rate, symbol
from lrviz.text.explanations import equals, slot
from lrviz.training.decay import DECAY_RATES
from lrviz.training.model import PARAMETERS
from lrviz.training.optimizers import OPTIMIZERS, Optimizer, Statement


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
    letters = {"w": own}
    if rule.solve is None and not _defines_gradient(rule):
        letters["g"] = rate(symbol("J"), own)
    for statement in rule.statements:
        shown = statement.right
        if decays and statement.name == "g" and parameter < len(DECAY_RATES):
            shown += DECAY_RATES[parameter]
        yield statement, statement.left.put(letters), shown.put(letters)


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
