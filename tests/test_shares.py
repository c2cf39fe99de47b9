"""The tests of this folder are dealt out so that what is dear to begin is begun once."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.shares import dealt


@given(st.lists(st.sampled_from([None, None, "a", "b", "c"])), st.integers(1, 4))
def test_each_test_is_dealt_once_and_no_group_is_torn(groups, workers):
    order = dealt(groups, workers)
    assert sorted(order) == list(range(len(groups)))
    for name in set(groups) - {None}:
        places = [place for place, n in enumerate(order) if groups[n] == name]
        assert places == list(range(places[0], places[-1] + 1))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_each_workers_run_begins_with_groups_and_ends_with_what_any_can_take(workers):
    groups = [None] * 7 + ["a", "a", "b", "b", "b", "c"] * 2 + [None] * 30
    order = dealt(groups, workers)
    # The cut that is made at equal lengths.
    runs, left = [], order
    for rest in range(workers, 0, -1):
        size = len(left) // rest
        runs.append([groups[n] is None for n in left[:size]])
        left = left[size:]
    for run in runs:
        assert run == sorted(run)
        assert {False, True} == set(run)
