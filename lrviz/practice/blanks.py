"""Blanks on the Graph page: where a link leaves a number or a formula out, an answer is judged.

The problems, their mistakes and the judge are those of Practice; what is asked is the state that
is on screen. A verdict says no more than the link shows: a mistake whose words would tell a
formula that is left out is named by the place it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lrviz.core.expression import Expression, compiled, plain, rate, symbol
from lrviz.core.graph import INPUTS, Graph, Pass, differentiate
from lrviz.core.ops import LOSS, OPS, RESIDUAL
from lrviz.core.symbols import MARKS
from lrviz.hiding import COMPONENTS
from lrviz.practice import calculated
from lrviz.practice.answer import AnswerError, evaluate, read
from lrviz.practice.calculated import OTHER, L, X, a, y, z
from lrviz.practice.judge import NEARLY, NONE_FITS, key_said, nearly
from lrviz.practice.mistakes import MISTAKES, Mistake, line_of
from lrviz.practice.problem import Problem, Wrong, apart, close
from lrviz.text.prose import NOTHING
from lrviz.text.withheld import Withheld, withheld

#: Where a typed formula is compared with the right one, in place of the inputs on screen: there
#: no two of the known formulas agree.
_ELSEWHERE = (
    {"x1": 1.37, "x2": 2.11, "w1": 0.53, "w2": -0.29, "b": 0.17, "y": 1},
    {"x1": -0.83, "x2": 0.67, "w1": 1.21, "w2": 0.91, "b": -0.43, "y": 0},
    {"x1": 2.23, "x2": -1.19, "w1": -0.71, "w2": 0.37, "b": 0.61, "y": 1},
)
_UP = OPS["squared_error"].rates[0]
#: Words of a mistake that would tell the formula of a component.
_TELLS = {
    "1": "divides|one over|logarithm counts",
    "2": "1 − a|two factors",
    "3": "a − y|y − a|cancels",
    "4": "feature|xᵢ",
    "5": "is 1|simply added",
}


def spec(graph: Graph, of: str, shown: Withheld) -> dict[str, Any]:
    """What the browser asks for: no answer is in it.

    Returns
    -------
    dict
        ``names``: quantity to what it is called; ``formulas``: those that are left out, each with
        its key, its number and its symbol.
    """
    names = {key: _name(graph, key) for key in sorted(shown.keys) if _askable(graph, key)}
    symbols = {
        "1": rate(L, a),
        "2": rate(a, z),
        "3": rate(L, z),
        "4": rate(z, symbol("w2" if of == "w2" else "w1")),
        "5": rate(z, symbol("b")),
    }
    formulas = [
        {"key": f"formula.{n}", "mark": COMPONENTS[n][0], "symbol": plain(symbols[n])}
        for n in sorted(shown.formulas)
    ]
    return {"names": names, "formulas": formulas}


def _askable(graph: Graph, key: str) -> bool:
    kind, name, *_ = key.split(".")
    # What a token carries, and what stands in a table of data, is not asked for.
    if kind not in ("value", "local", "adjoint"):
        return False
    return str(graph.nodes[name.split("-")[0]]["role"]) != "data"


def _name(graph: Graph, key: str) -> str:
    return plain(_asked(graph, key))


def _asked(graph: Graph, key: str) -> Expression:
    """What a key is, in letters."""
    kind, name, *index = key.split(".")
    if kind == "value":
        return symbol(name)
    way = name.split("-")
    by = symbol(_input(way[0], index))
    return rate(symbol("L" if kind == "adjoint" else way[-1]), by)


def _input(name: str, index: list[str]) -> str:
    """The letter that a part of a vector is: w.0 is w1."""
    return name + str(int(index[0]) + 1) if index else name


def answer(key: str, typed: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of an answer, as the browser is given it.

    Parameters
    ----------
    key : str
        A quantity, or "formula.2".
    typed : str
        Anything.
    state : mapping
        The fields of the Graph page.

    Returns
    -------
    dict
        ``key``; ``right``: None where it cannot be read or is not asked for; ``said``;
        ``lines``: of each mistake its sentence and, where the link shows it, its part and line.
    """
    shown = withheld(state["view"], state["loss"], state["hide"])
    made: dict[str, Any] = {"key": key, "right": None, "said": "", "lines": []}
    component = key.removeprefix("formula.")
    try:
        if component != key and component in shown.formulas:
            right, wrong = _formula(component, typed, state)
            equation, what = "", "formula"
        elif key in shown.keys:
            inputs = {name: state[name] for name in INPUTS}
            p = differentiate(**inputs, view=state["view"], loss=state["loss"])
            if not _askable(p.graph, key):
                return made
            problem = _given(blank(p, key), shown)
            value = evaluate(read(typed, problem.letters), problem.letters)
            right, wrong = _judged(problem, value)
            if not right and nearly(problem, value):
                return made | {"said": NEARLY}
            equation, what = key_said(problem), "number"
        else:
            return made
    except AnswerError as error:
        return made | {"said": str(error)}
    if right:
        return made | {"right": True, "said": f"Right: {equation}." if equation else "Right."}
    return made | {"right": False} | _said(what, wrong, state["loss"], shown)


