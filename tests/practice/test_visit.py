"""What a browser keeps of a visit is read like anything else that comes from outside."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from lrviz.practice import visit
from lrviz.practice.explain import HINTS
from lrviz.practice.problem import LEVELS, N_HIGH, SEED_HIGH

KEYS = st.tuples(st.integers(0, SEED_HIGH), st.sampled_from(LEVELS), st.integers(1, N_HIGH))
RECORDS = st.fixed_dictionaries(
    {
        "verdict": st.none(),
        "hints": st.integers(0, HINTS),
        "solution": st.booleans(),
        "first": st.sampled_from((None, False, True)),
    }
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=30,
)


@given(st.dictionaries(KEYS, RECORDS, max_size=9))
def test_what_was_done_comes_back_and_what_was_only_seen_is_left_out(done):
    back = visit.unpacked(json.loads(json.dumps(visit.packed(done))))
    assert back == {key: one for key, one in done.items() if one != visit.fresh()}


@given(JSON | st.lists(st.lists(st.integers(-2, 5) | st.floats(), min_size=6, max_size=6)))
def test_what_does_not_fit_is_left_out(given):
    for (seed, level, n), one in visit.unpacked(given).items():
        assert 0 <= seed <= SEED_HIGH
        assert level in LEVELS
        assert 1 <= n <= N_HIGH
        assert one["first"] in (None, False, True)
        assert one["solution"] in (False, True)
        assert 0 <= one["hints"] <= HINTS


def test_the_last_ones_are_kept():
    begun = visit.fresh() | {"hints": 1}
    done = {(1, 1, n): begun for n in range(1, visit.MOST + 10)}
    assert [row[2] for row in visit.packed(done)] == list(range(10, visit.MOST + 10))
