"""Far too much at once, before a real server: refused, nobody else hears of it, nothing stays."""

from __future__ import annotations

import asyncio
import json
import urllib.request
import uuid
from urllib.error import HTTPError

import pytest
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

from benchmarks.load import memory
from tests.deploy.protocol import Session, run
from tests.samples import sample
from tests.servers import ROOT, served

MB = 1_000_000
#: What an allocator may keep of it, in MB: less than one of these messages or ten such files.
SLACK = 20


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that forgets a visit a second after it ended, and whose log names none of ours."""
    log = tmp_path_factory.mktemp("memory") / "log"
    with served("app.py", log=log, STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="1") as one:
        yield one
    assert f"{ROOT}/lrviz" not in log.read_text(), log.read_text()


def lie(session: Session, size: int) -> bytes:
    """A message to the live component with so much in it."""
    back = BackMsg()
    state = back.rerun_script.widget_states.widgets.add()
    told = {"client": "lie", "seq": 1, "rest": True, "fields": {"w1": 4}, "long": "x" * size}
    state.id, state.json_value = session.widget, json.dumps({"message": told})
    back.rerun_script.fragment_id = session.fragment
    return back.SerializeToString()


async def refused(session: Session, message: bytes) -> str:
    """How the server answers: it closes the line, or no run begins."""
    begun = False
    try:
        await session.socket.send(message)
        async with asyncio.timeout(1):
            while not begun:
                heard = ForwardMsg()
                heard.ParseFromString(await session.socket.recv())
                begun = heard.HasField("new_session")
    except websockets.ConnectionClosed as error:
        return f"closed {error.rcvd.code if error.rcvd else ''}"
    except TimeoutError:
        return "dropped"
    return "answered"


def test_a_message_of_fifty_megabytes_is_refused_and_nothing_of_it_stays(server):
    async def visit():
        other = Session(server.url, {"b": "1.5"})
        await other.open()
        marks = [memory(server.process.pid)]
        for _ in range(2):
            for size in (10 * MB, 50 * MB):
                for make in (lambda one, size: b"\xff" * size, lie):
                    session = Session(server.url)
                    await session.open()
                    said = await refused(session, make(session, size))
                    # Far more than any page sends ends the line before it is there.
                    assert said.startswith("dropped" if size < 20 * MB else "closed 1009"), said
                    await session.close()
            await other.change(other.data["fields"] | {"w1": 3.0})
            assert (other.data["fields"]["w1"], other.data["fields"]["b"]) == (3.0, 1.5)
            marks.append(memory(server.process.pid))
        await other.close()
        return marks

    before, *after = run(visit())
    assert max(after) < before + SLACK, (before, after)


def put(url: str, session: str, size: int) -> int:
    """Upload so many bytes as a page does; the status of the answer."""
    token, mark = generate_xsrf_token_string(), uuid.uuid4().hex
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    asked = urllib.request.Request(
        f"{url}/_stcore/upload_file/{session}/{uuid.uuid4()}",
        head.encode() + b"1" * size + f"\r\n--{mark}--\r\n".encode(),
        {
            "Content-Type": f"multipart/form-data; boundary={mark}",
            "X-Xsrftoken": token,
            "Cookie": f"_streamlit_xsrf={token}",
        },
        method="PUT",
    )
    try:
        with urllib.request.urlopen(asked) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_many_large_uploads_of_one_visit_and_of_many_leave_little(server):
    async def visit(count: int) -> None:
        session = Session(server.url, path="training", mount="training")
        await session.open()
        for _ in range(count):
            status = await asyncio.to_thread(put, server.url, session.session_id, 2 * MB)
            assert status == 204
        assert await asyncio.to_thread(put, server.url, session.session_id, 4 * MB) == 413
        await session.close()

    run(visit(3))
    before = memory(server.process.pid)
    run(visit(sample(20, 100)))
    assert memory(server.process.pid) < before + SLACK
    for _ in range(sample(5, 100)):
        run(visit(1))
    assert memory(server.process.pid) < before + SLACK
