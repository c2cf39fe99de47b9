"""A typed answer, read into the project's own expression tree; nothing a visitor types is run.

The grammar, with the usual precedence; a product may be written without a sign::

    sum     = product (("+" | "-") product)*
    product = sign (("*" | "/")? sign)*
    sign    = ("-" | "+")? power
    power   = atom ("^" sign | superscript)?
    atom    = number "%"? | letter | function atom | "(" sum ")"

Everything is bounded before it is looked at: the length, the digits of a number, the depth and
powers of ten. What is refused is refused with one sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from lrviz.core.expression import Expression, compiled, exp, log, number, sigma, sqrt, symbol
from lrviz.core.symbols import SPELLINGS

#: Limits: characters of an answer, parentheses inside each other, digits of a number, and the
#: power of ten in 1e-5.
LONGEST, DEEPEST, DIGITS, POWER = 120, 12, 24, 30

#: Functions by what one may write; log is the natural logarithm, as everywhere.
FUNCTIONS: Mapping[str, Callable[[Expression], Expression]] = MappingProxyType(
    {
        "exp": exp,
        "log": log,
        "ln": log,
        "sqrt": sqrt,
        "√": sqrt,
        "sigma": sigma,
        "sigmoid": sigma,
        "σ": sigma,
    }
)
#: Letters by what one may type for them.
_NAMES = {"eta": "eta", "η": "eta"} | {name: name for name in ("b", "y", "z", "a", "g", "L")}
_NAMES |= {f"{c}{n}": f"{c}{i + 1}" for c in "xw" for i in (0, 1) for n in "12"[i] + "₁₂"[i]}
_NAMES |= {f"{c}_{n}": f"{c}{n}" for c in "xw" for n in "12"}
#: The longest words first, so that x1 is not x times 1.
_WORDS = sorted({*FUNCTIONS, *_NAMES, "e"}, key=len, reverse=True)
#: What the letters that have an index end with.
_INDEX = ("1", "2", "₁", "₂")
_SAME = str.maketrans(
    dict.fromkeys("−–‐‑", "-")
    | dict.fromkeys("×·⋅∙∗", "*")
    | {"÷": "/", ":": "/"}
    | {"[": "(", "]": ")", "½": "(1/2)"}
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᶻ", "0123456789-z")
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:[.,][0-9]*)*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?(?:[ \u00a0\u202f]?%)?)"
    r"|(?P<raised>⁻?(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]+|ᶻ))"
    rf"|(?P<word>{'|'.join(map(re.escape, _WORDS))})"
    r"|(?P<sign>\*\*|[-+*/^()])"
    r"|(?P<space>[ \t\u00a0\u2009\u202f]+)"
)


class AnswerError(ValueError):
    """An answer that cannot be read; its text is the sentence that says why."""


def read(text: str, letters: Mapping[str, float]) -> Expression:
    """The expression that was typed.

    Parameters
    ----------
    text : str
        As it was typed, any length.
    letters : mapping
        The letters that the problem gives.

    Raises
    ------
    AnswerError
        It is empty, too long, too deep, has an unknown letter, or is no expression.
    """
    if len(text) > LONGEST:
        raise AnswerError(f"This is too long: an answer has at most {LONGEST} characters.")
    text = text.strip().removeprefix("=").removeprefix("≈").translate(_SAME)
    tokens = _tokens(text)
    if not tokens:
        raise AnswerError("Type a number or an expression.")
    return _Reader(tokens, letters).whole()


def evaluate(tree: Expression, letters: Mapping[str, float]) -> float:
    """The finite number that a read answer is.

    Raises
    ------
    AnswerError
        It divides by zero, leaves what a float64 holds, or is no real number.
    """
    try:
        value = compiled(tree, tuple(letters))(*letters.values())
    except ZeroDivisionError:
        raise AnswerError("This divides by zero.") from None
    except OverflowError:
        raise AnswerError("This is too large a number.") from None
    except ValueError:
        raise AnswerError("A logarithm or a root of this is no real number.") from None
    if isinstance(value, complex) or not math.isfinite(value):
        raise AnswerError("This is no real number, or one too large.")
    return float(value)


def _tokens(text: str) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise AnswerError(_strange(text, at))
        kind, before = str(found.lastgroup), text[at - 1 : at]
        if kind == "number" and out and out[-1][0] == "word" and before in _INDEX:
            # x10 is no letter, and who types it does not mean x1 times 0.
            raise AnswerError(f"Write * between {out[-1][1]} and {found[0]}.")
        if kind != "space":
            out.append((kind, found[0]))
        at = found.end()
    return out


def _strange(text: str, at: int) -> str:
    one = text[at]
    if one.isdigit() or one.isnumeric():
        return "Write numbers with the digits 0 to 9."
    if one.isalpha():
        # A word that begins with letters of our own is none of ours.
        begun = re.search(r"[^\W\d_]*$", text[:at])
        word = re.match(r"[^\W\d_]{1,12}", text[begun.start() if begun else at :])
        return f"“{word[0] if word else one}” means nothing here: use the letters that are given."
    if one == "%":
        return "Write % right after a number, such as 30%."
    shown = one if one.isprintable() else "A hidden character"
    return f"“{shown}” cannot stand in an answer: use numbers, + − * / ^ and parentheses."


def _number(text: str) -> Expression:
    if text.endswith("%"):
        return _number(text.removesuffix("%").rstrip()) / number(100)
    mantissa, _, power = text.lower().partition("e")
    if sum(c.isdigit() for c in mantissa) > DIGITS:
        raise AnswerError(f"A number has at most {DIGITS} digits here.")
    if power and (len(power.lstrip("+-")) > 3 or abs(int(power)) > POWER):
        raise AnswerError(f"A power of ten goes from −{POWER} to {POWER} here.")
    if len(re.findall("[.,]", mantissa)) > 1:
        raise AnswerError("A number has one decimal point, and no marks between thousands.")
    if re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", mantissa):
        raise AnswerError(f"Is {mantissa} a decimal or a thousand? Write a point for the decimals.")
    plain = mantissa.replace(",", ".")
    return number(float(f"{plain}e{power}" if power else plain))


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[tuple[str, str]], letters: Mapping[str, float]) -> None:
        self.tokens, self.letters, self.at, self.depth = tokens, letters, 0, 0

    def whole(self) -> Expression:
        tree = self.sum()
        if self.at < len(self.tokens):
            raise AnswerError("There is a closing parenthesis too many.")
        return tree

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def joins(self) -> bool:
        """Whether what comes next could be a factor without a sign before it."""
        return self.peek()[0] in ("number", "word") or self.peek() == ("sign", "(")

    def take(self, *signs: str) -> str:
        kind, text = self.peek()
        if kind == "sign" and text in signs:
            self.at += 1
            return text
        return ""

    def sum(self) -> Expression:
        left = self.product()
        while sign := self.take("+", "-"):
            right = self.product()
            left = left + right if sign == "+" else left - right
        return left

    def product(self) -> Expression:
        left, divided = self.signed(), False
        while True:
            if sign := self.take("*", "/"):
                right = self.signed()
                left, divided = (left @ right, False) if sign == "*" else (left / right, True)
            elif self.peek()[0] == "number" and self.tokens[self.at - 1][0] == "number":
                raise AnswerError("Two numbers follow each other: what joins them?")
            elif self.peek() == ("word", "e") and self.tokens[self.at - 1][0] == "number":
                raise AnswerError("Is this e a power of ten? Write 4.5e-5, or * before the e.")
            elif self.joins():
                if divided:
                    raise AnswerError("Does what follows the fraction belong below the line? "
                                      "Write * or parentheses.")  # fmt: skip
                left = left @ self.power()
            else:
                return left

    def signed(self) -> Expression:
        sign = self.take("-", "+")
        if not sign:
            return self.power()
        self.deeper()
        out = self.signed()
        self.depth -= 1
        return -out if sign == "-" else out

    def power(self) -> Expression:
        base = self.atom()
        if self.take("^", "**"):
            self.deeper()
            raised = self.signed()
            self.depth -= 1
        elif self.peek()[0] == "raised":
            text = self.peek()[1].translate(_RAISED)
            self.at += 1
            bare = text.removeprefix("-")
            raised = self.word(bare) if bare == "z" else _number(bare)
            raised = -raised if text != bare else raised
        else:
            return base
        return exp(raised) if base == _E else base**raised

    def atom(self) -> Expression:
        kind, text = self.peek()
        self.at += 1
        if kind == "number":
            return _number(text)
        if kind == "word":
            return self.word(text)
        if (kind, text) == ("sign", "("):
            self.deeper()
            inside = self.sum()
            self.depth -= 1
            if not self.take(")"):
                raise AnswerError("A closing parenthesis is missing.")
            return inside
        raise AnswerError("Something is missing here: a number, a letter or a parenthesis."
                          if kind == "end" or text == ")" else
                          "Two signs follow each other, or one has nothing before it.")  # fmt: skip

    def word(self, text: str) -> Expression:
        if text in FUNCTIONS:
            bare = self.peek() != ("sign", "(")
            if not self.joins():
                raise AnswerError(f"Write what {text} is taken of in parentheses: {text}(…).")
            self.deeper()
            inside = self.atom()
            self.depth -= 1
            if bare and self.joins():
                raise AnswerError(f"Write what {text} is taken of in parentheses: {text}(…).")
            return FUNCTIONS[text](inside)
        if text == "e":
            return _E
        name = _NAMES[text]
        if name not in self.letters:
            raise AnswerError(f"{SPELLINGS[name][1]} is not given here: put a number for it.")
        return symbol(name)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise AnswerError(f"At most {DEEPEST} parentheses and signs stand inside each other.")


_E = number(math.e)
