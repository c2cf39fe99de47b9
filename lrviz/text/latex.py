r"""The derivation as a LaTeX document that compiles by itself: article and amsmath.

The formulas are the strings of `lrviz.text.derivation`; the numbers, where wanted, are those of
`lrviz.text.substitution`.
"""

from __future__ import annotations

import re

from lrviz.core.expression import latex, symbol
from lrviz.core.graph import Loss
from lrviz.text.derivation import Part, Step, parts, steps
from lrviz.text.numbers import latex_number
from lrviz.text.substitution import Read, evaluate, numeric, point, relation, render

SOURCE = "http://ronny.rest/blog/post_2017_08_12_logistic_regression_derivative/"
_ADDRESS = SOURCE.replace("_", r"\_")

_OPENING = r"""\documentclass{article}
\usepackage{amsmath}
\allowdisplaybreaks
\addtolength{\textwidth}{40mm}
\addtolength{\oddsidemargin}{-20mm}
\begin{document}
"""
_CLOSING = r"""
\end{document}
"""
# Characters of a line of numbers beyond which it is set smaller, to stay on the page.
_LONG = 110


def to_latex(
    part: str | None = None, loss: Loss = "log", read: Read | None = None, i: int = 1
) -> str:
    """A LaTeX document of the whole derivation, or of one part.

    Parameters
    ----------
    part : str, optional
        A key of `lrviz.text.derivation.KEYS`; without it, all of them.
    loss : {"log", "squared"}
        Which loss.
    read : callable, optional
        `Pass.read` of a features view with the same loss; with it, every line is followed by
        the same line in numbers.
    i : {1, 2}
        The feature that the letter i stands for in numbers.

    Raises
    ------
    KeyError
        There is no such part.
    """
    made = parts(loss, i)
    chosen = made.values() if part is None else (made[part],)
    body = [_section(p, read) for p in chosen]
    if read is not None:
        body.insert(0, _state(read, i))
    credit = rf"\medskip\noindent Retold from \texttt{{{_ADDRESS}}}"
    return _OPENING + "\n".join((*body, credit)) + _CLOSING


def _state(read: Read, i: int) -> str:
    names = ("x1", "x2", "w1", "w2", "b", "y", "z", "a")
    values = ", ".join(f"${latex(symbol(n))} = {latex_number(read(f'value.{n}'))}$" for n in names)
    return (
        f"\\noindent Numbers are shown to four significant digits, at {values}. "
        f"In them $i$ is {i}.\n"
    )


def _section(part: Part, read: Read | None) -> str:
    out = [rf"\section*{{{part.title.latex}}}", part.intro.latex]
    out += [rf"\[ {latex(one)} \]" for one in part.wanted]
    rows: list[str] = []
    shown = ""
    for step in steps(part):
        name, title = step.chain.name, step.chain.title
        if name != shown:
            out += _align(rows)
            rows = []
            if title or step.place:
                out.append(rf"\paragraph{{{title or 'Back to the main line'}.}}")
        shown = name
        rows += _rows(step, read)
        if step.line.note:
            out += [*_align(rows), r"\noindent " + step.line.note.latex]
            rows = []
    return "\n".join((*out, *_align(rows))) + "\n"


def _rows(step: Step, read: Read | None) -> list[str]:
    chain, line, place = step
    head = f"{latex(chain.head)} " if place == 0 else ""
    rows = [rf"{head}&= {line.latex} \tag*{{\footnotesize {line.rule.latex}}}"]
    if read is not None:
        filled, value = numeric(line), latex_number(evaluate(chain.value, read))
        shown, ending = value, ""
        if filled is None:
            ending = rf"\text{{ at }} {render(point(line), read)}"
        elif not re.fullmatch(r"\\slot\{[^{}]*\}|\d", filled):
            shown, ending = render(filled, read), f"{relation(chain, line)} {value}"
        if len(shown) > _LONG:  # set smaller, the value on a row of its own
            rows.append(rf"&\qquad \bigl[\; \text{{\scriptsize ${shown}$}} \notag")
            rows.append(rf"&\qquad\quad {ending} \;\bigr] \notag")
        else:
            rows.append(rf"&\qquad \bigl[\; {shown} {ending} \;\bigr] \notag")
    return rows


def _align(rows: list[str]) -> list[str]:
    body = " \\\\\n".join(rows)
    return [f"\\begin{{align}}\n{body}\n\\end{{align}}"] if rows else []
