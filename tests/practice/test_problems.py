"""Problems: their keys by an independent computation, their mistakes, their lines."""

from __future__ import annotations

import re
from collections import Counter
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from itertools import pairwise
from urllib.parse import parse_qs

import mpmath
import pytest

import lrviz
from lrviz import settings
from lrviz.core.expression import compiled, latex, plain
from lrviz.pages.graph import mismatched
from lrviz.practice import explain
from lrviz.practice.judge import equation, judge
from lrviz.practice.making import kind_of, problem
from lrviz.practice.mistakes import MISTAKES, line_of
from lrviz.practice.picture import picture
from lrviz.practice.problem import KINDS, LEVEL_KINDS, LEVELS, TOLERANCE, close
from lrviz.text.numbers import latex_number, number
from tests.practice.samples import problems
from tests.text.latex_eval import Numeric, parse, value

MP = mpmath.MPContext()
MP.dps = 50
NUMERIC = ("read", "local", "chain", "paths", "step", "mean", "saturation")


def sigma(z):
    return 1 / (1 + MP.exp(-z))


def truth(made):
    """The key from what is given alone, at 50 digits, with formulas of this test's own."""
    at = {name: MP.mpf(v) for name, v in made.inputs.items()}
    z = at["w1"] * at["x1"] + at["w2"] * at["x2"] + at["b"]
    a, y = sigma(z), at["y"]
    by_a = -y / a + (1 - y) / (1 - a)
    by_z = by_a * a * (1 - a)
    slope = {"w1": by_z * at["x1"], "w2": by_z * at["x2"], "b": by_z}
    if made.kind == "read":
        loss = -MP.log(a) if y == 1 else -MP.log(1 - a)
        return {"z": z, "a": a, "L": loss}[made.variant]
    if made.kind in ("local", "saturation"):
        names = {"w1-z": at["x1"], "w2-z": at["x2"], "z-a": a * (1 - a), "a-L": by_a}
        loss = -(y * MP.log(a) + (1 - y) * MP.log(1 - a))
        far = {"L": loss, "slope": a * (1 - a), "a": by_a, "z": by_z}
        return (names if made.kind == "local" else far)[made.variant]
    if made.kind == "chain":
        return slope[made.variant]
    if made.kind == "paths":
        return {"a": by_a, "z": by_z}[made.variant]
    if made.kind == "step":
        given = dict(made.given)
        g = MP.mpf(given["g"]) if "g" in given else slope[made.variant]
        return at[made.variant] - MP.mpf(given["eta"]) * g
    total = MP.mpf(0)
    for row in made.rows:
        x = [MP.mpf(row[name]) for name in ("x1", "x2")]
        a = sigma(at["w1"] * x[0] + at["w2"] * x[1] + at["b"])
        total += (a - MP.mpf(row["y"])) * x[("w1", "w2").index(made.variant)]
    return total / 3


def test_keys_equal_an_independent_computation():
    kinds = Counter()
    for made in problems(*NUMERIC):
        exact = truth(made)
        assert abs(made.key - exact) <= 1e-12 * abs(exact), made
        kinds[made.kind] += 1
    assert set(kinds) == set(NUMERIC)


def test_what_is_given_belongs_to_the_inputs():
    for made in problems(*NUMERIC):
        z = made.inputs["w1"] * made.inputs["x1"] + made.inputs["w2"] * made.inputs["x2"]
        z += made.inputs["b"]
        whole = {**made.inputs, "z": z, "a": float(sigma(z))}
        for name, found in made.given:
            if name in whole:
                assert found == pytest.approx(whole[name], rel=1e-12), made


def test_every_mistake_is_named_or_named_together_with_the_other():
    seen = set()
    for made in problems(*NUMERIC):
        for one in made.wrongs:
            verdict = judge(made, repr(one.value))
            assert verdict.right is False, (made, one)
            assert MISTAKES[one.mistake] in verdict.mistakes
            assert all(found.name in verdict.sentence for found in verdict.mistakes)
            same = {o.mistake for o in made.wrongs if close(one.value, o.value)}
            assert {found.name for found in verdict.mistakes} == {MISTAKES[m].name for m in same}
            seen.add(one.mistake)
    # No problem asks for ∂z/∂b, which is always 1: a blank does.
    assert seen == set(MISTAKES) - {"constant"}


