"""What comes next, the worksheet, and the code that is handed in."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrviz.practice import handin, schedule
from lrviz.practice.judge import key_said
from lrviz.practice.making import kind_of, problem
from lrviz.practice.problem import KINDS, LEVEL_KINDS, LEVELS, N_HIGH, TASK
from lrviz.practice.worksheet import worksheet
from lrviz.text.numbers import number

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KINDS, "count", "kinds"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("weak", ["chain", "wrong"])
def test_what_went_wrong_comes_back_sooner(level, weak):
    memory, n, seen = schedule.empty(), 1, []
    for _ in range(60):
        kind = kind_of(5, level, n)
        seen.append(kind)
        memory = schedule.answered(memory, kind, right=kind != weak)
        n = schedule.following(memory, 5, level, n)
    others = [seen.count(kind) for kind in LEVEL_KINDS[level] if kind != weak]
    assert seen.count(weak) > 1.5 * max(others)
    assert seen.count(weak) > 2 * sum(others) / len(others)
    assert min(others) >= 1
    places = [at for at, kind in enumerate(seen) if kind == weak]
    assert max(b - a for a, b in pairwise(places)) <= 4


def test_without_a_memory_the_problems_come_in_order():
    memory = schedule.empty()
    assert [schedule.following(memory, 1, 2, n) for n in (1, 2, 3)] == [2, 3, 4]
    assert schedule.following(memory, 1, 2, N_HIGH) == 1


@given(JSON)
def test_a_memory_is_read_from_anything(told):
    memory = schedule.checked(told)
    assert schedule.checked(memory) == memory
    assert 1 <= schedule.following(memory, 1, 2, 5) <= N_HIGH
    for kind, (box, due) in memory["kinds"].items():
        assert kind in KINDS
        assert 0 <= box <= schedule.TOP
        assert due >= 0


@given(
    st.text(max_size=30),
    st.integers(0, 999_999),
    st.sampled_from(LEVELS),
    st.sets(st.integers(1, TASK)),
)
def test_a_code_says_what_was_right(name, seed, level, right):
    made = handin.code(name, seed, level, right)
    assert handin.check(name, made) == handin.Result(seed, level, tuple(sorted(right)))
    # In capitals or small letters (but for those that are others there), with spaces around.
    other = name.upper().lower()
    other = other if other.casefold() == name.casefold() else name
    assert handin.check(f" {other} ", f" {made.lower()} ") == handin.check(name, made)
    assert handin.check(name + "x", made) is None


@pytest.mark.parametrize("at", range(14))
def test_a_code_with_a_letter_changed_is_refused(at):
    made = handin.code("Ada", 77, 2, (1, 2, 5))
    for other in "0123459AFKXZ":
        changed = made[:at] + other + made[at + 1 :]
        assert changed == made or handin.check("Ada", changed) is None


@pytest.mark.parametrize("text", ["", "x" * 10**6, "2-7-3FF", "4-1-000-AAAAAA", "1-1-FFF-AAAAAA"])
def test_what_is_no_code_is_refused(text):
    assert handin.check("Ada", text) is None


@pytest.mark.parametrize("level", LEVELS)
def test_a_worksheet_has_its_problems_and_the_key_apart(level):
    text = worksheet(40, level, 3)
    tasks, _, keys = text.partition('<section class="key">')
    assert tasks.count("<article>") == 3 * TASK
    assert keys.count("<li>") == 3 * TASK
    plain = [re.sub("<[^>]+>", " ", one) for one in tasks.split("<article>")[1:]]
    for place, seed in enumerate((40, 41, 42)):
        assert f"seed {seed}, level {level}" in tasks
        for n in range(1, TASK + 1):
            made = problem(seed, level, n)
            assert key_said(made).replace("&", "&amp;") in keys
            if made.kind in ("chain", "mean", "paths"):
                assert number(made.key) not in plain[place * TASK + n - 1]
    assert "src=" not in text
    assert "<script" not in text
    assert "http" not in re.sub("http-equiv", "", text)
    assert "break-after: page" in text


@pytest.mark.parametrize("count", [0, 11, -1])
def test_a_file_has_no_more_variants_than_that(count):
    with pytest.raises(ValueError, match="1 to 10"):
        worksheet(1, 1, count)