def blank(p: Pass, key: str) -> Problem:
    """The problem that a quantity of a pass is; its letters are all that the pass has."""
    kind, name, *index = key.split(".")
    way = name.split("-")
    two = p if p.view == "features" else differentiate(**p.inputs, loss=p.loss)  # type: ignore[arg-type]
    ends = (_input(way[0], index), way[-1])
    found = _known(two, kind, ends, p) if p.loss == "log" else _squared(two, kind, ends, p)
    if found is None:
        # An operation on the way: its number, and the sign that may be wrong.
        value = float(p.read(key))
        wrongs = (Wrong("sign", -value),) if apart(-value, value) else ()
        found = Problem(0, 1, 1, "read", key, NOTHING, value, wrongs=wrongs)
    letters = {**p.inputs, **{one: float(two.values[one]) for one in ("z", "a", "L")}}
    own = float(p.read(key))
    return replace(
        found, asked=_asked(p.graph, key), key=own, given=tuple(letters.items()), inputs=p.inputs
    )


def _known(two: Pass, kind: str, ends: tuple[str, str], p: Pass) -> Problem | None:
    """One of the problems of Practice, under log loss."""
    first = ends[0]
    if kind == "value":
        return calculated.value(two, first, strict=False) if first in ("z", "a", "L") else None
    if kind == "adjoint":
        if first in X:
            return calculated.chain(two, first, strict=False)
        if first == "z":
            return calculated.residual(two, strict=False)
        return calculated.local(two, ("a", "L"), strict=False) if first == "a" else None
    # The way of a weight to z, or its first step: both are its feature.
    edge = ("b", "z") if first == "b" else (first, "z") if first in X else ends
    return calculated.local(two, edge, strict=False) if edge in two.locals else None


def _squared(two: Pass, kind: str, ends: tuple[str, str], p: Pass) -> Problem | None:
    """The same under squared error, whose residual keeps a(1 − a)."""
    first = ends[0]
    delta = RESIDUAL["squared"]
    wrongs: list[tuple[str, Expression]]
    if kind == "value" and first == "L":
        return _listed(
            two, [("sign", -LOSS["squared"]), ("label", LOSS["squared"].put({"y": 1 - y}))]
        )
    if kind == "adjoint" and first in X:
        wrongs = [("sign", -(delta @ X[first])), ("slope", _UP @ X[first])]
        if first != "b":
            wrongs += [("feature", delta), ("stopped", delta), ("other", delta @ OTHER[first])]
        return _listed(two, wrongs)
    if kind == "adjoint" and first == "z":
        return _listed(two, [("sign", -delta), ("swapped", -delta), ("slope", _UP)])
    if (kind, first) == ("adjoint", "a") or ends == ("a", "L"):
        return _listed(two, [("sign", y - a), ("swapped", y - a), ("kept", delta)])
    return _known(two, kind, ends, p)


