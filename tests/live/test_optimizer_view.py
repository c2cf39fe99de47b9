"""An optimizer's picture: the browser's numbers and words are Python's."""

from __future__ import annotations

import pytest

from lrviz.live.playback_payload import examples, payload
from lrviz.text.pictures import quantities, sentence
from lrviz.training.playback import make
from tests.live.node import run
from tests.text.test_pictures import RUNS

BODY = """
const { Playback, readRows } = await load("playback.js");
const { quantities } = await load("optimizer-view.js");
const { say } = await load("sentence.js");
const playback = new Playback(given.payload, readRows(given.rows));
return given.steps.map((k) => {
  const found = quantities(playback, k);
  return { found, says: say(playback.spec.picture.says, (key) => found[key]) };
});
"""


@pytest.mark.parametrize("request_", RUNS, ids=lambda r: f"{r.opt}-{r.data}")
def test_the_browsers_numbers_and_words_are_pythons(request_):
    made = make(request_)
    steps = list(range(min(len(made.history), 30) + 1))
    given = {"payload": payload(made), "rows": examples(made.scaled), "steps": steps}
    for k, got in zip(steps, run(BODY, given), strict=True):
        mine = quantities(made, k)
        assert got["found"].keys() == mine.keys()
        for name, value in mine.items():
            assert got["found"][name] == pytest.approx(value, rel=1e-9, abs=1e-9), name
        if all(abs(v - got["found"][n]) <= 1e-15 * abs(v) for n, v in mine.items()):
            assert got["says"] == sentence(made, k)
