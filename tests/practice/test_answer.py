"""Typed answers: what is read, what is refused, and that nothing is run."""

from __future__ import annotations

import math

import pytest

from lrviz.practice.answer import LONGEST, AnswerError, evaluate, read
from lrviz.practice.judge import judge
from lrviz.practice.making import problem
from tests.calls import calls

LETTERS = {"a": 0.5866, "y": 1.0, "x1": 1.5, "w1": 0.5, "b": -0.1, "eta": 0.5}
A, Y, X1, B = 0.5866, 1.0, 1.5, -0.1

GOOD = {
    "(0.5866-1)*1.5": (0.5866 - 1) * 1.5,
    "a-y": A - Y,
    "-0.62": -0.62,
    "−0.62": -0.62,
    "−0,62": -0.62,
    "0,586": 0.586,
    ",5": 0.5,
    ".5": 0.5,
    "5.": 5.0,
    "1/3": 1 / 3,
    "σ(0.35)": 1 / (1 + math.exp(-0.35)),
    "sigma(0.35)": 1 / (1 + math.exp(-0.35)),
    "1/(1+e^-0.35)": 1 / (1 + math.exp(-0.35)),
    "1/(1+exp(-0.35))": 1 / (1 + math.exp(-0.35)),
    "(a - y) x1": (A - Y) * X1,
    "(a−y)·x₁": (A - Y) * X1,
    "(a-y)*x_1": (A - Y) * X1,
    "a(1-a)": A * (1 - A),
    "a(1 − a)x1": A * (1 - A) * X1,
    "-1/a": -1 / A,
    "1/(1-a)": 1 / (1 - A),
    "log a": math.log(A),
    "ln(a)": math.log(A),
    "-log(1-a)": -math.log(1 - A),
    "log a * 2": 2 * math.log(A),
    "2a": 2 * A,
    "2^3": 8.0,
    "2**3": 8.0,
    "2³": 8.0,
    "-2^2": -4.0,
    "(-2)^2": 4.0,
    "2^-1": 0.5,
    "2^3^2": 512.0,
    "10⁻²": 0.01,
    "4.5e-5": 4.5e-5,
    "4.5E-5": 4.5e-5,
    "4.5*10^-5": 4.5e-5,
    "4.5×10⁻⁵": 4.5e-5,
    "e^-8": math.exp(-8),
    "e": math.e,
    "√2": math.sqrt(2),
    "sqrt(2)": math.sqrt(2),
    "½": 0.5,
    "30.8%": 0.308,
    "30,8 %": 0.308,
    "1 - 25%": 0.75,
    "20%/(1-20%)": 0.25,
    "= -0.62": -0.62,
    "≈ 0.5": 0.5,
    "w1 - η·0.2": 0.5 - 0.5 * 0.2,
    "b+1": B + 1,
    "--1": 1.0,
    "8-3-2": 3.0,
    "8/4/2": 1.0,
    "8/4*2": 4.0,
    "[1+1]*3": 6.0,
    "0.5 : 2": 0.25,
    "1 + 2 * 3": 7.0,
    "+3": 3.0,
    "2(3)": 6.0,
    "(" * 12 + "1" + ")" * 12: 1.0,
    "x1 10": 10 * LETTERS["x1"],
    "2^-2": 0.25,
}


@pytest.mark.parametrize(("typed", "wanted"), GOOD.items())
def test_what_is_read(typed, wanted):
    assert evaluate(read(typed, LETTERS), LETTERS) == pytest.approx(wanted, rel=1e-14)


