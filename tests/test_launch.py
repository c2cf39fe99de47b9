"""The routes beside Streamlit's own."""

from __future__ import annotations

import plotly
import pytest

from lrviz.launch import routes
from lrviz.live.component import HERE, addresses, files, version
from lrviz.pages import PATHS
from tests.deploy.protocol import run


def get(path):
    """Status and headers of an answer."""
    route = next(route for route in routes() if path.startswith(route.path + "/"))
    scope = {"type": "http", "method": "GET", "headers": []}
    response = run(route.app.get_response(path.removeprefix(route.path + "/"), scope))
    return response.status_code, response.headers


@pytest.mark.parametrize("name", ["module", "css", "plotly"])
def test_what_a_page_is_told_to_load_is_there_for_ever(name):
    status, headers = get(addresses()[name])
    assert status == 200
    assert "immutable" in headers["cache-control"]


def test_every_module_that_another_imports_is_there():
    for name in files():
        for path in (f"/live/{version()}/{name}", f"/live/{version()}/3/{name}"):
            assert get(path)[0] == 200, path


@pytest.mark.parametrize(
    "path",
    [
        "/live/0123456789ab/live.js",
        "/live/anything/live.css",
        "/live//live.js",
        f"/live/{version()}x/live.js",
        f"/live/{version()}/0/live.js",
        f"/live/{version()}/100/live.js",
        f"/live/{version()}/1/1/live.js",
        f"/live/{version()}/component.py",
        f"/live/{version()}/standalone.js",
        f"/live/{version()}/../live/live.js",
        f"/live/{version()}/",
        "/plotly/1.0/plotly.min.js",
        f"/plotly/{plotly.__version__}/datasets/carshare.csv.gz",
        f"/plotly/{plotly.__version__}/widgetbundle.js",
    ],
)
def test_nothing_else_is_answered_and_nothing_else_is_kept(path):
    status, headers = get(path)
    assert status == 404
    assert headers["cache-control"] == "no-store"


def test_nothing_is_left_out_that_a_module_names():
    served = set(files())
    for name in served:
        if name.endswith(".js"):
            text = (HERE / name).read_text(encoding="utf-8")
            named = {part.split('"')[0] for part in text.split('from "./')[1:]}
            assert {one for one in named if one.endswith(".js")} <= served, name


@pytest.mark.parametrize("base", ["", "school/lrviz"])
def test_a_page_below_the_root_is_told_where_its_server_is(base, monkeypatch):
    monkeypatch.setattr("lrviz.launch.base_path", lambda: f"/{base}" if base else "")
    paths = {route.path: route for route in routes()}
    assert PATHS
    for path in ("", *PATHS):
        answer = run(paths[f"/{base}/{path}" if base else f"/{path}"].endpoint(None))
        assert b"BACKEND_BASE_URL:new URL('.',location)" in answer.body
        assert (HERE / "lost.js").read_bytes() in answer.body
        assert answer.headers["cache-control"] == "no-cache"
