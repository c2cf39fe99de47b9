"""Writes the app as a folder of static files that runs in the visitor's browser.

Streamlit runs there on Pyodide. Both, and the wheels they need, come from their public CDN by
version and hash; with ``--offline`` from the folder itself, and nothing is asked of anyone else.
What is taken from others is in site/pins.toml, and what is served as it stands in site/.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import version as installed
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import networkx  # noqa: E402
import plotly  # noqa: E402

from lrviz import __version__, launch, settings  # noqa: E402
from lrviz.live import component, internals  # noqa: E402
from lrviz.serving import written  # noqa: E402
from scripts import site_payloads  # noqa: E402

SITE = ROOT / "site"
#: A file that every site of ours has.
WORKER = "sw.js"
#: Of Pyodide's files: those that run.
PYODIDE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
#: Of plotly's traces: those that lrviz/figures makes, and those that Streamlit's theme dresses.
TRACES = ("layout", "scatter", "contour", "candlestick", "contourcarpet", "heatmap", "histogram2d")
TRACES += ("icicle", "sankey", "table", "waterfall")
#: Of plotly and networkx: what no figure and no graph of ours needs.
LEFT_OUT = re.compile(
    r"(package_data|labextension|matplotlylib|figure_factory|express|tests|"
    r"__pycache__)/|_figurewidget\.py$|"
    rf"plotly/graph_objs/(?!(__init__|_deprecations|_figure|_frame)\.py$|_?({'|'.join(TRACES)})[./])"
)
#: What the page itself loads of site/.
MODULES = ("start.js", "shell.js", "early.js", "link.js", "early.css", "turns.mjs", "pyodide.mjs")
#: Where wheels that are no part of Pyodide are published.
PYPI = "https://files.pythonhosted.org/packages/"
PAGES = ("graph", "training", "practice", "share", "about")


class Wheel(NamedTuple):
    """A package as Pyodide's lock names it: where it is, from the site's own folder."""

    name: str
    version: str
    address: str
    sha256: str


def pins() -> dict[str, Any]:
    """What is taken from others, by version and hash."""
    return tomllib.loads((SITE / "pins.toml").read_text())


def main() -> None:
    """Build the site that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site")
    parser.add_argument(
        "--offline",
        type=Path,
        metavar="WHEELS",
        help="ask nothing of other hosts: a folder with Pyodide's wheel of NumPy; what else is "
        "missing in it is downloaded into it",
    )
    parser.add_argument(
        "--numpy", action="store_true", help="say where that wheel is published, and build nothing"
    )
    given = parser.parse_args()
    if given.numpy:
        print(pins()["pyodide"]["cdn"] + pins()["wheels"]["numpy"]["file"])
        return
    refuse_others(given.out)
    files = build(given.offline)
    if given.out.exists():
        shutil.rmtree(given.out)
    for name, content in files.items():
        file = given.out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    size = sum(map(len, files.values())) / 1e6
    print(f"{given.out}: {len(files)} files, {size:.1f} MB")


def refuse_others(folder: Path) -> None:
    """End with a sentence where a folder holds something else than a site of ours."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise SystemExit(f"{folder} is no folder.")
    if folder.exists() and any(folder.iterdir()) and not (folder / WORKER).exists():
        raise SystemExit(f"{folder} holds something else than a site of lrviz: choose another one.")


def build(offline: Path | None = None) -> dict[str, bytes]:
    """Every file of the site, by its path.

    Every path but those of the page and of sw.js changes with its content, or is of one version.
    """
    pinned = pins()
    files = dict(_served())
    wheels = list(_ours(files))
    if offline:
        wheels += _fetched(files, pinned, offline)
    else:
        wheels += _pinned(pinned)
    site = _site(pinned, offline=offline is not None)
    site["early"] = _keep(files, "early", site_payloads.files())
    own = {name: (SITE / name).read_bytes() for name in MODULES}
    own |= {name: (component.HERE / name).read_bytes() for name in ("page.css", "icon.png")}
    own["main.py"] = launch.SCRIPT.read_bytes()
    own["pyodide-lock.json"] = _json(_lock(pinned, wheels))
    own["site.json"] = _json({name: site[name] for name in ("pyodide", "integrity")})
    site["own"] = _keep(files, "site", own)
    first = (f"{site['live']}/", f"{site['own']}/")
    site["modules"] = [name for name in files if name.startswith(first) and name.endswith(".js")]
    page, missing = (
        _page(pinned, site | {"missing": yes}, offline=offline is not None) for yes in (False, True)
    )
    names = [*files] if not offline else [n for n in files if not n.startswith(site["stlite"])]
    kept = {
        "version": hashlib.sha256(page).hexdigest()[:12],
        "pages": {"": "index.html", "404.html": "404.html"},
        "paths": ["", *(path for path in PAGES if path != "graph")],
        "files": sorted({*names, *_loaded(pinned, site, wheels)}),
    }
    worker = (SITE / WORKER).read_text().replace('"KEPT"', json.dumps(kept))
    files |= {f"{name}.html": page for name in ("index", *PAGES)}
    files |= {"404.html": missing, WORKER: worker.encode(), ".nojekyll": b""}
    return files


def _served() -> Iterator[tuple[str, bytes]]:
    """The live component and plotly.js, where a server has them."""
    live = f"live/{component.version()}"
    for name in component.files():
        yield f"{live}/{name}", (component.HERE / name).read_bytes()
    script = (component.PLOTLY / component.PLOTLY_NAME).read_bytes()
    yield f"plotly/{plotly.__version__}/{component.PLOTLY_NAME}", script


def _keep(files: dict[str, bytes], folder: str, content: Mapping[str, bytes]) -> str:
    """Put files into the site below a path that changes with them; answers with the path."""
    digest = hashlib.sha256()
    for name in sorted(content):
        digest.update(name.encode() + content[name])
    path = f"{folder}/{digest.hexdigest()[:12]}"
    files |= {f"{path}/{name}": data for name, data in content.items()}
    return path


def _loaded(pinned: Mapping[str, Any], site: Mapping[str, Any], wheels: list[Wheel]) -> list[str]:
    """What every visit loads besides the site's own files."""
    stlite = [
        site["stlite"] + name for name in (*pinned["stlite"]["integrity"], pinned["stlite"]["font"])
    ]
    return [
        *stlite,
        *(site["pyodide"] + name for name in PYODIDE),
        *(one.address for one in wheels),
    ]


