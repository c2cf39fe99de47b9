"""The Share page: a link or an embed of any state, with parts left out on purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import streamlit as st

from lrviz import settings
from lrviz.settings import Field, State

_INTRO = """
# Share

Everything you set is in the link. Leave out what your students should work out themselves; the
preview shows what they will see.
"""

#: What a part is called, by its name in the link.
_PARTS = {
    "values": "Computed numbers",
    "product": "The chain rule",
    "player": "Step by step",
    "derivation": "The derivation",
    "try": "Presets",
    "check": "Check",
    "data": "The data",
    "rates": "Learning rates",
    "contributions": "What each example adds",
    "rule": "The update rule",
    "example": "The chosen example",
    "history": "The steps so far",
}

_THEMES = {"The reader's own": "", "Light": "light_theme", "Dark": "dark_theme"}
#: Streamlit's own fields of a link, which no page of ours reads.
_EMBED = ("embed", "embed_options")
#: Pixels: the whole picture, and the sliders beside or below it.
_HEIGHT = 900


@dataclass(frozen=True)
class _Shared:
    """A page that can be shared."""

    title: str
    path: str
    fields: Sequence[Field]
    parts: Sequence[str]


_PAGES = {
    "graph": _Shared("Graph", "", settings.GRAPH, settings.HIDEABLE),
    "training": _Shared("Training", "training", settings.TRAINING, settings.TRAINING_HIDEABLE),
}


def link(base: str, path: str, query: Mapping[str, str]) -> str:
    """The address of a state."""
    text = urlencode(query, safe=",-")
    return f"{base}/{path}" + (f"?{text}" if text else "")


def snippet(address: str, title: str) -> str:
    """The HTML that embeds an address."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="100%" '
        f'height="{_HEIGHT}" style="border: 0" allow="clipboard-write" loading="lazy"></iframe>'
    )


def read(text: str) -> tuple[str, State, list[str]]:
    """The page, the state and the unreadable fields of a link that was pasted."""
    parts = urlsplit(text.strip())
    key = "training" if parts.path.rstrip("/").endswith("/training") else "graph"
    query = parse_qs(parts.query, keep_blank_values=True, max_num_fields=100)
    for name in _EMBED:
        query.pop(name, None)
    state, bad = settings.decode(_PAGES[key].fields, query)
    return key, state, bad


def page() -> None:
    """Show the Share page."""
    came_from = st.session_state.get("showing")
    st.session_state["showing"] = "share"
    if came_from in _PAGES:
        st.session_state["share-from"] = came_from
    base = _base(st.context.url or "")
    st.markdown(_INTRO)
    text = st.text_input(
        "The state to share",
        value=_current(base, st.session_state.get("share-from", "graph")),
        help="The state you left, or any link that you copied and paste here.",
    )
    try:
        key, state, bad = read(text)
    except ValueError:
        st.warning("This is not a link.", icon=":material/link_off:")
        return
    if bad:
        st.warning(settings.notice(bad), icon=":material/link_off:")
    shared = _PAGES[key]
    left, right = st.columns([3, 2], gap="large")
    with left:
        # The key carries the page: another page has other parts.
        hidden = st.pills(
            "Leave out",
            shared.parts,
            default=list(state["hide"]),
            format_func=lambda part: _PARTS.get(part, part),
            selection_mode="multi",
            wrap=True,
            key=f"share-hide-{key}-{','.join(state['hide'])}",
        )
    with right:
        theme = st.segmented_control(
            "Theme of the embed", list(_THEMES), default="The reader's own", required=True
        )
    state["hide"] = tuple(part for part in shared.parts if part in hidden)
    query = settings.encode(shared.fields, state)
    _result(base, shared, query, _THEMES[theme])


def _result(base: str, shared: _Shared, query: Mapping[str, str], theme: str) -> None:
    options = {"embed": "true", **({"embed_options": theme} if theme else {})}
    embedded = link(base, shared.path, {**query, **options})
    st.markdown("**Link**")
    st.code(link(base, shared.path, query), language=None, wrap_lines=True)
    st.markdown("**Embed**, for a page that takes HTML")
    title = f"lrviz: {shared.title.lower()} of logistic regression"
    st.code(snippet(embedded, title), language="html", wrap_lines=True)
    st.markdown("**Preview** of the embed")
    with st.container(key="share-preview"):
        st.iframe(embedded, height=_HEIGHT)


def _base(url: str) -> str:
    """Where the app lives, without this page's own path; the browser says it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/share')}"


def _current(base: str, key: str) -> str:
    """The link to what another page of this session shows."""
    shared = _PAGES[key]
    memory: Mapping[str, Any] = st.session_state.get(f"page-{key}") or {}
    state = memory.get("state") or settings.defaults(shared.fields)
    return link(base, shared.path, settings.encode(shared.fields, state))
