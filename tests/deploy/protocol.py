"""A visitor without a browser: one Streamlit session over its own web socket.

It says what Streamlit's page says (run the script, here are the widgets) and reads what
comes back, so that many sessions cost one process.
"""

from __future__ import annotations

import asyncio
import base64
import json
import math
import re
import time
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import numpy as np
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

T = TypeVar("T")

#: Statuses of a run that came to its end.
FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
#: Largest message that is read; the first one carries the figures.
LARGEST = 32 * 2**20


class SessionError(RuntimeError):
    """The page showed an error, or the server did not answer in time."""


class Session:
    """One visitor of one page.

    Parameters
    ----------
    url : str
        The address of the app, without a path.
    query : mapping
        The query string of the link that was opened.
    mount : str
        The key of the component that is written to.
    path : str
        The page, below the address.
    cookies : mapping
        What the browser would send along.
    """

    def __init__(
        self,
        url: str,
        query: Mapping[str, Any] | None = None,
        *,
        mount: str = "graph",
        path: str = "",
        cookies: Mapping[str, str] | None = None,
    ) -> None:
        self.url, self.path, self.mount = url.rstrip("/"), path, mount
        self.query = urlencode(query or {})
        self.cookies = dict(cookies or {})
        self.client = f"client-{id(self):x}-{time.monotonic_ns():x}"
        self.seq = 0
        self.widgets: dict[str, str] = {}
        self.widget = self.fragment = self.script = ""
        self.session_id = ""
        self.data: dict[str, Any] = {}
        self.rows: dict[str, Any] = {}
        self.structure = "{}"
        self.html: list[str] = []
        self.said: list[str] = []
        self.errors: list[str] = []
        self.received = 0
        self.cached: dict[str, ForwardMsg] = {}

    async def open(self, timeout: float = 20.0) -> None:
        """Connect, and run the script as a page does when it is opened or has reconnected."""
        async with asyncio.timeout(timeout):
            host = urlsplit(self.url).netloc
            headers = {}
            if self.cookies:
                headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
            # What the page says when it comes back: no token, and the session it had.
            words = ["streamlit", *(["none", self.session_id] if self.session_id else [])]
            self.socket = await websockets.connect(
                f"ws://{host}{urlsplit(self.url).path}/_stcore/stream",
                subprotocols=[websockets.Subprotocol(word) for word in words],
                origin=websockets.Origin(f"http://{host}"),
                additional_headers=headers,
                max_size=LARGEST,
                proxy=None,
            )
            await self._run(fragment="")

    async def change(self, fields: Mapping[str, Any], *, rest: bool = False) -> float:
        """Send new fields as the live component does; seconds until the run has ended."""
        self.seq += 1
        message = {"client": self.client, "seq": self.seq, "rest": rest, "fields": dict(fields)}
        return await self.set("message", message)

    async def set(self, name: str, value: Any, timeout: float = 20.0) -> float:
        """Set one state value of the mount; seconds until the run has ended."""
        self.widgets[self.widget] = json.dumps({name: value})
        began = time.perf_counter()
        async with asyncio.timeout(timeout):
            await self._run(fragment=self.fragment)
        return time.perf_counter() - began

    async def close(self) -> None:
        """Leave, as a closed tab does."""
        await self.socket.close()

    async def _run(self, fragment: str) -> None:
        back = BackMsg()
        run = back.rerun_script
        run.query_string = self.query
        run.page_script_hash = self.script
        run.fragment_id = fragment
        if not self.script and self.path:
            run.page_name = self.path
        run.context_info.url = f"{self.url}/{self.path}"
        run.cached_message_hashes.extend(self.cached)
        for widget, value in self.widgets.items():
            state = run.widget_states.widgets.add()
            state.id, state.json_value = widget, value
        self.html, self.said = [], []
        await self.socket.send(back.SerializeToString())
        while True:
            raw = await self.socket.recv()
            assert isinstance(raw, bytes)
            self.received += len(raw)
            message = ForwardMsg()
            message.ParseFromString(raw)
            if self._read(message):
                return

    def _read(self, message: ForwardMsg) -> bool:
        """Take one message; whether it ends the run."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            return self._read(self.cached[message.ref_hash])
        if message.metadata.cacheable:
            self.cached[message.hash] = message
        if kind == "script_finished":
            return message.script_finished in FINISHED
        if kind == "new_session":
            self.script = message.new_session.page_script_hash
            self.session_id = message.new_session.initialize.session_id
        elif kind == "session_event" and message.session_event.HasField(
            "script_compilation_exception"
        ):
            self.errors.append("compilation")
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._element(message)
        return False

    def _element(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.errors.append(element.exception.message)
        elif kind == "alert":
            self.said.append(element.alert.body)
        elif kind == "html":
            self.html.append(element.html.body)
        elif kind == "bidi_component":
            one = element.bidi_component
            if one.id.endswith(f"-{self.mount}"):
                self.widget, self.fragment = one.id, message.delta.fragment_id
                self.structure = one.json
            elif one.id.endswith(f"-{self.mount}-rows-sync"):
                self.rows = json.loads(one.json)
            elif one.id.endswith(f"-{self.mount}-sync"):
                self.data = json.loads(one.json)

    @property
    def mounted(self) -> dict[str, Any]:
        """What the live component was given: figures, inputs, a playback. Read when asked for."""
        found: dict[str, Any] = json.loads(self.structure)
        return found

    def table(self, name: str) -> list[list[str]]:
        """The body of a table by its accessible name, cell by cell."""
        text = next((body for body in self.html if f'aria-label="{name}"' in body), None)
        if text is None:
            raise SessionError(f"The page shows no table named {name!r}; errors: {self.errors}")
        return cells(text, name)


def cells(html: str, name: str) -> list[list[str]]:
    """The body of a table in the page's HTML, cell by cell."""
    rest = html[html.index(f'aria-label="{name}"') :]
    body = rest.split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.split("</tr>") if row]
    return [[unescape(cell) for cell in row] for row in rows]


def unpacked(packed: Mapping[str, Any]) -> np.ndarray:
    """An array of a playback as it was sent."""
    raw = base64.b64decode(packed["base64"])
    return np.frombuffer(raw, dtype=f"<{packed['type']}").reshape(packed["shape"])


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, in a thread: Playwright's loop may hold this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def percentile(values: list[float], part: float) -> float:
    """The value that ``part`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(part * len(ordered)) - 1)]
