import math
import re
from decimal import Decimal
from functools import partial
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrviz import settings
from lrviz.core.graph import LOSSES, differentiate
from lrviz.data.built_in import DATASETS
from lrviz.settings import GRAPH, TRAINING
from lrviz.text.cards import CARDS
from lrviz.text.numbers import number
from lrviz.training.optimizers import OPTIMIZERS
from tests.samples import OPENING

sliders = st.floats(settings.LOW, settings.HIGH)
graph_states = st.fixed_dictionaries(
    {
        **dict.fromkeys(("x1", "x2", "w1", "w2", "b"), sliders),
        "y": st.sampled_from([0, 1]),
        "view": st.sampled_from(["vector", "features", "operations"]),
        "of": st.sampled_from(["w1", "w2", "b"]),
        "part": st.sampled_from(["goal", "strategy", "1", "5", "sigmoid", "result"]),
        "at": st.sampled_from([None, "z", "w1-z"]),
        "stage": st.one_of(st.none(), st.integers(0, 12)),
        "line": st.integers(0, 20),
        "loss": st.sampled_from(["log", "squared"]),
        "nudge": st.one_of(st.none(), st.floats(settings.NUDGE_LOW, 1.0)),
        "lr": st.sampled_from(settings.STEP_RATES),
        "guide": st.sampled_from([None, *(n for n, c in CARDS.items() if c.page == "graph")]),
        "hide": st.sampled_from([(), ("check",), ("derivation", "try")]),
    }
)


@given(graph_states)
def test_every_state_survives_the_link(state):
    query = {name: [text] for name, text in settings.encode(GRAPH, state).items()}
    assert settings.decode(GRAPH, query) == (state, [])


def test_a_field_at_its_default_is_left_out():
    assert settings.encode(GRAPH, settings.defaults(GRAPH)) == {}
    assert settings.encode(GRAPH, settings.defaults(GRAPH) | {"w1": -2.0}) == {"w1": "-2"}


BAD = [
    "nan",
    "inf",
    "-inf",
    "1e400",
    "text",
    "",
    " 1",
    "1_000",
    "１",
    "5.01",
    "-6",
    "0x1",
    "1,5",
    "9" * 100_000,
]


@pytest.mark.parametrize("text", BAD)
def test_a_bad_number_keeps_the_default_and_the_good_fields(text):
    state, bad = settings.decode(GRAPH, {"w1": [text], "w2": ["3"]})
    assert bad == ["w1"]
    assert state == settings.defaults(GRAPH) | {"w2": 3.0}


@pytest.mark.parametrize(
    "query",
    [
        {"y": ["2"]},
        {"view": ["3d"]},
        {"of": ["x1"]},
        {"stage": ["-1"]},
        {"line": ["1.5"]},
        {"at": ["<b>"]},
        {"hide": ["everything"]},
        {"w1": ["1", "2"]},
        {"unknown": ["1"]},
        {"part": ["6"]},
        {"loss": ["LOG"]},
    ],
)
def test_every_bad_field_is_named(query):
    state, bad = settings.decode(GRAPH, query)
    assert bad == list(query)
    assert state == settings.defaults(GRAPH)
    assert next(iter(query)) in settings.notice(bad)


@given(
    st.dictionaries(st.text(max_size=30), st.lists(st.text(max_size=500), max_size=3), max_size=8)
)
def test_any_query_at_all_gives_a_valid_state(query):
    state, bad = settings.decode(GRAPH, query)
    assert settings.accept(GRAPH, settings.defaults(GRAPH), state) == state
    assert len(settings.notice(bad)) < 300


@given(
    st.sampled_from(["x1", "y", "stage", "at", "hide"]),
    st.sampled_from([math.nan, math.inf, 99.5, "<script>", True]),
)
def test_what_the_browser_sends_is_checked_too(name, value):
    base = settings.defaults(GRAPH)
    assert settings.accept(GRAPH, base, {name: value}) == base


def test_a_notice_cannot_carry_markup():
    assert "<" not in settings.notice(["<img src=x>"])
    assert r" \_\_proto\_\_." in settings.notice(["__proto__"])
    assert settings.notice([]) == ""


