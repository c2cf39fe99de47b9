r"""The derivation's lines with numbers in them.

`numeric` writes a line with a slot for every letter, ``\slot{value.a}``; whoever draws it fills
them, in Python with `render`, in the browser with marked elements. A slot ``\slot{(value.z)}``
takes parentheses around anything with a minus sign in it.

Two choices keep the shown numbers true. 1 - a is one slot, ``complement.a``: subtracting a
rounded a from 1 would lose its digits long before float64 does. And the value after a line
is always the chain's, computed from what loses no digits, never from the shown digits:
`relation` writes ≈ there unless equality is certain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from lrviz.core.expression import Expression, compiled, is_complement, latex, symbol
from lrviz.core.graph import build
from lrviz.core.numerics import SUBTRACTION_FAILS
from lrviz.text.derivation import Chain, Line
from lrviz.text.explanations import key
from lrviz.text.numbers import DIGITS, latex_number

Read = Callable[[str], float]  #: `lrviz.core.graph.Pass.read` of a features view

#: A slot: groups ``open`` (a parenthesis or nothing) and ``key``.
SLOT = re.compile(r"\\slot\{(?P<open>\()?(?P<key>[\w.\-]+)\)?\}")
#: Below this z, the square of 1 + e^-z leaves float64.
SQUARE_OVERFLOWS = -354.0

# Quantities that are the same number: dz/db is 1, so dL/db is dL/dz.
_SAME = {"adjoint.b": "adjoint.z"}


@cache
def _compiled(value: Expression) -> Callable[..., float]:
    return compiled(value)


def evaluate(value: Expression, read: Read) -> float:
    """The number of a `Chain.value`, from the values of a pass."""
    return _compiled(value)(*(read(f"value.{name}") for name in value.symbols))


def known(e: Expression) -> bool:
    """Whether a pass has the number of a rate: ∂a/∂z, but not ∂g/∂a of a local name."""
    of, by = (part.symbols[0] for part in e.children)
    return build().has_edge(by, of) or (of == "L" and by in build())


def to_take(line: Line) -> list[Expression]:
    """The derivatives of a line that are still to be taken."""
    return [
        node
        for node in line.meant.walk()
        if node.kind == "derivative" or (node.kind == "rate" and not known(node))
    ]


@cache
def numeric(line: Line) -> str | None:
    """The displayed LaTeX of a line with slots for its letters.

    None when a derivative is still to be taken on the line: a number cannot stand for the
    letter one differentiates by. `point` then says where the line is evaluated.
    """
    return None if to_take(line) else latex(line.meant, _slot)


def _slot(e: Expression, mark: str) -> str:
    if e.kind == "symbol" and e.parts[0] in ("w", "x"):
        return f"({', '.join(_slot(symbol(f'{e.parts[0]}{n}'), '') for n in (1, 2))})"
    found = key(build(), e)
    return rf"\slot{{({found})}}" if mark == "(" else rf"\slot{{{found}}}"


def point(line: Line) -> str:
    r"""Where a line that `numeric` leaves alone is evaluated: ``a = \slot{value.a}``."""
    (letter,) = {node.children[node.kind == "rate"].symbols[0] for node in to_take(line)}
    return rf"{latex(symbol(letter))} = \slot{{value.{letter}}}"


@cache
def relation(chain: Chain, line: Line) -> str:
    r"""What stands between a line's numbers and its value: ``=`` or ``\approx``.

    ``=`` only where it is certain in every state: the line has no number in it but the value
    itself, and constants. Nearly half of all products of rounded factors miss the rounded
    product in the last digit, and which ones changes with every frame.
    """
    keys = {match["key"] for match in SLOT.finditer(numeric(line) or r"\slot{none}")}
    shown = {_SAME.get(one, one) for one in keys - {"local.b-z"}}
    return "=" if shown <= {_SAME.get(one, one) for one in _keys(chain, line)} else r"\approx"


def _keys(chain: Chain, line: Line) -> set[str]:
    """The quantities that are the chain's value: as its head names it, and as it is computed."""
    head = Line(chain.head, line.rule, i=line.i).meant
    return {key(build(), e) for e in (head, chain.value) if e.kind in _NAMED or is_complement(e)}


_NAMED = ("symbol", "rate")


class PrecisionLoss(NamedTuple):
    """When float64 loses a line: ``side`` is ">" or "<", beyond ``limit``; what to say."""

    side: str
    limit: float
    sentence: str

    def holds(self, z: float) -> bool:
        """Whether z is beyond the limit."""
        return z > self.limit if self.side == ">" else z < self.limit


@cache
def precision_losses(line: Line) -> tuple[PrecisionLoss, ...]:
    """When float64, evaluating the line as it is written, may lose digits that are shown.

    The value shown is right all the same: it comes from σ(z) and σ(-z) computed apart. The
    sentences are templates for `lrviz.text.numbers.fill`.
    """
    if to_take(line):
        return ()
    at, ending = (
        "At z = {value.z}, ",
        "; the value shown comes from σ(z) and σ(−z), which lose nothing.",
    )
    found = []
    for holds, side, limit, said in (
        (_squares, "<", SQUARE_OVERFLOWS, "the square in this line leaves the range of float64"),
        (
            _subtracts,
            ">",
            SUBTRACTION_FAILS,
            "a is so close to 1 that the subtraction in this line loses its digits in float64",
        ),
        (
            lambda e: e.kind == "log",
            "<",
            -SUBTRACTION_FAILS,
            "1 − a is so close to 1 that its log loses its digits in float64",
        ),
    ):
        if any(map(holds, line.meant.walk())):
            found.append(PrecisionLoss(side, limit, at + said + ending))
    return tuple(found)


def _squares(e: Expression) -> bool:
    return e.kind == "pow" and abs(e.children[1].parts[0]) == 2


def _subtracts(e: Expression) -> bool:
    # 1 − a, a − y however written, or the numerator of 1 − a before it is simplified.
    return e.kind == "sub" and not {"a", "z"}.isdisjoint(e.symbols)


def render(template: str, read: Read, digits: int = DIGITS) -> str:
    """LaTeX with its slots filled."""

    def write(match: re.Match[str]) -> str:
        text = latex_number(read(match["key"]), digits)
        # Not only a leading sign: near 1, a itself is written 1-4.248e-18.
        return f"({text})" if match["open"] and "-" in text.split("^")[0] else text

    return SLOT.sub(write, template)
