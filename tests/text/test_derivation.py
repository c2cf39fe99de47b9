"""The derivation: every displayed line equals the one before it, and every misprint shows."""

from __future__ import annotations

import cmath
import itertools
import math
import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from lrviz.core.expression import latex
from lrviz.core.graph import LOSSES, VIEWS, Pass, build, differentiate
from lrviz.core.numerics import sigmoid
from lrviz.text import derivation, numbers, substitution
from lrviz.text.derivation import NAMES, Chain, Line, Part, parts, steps
from lrviz.text.latex import SOURCE, to_latex
from lrviz.text.numbers import latex_number
from lrviz.text.substitution import SLOT, evaluate, numeric, point, relation, render
from tests.samples import sample
from tests.text.latex_eval import (
    Jet,
    Numeric,
    Shown,
    Symbolic,
    braces,
    fraction,
    meanings,
    parse,
    spread,
    value,
)

BOTH = [(loss, i) for loss in LOSSES for i in (1, 2)]
CHAINS = [
    pytest.param(loss, i, part, chain, id=f"{loss}-i{i}-{part.key}-{chain.name}")
    for loss, i in BOTH
    for part in parts(loss, i).values()
    for chain in part.chains
]
LENS_OF_KIND = {
    "definition": "linear",
    "sum rule": "linear",
    "difference rule": "linear",
    "constant factor": "linear",
    "name": "linear",
    "zero": "",
}
KINDS = {
    *LENS_OF_KIND,
    *("chain rule", "power rule", "powers", "constant", "variable", "put in", "signs", "order"),
    *("fractions", "arithmetic", "multiply out", "cancel", "add and take away"),
    *("derivative of log", "derivative of exp", "derivative of the sigmoid"),
}


@dataclass(frozen=True)
class Printed:
    """A line as it is displayed: what is checked here is the text."""

    latex: str
    kind: str = ""
    uses: str = ""


def printed(chain: Chain) -> tuple[str, tuple[Printed, ...]]:
    """The head and the lines of a chain as they are displayed."""
    lines = (Printed(x.latex, x.rule.plain.partition(":")[0], x.uses) for x in chain.lines)
    return latex(chain.head), tuple(lines)


INPUTS = ("x_1", "x_2", "w_1", "w_2", "b", "y")
EXACT = mpmath.mp.clone()
EXACT.dps = 50


def lens(line: Printed) -> str:
    """Which lens the line's rule leaves unchanged, besides the plain value."""
    return LENS_OF_KIND.get(line.kind, "zeros")


def lines_of(loss: str) -> Iterator[tuple[Part, Chain, Line]]:
    """Every line of every part of one loss, in reading order."""
    for part in parts(loss).values():
        for step in steps(part):
            yield part, step.chain, step.line


def state(rng: random.Random, scale: float = 5.0, loss: str = "log") -> Pass:
    """A pass at a random setting of the sliders, as the sliders give it or in full digits."""
    draw = (
        (lambda: rng.uniform(-scale, scale))
        if rng.random() < 0.5
        else (lambda: round(rng.uniform(-scale, scale), 2))
    )
    names = ("x1", "x2", "w1", "w2", "b")
    return differentiate(**{n: draw() for n in names}, y=rng.randint(0, 1), loss=loss)


def at(p: Pass) -> dict[str, Any]:
    """The pass's inputs and its float64 z, for a world of 50 digits."""
    names = {**{n: n.replace("_", "") for n in INPUTS}, "z": "z"}
    return {n: EXACT.mpf(float(p.values[key])) for n, key in names.items()}


# --- every line equals the line before it ---------------------------------------------


@cache
def grounded(latex: str, loss: str, i: int) -> Any:
    """A displayed formula as sympy sees it, derivatives taken, in inputs and E = e^-z."""
    world = Symbolic(loss, i)
    return world.ground(value(parse(latex, i), world))


@pytest.mark.parametrize(("loss", "i", "part", "chain"), CHAINS)
def test_each_line_equals_the_line_before_it_symbolically(
    loss: str, i: int, part: Part, chain: Chain
) -> None:
    head, lines = printed(chain)
    for before, after in itertools.pairwise((head, *(x.latex for x in lines))):
        gap = grounded(before, loss, i) - grounded(after, loss, i)
        assert sympy.simplify(sympy.cancel(sympy.together(gap))) == 0, (before, after)


