"""What Streamlit and Starlette keep to themselves is still where we reach for it."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest
import starlette
import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit import config, dataframe_util
from streamlit.runtime.pages_manager import PagesManager

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
    assert internals.INDEX.is_file(), STREAMLIT + "no static/index.html"
    assert b"<script" in internals.INDEX.read_bytes()


def test_uploads_can_be_kept_in_memory():
    assert hasattr(MultiPartParser, "spool_max_size"), STARLETTE + "no spool_max_size"


def test_the_pages_folder_can_be_forgotten():
    assert hasattr(PagesManager, "uses_pages_directory"), STREAMLIT + "no uses_pages_directory"


def test_the_search_for_garbage_can_be_turned_off():
    assert "runner.postScriptGC" in config._config_options_template, (
        STREAMLIT + "no runner.postScriptGC"
    )
    dataframe_util.is_dataframe_like({})
    assert "pandas" in sys.modules, STREAMLIT + "is_dataframe_like loads no pandas"


def test_the_browser_can_ask_whether_a_script_runs():
    bundles = (internals.STATIC / "static" / "js").glob("*.js")
    assert any("test-script-state" in b.read_text(encoding="utf-8") for b in bundles), (
        STREAMLIT + "no data-test-script-state"
    )


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


def test_no_other_module_reaches_in():
    reaches = r"spool_max_size|postScriptGC|uses_pages_directory|testScriptState|js/katex"
    for file in (ROOT / "lrviz").rglob("*"):
        if file.suffix in (".py", ".js") and file.stem != "internals":
            assert not re.search(reaches, file.read_text(encoding="utf-8")), file
