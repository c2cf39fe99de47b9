"""Writes site/pins.toml: what the static site takes from others, by version, address and hash.

Run it after a version below or in requirements.txt has changed:
``python scripts/pin_site.py FOLDER``, where FOLDER takes what is downloaded and can be given to
``scripts/build_site --offline`` afterwards.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import streamlit

ROOT = Path(__file__).resolve().parent.parent
#: Streamlit's fork for the browser says which Pyodide it goes with, and which protobuf.
STLITE, PYODIDE, PYTHON = "1.9.2", "0.29.5", "3.13"
PROTOBUF = "protobuf>=7.34.1,<8"
#: What that Streamlit, its host and plotly import: of the version that requirements.txt pins.
PURE = (
    "anyio", "blinker", "idna", "itsdangerous", "micropip", "narwhals", "packaging", "pyodide-http",
    "python-multipart", "sniffio", "starlette", "toml", "typing-extensions",
)  # fmt: skip
#: Of Streamlit's files: those that every page of ours loads, by the beginning of their names.
LOADED = (
    "stlite.js", "stlite.css", "index-g7", "index-", "BidiComponent", "katex", "chunk", "Page",
    "Html", "Markdown", "Expander", "Button", "Toggle", "Checkbox", "Slider", "Tab", "Form",
    "styled-components", "pandasStyler",
)  # fmt: skip


def main() -> None:
    """Download, hash, write."""
    into = Path(sys.argv[1])
    into.mkdir(parents=True, exist_ok=True)
    stlite = _pack(into, f"@stlite/browser@{STLITE}")
    pyodide = _pack(into, f"pyodide@{PYODIDE}")
    text = (ROOT / "requirements.txt").read_text()
    pinned = dict(re.findall(r"^([\w-]+)==(\S+)$", text, re.MULTILINE))
    wanted = [f"{name}=={pinned[name]}" if name in pinned else name for name in PURE]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", "--python-version", PYTHON, "--platform", "any"]
    subprocess.run([*command, "--dest", into, *wanted, PROTOBUF], check=True)
    (ROOT / "site" / "pins.toml").write_text("\n".join(_lines(into, stlite, pyodide)) + "\n")


def _pack(into: Path, what: str) -> Path:
    """A package of npm's registry, as it is published."""
    command = ["npm", "pack", "--silent", "--pack-destination", into, what]
    return into / subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _lines(into: Path, stlite: Path, pyodide: Path) -> Iterator[str]:
    yield "# What the static site takes from others: written by scripts/pin_site.py."
    for name, version, file, cdn in (
        ("stlite", STLITE, stlite, f"https://cdn.jsdelivr.net/npm/@stlite/browser@{STLITE}/build/"),
        ("pyodide", PYODIDE, pyodide, f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"),
    ):
        yield f'\n[{name}]\nversion = "{version}"\narchive = "{file.name}"'
        yield f'sha256 = "{hashlib.sha256(file.read_bytes()).hexdigest()}"\ncdn = "{cdn}"'
        files = _files(file)
        if name == "pyodide":
            lock = json.loads(files["pyodide-lock.json"])
            chosen = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
        else:
            wheels = {n.rsplit("/", 1)[1]: files[n] for n in files if n.endswith(".whl")}
            chosen = tuple(n for n in sorted(files) if n.startswith(LOADED) and "/" not in n)
            chosen = tuple(n for n in chosen if n.endswith((".js", ".css")))
        if name == "stlite":
            (font,) = (n for n in files if files[n] == _font())
            yield f'font = "{font}"'
        yield f"\n[{name}.integrity]"
        for one in chosen:
            digest = base64.b64encode(hashlib.sha384(files[one]).digest()).decode()
            yield f'"{one}" = "sha384-{digest}"'
    info = ", ".join(f'{key} = "{value}"' for key, value in lock["info"].items())
    yield f"\n[lock]\ninfo = {{ {info} }}"
    numpy = lock["packages"]["numpy"]
    yield from _wheel("numpy", numpy["version"], numpy["file_name"], numpy["sha256"], "pyodide")
    for file, content in sorted(wheels.items()):
        name, version = file.split("-")[:2]
        digest = hashlib.sha256(content).hexdigest()
        yield from _wheel(name.replace("_", "-"), version, f"wheels/{file}", digest, "stlite")
    for file in sorted(into.glob("*-none-any.whl")):
        with ZipFile(file) as wheel:
            (meta,) = (n for n in wheel.namelist() if re.fullmatch(r"[^/]+/METADATA", n))
            said = Parser().parsestr(wheel.read(meta).decode())
        name = said["Name"].lower().replace("_", "-")
        if name not in (*PURE, "protobuf"):
            continue
        content = file.read_bytes()
        b = hashlib.blake2b(content, digest_size=32).hexdigest()
        url = f"https://files.pythonhosted.org/packages/{b[:2]}/{b[2:4]}/{b[4:]}/{file.name}"
        digest = hashlib.sha256(content).hexdigest()
        yield from _wheel(name, said["Version"], file.name, digest, "pypi", url=url)


def _font() -> bytes:
    """The text face of every page, which both Streamlits have."""
    folder = Path(streamlit.__file__).parent / "static" / "static" / "media"
    (file,) = folder.glob("SourceSansVF-Upright*.woff2")
    return file.read_bytes()


def _wheel(
    name: str, version: str, file: str, digest: str, source: str, *, url: str = ""
) -> Iterator[str]:
    yield f'\n[wheels.{name}]\nversion = "{version}"\nfile = "{file}"\nsource = "{source}"'
    if url:
        yield f'url = "{url}"'
    yield f'sha256 = "{digest}"'


def _files(archive: Path) -> dict[str, bytes]:
    """What is in an npm archive, by path below ``package/`` or its build folder."""
    found = {}
    with tarfile.open(archive) as packed:
        for member in packed:
            reader = packed.extractfile(member)
            if reader:
                name = member.name.removeprefix("package/").removeprefix("build/")
                found[name] = reader.read()
    return found


if __name__ == "__main__":
    main()
