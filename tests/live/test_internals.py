"""What Streamlit and Starlette keep to themselves is still where we reach for it."""

from __future__ import annotations

import ast
import asyncio
import re
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from inspect import signature
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import starlette
import streamlit as st
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from streamlit import config
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.state import query_params
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.testing.v1 import AppTest

from lrviz import launch
from lrviz.live import internals

ROOT = Path(__file__).parent.parent.parent
STREAMLIT = f"Streamlit {st.__version__} has changed this: "
STARLETTE = f"Starlette {starlette.__version__} has changed this: "


def test_katex_is_among_streamlits_files():
    assert internals.katex(), STREAMLIT + "no static/js/katex.*.js"
    text = (internals.STATIC / internals.katex()).read_text(encoding="utf-8")
    assert "renderToString" in text, STREAMLIT + "that KaTeX cannot render to a string"
    assert re.search(r"export\s*\{", text), STREAMLIT + "that KaTeX is no module"


def test_the_first_page_is_a_file_with_its_scripts_inline():
    page = internals.index()
    assert page.count(b"<script>window.__streamlit={") == 1, STREAMLIT + "the page has no <head>"
    code = [one.read_text() for one in (internals.STATIC / "static/js").glob("index.*.js")]
    told = STREAMLIT + "how a page is told its server"
    assert any("BACKEND_BASE_URL" in text for text in code), told
    assert any(
        re.search(r"\{blockErrorDialogs:(\w+)\}=[\w.]+;\1!==!0&&this\.openDialog", text)
        for text in code
    ), STREAMLIT + "how a page is told to lay no box over itself"


def test_a_page_keeps_what_it_may_be_asked_to_show_again():
    before = config.get_option("global.maxCachedMessageAge")
    try:
        internals.keep_messages()
        message = ForwardMsg()
        app_session._populate_config_msg(message.new_session.config)
        assert message.new_session.config.max_cached_message_age == 30, STREAMLIT + "its config"
    finally:
        config.set_option("global.maxCachedMessageAge", before)


