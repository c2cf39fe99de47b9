"""The default build in Chromium, with its CDN imitated: its policy and its hashes let it run."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from scripts import build_site
from tests.browser.conftest import table
from tests.site.conftest import VARIABLE
from tests.site.hosting import KINDS, hosted, write


@pytest.mark.parametrize("changed", [None, "pyodide.asm.wasm", "python_stdlib.zip"])
def test_the_default_build_runs_what_is_pinned_and_nothing_else(
    offline, browser, tmp_path, changed
):
    wheels = Path(os.environ[VARIABLE])
    files = build_site.build()
    pinned = build_site.pins()
    # The wheel at hand need not be the one on the CDN: everything else must be.
    (lock,) = (name for name in files if name.endswith("/pyodide-lock.json"))
    told = json.loads(files[lock])
    numpy = wheels / pinned["wheels"]["numpy"]["file"]
    told["packages"]["numpy"]["sha256"] = hashlib.sha256(numpy.read_bytes()).hexdigest()
    files[lock] = json.dumps(told).encode()
    cdn = {
        pinned[name]["cdn"]: f"{name}-{pinned[name]['version']}/" for name in ("stlite", "pyodide")
    }
    asked = []

    def imitate(route):
        url = unquote(route.request.url)
        asked.append(url)
        name = urlsplit(url).path.rsplit("/", 1)[1]
        found = (offline.get(place + url.removeprefix(base)) for base, place in cdn.items())
        content = next(filter(None, found), None) or (wheels / name).read_bytes()
        content += b" " * (name == changed)
        kind = KINDS.get(Path(name).suffix, "application/octet-stream")
        headers = {"Content-Type": kind, "Access-Control-Allow-Origin": "*"}
        route.fulfill(body=content, headers=headers)

    context = browser.new_context(service_workers="block")
    context.route(lambda url: url.startswith("https://"), imitate)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with hosted(write(files, tmp_path)) as host:
        page.goto(host.url + "/?w1=1", wait_until="commit")
        page.wait_for_selector("#early .lv-ready", timeout=60_000)
        if changed:
            page.get_by_role("status").filter(has_text="Python did not load").wait_for()
            context.close()
            return
        page.wait_for_selector("#early", state="detached", timeout=240_000)
        assert dict(row[:2] for row in table(page, "Values"))["w₁"] == "1"
    assert errors == []
    assert any(url.endswith("pyodide.asm.wasm") for url in asked)
    assert any(url.startswith(build_site.PYPI) for url in asked)
    context.close()
