"""The browser reads and writes a link as settings.py does, before Python is there."""

from __future__ import annotations

import random
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest

from lrviz import settings
from tests.live.node import run
from tests.samples import sample
from tests.test_settings import BAD

LINK = (Path(__file__).parent.parent.parent / "site" / "link.js").as_uri()
SHORT = f"""
const {{ shortened }} = await import("{LINK}");
return given.queries.map(([query, limits]) => shortened("?" + query, limits));
"""
BODY = f"""
const {{ decode, encode, notice }} = await import("{LINK}");
return given.queries.map((query) => {{
  const {{ state, bad }} = decode(given.fields, query);
  return [state, encode(given.fields, state), notice(bad, given.fields)];
}});
"""
TABLES = {"graph": settings.GRAPH, "training": settings.TRAINING}


def a_value(dice, about):
    """Something that a field of such a kind takes, often enough."""
    kind = about["kind"]
    if kind == "real":
        low, high = about["low"], about["high"]
        return dice.choice([low, high, 0.0, 0.25, dice.uniform(low, high), about["least"], -0.0])
    if kind == "whole":
        return dice.choice([about["low"], about["high"], dice.randint(about["low"], about["high"])])
    if kind == "word":
        return dice.choice(["z", "w1-z", "Chain", "a-b-c", "ü"])
    if kind == "numbers":
        return ",".join(str(a_value(dice, about["each"])) for _ in range(about["count"]))
    if kind == "rows":
        rows = [[str(a_value(dice, one)) for one in about["columns"]] for _ in range(2)]
        return "~".join("_".join(row) for row in rows)
    chosen = dice.sample(about["options"], dice.randint(1, min(3, len(about["options"]))))
    return ",".join(map(str, chosen if kind == "words" else chosen[:1]))


def queries(table, count):
    dice = random.Random(1)
    for _ in range(count):
        found = []
        for field in dice.sample(table, dice.randint(0, 6)):
            wrong = dice.random() < 0.3
            text = dice.choice(BAD)[:500] if wrong else a_value(dice, field.about)
            found.append((field.written, text))
            if dice.random() < 0.05:
                found.append((field.written, text))
        # No fields of any page; those of Streamlit are not for the page to read.
        others = ["other", "a_b*c" * 9, "ü ¹.-", "embed"] if dice.random() < 0.2 else []
        yield urlencode([*found, *((name, "1") for name in others)])


def as_json(value):
    return [as_json(one) for one in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("key", TABLES)
def test_a_link_says_the_same_to_both(key):
    table = TABLES[key]
    asked = [*queries(table, sample(400, 4000))]
    answers = run(BODY, {"queries": asked, "fields": settings.spec(table)})
    for query, (state, written, said) in zip(asked, answers, strict=True):
        read = parse_qs(query, keep_blank_values=True)
        read.pop("embed", None)
        wanted, bad = settings.decode(table, read)
        # Python's sentence is Markdown.
        assert said == settings.notice(bad, table).replace(r"\_", "_"), query
        assert state == {name: as_json(value) for name, value in wanted.items()}, query
        again = parse_qs(written, keep_blank_values=True)
        ours = {name: [text] for name, text in settings.encode(table, wanted).items()}
        assert again.keys() == ours.keys(), written
        assert settings.decode(table, again) == settings.decode(table, ours), written


def test_a_link_that_is_too_long_is_shortened_as_a_server_does_it():
    dice = random.Random(2)
    table = [*settings.GRAPH, *settings.TRAINING, *settings.PRACTICE]
    names = [one.written for one in table] + ["other", "a+b", "%77%31", "w1%", "%ff"]
    asked = []
    for _ in range(sample(300, 3000)):
        query = "&".join(f"{dice.choice(names)}={dice.randint(0, 99)}" for _ in range(20))
        limits = dice.choice([9, 90, 1000]), dice.choice([9, 15, 1000])
        asked.append((query, limits))
    known = sorted(settings.all_keys())
    given = [
        (query, {"characters": characters, "fields": fields, "known": known})
        for query, (characters, fields) in asked
    ]
    answers = run(SHORT, {"queries": given})
    for (query, limits), short in zip(asked, answers, strict=True):
        assert short == settings.shortened(query, *limits), (query, limits)