def _ours(files: dict[str, bytes]) -> Iterator[Wheel]:
    """Wheels made here: lrviz, what is used of plotly and networkx, and a stand-in for ssl."""
    lrviz = {
        f"lrviz/{path.relative_to(ROOT / 'lrviz')}": path.read_bytes()
        for path in sorted((ROOT / "lrviz").rglob("*"))
        if path.is_file() and path.suffix in (".py", ".css", ".js", ".csv", ".png")
        and "__pycache__" not in path.parts
    }  # fmt: skip
    made = [("lrviz", __version__, lrviz)]
    for name, module, also in (("plotly", plotly, "_plotly_utils"), ("networkx", networkx, "")):
        folder = Path(module.__file__ or "").parent
        content = {}
        for one in (folder, *([folder.parent / also] if also else [])):
            for path in sorted(one.rglob("*")):
                inside = path.relative_to(folder.parent).as_posix()
                if path.is_file() and not LEFT_OUT.search(inside):
                    content[inside] = path.read_bytes()
        made.append((name, installed(name), content))
    # anyio imports it and asks it for names; there is no socket in a browser to use it on.
    made.append(("ssl", "1.0.0", {"ssl.py": (SITE / "ssl.py").read_bytes()}))
    for name, version, content in made:
        wheel = _wheel(name, version, content)
        digest = hashlib.sha256(wheel).hexdigest()
        address = f"wheels/{digest[:12]}/{name}-{version}-py3-none-any.whl"
        files[address] = wheel
        yield Wheel(name, version, address, digest)


def _wheel(name: str, version: str, content: Mapping[str, bytes]) -> bytes:
    """A wheel, the same bytes whenever it is made of the same."""
    info = f"{name}-{version}.dist-info"
    meta = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    tags = "Wheel-Version: 1.0\nGenerator: lrviz\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        whole = {**content, f"{info}/METADATA": meta.encode(), f"{info}/WHEEL": tags.encode()}
        record = "".join(f"{path},,\n" for path in [*whole, f"{info}/RECORD"])
        for path, data in {**whole, f"{info}/RECORD": record.encode()}.items():
            packed.writestr(ZipInfo(path), data, ZIP_DEFLATED, 9)
    return out.getvalue()


def _pinned(pinned: Mapping[str, Any]) -> Iterator[Wheel]:
    """Wheels of others, where they are published."""
    for name, pin in pinned["wheels"].items():
        address = pin.get("url") or pinned[pin["source"]]["cdn"] + pin["file"]
        yield Wheel(name, pin["version"], address, pin["sha256"])


