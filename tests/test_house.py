"""The house rules: who may import whom, and what stands nowhere."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
import tomllib
from pathlib import Path

import pytest

from scripts import mutants

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "lrviz").rglob("*.py"))

#: What each folder may import of the house, besides itself.
BELOW = ("core", "data", "training", "text", "figures", "export", "practice", "live", "pages")
MAY_IMPORT = {
    "core": set(),
    "data": {"core"},
    "training": {"core", "data"},
    "text": {"core", "data", "training", "settings", "hiding"},
    "figures": {"core", "data", "training", "text"},
    "export": {"core", "data", "training", "text", "figures"},
    "practice": {"core", "data", "training", "text", "figures", "settings", "hiding"},
    "live": {"core", "data", "training", "text", "figures"},
    "pages": {*BELOW, "settings", "hiding"},
    # Modules that stand beside the folders.
    "hiding": set(),
    "settings": {"core", "data", "training", "hiding"},
    "serving": set(),
    "__init__": {"core", "data", "training", "figures"},
    "main": {"live", "pages"},
    "command": {"launch"},
    "launch": {"live", "pages", "serving"},
    "app": {"launch"},
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
    assert inside <= MAY_IMPORT[here] | {here}


@pytest.mark.parametrize("folder", BELOW)
def test_every_folder_says_what_it_is_for_and_who_may_import_it(folder):
    said = ast.get_docstring(ast.parse((ROOT / "lrviz" / folder / "__init__.py").read_text()))
    purpose, _, rest = said.partition("\n\n")
    assert purpose.endswith(".")
    imports, by = re.fullmatch(r"Imports: (.*)\.\nImported by: (.*)\.", rest, re.DOTALL).groups()
    assert set(re.findall(r"\w+", imports)) == (MAY_IMPORT[folder] - {folder} or {"nothing"})
    assert set(re.findall(r"\w+", by)) == {
        one for one, may in MAY_IMPORT.items() if folder in may and one != folder
    }


@pytest.mark.parametrize("file", MODULES, ids=lambda f: str(f.relative_to(ROOT)))
def test_only_the_pages_and_the_live_component_know_streamlit(file):
    if part(file) not in ("pages", "live", "main", "launch", "app"):
        assert not any(name.split(".")[0] == "streamlit" for name in imports(file))


def test_every_part_of_the_house_is_in_the_table():
    assert {part(f) for f in MODULES} == set(MAY_IMPORT)


def test_no_copy_of_a_library_is_kept():
    for file in (ROOT / "lrviz" / "live").iterdir():
        if file.suffix in (".js", ".css"):
            assert file.stat().st_size < 40_000


def test_what_is_handed_round_cannot_be_changed():
    for folder in ("core", "data", "training", "text"):
        for file in (ROOT / "lrviz" / folder).glob("*.py"):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for made in vars(importlib.import_module(name)).values():
                if dataclasses.is_dataclass(made):
                    assert made.__dataclass_params__.frozen, made


def test_what_may_survive_is_still_there_to_be_changed(monkeypatch):
    monkeypatch.chdir(ROOT)
    accepted = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text("utf-8"))["accepted"]
    there: dict[str, set[str]] = {}
    for group in accepted:
        assert group["reason"].endswith(".")
        for module, names in group["mutants"].items():
            there[module] = there.get(module) or {one.name for one in mutants.mutants_of(module)}
            assert set(names) <= there[module], module
