"""The house rules: who may import whom, and what stands nowhere."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "lrviz").rglob("*.py"))

#: What each part of the house may import of the house. A name covers what lies below it.
MAY_IMPORT = {
    "numerics": set(),
    "ops": {"numerics"},
    "theme": {"numerics"},
    "graph": {"numerics", "ops"},
    "check": {"graph", "numerics", "ops"},
    "explain": {"graph", "ops", "theme"},
    "derivation": {"graph"},
    "substitution": {"derivation", "graph", "theme"},
    "export": {"derivation", "substitution", "theme", "graph"},
    "lesson": {"derivation", "explain", "graph", "substitution", "theme"},
    "model": {"numerics"},
    "optimizers": {"numerics", "model"},
    "slices": {"numerics"},
    "film": {"numerics", "model", "optimizers", "datasets", "slices"},
    "reel": {"model", "optimizers", "film", "theme"},
    "settings": set(),
    "serving": set(),
    "reading": {"numerics"},
    "datasets": {"numerics", "reading"},
    "takeaway": {"numerics", "model", "optimizers", "datasets", "theme", "figures"},
    "figures": {
        "numerics",
        "ops",
        "graph",
        "model",
        "optimizers",
        "theme",
        "explain",
        "figures",
        "derivation",
        "datasets",
        "film",
        "reel",
    },
}


def imports(file: Path) -> set[str]:
    """Full names of the modules a file imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} has a relative import"
            found.add(node.module)
            if node.module == "lrviz":
                found |= {f"lrviz.{alias.name}" for alias in node.names}
    return found - {"lrviz"}


def part(file: Path) -> str:
    return file.relative_to(ROOT / "lrviz").parts[0].removesuffix(".py")


@pytest.mark.parametrize("file", MODULES, ids=lambda f: str(f.relative_to(ROOT)))
def test_imports_run_one_way(file):
    here = part(file)
    inside = {name.split(".")[1] for name in imports(file) if name.startswith("lrviz.")}
    if here in MAY_IMPORT:
        assert inside <= MAY_IMPORT[here]
    if here != "pages" and file.name != "main.py":
        assert "pages" not in inside


@pytest.mark.parametrize("file", MODULES, ids=lambda f: str(f.relative_to(ROOT)))
def test_only_the_pages_and_the_live_component_know_streamlit(file):
    if part(file) not in ("pages", "live", "main"):
        assert not any(name.split(".")[0] == "streamlit" for name in imports(file))


def test_every_module_of_the_house_is_in_the_table():
    assert {part(f) for f in MODULES} - {"__init__", "main", "pages", "live"} <= set(MAY_IMPORT)


def test_no_copy_of_a_library_is_kept():
    for file in (ROOT / "lrviz" / "live").iterdir():
        if file.suffix in (".js", ".css"):
            assert file.stat().st_size < 40_000
