"""The Share page: a link or an embed of any state, with parts left out on purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from zlib import crc32

import streamlit as st

from lrviz import hiding, settings
from lrviz.live import internals
from lrviz.live.component import copying, drawing, signals, sync
from lrviz.pages.downloads import offer_graph
from lrviz.pages.graph import structure
from lrviz.pages.session import home
from lrviz.settings import Field, State

_INTRO = """
# Share

Everything you set is in the link. Leave out what your students should work out themselves; the
preview shows what they will see.
"""

_NO_LOCK = (
    "A link is no lock: whoever takes the field *hide* out of it sees everything; and an uploaded "
    "file does not travel with it."
)

#: What a part is called, by its name in the link.
PARTS = {
    name: part.label
    for table in (hiding.GRAPH, hiding.TRAINING, hiding.PRACTICE)
    for name, part in table.items()
}

#: Blocks of the Graph page that may tell what is left out.
_TELLS = {
    "nudge": "the nudge",
    "onestep": "the step downhill",
    "now": "the sentence on the model",
    "player": "step by step",
    "curves": "the curves of both losses",
    "check": "the gradient check",
    "guide": "the guide",
}
#: What parts are made of that have another name.
_BLOCKS = {"try": ("nudge", "onestep"), "derivation": ("derivation", "curves")}

_THEMES = {"": "The reader's own", "light": "Light", "dark": "Dark"}
_THEME = settings.one_of("theme", [name for name in _THEMES if name], None)
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
    parts: Mapping[str, hiding.Part]


_PAGES = {
    "graph": _Shared("Graph", "", settings.GRAPH, hiding.GRAPH),
    "training": _Shared("Training", "training", settings.TRAINING, hiding.TRAINING),
    "practice": _Shared("Practice", "practice", settings.PRACTICE, hiding.PRACTICE),
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
    last = parts.path.rstrip("/").rpartition("/")[2]
    key = next((key for key, one in _PAGES.items() if one.path and one.path == last), "graph")
    query = parse_qs(parts.query, keep_blank_values=True, max_num_fields=100)
    for name in _EMBED:
        query.pop(name, None)
    state, bad = settings.decode(_PAGES[key].fields, query)
    return key, state, bad


def page() -> None:
    """Show the Share page."""
    memory = _arrive()
    signals("share")
    base = home(st.context.url or "", "share")
    st.markdown(_INTRO)
    if memory["bad"]:
        st.warning(settings.notice(memory["bad"], (_THEME,)), icon=":material/link_off:")
    # Keys carry the revision: widgets begin anew when the address says something else.
    revision = memory["revision"]
    text = st.text_input(
        "The state to share",
        value=base + memory["link"],
        key=f"share-link-{revision}",
        help="The state you left, or any link that you copied and paste here.",
    )
    try:
        key, state, bad = read(text)
    except ValueError:
        st.warning("This is not a link.", icon=":material/link_off:")
        return
    if bad:
        st.warning(settings.notice(bad, _PAGES[key].fields), icon=":material/link_off:")
    shared = _PAGES[key]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        hidden = _choose(shared, state, f"share-hide-{revision}-{key}-{','.join(state['hide'])}")
    with right:
        theme = st.segmented_control(
            "Theme of the embed",
            list(_THEMES),
            default=memory["theme"],
            format_func=_THEMES.__getitem__,
            required=True,
            key=f"share-theme-{revision}",
        )
    state["hide"] = tuple(part for part in shared.parts if part in hidden)
    if key == "graph" and (gone := _gone_with(state)):
        with left:
            st.markdown(f"Left out with it, because it would tell: {settings.listed(gone, 'and')}.")
    query = settings.encode(shared.fields, state)
    if key == "graph" and not state["hide"]:
        # What is left out stands in no code either.
        offer_graph(state)
    _result(base, shared, query, theme)
    _remember(memory, link("", shared.path, query), theme)


def _choose(shared: _Shared, state: State, key: str) -> set[str]:
    """What is left out, kind by kind."""
    chosen: set[str] = set()
    for kind in dict.fromkeys(part.kind for part in shared.parts.values()):
        options = [name for name, part in shared.parts.items() if part.kind == kind]
        hints = [shared.parts[name] for name in options if shared.parts[name].hint]
        chosen |= set(
            st.pills(
                kind,
                options,
                default=[name for name in options if name in state["hide"]],
                format_func=PARTS.__getitem__,
                selection_mode="multi",
                **internals.taken(st.pills, wrap=True),
                help="\n\n".join(f"**{one.label}**: {one.hint}" for one in hints) or None,
                key=f"{key}-{kind}",
            )
        )
    return chosen


def _gone_with(state: State) -> list[str]:
    """What else of the Graph page goes, because it says what was chosen to be left out."""
    hide = state["hide"]
    without = structure(state["view"], state["loss"], state["of"], hide)["without"]
    chosen = {block for name in hide for block in _BLOCKS.get(name, (name,))}
    return [text for block, text in _TELLS.items() if block in without and block not in chosen]


def _arrive() -> dict[str, Any]:
    """What is shared: what this page's own link says, or the state of the page one comes from."""
    fresh = {"link": "/", "theme": "", "bad": [], "revision": 0}
    fresh |= {"query": None, "returned": False, "wanted": None}
    memory: dict[str, Any] = st.session_state.setdefault("page-share", fresh)
    came_from = st.session_state.get("showing")
    st.session_state["showing"] = "share"
    query = st.query_params.to_dict()
    if not query and came_from not in (None, "share"):
        if came_from in _PAGES:
            memory["link"] = _current(came_from)
        memory.update(query={}, returned=True, bad=[])
    elif query != memory["query"] and (query or not memory["returned"]):
        theme = query.get("theme", "")
        bad = [name for name in query if name not in ("link", "theme")]
        if theme not in _THEMES:
            theme, bad = "", [*bad, "theme"]
        memory.update(link=query.get("link", "/"), theme=theme, bad=bad)
        memory.update(query=query, returned=False)
    else:
        return memory
    memory["wanted"] = None
    memory["revision"] += 1
    return memory


