"""Hints in three steps, and the whole solution: the derivation's lines with a problem's numbers."""

from __future__ import annotations

from urllib.parse import urlencode

from lrviz import settings
from lrviz.core.expression import Expression, Slot, compiled, is_complement, latex, symbol
from lrviz.core.graph import INPUTS
from lrviz.practice import calculated
from lrviz.practice.calculated import passed
from lrviz.practice.judge import equation, exact, markdown
from lrviz.practice.mistakes import Mistake, line_of
from lrviz.practice.problem import Problem
from lrviz.text.derivation import Chain, parts
from lrviz.text.numbers import latex_number
from lrviz.text.substitution import evaluate, numeric, point, relation, render

#: How many hints there are.
HINTS = 3


def hint(problem: Problem, step: int) -> str:
    """Hint number ``step``, 1 to 3, as Markdown: the rule, in symbols, with numbers."""
    if problem.hints:
        return markdown(problem.hints[step - 1])
    if step == 1:
        return markdown(problem.rule)
    assert problem.asked is not None
    assert problem.formula is not None
    if problem.kind == "mean":
        # The formula of a mean has the examples' numbers in it already.
        if step == 2:
            own = latex(symbol("x2" if problem.of == "w2" else "x1"))
            return (
                rf"$\displaystyle {latex(problem.asked)} = \frac{{1}}{{3}}\sum (a - y)\cdot {own}$"
            )
        return f"${latex(problem.asked)} \\approx {latex(problem.formula)}$"
    right = latex(problem.formula, _slot(problem) if step == HINTS else None)
    if step == HINTS and not problem.formula.symbols:
        right = latex(problem.formula)
    return f"${latex(problem.asked)} {_sign(problem, step)} {right}$"


def _sign(problem: Problem, step: int) -> str:
    """What a hint has between what is asked and how it is computed."""
    assert isinstance(problem.key, float)
    assert problem.formula is not None
    if problem.kind == "saturation":
        return r"\approx"
    if step == HINTS:
        shown = (problem.key, *(problem.values[name] for name in problem.formula.symbols))
        return "=" if all(map(exact, shown)) else r"\approx"
    return r"\leftarrow" if problem.kind == "step" else "="


def _estimate(problem: Problem) -> str:
    """The third hint with the number that its estimate comes to, where that is not its own."""
    assert problem.formula is not None
    names = tuple(problem.values)
    worth = float(compiled(problem.formula, names)(*problem.values.values()))
    text, shown = hint(problem, HINTS), latex_number(worth)
    return text if text.endswith(f" {shown}$") else rf"{text[:-1]} \approx {shown}$"


def _slot(problem: Problem) -> Slot:
    def shown(e: Expression, mark: str) -> str | None:
        if is_complement(e) and "a" in problem.values:
            return latex_number(1 - problem.values["a"])
        if e.kind != "symbol" or e.parts[0] not in problem.values:
            return None
        text = latex_number(problem.values[e.parts[0]])
        return f"({text})" if mark == "(" and "-" in text else text

    return shown


def solution(problem: Problem) -> list[str]:
    """The whole solution as Markdown, line by line."""
    out = []
    if isinstance(problem.key, float):
        if problem.kind != "mean":
            out.append(hint(problem, 2))
        if problem.kind == "saturation":
            out += [_estimate(problem), f"Computed: **{equation(problem)}**"]
        else:
            out += [*_forward(problem), hint(problem, HINTS), f"**{equation(problem)}**"]
    else:
        out.append(f"**{' '.join(problem.key)}**")
    return [*out, *derivation(problem)]


def _forward(problem: Problem) -> list[str]:
    """Where a is needed and not given: how it is computed, and z before it if that is not given."""
    assert problem.formula is not None
    letters = problem.letters
    if "a" in letters or "a" not in problem.formula.symbols or not _has_state(problem):
        return []
    made = (calculated.value(passed(problem.inputs), name, strict=False) for name in ("z", "a"))
    return [_worked(one) for one in made if one and one.variant not in letters]


def _worked(problem: Problem) -> str:
    """The third hint and what it comes to."""
    assert isinstance(problem.key, float)
    sign = "=" if exact(problem.key) else r"\approx"
    return f"{hint(problem, HINTS)[:-1]} {sign} {latex_number(problem.key)}$"


def _has_state(problem: Problem) -> bool:
    """Whether a problem is of one state that the source post knows: y is 0 or 1."""
    return bool(problem.inputs) and problem.inputs.get("y") in (0.0, 1.0) and not problem.rows


def chain_of(problem: Problem) -> Chain:
    """The chain of the derivation that a problem is about."""
    made = parts(i=2 if problem.of == "w2" else 1)[problem.part]
    return next(chain for chain in made.chains if chain.name == problem.chain)


def derivation(problem: Problem) -> list[str]:
    """The chain's lines with their rules, and with numbers where the problem has one state."""
    chain = chain_of(problem)
    lines = chain.lines
    if problem.kind in ("order", "wrong"):
        first, count = int(problem.variant.split("/")[2]), len(problem.lines)
        lines = lines[first : first + count]
    p = passed(problem.inputs) if _has_state(problem) else None
    out, before = [], ""
    for n, line in enumerate(lines):
        head = f"{latex(chain.head)} = " if n == 0 else "= "
        out.append(rf"$\displaystyle {head}{line.latex}$ · {markdown(line.rule)}")
        if p is None:
            continue
        filled, value = numeric(line), latex_number(evaluate(chain.value, p.read))
        if filled is None:
            out[-1] += f"  \n at ${render(point(line), p.read)}$"
        elif (shown := render(filled, p.read)) not in (value, before):
            out[-1] += f"  \n ${shown} {relation(chain, line)} {value}$"
            before = shown
    return out


def graph_link(problem: Problem, mistake: Mistake | None = None) -> str:
    """The query of the Graph page with a problem's numbers, at the line that settles it.

    A label between 0 and 1 is shown there as the nearer of the two.
    """
    state = settings.defaults(settings.GRAPH)
    for name in INPUTS:
        if name in problem.inputs:
            value = problem.inputs[name]
            state[name] = round(value) if name == "y" else value
    state |= {"of": problem.of, "view": problem.view}
    if mistake is None:
        state |= {"part": problem.part, "line": problem.line}
    else:
        state |= {"part": mistake.part, "line": line_of(mistake.part, mistake.rule)}
    return urlencode(settings.encode(settings.GRAPH, state), safe=",-")
