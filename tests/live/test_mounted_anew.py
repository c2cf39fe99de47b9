"""A page that Streamlit takes away and mounts anew goes on with what nobody had answered."""

from __future__ import annotations

import pytest

from tests.live.node import run

#: Pages of one mount, as far as the line to Python knows them. `python` is what it says.
PAGE = """
const { pass } = await clock();
const { MessageQueue } = await load("queue.js");
const { adopt, channel, leaving } = await load("channel.js");
const line = channel("training");
const python = { session: "s", revision: 4, client: "", ack: 0, fields: { opt: "gd" } };
const sent = [];
const mounted = () => {
  const page = {
    fields: {}, session: "", revision: -1, root: { isConnected: false },
    player: { pause() {} }, observer: { disconnect() {} },
  };
  page.queue = new MessageQueue((m) => sent.push(m), () => ({ ...page.fields }), () => {});
  leaving(page, "training");
  return page;
};
const say = (news) => line.put({ sync: { ...python, ...news } });
const hear = (ack) => say({ client: first.queue.client, ack, fields: { opt: "newton" } });
const hears = (page) => {
  adopt(page, "training");
  page.queue.answered(line.sync.client, line.sync.ack);
};
say({});
const first = mounted();
hears(first);
const choose = (page) => {
  page.fields = { opt: "newton" };
  page.queue.rested();
};
"""


def played(body):
    return run(PAGE + body)


@pytest.mark.parametrize("first_looks", ["", "hears(next);"])
@pytest.mark.parametrize("says", ["say({});", "hear(1);"])
def test_what_it_had_not_been_answered_is_said_again(says, first_looks):
    # The second message, which has the link written, is 300 ms late. The page may be there before
    # Python has spoken again.
    body = f"""
    choose(first);
    await pass(300);
    first.leave();
    sent.length = 0;
    const next = mounted();
    {first_looks}
    {says}
    const taken = adopt(next, "training");
    await pass(300);
    const told = sent.map((m) => [m.client === next.queue.client, m.rest, m.fields.opt]);
    return [taken, next.fields.opt, told];
    """
    assert played(body) == [True, "newton", [[True, False, "newton"], [True, True, "newton"]]]


def test_what_was_still_to_be_said_is_said():
    body = """
    choose(first);
    hear(1);
    hears(first);
    first.leave();  // before the hand had rested for long enough
    sent.length = 0;
    hear(1);
    const next = mounted();
    adopt(next, "training");
    await pass(300);
    return sent.map((m) => m.rest);
    """
    assert played(body) == [False, True]


@pytest.mark.parametrize(
    ("why", "body", "kept"),
    [
        ("all was answered", "choose(first); await pass(300); hear(2); hears(first);", "newton"),
        (
            "it is answered by then",
            "choose(first); await pass(300); first.leave(); hear(2);",
            "newton",
        ),
        ("nothing was done there", "", "gd"),
        (
            "Python has changed it",
            "choose(first); first.leave(); python.revision = 5; say({});",
            "gd",
        ),
        (
            "another server is there",
            "choose(first); first.leave(); python.session = 't'; say({});",
            "gd",
        ),
    ],
)
def test_otherwise_python_knows_better(why, body, kept):
    body += """
    first.leave();
    sent.length = 0;
    const next = mounted();
    hears(next);
    say(line.sync);
    hears(next);
    await pass(3000);
    return [next.fields.opt, sent.length];
    """
    assert played(body) == [kept, 0], why


def test_it_is_said_once():
    body = """
    choose(first);
    first.leave();
    hear(0);
    const next = mounted();
    hears(next);
    say({ client: next.queue.client, ack: 1, fields: { opt: "newton" } });
    hears(next);
    await pass(300);
    say({ client: next.queue.client, ack: 2, fields: { opt: "newton" } });
    hears(next);
    next.leave();
    sent.length = 0;
    say({ client: next.queue.client, ack: 2, fields: { opt: "adam" } });
    const third = mounted();
    hears(third);
    await pass(3000);
    return [third.fields.opt, sent.length];
    """
    assert played(body) == ["adam", 0]
