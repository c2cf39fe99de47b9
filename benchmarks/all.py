"""Every benchmark, and the page of its tables: docs/benchmarks.md.

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

ROOT = Path(__file__).resolve().parents[1]
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


if __name__ == "__main__":
    main()
