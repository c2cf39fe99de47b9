"""What runs are called, and their rules with a step's numbers."""

from __future__ import annotations

import re

import pytest

from lrviz.data.built_in import load_dataset
from lrviz.text.numbers import fill
from lrviz.text.rules import rule_lines, written
from lrviz.text.runs import LETTERS, describe, labelled
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Request, make
from lrviz.training.run import preview, train


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (("gd", 0.5, 0.9, 16, 0, 0, 0, 0), "Gradient descent, η = 0.5"),
        (("sgd", 0.25, 0.9, 8, 3, 0, 0, 0), "Stochastic gradient descent, η = 0.25, batch 8"),
        (("momentum", 1, 0.8, 16, 0, 0, 0, 0), "Momentum, η = 1, μ = 0.8"),
        (
            ("nesterov", 1, 0.8, 16, 0, 1, -2, 0),
            "Nesterov momentum, η = 1, μ = 0.8, from (1, −2, 0)",
        ),
        (("newton", 1, 0.8, 16, 0, 0, 0, 0.5), "Newton, from (0, 0, 0.5)"),
    ],
)
def test_a_run_is_described_by_what_it_listens_to(run, said):
    assert describe(run) == said
    assert describe(run, start_too=False) == said.partition(", from")[0]


def test_runs_have_letters_in_order():
    other = ("adam", 0.1, 0.9, 16, 0, 0.0, 0.0, 0.0)
    made = make(Request(data="and", steps=5, comparisons=(other,)))
    runs = labelled(made)
    assert [run.name for run in runs] == list(LETTERS[:2]) == ["A", "B"]
    assert [run.history for run in runs] == [made.history, *made.comparisons]
    assert runs[1].label == "Adam, η = 0.1"
    assert made.steps == 5


