"""What the queue between the browser and Python promises, with a clock that is told to go on."""

from __future__ import annotations

import random

import pytest

from tests.live.node import run

#: A queue whose messages are kept in `sent`: their values, and "rest" where one rests.
QUEUE = """
const { app, pass, said } = await clock();
const { MessageQueue } = await load("queue.js");
const sent = [];
let value = 0;
let woken = 0;
const queue = new MessageQueue((m) => sent.push(m), () => ({ value }), () => { woken += 1; });
const answer = (seq = sent.at(-1).seq) => queue.answered(queue.client, seq);
const move = (next) => { value = next; queue.moved(); };
const seen = () => sent.map((m) => m.fields.value);
"""


def played(body, given=None):
    return run(QUEUE + body, given)


def test_a_message_says_who_sends_which_one_and_what():
    first, second = played("move(3); queue.flush({ latex: 'all', numbers: true }); return sent;")
    assert first.keys() == {"client", "seq", "rest", "fields"}
    assert first | {"client": ""} == {"client": "", "seq": 1, "rest": False, "fields": {"value": 3}}
    assert (second["seq"], second["rest"]) == (2, True)
    assert second["ask"] == {"latex": "all", "numbers": True}


def test_one_message_is_under_way_at_a_time_and_the_last_value_follows():
    assert played("move(1); move(2); await pass(100); move(3); return seen();") == [1]
    assert played("move(1); move(2); move(3); answer(); return seen();") == [1, 3]
    body = "move(1); move(2); answer(); answer(); await pass(9999); return seen();"
    assert played(body) == [1, 2]


def test_with_a_pace_a_moving_hand_is_left_in_peace_and_a_still_one_is_answered():
    body = """
    const calm = new MessageQueue((m) => sent.push(m), () => ({ value }), () => {}, 1000);
    await pass(5000);
    const times = [];
    const began = performance.now();
    for (let at = 0; at < 2500; at += 20) {
      value = at;
      const before = sent.length;
      calm.moved();
      calm.answered(calm.client, calm.seq);
      if (sent.length > before) times.push(performance.now() - began);
      await pass(20);
    }
    await pass(79);
    const moving = seen();
    await pass(1);
    return [times, moving, seen().at(-1)];
    """
    times, moving, last = played(body)
    assert times == moving == [0, 1000, 2000]
    assert last == 2480


def test_a_hand_that_rests_waits_for_nothing():
    body = """
    move(1); move(2); queue.rested();
    const now = seen();
    await pass(299);
    const before = sent.length;
    await pass(1);
    return [now, before, sent.map((m) => m.rest)];
    """
    assert played(body) == [[1, 2], 2, [False, False, True]]


def test_a_hand_that_moves_again_does_not_rest():
    body = "queue.rested(); await pass(200); answer(); move(1); answer(); await pass(5000); "
    assert played(body + "return sent.map((m) => m.rest);") == [False, False]


@pytest.mark.parametrize("answered", [True, False])
def test_a_flush_waits_for_its_own_answer_but_not_for_ever(answered):
    body = """
    move(1);
    let done = false;
    queue.flush().then(() => { done = true; });
    answer(1);
    await pass(10);
    const early = done;
    if (given) answer();
    await pass(given ? 10 : 1989);
    const then = done;
    await pass(2);
    return [early, then, done];
    """
    assert played(body, answered) == [False, answered, True]


def test_every_flush_is_let_go_once_and_by_one_answer():
    body = """
    const order = [];
    for (const n of [1, 2, 3]) queue.flush().then(() => order.push(n));
    answer(2);
    await pass(1);
    const two = [...order];
    answer(3);
    await pass(1);
    return [two, order, queue.waiting.length];
    """
    assert played(body) == [[1, 2], [1, 2, 3], 0]


def test_what_is_not_answered_is_given_up_and_the_last_value_sent():
    body = "move(1); move(2); await pass(1999); const before = seen(); await pass(1); "
    assert played(body + "return [before, seen()];") == [[1], [1, 2]]


def test_answers_to_others_and_older_ones_change_nothing():
    body = "move(1); move(2); queue.answered('another', 1); queue.answered(queue.client, 0); "
    assert played(body + "return [seen(), queue.acked];") == [[1], 0]


def test_where_nobody_works_on_it_the_whole_page_is_asked_for():
    assert played("move(1); await pass(1999); return woken;") == 0
    assert played("move(1); await pass(2000); return woken;") == 1
    assert played("move(1); await pass(4000); return woken;") == 2
    assert played("move(1); answer(); await pass(9000); return woken;") == 0
    running = "app.dataset.testScriptState = 'running'; move(1); await pass(9000); return woken;"
    assert played(running) == 0


def test_the_page_says_whether_something_is_under_way():
    body = """
    const states = [said()];
    const look = () => states.push(said());
    move(1); look();
    answer(); look();
    queue.rested(); answer(); look();  // the link is still to be written
    await pass(300); look();
    answer(); look();
    move(2); await pass(2000); look();  // given up
    return states;
    """
    states = played(body)
    assert states == [None, "busy", "resting", "busy", "busy", "resting", "resting"]


def test_whatever_happens_the_last_value_arrives():
    random.seed(1)
    kinds = ["move"] * 5 + ["rest", "answer", "answer", "lost", "flush"]
    walks = [
        [(random.choice(kinds), random.randrange(400)) for _ in range(random.randrange(1, 25))]
        for _ in range(400)
    ]
    body = """
    const out = [];
    for (const walk of given) {
      sent.length = 0;
      const q = new MessageQueue((m) => sent.push(m), () => ({ value }), () => {});
      let most = 0;
      for (const [kind, wait] of walk) {
        const before = sent.length;
        if (kind === "move") { value += 1; q.moved(); most = Math.max(most, sent.length - before); }
        else if (kind === "rest") { value += 1; q.rested(); }
        else if (kind === "flush") q.flush();
        else if (kind === "answer" && sent.length) q.answered(q.client, sent.at(-1).seq);
        await pass(wait);
      }
      // From now on everything is answered at once.
      for (let n = 0; n < 8; n += 1) {
        if (sent.length) q.answered(q.client, sent.at(-1).seq);
        await pass(2000);
      }
      out.push({
        arrived: sent.length ? sent.at(-1).fields.value : null, value, most,
        seqs: sent.map((m) => m.seq), waiting: q.waiting.length,
      });
    }
    return out;
    """
    for walk, end in zip(walks, played(body, walks), strict=True):
        if any(kind in {"move", "rest", "flush"} for kind, _ in walk):
            assert end["arrived"] == end["value"], walk
        assert end["most"] <= 1
        assert end["seqs"] == list(range(1, len(end["seqs"]) + 1))
        assert end["waiting"] == 0


def test_a_page_that_is_left_says_nothing_more_and_nobody_waits():
    body = """
    move(1); answer(); move(2);
    const asked = queue.flush();
    queue.rested();
    queue.end();
    const before = sent.length;
    await pass(100_000);
    return [sent.length - before, woken, await asked, said()];
    """
    assert played(body) == [0, 0, False, "resting"]
