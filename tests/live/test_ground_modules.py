"""The split graph in the browser: the same numbers as Python's, where they are hardest to keep."""

import pytest

from lrviz.core.graph import LOSSES, build, differentiate
from lrviz.text import explanations
from lrviz.text.explanations import product
from tests.live.node import run


def at(z, y):
    return {"x1": 1.0, "w1": z, "x2": 0.0, "w2": 0.0, "b": 0.0, "y": y}


@pytest.mark.parametrize("loss", LOSSES)
def test_what_float64_would_lose_is_kept_in_the_browser_too(loss):
    graph = build("operations", loss)
    states = [
        at(z, y) for z in (-55.0, -36.8, -1e-9, 0.0, 1e-9, 0.3, 36.8, 40.0, 55.0) for y in (0, 1)
    ]
    keys = ["value.a", "complement.a", "value.L", "adjoint.a", "adjoint.y", "adjoint.z"]
    keys += [one.key for of in explanations.TARGETS for one in product(graph, of).factors]
    body = """
    const { evaluate, reader } = await load("pass.js");
    return given.states.map((state) => {
      const read = reader(evaluate(given.graph, state));
      return given.keys.map((key) => read(key).p ?? read(key));
    });
    """
    found = run(body, {"graph": explanations.spec(graph), "states": states, "keys": keys})
    for state, got in zip(states, found, strict=True):
        p = differentiate(**state, view="operations", loss=loss)
        for key, x in zip(keys, got, strict=True):
            assert x == pytest.approx(float(p.read(key)), rel=4e-15, abs=0), (key, state)
