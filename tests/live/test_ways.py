"""Arrow keys walk the graph along its edges."""

from itertools import pairwise

import pytest

from lrviz.core.graph import VIEWS
from lrviz.figures.graph import build_figure
from tests.live.node import run

KEYS = ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"]


def given(view, shape="wide"):
    meta = build_figure(view, shape=shape).layout.meta
    names = {hit["name"] for hit in meta["hits"]}
    unseen = [name.split("-") for name in meta["ways"] if name not in names]
    return {"hits": list(meta["hits"]), "unseen": unseen, "keys": KEYS}


ALL = """
const { onward } = await load("ways.js");
const { hits, unseen, keys } = given;
return Object.fromEntries(hits.map(({ name }) =>
  [name, Object.fromEntries(keys.map((key) => [key, onward(hits, unseen, name, key)]))]));
"""


@pytest.mark.parametrize("shape", ["wide", "tall"])
@pytest.mark.parametrize("view", VIEWS)
def test_right_and_left_follow_edges_and_every_part_is_reached(view, shape):
    spec = given(view, shape)
    led = run(ALL, spec)
    ends = {(*name.split("-"),) for name in led if "-" in name}
    ends |= {tuple(way) for way in spec["unseen"]}
    for name, to in led.items():
        for key, way in (("ArrowRight", 1), ("ArrowLeft", 0)):
            there = to[key]
            if "-" in name:
                assert there == name.split("-")[way]
            elif there != name:
                edge = (*there.split("-"),) if "-" in there else (name, there)[:: 1 if way else -1]
                assert edge in ends
                assert edge[1 - way] == name
            else:
                assert not any(pair[1 - way] == name for pair in ends)
        for key in ("ArrowUp", "ArrowDown"):
            assert ("-" in to[key]) == ("-" in name)
    for start in led:
        reached, todo = {start}, [start]
        while todo:
            for there in led[todo.pop()].values():
                if there not in reached:
                    reached.add(there)
                    todo.append(there)
        assert reached == set(led), start


def test_up_and_down_go_to_what_feeds_the_same_node_in_the_order_it_is_seen():
    led = run(ALL, given("features"))
    column = ["x1", "w1", "x2", "w2", "b"]
    for above, below in pairwise(column):
        assert led[above]["ArrowDown"] == below
        assert led[below]["ArrowUp"] == above
    assert led["x1"]["ArrowUp"] == "x1"
    assert led["b"]["ArrowDown"] == "b"
    assert led["y"]["ArrowDown"] == "a"
    assert led["w1-z"]["ArrowDown"] == "x2-z"


def test_the_way_back_is_the_way_here():
    body = """
    const { onward } = await load("ways.js");
    const { hits, unseen } = given;
    let [at, been] = ["w2", []];
    for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft"]) {
      const next = onward(hits, unseen, at, key, been);
      been.push(at);
      at = next;
    }
    return [at, ...been];
    """
    assert run(body, given("features")) == ["w2", "w2", "w2-z", "z", "w2-z"]
