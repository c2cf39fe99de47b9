"""The README's Python runs, and says what it says."""

import re
from pathlib import Path

import pytest

import lrviz

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
