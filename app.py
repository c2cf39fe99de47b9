"""The launcher: an ASGI app for ``streamlit run app.py`` and for any ASGI server.

It adds two routes to Streamlit's own: plotly.js from the installed plotly package, and the
modules of the live component. Both paths carry a version, so both may be cached for ever.
Every answer carries the headers of ``lrviz/serving.py``.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path

import streamlit as st
from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from streamlit import config
from streamlit.dataframe_util import is_dataframe_like
from streamlit.runtime.pages_manager import PagesManager

from lrviz.live.component import HERE as LIVE
from lrviz.live.component import PLOTLY, base_path
from lrviz.pages import graph, training
from lrviz.serving import SecurityHeaders, headers

#: The page that Streamlit starts every visit with.
INDEX = Path(st.__file__).parent / "static" / "index.html"


class Versioned(StaticFiles):
    """Static files under ``/<version>/``: the version is dropped, the answer never stales."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve ``<version>/<file>``, for scripts and style sheets only."""
        _, _, file = path.replace("\\", "/").partition("/")
        if not file.endswith((".js", ".css")):
            return Response(status_code=404)
        response = await super().get_response(file, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


app = st.App(
    Path(__file__).parent / "lrviz" / "main.py",
    routes=[
        Mount(f"{base_path()}/plotly", Versioned(directory=PLOTLY)),
        Mount(f"{base_path()}/live", Versioned(directory=LIVE)),
    ],
    middleware=[Middleware(SecurityHeaders, headers=headers(os.environ, INDEX.read_bytes()))],
)

# Starlette puts what is longer than 1 MB of an upload into a temporary file. Nothing of a
# visitor is written to disk here; Streamlit ends a body 1 MB past server.maxUploadSize, so what
# is held in memory is bounded all the same. 0 is no limit.
MultiPartParser.spool_max_size = 0

# A folder named pages beside the script is, to Streamlit, an app in its older style, until
# st.navigation has run once: without this, the first visitor of a new server who follows a
# link to a page would be shown a list of our modules.
PagesManager.uses_pages_directory = False

# Streamlit searches everything for garbage after every run of the script: with many visitors,
# half of the server's time. Python's own rhythm does, and memory stays as bounded. What is
# loaded by now stays for good, so it is built here and taken out of that search too; pandas,
# which Streamlit would load while the first visitors wait, among it.
config.set_option("runner.postScriptGC", False)
is_dataframe_like({})
graph.warm()
training.warm()
gc.collect()
gc.freeze()