def test_right_answers_are_right_to_the_stated_tolerance_and_no_further():
    for made in problems(*NUMERIC):
        for share in (0, TOLERANCE * 0.9999, -TOLERANCE * 0.9999):
            assert judge(made, repr(made.key * (1 + share))).right is True, made
        for share in (TOLERANCE * 1.0001, -TOLERANCE * 1.0001, -2, 1):
            assert judge(made, repr(made.key * (1 + share))).right is False, made


def test_the_right_number_in_two_digits_is_asked_for_a_third():
    seen = 0
    for made in problems(*NUMERIC):
        exact = Decimal(made.key)
        unit = Decimal(1).scaleb(exact.adjusted() - 1)
        for how in (ROUND_HALF_EVEN, ROUND_HALF_UP):
            two = exact.quantize(unit, how)
            # A mistake may make this very number; and it may be near enough as it is.
            mistaken = any(float(two) == pytest.approx(o.value, rel=1e-9) for o in made.wrongs)
            if mistaken or abs(two - exact) <= Decimal(TOLERANCE) * abs(exact):
                continue
            verdict = judge(made, str(two))
            assert (verdict.right, verdict.mistakes) == (None, ()), made
            assert "Give a third one" in verdict.sentence
            seen += 1
            for other in (two + unit, two - unit):
                if abs(other - exact) > unit * Decimal("0.5001"):
                    assert judge(made, str(other)).right is False, made
    assert seen > 50


def test_the_digits_that_are_shown_are_enough():
    for made in problems(*NUMERIC):
        shown = {
            name: float(number(v).replace("−", "-").replace("×10", "e")) for name, v in made.given
        }
        names = set(made.formula.symbols)
        if names <= set(shown):
            found = compiled(made.formula, tuple(shown))(*shown.values())
            assert judge(made, repr(found)).right is True, made
            typed = plain(made.formula)
            if "½" not in typed:
                assert judge(made, typed).right is True, (typed, made)


def test_what_comes_of_adding_up_the_examples_as_shown_is_right():
    for made in problems("mean"):
        own = made.variant.replace("w", "x")
        total = 0.0
        for row in made.rows:
            a = float(number(row["a"])) if "a" in row else float(f"{float(sigma(row['z'])):.4}")
            total += (a - row["y"]) * row[own]
        assert judge(made, f"{total:.4f}/3").right is True


def test_the_lines_in_order_are_the_derivation_s():
    for made in problems("order"):
        chain = explain.chain_of(made)
        first = int(made.variant.split("/")[2])
        shown = dict(made.lines)
        ordered = [shown[mark] for mark in made.key]
        assert ordered == [line.shown for line in chain.lines[first : first + len(shown)]]
        assert judge(made, made.key).right is True
        assert judge(made, " ".join(made.key).lower()).right is True
        assert judge(made, made.key[::-1]).right is False
        assert judge(made, made.key[:-1]).right is None
        marks = [mark for mark, _ in made.lines]
        assert list(made.key) != marks  # nothing is right as it stands


def point_of(made):
    """A problem's inputs by the letters that LaTeX has for them."""
    return {n[0] + "_" + n[1] if len(n) == 2 else n: MP.mpf(v) for n, v in made.inputs.items()}


def test_exactly_one_line_goes_wrong():
    for made in problems("wrong"):
        world = Numeric("log", 1, point_of(made), MP.mpf, MP)
        head = value(parse(latex(explain.chain_of(made).head)), world)
        found = [value(parse(latex(line)), world) for _, line in made.lines]
        off = [n for n, one in enumerate(found, 1) if abs(one - head) > 0.01 * abs(head)]
        assert off == [int(made.key)], made
        for n in range(1, len(found) + 1):
            assert judge(made, str(n)).right is (n == int(made.key))
        assert judge(made, str(len(found) + 1)).right is None


def test_hints_come_in_three_steps_and_the_answer_in_none_of_the_first_two():
    for made in problems():
        hints = [explain.hint(made, step) for step in (1, 2, 3)]
        assert all(hints), made
        assert len(set(hints)) == 3, made
        assert explain.solution(made)
        if isinstance(made.key, float) and made.kind not in ("saturation", "read", "local"):
            assert number(made.key) not in " ".join(hints[:2])
        if made.kind == "step":
            assert r" \leftarrow " in hints[1]  # the letter's new number, by its old one


