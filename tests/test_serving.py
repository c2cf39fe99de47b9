"""The headers of every answer."""

import base64
import hashlib

import pytest

from lrviz.serving import (
    ANYONE,
    VARIABLE,
    MessageLimit,
    SecurityHeaders,
    frame_ancestors,
    headers,
)
from tests.deploy.protocol import run
from tests.servers import ROOT, own_frames


def policy(**environ):
    text = headers(environ, b"<script>let a = 1</script>")["Content-Security-Policy"]
    return dict(part.split(" ", 1) for part in text.split("; "))


def test_anyone_may_embed_unless_told_otherwise():
    assert policy()["frame-ancestors"] == ANYONE
    assert policy(**{VARIABLE: "  "})["frame-ancestors"] == ANYONE
    given = "'self' https://school.example https://*.school.example:8443 http://localhost:*"
    assert policy(**{VARIABLE: given})["frame-ancestors"] == given
    assert policy(**{VARIABLE: "'none'"})["frame-ancestors"] == "'none'"


@pytest.mark.parametrize(
    "wrong",
    [
        "'slef'",
        "https://a.example; script-src *",
        "https://a.example, https://b.example",
        "javascript:",
        "https://a.example/path",
        "'none' https://a.example",
    ],
)
def test_a_typing_error_stops_the_server_with_a_sentence(wrong):
    with pytest.raises(ValueError, match=VARIABLE):
        frame_ancestors({VARIABLE: wrong})


def test_scripts_come_from_here_or_are_the_ones_that_were_read():
    found = policy()
    digest = base64.b64encode(hashlib.sha256(b"let a = 1").digest()).decode()
    assert f"'sha256-{digest}'" in found["script-src"]
    assert "unsafe-inline" not in found["script-src"]
    assert "'unsafe-eval'" not in found["script-src"]
    assert found["object-src"] == "'none'"
    assert not any("http" in sources for sources in found.values())


def test_what_the_app_set_itself_stands_and_web_sockets_pass():
    async def app(scope, receive, send):
        start = {"type": "http.response.start", "headers": [(b"referrer-policy", b"no-referrer")]}
        await send(start if scope["type"] == "http" else {"type": "websocket.accept"})

    async def call(kind):
        sent = []

        async def send(message):
            sent.append(message)

        await SecurityHeaders(app, headers({}))({"type": kind}, None, send)
        return sent[0]

    answer = dict(run(call("http"))["headers"])
    assert answer[b"referrer-policy"] == b"no-referrer"
    assert answer[b"x-content-type-options"] == b"nosniff"
    assert b"content-security-policy" in answer
    assert "headers" not in run(call("websocket"))


def test_a_message_that_no_page_sends_is_dropped():
    sent = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "bytes": b"x" * 11, "text": None},
        {"type": "websocket.receive", "text": "x" * 11},
        {"type": "websocket.receive", "bytes": b"x" * 10},
        {"type": "websocket.disconnect"},
    ]

    def heard(kind):
        left, got = [*sent], []

        async def receive():
            return left.pop(0)

        async def app(scope, receive, send):
            while left:
                got.append(await receive())

        run(MessageLimit(app, most=10)({"type": kind}, receive, None))
        return got

    assert heard("websocket") == [sent[0], *sent[3:]]
    assert heard("http") == sent


@pytest.mark.parametrize(
    ("raised", "own"),
    [
        # Raised beyond the middleware, which is in every call's way.
        ("", 0),
        # Raised by the middleware itself, by the app, by what the middleware was given to call.
        (f'  File "{ROOT}/lrviz/serving.py", line 1, in receive_short\n    max(None)', 1),
        (f'  File "{ROOT}/lrviz/pages/graph.py", line 1, in show\n    1 / 0', 1),
        (f'  File "{ROOT}/lrviz/serving.py", line 1, in __call__\n    await self.app(scope, 0)', 1),
    ],
)
def test_what_only_passed_through_is_not_the_projects_fault(raised, own):
    log = f"""Exception in ASGI application
Traceback (most recent call last):
  File "{ROOT}/lrviz/serving.py", line 137, in __call__
    await self.app(scope, receive, send)
  File "{ROOT}/lrviz/serving.py", line 177, in __call__
    await self.app(scope, receive_short if scope["type"] == "websocket" else receive, send)
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "starlette/websockets.py", line 104, in send
    raise WebSocketDisconnected("The browser has left.")
{raised}
Error: all of it
"""
    assert len(own_frames(log)) == own
