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

from lrviz import __version__, launch  # noqa: E402
from lrviz.live import component  # noqa: E402
from lrviz.serving import written  # noqa: E402
from scripts import site_payloads  # noqa: E402

SITE = ROOT / "site"
#: Of Pyodide's files: those that run.
PYODIDE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
#: Of plotly and networkx: what no figure and no graph of ours needs.
LEFT_OUT = re.compile(
    r"(package_data|labextension|matplotlylib|figure_factory|express|tests|"
    r"__pycache__)/|_figurewidget\.py$"
)
#: What the page itself loads of site/.
MODULES = ("start.js", "shell.js", "early.js", "link.js", "early.css")
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
    given = parser.parse_args()
    files = build(given.offline)
    shutil.rmtree(given.out, ignore_errors=True)
    for name, content in files.items():
        file = given.out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    size = sum(map(len, files.values())) / 1e6
    print(f"{given.out}: {len(files)} files, {size:.1f} MB")


def build(offline: Path | None = None) -> dict[str, bytes]:
    """Every file of the site, by its path."""
    pinned = pins()
    files = dict(_own())
    wheels = list(_ours(files))
    if offline:
        wheels += _fetched(files, pinned, offline)
    else:
        wheels += _pinned(pinned)
    files["pyodide-lock.json"] = _json(_lock(pinned, wheels))
    payloads = site_payloads.files()
    stamp = hashlib.sha256(b"".join(payloads[name] for name in sorted(payloads))).hexdigest()[:12]
    files |= {f"early/{stamp}/{name}": content for name, content in payloads.items()}
    page = _page(pinned, files, f"early/{stamp}", offline=offline is not None)
    files |= {f"{name}.html": page for name in ("index", "404", *PAGES)}
    files[".nojekyll"] = b""
    return files


def _own() -> Iterator[tuple[str, bytes]]:
    """Our own files: the live component and plotly.js where a server has them, and the page's."""
    live = f"live/{component.version()}"
    for name in component.files():
        yield f"{live}/{name}", (component.HERE / name).read_bytes()
    script = (component.PLOTLY / component.PLOTLY_NAME).read_bytes()
    yield f"plotly/{plotly.__version__}/{component.PLOTLY_NAME}", script
    yield "page.css", (component.HERE / "page.css").read_bytes()
    yield "icon.png", (component.HERE / "icon.png").read_bytes()
    yield "main.py", launch.SCRIPT.read_bytes()
    yield "pyodide.mjs", (SITE / "pyodide.mjs").read_bytes()
    for name in MODULES:
        yield f"{_own_path()}/{name}", (SITE / name).read_bytes()


def _own_path() -> str:
    """Where the modules of site/ are: a path that changes with them."""
    content = b"".join((SITE / name).read_bytes() for name in MODULES)
    return f"site/{hashlib.sha256(content).hexdigest()[:12]}"


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
    stlite = _archive(into, pinned["stlite"], f"@stlite/browser@{pinned['stlite']['version']}")
    for name, content in stlite.items():
        if name.startswith("build/") and not name.endswith(".map"):
            files["stlite/" + name.removeprefix("build/")] = content
    pyodide = _archive(into, pinned["pyodide"], f"pyodide@{pinned['pyodide']['version']}")
    for name in PYODIDE:
        files[f"pyodide/{name}"] = pyodide[name]
    for name, pin in pinned["wheels"].items():
        if pin["source"] == "stlite":
            yield Wheel(name, pin["version"], f"stlite/{pin['file']}", pin["sha256"])
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


def _page(
    pinned: Mapping[str, Any], files: dict[str, bytes], early: str, *, offline: bool
) -> bytes:
    """The page that every path of the site answers with."""
    hosts = [] if offline else [pinned[name]["cdn"] for name in ("stlite", "pyodide")]
    stlite, pyodide = hosts or ("stlite/", "pyodide/")
    live = f"live/{component.version()}"
    first = (f"{live}/", _own_path())
    style = pinned["stlite"]["integrity"]["stlite.css"]
    site = {
        "stlite": stlite,
        "pyodide": pyodide,
        "integrity": {} if offline else pinned["pyodide"]["integrity"],
        "live": live,
        "modules": [name for name in files if name.startswith(first) and name.endswith(".js")],
        "plotly": f"plotly/{plotly.__version__}/{component.PLOTLY_NAME}",
        "style": {"integrity": style, "crossorigin": "anonymous"} if hosts else {},
        "katex": stlite + _named(pinned, "katex-"),
        "early": early,
        "own": _own_path(),
        "font": stlite + pinned["stlite"]["font"],
        "packages": [*pinned["wheels"], "lrviz", "plotly", "networkx", "ssl"],
        "config": launch.OPTIONS,
        "pages": PAGES,
    }
    files["site.json"] = _json({name: site[name] for name in ("pyodide", "integrity")})
    boot = (SITE / "boot.js").read_text().replace('"SITE"', json.dumps(site))
    sources = ["https://files.pythonhosted.org/packages/"] if hosts else []
    imports = json.dumps({"integrity": _integrity(pinned, stlite)}) if hosts else ""
    scripts = [text for text in (imports, boot) if text]
    text = (SITE / "index.html").read_text()
    for name, content in {
        "POLICY": html.escape(written([one.encode() for one in scripts], hosts + sources)),
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