_run = {
    "opt": st.sampled_from(tuple(OPTIMIZERS)),
    "lr": st.floats(settings.RATE_LOW, settings.RATE_HIGH),
    "momentum": st.floats(0, 0.999),
    "batch": st.integers(1, 1000),
    "seed": st.integers(0, 999_999),
}
_starts = [st.floats(-settings.START_HIGH, settings.START_HIGH)] * 3
_places = st.floats(-settings.POINTS_HIGH, settings.POINTS_HIGH).filter(
    lambda x: x == 0 or abs(x) >= settings.POINTS_LEAST
)

training_states = st.fixed_dictionaries(
    {
        "data": st.sampled_from([*DATASETS, settings.OWN, settings.FILE]),
        "scale": st.sampled_from(["standard", "raw"]),
        **_run,
        "l2": st.just(0.0) | st.floats(settings.DECAY_LOW, settings.DECAY_HIGH),
        "steps": st.integers(1, settings.STEPS_HIGH),
        "start": st.tuples(*_starts),
        "plane": st.sampled_from(["w1w2", "w1b", "w2b"]),
        "surface": st.sampled_from(["contour", "3d"]),
        "layout": st.sampled_from(["page", "lecture"]),
        "step": st.integers(0, settings.STEPS_HIGH),
        "threshold": st.floats(settings.THRESHOLD_LOW, settings.THRESHOLD_HIGH),
        "example": st.integers(0, 999_999),
        "points": st.lists(
            st.tuples(_places, _places, st.integers(0, 1)), max_size=settings.POINTS_LIMIT
        ).map(tuple),
        "comparisons": st.lists(
            st.tuples(*_run.values(), *_starts), max_size=settings.COMPARISONS_LIMIT
        ).map(tuple),
        "hide": st.sampled_from([(), ("rule", "history")]),
        "guide": st.sampled_from([None, *(n for n, c in CARDS.items() if c.page == "training")]),
    }
)


@given(training_states)
def test_every_state_of_a_run_survives_the_link(state):
    if state["data"] != settings.OWN:
        state = {**state, "points": ()}
    query = {name: [text] for name, text in settings.encode(TRAINING, state).items()}
    assert settings.decode(TRAINING, query) == (state, [])


@pytest.mark.parametrize(
    "start", ["", "1,2", "1,2,3,4", "1,nan,2", "1,,2", "101,0,0", "a,b,c", "1;2;3"]
)
def test_a_start_is_three_numbers(start):
    assert settings.decode(TRAINING, {"start": [start]})[1] == ["start"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("points", "1_2"),
        ("points", "1_2_3"),
        ("points", "1_2_1~"),
        ("points", "1_nan_1"),
        ("points", "101_0_1"),
        ("points", "1,2,1"),
        ("points", "~".join(["1_2_0"] * (settings.POINTS_LIMIT + 1))),
        ("versus", "gd_0.5"),
        ("versus", "best_0.5_0.9_16_0_0_0_0"),
        ("versus", "~".join(["gd_0.5_0.9_16_0_0_0_0"] * (settings.COMPARISONS_LIMIT + 1))),
    ],
)
def test_rows_that_do_not_fit_are_named(name, text):
    state, bad = settings.decode(TRAINING, {name: [text]})
    assert bad == [name]
    assert state == settings.defaults(TRAINING)


def test_points_are_in_the_link_only_while_they_are_what_is_shown():
    file = {"data": settings.FILE}
    state = settings.defaults(TRAINING, file) | file | {"points": ((1.0, 2.0, 1),)}
    assert settings.encode(TRAINING, state) == {"data": "file"}
    assert "points" in settings.encode(TRAINING, {**state, "data": settings.OWN})


def test_sixty_points_fit_into_a_link_as_they_are():
    points = tuple((-4.25, 3.75 - i / 20, i % 2) for i in range(settings.POINTS_LIMIT))
    query = settings.encode(
        TRAINING, {**settings.defaults(TRAINING), "data": settings.OWN, "points": points}
    )
    # What a link need not escape, and far from the 2,000 characters that every browser takes.
    assert re.fullmatch(r"[\w.~-]{1,1200}", query["points"], re.ASCII)


