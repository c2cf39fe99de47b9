"""A server asks nobody outside: not when it starts, and not when a stranger's page knocks."""

from __future__ import annotations

import http.client
import socket
import threading

import pytest

from tests.servers import served


@pytest.fixture
def proxy():
    """The address of a proxy, and what it was asked for."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            while True:
                try:
                    one, _ = listening.accept()
                except OSError:
                    return
                with one:
                    asked.append(one.recv(200))

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
        listening.shutdown(socket.SHUT_RDWR)


def knock(url, origin):
    """Status of the answer to a page of another host that opens a web socket."""
    line = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    line.request(
        "GET",
        "/_stcore/stream",
        headers={
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Origin": origin,
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
    )
    return line.getresponse().status


def test_nobody_outside_is_asked(proxy, tmp_path):
    url, asked = proxy
    log = tmp_path / "log"
    environ = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), url)
    with served("app.py", log=log, **environ, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1") as server:
        assert knock(server.url, "http://stranger.example") == 403
    assert asked == []
    assert "URL: http://localhost" in log.read_text()
