"""Whether a typed answer is right, and which known mistakes make the number that was typed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from lrviz.core.expression import Expression, latex, plain
from lrviz.core.symbols import MARKS
from lrviz.practice.answer import LONGEST, AnswerError, evaluate, read
from lrviz.practice.mistakes import MISTAKES, Mistake
from lrviz.practice.problem import TOLERANCE, Problem, close, in_two_digits
from lrviz.text.numbers import latex_number, number
from lrviz.text.prose import Text

#: What is said of the tolerance.
STATED = f"An answer counts as right within {TOLERANCE:.0%} of the exact one.".replace("%", " %")
#: Said of the right number with fewer digits than that takes; such an answer does not count.
NEARLY = "Nearly: this is right to two digits. Give a third one. " + STATED
NONE_FITS = (
    "This is not it. It is none of the mistakes that are known here, so none is guessed: a hint "
    "may help."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of an answer.

    Attributes
    ----------
    right : bool or None
        None where the answer could not be read, or has too few digits to tell.
    sentence : str
        Plain text, with LaTeX between dollar signs.
    mistakes : tuple of Mistake
        Those that make this number.
    value : float or None
        The number that was typed.
    """

    right: bool | None
    sentence: str
    mistakes: tuple[Mistake, ...] = ()
    value: float | None = None


def judge(problem: Problem, typed: str) -> Verdict:
    """What is to be said of an answer, whatever was typed."""
    if len(typed) > LONGEST:
        return Verdict(None, f"This is too long: an answer has at most {LONGEST} characters.")
    if problem.kind == "order":
        return _order(problem, typed)
    if problem.kind == "wrong":
        return _line(problem, typed)
    try:
        value = evaluate(read(typed, problem.letters), problem.letters)
    except AnswerError as error:
        return Verdict(None, str(error))
    return _value(problem, value)


def _value(problem: Problem, value: float) -> Verdict:
    assert isinstance(problem.key, float)
    if close(value, problem.key):
        return Verdict(True, f"Right: {equation(problem)}.", value=value)
    if nearly(problem, value):
        return Verdict(None, NEARLY, value=value)
    found = dict.fromkeys(one.mistake for one in problem.wrongs if close(value, one.value))
    named = tuple(MISTAKES[mistake] for mistake in found)
    if not named:
        return Verdict(False, NONE_FITS, value=value)
    names = [f"**{one.name}**" for one in named]
    if len(names) == 1:
        said = f"Not yet. This number comes of a mistake: {names[0]}."
    else:
        listed = ", ".join(names[:-1]) + f" or {names[-1]}"
        said = f"Not yet. {len(names)} mistakes make this same number: {listed}."
    return Verdict(False, said, named, value)


def nearly(problem: Problem, value: float) -> bool:
    """Whether a number that is not right is the right one in two digits, and no mistake's own."""
    assert isinstance(problem.key, float)
    own = any(math.isclose(value, one.value, rel_tol=1e-9) for one in problem.wrongs)
    return in_two_digits(value, problem.key) and not own


def _order(problem: Problem, typed: str) -> Verdict:
    key = str(problem.key)
    given = re.sub(r"[\s,;.>→-]", "", typed).upper()
    if sorted(given) != sorted(key):
        wanted = " ".join(sorted(key))
        return Verdict(None, f"Type each of the letters {wanted} once, in the order of the rules.")
    if given == key:
        return Verdict(True, f"Right: {' '.join(key)}.")
    at = next(n for n in range(len(key)) if given[n] != key[n])
    rule = markdown(problem.notes[at])
    good = "The first one is wrong" if at == 0 else f"The first {at} stand right" if at > 1 else (
        "The first one stands right"
    )  # fmt: skip
    if given == key[::-1]:
        good = "This is the order from the last to the first"
    return Verdict(
        False, f"Not yet. {good}; line {given[at]} is not what rule {at + 1} makes: {rule}."
    )


def _line(problem: Problem, typed: str) -> Verdict:
    count = len(problem.lines)
    found = re.fullmatch(r"\s*(?:line\s*)?([1-9])\.?\s*", typed, re.ASCII | re.IGNORECASE)
    if not found or int(found[1]) > count:
        return Verdict(None, f"Type the number of a line, 1 to {count}.")
    at = int(found[1])
    rule = markdown(problem.notes[at - 1])
    # Of a side calculation nothing stands on the page.
    rule = "" if "side calculation" in rule else f" Its rule is: {rule}."
    if found[1] == problem.key:
        right, wrong = (latex_number(problem.values[name]) for name in ("right", "wrong"))
        return Verdict(
            True,
            f"Right: line {at} comes to ${wrong}$ where the others come to ${right}$, with the "
            f"numbers of this problem.{rule}",
        )
    return Verdict(False, f"Not yet. Line {at} is right.{rule}")


def exact(value: float) -> bool:
    """Whether the digits that are shown of a number are all that it has."""
    return float(f"{value:.4g}") == value


def equation(problem: Problem) -> str:
    """What is asked and its number, in LaTeX between dollar signs."""
    assert isinstance(problem.key, float)
    assert problem.asked is not None
    shown = latex_number(problem.key)
    sign = "=" if exact(problem.key) else r"\approx"
    return f"${latex(problem.asked)} {sign} {shown}$"


def key_said(problem: Problem) -> str:
    """The key on a line of plain Unicode."""
    if not isinstance(problem.key, float):
        return " ".join(problem.key)
    assert problem.asked is not None
    sign = "=" if exact(problem.key) else "≈"
    return f"{plain(problem.asked)} {sign} {number(problem.key)}"


def markdown(text: Text) -> str:
    """Text with its formulas between dollar signs, and results numbered as on the Graph page."""
    return "".join(map(_shown, text.pieces))


def _shown(piece: str | Expression) -> str:
    if isinstance(piece, str):
        return piece
    return plain(piece) if plain(piece) in MARKS else f"${latex(piece)}$"