@pytest.mark.parametrize(("loss", "i", "part", "chain"), CHAINS)
def test_each_line_equals_the_line_before_it_in_50_digits(
    loss: str, i: int, part: Part, chain: Chain
) -> None:
    rng = random.Random(f"{loss}{i}{part.key}{chain.name}")
    head, lines = printed(chain)
    for y in (0, 1, rng.random()):
        here = {n: EXACT.mpf(rng.uniform(-3, 3)) for n in INPUTS} | {"y": EXACT.mpf(y)}
        worlds = {
            kind: Numeric(loss, i, here, EXACT.mpf, EXACT, kind) for kind in ("", "linear", "zeros")
        }
        texts = (head, *(line.latex for line in lines))
        for (before, after), line in zip(itertools.pairwise(texts), lines, strict=True):
            for kind in {"", lens(line) if 0 < y < 1 else ""}:
                first, second = (value(parse(t, i), worlds[kind]) for t in (before, after))
                close = abs(first - second) <= EXACT.mpf(10) ** -45 * (1 + abs(first))
                assert close, (kind, before, after)
            for body, label in braces(parse(line.latex, i)):
                first, second = (value(tree, worlds[""]) for tree in (body, label))
                assert abs(first - second) <= EXACT.mpf(10) ** -45 * (1 + abs(first))


@pytest.mark.parametrize("loss", LOSSES)
def test_the_value_of_a_chain_is_the_value_of_its_last_line(loss: str) -> None:
    rng = random.Random(3)
    for n in range(60):
        p = state(rng, 5.0 if n % 2 else 1.5, loss)
        for i in (1, 2):
            world = Numeric(loss, i, at(p), EXACT.mpf, EXACT)
            for part in parts(loss, i).values():
                for chain in part.chains:
                    exact = value(parse(chain.lines[-1].latex, i), world)
                    found = evaluate(chain.value, p.read)
                    assert abs(found - exact) <= 1e-12 * abs(exact), (part.key, chain.name, p)


def test_local_names_mean_what_the_tests_say() -> None:
    assert {n: meanings("log", 1)[n] for n in NAMES} == {n: latex(e) for n, e in NAMES.items()}


# --- side calculations and results of other parts --------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_put_in_is_what_was_found(loss: str) -> None:
    """The line before, with the head replaced by the result, is the line: as text and value."""
    uses = 0
    made = parts(loss)
    for part in made.values():
        for chain in part.chains:
            head, lines = printed(chain)
            for before, line in itertools.pairwise((Printed(head), *lines)):
                if not line.uses:
                    continue
                uses += 1
                side = [c for c in part.chains if c.name == line.uses]
                assert all(c.side for c in side)
                found = side or [c for c in made[line.uses].chains if not c.side]
                if line.uses == "sigmoid":  # it is cited for a, and put in for sigma(z)
                    result = found[0].lines[-1].latex.replace("a", r"\sigma(z)")
                    assert result == line.latex
                    continue
                [source] = [c for c in found if latex(c.head) in before.latex]
                result = source.lines[-1].latex
                assert result in line.latex
                for text, same in [(result, True), *((m, False) for _, m in mutants(result))]:
                    replaced = before.latex.replace(latex(source.head), rf"\left( {text} \right)")
                    assert agree(replaced, line.latex, loss) is same, (replaced, line.latex)
    assert uses == {"log": 10, "squared": 9}[loss]
    assert all(
        sum(line.uses == c.name for x in part.chains for line in x.lines) == 1
        for part in made.values()
        for c in part.chains
        if c.side
    )


@pytest.mark.parametrize("loss", LOSSES)
def test_steps_show_a_side_chain_just_before_its_use(loss: str) -> None:
    for part in parts(loss).values():
        order = steps(part)
        assert len(order) == sum(len(c.lines) for c in part.chains)
        for before, step in itertools.pairwise(order):
            if step.line.uses in {c.name for c in part.chains}:
                assert before.chain.name == step.line.uses
                assert before.line is before.chain.lines[-1]


# --- misprints ---------------------------------------------------------------------


