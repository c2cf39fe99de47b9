"""The README's Python runs, and says what it says."""

import doctest
import inspect
import re
from pathlib import Path

import pytest

import lrviz
from benchmarks import all as every
from lrviz.data.built_in import DATASETS
from lrviz.training.optimizers import OPTIMIZERS

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_the_notebook_example_runs_and_its_comments_are_true():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    promised = re.findall(r"^(p\.\S+|round\(.*?\)) +# (-?[\d.]+)", code, re.MULTILINE)
    promised += re.findall(r"^(round\(.*\)) # (-?[\d.]+)", code, re.MULTILINE)
    assert len(promised) >= 2
    for expression, value in promised:
        assert eval(expression, names) == pytest.approx(float(value), abs=1e-12)


def test_the_readme_names_what_is_exported():
    for name in re.findall(r"lrviz\.(\w+)\(", README):
        assert name in lrviz.__all__


def test_every_requirement_is_pinned_and_explained():
    lines = (Path(__file__).parent.parent / "requirements.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[\w.]+", pin) for pin in pins)
    own = lines[1 : lines.index("")]
    for pin in own:
        assert f"| {pin.split('==')[0]} |" in README


PUBLIC = [getattr(lrviz, name) for name in lrviz.__all__]
FUNCTIONS = [one for one in PUBLIC if inspect.isfunction(one)]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_the_examples_of_the_public_functions_run(function):
    finder = doctest.DocTestFinder(recurse=False)
    (found,) = finder.find(function, globs={"lrviz": lrviz})
    assert found.examples
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(found)
    assert result.failed == 0


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_every_argument_of_a_public_function_is_explained(function):
    said = inspect.getdoc(function)
    assert said
    for name in inspect.signature(function).parameters:
        assert re.search(rf"^(?:\w+, )*{name}(?:, \w+)* :|^{name}$", said, re.MULTILINE), name
    assert "OPTIMIZERS" not in said
    assert "DATASETS" not in said


def test_what_may_be_chosen_is_named_whole():
    for function in (lrviz.train, lrviz.minimize):
        (named,) = re.findall(r"optimizer : \{(.*)\}", inspect.getdoc(function))
        assert named == ", ".join(f'"{name}"' for name in OPTIMIZERS)
    (named,) = re.findall(r"name : \{(.*)\}", inspect.getdoc(lrviz.load_dataset))
    assert named == ", ".join(f'"{name}"' for name in DATASETS)


def test_the_changelog_names_every_public_function():
    text = (Path(__file__).parent.parent / "CHANGELOG.md").read_text()
    for function in FUNCTIONS:
        assert f"`lrviz.{function.__name__}`" in text
    assert f"## {lrviz.__version__}" in text


@pytest.mark.parametrize("file", every.ELSEWHERE)
def test_what_was_measured_is_the_same_wherever_it_stands(file):
    held = every.parts(every.PAGE.read_text())
    text = (every.ROOT / file).read_text()
    assert all(f"<!-- benchmarks/all.py: {name} -->" in text for name in every.ELSEWHERE[file])
    assert every.elsewhere(text, every.ELSEWHERE[file], held) == text
