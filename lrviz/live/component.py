"""The one browser component: draws a figure without remounting it, and evaluates the graph.

The JavaScript beside this file is served by a route of the app (see ``launch.py``) under a
path that contains a hash of its content, so that an edit is seen at once and everything
else may be cached for ever.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import plotly
import streamlit as st

from lrviz.live import internals

HERE = Path(__file__).parent
PLOTLY = Path(plotly.__file__).parent / "package_data"

#: All that is sent inline: everything else is imported from the route.
_LOADER = """
export default function (component) {
  const host = component.parentElement;
  const page = window.lrvizLoading ??= { tries: 0, loads: {}, failed: new Map() };
  // A browser may remember by its address that a module did not load: the next try has another,
  // and the same one for every mount, because they share what is in the modules.
  const load = () => {
    const { module } = component.data;
    const at = page.tries ? module.replace(/(?=[^/]*$)/, `${page.tries}/`) : module;
    return page.loads[at] ??= import(new URL(at, location.origin)).catch((error) => {
      page.tries += 1;
      throw error;
    });
  };
  const mount = () => {
    host.lrvizLoad = (host.lrvizLoad ?? Promise.resolve())
      .then(load)
      .then((live) => live.default(component))
      .then(() => page.failed.delete(host), (error) => page.failed.set(host, { mount, error }))
      .then(() => {
        host.lrvizSaid?.remove();
        const found = page.failed.get(host);
        // A mount that nobody sees leaves the sentence to one that is seen.
        if (!found || host.closest("[class*='-sync']")) return;
        const said = host.lrvizSaid = document.createElement("p");
        const retry = document.createElement("button");
        said.className = "lv-failure";
        said.role = "alert";
        said.textContent = `This part of the page did not load: ${found.error.message} `;
        retry.textContent = "Retry";
        retry.onclick = () => page.failed.forEach((one, at) => (
          at.isConnected ? one.mount() : page.failed.delete(at)));
        said.append(retry);
        host.prepend(said);
      });
  };
  mount();
  // Called too for a mount that a newer one overtook while it was loading: that one goes on.
  return () => host.isConnected || host.lrvizLeave?.();
}
"""

#: Variables that say, in the static site, where the app lives and where KaTeX is: as addresses.
HOME, KATEX = "LRVIZ_HOME", "LRVIZ_KATEX"

# Of a client's name, and of its messages.
_LONGEST_NAME, _LAST = 64, 2**53
#: What a browser may ask of a whole page; see `signals`.
SIGNALS = ("stop", "open", "wake")

internals.mend()
_component = st.components.v2.component("lrviz", js=_LOADER, isolate_styles=False)


def alone() -> bool:
    """Whether the app runs in the visitor's browser, and there is no server."""
    return HOME in os.environ


def base_path() -> str:
    """The path the app is served under, '' or '/sub/path'."""
    home = os.environ.get(HOME)
    base = urlsplit(home).path if home else str(st.get_option("server.baseUrlPath") or "")
    base = base.strip("/")
    return f"/{base}" if base else ""


#: What a page asks for of plotly's files.
PLOTLY_NAME = "plotly.min.js"


@cache
def files() -> tuple[str, ...]:
    """What a page may ask for of the files beside this one.

    That of the standalone page is written into it, page.css and lost.js into every page, and
    practice.css into the pages and worksheets that need it.
    """
    found = {file.name for file in HERE.iterdir() if file.suffix in (".js", ".css")}
    written = {"standalone.js", "standalone.css", "lost.js", "page.css", "practice.css"}
    return tuple(sorted(found - written))


@cache
def version() -> str:
    """A hash of those files."""
    digest = hashlib.sha256()
    for name in files():
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:12]


def addresses() -> dict[str, str]:
    """Where the browser finds the module, its style sheet and plotly.js."""
    live = f"{base_path()}/live/{version()}"
    return {
        "module": f"{live}/live.js",
        "css": f"{live}/live.css",
        "katex": os.environ.get(KATEX) or f"{base_path()}/{internals.katex()}",
        "plotly": f"{base_path()}/plotly/{plotly.__version__}/{PLOTLY_NAME}",
    }


class Message(NamedTuple):
    """What the browser sends: the fields as they are, and perhaps a question.

    Attributes
    ----------
    client, seq : str, int
        Who sent it, and its number there: 0 up to 2⁵³.
    rest : bool
        Whether the hand rests, so that the link is written.
    fields, ask : mapping
        Not checked: the page's table of fields does.
    """

    client: str
    seq: int
    rest: bool
    fields: Mapping[str, Any]
    ask: Mapping[str, Any]


def heard(key: str) -> Message | None:
    """The last message of the mount called ``key``; None if there is none, or none of that form."""
    state = st.session_state.get(key)
    return read_message(state.get("message") if isinstance(state, Mapping) else None)


