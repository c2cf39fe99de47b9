"""The LaTeX document: what stands in it, line by line, with and without numbers."""

from __future__ import annotations

import re

import pytest

from lrviz.core.expression import latex
from lrviz.core.graph import LOSSES, differentiate
from lrviz.text import derivation
from lrviz.text.derivation import KEYS, parts, steps
from lrviz.text.latex import SOURCE, to_latex
from lrviz.text.numbers import latex_number
from lrviz.text.substitution import evaluate, numeric

PASS = differentiate(x1=1.5, x2=-2, w1=0.5, w2=0.25, b=0.1, y=0)


def rows(text):
    """The rows of all its alignments."""
    return [
        row
        for body in re.findall(r"\\begin\{align\}\n(.*?)\n\\end\{align\}", text, re.S)
        for row in body.split(" \\\\\n")
    ]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_document_has_every_part_in_order_and_every_line_once(loss):
    text = to_latex(loss=loss)
    made = list(parts(loss).values())
    titles = re.findall(r"\\section\*\{(.*)\}\n", text)
    assert titles == [part.title.latex for part in made]
    assert text.startswith("\\documentclass{article}\n\\usepackage{amsmath}\n")
    assert text.endswith("\n\\end{document}\n")
    found = rows(text)
    expected = [step for part in made for step in steps(part)]
    assert len(found) == len(expected)
    for row, (chain, line, place) in zip(found, expected, strict=True):
        # Only the first line of a chain says what all of them equal.
        head = f"{latex(chain.head)} " if place == 0 else ""
        assert row == f"{head}&= {line.latex} \\tag*{{\\footnotesize {line.rule.latex}}}"
    for part in made:
        for one in part.wanted:
            assert rf"\[ {latex(one)} \]" in text
        for note in (line.note for chain in part.chains for line in chain.lines if line.note):
            assert text.count(r"\noindent " + note.latex) == 1
    assert "Numbers are shown" not in text
    assert SOURCE in derivation.__doc__
    assert r"\texttt{" + SOURCE.replace("_", r"\_") + "}" in text


def test_a_part_stands_by_itself():
    for key in KEYS:
        text = to_latex(key)
        assert re.findall(r"\\section\*\{(.*)\}\n", text) == [parts()[key].title.latex]


def test_side_calculations_have_headings_and_the_way_back_too():
    text = to_latex("1")
    assert re.findall(r"\\paragraph\{(.*)\}", text) == [
        "On the side: the second logarithm.",
        "Back to the main line.",
    ]
    assert text.index(r"\paragraph") > text.index(parts()["1"].chains[1].lines[5].latex)
    assert "Back to the main line" not in to_latex("2")


def follow(text, i, read):
    """See that numbers follow every line as they are to."""
    expected = [step for part in parts("log", i).values() for step in steps(part)]
    after: list[list[str]] = []
    for row in rows(text):
        if r"\qquad" in row:
            after[-1].append(row)
        else:
            after.append([])
    for (chain, line, _), numbers in zip(expected, after, strict=True):
        value = latex_number(evaluate(chain.value, read))
        joined = " ".join(numbers)
        assert value in joined
        assert all(row.endswith(r"\notag") for row in numbers)
        filled = numeric(line)
        if filled is None:
            assert f"{value} \\text{{ at }} " in joined
        elif re.fullmatch(r"\\slot\{[^{}]*\}|\d", filled):
            assert joined == rf"&\qquad \bigl[\; {value}  \;\bigr] \notag"
        else:
            assert re.search(rf"(=|\\approx) {re.escape(value)} \\;\\bigr\] \\notag$", joined)
        # What is long is set smaller, its value on a row of its own; what is short is not.
        assert len(numbers) == 1 + (r"\scriptsize" in joined)
        shown = re.search(r"\\scriptsize \$(.*)\$\}", joined)
        ending = rf" (=|\\approx) {re.escape(value)} \\;.*"
        length = len(shown[1]) if shown else len(re.sub(ending, "", joined)) - 18
        assert (length > 110) == bool(shown)


@pytest.mark.parametrize("i", [1, 2])
def test_numbers_follow_every_line_that_is_no_number_itself(i):
    text = to_latex(read=PASS.read, i=i)
    assert to_latex(read=PASS.read) == to_latex(read=PASS.read, i=1)
    state = re.search(r"at (.*)\. In them \$i\$ is (\d)\.", text)
    assert int(state[2]) == i
    assert state[1] == (
        "$x_1 = 1.5$, $x_2 = -2$, $w_1 = 0.5$, $w_2 = 0.25$, $b = 0.1$, $y = 0$, $z = 0.35$, "
        "$a = 0.5866$"
    )
    assert text.index(state[0]) < text.index(r"\section")
    follow(text, i, PASS.read)


def test_numbers_that_are_long_are_set_smaller_and_none_is_left_out():
    p = differentiate(x1=-1.23, x2=-2.34, w1=-3.45, w2=-4.56, b=1.11, y=1)
    text = to_latex(read=p.read)
    follow(text, 1, p.read)
    assert text.count(r"\scriptsize") >= 2