@pytest.mark.parametrize("x", [1e-101, -5e-324, 10**400, -(10**400), math.nan])
def test_a_point_lies_where_it_can_be_computed_and_drawn(x):
    base = settings.defaults(settings.TRAINING)
    assert settings.accept(settings.TRAINING, base, {"points": [[x, 1.0, 0]]}) == base
    assert settings.accept(GRAPH, settings.defaults(GRAPH), {"w1": x})["w1"] in (0.5, x)
    sent = {"data": ["own"], "points": ["1e-310_0_1~2e-310_0_0"]}
    assert settings.decode(settings.TRAINING, sent)[1] == ["points"]
    there = settings.accept(settings.TRAINING, base, {"points": [[1e-99, 0.0, 0]]})
    assert there["points"] == ((1e-99, 0.0, 0),)


@pytest.mark.parametrize("text", ["-0", "-0.0", "0", "-.0", "-0e5"])
def test_a_zero_in_a_link_has_no_sign(text):
    state, bad = settings.decode(GRAPH, {"w1": [text]})
    assert not bad
    assert math.copysign(1, state["w1"]) == 1
    assert settings.encode(GRAPH, state) == {"w1": "0"}
    assert math.copysign(1, settings.accept(GRAPH, state, {"w1": -0.0})["w1"]) == 1


@pytest.mark.parametrize("fields", [GRAPH, TRAINING])
def test_what_is_hidden_is_in_the_order_of_the_table(fields):
    options = settings.HIDEABLE if fields is GRAPH else settings.TRAINING_HIDEABLE
    for order in (options, options[::-1], options[::-1] + options):
        state, bad = settings.decode(fields, {"hide": [",".join(order)]})
        assert not bad
        assert state["hide"] == options
        assert settings.encode(fields, state) == {"hide": ",".join(options)}
    assert settings.decode(fields, {"hide": [",".join(options[3:0:-2])]})[0]["hide"] == (
        options[1],
        options[3],
    )


def test_the_largest_step_count_of_a_link():
    assert settings.decode(TRAINING, {"steps": ["2000"]}) == (
        settings.defaults(TRAINING) | {"steps": 2000},
        [],
    )
    for name in ("steps", "step"):
        assert settings.decode(TRAINING, {name: ["2001"]})[1] == [name]
    assert settings.decode(TRAINING, {"steps": ["0"]})[1] == ["steps"]


#: As Streamlit reads a query string.
read = partial(parse_qs, keep_blank_values=True)


def test_a_link_of_too_many_fields_keeps_those_that_a_page_has():
    junk = [f"j{i}=1" for i in range(600)]
    query = "&".join([*junk, "w1=2", "%781=3", *junk, "opt=newton"])
    short = settings.shortened(query, 10_000, 1000)
    assert short.split("&") == ["w1=2", "%781=3", "opt=newton", *junk[:6]]
    state, bad = settings.decode(settings.GRAPH, read(short))
    assert (state["w1"], state["x1"]) == (2.0, 3.0)
    assert "j0, j1, j2, j3, j4 and others" in settings.notice([b for b in bad if b != "opt"])
    # A field that comes again and again is as unreadable as before, and no more than are allowed.
    again = settings.shortened("&".join(["w1=2"] * 3000), 100_000, 1000)
    assert again.count("&") == 999


def test_a_link_of_too_many_characters_ends_with_a_whole_field():
    query = f"w1=2&x=&{'a' * 50}&b=1"
    assert settings.shortened(query, len(query), 9) == query
    short = settings.shortened(query, len(query) - 1, 9)
    assert short == f"w1=2&x=&{'a' * 50}&…"
    assert settings.notice(settings.decode(settings.GRAPH, read(short))[1])
    assert settings.shortened("b=1&" + "x" * 90, 50, 9) == "b=1&…"


