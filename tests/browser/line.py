"""A line between a browser and a server that can be cut: both stay, and neither hears the other."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class Line:
    """Passes on what comes, until it is cut.

    Attributes
    ----------
    url : str
        The server's address by this line.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._far = (str(parts.hostname), int(parts.port or 80))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._whole, self._held = True, set[socket.socket]()
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """End all connections, and every new one as soon as it comes."""
        with self._lock:
            self._whole = False
            held, self._held = self._held, set()
        for one in held:
            _end(one)

    def mend(self) -> None:
        """Let new connections through."""
        self._whole = True

    def close(self) -> None:
        """Cut it for good."""
        self._listening.close()
        self.cut()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._far)
        except OSError:
            _end(near)
            return
        with self._lock:
            whole = self._whole
            if whole:
                self._held |= {near, far}
        if not whole:
            _end(near)
            _end(far)
            return
        back = threading.Thread(target=_pass, args=(far, near), daemon=True)
        back.start()
        _pass(near, far)
        back.join()
        with self._lock:
            self._held -= {near, far}


def _pass(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65_536):
            other.sendall(data)
    _end(other)
    _end(one)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def line(url: str) -> Iterator[Line]:
    """A line to a server, for a block."""
    one = Line(url)
    try:
        yield one
    finally:
        one.close()
