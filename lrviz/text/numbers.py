"""How numbers and symbols are written, in one place.

``live/numbers.js`` repeats `number` and `fill` for the browser; a test holds the two
equal string for string.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeGuard

from lrviz.core.numerics import Probability
from lrviz.core.symbols import superscript

#: Significant digits of a number on the screen, and of one that was asked for in full.
DIGITS, MORE_DIGITS = 4, 15
PERCENT_DIGITS = 3
#: A number this close (relative) to a shorter decimal is written as that decimal: 0.1 + 0.2
#: reads 0.3. It is a few hundred roundings of float64, far below the digits shown.
EXACT = 1e-13
#: Beyond this many places left or right of the point, powers of ten are used.
PLACES = 3
MINUS = "−"
FIGURE_SPACE = "\u2007"
#: Stands where something is left out: on paper a line to write on.
BLANK = "_______"


def number(x: float, digits: int = DIGITS) -> str:
    """x as it is shown: ``digits`` significant digits, ties to even, no negative zero.

    Trailing zeros are kept, and say that the number was rounded, unless x is that shorter
    decimal to within `EXACT`: 0.35 is 0.35, but 0.99999999 is 1.000. From 10⁴ up and below
    10⁻³ powers of ten are used. A `Probability` whose digits would all be nines or a bare 1
    is written from its complement, 1−4.248×10⁻¹⁸, because 1 it is not.

    Raises
    ------
    ValueError
        x is not finite: no such number reaches a screen.
    """
    if _nearly_one(x, digits):
        return f"1{MINUS}{number(x.complement, digits)}"
    sign, mantissa, power = _decimal(x, digits)
    if power is None:
        return f"{MINUS * sign}{mantissa}"
    ten = f"10{superscript(str(power))}"
    return f"{MINUS * sign}{ten if mantissa == '1' else f'{mantissa}×{ten}'}"


def _nearly_one(x: float, digits: int) -> TypeGuard[Probability]:
    """Whether so many digits would be all nines, or a bare 1."""
    return isinstance(x, Probability) and x.complement < 0.5 * 10.0**-digits


def latex_number(x: float, digits: int = DIGITS) -> str:
    r"""The same in LaTeX: ``-4.852 \times 10^{8}``."""
    if _nearly_one(x, digits):
        return f"1-{latex_number(x.complement, digits)}"
    sign, mantissa, power = _decimal(x, digits)
    if power is None:
        return f"{'-' * sign}{mantissa}"
    ten = f"10^{{{power}}}"
    return "-" * sign + (ten if mantissa == "1" else rf"{mantissa} \times {ten}")


def _decimal(x: float, digits: int) -> tuple[bool, str, int | None]:
    """Whether it is negative, its digits, and the power of ten that is written, if one is."""
    if x == 0:
        return False, "0", None
    scientific = format(abs(x), f".{digits - 1}e")
    if not scientific[0].isdigit():
        raise ValueError(f"{x} has no digits to show.")
    mantissa, exponent = scientific.split("e")
    short = mantissa.rstrip("0").rstrip(".")
    if abs(float(f"{short}e{exponent}") - abs(x)) <= EXACT * abs(x):
        mantissa = short
    power = int(exponent)
    if -PLACES <= power <= PLACES:
        return bool(x < 0), _positional(mantissa, power), None
    return bool(x < 0), mantissa, power


def _positional(mantissa: str, power: int) -> str:
    whole, _, fraction = mantissa.partition(".")
    if power < 0:
        return "0." + "0" * (-power - 1) + whole + fraction
    fraction = fraction.ljust(power, "0")
    whole, fraction = whole + fraction[:power], fraction[power:]
    return f"{whole}.{fraction}" if fraction else whole


def exact(x: float, digits: int = DIGITS) -> bool:
    """Whether x is, to within `EXACT`, the decimal that `number` writes for it."""
    if _nearly_one(x, digits):
        return False
    return abs(float(format(x, f".{digits - 1}e")) - x) <= EXACT * abs(x)


def equation(left: str, x: float, digits: int = DIGITS) -> str:
    """``left = x``, with ≈ where the digits shown are rounded."""
    return f"{left} {'=' if exact(x, digits) else '≈'} {number(x, digits)}".strip()


SLOT = re.compile(r"\{(?P<open>[(_~^%|?])?(?P<keys>[a-z][\w.\- ]*)\)?\}")


def fill(template: str, read: Callable[[str], float], digits: int = DIGITS) -> str:
    """The template with every ``{quantity}`` replaced by its number.

    ``{(quantity)}`` puts parentheses around a number written with a minus, for products;
    ``{_quantity}`` puts a figure space before a positive one, so that digits line up
    whatever the sign; ``{^quantity}`` is an exponent; ``{~one other}`` is = where all of these
    numbers are shown exactly, and ≈ where one of them is rounded; ``{%quantity}`` is in percent,
    and ``{|quantity}`` without its sign. ``{?quantity}`` is a blank: its number is left out.
    """

    def write(match: re.Match[str]) -> str:
        if match["open"] == "~":
            return "=" if all(exact(read(key), digits) for key in match["keys"].split()) else "≈"
        if match["open"] == "?":
            return BLANK
        value = read(match["keys"])
        if match["open"] == "%":
            return f"{number(100 * float(value), PERCENT_DIGITS)} %"
        text = number(abs(value) if match["open"] == "|" else value, digits)
        if match["open"] == "^":
            return superscript(text) or f"^({text})"
        if match["open"] == "_":
            return text if text[0] == MINUS else FIGURE_SPACE + text
        return f"({text})" if match["open"] == "(" and MINUS in text else text

    return SLOT.sub(write, template)