def read_message(sent: Any) -> Message | None:
    """A message out of anything that JSON can hold; None if it is none."""
    if not isinstance(sent, Mapping):
        return None
    client, seq = sent.get("client"), sent.get("seq")
    if not isinstance(client, str) or len(client) > _LONGEST_NAME:
        return None
    if isinstance(seq, bool) or not isinstance(seq, int | float) or not 0 <= seq <= _LAST:
        return None
    if seq != int(seq):
        return None
    fields, ask = (
        value if isinstance(value, Mapping) else {} for value in map(sent.get, ("fields", "ask"))
    )
    return Message(client, int(seq), sent.get("rest") is True, fields, ask)


def live(key: str, data: Mapping[str, Any]) -> None:
    """Mount the component; what the browser says is `heard`.

    Parameters
    ----------
    key : str
        Names the mount; its sync channel has the same name.
    data : mapping
        The structure: figures, inputs, graph, blocks. It must not hold values that change
        while a hand is on an input; those travel through `sync`.
    """
    body = {"kind": "live", "key": key, **addresses(), **data}
    _component(key=key, data=body, on_message_change=_nothing)


def sync(key: str, data: Mapping[str, Any]) -> None:
    """Tell the mount called ``key`` what Python holds: fields, revision, acknowledgement.

    A second, tiny mount carries it, so that an acknowledgement does not resend figures.
    """
    body = {"kind": "sync", "key": key, **addresses(), **data}
    _component(key=f"{key}-sync", data=body, on_message_change=_nothing)


def rows(key: str, data: Mapping[str, Any]) -> None:
    """Give the mount called ``key`` the examples its playbacks are about.

    A mount of its own, so that another run on the same data does not send them again.
    """
    body = {"kind": "rows", "key": key, **addresses(), **data}
    _component(key=f"{key}-rows-sync", data=body)


def pictures(key: str, stem: str) -> None:
    """Buttons that save what the mount called ``key`` shows, as ``stem``.png and ``stem``.svg."""
    body = {"kind": "pictures", "key": key, "stem": stem, **addresses()}
    _component(key=f"{key}-pictures", data=body, width="content")


class Remembered(NamedTuple):
    """What a browser says that it remembers: anything that JSON can hold.

    Attributes
    ----------
    kept, visit
        From all visits, and from this one's tab.
    """

    kept: Any
    visit: Any


def remember(key: str, news: Any, visit: Any, asks: str) -> Remembered | None:
    """What the browser remembers under ``key``, and nothing else does; None until it has said so.

    Parameters
    ----------
    key : str
        Names what is remembered; the browser keeps it as ``lrviz-{key}``.
    news, visit : anything that JSON can hold, or None
        What it is to remember from now on, for all visits and for this one; None leaves it.
    asks : str
        Names the session that wants to hear it; '' asks for nothing. What was said to another
        session, on a server that is gone, is old.
    """
    body = {"kind": "memory", "key": key, "news": news, "visit": visit, "asks": asks}
    data = {**body, **addresses()}
    result = _component(key=f"{key}-memory-sync", data=data, on_memory_change=_nothing)
    told = result.get("memory")
    if not asks or not isinstance(told, Mapping) or told.get("to") != asks:
        return None
    return Remembered(told.get("kept"), told.get("visit"))


def drawing(key: str, html: str) -> None:
    """Show HTML that the project has made, a drawing or a frame: what is a visitor's is escaped."""
    _component(
        key=f"{key}-drawing", data={"kind": "drawing", "key": key, "html": html, **addresses()}
    )


def copying(key: str, label: str, text: str) -> None:
    """Show a button, named ``label``, that copies a text."""
    body = {"kind": "copy", "key": key, "label": label, "text": text, **addresses()}
    _component(key=f"{key}-copy", data=body, width="content")


def signals(key: str) -> Mapping[str, Any]:
    """What the browser has just asked of the whole page, and what it said with it.

    ``stop`` the work on a message, ``open`` the dialog, or ``wake``: run once, because nobody
    answers. Called outside the fragment of the mount called ``key``: a message to a fragment waits
    until the fragment is done, one to the whole page ends it; and a server that has taken another's
    place does not know the fragment.
    """
    body = {"kind": "signals", "key": key, **addresses()}
    heard: dict[str, Any] = {f"on_{name}_change": _nothing for name in SIGNALS}
    result = _component(key=f"{key}-signals-sync", data=body, **heard)
    return {name: result.get(name) for name in SIGNALS if result.get(name)}


def control(kind: str, name: str, label: str = "", **more: Any) -> dict[str, Any]:
    """One control as ``controls.js`` and ``dom.js`` build it."""
    return {"kind": kind, "name": name, "label": label, **more}


def plain(spec: Any) -> Any:
    """A copy in which arrays are lists and tuples too, as the browser would read it."""
    return json.loads(json.dumps(spec, default=lambda array: array.tolist()))


def _nothing() -> None:
    """State values need a callback to be named; there is nothing to do."""