def _fetched(files: dict[str, bytes], pinned: Mapping[str, Any], into: Path) -> Iterator[Wheel]:
    """Wheels of others, Pyodide and Streamlit, put into the site from a folder.

    Raises
    ------
    SystemExit
        A file is missing and cannot be had, or is not the one that is pinned.
    """
    place = _site(pinned, offline=True)
    stlite = _archive(into, pinned["stlite"], f"@stlite/browser@{pinned['stlite']['version']}")
    for name, content in stlite.items():
        if name.startswith("build/") and not name.endswith(".map"):
            files[place["stlite"] + name.removeprefix("build/")] = content
    pyodide = _archive(into, pinned["pyodide"], f"pyodide@{pinned['pyodide']['version']}")
    for name in PYODIDE:
        files[place["pyodide"] + name] = pyodide[name]
    for name, pin in pinned["wheels"].items():
        if pin["source"] == "stlite":
            yield Wheel(name, pin["version"], place["stlite"] + pin["file"], pin["sha256"])
            continue
        file = into / pin["file"]
        if not file.exists() and pin["source"] == "pypi":
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            command += ["--only-binary=:all:", "--python-version", "3.13", "--platform", "any"]
            subprocess.run([*command, "--dest", into, f"{name}=={pin['version']}"], check=True)
        if not file.exists():
            sys.exit(f"{file} is missing: it is Pyodide's, from {pinned['pyodide']['cdn']}")
        content = file.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        # One that is not on any registry may have been built elsewhere.
        if pin["source"] == "pypi" and digest != pin["sha256"]:
            sys.exit(f"{file} is not the file that site/pins.toml names.")
        files[f"wheels/{pin['file']}"] = content
        yield Wheel(name, pin["version"], f"wheels/{pin['file']}", digest)


def _archive(into: Path, pin: Mapping[str, str], what: str) -> dict[str, bytes]:
    """What is in an npm archive, by path."""
    file = into / pin["archive"]
    if not file.exists():
        subprocess.run(["npm", "pack", "--silent", "--pack-destination", into, what], check=True)
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != pin["sha256"]:
        sys.exit(f"{file} is not the file that site/pins.toml names.")
    found = {}
    with tarfile.open(fileobj=BytesIO(content)) as packed:
        for member in packed:
            reader = packed.extractfile(member)
            if reader:
                found[member.name.removeprefix("package/")] = reader.read()
    return found


def _lock(pinned: Mapping[str, Any], wheels: list[Wheel]) -> dict[str, Any]:
    """Pyodide's list of packages: these and no others, each with its hash, which it checks."""
    packages = {
        wheel.name: {
            "name": wheel.name,
            "version": wheel.version,
            "file_name": wheel.address,
            "sha256": wheel.sha256,
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
            "imports": [],
            "depends": [],
        }
        for wheel in sorted(wheels)
    }
    return {"info": pinned["lock"]["info"], "packages": packages}


def _site(pinned: Mapping[str, Any], *, offline: bool) -> dict[str, Any]:
    """What the page is told; site/site.d.ts says what it is."""
    stlite, pyodide = (
        f"{name}-{pinned[name]['version']}/" if offline else pinned[name]["cdn"]
        for name in ("stlite", "pyodide")
    )
    style = pinned["stlite"]["integrity"]["stlite.css"]
    return {
        "stlite": stlite,
        "pyodide": pyodide,
        "integrity": {} if offline else pinned["pyodide"]["integrity"],
        "live": f"live/{component.version()}",
        "plotly": f"plotly/{plotly.__version__}/{component.PLOTLY_NAME}",
        "style": {} if offline else {"integrity": style, "crossorigin": "anonymous"},
        "katex": stlite + _named(pinned, "katex-"),
        "font": stlite + pinned["stlite"]["font"],
        "packages": [*pinned["wheels"], "lrviz", "plotly", "networkx", "ssl"],
        "config": launch.OPTIONS,
        "pages": PAGES,
        "link": dict(zip(("characters", "fields"), internals.link_limits(), strict=True))
        | {"known": sorted(settings.all_keys())},
    }


def _page(pinned: Mapping[str, Any], site: Mapping[str, Any], *, offline: bool) -> bytes:
    """The page that every path of the site answers with."""
    hosts = [] if offline else [site["stlite"], site["pyodide"], PYPI]
    imports = "" if offline else json.dumps({"integrity": _integrity(pinned, site["stlite"])})
    boot = (SITE / "boot.js").read_text().replace('"SITE"', json.dumps(site))
    scripts = [text.encode() for text in (imports, boot) if text]
    text = (SITE / "index.html").read_text()
    for name, content in {
        "POLICY": html.escape(written(scripts, hosts)),
        "IMPORTMAP": f'<script type="importmap">{imports}</script>' if imports else "",
        "BOOT": boot,
    }.items():
        text = text.replace(f"<!--{name}-->", content)
    return text.encode()


def _named(pinned: Mapping[str, Any], beginning: str) -> str:
    (name,) = (one for one in pinned["stlite"]["integrity"] if one.startswith(beginning))
    return name


def _integrity(pinned: Mapping[str, Any], cdn: str) -> dict[str, str]:
    files = pinned["stlite"]["integrity"].items()
    return {cdn + name: digest for name, digest in files if name.endswith(".js")}


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


if __name__ == "__main__":
    main()