def _listed(two: Pass, wrongs: list[tuple[str, Expression]]) -> Problem:
    values = {**two.inputs, **{one: float(two.values[one]) for one in ("z", "a", "L")}}

    def worth(e: Expression) -> float:
        return float(compiled(e, tuple(values))(*values.values()))

    found = tuple(Wrong(name, worth(e), e) for name, e in wrongs)
    return Problem(0, 1, 1, "chain", "", NOTHING, 0.0, wrongs=found)


def _given(problem: Problem, shown: Withheld) -> Problem:
    """The problem with the letters that the link shows: what is asked for is none of them."""
    given = tuple(
        (name, value)
        for name, value in problem.given
        if name in INPUTS or shown.number(f"value.{name}")
    )
    return replace(problem, given=given)


def _judged(problem: Problem, value: float) -> tuple[bool, tuple[str, ...]]:
    """Whether a number is right, and the mistakes that make it."""
    assert isinstance(problem.key, float)
    if close(value, problem.key):
        return True, ()
    told = (one for one in problem.wrongs if apart(one.value, problem.key))
    return False, tuple(dict.fromkeys(one.mistake for one in told if close(value, one.value)))


def _formula(number: str, typed: str, state: Mapping[str, Any]) -> tuple[bool, tuple[str, ...]]:
    """Whether a formula is right, by its numbers at states in general position."""
    key = {
        "1": "local.a-L",
        "2": "local.z-a",
        "3": "adjoint.z",
        "4": f"local.{'w2' if state['of'] == 'w2' else 'w1'}-z",
        "5": "local.b-z",
    }[number]
    verdicts = []
    for inputs in _ELSEWHERE:
        p = differentiate(**inputs, loss=state["loss"])  # type: ignore[arg-type]
        problem = blank(p, key)
        value = evaluate(read(typed, problem.letters), problem.letters)
        verdicts.append(_judged(problem, value))
    right = all(one for one, _ in verdicts)
    common = [name for name in verdicts[0][1] if all(name in wrong for _, wrong in verdicts)]
    return right, tuple(common)


def _said(what: str, wrong: tuple[str, ...], loss: str, shown: Withheld) -> dict[str, Any]:
    """The mistakes by their names, or, where those would tell a formula, by their places."""
    named = [MISTAKES[name] for name in wrong]
    if not named:
        return {"said": NONE_FITS.removesuffix(", so none is guessed: a hint may help.") + "."}
    quiet = [_place(one) for one in named if not _may(one, shown)]
    names = [one.name for one in named if _may(one, shown)]
    names += [f"a known mistake at {place}" for place in dict.fromkeys(quiet)]
    if len(names) == 1:
        said = f"Not yet. This {what} comes of a mistake: {names[0]}."
    else:
        listed = f"{', '.join(names[:-1])} or {names[-1]}"
        said = f"Not yet. {len(names)} mistakes make this same {what}: {listed}."
    lines = [
        {"said": one.sentence if _may(one, shown) else "", **_line(one, loss, shown)}
        for one in named
    ]
    return {"said": said, "lines": [one for one in lines if one["said"] or one["part"]]}


def _place(mistake: Mistake) -> str:
    return MARKS[int(mistake.part) - 1] if mistake.part.isdigit() else "what is left out"


def _may(mistake: Mistake, shown: Withheld) -> bool:
    """Whether a mistake's words tell no formula that is left out."""
    if not shown.formulas:
        return True
    said = f"{mistake.name} {mistake.sentence}"
    return not any(re.search(_TELLS[one], said) for one in shown.formulas)


def _line(mistake: Mistake, loss: str, shown: Withheld) -> dict[str, Any]:
    """Where the derivation settles it, if the link shows that part and the loss has the line."""
    if not shown.part(mistake.part):
        return {"part": "", "line": 0}
    try:
        return {"part": mistake.part, "line": line_of(mistake.part, mistake.rule, loss)}  # type: ignore[arg-type]
    except LookupError:
        return {"part": "", "line": 0}
