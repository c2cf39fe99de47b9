"""The browser's sentences and plots beside Python's."""

import re

import pytest

from lrviz.core.graph import LOSSES, build, differentiate
from lrviz.figures import plots
from lrviz.text import explanations, sentence
from lrviz.text.explanations import TARGETS
from tests.figures.test_plots import SHAPES, VIEWS, drawn, points, states
from tests.live.node import run
from tests.samples import sample
from tests.text.test_sentence import states as spoken


@pytest.mark.parametrize("loss", LOSSES)
def test_the_browser_says_what_python_says(loss):
    graph = explanations.spec(build("features", loss))
    given = [
        {"of": TARGETS[n % 3], "fields": state}
        for n, state in enumerate(spoken(sample(400, 4000), 23))
    ]
    tables = {of: sentence.payload(sentence.now(loss, of)) for of in TARGETS}
    body = """
    const { evaluate, reader } = await load("pass.js");
    const { say } = await load("sentence.js");
    const { graph, tables, states } = given;
    return states.map(({ of, fields }) => say(tables[of], reader(evaluate(graph, fields))));
    """
    found = run(body, {"graph": graph, "tables": tables, "states": given})
    for one, text in zip(given, found, strict=True):
        p = differentiate(**one["fields"], loss=loss)
        assert text == sentence.say(sentence.now(loss, one["of"]), p.read)


def test_the_browser_draws_what_python_draws():
    given = []
    wanted = []
    ends = []
    for n, state in enumerate(states(sample(240, 2000), 15)):
        view, loss, of = VIEWS[n % 2], LOSSES[n // 2 % 2], TARGETS[n % 3]
        if n % 5 == 0:  # a run of training may lead far beyond the fields
            state[of] *= (1.3, 20)[n // 5 % 2]
        p = differentiate(**state, view=view, loss=loss)
        nudged = None
        if n % 4 == 0:
            nudged = differentiate(**{**state, of: state[of] + 0.5}, view=view, loss=loss)
        made = drawn(view, SHAPES[n // 4 % 2], of, p)
        wanted.append([plots.marks(one, p.read, nudged and nudged.read) for one in made])
        ends.append(next(plots.ends(one, p.read) for one in made if one.name == "of"))
        given.append(
            {
                "graph": explanations.spec(p.graph),
                "fields": state,
                "of": of if nudged else None,
                "plots": [plots.spec(one) for one in made],
            }
        )
    body = """
    const { evaluate, reader } = await load("pass.js");
    const { ends, marks } = await load("plots.js");
    return given.map(({ graph, fields, of, plots }) => {
      const read = reader(evaluate(graph, fields));
      const nudged = of && reader(evaluate(graph, { ...fields, [of]: fields[of] + 0.5 }));
      const of_ = plots.find(({ name }) => name === "of");
      return [plots.map((plot) => marks(plot, read, nudged)), ends(of_, read)];
    });
    """
    for state, (found, at), expected, wide in zip(
        given, run(body, given), wanted, ends, strict=True
    ):
        assert at == [list(one) for one in wide]
        for got, made in zip(found, expected, strict=True):
            assert [kind for kind, _ in got] == [mark.kind for mark in made]
            for (_, d), mark in zip(got, made, strict=True):
                assert re.sub(r"[\d.,-]+", "", d) == re.sub(r"[\d.,-]+", "", mark.d)
                for here, there in zip(points(d), points(mark.d), strict=True):
                    assert here == pytest.approx(there, abs=0.011), state["fields"]


def test_edges_are_as_wide_here_as_there():
    sizes = [[10.0**n] for n in range(-8, 9)] + [[0.0], [3.0, -4.0], [1.5, 2.0], [1e300]]
    given = [(one, lit) for one in sizes for lit in (True, False)]
    body = """
    const { stroke } = await load("plots.js");
    return given.map(([one, lit]) => stroke(one, lit));
    """
    wanted = [plots.stroke(one, lit=lit) for one, lit in given]
    assert run(body, given) == pytest.approx(wanted, rel=1e-12)