_TOKENS = re.compile(r"\\[A-Za-z]+|[A-Za-z](?:_[12i])?|\d+|\S")
_OTHER = {"1": "2", "2": "1", "i": "1"}
# For t not a: t is a - y, so its derivative by a is that of a, and nothing would be wrong.
_OTHER_LETTER = {"L": "a", "a": "z", "z": "a", "g": "a", "h": "z", "k": "z", "t": "y", "b": "w_1"}


def mutants(latex: str) -> Iterator[tuple[str, str]]:
    """Every text with one misprint, and its kind.

    sign: a + or - turned, or a minus put before everything; factor: a letter or a constant
    doubled or dropped; exponent: one changed, or a letter squared; subscript: another one;
    letter: another letter beside a curly d.
    """
    yield "sign", f"-({latex})"
    for match in _TOKENS.finditer(latex):
        token, start, end = match[0], match.start(), match.end()

        def put(text: str, start: int = start, end: int = end) -> str:
            return f"{latex[:start]}{text}{latex[end:]}"

        beside = latex[:start].endswith(r"\partial ")
        after_power = re.search(r"\^\{?[-\d]*$", latex[:start]) is not None
        base = latex[end:].lstrip()[:1] == "^"
        if token in "+-":
            yield "sign", put("-" if token == "+" else "+")
        elif beside:
            yield "letter", put(_OTHER_LETTER.get(token, "b"))
        elif token.isdigit():
            yield ("exponent" if after_power else "factor"), put(str(int(token) + 1))
        elif token[0].isalpha() and token != "e":
            yield ("exponent" if after_power else "factor"), put(f"2 {token}")
            yield ("exponent" if after_power else "factor"), put("1")
            if not base and not after_power:
                yield "exponent", put(f"{token}^2")
        if "_" in token and len(token) > 1 and token[0].isalpha():
            yield "subscript", put(f"{token[0]}_{_OTHER[token[-1]]}")


POINT = {"x_1": 0.7, "x_2": -1.3, "w_1": 0.6, "w_2": 0.45, "b": 0.31, "y": 0.37}
Values = tuple[complex, complex, complex] | None


@cache
def worlds(loss: str, i: int) -> tuple[Numeric, ...]:
    """A point in floats; cmath, because a misprint may ask for the log of a negative."""
    return tuple(Numeric(loss, i, POINT, float, cmath, kind) for kind in ("", "linear", "zeros"))


@cache
def values(latex: str, loss: str, i: int) -> Values:
    """The plain value and the two lenses; None if the text cannot be read or worked out."""
    try:
        tree = parse(latex, i)
        found = tuple(complex(plain(value(tree, world))) for world in worlds(loss, i))
        labels = [[plain(value(x, worlds(loss, i)[0])) for x in pair] for pair in braces(tree)]
    except (ValueError, ArithmeticError, TypeError, KeyError):  # LatexError is a ValueError
        return None
    if any(abs(body - label) > 1e-9 for body, label in labels):
        return None
    return found  # type: ignore[return-value]


def plain(x: Any) -> Any:
    """A number, or None's error for what is none."""
    if isinstance(x, Jet):
        raise TypeError(x)
    return x + 0.0


def holds(before: str, line: Printed, loss: str, i: int) -> bool:
    """Whether a line follows from the text before it by what its rule preserves."""
    first, second = values(before, loss, i), values(line.latex, loss, i)
    if first is None or second is None:
        return False
    kinds = {0, ("", "linear", "zeros").index(lens(line))}
    return all(abs(first[k] - second[k]) <= 1e-9 * (1 + abs(first[k])) for k in kinds)


def agree(one: str, other: str, loss: str) -> bool:
    """Whether two texts have the same value for either i."""
    return all(holds(one, Printed(other, "zero"), loss, i) for i in (1, 2))


def caught(chain: Chain, index: int, text: str, loss: str) -> bool:
    """Whether the chain no longer holds with one line (-1: the head) replaced."""
    head, made = printed(chain)
    lines = list(made)
    head = text if index < 0 else head
    if index >= 0:
        lines[index] = replace(lines[index], latex=text)
    texts = [head, *(line.latex for line in lines)]
    around = [n for n in (index, index + 1) if 0 <= n < len(lines)]
    return not all(holds(texts[n], lines[n], loss, i) for n in around for i in (1, 2))