def parsed(size):
    """Whether an upload of so many bytes lies on the disk when Starlette has read it."""

    async def body():
        yield b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        for _ in range(size // 2**16):
            yield b"1" * 2**16
        yield b"\r\n--x--\r\n"

    async def parse():
        given = Headers({"content-type": "multipart/form-data; boundary=x"})
        form = await MultiPartParser(given, body()).parse()
        rolled = form["f"].file._rolled
        await form.close()
        return rolled

    # In a thread of its own: a browser test before this one may have left a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, parse()).result()


def test_an_upload_stays_in_memory(monkeypatch):
    monkeypatch.setattr(MultiPartParser, "spool_max_size", 2**20)
    assert parsed(3 * 2**20), STARLETTE + "nothing goes to the disk by itself any more"
    internals.keep_uploads_in_memory()
    assert not parsed(3 * 2**20), STARLETTE + "spool_max_size is not heeded"


UPLOADS = """
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from lrviz.live import internals

context = get_script_run_ctx()
held, session = context.uploaded_file_mgr, context.session_id
for name in ("one", "two"):
    held.add_file(session, UploadedFileRec(name, name, "text/csv", b"1"))
internals.forget_upload("one")
internals.forget_upload("never there")
st.text(",".join(r.file_id for r in held.get_files(session, ["one", "two"])))
"""


def test_an_upload_is_let_go():
    ran = AppTest.from_string(UPLOADS).run()
    assert not ran.exception, STREAMLIT + f"how uploads are kept: {ran.exception[0].message}"
    assert ran.text[0].value == "two", STREAMLIT + "an upload was not let go"


def test_uploads_of_one_session_are_bounded(monkeypatch):
    monkeypatch.setattr(MemoryUploadedFileManager, "add_file", MemoryUploadedFileManager.add_file)
    internals.bound_uploads(10)
    manager = MemoryUploadedFileManager("/upload")

    def held(session):
        return [one.file_id for one in manager.get_files(session, list("abcd"))]

    for name, size in (("a", 4), ("b", 4), ("c", 4), ("d", 20)):
        manager.add_file("mine", UploadedFileRec(name, name, "text/csv", b"1" * size))
        if name == "c":
            assert held("mine") == ["b", "c"], STREAMLIT + "how uploads are kept"
    assert held("mine") == ["d"], STREAMLIT + "how uploads are kept"
    manager.add_file("other", UploadedFileRec("a", "a", "text/csv", b"1" * 10))
    assert (held("mine"), held("other")) == (["d"], ["a"])


def test_a_link_that_is_too_long_is_shortened(monkeypatch):
    modules = (query_params, app_session)
    long = "&".join(["a=1"] * 1001)
    for module in modules:
        monkeypatch.setattr(module, "sanitize_query_string", module.sanitize_query_string)
        assert module.sanitize_query_string(long) == "", STREAMLIT + "long links are not dropped"
    internals.bound_links(lambda query, _, fields: "&".join(query.split("&")[:fields]))
    for module in modules:
        assert module.sanitize_query_string(long).count("a") == 1000
    read = query_params._parse_query_string(long)
    assert len(read["a"]) == 1000, STREAMLIT + "how a query is read"


def test_what_a_part_says_after_another_page_was_asked_for_is_left_aside(monkeypatch):
    heard = []
    request = lambda self, state: heard.append(state and state.page_script_hash)  # noqa: E731
    monkeypatch.setattr(app_session.AppSession, "request_rerun", request)
    internals.leave_late_messages()
    one, other = (object.__new__(app_session.AppSession) for _ in range(2))
    # An end that is not reached: nothing of it was begun.
    monkeypatch.setattr(app_session.AppSession, "__del__", lambda self: None)

    def ask(session, page, part=""):
        session.request_rerun(ClientState(page_script_hash=page, fragment_id=part))

    ask(one, "graph")
    ask(one, "graph", "body")
    ask(one, "training")
    ask(one, "graph", "body")
    assert heard == ["graph", "graph", "training"]
    ask(one, "training", "body")
    # A browser that begins does not know how its page is called.
    for session, page in ((other, "graph"), (one, "")):
        ask(session, page)
        ask(session, "graph", "body")
    one.request_rerun(None)
    assert heard[3:] == ["training", "graph", "graph", "", "graph", None]


def test_our_pages_are_not_taken_for_an_older_app(monkeypatch):
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    main = str(launch.SCRIPT)
    PagesManager(main)
    assert PagesManager.uses_pages_directory, STREAMLIT + "no folder named pages is looked for"
    internals.forget_the_pages_folder()
    PagesManager(main)
    assert not PagesManager.uses_pages_directory, STREAMLIT + "where it decides about that folder"


def test_the_search_for_garbage_can_be_turned_off(monkeypatch):
    collected = []
    monkeypatch.setattr(script_runner.gc, "collect", lambda *_: collected.append(1))
    monkeypatch.setattr(script_runner.runtime, "exists", lambda: False)
    monkeypatch.setattr(internals.gc, "freeze", lambda: None)
    before = config.get_option("runner.postScriptGC")
    finish = script_runner.ScriptRunner._on_script_finished
    given = [MagicMock() for _ in signature(finish).parameters]
    try:
        config.set_option("runner.postScriptGC", True)
        finish(*given)
        assert collected, STREAMLIT + "no search for garbage after a run"
        internals.leave_garbage_to_python()
        collected.clear()
        finish(*given)
        assert not collected, STREAMLIT + "runner.postScriptGC is not heeded"
    finally:
        config.set_option("runner.postScriptGC", before)
    assert "pandas" in sys.modules, STREAMLIT + "is_dataframe_like loads no pandas"


@pytest.mark.parametrize("name", ["test-script-state", "test-connection-state", "stApp", "stMain"])
def test_what_internals_js_looks_for_is_in_the_page(name):
    bundles = (internals.STATIC / "static" / "js").glob("*.js")
    found = any(name in bundle.read_text(encoding="utf-8") for bundle in bundles)
    assert found, STREAMLIT + f"no {name}"


def test_an_app_is_found_in_both_launchers():
    discovery = pytest.importorskip(
        "streamlit.web.server.app_discovery", reason=STREAMLIT + "no app_discovery"
    )
    for file in (ROOT / "app.py", ROOT / "lrviz" / "app.py"):
        assert discovery.discover_asgi_app(file).is_asgi_app, file


def test_the_command_sets_what_the_configuration_file_sets():
    def flat(table, before=""):
        for name, value in table.items():
            if isinstance(value, dict):
                yield from flat(value, f"{before}{name}.")
            else:
                yield f"{before}{name}", value

    text = (ROOT / ".streamlit" / "config.toml").read_text()
    assert dict(flat(tomllib.loads(text))) == dict(launch.OPTIONS)


#: What the two libraries document, and the command line that the package installs.
DOCUMENTED = {
    "streamlit",
    "streamlit.typing",
    "streamlit.web.cli",
    "starlette.middleware",
    "starlette.responses",
    "starlette.routing",
    "starlette.staticfiles",
    "starlette.types",
}


@pytest.mark.parametrize("file", sorted((ROOT / "lrviz").rglob("*.py")), ids=lambda f: f.name)
def test_no_other_module_reaches_in(file):
    if file == Path(internals.__file__):
        return
    for node in ast.walk(ast.parse(file.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            inner = node.module in ("streamlit", "streamlit.web")
            names = [f"{node.module}.{a.name}" for a in node.names] if inner else [node.module]
        inside = {n for n in names if n.split(".")[0] in ("streamlit", "starlette")}
        assert inside <= DOCUMENTED
        assert not (isinstance(node, ast.Attribute) and ast.unparse(node).startswith("st._"))


def test_no_other_script_reaches_in():
    for file in (ROOT / "lrviz").rglob("*.js"):
        # lost.js stands in the page by itself, before there is anything that it could import.
        if file.stem not in ("internals", "lost"):
            assert not re.search(
                "test(Script|Connection)State|data-testid|js/katex", file.read_text()
            ), file
