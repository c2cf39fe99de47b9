"""What the launcher adds to Streamlit, and the command ``lrviz``.

Its routes: plotly.js from the installed plotly package, and the modules of the live component,
whose paths carry a version, so that both may be cached for ever; and the page that every visit
begins with, which is told where its server is and says when that is lost. Every answer carries the
headers of ``serving.py``.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import plotly
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from streamlit.web import cli

from lrviz.live import internals
from lrviz.live.component import HERE as LIVE
from lrviz.live.component import PLOTLY, PLOTLY_NAME, base_path, files, version
from lrviz.pages import PATHS, graph, session, training
from lrviz.serving import MessageLimit, SecurityHeaders, headers

#: Bytes held of what one session has uploaded, and of one message from a page. Text that is
#: pasted comes in one: far above a file's own limit, so that a sentence can refuse it.
UPLOADS_LIMIT = MESSAGE_LIMIT = 8_000_000

HERE = Path(__file__).parent
#: The script that Streamlit runs for every visit.
SCRIPT = HERE / "main.py"
#: What ``.streamlit/config.toml`` says where the command starts, which may be anywhere.
OPTIONS: Mapping[str, Any] = {
    "browser.gatherUsageStats": False,
    "browser.serverAddress": "localhost",
    "server.maxUploadSize": 3,
    "server.maxMessageSize": 32,
    "server.fileWatcherType": "none",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "theme.light.primaryColor": "#0b5fa5",
    "theme.dark.primaryColor": "#7cc0ff",
}


class Versioned(StaticFiles):
    """A few static files under ``/<version>/``: the answer never stales.

    After ``<version>/`` may stand the number of another try, because a browser may remember by
    its address that a module did not load. No other version is answered: what a cache keeps for
    ever must not be what another server would have said.
    """

    def __init__(self, directory: Path, version: str, names: Iterable[str]) -> None:
        super().__init__(directory=directory)
        self.wanted = re.compile(
            rf"{re.escape(version)}/(?:[1-9][0-9]?/)?({'|'.join(map(re.escape, names))})"
        )

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve ``<version>/<file>``."""
        found = self.wanted.fullmatch(path.replace("\\", "/"))
        if not found:
            return Response(status_code=404, headers={"Cache-Control": "no-store"})
        response = await super().get_response(found[1], scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


async def page(_: object) -> Response:
    """The page that every visit begins with."""
    fresh = {"Cache-Control": "no-cache"}
    return Response(internals.index(), media_type="text/html", headers=fresh)


def routes() -> list[BaseRoute]:
    """The routes beside Streamlit's own."""
    return [
        *(Route(f"{base_path()}/{path}", page, name=path) for path in ("", *PATHS)),
        Mount(f"{base_path()}/plotly", Versioned(PLOTLY, plotly.__version__, [PLOTLY_NAME])),
        Mount(f"{base_path()}/live", Versioned(LIVE, version(), files())),
    ]


def middleware() -> list[Middleware]:
    """What every answer passes through."""
    given = headers(os.environ, internals.index())
    return [
        Middleware(SecurityHeaders, headers=given),
        Middleware(MessageLimit, most=MESSAGE_LIMIT),
    ]


def prepare() -> None:
    """Once per server, before its first visitor."""
    internals.stay_at_home()
    internals.keep_messages()
    internals.leave_late_messages()
    internals.keep_uploads_in_memory()
    internals.bound_uploads(UPLOADS_LIMIT)
    session.bound_links()
    internals.forget_the_pages_folder()
    graph.warm()
    training.warm()
    internals.leave_garbage_to_python()


def command() -> None:
    """``lrviz``: start the app from anywhere; arguments go to ``streamlit run``."""
    # Streamlit takes the last of two, so a visitor's own flags win.
    own = [f"--{name}={str(v).lower() if v is False else v}" for name, v in OPTIONS.items()]
    sys.argv = ["streamlit", "run", str(HERE / "app.py"), *own, *sys.argv[1:]]
    cli.main()