MUTATED = [
    pytest.param(loss, part, chain, id=f"{loss}-{part.key}-{chain.name}")
    for loss in LOSSES
    for part in parts(loss).values()
    for chain in part.chains
    if loss == "log" or part != parts("log")[part.key]
]


@pytest.mark.parametrize(("loss", "part", "chain"), MUTATED)
def test_every_misprint_is_caught(loss: str, part: Part, chain: Chain) -> None:
    counts: Counter[str] = Counter()
    missed = []
    head, lines = printed(chain)
    texts = (head, *(line.latex for line in lines))
    for index, written in enumerate(texts, start=-1):
        for kind, text in mutants(written):
            counts[kind] += 1
            if not caught(chain, index, text, loss):
                missed.append((kind, index, written, text))
    assert not missed
    text = " ".join(texts)
    applicable = {"sign", "factor", "exponent"}
    applicable |= {"subscript"} if "_1" in text or "_i" in text else set()
    applicable |= {"letter"} if r"\partial" in text else set()
    if not re.search(
        r"[a-z0-9]", re.sub(r"\\frac\{\\partial \w+\}\{\\partial \w+\}|\\\w+", "", text)
    ):
        applicable -= {"factor", "exponent"}
    assert applicable <= set(counts)


def test_misprints_are_many_and_of_every_kind() -> None:
    counts = Counter(
        kind for loss in LOSSES for _, _, x in lines_of(loss) for kind, _ in mutants(x.latex)
    )
    assert min(counts[k] for k in ("sign", "factor", "exponent", "subscript", "letter")) > 100
    assert counts.total() > 2000


# --- numbers ----------------------------------------------------------------------


BOX = mpmath.iv
BOX.dps = 60
TEMPLATES = [
    (loss, chain, line, template)
    for loss in LOSSES
    for _, chain, line in lines_of(loss)
    if (template := numeric(line)) is not None
]


@pytest.mark.parametrize("loss", LOSSES)
def test_every_line_has_numbers_but_where_a_derivative_is_still_to_be_taken(loss):
    for _, _, line in lines_of(loss):
        taken = re.search(r"\\frac\{(d|\\partial)\}\{", line.latex)
        rates = re.findall(r"\\frac\{\\partial ([^{}]+)\}\{\\partial [^{}]+\}", line.latex)
        # A rate of anything but a node, ∂(1 − a)/∂a, is one to be taken, too.
        unknown = set(rates) - {"L", "a", "z"}
        assert (numeric(line) is None) == bool(taken or unknown), line.latex


def interval(text: str) -> Any:
    """Every number that is displayed so."""
    middle, half = fraction(text), spread(text)
    half += abs(middle) * Fraction(1, 10**12)  # 0.1 + 0.2 is shown as 0.3
    ends = [BOX.mpf(x.numerator) / x.denominator for x in (middle - half, middle + half)]
    return BOX.mpf([ends[0].a, ends[1].b])


def by_hand(latex: str, of: Any, functions: Any = None) -> Any:
    """A displayed expression, worked out from the displayed digits alone."""
    return value(parse(latex), Shown(of, functions))


def overlap(one: Any, other: Any) -> bool:
    """Whether two intervals meet."""
    return bool(one.a <= other.b) and bool(other.a <= one.b)


def test_equals_holds_to_the_digits_shown_in_many_states() -> None:
    """Wherever = stands the shown digits give the shown value; everything else says so."""
    signs: Counter[str] = Counter()
    off, count = 0, sample(150, 1000)
    for n in range(count):
        for loss in LOSSES:
            p = state(random.Random(n), (1, 3, 5)[n % 3], loss)
            for of, chain, line, template in TEMPLATES:
                if of != loss:
                    continue
                sign = relation(chain, line)
                signs[sign] += 1
                if sign == "=":
                    result = latex_number(evaluate(chain.value, p.read))
                    found = by_hand(render(template, p.read), fraction)
                    assert found == by_hand(result, fraction), (template, p)
    assert set(signs) == {"=", r"\approx"}
    assert min(signs.values()) >= 10 * count
    # and the sign is needed: hand products of what is shown do miss what is shown
    for n in range(200):
        p = state(random.Random(n))
        factors = fraction(latex_number(abs(p.read("local.a-L"))))
        factors *= fraction(latex_number(p.read("local.z-a")))
        off += numbers.number(float(factors)) != numbers.number(abs(p.read("adjoint.z")))
    assert off > 20


