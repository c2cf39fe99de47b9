"""A page's state between its three homes: the link, the session and the browser.

The link wins when it changed by itself (opened, back, forward); the browser wins while a
hand is on an input; the session remembers while another page is shown.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from lrviz import settings
from lrviz.figures.palette import Mode
from lrviz.live import internals
from lrviz.live.component import HOME, Message, heard, sync
from lrviz.settings import Field, State
from lrviz.text.cards import CARDS


def bound_links() -> None:
    """Once per server: of a link that is too long, the fields that a page has are read."""
    internals.bound_links(settings.shortened)


def mode() -> Mode:
    """Whether the page is light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


def home(url: str, page: str) -> str:
    """Where the app lives, without the path of the page shown; '' if the browser says none."""
    if HOME in os.environ:
        return os.environ[HOME]
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not url.isprintable():
        return ""
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix(f'/{page}')}"


class PageState:
    """The state of one page in this session."""

    def __init__(
        self, key: str, fields: Sequence[Field], valid: Callable[[State], Sequence[str]]
    ) -> None:
        """Make the handle; nothing is read before `load`."""
        self.key, self.fields, self.valid = key, fields, valid
        fresh: dict[str, Any] = {
            "state": None,
            "query": None,
            "before": None,
            "line": None,
            "owed": False,
            "returned": False,
            "revision": 0,
            "handled": ("", 0),
            "bad": [],
            "answer": "",
            "widgets": {},
        }
        self.memory: dict[str, Any] = st.session_state.setdefault(f"page-{key}", fresh)
        self.session: str = st.session_state.setdefault("session", uuid.uuid4().hex)
        self.given: State = {}  # what this run has given to the widgets that show fields

    @property
    def state(self) -> State:
        """The fields as they are now."""
        state: State = self.memory["state"]
        return state

    def load(self, *, asked: bool = False) -> None:
        """Read the link if it is new; put it back after a visit to another page.

        Parameters
        ----------
        asked : bool
            Whether it is the live component that has asked for this run, and no step of the
            history: it may not have known yet of the link that was written last, and where the
            run that wrote it gave way to this one it never will.
        """
        query = {name: st.query_params.get_all(name) for name in st.query_params}
        came_from = st.session_state.get("showing")
        st.session_state["showing"] = self.key
        # Of every websocket its own. On a new one the browser says the link that it has: where the
        # old one broke under an answer, that is not the one that was written last.
        line = st.context.headers.get("Sec-WebSocket-Key")
        cut = came_from == self.key and self.memory["line"] not in (None, line)
        self.memory["line"] = line
        if not query and self.memory["state"] is not None and came_from != self.key:
            # Written from here, the query would be given to the page that was left, because
            # its path still stands in the browser: a step back would lead to that mixture.
            # The browser puts it in place (see `acknowledge`) and says it from then on.
            self.memory.update(query=self._query(), returned=True, owed=False, bad=[])
            self.memory["revision"] += 1
        elif query == self.memory["query"]:
            self.memory["returned"] = False
        elif (asked or cut) and query == self.memory["before"]:
            # Told twice, a browser takes it once.
            self.memory.update(query=query, owed=True)
        elif query or not self.memory["returned"]:
            state, bad = settings.decode(self.fields, query, self.valid)
            if set(query) == {"guide"} and state["guide"]:
                # A link to a card alone opens the page as the card wants it.
                state |= CARDS[state["guide"]].state
            self.memory.update(state=state, bad=bad, query=query, returned=False, owed=False)
            self.memory["revision"] += 1

    def receive(self) -> Mapping[str, Any]:
        """Take what the browser sent, once, and write the link when the hand rests.

        Returns what it asked, which may be nothing; the page puts its reply in `answer`.
        """
        message = heard(self.key)
        client, seq = self.memory["handled"]
        if message is None or (message.client == client and message.seq <= seq):
            return {}
        state = settings.accept(self.fields, self.state, message.fields)
        wrong = self.valid(state)
        for name in wrong:
            state[name] = settings.defaults(self.fields, state)[name]
        self.memory["state"] = state
        if wrong:
            self.memory["revision"] += 1
        if message.rest:
            self._write()
        # Last: what ended this run before would come again with the next.
        self.handle(message)
        return message.ask

    def handle(self, message: Message) -> None:
        """Take note that a message needs nothing more."""
        self.memory["handled"] = (message.client, message.seq)

    def put(self, **fields: Any) -> None:
        """Change the state from Python's side: the link and the browser follow."""
        self.memory["state"] = {**self.state, **fields}
        self.memory["revision"] += 1
        self._write()

    def shown(self, name: str) -> str:
        """The key of a widget that shows a field: what else changes the field changes the widget.

        It stays the same widget, which keeps the keyboard's focus and every click.
        """
        key, now = f"{self.key}-{name}", self.state[name]
        if st.session_state.get(key) != now:
            st.session_state[key] = now
        self.given[name] = now
        return key

    def taken(self) -> State:
        """What the widgets that show fields hold now, where that is not what they were given.

        Asked for as a run begins. A callback would be lost if another run was asked for in
        that moment: Streamlit ends a callback there, and does not call it again. What a run has
        given that was ended so may not have come to the browser, which then says the value before:
        that is no choice.
        """
        found: State = {}
        for name, before in self.memory["widgets"].items():
            now = st.session_state.get(f"{self.key}-{name}")
            if now not in (None, before, self.state[name]):
                found[name] = now
        self.memory["widgets"] |= found
        return found

    def answer(self, text: str) -> None:
        """Reply to what `receive` returned, with the next acknowledgement."""
        self.memory["answer"] = text

    def acknowledge(self) -> None:
        """Answer the browser: what was handled, what Python holds, and the link to it."""
        if self.memory["owed"]:
            self._write()
        self.memory["widgets"] |= self.given
        client, seq = self.memory["handled"]
        sync(
            self.key,
            {
                "session": self.session,
                "revision": self.memory["revision"],
                "client": client,
                "ack": seq,
                "fields": {
                    k: list(v) if isinstance(v, tuple) else v for k, v in self.state.items()
                },
                "answer": self.memory["answer"],
                "query": urlencode(settings.encode(self.fields, self.state), safe=",-"),
                "link": urlencode(self.memory["query"] or {}, doseq=True),
                "returned": self.memory["returned"],
            },
        )

    def notice(self) -> None:
        """Say which fields of the link could not be read, if any."""
        text = settings.notice(self.memory["bad"], self.fields)
        # Always there: a notice that comes later must not move what stands below to another
        # place of the page, where it would be mounted anew.
        with st.container():
            if text:
                st.warning(text, icon=":material/link_off:")

    def _write(self) -> None:
        wanted = self._query()
        before = self.memory["query"]
        if wanted != before:
            # Whatever tells the browser something ends here, untold, if another run was asked for
            # meanwhile: that one tells it.
            self.memory["owed"] = True
            st.query_params.from_dict(wanted)
            self.memory.update(query=wanted, before=before, returned=False, bad=[])
        self.memory["owed"] = False

    def _query(self) -> dict[str, list[str]]:
        query = settings.encode(self.fields, self.state)
        return {name: [value] for name, value in query.items()}
