r"""The derivation's lines with numbers in them, made from the displayed LaTeX itself.

`numeric` turns a line's symbols into slots, ``\slot{value.a}``; whoever draws it fills them,
in Python with `render`, in the browser with one regular expression, `SLOT`. A slot
``\slot{(value.z)}`` takes parentheses around anything with a minus sign in it.

Two choices keep the shown numbers true. 1 - a is one slot, ``complement.a``: subtracting a
rounded a from 1 would lose its digits long before float64 does. And the value after a line
is always the chain's, from the stable pass, never a re-evaluation of the shown digits:
`relation` writes ≈ there unless equality is certain.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from lrviz.core.graph import SYMBOLS, build
from lrviz.text.derivation import NAMES, Chain, Expression, Line
from lrviz.text.numbers import DIGITS, MINUS, fill, number

Read = Callable[[str], float]  #: `lrviz.core.graph.Pass.read` of a features view

#: A slot: groups ``open`` (a parenthesis or nothing) and ``key``.
SLOT = re.compile(r"\\slot\{(?P<open>\()?(?P<key>[\w.\-]+)\)?\}")
#: Beyond this |z|, float64 drops digits that are shown when 1 - a is computed by subtraction.
SATURATED = 26.0
#: Below this z, the square of 1 + e^-z leaves float64.
OVERFLOWS = -354.0

_OPERATORS: Mapping[str, Callable[[float, float], float]] = MappingProxyType(
    {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
)
_PARTIAL = r"\\frac\{\\partial (?P<of>\w+)\}\{\\partial (?P<by>\w+)\}"
_COMPLEMENT = r"(?P<complement>\(1 - a\)|1 - a)"
_TOKEN = re.compile(rf"{_PARTIAL}|{_COMPLEMENT}|\\[A-Za-z]+|(?P<symbol>[a-zA-Z](?:_[12i])?)")
_NAME = re.compile(rf"\\[A-Za-z]+|(?P<name>[{''.join(NAMES)}])(?![A-Za-z])")
# Quantities that are the same number: dz/dw_i is x_i, and dz/db is 1, so dL/db is dL/dz.
_SAME = {"local.w1-z": "value.x1", "local.w2-z": "value.x2", "adjoint.b": "adjoint.z"}
_PLAIN_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_ADJACENT = re.compile(r"(?<=[}\d)])\s*(?=\\slot|\(|\\left\(|\\log|\\frac|\\sigma)")


def evaluate(expression: Expression, read: Read) -> float:
    """The number of a `Chain.value`, from the quantities of a pass."""
    if isinstance(expression, str):
        return read(expression)
    if isinstance(expression, tuple):
        sign, left, right = expression
        return _OPERATORS[sign](evaluate(left, read), evaluate(right, read))
    return expression


@cache
def numeric(line: Line) -> str | None:
    """The displayed LaTeX of a line with slots for its symbols.

    None when a derivative is still to be taken on the line: a number cannot stand for the
    letter one differentiates by. `point` then says where the line is evaluated.
    """
    text = _NAME.sub(_spelt, line.latex)

    def slot(match: re.Match[str]) -> str:
        before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
        alone = before[-1:] in ("", *"{([,") and (
            after[:1] in ("", *"})]+-,") or after.startswith(r"\right")
        )
        if match["of"]:
            key = _partial(_name(match["of"], line), _name(match["by"], line))
            return _slot(key, alone) if key else match[0]
        if match["complement"]:
            return _argument("complement.a", before)
        symbol = match["symbol"]
        if symbol in (None, "e"):
            return match[0]
        if symbol in "wx":
            return f"({', '.join(_slot(f'value.{symbol}{n}', True) for n in (1, 2))})"
        key = f"value.{_name(symbol, line)}"
        return _argument(key, before) if before.endswith(r"\log") else _slot(key, alone)

    filled = _ADJACENT.sub(r" \\cdot ", _TOKEN.sub(slot, text))
    if r"\partial" in filled:
        return None
    return filled.replace(r"_{\slot", r"_{\approx \slot")  # the brace holds a rounded product


def point(line: Line) -> str:
    r"""Where a line that `numeric` leaves alone is evaluated: ``a = \slot{value.a}``."""
    by = (
        _name(re.findall("[az]", NAMES[v])[0] if v in NAMES else v, line)
        for v in re.findall(r"\}\{\\partial (\w+)\}", line.latex)
    )
    return r",\; ".join(rf"{SYMBOLS[v]} = \slot{{value.{v}}}" for v in dict.fromkeys(by))


@cache
def relation(chain: Chain, line: Line) -> str:
    r"""What stands between a line's numbers and its value: ``=`` or ``\approx``.

    ``=`` only where it is certain in every state: the line has no number in it but the value
    itself, and constants. Nearly half of all products of rounded factors miss the rounded
    product in the last digit, and which ones changes with every frame.
    """
    keys = {match["key"] for match in SLOT.finditer(numeric(line) or r"\slot{none}")}
    shown = {_SAME.get(key, key) for key in keys - {"local.b-z"}}
    value = chain.value if isinstance(chain.value, str) else ""
    return "=" if shown <= {_SAME.get(value, value)} else r"\approx"


class Loss(NamedTuple):
    """When float64 loses a line: ``side`` is ">" or "<", beyond ``limit``; what to say."""

    side: str
    limit: float
    sentence: str

    def holds(self, z: float) -> bool:
        """Whether z is beyond the limit."""
        return z > self.limit if self.side == ">" else z < self.limit


@cache
def losses(line: Line) -> tuple[Loss, ...]:
    """When float64, evaluating the line as it is written, may lose digits that are shown.

    The value shown is right all the same: it comes from σ(z) and σ(-z) computed apart. The
    sentences are templates for `lrviz.text.numbers.fill`.
    """
    filled = numeric(line)
    if filled is None:
        return ()
    ending = "the value shown comes from σ(z) and σ(−z), which lose nothing."
    found = []
    if re.search(r"\)\^(2|\{-2\})", filled):
        square = (
            f"At z = {{value.z}}, the square in this line leaves the range of float64; {ending}"
        )
        found.append(Loss("<", OVERFLOWS, square))
    if _subtracts(filled):
        near_one = (
            "a is so close to 1 that the subtraction in this line loses its digits in float64"
        )
        found.append(Loss(">", SATURATED, f"At z = {{value.z}}, {near_one}; {ending}"))
    if r"\log" in filled:
        near_zero = "1 − a is so close to 1 that its log loses its digits in float64"
        found.append(Loss("<", -SATURATED, f"At z = {{value.z}}, {near_zero}; {ending}"))
    return tuple(found)


def saturated(line: Line, read: Read) -> str | None:
    """The sentence of `losses` that holds at this pass, or None."""
    z = read("value.z")
    return next((fill(one.sentence, read) for one in losses(line) if one.holds(z)), None)


def latex_number(x: float, digits: int = DIGITS) -> str:
    r"""`lrviz.text.numbers.number` in LaTeX: ``-4.852 \times 10^{8}``."""
    text = number(x, digits).replace(MINUS, "-").replace("×", r" \times ")
    return re.sub("10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda m: f"10^{{{m[1].translate(_PLAIN_DIGITS)}}}", text)


def render(template: str, read: Read, digits: int = DIGITS) -> str:
    """LaTeX with its slots filled."""

    def write(match: re.Match[str]) -> str:
        text = latex_number(read(match["key"]), digits)
        # Not only a leading sign: near 1, a itself is written 1-4.248e-18.
        return f"({text})" if match["open"] and "-" in text.split("^")[0] else text

    return SLOT.sub(write, template)


def _subtracts(filled: str) -> bool:
    # 1 - a, a - y however written, or the numerator of 1 - a before it is simplified.
    return (
        "complement.a" in filled
        or ("value.a" in filled and "value.y" in filled)
        or re.search(r"- 1\}|1 - \\|- \\frac\{1\}", filled) is not None
    )


def _spelt(match: re.Match[str]) -> str:
    # A local name becomes what it stands for, in parentheses unless it has a group to itself.
    name, text = match["name"], match.string
    if not name:
        return match[0]
    around = text[: match.start()][-1:] + text[match.end() :][:1]
    return NAMES[name] if around in ("", "{}") else f"({NAMES[name]})"


def _name(symbol: str, line: Line) -> str:
    return symbol.replace("_i", str(line.i)).replace("_", "")


def _slot(key: str, alone: bool) -> str:
    return rf"\slot{{{key}}}" if alone else rf"\slot{{({key})}}"


def _argument(key: str, before: str) -> str:
    # After log, parentheses always: log 4.1×10⁻⁵ would read as (log 4.1)×10⁻⁵.
    return f"({_slot(key, True)})" if before.endswith(r"\log") else _slot(key, True)


def _partial(of: str, by: str) -> str | None:
    if build().has_edge(by, of):
        return f"local.{by}-{of}"
    return f"adjoint.{by}" if of == "L" and by in build() else None