def tight(text: str) -> Any:
    """The number that is displayed, as one that is shown exactly."""
    middle = fraction(text)
    half = abs(middle) * Fraction(1, 10**12)
    ends = [BOX.mpf(x.numerator) / x.denominator for x in (middle - half, middle + half)]
    return BOX.mpf([ends[0].a, ends[1].b])


def test_the_pages_equals_holds_to_the_digits_shown_in_many_states() -> None:
    """On the page = stands where every number of a line is shown exactly, and only there."""
    held, count = 0, sample(150, 1000)
    for n in range(count):
        rng = random.Random(n)
        grid = {k: round(rng.uniform(-5, 5), 1 + n % 2) for k in ("x1", "x2", "w1", "w2", "b")}
        if n % 3 == 0:  # on the boundary, where a and its derivatives are exact too
            grid = {"x1": 2.0, "w1": 1.5, "x2": 1.0, "w2": -3.0, "b": 0.0}
        loss = LOSSES[n % 2]
        p = differentiate(**grid, y=n % 4 // 2, loss=loss)
        for of, chain, _, template in TEMPLATES:
            total = evaluate(chain.value, p.read)
            shown = [p.read(match["key"]) for match in SLOT.finditer(template)]
            if of != loss or not all(numbers.exact(x) for x in (*shown, total)):
                continue
            held += 1
            found = by_hand(render(template, p.read), tight, BOX)
            assert overlap(found, by_hand(latex_number(total), tight, BOX)), (template, p)
    assert held > 5 * count


def test_approximately_means_rounding_and_nothing_else() -> None:
    """Moving each shown number by at most half its last place reaches the shown value."""
    for n in range(sample(40, 100)):
        for loss in LOSSES:
            p = state(random.Random(n), (1, 3, 5)[n % 3], loss)
            for of, chain, _, template in TEMPLATES:
                if of != loss:
                    continue
                text = render(template, p.read)
                found = by_hand(text, interval, BOX)
                result = by_hand(latex_number(evaluate(chain.value, p.read)), interval, BOX)
                assert overlap(found, result), (text, result)
                for pair in braces(parse(text)):
                    body, label = (value(x, Shown(interval, BOX)) for x in pair)
                    assert overlap(body, label), text


@pytest.mark.parametrize("z", [-700.0, -400.0, -40.0, -20.0, 0.0, 9.7, 20.0, 40.0, 55.0, 700.0])
@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_shown_number_is_finite_and_every_line_adds_up_at_saturation(
    z: float, y: int, loss: str
) -> None:
    p = differentiate(x1=0, x2=0, w1=1, w2=-1, b=z, y=y, loss=loss)
    for of, chain, line, template in TEMPLATES:
        if of != loss:
            continue
        number = evaluate(chain.value, p.read)
        assert math.isfinite(number)
        if abs(z) < 100:
            found = by_hand(render(template, p.read), interval, BOX)
            result = by_hand(latex_number(number), interval, BOX)
            assert overlap(found, result), (line.latex, z, y)
        else:
            for match in SLOT.finditer(template):
                assert math.isfinite(p.read(match["key"]))


def test_numbers_are_put_into_the_displayed_text() -> None:
    p = differentiate(x1=1.5, x2=2, w1=-0.5, w2=-0.25, b=0.1, y=1)
    show = {
        latex: render(template, p.read)
        for _, _, line, template in TEMPLATES
        if (latex := line.latex)
    }
    assert show["w_1 x_1 + w_2 x_2 + b"] == r"-0.5 \cdot 1.5 + (-0.25) \cdot 2 + 0.1"
    assert show[r"w \cdot x + b"] == r"(-0.5, -0.25) \cdot (1.5, 2) + 0.1"
    assert show[r"\sigma(z)"] == r"\sigma(-1.15)"
    assert show[r"\frac{1}{1 + e^{-z}}"] == r"\frac{1}{1 + e^{-(-1.15)}}"
    assert show["a (1 - a)"] == r"0.2405 \cdot 0.7595"
    assert show["-e^{k}"] == "-e^{-(-1.15)}"
    assert show["t"] == "0.2405 - 1"
    assert show[r"-y \log a - (1 - y) \log(1 - a)"] == (
        r"-1 \cdot \log(0.2405) - (1 - 1) \cdot \log(0.7595)"
    )
    near = differentiate(x1=0, x2=0, w1=0, w2=0, b=40, y=1)
    assert render(r"\slot{(value.a)} \cdot \slot{complement.a}", near.read) == (
        r"(1-4.248 \times 10^{-18}) \cdot 4.248 \times 10^{-18}"
    )
    for i in (1, 2):
        [line] = [x for c in parts("log", i)["4"].chains for x in c.lines if x.latex == "x_i"]
        assert numeric(line) == rf"\slot{{value.x{i}}}"
        assert line.about == (f"w{i}-z",)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_line_has_numbers_or_a_point(loss: str) -> None:
    keys = {f"value.{n}" for n in build().nodes} | {f"adjoint.{n}" for n in build().nodes}
    keys |= {f"local.{'-'.join(e)}" for e in build().edges} | {"complement.a"}
    for _, chain, line in lines_of(loss):
        template = numeric(line)
        if template is None:
            assert re.fullmatch(r"(\w|_)+ = \\slot\{value\.\w+\}", point(line)), line.latex
            assert relation(chain, line) == r"\approx"
        else:
            assert "partial" not in template
            assert not re.search(r"\\slot\{[^}]*\}\s*(\^|\\slot|\()", template)
            assert {m["key"] for m in SLOT.finditer(template)} <= keys
            rest = SLOT.sub("", template)
            assert "slot" not in rest
            assert not re.search(r"(?<![\\A-Za-z])[A-DF-Za-df-z](?![a-z])", rest)


def test_saturation_is_said_where_float64_loses_shown_digits() -> None:
    spoilt: set[str] = set()
    told: set[str] = set()
    with np.errstate(all="ignore"):
        for z, y, (loss, chain, line, _) in itertools.product(
            (-700.0, -360.0, -55.0, -30.0, -9.5, 0.0, 9.5, 25.5, 30.0, 40.0, 55.0, 600.0),
            (0, 1),
            TEMPLATES,
        ):
            p = differentiate(x1=0.5, x2=2, w1=0, w2=0, b=z, y=y, loss=loss)
            inputs = {n: np.float64(p.read(f"value.{n.replace('_', '')}")) for n in INPUTS}
            naive = Numeric(loss, 1, inputs, np.float64, np)
            as_written = value(parse(line.latex), naive)
            true = evaluate(chain.value, p.read)
            lost = not abs(as_written - true) <= 5e-4 * abs(true)
            found = substitution.precision_losses(line)
            sentence = next((one.sentence for one in found if one.holds(p.read("value.z"))), None)
            derived = r"\partial" in line.latex  # its numbers are the pass's, not re-derived
            if lost and not derived:
                assert sentence, (line.latex, z, y)
                spoilt.add(line.latex)
            if sentence:
                assert abs(z) > 26
                told.add(line.latex)
    assert {x for x in told if r"\partial" not in x} == spoilt
    assert "a - y a - y + y a" in spoilt


def test_what_is_said_of_lost_digits_is_about_the_number_that_loses_them() -> None:
    ending = "; the value shown comes from σ(z) and σ(−z), which lose nothing."
    why = {
        "the square in this line leaves the range of float64": ("<", None),
        "a is so close to 1 that the subtraction in this line loses its digits in float64": (
            ">",
            1,
        ),
        "1 − a is so close to 1 that its log loses its digits in float64": ("<", 0),
    }
    said = {one for _, _, line, _ in TEMPLATES for one in substitution.precision_losses(line)}
    assert len(said) == len(why)
    for one in said:
        text = one.sentence.removeprefix("At z = {value.z}, ").removesuffix(ending)
        assert one.sentence == f"At z = {{value.z}}, {text}{ending}"
        side, near = why[text]
        assert one.side == side
        # Beyond the limit σ(z) is nearly that number; just before it, nothing is said.
        beyond = 1.0001 if (side == ">") == (one.limit > 0) else 0.9999
        assert one.holds(one.limit * beyond)
        assert not one.holds(one.limit / beyond)
        if near is not None:
            assert sigmoid(one.limit) == pytest.approx(near, abs=1e-11)
        else:
            z = np.array([1.01, 0.99]) * one.limit
            with np.errstate(over="ignore"):
                assert np.isinf((1 + np.exp(-z)) ** 2).tolist() == [True, False]


# --- where it points, what it is made of -------------------------------------------------


def test_the_parts_are_those_of_the_url() -> None:
    for loss, i in BOTH:
        assert tuple(parts(loss, i)) == derivation.KEYS
        assert [part.key for part in parts(loss, i).values()] == list(derivation.KEYS)
    differing = [k for k, part in parts("squared").items() if part != parts("log")[k]]
    assert differing == ["goal", "strategy", "1", "3", "result"]
    said = "^The loss must be one of log, squared, not 'absolute'\\.$"
    with pytest.raises(ValueError, match=said):
        parts("absolute")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^i must be 1 or 2, not 3\.$"):
        parts("log", 3)


def test_every_node_and_edge_of_every_view_has_a_part_and_back() -> None:
    expected = {
        **{"a-L": "1", "z-a": "2", "z": "3", "w1-z": "4", "b-z": "5", "x1-u1": "4", "u1-s": "4"},
        **{"s-z": "4", "w1": "result", "w": "result", "b": "result", "L": "goal", "a": "1"},
    }
    for view in VIEWS:
        graph = build(view)
        names = {*graph.nodes, *("-".join(e) for e in graph.edges)}
        assert all(derivation.part_of(name) in derivation.KEYS for name in names)
        for i, (loss, part) in itertools.product((1, 2), enumerate(LOSSES)):
            for x in (x for q in parts(part, i).values() for c in q.chains for x in c.lines):
                assert x.about
                assert set(derivation.places(x.about, view)) <= names, (loss, x)
    assert {k: derivation.part_of(k) for k in expected} == expected
    assert derivation.places(("w2-z", "z"), "operations") == ("w2-u2", "u2-s", "s-z", "z")
    assert derivation.places(("w2-z", "z", "w1"), "vector") == ("w-z", "z", "w")
    for nowhere in ("nowhere", ""):
        with pytest.raises(KeyError):
            derivation.part_of(nowhere)


COMMANDS = {"frac", "partial", "left", "right", "log", "cdot", "sigma", "underbrace"}


def test_formulas_and_lines_keep_to_the_common_subset() -> None:
    texts = [x.latex for loss in LOSSES for _, _, x in lines_of(loss)]
    sheet = derivation.formulas()
    for text in [*texts, *(formula for _, formula in sheet)]:
        assert set(re.findall(r"\\([A-Za-z]+)", text)) <= COMMANDS, text
        assert text.count("{") == text.count("}")
        assert text.count(r"\left") == text.count(r"\right")
    assert len({name for name, _ in sheet}) == len(sheet) == 18
    shown = set(texts) | {r"\sigma(z) = \frac{1}{1 + e^{-z}}"}
    assert all(formula.split(" = ", 1)[1] in shown for _, formula in sheet)


#: What the derivatives of the sheet are called, and what they are: of what, by what.
CALLED = {
    **{"①": ("L", "a"), "②": ("a", "z"), "③": ("L", "z"), "④": ("z", "w_i"), "⑤": ("z", "b")},
    **{"weight": ("L", "w_i"), "bias": ("L", "b")},
}


def test_every_formula_of_the_sheet_is_the_quantity_that_it_is_called() -> None:
    given = {"x1": 1.3, "x2": -0.7, "w1": 0.4, "w2": 1.1, "b": -0.2}
    sheet = dict(derivation.formulas())
    by = {"w_i": "w1", "b": "b", "z": "z", "a": "a"}
    for name, text in sheet.items():
        loss = "squared" if "squared" in name else "log"
        p = differentiate(**given, y=1, loss=loss)
        left, _, right = text.partition(" = ")
        if left in ("z", "a", "L"):
            wanted = p.values[left]
        else:
            of, to = re.fullmatch(r"\\frac\{\\partial (\w+)\}\{\\partial ([\w_]+)\}", left).groups()
            wanted = p.adjoints[by[to]] if of == "L" else p.locals[by[to], of]
            called = next(key for key in CALLED if key in name)
            assert (of, to) == CALLED[called], name
        inputs = {n: np.float64(p.read(f"value.{n.replace('_', '')}")) for n in INPUTS}
        for side in right.split(" = "):
            found = value(parse(side), Numeric(loss, 1, inputs, np.float64, np))
            assert found == pytest.approx(wanted, rel=1e-12), name
        # What is still to be taken stands in the chain rules alone.
        assert (r"\partial" in right) == ("chain rule" in name)
    assert sheet["z, from vectors"] == r"z = w \cdot x + b"
    assert sheet["z, with two features"] == "z = w_1 x_1 + w_2 x_2 + b"
    assert sheet["Log loss, natural log"] == r"L = -(y \log a + (1 - y) \log(1 - a))"
    assert sheet["④ z against a weight"] == r"\frac{\partial z}{\partial w_i} = x_i"


@pytest.mark.parametrize("loss", LOSSES)
def test_rules_are_named_and_short(loss: str) -> None:
    for part, _, line in lines_of(loss):
        kind, colon, detail = line.rule.plain.partition(": ")
        assert kind in KINDS, line.rule
        assert colon
        assert 0 < len(detail) < 60
        assert part.intro.latex.count("$") % 2 == line.note.latex.count("$") % 2 == 0
    assert sum("natural log" in line.rule.plain for _, _, line in lines_of("log")) >= 4


# --- export ------------------------------------------------------------------------


def documents() -> Iterator[tuple[str, str]]:
    """Exports of every kind by name; the last few are the widest."""
    p = {
        (loss, b): differentiate(x1=-1.5, x2=2, w1=-0.5, w2=-1.25, b=b, y=1, loss=loss)
        for loss in LOSSES
        for b in (0.123456, 40.0)
    }
    yield "plain", to_latex()
    yield "sigmoid", to_latex("sigmoid")
    yield "numbers", to_latex(read=p["log", 0.123456].read)
    yield "saturated", to_latex(read=p["log", 40.0].read, i=2)
    yield "squared", to_latex(loss="squared", read=p["squared", 0.123456].read)
    for key in derivation.KEYS:
        yield f"part {key}", to_latex(key, "squared", p["squared", 40.0].read)


@pytest.mark.parametrize(("name", "text"), list(documents()))
def test_exports_are_balanced(name: str, text: str) -> None:
    open_now: list[str] = []
    for verb, environment in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if verb == "begin":
            open_now.append(environment)
        else:
            assert open_now.pop() == environment
    assert not open_now
    assert text.count("{") == text.count("}")
    assert text.count("$") % 2 == 0
    assert "slot" not in text
    assert not re.search(r"\b(nan|inf)\b", text)
    assert all(ord(c) < 128 for c in text)
    assert SOURCE.replace("_", r"\_") in text


def test_exports_contain_every_line() -> None:
    for loss in LOSSES:
        text = to_latex(loss=loss)
        assert all(f"&= {line.latex} " in text for _, _, line in lines_of(loss))
    with pytest.raises(KeyError):
        to_latex("6")


@pytest.mark.parametrize("name", ["plain", "sigmoid", "numbers", "saturated", "squared"])
def test_exports_compile(name: str, tmp_path: Path) -> None:
    engines = {
        "pdflatex": ["-interaction=nonstopmode", "-halt-on-error"],
        "tectonic": [],
    }
    engine = next((e for e in engines if shutil.which(e)), None)
    if engine is None:
        pytest.skip("no TeX engine is installed (pdflatex or tectonic)")
    (tmp_path / "d.tex").write_text(dict(documents())[name], encoding="utf-8")
    done = subprocess.run(
        [engine, *engines[engine], "d.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "d.pdf").stat().st_size > 10_000
    assert "Overfull" not in done.stdout


def test_a_line_whose_number_is_the_value_itself_is_equal_to_it() -> None:
    # ∂z/∂wᵢ is xᵢ to the last digit, and ∂z/∂b is 1.
    for i in (1, 2):
        made = parts("log", i)
        for key, name in (("4", "general"), ("5", "main")):
            [chain] = [c for c in made[key].chains if c.name == name]
            assert relation(chain, chain.lines[-1]) == "="
