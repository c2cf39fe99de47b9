"""Every door by which something of a visitor's comes in: read right, or refused in a sentence.

What comes through a browser is tried on a real server in ``tests/deploy/test_hostile.py``.
"""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lrviz import settings
from lrviz.data.choosing import read_csv
from lrviz.data.dataset import from_points
from lrviz.data.table import DataError
from lrviz.export.code import LANGUAGES
from lrviz.export.standalone import standalone
from lrviz.export.tables import data_csv, history_csv
from lrviz.export.training_code import training_code
from lrviz.figures.data import data_figure
from lrviz.figures.descent import descent_figure
from lrviz.live.playback_payload import examples, payload
from lrviz.practice import handin, schedule
from lrviz.practice.judge import judge
from lrviz.practice.making import problem
from lrviz.text.runs import labelled
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Request, TrainingData
from tests.samples import sample

quick = hypothesis_settings(max_examples=sample(40, 2000), derandomize=True)
slow = hypothesis_settings(max_examples=sample(12, 400), derandomize=True)

#: What means something in HTML, Markdown, LaTeX, Plotly's text, CSV, Python or JavaScript.
MARKS = (
    *("<", ">", "&", '"', "'", "`", "\\", "$", "*", "_", "~", "|", "#", "[", "]", "(", ")"),
    *("{", "}", ":", "=", "+", "-", "@", ",", ";", "\t", "\r", "\0", "\u2028", "\u202e"),
    *("<img src=x onerror=zq()>", "</script><script>zq()</script>", "<!--", "]]>", "&lt;zq&gt;"),
    *("<a href='javascript:zq()'>", "[zq](javascript:zq())", "![zq](//zq.example/x.png)"),
    *("$\\href{javascript:zq()}{x}$", ":red[zq]", ":material/home:", "\\input{/etc/passwd}"),
    *("=HYPERLINK(0)", '"""', "%{customdata}", "${zq}", "{{zq}}", "__proto__", "constructor"),
    *("é", "😀", "\u0301", "二", "½", "∞", "NaN", "Infinity", "1e400", "1_000", "0x1"),
)
hostile = st.lists(st.sampled_from(MARKS) | st.text(max_size=3), min_size=1, max_size=6).map(
    "".join
)
fields_of = {"graph": settings.GRAPH, "training": settings.TRAINING, "practice": settings.PRACTICE}


def refused(act, kind):
    """The sentence with which something is refused, or None."""
    try:
        act()
    except kind as error:
        return str(error)
    return None


# A link


@quick
@given(
    st.sampled_from([*fields_of]),
    st.dictionaries(
        hostile | st.sampled_from([f.written for fields in fields_of.values() for f in fields]),
        st.lists(hostile | st.floats().map(str) | st.integers().map(str), max_size=2),
        max_size=6,
    ),
)
def test_any_link_gives_a_state_and_a_sentence_without_markup(page, query):
    fields = fields_of[page]
    state, bad = settings.decode(fields, query)
    assert settings.accept(fields, settings.defaults(fields), state) == state
    again = {name: [text] for name, text in settings.encode(fields, state).items()}
    assert settings.decode(fields, again)[1] == []
    said = settings.notice(bad, fields)
    assert bool(said) == bool(bad)
    assert not re.search(r"[<>`*$\[\]|#&@]|(?<!\\)_|://", said), said
    assert len(said) < 1500


# A file, and what is made of its names


class Tags(HTMLParser):
    """The elements of a page, with the names of their attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, *sorted(name for name, _ in attrs)))


def table(first, second, label, one, other):
    def cell(text):
        return '"' + text.replace('"', '""') + '"'

    head = ",".join(map(cell, (first, second, label)))
    rows = [f"{i},{i * i % 7},{cell((one, other)[i % 2])}" for i in range(8)]
    return "\n".join([head, *rows]).encode()


def exported(names):
    """A run on a file with such names: its playback, and the page of it to take away."""
    source = TrainingData(read_csv(table(*names)))
    made = source.make(Request(data="file", steps=3))
    page = standalone(labelled(made), source.data, made.scaled.X, plane="w1w2", scaled=True)
    return made, page


def texts(value):
    """Every text in a figure or a message."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


BENIGN = ("sugar", "milk", "drunk", "left", "all")
#: A tag that is no tag of ours: Plotly's own are b, br, i, sub, sup, span and extra.
TAG = re.compile(r"<(?!/?(b|br|i|sub|sup|span|extra)\b)\s*[a-z!/]", re.IGNORECASE)


@cache
def usual():
    """What is taken away of the same file with names that mean nothing anywhere."""
    return exported(BENIGN)