def _remember(memory: dict[str, Any], shared: str, theme: str) -> None:
    """Put what is shared into this page's own link, so that a reload loses nothing."""
    wanted = {"link": shared, "theme": theme}
    wanted = {name: text for name, text in wanted.items() if text not in ("", "/")}
    if memory["wanted"] not in (None, wanted):
        memory["returned"] = False
        st.query_params.from_dict(wanted)
    memory.update(query=wanted, wanted=wanted)
    sync("share", {"returned": memory["returned"], "query": urlencode(wanted)})


def _result(base: str, shared: _Shared, query: Mapping[str, str], theme: str) -> None:
    options = {"embed": "true", **({"embed_options": f"{theme}_theme"} if theme else {})}
    embedded = link(base, shared.path, {**query, **options})
    address, title = link(base, shared.path, query), f"lrviz: {shared.title.lower()} of"
    frame = snippet(embedded, f"{title} logistic regression")
    with st.container(key="share-out"):
        _offer("link", "**Link**", address)
        st.markdown(_NO_LOCK)
        _offer("embed", "**Embed**, for a page that takes HTML", frame)
    with st.container(key="share-preview"):
        st.markdown("**Preview** of the embed")
        # What is embedded is what is shown: st.iframe would ask for features that browsers do not
        # know. A frame of its own for every address: one that went from address to address would
        # add each to the browser's history, and Back would turn pages in the preview.
        drawing(f"share-frame-{crc32(embedded.encode())}", frame)


def _offer(name: str, title: str, text: str) -> None:
    """A text to take away, with a button that copies it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(title, width="content")
        copying(f"share-{name}", f"Copy the {name}", text)
    st.code(text, language=None, wrap_lines=True)


def _current(key: str) -> str:
    """The link to what another page of this session shows, from where the app lives."""
    shared = _PAGES[key]
    memory: Mapping[str, Any] = st.session_state.get(f"page-{key}") or {}
    state = memory.get("state") or settings.defaults(shared.fields)
    return link("", shared.path, settings.encode(shared.fields, state))
