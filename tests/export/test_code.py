"""Scripts that are taken away run by themselves and print the app's numbers."""

from __future__ import annotations

import itertools
import json
import math
import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

import lrviz
from lrviz.core.graph import LOSSES
from lrviz.export.code import LANGUAGES, graph_code
from lrviz.export.training_code import WRITTEN, languages_of, training_code
from lrviz.training.optimizers import OPTIMIZERS

NEEDS = {"scikit-learn": "sklearn", "PyTorch": "torch", "JAX": "jax", "NumPy": "numpy"}
STATES = {
    "opening": {"x1": 1.5, "x2": 2.0, "w1": 0.5, "w2": -0.25, "b": 0.1, "y": 1},
    "wrong": {"x1": 3.0, "x2": 2.0, "w1": -4.0, "w2": -4.0, "b": 0.0, "y": 1},
    "far": {"x1": 4.0, "x2": 4.0, "w1": 5.0, "w2": 5.0, "b": 0.0, "y": 0},
    "far and right": {"x1": 4.0, "x2": 4.0, "w1": 5.0, "w2": 5.0, "b": 0.0, "y": 1},
}
#: Languages that a run is written in.
STEPS = ("Python", "NumPy", "PyTorch", "JAX", "Notebook")


def installed(languages):
    """Those whose library is there: the others are only compiled, and run in the workflow."""
    return [one for one in languages if find_spec(NEEDS.get(one, "sys"))]


def script(language, text):
    """The code of a script or a notebook."""
    if LANGUAGES[language] != ".ipynb":
        return text
    book = json.loads(text)
    assert book["nbformat"] == 4
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    return "\n\n".join(c["source"] for c in book["cells"] if c["cell_type"] == "code")


#: A process that has what scripts import; for each script it is given it starts one of its own.
_RUNNER = """
import json, os, sys, traceback
for name in sys.argv[1:]:
    __import__(name)
for line in sys.stdin:
    given = json.loads(line)
    ends = os.pipe()
    child = os.fork()
    if child == 0:
        os.chdir(given["folder"])
        os.dup2(ends[1], 1)
        os.dup2(ends[1], 2)
        failed = 1
        try:
            exec(compile(given["text"], "script", "exec"), {"__name__": "__main__"})
            failed = 0
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(failed)
    os.close(ends[1])
    with open(ends[0], encoding="utf-8") as pipe:
        out = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps([code, out]), flush=True)
"""


@pytest.fixture(scope="session")
def printed(tmp_path_factory):
    """What a script prints, run alone: no module of the project in reach."""
    folder = tmp_path_factory.mktemp("scripts")
    known = [name for name in ("numpy", "sklearn.linear_model") if find_spec(name)]
    command = [sys.executable, "-I", "-W", "error", "-c", _RUNNER, *known]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    # No threads: they do not survive a fork.
    single = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, cwd=folder, encoding="utf-8", env=single, **pipes) as runner:

        def run(text):
            runner.stdin.write(json.dumps({"text": text, "folder": str(folder)}) + "\n")
            runner.stdin.flush()
            code, out = json.loads(runner.stdout.readline())
            assert code == 0, out
            pairs = (line.split(" = ") for line in out.splitlines())
            return {name: float(value) for name, value in pairs}

        yield run
        runner.stdin.close()


def test_a_script_that_is_run_finds_nothing_of_the_project(printed):
    with pytest.raises(AssertionError, match="No module named 'lrviz'"):
        printed("import lrviz")
    assert printed("print('one = 1')") == {"one": 1}


def check_graph(found, p):
    wanted = {"z": p.values["z"], "a": p.values["a"], "L": p.values["L"]}
    wanted |= {f"dL/d{name}": p.adjoints[name] for name in ("a", "z", "w1", "w2", "b")}
    wanted["da/dz"] = p.locals["z", "a"]
    assert set(found) <= set(wanted)
    assert {"z", "a", "L", "dL/dw1", "dL/dw2", "dL/db"} <= set(found)
    for name, value in found.items():
        assert value == pytest.approx(float(wanted[name]), rel=1e-5, abs=0), name


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_graph_script_is_whole(language, state, loss):
    text = script(language, graph_code(language, STATES[state], loss))
    compile(text, language, "exec")
    assert "lrviz" not in text


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("language", "state"), list(itertools.product(installed(LANGUAGES), STATES))
)
def test_a_graph_script_prints_what_the_page_shows(printed, language, state, loss):
    text = script(language, graph_code(language, STATES[state], loss))
    check_graph(printed(text), lrviz.differentiate(**STATES[state], loss=loss))


RULES = pytest.mark.parametrize(
    ("optimizer", "l2"), [*((name, 0.0) for name in WRITTEN), ("gd", 0.3), ("adam", 0.3)]
)


def written(language, optimizer, l2):
    """A run, and the script that trains as it did."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(25, 2))
    y = (X @ [1.0, -0.5] + rng.normal(size=25) > 0).astype(float)
    start = (0.5, -1, 0.2)
    run = lrviz.train(X, y, optimizer=optimizer, learning_rate=0.1, steps=30, start=start, l2=l2)
    return run, script(language, training_code(language, X, y, run))


@RULES
@pytest.mark.parametrize("language", STEPS)
def test_a_training_script_is_whole(language, optimizer, l2):
    compile(written(language, optimizer, l2)[1], language, "exec")


@RULES
@pytest.mark.parametrize("language", installed(STEPS))
def test_a_training_script_ends_where_the_run_does(printed, language, optimizer, l2):
    run, text = written(language, optimizer, l2)
    found = printed(text)
    wanted = dict(zip(("w1", "w2", "b", "J"), (*run.params[-1], run.losses[-1]), strict=True))
    assert found == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_the_script_of_scikit_learn_prints_the_minimum(printed, l2):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, 2))
    y = (X @ [1.0, -0.5] + 2 * rng.normal(size=60) > 0).astype(float)
    run = lrviz.train(X, y, optimizer="newton", steps=30, l2=l2)
    found = printed(training_code("scikit-learn", X, y, run))
    wanted = dict(zip(("w1", "w2", "b", "J"), (*run.params[-1], run.losses[-1]), strict=True))
    assert found == pytest.approx(wanted, rel=1e-4)


def test_what_cannot_be_written_is_refused_with_a_sentence():
    assert set(OPTIMIZERS) - set(WRITTEN) == {"sgd", "newton"}
    X, y = np.eye(2), np.array([0.0, 1.0])
    run = lrviz.train(X, y, optimizer="newton", steps=1)
    with pytest.raises(ValueError, match="is not written"):
        training_code("NumPy", X, y, run)
    assert math.isfinite(run.losses[-1])


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("optimizer", ["gd", "newton"])
def test_of_one_class_scikit_learn_has_no_script(optimizer, label):
    X, y = np.array([[0.0, 1], [1, 2], [3, 1]]), np.full(3, label)
    run = lrviz.train(X, y, optimizer=optimizer, steps=3)
    assert languages_of(run, y) == (STEPS if optimizer == "gd" else ())
    with pytest.raises(ValueError, match=r"is not written in scikit-learn\.$"):
        training_code("scikit-learn", X, y, run)
    both = np.array([0, 1, 1])
    run = lrviz.train(X, both, optimizer=optimizer, steps=3)
    assert set(languages_of(run, both)) == ({*LANGUAGES} if optimizer == "gd" else {"scikit-learn"})