@slow
@given(st.lists(hostile, min_size=5, max_size=5, unique=True))
def test_a_name_in_a_file_is_text_wherever_it_is_taken(names):
    try:
        made, page = exported(names)
    except DataError:
        return
    other, benign = usual()
    assert Tags(page).found == Tags(benign).found
    assert page.count("<script") == benign.count("<script")
    for draw in (
        lambda made: data_figure(made.scaled.data),
        lambda made: descent_figure(*run(made)),
    ):
        drawn, plain = ([*texts(json.loads(draw(one).to_json()))] for one in (made, other))
        assert not any(map(TAG.search, drawn))
        # Nor does Plotly put a number in place of a part of a name.
        assert [text.count("%{") for text in drawn] == [text.count("%{") for text in plain]
    json.dumps([payload(made), examples(made.scaled)], allow_nan=False)
    again = read_csv(data_csv(made.scaled.data).encode())
    np.testing.assert_array_equal(again.X, made.scaled.data.X)
    for language, ending in LANGUAGES.items():
        code = training_code(language, made.scaled.X, made.scaled.data.y, made.history)
        if ending == ".py":
            compile(code, language, "exec")


def run(made):
    return made.history, made.scaled.X, made.scaled.data.y


@quick
@given(st.binary(max_size=300) | hostile.map(str.encode))
def test_any_bytes_at_all_are_a_data_set_or_a_sentence(content):
    said = refused(lambda: read_csv(content), DataError)
    assert said is None or (said.endswith(".") and len(said) < 1000)


# Points


coordinates = st.floats(-100, 100).filter(lambda x: x == 0 or abs(x) >= settings.POINTS_LEAST)
extreme = st.sampled_from([0.0, 100.0, -100.0, 1e-100, -1e-100, 1e-50, 99.99999999999999])
points = st.lists(
    st.tuples(coordinates | extreme, coordinates | extreme, st.integers(0, 1)),
    min_size=1,
    max_size=60,
)


@slow
@given(
    points,
    st.sampled_from([*OPTIMIZERS]),
    st.sampled_from(["standard", "raw"]),
    st.sampled_from([1e-4, 0.5, 1000.0]),
    st.sampled_from([0.0, 1e-6, 10.0]),
)
def test_a_run_on_any_points_is_a_picture_or_a_sentence(given_points, opt, scale, lr, l2):
    fields = settings.accept(
        settings.TRAINING, settings.defaults(settings.TRAINING), {"points": given_points}
    )
    assert len(fields["points"]) == len(given_points)
    request = Request(data="own", opt=opt, scale=scale, lr=lr, l2=l2, steps=8, batch=1)
    own = TrainingData(from_points(fields["points"]))
    said = refused(lambda: own.make(request), ValueError)
    if said is not None:
        assert said.endswith(".")
        return
    made = own.make(request)
    for kept in (made.history.params, made.history.losses, made.history.gradients):
        assert np.isfinite(kept).all()
    # What is sent is JSON, without NaN and the like.
    json.dumps([payload(made), examples(made.scaled)], allow_nan=False)
    history_csv(labelled(made), made.scaled)


# Practice


tokens = st.lists(
    st.sampled_from(
        [*"0123456789.,+-*/^()=≈ eπσ½²", "log", "exp", "sqrt", "w1", "x1", "a", "y", "z", "∂"]
    )
    | hostile,
    max_size=30,
).map("".join)


@quick
@given(
    st.integers(0, settings.PRACTICE_SEED), st.sampled_from([1, 2, 3]), st.integers(1, 60), tokens
)
def test_any_answer_is_judged_and_comes_back_as_text(seed, level, n, typed):
    verdict = judge(problem(seed, level, n), typed)
    assert verdict.right in (True, False, None)
    # It is shown as Markdown: of what was typed no more stands in it than a word or a character.
    assert not re.search(r"zq\(|<img|<a |\]\(|://|href", verdict.sentence), verdict.sentence


@quick
@given(hostile, hostile)
def test_a_code_is_of_a_name_or_of_none(name, typed):
    made = handin.code(name, 7, 2, {1, 3})
    assert handin.check(name, made) == (7, 2, (1, 3))
    assert handin.check(name, typed) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**400), 10**400) | st.floats() | hostile,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(hostile, inner, max_size=3),
    max_leaves=8,
)
KIND = sorted(schedule.KINDS)[0]


@quick
@given(
    anything
    | st.fixed_dictionaries({"count": anything, "kinds": st.dictionaries(st.just(KIND), anything)})
)
def test_what_a_browser_remembers_is_taken_or_forgotten(told):
    memory = schedule.checked(told)
    assert schedule.checked(memory) == memory
    json.dumps(memory, allow_nan=False)
    assert 1 <= schedule.following(memory, 1, 1, 1) <= settings.PRACTICE_N
