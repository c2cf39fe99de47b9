"""Odds ratios against mpmath, as the browser writes them, and in the history."""

from __future__ import annotations

import csv
import io
import math
import re

import mpmath
import numpy as np
import pytest

from lrviz.data.dataset import to_raw
from lrviz.export.tables import history_csv
from lrviz.live.playback_payload import examples, payload
from lrviz.text.numbers import number
from lrviz.text.odds import HIGHEST, LOWEST, odds_cell, odds_ratio
from lrviz.text.runs import labelled
from lrviz.training.playback import Request, make
from tests.live.node import run

WEIGHTS = (0.0, 1.0, -1.0, 0.271068, -24.94, 700.0, 709.7, 709.8, -708.3, -708.5, -745.2, 1e4)
WEIGHTS += (401 * math.log(10) - 2e-5,)  # 9.9998×10⁴⁰⁰, which is rounded to the next power
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def read(text):
    text = re.sub(r"(?<!×)10(?=[⁻⁰-⁹¹²³])", "1×10", text).replace("×10", "e")
    return mpmath.mpf(text.translate(RAISED))


@pytest.mark.parametrize("w", [*WEIGHTS, -1e4, 123456.789])
def test_an_odds_ratio_is_the_exponential_and_never_infinite(w):
    truth = mpmath.exp(mpmath.mpf(w))
    assert abs(read(odds_ratio(w)) / truth - 1) < 6e-4
    cell = odds_cell(w)
    if isinstance(cell, float):
        assert cell == pytest.approx(float(truth), rel=1e-15 * max(1, abs(w)))
    else:
        assert cell == odds_ratio(w)
        assert not np.isfinite(float(truth)) or float(truth) < 1e-300


@pytest.mark.parametrize("w", [LOWEST, HIGHEST])
def test_what_float64_just_holds_is_a_number_in_the_table(w):
    assert odds_cell(w) == math.exp(w)
    assert odds_ratio(w) == number(math.exp(w))


@pytest.mark.parametrize("w", [np.inf, -np.inf, np.nan])
def test_of_no_number_it_says_so(w):
    assert odds_ratio(w) == odds_cell(w) == "beyond float64"


def test_the_browser_writes_the_same():
    body = "const { oddsRatio } = await load('playback.js'); return given.map(oddsRatio);"
    dice = np.random.default_rng(4)
    given = [*WEIGHTS, *(dice.normal(size=300) * dice.choice([1, 50, 2000], size=300)).tolist()]
    assert run(body, given) == [odds_ratio(w) for w in given]


BODY = """
const { Playback, readRows } = await load("playback.js");
const playback = new Playback(given.payload, readRows(given.rows));
return given.steps.map((k) => playback.weights(k));
"""


@pytest.mark.parametrize("scale", ["standard", "raw"])
def test_weights_are_in_raw_units_and_in_full(scale):
    made = make(Request(scale=scale, steps=7, lr=0.003))
    steps = list(range(8))
    given = {"payload": payload(made), "rows": examples(made.scaled), "steps": steps}
    for k, rows in zip(steps, run(BODY, given), strict=True):
        truth = to_raw(made.history.params[k], made.scaled.mean, made.scaled.scale)
        assert [row["letter"] for row in rows] == ["w₁", "w₂", "b"]
        for row, value in zip(rows, truth.tolist(), strict=True):
            assert row["value"] == pytest.approx(value, rel=1e-12, abs=1e-15)
            assert float(row["digits"].replace("−", "-")) == row["value"]
            assert row["odds"] == odds_ratio(row["value"])


def test_the_history_says_its_scale():
    made = make(Request(steps=5, l2=0.25))
    text = history_csv(labelled(made), made.scaled)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 6
    data, last = made.scaled.data, rows[-1]
    raw = to_raw(made.history.params[-1], made.scaled.mean, made.scaled.scale)
    names = [f"w per unit of {name}" for name in data.feature_names] + ["b in raw units"]
    assert [float(last[name]) for name in names] == raw.tolist()
    for n, name in enumerate(data.feature_names):
        assert float(last[f"odds of {data.classes[1]} for one more {name}"]) == np.exp(raw[n])
        assert float(last[f"mean of {name}"]) == made.scaled.mean[n]
        assert float(last[f"deviation of {name}"]) == made.scaled.scale[n]
    assert (last["scale"], last["weight decay"]) == ("standardised", "0.25")
    other = make(Request(steps=1, scale="raw"))
    row = next(csv.DictReader(io.StringIO(history_csv(labelled(other), other.scaled), newline="")))
    assert (row["scale"], row[f"mean of {data.feature_names[0]}"]) == ("raw", "0.0")


def test_a_history_with_weights_beyond_exp_has_no_infinite_cell():
    made = make(Request(data="and", steps=1, start=(100.0, -100.0, 0.0)))
    huge = made.scaled._replace(mean=made.scaled.mean, scale=np.array([0.01, 0.01]))
    text = history_csv(labelled(made), huge)
    assert "×10" in text
    assert not re.search(r"\b(inf|nan)\b", text, re.IGNORECASE)