def test_a_solution_first_computes_what_is_needed_and_not_given():
    seen = set()
    for made in problems(*NUMERIC):
        if made.kind in ("read", "saturation", "mean") or made.inputs["y"] not in (0, 1):
            continue
        lines = explain.solution(made)
        worked = {
            name: [line for line in lines if line.startswith(f"${name} ")] for name in ("z", "a")
        }
        z = sum(MP.mpf(made.inputs[f"w{n}"]) * MP.mpf(made.inputs[f"x{n}"]) for n in (1, 2))
        z += MP.mpf(made.inputs["b"])
        a_needed = "a" in made.formula.symbols and "a" not in made.letters
        for name, true in (("z", z), ("a", sigma(z))):
            if not a_needed or name in made.letters:
                assert worked[name] == [], made
            else:
                (line,) = worked[name]
                assert line.endswith(f" {latex_number(float(true))}$"), (line, made)
                seen.add((made.kind, name))
    assert seen >= {("chain", "z"), ("chain", "a"), ("local", "a"), ("step", "a")}, seen


def test_no_line_of_a_solution_repeats_the_numbers_of_the_line_before():
    for made in problems(*NUMERIC):
        filled = [line.rpartition("\n ")[2] for line in explain.derivation(made) if "\n " in line]
        filled = [line for line in filled if not line.startswith("at ")]
        assert all(one != other for one, other in pairwise(filled)), made


def test_a_solution_says_equal_where_its_numbers_are_and_nowhere_else():
    for made in problems(*NUMERIC):
        if made.kind == "mean":
            continue
        start = explain.hint(made, explain.HINTS)[:-1]
        (filled,) = (line for line in explain.solution(made)[1:] if line.startswith(start))
        values = [made.values[name] for name in made.formula.symbols]
        digits = [Decimal(repr(v)).normalize().as_tuple().digits for v in (*values, made.key)]
        whole = all(len(one) <= 4 for one in digits)
        assert (r"\approx" in filled) == (not whole or made.kind == "saturation"), filled
        if made.kind != "saturation":
            continue
        # The estimate's own number, and the exact one beside it.
        world = Numeric("log", 1, point_of(made), MP.mpf, MP)
        estimate = value(parse(latex(made.formula)), world)
        assert filled.endswith(f" {latex_number(float(estimate))}$")
        assert explain.solution(made)[2] == f"Computed: **{equation(made)}**"


def test_links_open_the_graph_with_the_problem_s_numbers_and_no_notice():
    for made in problems(*NUMERIC):
        for one in (None, *(MISTAKES[w.mistake] for w in made.wrongs)):
            query = parse_qs(explain.graph_link(made, one))
            state, bad = settings.decode(settings.GRAPH, query, mismatched)
            assert bad == [], (made, query)
            for name in ("x1", "x2", "w1", "w2", "b"):
                assert state[name] == made.inputs[name]


def test_every_mistake_has_its_line():
    for one in MISTAKES.values():
        assert line_of(one.part, one.rule) >= 0


def test_a_problem_is_always_the_same():
    found = [
        (p.kind, p.variant, p.key if isinstance(p.key, str) else f"{p.key:.6g}")
        for p in (problem(1, 1, 1), problem(1, 2, 4), problem(7, 3, 2), problem(123456, 2, 999))
    ]
    assert found == FROZEN


FROZEN: list[tuple[str, str, str]] = [
    ("read", "z", "1.25"),
    ("paths", "a", "1.6702"),
    ("chain", "b", "-0.155119"),
    ("local", "w2-z", "1.8"),
]


@pytest.mark.parametrize("level", LEVELS)
def test_every_kind_comes_once_before_one_comes_again(level):
    kinds = LEVEL_KINDS[level]
    for seed in range(5):
        for block in range(3):
            first = 1 + block * len(kinds)
            assert sorted(kind_of(seed, level, first + k) for k in range(len(kinds))) == sorted(
                kinds
            )
    assert set(kinds) <= set(KINDS)


@pytest.mark.parametrize(
    "wrong", [(-1, 1, 1), (1_000_000, 1, 1), (1, 4, 1), (1, 1, 0), (1, 1, 1000)]
)
def test_outside_the_range_there_is_no_problem(wrong):
    with pytest.raises(ValueError, match="no problem"):
        problem(*wrong)


def test_results_are_numbered_as_on_the_graph_page():
    lines = " ".join(line for made in problems("step") for line in explain.derivation(made))
    assert "put in: the result of ③" in lines
    assert not re.search(r"\$\(\d\)\$", lines)


