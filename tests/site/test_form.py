"""The default build's files and addresses: their form, their versions, their hashes. No network."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
from io import BytesIO
from urllib.parse import urlsplit
from zipfile import ZipFile

import plotly
import pytest

from lrviz.live import component
from scripts import build_site
from tests.site.conftest import VARIABLE, WHY

#: Who may be asked, besides the site's own host.
HOSTS = {"cdn.jsdelivr.net", "files.pythonhosted.org"}
SHA384 = re.compile(r"sha384-[A-Za-z0-9+/]{64}")


@pytest.fixture(scope="module")
def files():
    return build_site.build()


@pytest.fixture(scope="module")
def page(files):
    return files["index.html"].decode()


def boot(page):
    """What a page is told."""
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    (line,) = re.findall(r"\((\{.*\})\)\);$", script, re.MULTILINE)
    return json.loads(line)


@pytest.fixture(scope="module")
def site(page):
    return boot(page)


def test_every_path_of_the_app_answers_with_the_same_page(files, page):
    for name in build_site.PAGES:
        assert files[f"{name}.html"].decode() == page
    # But that it stands for a path that is none is told.
    assert boot(files["404.html"].decode()) == boot(page) | {"missing": True}


def test_what_is_ours_is_there_under_the_paths_that_a_server_has(files, site):
    live = f"live/{component.version()}"
    assert {f"{live}/{name}" for name in component.files()} <= files.keys()
    assert site["live"] == live
    assert site["plotly"] == f"plotly/{plotly.__version__}/plotly.min.js"
    assert site["plotly"] in files
    assert set(site["modules"]) <= files.keys()
    assert {f"{site['own']}/{name}" for name in build_site.MODULES} <= files.keys()
    assert f"{site['early']}/features-log-w1.json" in files


def test_nothing_of_others_but_plotly_and_networkx_is_in_it(files):
    wheels = {name.rsplit("/", 1)[1].split("-")[0] for name in files if name.endswith(".whl")}
    assert wheels == {"lrviz", "plotly", "networkx", "ssl"}
    assert not any(name.startswith(("stlite/", "pyodide/")) for name in files)
    assert sum(map(len, files.values())) < 20e6


def test_every_kind_of_trace_that_is_made_is_in_it(files):
    made = set()
    for file in (build_site.ROOT / "lrviz").rglob("*.py"):
        made |= set(re.findall(r"\bgo\.([A-Z]\w+)", file.read_text()))
    assert {"Figure", "Scatter", "Contour"} <= made
    (wheel,) = (data for name, data in files.items() if "/plotly-" in name)
    there = ZipFile(BytesIO(wheel)).namelist()
    assert {f"plotly/graph_objs/_{name.lower()}.py" for name in made} <= {*there}


def test_every_package_is_named_with_its_hash_and_its_version(files, site):
    lock = json.loads(files[f"{site['own']}/pyodide-lock.json"])
    assert lock["info"]["python"].startswith("3.13")
    for name, package in lock["packages"].items():
        assert package["name"] == name
        assert re.fullmatch("[0-9a-f]{64}", package["sha256"])
        address = urlsplit(package["file_name"])
        assert package["version"] in address.path
        if address.scheme:
            assert (address.scheme, address.netloc in HOSTS) == ("https", True)
            assert address.path.endswith(".whl")
        else:
            assert hashlib.sha256(files[address.path]).hexdigest() == package["sha256"]
    installed = {"plotly": plotly.__version__}
    assert {name: lock["packages"][name]["version"] for name in installed} == installed


def test_scripts_of_other_hosts_are_of_one_version_and_checked(page, site, files):
    pinned = build_site.pins()
    (text,) = re.findall(r'<script type="importmap">(.*?)</script>', page)
    integrity = json.loads(text)["integrity"]
    for name in ("stlite", "pyodide"):
        assert site[name].startswith("https://cdn.jsdelivr.net/")
        assert re.search(rf"[@v]{re.escape(pinned[name]['version'])}/", site[name])
        for file, digest in pinned[name]["integrity"].items():
            assert SHA384.fullmatch(digest)
            if name == "stlite" and file.endswith(".js"):
                assert integrity[site[name] + file] == digest
    assert {"stlite.js", "stlite.css"} <= pinned["stlite"]["integrity"].keys()
    assert set(pinned["pyodide"]["integrity"]) == set(build_site.PYODIDE)
    assert site["style"]["integrity"] == pinned["stlite"]["integrity"]["stlite.css"]
    told = json.loads(files[f"{site['own']}/site.json"])
    assert told == {"pyodide": site["pyodide"], "integrity": pinned["pyodide"]["integrity"]}


def test_the_policy_lets_in_what_is_pinned_and_no_more(page):
    (found,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    policy = dict(part.split(" ", 1) for part in html.unescape(found).split("; "))
    scripts = policy["script-src"].split()
    hashes = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    assert len(hashes) == sum(one.startswith("'sha256-") for one in scripts) == 2
    assert not {"'unsafe-inline'", "'unsafe-eval'", "data:", "https:", "*"} & set(scripts)
    for source in " ".join(policy.values()).split():
        if "//" in source:
            address = urlsplit(source)
            assert address.netloc in HOSTS
            assert address.path.strip("/")
    assert policy["object-src"] == "'none'"


def test_the_same_is_built_from_the_same(files):
    wheel = build_site._wheel("one", "1", {"one.py": b"x = 1\n"})
    assert wheel == build_site._wheel("one", "1", {"one.py": b"x = 1\n"})


def test_what_is_kept_for_the_next_visit_is_what_a_visit_loads(files, site):
    (text,) = re.findall(r"\((\{.*\})\)\);$", files["sw.js"].decode(), re.MULTILINE)
    kept = json.loads(text)
    ours = {name for name in kept["files"] if not name.startswith("https://")}
    # Under addresses that change with what they hold: never the page, which is kept by its path.
    assert ours <= files.keys()
    assert not any(name.endswith(".html") for name in ours)
    assert {name for name in files if "/" in name} == ours
    assert {site["stlite"] + "stlite.js", site["pyodide"] + "pyodide.asm.wasm"} <= {*kept["files"]}


def test_the_offline_build_runs_in_a_browser():
    """By the modules beside this one, where there are wheels for it."""
    if not os.environ.get(VARIABLE):
        pytest.skip(WHY)


def main(monkeypatch, out):
    """Build into a folder, with a site of two files."""
    made = {"sw.js": b"new", "a/index.html": b"new"}
    monkeypatch.setattr(build_site, "build", lambda offline: made)
    monkeypatch.setattr("sys.argv", ["build_site", "--out", str(out)])
    build_site.main()


def test_a_site_takes_the_place_of_an_older_one_and_of_nothing_else(monkeypatch, tmp_path, capsys):
    out = tmp_path / "site"
    for _ in range(2):
        main(monkeypatch, out)
        assert sorted(path.name for path in out.iterdir()) == ["a", "sw.js"]
        (out / "old.html").write_text("of an older version")
    own = tmp_path / "own"
    own.mkdir()
    (own / "thesis.txt").write_text("years")
    link = tmp_path / "link"
    link.symlink_to(out)
    for other in (own, own / "thesis.txt", link):
        with pytest.raises(SystemExit, match=r"(choose another one|is no folder)\.$"):
            main(monkeypatch, other)
    assert (own / "thesis.txt").read_text() == "years"
    assert (out / "old.html").exists()
    capsys.readouterr()
