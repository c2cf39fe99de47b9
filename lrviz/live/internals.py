"""Every reach into what Streamlit and Starlette keep to themselves, each with its reason.

These may change with any release; ``tests/live/test_internals.py`` says which one changed what.
The browser's half of this is ``internals.js``, and ``lost.js``, which is written into the page.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit import config, net_util, runtime
from streamlit.dataframe_util import is_dataframe_like
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import query_params
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

STATIC = Path(st.__file__).parent / "static"
#: Tells the page where its server is, below which its own scripts lie too, and not to lay a box
#: over the page when the server is gone: `lost.js` says it, and the page can be used meanwhile.
_ROOT = (
    b"<script>window.__streamlit={BACKEND_BASE_URL:new URL('.',location).href,"
    b"HOST_CONFIG:{blockErrorDialogs:true}}</script>"
)
_LOST = Path(__file__).parent / "lost.js"


@cache
def index() -> bytes:
    """The page that every visit begins with: its inline scripts are named in the security headers.

    Streamlit's own does not know whether /training is a page of an app at the root or the root of
    an app: it asks for a server there first, and the browser writes the two refusals into its
    console.
    """
    page = (STATIC / "index.html").read_bytes()
    lost = b"<script>" + _LOST.read_bytes() + b"</script>"
    return page.replace(b"<head>", b"<head>" + _ROOT + lost, 1)


@cache
def katex() -> str:
    """The KaTeX module among Streamlit's own files, from its root, or '' if there is none.

    The copy that `st.latex` draws with: the derivation needs a second one as little as a page
    needs two fonts. Without it formulas are shown as their LaTeX.
    """
    found = sorted(STATIC.glob("static/js/katex.*.js"))
    return f"static/js/{found[0].name}" if found else ""


def mend() -> None:
    """Give the Streamlit that runs in a browser what its own components ask for.

    Its fork has these two as functions beside the class, where components.v2 does not look.
    """
    for name, function in (("exists", runtime.exists), ("instance", runtime.get_instance)):
        if not hasattr(runtime.Runtime, name):
            setattr(runtime.Runtime, name, staticmethod(function))


def taken(function: Callable[..., Any], **options: Any) -> dict[str, Any]:
    """Those of some options that the Streamlit at hand takes: the one in a browser is older.

    Parameters
    ----------
    function
        One of Streamlit's.
    options
        What may be left out at the price of a little comfort, such as ``wrap=True``.
    """
    known = signature(function).parameters
    return {name: value for name, value in options.items() if name in known}


def keep_uploads_in_memory() -> None:
    """Nothing of a visitor is written to disk.

    Starlette puts what is longer than 1 MB of an upload into a temporary file. Streamlit ends a
    body 1 MB past server.maxUploadSize, so what is held in memory is bounded all the same.
    0 is no limit.
    """
    MultiPartParser.spool_max_size = 0


def bound_uploads(most: int) -> None:
    """Hold at most so many bytes of one session's uploads: the oldest is let go for a new one.

    Streamlit bounds each upload, and not how many there are.
    """
    add = MemoryUploadedFileManager.add_file

    def add_file(self: MemoryUploadedFileManager, session_id: str, file: UploadedFileRec) -> None:
        add(self, session_id, file)
        held = self.file_storage[session_id].copy()
        size = sum(len(one.data) for one in held.values())
        for name, one in held.items():
            if size > most and name != file.file_id:
                self.remove_file(session_id, name)
                size -= len(one.data)

    MemoryUploadedFileManager.add_file = add_file  # type: ignore[method-assign]


def forget_upload(file_id: str) -> None:
    """Let go of an upload now: Streamlit keeps it until the session ends.

    Parameters
    ----------
    file_id : str
        The ``file_id`` of what `st.file_uploader` gave; one that is gone already is no error.
    """
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file_id)


def link_limits() -> tuple[int, int]:
    """How many characters and how many fields of a link Streamlit reads."""
    return (
        query_params.CLIENT_STATE_QUERY_STRING_MAX_LENGTH,
        query_params.CLIENT_STATE_QUERY_STRING_MAX_FIELDS,
    )


def bound_links(shortened: Callable[[str, int, int], str]) -> None:
    """Shorten a query string that Streamlit finds too long: it would leave out all of it.

    Parameters
    ----------
    shortened
        Makes of a query string one of at most so many characters and fields.
    """
    limits = link_limits()

    def sanitize_query_string(query_string: str) -> str:
        return shortened(query_string, *limits)

    for module in (query_params, app_session):
        module.sanitize_query_string = sanitize_query_string  # type: ignore[attr-defined]


def leave_late_messages() -> None:
    """Leave aside what a part of a page says after another page was asked for.

    Streamlit would run that part after the other page, not find it, and name its page: for the
    browser that is another page than the one that it shows, which it takes away, and nothing comes.
    """
    request = AppSession.request_rerun
    pages: WeakKeyDictionary[AppSession, str] = WeakKeyDictionary()

    def request_rerun(self: AppSession, client_state: ClientState | None) -> None:
        if client_state and not client_state.fragment_id:
            pages[self] = client_state.page_script_hash
        elif client_state and pages.get(self) not in (None, "", client_state.page_script_hash):
            return
        request(self, client_state)

    AppSession.request_rerun = request_rerun  # type: ignore[method-assign]


def stay_at_home() -> None:
    """Ask nobody outside which address this server has there.

    Streamlit does, while everybody waits, whenever a page of another host opens a web socket; and
    at the start, unless ``browser.serverAddress`` is set.
    """
    net_util.get_external_ip = _nobody


def _nobody() -> None:
    return None


def forget_the_pages_folder() -> None:
    """Keep our modules out of the navigation.

    A folder named pages beside the script is, to Streamlit, an app in its older style, until
    st.navigation has run once: the first visitor of a new server who follows a link to a page
    would be shown a list of our modules.
    """
    PagesManager.uses_pages_directory = False


def keep_messages() -> None:
    """Have pages keep for more runs what they may be asked to show again.

    A page says with each message which answers it still has, and throws away what two runs have
    not shown. Thirty steps back and forth in a row, and a run refers to what was thrown away
    meanwhile: the page could not go on.
    """
    config.set_option("global.maxCachedMessageAge", 30)


def leave_garbage_to_python() -> None:
    """Called when all that stays for good is loaded: take it out of the search for garbage.

    Streamlit searches everything after every run of the script: with many visitors, half of the
    server's time. Python's own rhythm does, and memory stays as bounded. Pandas, which Streamlit
    would load while the first visitors wait, is loaded here.
    """
    config.set_option("runner.postScriptGC", False)
    is_dataframe_like({})
    gc.collect()
    gc.freeze()
