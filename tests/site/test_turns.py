"""What is loaded for later gives way to a hand, and not for ever."""

from __future__ import annotations

from pathlib import Path

from tests.live.node import run

TURNS = (Path(__file__).parent.parent.parent / "site" / "turns.mjs").as_uri()
BODY = f"""
const {{ turns }} = await import("{TURNS}");
const asked = [];
const channel = {{ postMessage: (one) => asked.push(one), onmessage: null }};
const turn = turns(channel, given.patience);
const say = (data) => channel.onmessage({{ data }});
const done = [];
const one = (name) => turn().then(() => done.push(name));
// Whatever can go on has gone on once all that is due has been run.
const all = () => new Promise((go) => setImmediate(go));
"""


def test_it_waits_while_a_hand_is_down_and_goes_on_when_it_is_up():
    body = """
    await one("before");
    say(true);
    one("first"), one("second");
    await all();
    const meanwhile = [...done];
    say("?"); // another page's worker asks
    await all();
    const still = [...done];
    say(false);
    await all();
    await one("after");
    return { asked, meanwhile, still, done };
    """
    found = run(BODY + body, {"patience": 1e6})
    assert found["asked"] == ["?"]
    assert found["meanwhile"] == found["still"] == ["before"]
    assert found["done"] == ["before", "first", "second", "after"]


def test_who_holds_on_for_ever_is_not_waited_for():
    body = """
    say(true);
    await one("late");
    await one("at once");
    say(false);
    say(true);
    await one("later");
    return done;
    """
    assert run(BODY + body, {"patience": 20}) == ["late", "at once", "later"]
