"""Messages that no page sends, before a real server: no error, and the next one is answered."""

from __future__ import annotations

import pytest

from lrviz import launch
from tests.deploy.protocol import Session, run
from tests.servers import ROOT, served

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


@pytest.mark.parametrize(("path", "mount"), [("", "graph"), ("training", "training")])
def test_a_message_of_another_form_is_left_aside(tmp_path, path, mount):
    log = tmp_path / "log"

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

    with served("app.py", log=log) as server:
        run(visit(server.url))
    assert f"{ROOT}/lrviz" not in log.read_text(), log.read_text()