def value(text):
    """What a line's numbers come to."""
    text = re.sub(r"×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: f"e{m[1].translate(RAISED)}", text)
    text = re.sub(r"([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: f"**({m[1].translate(RAISED)})", text)
    text = re.sub(r"√\(([^()]*)\)|√([\d.e-]+)", lambda m: f"(({m[1] or m[2]})**0.5)", text)
    return eval(text.replace("−", "-").replace("×", "*").replace("·", "*"))


RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@pytest.mark.parametrize("opt", [name for name in OPTIMIZERS if name not in ("sgd", "newton")])
@pytest.mark.parametrize("parameter", [0, 1, 2])
def test_the_numbers_of_a_rule_come_to_what_it_says(opt, parameter):
    data = load_dataset("blobs")
    history = train(data.X, data.y, optimizer=opt, learning_rate=0.3, steps=6)
    step = preview(history, data.X, data.y, 3)
    lines = rule_lines(opt, parameter)
    own = ("w₁", "w₂", "b")[parameter]
    assert lines[-1][0].startswith(f"{own} ← {own} − ")
    for letters, template in lines:
        said = fill(template, lambda key: step.read(key, parameter), 15)
        _, numbers, total = re.split(r"(?:^|\s)[=≈] ", said)
        numbers = numbers.replace("ε", "1e-10" if opt == "adagrad" else "1e-8")
        assert value(numbers) == pytest.approx(value(total), rel=1e-9), (letters, said)
    assert value(total) == pytest.approx(history.params[4, parameter])


@pytest.mark.parametrize(
    ("opt", "lines"),
    [
        ("gd", ["w₁ ← w₁ − η·∂J/∂w₁"]),
        ("sgd", ["g ← mean over the minibatch of (a − y)·x₁", "w₁ ← w₁ − η·g"]),
        ("momentum", ["v ← μ·v + ∂J/∂w₁", "w₁ ← w₁ − η·v"]),
        ("newton", ["(H + δ·diag(H))·d = g", "w₁ ← w₁ − d"]),
    ],
)
def test_a_gradient_is_written_out_unless_the_rule_says_what_it_is(opt, lines):
    assert [letters for letters, _ in rule_lines(opt, 0)] == lines


def test_a_label_says_where_a_run_starts():
    made = make(Request(data="and", steps=2, start=(1.0, -2.0, 0.5)))
    assert labelled(made)[0].label.endswith(", from (1, −2, 0.5)")
    assert "from" not in labelled(made, start_too=False)[0].label


@pytest.mark.parametrize("opt", OPTIMIZERS)
@pytest.mark.parametrize("decays", [False, True])
def test_what_is_typeset_is_the_rule_in_its_other_spelling(opt, decays):
    for parameter in range(3):
        lines = written(opt, parameter, 120, decays=decays)
        assert [line[:2] for line in lines[2:]] == rule_lines(opt, parameter, decays=decays)
        for letters, _, latex in lines:
            assert plain_of(latex) == letters
        mean, slope = lines[:2]
        assert mean.letters.startswith("J = mean of L over the 120 examples")
        assert ("λ" in mean.letters) == decays
        assert ("λ" in slope.letters) == (decays and parameter < 2)
    assert "the one example" in written(opt, 0, 1)[0].letters


def plain_of(latex: str) -> str:
    """LaTeX of a rule in Unicode, by replacement alone: not how the project writes it."""
    for pattern, text in (
        (r"\\text\{([^{}]*)\}", r"\1"),
        (r"\\partial (\w) / \\partial (\w)(_(\d))?", r"∂\1/∂\2\3"),
        (r"\\frac\{\\lambda\}\{2\}", "λ/2"),
        (r"\\frac\{m\}\{([^{}]*\{t\})\}", r"m/(\1)"),
        (r"\\frac\{s\}\{([^{}]*\{t\})\}", r"s/(\1)"),
        (r"\\frac\{(\\hat m|[^{}]*)\}\{\\sqrt\{(\\hat s|s)\} \+ \\varepsilon\}", r"\1/(√\2 + ε)"),
        (r"\\operatorname\{diag\}", "diag"),
        (r"\\left\( ", "("),
        (r" \\right\)", ")"),
    ):
        latex = re.sub(pattern, text, latex)
    for spelling, text in (
        (r"\leftarrow", "←"),
        (r" \cdot ", "·"),
        (r"\hat m", "m̂"),
        (r"\hat s", "ŝ"),
        ("^{t}", "ᵗ"),
        ("^2", "²"),
        ("_1", "₁"),
        ("_2", "₂"),
        ("-", "−"),
        ("  ", " "),
        *((rf"\{name}", letter) for name, letter in GREEK.items()),
    ):
        latex = latex.replace(spelling, text)
    return latex


GREEK = {
    "alpha": "α",
    "beta": "β",
    "delta": "δ",
    "varepsilon": "ε",
    "eta": "η",
    "mu": "μ",
    "lambda": "λ",
}


#: A parameter, what its slope multiplies a − y by, and what a weight decay adds.
PARAMETERS = [("w₁", "·x₁", " + λ·w₁"), ("w₂", "·x₂", " + λ·w₂"), ("b", "", "")]


@pytest.mark.parametrize("opt", OPTIMIZERS)
@pytest.mark.parametrize("decays", [False, True])
def test_every_slope_is_written_for_its_own_parameter(opt, decays):
    for n, (own, times, pull) in enumerate(PARAMETERS):
        cost, slope, *rule = (line.letters for line in written(opt, n, 7, decays=decays))
        more = " + λ/2·(w₁² + w₂²)" if decays else ""
        assert cost == f"J = mean of L over the 7 examples{more}"
        assert slope == f"∂J/∂{own} = mean of (a − y){times}{pull if decays else ''}"
        if opt == "sgd":
            assert rule[0] == (
                f"g ← mean over the minibatch of (a − y){times}{pull if decays else ''}"
            )
        else:
            assert not any(line.startswith("g ") for line in rule)
        assert all("x" not in line and "λ" not in line for line in rule[opt == "sgd" :])
        assert rule[-1].startswith(f"{own} ← {own} − ")


def test_j_and_its_slope_are_typeset_as_they_are_written():
    cost, slope, *_ = written("gd", 0, 1, decays=True)
    assert cost.letters == "J = mean of L over the one example + λ/2·(w₁² + w₂²)"
    assert cost.latex == (
        r"J = \text{mean of }L\text{ over the one example} "
        r"+ \frac{\lambda}{2} \cdot (w_1^2 + w_2^2)"
    )
    assert slope.latex == (
        r"\partial J / \partial w_1 = \text{mean of }(a - y) \cdot x_1 + \lambda \cdot w_1"
    )
    assert written("gd", 2, 2)[1].latex == r"\partial J / \partial b = \text{mean of }(a - y)"
    assert written("gd", 2, 2)[0].letters == "J = mean of L over the 2 examples"


def test_newtons_step_is_solved_for_and_its_numbers_are_named():
    solved = next(line for line in written("newton", 1, 5) if "d = g" in line.letters)
    assert fill(solved.numbers, {"d": 0.25, "delta": 3.14159}.__getitem__) == "d = 0.25, δ ≈ 3.142"
