"""Every benchmark, and where its tables stand: docs/benchmarks.md, and some rows elsewhere.

    python benchmarks/all.py [name ...]

Without names all are run, one after the other, which takes a quarter of an hour; what is named is
measured anew, and the other tables stay as they are. That of the static site needs its wheels, in a
folder that LRVIZ_SITE_WHEELS names (see `scripts/build_site --offline`), and stays without them.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.tables import cell  # noqa: E402

PAGE = ROOT / "docs" / "benchmarks.md"
#: Of each benchmark, the file without its ending: what it is about.
TABLES = {
    "example": "One example",
    "train": "Training",
    "live": "The Graph page",
    "playback": "The Training page",
    "load": "Many visits at once",
    "site": "The static site",
}
PACKAGES = (
    *("numpy", "streamlit", "plotly", "networkx", "torch", "scikit-learn", "micrograd"),
    "playwright",
)
HEAD = """# Benchmarks

Ratios first: both sides of each are measured in one run on one machine, in turns. Every table says
where, with what and when it was measured, and `python benchmarks/all.py` measures all of them anew;
a dash stands where the other side is not installed.
"""


class Row(NamedTuple):
    """A row of the page that stands in another text too."""

    benchmark: str
    name: str  # how it begins
    column: int = 1
    called: str = ""  # where its name says too little


#: By file, by the comment that the table stands after.
ELSEWHERE: dict[str, dict[str, tuple[Row, ...]]] = {
    "README.md": {
        "how immediate": (
            Row("live", "first graph on screen"),
            Row("live", "updates while dragging"),
            Row("live", "sampled frames"),
            Row("live", "input to painted number"),
            Row("live", "… 95th percentile"),
            Row("live", "Python text settles"),
            Row("playback", "another slice", 1, "training at full speed: steps ÷ idle frames"),
            Row("playback", "the same with three runs", 1, "… three runs beside each other"),
            Row("playback", "3D, another slice", 1, "… in 3D, without a GPU"),
            Row("playback", "penguins, gd", 1, "dragging the start: views ÷ idle frames"),
            Row(
                "example",
                "operations",
                2,
                "one `differentiate`, every operation ÷ micrograd",
            ),
            Row("train", "10,000", 2, "`train` on 10,000 rows ÷ a plain NumPy loop"),
        ),
        "static site": (
            Row("site", "first drag"),
            Row("site", "bytes until"),
            Row("site", "seconds until Python"),
            Row("site", "updates while dragging"),
            Row("site", "second visit: bytes"),
            Row("site", "second visit, Python"),
        ),
    },
    "docs/hosting.md": {
        "load": (
            Row("load", "sessions, each"),
            Row("load", "the Graph page: answers"),
            Row("load", "the bare app: answers"),
            Row("load", "memory per session"),
            Row("load", "50 sessions"),
            Row("load", "… ratio in turns"),
            Row("load", "memory after"),
        ),
    },
}


def machine() -> str:
    """Processor, cores, system and Python."""
    found = re.search(r"model name\s*: (.*)", _read("/proc/cpuinfo"))
    name = found[1] if found else platform.processor() or platform.machine()
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    )


def versions() -> str:
    """The packages that take part, as far as they are installed."""
    out = []
    for name in PACKAGES:
        try:
            out.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(out)


def section(name: str, printed: str, busy: float) -> str:
    """A part of the page: the command, the tables, and what they were measured on."""
    lines = [line.rstrip() for line in printed.splitlines()]
    when = f"{datetime.now(UTC):%Y-%m-%d}"
    load = f"; load before: {busy:.1f}" if busy > 1 else ""
    about = f"`python benchmarks/{name}.py`, {when}{load}. {machine()}. {versions()}."
    return f"## {TABLES[name]}\n\n{about}\n\n" + "\n".join(lines).strip() + "\n"


def parts(page: str) -> dict[str, str]:
    """The page's tables by the name of their benchmark."""
    found = re.split(r"(?m)^(?=## )", page)[1:]
    names = {title: name for name, title in TABLES.items()}
    return {names[one.splitlines()[0][3:]]: one.strip() + "\n" for one in found}


def written(held: dict[str, str]) -> str:
    """The page of such tables, in their order."""
    return "\n".join([HEAD, *(held[name] for name in TABLES if name in held)])


def elsewhere(text: str, tables: dict[str, tuple[Row, ...]], held: dict[str, str]) -> str:
    """Another text with its tables as they are on the page."""
    for comment, rows in tables.items():
        lines = ["| what | measured |", "|---|---|"]
        for row in rows:
            name, found = cell(held[row.benchmark], row.name, row.column)
            lines.append(f"| {row.called or name} | {found} |")
        mark = f"<!-- benchmarks/all.py: {comment} -->\n"
        before, _, after = text.partition(mark)
        rest = after[re.match(r"(\|.*\n)*", after).end() :]  # type: ignore[union-attr]
        text = "\n".join((before + mark + lines[0], *lines[1:])) + "\n" + rest
    return text


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def main() -> None:
    there = [name for name in TABLES if name != "site" or "LRVIZ_SITE_WHEELS" in os.environ]
    wanted = sys.argv[1:] or there
    if unknown := set(wanted) - set(TABLES):
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}: {', '.join(TABLES)}.")
    held = parts(PAGE.read_text()) if PAGE.exists() else {}
    for name in wanted:
        busy = os.getloadavg()[0]
        command = [sys.executable, f"benchmarks/{name}.py"]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        held[name] = section(name, done.stdout, busy)
        PAGE.write_text(written(held))
        print(held[name], flush=True)
    for file, tables in ELSEWHERE.items():
        text = (ROOT / file).read_text()
        (ROOT / file).write_text(elsewhere(text, tables, held))


if __name__ == "__main__":
    main()
