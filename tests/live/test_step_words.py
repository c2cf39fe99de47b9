"""What the Training page says of a step is true of the step, over random runs."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from lrviz.live.playback_payload import examples, payload
from lrviz.text.about_run import now
from lrviz.text.numbers import number
from lrviz.text.onward import onward
from lrviz.training.judged import counts
from lrviz.training.model import mean_loss
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Request, make
from tests.live.node import run
from tests.samples import sample

SAY = """
const { Playback, readRows } = await load("playback.js");
const { happened } = await load("step-words.js");
return given.map(({ payload, rows, steps }) => {
  const playback = new Playback(payload, readRows(rows));
  return steps.map((k) => happened(playback, k));
});
"""
RAN = """
const { Playback, readRows } = await load("playback.js");
const { ran } = await load("step-words.js");
return given.map(({ payload, rows }) => ran(new Playback(payload, readRows(rows))));
"""
VERDICT = """
const { verdict } = await load("counts.js");
return given.map(({ counts, loss }) => verdict(counts, loss));
"""


def requests(opt, seed):
    """Random runs of one optimizer."""
    rng = random.Random(f"{opt} {seed}")
    for _ in range(sample(6, 60)):
        yield Request(
            data=rng.choice(("and", "xor", "separable", "outlier", "imbalanced", "twins")),
            opt=opt,
            lr=round(10 ** rng.uniform(-2, 1.3), 3),
            momentum=rng.choice((0.0, 0.5, 0.9)),
            batch=rng.choice((1, 7, 64)),
            seed=rng.randrange(100),
            steps=rng.choice((5, 25)),
            start=tuple(round(rng.uniform(-3, 3), 2) for _ in range(3)),
            l2=rng.choice((0.0, 0.0, 0.1)),
        )


def told(made, k, said):
    """Assert that a sentence is true of step k of a run."""
    h, r = made.history, made.request
    before, after = (float(v) for v in h.losses[k - 1 : k + 1])
    change, way = re.fullmatch(rf"Step {k}: (.*?); (.*)\.", said).groups()
    verb = "fell" if after < before else "rose"
    if before == after:
        assert change == f"J stayed at {number(after)}"
    elif before < after <= before * (1 + 1e-13):
        assert change == f"J stayed at {number(after)} but for rounding"
    elif number(before) == number(after):
        assert change == f"J {verb} by {number(abs(after - before))}, to {number(after)}"
    else:
        assert change == f"J {verb} from {number(before)} to {number(after)}"
    step = h.params[k] - h.params[k - 1]
    if r.opt == "gd":
        g = float(np.linalg.norm(h.gradients[k - 1]))
        assert way.startswith(
            f"the step was η times the gradient, {number(r.lr)} × {number(g)} ≈ {number(r.lr * g)}"
        )
        assert np.linalg.norm(step) == pytest.approx(r.lr * g, rel=1e-9)
        between = [
            mean_loss(made.scaled.X, made.scaled.data.y, h.params[k - 1] + t * step, r.l2)
            for t in np.linspace(0.001, 0.999, 400)
        ]
        passed = "past the lowest point on its way" in way
        assert passed == (after > before * (1 + 1e-9))
        assert not passed or min(between) < before
    elif r.opt == "sgd":
        rows = int(re.search(r"of (?:all )?(\d+)", way)[1])
        assert rows == len(made.batches[k - 1])
        assert ("all" in way) == (rows == len(made.scaled.data))
    elif r.opt == "newton":
        damped = float(np.ravel(made.terms["delta"])[k - 1]) > 0
        assert ("damping" in way) == damped
        if not damped:
            np.testing.assert_allclose(-step, made.terms["d"][k - 1], rtol=1e-9, atol=1e-12)
    elif r.opt == "momentum":
        np.testing.assert_allclose(step, -r.lr * made.terms["v"][k - 1], rtol=1e-6, atol=1e-9)
    elif r.opt == "nesterov":
        v = h.gradients[k - 1] + r.momentum * made.terms["v"][k - 1]
        np.testing.assert_allclose(step, -r.lr * v, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("opt", OPTIMIZERS)
def test_the_live_sentence_is_true_of_every_step(opt):
    runs = [make(request) for request in requests(opt, 3)]
    given = [
        {
            "payload": payload(made),
            "rows": examples(made.scaled),
            "steps": list(range(len(made.history) + 1)),
        }
        for made in runs
    ]
    for made, lines in zip(runs, run(SAY, given), strict=True):
        assert lines[0].startswith(
            f"Step 0, the start: J = {number(float(made.history.losses[0]))}."
        )
        for k, said in enumerate(lines[1:], 1):
            told(made, k, said)


@pytest.mark.parametrize(("data", "lr"), [("penguins", 6.18), ("twins", 4.3)])
def test_no_step_within_the_guaranteed_bound_is_said_to_raise_j(data, lr):
    made = make(Request(data=data, lr=lr, steps=400))
    assert lr < made.bounds.guaranteed
    assert "J never rises" in now(made)
    assert (np.diff(made.history.losses) > 0).any()  # in the last digits
    given = {
        "payload": payload(made),
        "rows": examples(made.scaled),
        "steps": list(range(401)),
    }
    (lines,) = run(SAY, [given])
    assert not [line for line in lines if "rose" in line]
    assert any(line.partition(";")[0].endswith("but for rounding") for line in lines)


def fell(made):
    """From the first loss of a run to its last."""
    first, last = (number(float(made.history.losses[k])) for k in (0, -1))
    return f"J {'fell' if made.history.losses[-1] < made.history.losses[0] else 'rose'} " + (
        f"from {first} to {last}."
    )


def test_what_a_run_comes_to():
    start = (2.0, -1.0, 0.5)
    plain = make(Request(steps=20, lr=0.5, start=start))
    beside = make(Request(steps=20, lr=0.5, start=start, comparisons=(plain.request.run,)))
    rising = make(Request(data="outlier", steps=1, lr=900.0, start=start))
    still = make(Request(data="xor", steps=1))
    none = make(Request(steps=0, start=start))
    ended = make(Request(opt="newton", steps=100))
    assert rising.history.losses[1] > rising.history.losses[0]
    made = (plain, beside, rising, still, none, ended)
    given = [{"payload": payload(one), "rows": examples(one.scaled)} for one in made]
    said = run(RAN, given)
    assert said[:3] == [
        f"20 steps: {fell(plain)} {onward(plain)}",
        f"A: 20 steps: {fell(plain)} {onward(plain)}",
        f"1 step: {fell(rising)} {onward(rising)}",
    ]
    assert said[3] == f"0 steps: J = 0.6931. {still.history.stopped}"
    assert said[4] == f"0 steps: J = {number(float(none.history.losses[0]))}."
    taken = len(ended.history)
    assert taken < 100
    assert said[5] == f"{taken} steps: {fell(ended)} {ended.history.stopped}"


def test_the_verdict_is_true_of_the_counts():
    rng = random.Random(8)
    given, facts = [], []
    for name in ("imbalanced", "penguins", "and"):
        made = make(Request(data=name, steps=1))
        X, y = made.scaled.X, made.scaled.data.y
        for _ in range(sample(40, 400)):
            w = [rng.gauss(0, 2) for _ in range(3)]
            found = counts(X, y, w, rng.choice((0.1, 0.5, 0.8)))
            loss = float(mean_loss(X, y, w))
            given.append({"counts": {**found._asdict(), "accuracy": found.accuracy}, "loss": loss})
            facts.append((found, loss))
    for (found, loss), said in zip(facts, run(VERDICT, given), strict=True):
        ones, zeros = found.tp + found.fn, found.fp + found.tn
        rare = min(ones, zeros)
        if rare < 0.2 * (ones + zeros):
            share = number(100 * max(ones, zeros) / (ones + zeros))
            hit, label = (found.tp, 1) if ones <= zeros else (found.tn, 0)
            assert f"would be right for {share} %" in said
            assert said.endswith(f"of the {rare} with y = {label} the model finds {hit}.")
            assert (f"J is only {number(loss)}" in said) == (2 * hit < rare and loss < np.log(2))
        elif found.fp + found.fn:
            assert said.startswith(f"{found.fp + found.fn} of {ones + zeros} are misjudged")
            assert said.endswith(f"{found.fn} with y = 1 and {found.fp} with y = 0.")
        else:
            assert said == f"All {ones + zeros} are on their right side of the threshold."