def test_with_other_data_than_the_opening_ones_a_link_says_what_it_always_said():
    opened, bad = settings.decode(TRAINING, {})
    assert (opened, bad) == (settings.defaults(TRAINING), [])
    assert settings.OPENING.items() <= opened.items()
    for data in DATASETS:
        state, bad = settings.decode(TRAINING, {"data": [data], "opt": ["adam"]})
        expected = settings.OPENING if data == settings.OPENING["data"] else settings.ELSEWHERE
        assert not bad
        # Under another rule than the opening one the rate is the ordinary one, whatever the data.
        assert (state["lr"], state["steps"]) == (settings.ELSEWHERE["lr"], expected["steps"])
        plain, _ = settings.decode(TRAINING, {"data": [data]})
        assert (plain["lr"], plain["steps"]) == (expected["lr"], expected["steps"])
        named = state | {"lr": settings.OPENING["lr"], "steps": 200}
        query = {name: [text] for name, text in settings.encode(TRAINING, named).items()}
        assert settings.decode(TRAINING, query) == (named, [])
    # A file that is gone takes what it left out of the link with it.
    gone, bad = settings.decode(TRAINING, {"data": ["file"], "opt": ["adam"]}, lambda _: ["data"])
    assert bad == ["data"]
    assert gone == opened | {"opt": "adam", "lr": settings.ELSEWHERE["lr"]}


def test_what_nobody_set_follows_the_data_and_what_was_set_stays():
    opened = settings.defaults(TRAINING)
    there = settings.followed(TRAINING, opened, data="and")
    assert there == settings.defaults(TRAINING, {"data": "and"}) | {"data": "and"}
    assert settings.followed(TRAINING, there, data=opened["data"]) == opened
    mine = settings.followed(TRAINING, opened | {"lr": 2.0}, data="and")
    assert (mine["lr"], mine["steps"]) == (2.0, settings.ELSEWHERE["steps"])
    assert settings.followed(TRAINING, opened, data="and", lr=7.0)["lr"] == 7.0


def test_a_notice_says_what_a_field_may_be():
    assert settings.notice(["x1"], GRAPH) == (
        "This field of the link could not be read and was left out: x1, which goes from −5 to 5."
    )
    said = settings.notice(["l2", "surface", "steps", "not_there"], TRAINING)
    assert said.endswith(
        "left out: l2, which is 0 or goes from 10⁻⁶ to 10; surface, which is contour or 3d; "
        r"steps, which is a whole number from 1 to 2,000; not\_there, which is no field of this "
        "page."
    )
    assert said.count(".") == 1
    # A field that has another name in the link is known by that one.
    assert "versus, which holds at most 2 of them" in settings.notice(["versus"], TRAINING)


@pytest.mark.parametrize("fields", [GRAPH, TRAINING, settings.PRACTICE])
def test_what_a_notice_says_of_a_range_or_a_choice_is_true(fields):
    def takes(field, text):
        return settings.decode(fields, {field.written: [text]})[1] == []

    for field in fields:
        assert field.may
        if limits := re.search(r"goes from (\S+) to (\S+)$", field.may):
            power = {"10⁻⁶": 1e-6, "10⁻¹⁵": 1e-15}
            low, high = (
                power.get(t) or float(t.replace("−", "-").replace(",", "")) for t in limits.groups()
            )
            assert takes(field, repr(low))
            assert takes(field, repr(high))
            assert not takes(field, repr(high * 1.001))
            assert not takes(field, repr(low * 1.001 if low < 0 else low * 0.999 - 1e-9))
            assert takes(field, "0") == ("is 0 or" in field.may or low <= 0)
        elif field.may.startswith("is a whole number") and "the last" not in field.may:
            low, high = (int(t.replace(",", "")) for t in re.findall(r"[\d,]+", field.may))
            assert [takes(field, str(n)) for n in (low, high, high + 1)] == [True, True, False]
        elif choice := re.fullmatch(r"is ((?:\w+, )*\w+ or \w+)", field.may):
            options = re.split(r", | or ", choice[1])
            assert all(takes(field, option) for option in options)


def shown(value):
    """The number as a reader takes it off the screen."""
    return Decimal(number(value).replace("−", "-"))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("of", "feature"), [("w1", "x1"), ("w2", "x2"), ("b", None)])
def test_the_opening_example_multiplies_out_by_hand(loss, of, feature):
    p = differentiate(**OPENING, loss=loss)
    last = Decimal(1) if feature is None else shown(p.values[feature])
    one, two, three = (shown(p.locals["a", "L"]), shown(p.locals["z", "a"]), shown(p.adjoints["z"]))
    assert shown(float(one * two)) == three
    assert shown(float(one * two * last)) == shown(float(three * last)) == shown(p.adjoints[of])
    if loss == "log":
        assert shown(p.values["a"]) - OPENING["y"] == three
