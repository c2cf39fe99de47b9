import json
import re

import pytest

from lrviz.core.graph import LOSSES, VIEWS, build, differentiate
from lrviz.live import derivation_payload
from lrviz.text.derivation import KEYS, parts, steps
from lrviz.text.explanations import names
from lrviz.text.numbers import number

every = pytest.mark.parametrize(("view", "loss"), [(v, k) for v in VIEWS for k in LOSSES])


@every
@pytest.mark.parametrize("of", ["w1", "w2", "b"])
def test_the_browser_is_given_the_displayed_latex_itself(view, loss, of):
    made = derivation_payload.payload(view, loss, of)
    json.dumps(made)
    table = parts(loss, 2 if of == "w2" else 1)
    assert sorted(part["key"] for part in made["parts"]) == sorted(KEYS)
    for part in made["parts"]:
        lines = [step.line.latex for step in steps(table[part["key"]])]
        assert [step["latex"] for step in part["steps"]] == lines
        assert derivation_payload.length(part["key"], loss) == len(lines)


@every
def test_lines_point_at_what_the_view_has_and_everything_has_a_part(view, loss):
    made = derivation_payload.payload(view, loss, "w1")
    known = set(names(build(view, loss)))
    assert set(made["part_of"]) == known
    assert set(made["part_of"].values()) <= set(KEYS)
    for part in made["parts"]:
        for step in part["steps"]:
            assert set(step["about"]) <= known


@pytest.mark.parametrize("loss", LOSSES)
def test_the_buttons_of_3_set_the_logit_they_promise(loss):
    (three,) = [
        p for p in derivation_payload.payload("features", loss, "w1")["parts"] if p["key"] == "3"
    ]
    found = [step["extreme"] for step in three["steps"] if "extreme" in step]
    assert len(found) == (2 if loss == "log" else 1)
    for one in found:
        z = differentiate(**one["fields"], loss=loss).values["z"]
        assert one["label"] == f"Show it at z = {number(z)}"


@pytest.mark.parametrize("loss", LOSSES)
def test_every_slot_became_an_element_of_its_own(loss):
    for part in derivation_payload.payload("features", loss, "w1")["parts"]:
        for step in part["steps"]:
            assert r"\slot" not in step["numbers"] + step["point"]
            for key in re.findall(r"q=([^,}]*)", step["numbers"]):
                assert re.fullmatch(r"(value|complement|local|adjoint)\.[\w-]+", key)