UNCLEAR = [
    "x10",
    "x1.5",
    "w12",
    "x₁3",
    "w_1.5",
    "1,234",
    "1/2a",
    "1/2(3)",
    "1.234,5",
    "1 2",
    "1,2,3",
    "1.2.3",
    "z",
    "x2",
    "L",
    "()",
]
CODE = [
    *("__import__('os').system('true')", "open('/etc/passwd')", "exec('1')", "eval('1')"),
    *("lambda: 0", "a.__class__", "a;b", "a if y else b", "[x for x in y]", "{}", "{a: 1}"),
    *("print(1)", "import os", "a = 1", "a == 1", "a := 1", "f'{a}'", "'a'", '"a"', "`a`", "$(a)"),
    *("${a}", "<script>alert(1)</script>", "a && b", "a | b", "~a", "a % 2", "1_000", "0x1f"),
    *(
        "0o1",
        "1j",
        "nan",
        "inf",
        "infinity",
        "NaN",
        "-inf",
        "None",
        "True",
        "a\nb",
        "a\x00b",
        "\\a",
    ),
    *("a!", "?", "#", "@", "a@b", "1e", "1e+", "e+", "1e1000", "1e-1000", "1e99", "1e31"),
]
HUGE = [
    *("9^9^9", "9^9^9^9^9", "9**9**9**9", "(9^99)^99", "exp(1000)", "e^e^e^e", "exp(exp(exp(9)))"),
    *("10^400", "10^-400 - 1/0", "1/0", "0^-1", "0/0", "log(0)", "log(-1)", "√-1", "(-8)^0.5"),
    *("1/(a-a)", "1" * 25, "0." + "1" * 25, "1e0000000031", "2^(2^(2^(2^9)))", "exp(9^9)"),
]
NESTED = [
    *("(" * k for k in (1, 2, 13, 60, 119)),
    *("(" * k + "1" + ")" * k for k in (13, 20, 40, 59)),
    *("-" * k + "1" for k in (13, 40, 100)),
    *("2^" * k + "2" for k in (13, 40)),
    *(")" * k for k in (1, 5)),
    *("exp(" * k + "1" + ")" * k for k in (12, 19)),
    *("√" * k + "2" for k in (13, 100)),
    *(
        "a)",
        "(a",
        "a))",
        "((a)",
        "(]",
        "[)" * 3,
        "(a-)",
        "(-)",
        "+",
        "-",
        "*",
        "/",
        "^",
        "1+",
        "*1",
    ),
    *("1**", "1//2", "1*/2", "a^", "σ", "σ()", "log", "log+", "exp", "e^", "2^^3", "1+*2"),
]
DIGITS = [
    "١٢",
    "१२",
    "１２",
    "𝟏𝟐",
    "Ⅻ",
    "①",
    "²",
    "2²³⁴⁵⁶⁷⁸⁹⁰¹²³⁴⁵⁶",
    "৩",
    "๓",
    "一",
    "١.٥",
    "1٫5",
]
WORDS = [
    *("and", "or", "not a", "is", "del a", "yield", "class", "def f()", "pass", "global a"),
    *("a&b", "a>b", "a<b", "a≥1", "∞", "∂", "Σ", "√", "%", "%50", "1e5e5", "1..2", "..", "5..5"),
    *(
        "abc",
        "alpha",
        "π",
        "i",
        "sin(1)",
        "log10(2)",
        "log 2 a",
        "2e",
        "3e3e3",
        "max(1,2)",
        "x3",
        "w3",
        "xy",
        "А",
        "α",
        "ａ",
    ),
    *(
        "a\u200bb",
        "\u202e1",
        "\ufeff1",
        "💥",
        "1💥",
        "a\u0301",
        "é",
        "минус",
        "二",
        "½z",
        "\ud800",
    ),
]
LONG = ["1" * 1_000_000, "(" * 1_000_000, "a+" * 500_000, " " * 1_000_000, "é" * 1_000_000]
LONG += ["1+" * 60 + "1", "a" * (LONGEST + 1), "9^" * 100, "x1" * 61, "\x00" * 10**6, "\n" * 10**6]
BLANK = ["", " ", "\t", "=", "≈", "= ", "\u00a0"]
AT_ONCE = 2000  # calls of functions, of which a right answer of one's own takes a few hundred
HOSTILE = [*UNCLEAR, *CODE, *HUGE, *NESTED, *DIGITS, *WORDS, *LONG, *BLANK]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("abc", "“abc” means nothing here: use the letters that are given."),
        ("2 + eta2c", "“c” means nothing here: use the letters that are given."),
        ("x10", "Write * between x1 and 0."),
        ("x10%", "Write * between x1 and 0%."),
        ("a % 2", "Write % right after a number, such as 30%."),
        ("30%%", "Write % right after a number, such as 30%."),
        ("3·w₁2", "Write * between w₁ and 2."),
        ("(" * 13 + "1" + ")" * 13, "At most 12 parentheses and signs stand inside each other."),
        ("-" * 13 + "1", "At most 12 parentheses and signs stand inside each other."),
        ("2" + "^2" * 13, "At most 12 parentheses and signs stand inside each other."),
    ],
)
def test_what_is_wrong_is_named(typed, sentence):
    with pytest.raises(AnswerError) as error:
        read(typed, LETTERS)
    assert str(error.value) == sentence


def test_there_are_two_hundred_hostile_answers():
    assert len(set(HOSTILE)) >= 200


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_what_is_hostile_is_refused_with_one_sentence_at_once(typed):
    made = next(p for n in range(1, 50) if (p := problem(3, 1, n)).kind == "chain")
    verdict = judge(made, typed)
    # What is refused is refused for itself, not because the letter is not given here.
    with pytest.raises(AnswerError):
        evaluate(read(typed, LETTERS), LETTERS)
    assert verdict.right is None or verdict.right is False
    assert calls(lambda: judge(made, typed)) < AT_ONCE
    if verdict.right is None:
        assert verdict.sentence.endswith((".", "?"))
        assert 10 < len(verdict.sentence) < 160
        assert "\n" not in verdict.sentence
        assert verdict.sentence.isprintable()


@pytest.mark.parametrize(
    "typed", [*LONG, *NESTED, *DIGITS, "__import__('os')"], ids=lambda t: ascii(t[:20])
)
@pytest.mark.parametrize("kind", ["order", "wrong"])
def test_hostile_answers_about_lines_are_refused_at_once(kind, typed):
    made = next(p for n in range(1, 50) if (p := problem(3, 1, n)).kind == kind)
    verdict = judge(made, typed)
    assert calls(lambda: judge(made, typed)) < AT_ONCE
    assert verdict.right is None
