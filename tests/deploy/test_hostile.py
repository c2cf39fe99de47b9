"""Messages that no page sends, before a real server: no error, and the next one is answered."""

from __future__ import annotations

import random
import re

import pytest

from lrviz import launch, settings
from lrviz.pages import PATHS
from tests.deploy.protocol import Session, run
from tests.samples import sample, some
from tests.servers import own_frames, served


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A server whose log names no line of ours in the end."""
    log = tmp_path_factory.mktemp("hostile") / "log"
    with served("app.py", log=log) as server:
        yield server.url
    assert own_frames(log.read_text()) == [], log.read_text()


GOOD = {"client": "hostile", "seq": 1, "rest": True, "fields": {"w1": 2}}
WRONG = [
    None,
    "text",
    [GOOD],
    GOOD | {"seq": None},
    GOOD | {"seq": "many"},
    GOOD | {"seq": [1]},
    GOOD | {"seq": 10**400},
    GOOD | {"client": {"a": 1}},
    GOOD | {"fields": {"w1": 10**400, "b": -(10**400), "stage": 10**400, "y": 10**400}},
    GOOD | {"seq": 2, "ask": {"latex": "all"}},
    GOOD | {"seq": 3, "ask": {"latex": ["all"], "numbers": {}}},
    GOOD | {"seq": 4, "fields": {"points": [[10**400, 0, 1]], "start": [10**400, 0, 0]}},
]


@pytest.mark.parametrize(("path", "mount"), some(1, [("training", "training"), ("", "graph")]))
def test_a_message_of_another_form_is_left_aside(address, path, mount):
    async def visit(url):
        session = Session(url, mount=mount, path=path)
        await session.open()
        for wrong in WRONG:
            await session.set("message", wrong)
            assert session.errors == [], wrong
        # Longer than any page sends: not even looked at.
        long = "x" * launch.MESSAGE_LIMIT
        with pytest.raises(TimeoutError):
            await session.set("message", GOOD | {"seq": 5, "long": long}, timeout=3)
        await session.change({"lr": 0.25, "w1": 3})
        assert session.data["client"] == session.client
        assert session.data["fields"]["lr" if path else "w1"] == (0.25 if path else 3)
        await session.close()

    run(visit(address))


#: What a lying browser may put anywhere; NaN and Infinity are what Python's own JSON takes.
SCRIPT = "<img src=x onerror=zq()>[zq](javascript:zq())$\\href{javascript:zq()}{x}$"
ODD = (
    *(None, True, False, 0, -1, 0.5, 1e308, -1e308, 10**400, float("nan"), float("inf"), 2**53),
    *("", "nan", "no such node", SCRIPT, "__proto__", "\0", "x" * 10_000, "w1-z", "z"),
    *([], [[]], {}, {"": None}, [[1e-320, 0, 1]] * 61, ["gd", 1, 1, 1, 1, 0, 0, 0]),
)
FIELDS = {"graph": settings.GRAPH, "training": settings.TRAINING}


def lie(dice: random.Random, fields) -> dict:
    """A message of the right form around anything at all."""
    names = [one.name for one in fields] + ["no_such_field", SCRIPT]
    told = {dice.choice(names): dice.choice(ODD) for _ in range(dice.randint(1, 4))}
    return {
        "client": dice.choice(["a", "b"]),
        "seq": dice.choice([dice.randint(0, 2**53), *ODD[:12]]),
        "rest": dice.choice([True, False, *ODD]),
        "fields": dice.choice([told, told, told, *ODD]),
        "ask": dice.choice([{}, {"latex": dice.choice(["part", "all", *ODD])}, *ODD]),
    }


def unescaped(session: Session) -> list[str]:
    """Pieces of the page in which a visitor's words are more than words."""
    return [text for text in (*session.html, *session.said) if re.search("<img|zq\\(", text)]


@pytest.mark.parametrize(("path", "mount"), [("", "graph"), ("training", "training")])
def test_a_browser_that_lies_harms_nobody(address, path, mount):
    dice = random.Random(7)

    async def visit(url):
        query = {"b": "1.5"} if mount == "graph" else {"lr": "0.25"}
        other = Session(url, query, path=path, mount=mount)
        await other.open()
        kept = dict(other.data["fields"])
        session = Session(url, mount=mount, path=path)
        await session.open()
        for _ in range(sample(25, 400)):
            told = lie(dice, FIELDS[mount])
            await session.set("message", told)
            assert session.errors == [], told
            assert unescaped(session) == [], told
        # The other's work is untouched, and both are answered.
        await other.change({"w1": 3, "step": 2})
        told = {"w1": 3.0} if mount == "graph" else {"step": 2}
        assert other.data["fields"] == kept | told
        await other.close()
        await session.close()

    run(visit(address))


LINKS = [
    {name: value}
    for name in ("x1", "at", "guide", "hide", "data", "points", "versus", "link", "theme", "n", "é")
    for value in (SCRIPT, "nan", "9" * 500, "")
] + [{SCRIPT: SCRIPT}, {f"j{n}": SCRIPT for n in range(50)}]


@pytest.mark.parametrize("path", ["", *PATHS])
def test_any_link_opens_a_page(address, path):
    dice = random.Random(11)

    async def visit(url):
        for query in dice.sample(LINKS, sample(4, len(LINKS))):
            session = Session(url, query, path=path, mount=path or "graph")
            await session.open()
            assert session.errors == [], query
            assert unescaped(session) == [], query
            await session.close()

    run(visit(address))
