"""Far too much at once, before a real server: refused, nobody else hears of it, nothing stays."""

from __future__ import annotations

import asyncio
import json
import urllib.request
import uuid
from urllib.error import HTTPError, URLError

import pytest
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

from benchmarks.load import memory
from tests.deploy.protocol import Session, run
from tests.samples import NIGHT
from tests.servers import own_frames, served

pytestmark = NIGHT

MB = 1_000_000
#: What an allocator may keep of it, in MB: less than one of these messages or ten such files.
SLACK = 20


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that forgets a visit a second after it ended, and whose log names none of ours."""
    log = tmp_path_factory.mktemp("memory") / "log"
    with served("app.py", log=log, STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="1") as one:
        yield one
    assert own_frames(log.read_text()) == [], log.read_text()


def lie(session: Session, size: int) -> bytes:
    """A message to the live component with so much in it."""
    back = BackMsg()
    state = back.rerun_script.widget_states.widgets.add()
    told = {"client": "lie", "seq": 1, "rest": True, "fields": {"w1": 4}, "long": "x" * size}
    state.id, state.json_value = session.widget, json.dumps({"message": told})
    back.rerun_script.fragment_id = session.fragment
    return back.SerializeToString()


def test_a_message_of_fifty_megabytes_is_refused_and_nothing_of_it_stays(server):
    async def visit():
        other = Session(server.url, {"b": "1.5"})
        await other.open()
        marks = []
        # A round with words and one with noise fill the allocator, the next show what stays.
        for n in range(12):
            session = Session(server.url)
            await session.open()
            # No page sends so much: it is dropped, and the next message is answered.
            await session.socket.send(b"\xff" * 10 * MB if n % 2 else lie(session, 10 * MB))
            await session.change({"w1": 3.0})
            assert session.data["client"] == session.client
            # Far more than that ends the line before all of it is there.
            long = b"\xff" * 50 * MB if n % 2 else lie(session, 50 * MB)
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.gather(session.socket.send(long), session.socket.recv())
            assert closed.value.rcvd.code == 1009
            await other.change(other.data["fields"] | {"w1": 3.0})
            assert (other.data["fields"]["w1"], other.data["fields"]["b"]) == (3.0, 1.5)
            marks.append(memory(server.process.pid))
        await other.close()
        return marks

    _, before, *after = run(visit())
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
    except URLError:  # it hangs up while there is more to come
        return 413


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
    run(visit(100))
    assert memory(server.process.pid) < before + SLACK, before
    for _ in range(100):
        run(visit(1))
    assert memory(server.process.pid) < before + SLACK
