"""The one browser component: draws a figure without remounting it, and evaluates the graph.

The JavaScript beside this file is served by a route of the app (see ``app.py``) under a
path that contains a hash of its content, so that an edit is seen at once and everything
else may be cached for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import plotly
import streamlit as st

from lrviz.live.internals import katex

HERE = Path(__file__).parent
PLOTLY = Path(plotly.__file__).parent / "package_data"

#: All that is sent inline: everything else is imported from the route.
_LOADER = """
export default function (component) {
  const host = component.parentElement;
  host.lrvizLoad = (host.lrvizLoad ?? Promise.resolve())
    .then(() => import(new URL(component.data.module, location.origin)))
    .then((live) => live.default(component))
    .catch((error) => {
      host.textContent = `This part of the page did not load: ${error.message}`;
    });
}
"""

#: What a browser may ask of a whole page; see `signals`.
SIGNALS = ("stop", "open", "wake")

_component = st.components.v2.component("lrviz", js=_LOADER, isolate_styles=False)


def base_path() -> str:
    """The path the app is served under, '' or '/sub/path'."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


@cache
def _version() -> str:
    digest = hashlib.sha256()
    for file in sorted(HERE.glob("*.*")):
        if file.suffix in (".js", ".css"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def addresses() -> dict[str, str]:
    """Where the browser finds the module, its style sheet and plotly.js."""
    live = f"{base_path()}/live/{_version()}"
    return {
        "module": f"{live}/live.js",
        "css": f"{live}/live.css",
        "katex": f"{base_path()}/{katex()}",
        "plotly": f"{base_path()}/plotly/{plotly.__version__}/plotly.min.js",
    }


def live(key: str, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Mount the component and return the browser's last message, or None.

    Parameters
    ----------
    key : str
        Names the mount; its sync channel has the same name.
    data : mapping
        The structure: figures, inputs, graph, blocks. It must not hold values that change
        while a hand is on an input; those travel through `sync`.

    Returns
    -------
    mapping or None
        ``client``, ``seq``, ``rest`` and ``fields``.
    """
    body = {"kind": "live", "key": key, **addresses(), **data}
    result = _component(key=key, data=body, on_message_change=_nothing)
    message = result.get("message")
    return message if isinstance(message, Mapping) else None


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


def signals(key: str) -> frozenset[str]:
    """What the browser has just asked of the whole page.

    ``stop`` the work, ``open`` the dialog, or ``wake``: run once, because nobody answers. Called
    outside the fragment of the mount called ``key``: a message to a fragment waits until the
    fragment is done, one to the whole page ends it; and a server that has taken another's place
    does not know the fragment.
    """
    body = {"kind": "signals", "key": key, **addresses()}
    heard: dict[str, Any] = {f"on_{name}_change": _nothing for name in SIGNALS}
    result = _component(key=f"{key}-signals-sync", data=body, **heard)
    return frozenset(name for name in SIGNALS if result.get(name))


def control(kind: str, name: str, label: str = "", **more: Any) -> dict[str, Any]:
    """One control as ``controls.js`` and ``dom.js`` build it."""
    return {"kind": kind, "name": name, "label": label, **more}


def plain(spec: Any) -> Any:
    """A copy in which arrays are lists and tuples too, as the browser would read it."""
    return json.loads(json.dumps(spec, default=lambda array: array.tolist()))


def _nothing() -> None:
    """State values need a callback to be named; there is nothing to do."""