def test_what_is_asked_of_an_arrow_lies_on_no_arrow_and_on_no_card():
    seen = set()
    for made in problems("local"):
        for svg in re.findall(r"<svg.*?</svg>", picture(made, "light"), re.DOTALL):
            rate = re.compile(r'lv-task-rate" x="([\d.]+)" y="([\d.]+)">([^<]*)<')
            ((x, y, text),) = rate.findall(svg)
            half = 3.6 * len(text) - 4
            left, right, top, bottom = float(x) - half, float(x) + half, float(y) - 10, float(y) + 3
            lines = re.findall(r'd="M([-\d.]+),([-\d.]+)L([-\d.]+),([-\d.]+)"', svg)
            assert len(lines) >= 5
            for x0, y0, x1, y1 in (map(float, line) for line in lines):
                for t in (n / 50 for n in range(51)):
                    at = x0 + t * (x1 - x0), y0 + t * (y1 - y0)
                    assert not (left < at[0] < right and top < at[1] < bottom), (text, at)
            card = (
                r'<rect class="lv-task-card[^"]*" x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"'
            )
            for cx, cy, width, height in (map(float, one) for one in re.findall(card, svg)):
                across = min(right, cx + width) - max(left, cx)
                assert min(across, min(bottom, cy + height) - max(top, cy)) <= 0, text
            seen.add((plain(made.asked), svg.count("lv-task-tip-wide") > 0))
    assert len(seen) == 8


@pytest.mark.parametrize("level", LEVELS)
def test_once_it_is_answered_the_picture_has_the_number_in_its_place(level):
    seen = set()
    for n in range(1, 60):
        made = problem(4, level, n)
        if not picture(made, "light"):
            continue
        before, after = (picture(made, "dark", answered=one) for one in (False, True))
        on_an_arrow = "lv-task-rate" in before or made.kind == "paths"
        # On a wide page and on a phone; a step begins at a value that is given.
        assert on_an_arrow or made.kind == "step" or before.count("?") == 2
        assert on_an_arrow or "?" not in after
        assert "?" not in before or on_an_arrow or after.count(number(made.key)) >= 2
        seen.add(made.kind)
    assert {"chain", "step"} <= seen


@pytest.mark.parametrize("level", LEVELS)
def test_a_picture_is_as_high_as_what_is_on_it(level):
    heights = set()
    for n in range(1, 60):
        for svg in re.findall(r"<svg.*?</svg>", picture(problem(4, level, n), "light"), re.DOTALL):
            top, height = map(float, re.findall(r'viewBox="\S+ (\S+) \S+ (\S+)"', svg)[0])
            lows = [
                float(y) + float(h) for y, h in re.findall(r' y="(\S+)" [^>]*height="(\S+)"', svg)
            ]
            lows += [float(y) for y in re.findall(r'<text [^>]* y="(\S+)"', svg)]
            lows += [float(y) for y in re.findall(r"V([\d.]+)H", svg)]
            assert top + height - 30 <= max(lows) <= top + height - 4
            heights.add((svg.count("lv-task-tip-wide") > 0, height))
    assert len(heights) >= 4


def test_a_product_with_the_wrong_sign_is_named():
    seen = 0
    for made in problems("read"):
        if made.variant != "z":
            continue
        at = dict(made.given)
        one, other = at["w1"] * at["x1"], at["w2"] * at["x2"]
        for z in (one - other + at["b"], other - one + at["b"], at["b"] - one - other):
            verdict = judge(made, str(z))
            if verdict.right is False:
                assert MISTAKES["product"] in verdict.mistakes, (at, z)
                seen += 1
    assert seen > 20


def test_the_prediction_taken_for_the_residual_is_named():
    told = 0
    for made in problems("chain"):
        a = float(sigma(lrviz.differentiate(**made.inputs).values["z"]))
        x = {"w1": made.inputs["x1"], "w2": made.inputs["x2"]}.get(made.variant, 1.0)
        verdict = judge(made, repr(a * x))
        if made.inputs["y"] and a * x:
            assert verdict.right is False
            assert MISTAKES["unlabelled"] in verdict.mistakes, made
            told += 1
    assert told > 10


def test_of_the_probability_the_other_side_is_told_and_no_sign():
    told = 0
    for made in problems("read"):
        if made.variant == "a" and abs(made.key - 0.5) > 0.02:
            verdict = judge(made, repr(1 - made.key))
            assert MISTAKES["mirrored"] in verdict.mistakes
            assert "σ(−z), which is 1 − a" in MISTAKES["mirrored"].sentence
            assert MISTAKES["sign"] not in verdict.mistakes
            told += 1
    assert told > 3
