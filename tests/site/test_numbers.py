"""Python's numbers in the browser are CPython's: core's tests of exactness run there."""

from __future__ import annotations

import json
import sysconfig
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from tests.servers import ROOT

#: Of what is installed here: pure Python all.
PURE = ("pytest", "_pytest", "pluggy", "iniconfig", "pygments", "mpmath")
TESTED = ("core/test_numerics.py", "core/test_graph.py")
BESIDE = ("__init__.py", "reference.py", "core/__init__.py", "training/__init__.py")
BESIDE += ("training/torch_reference.py", "training/torch_reference.json")

LOAD = """async ([own, archive]) => {
  const { loadPyodide } = await import(own);
  const said = [];
  const python = await loadPyodide({ stdout: (line) => said.push(line) });
  await python.loadPackage(["numpy", "networkx", "lrviz", "plotly", "narwhals", "packaging"]);
  python.unpackArchive(await (await fetch(archive)).arrayBuffer(), "zip");
  const code = await python.runPythonAsync(`
import sys, types
import pytest
# A wheel may come without NumPy's tests, of which its own testing module imports one name.
sys.modules["numpy._core.tests._natype"] = types.SimpleNamespace(pd_NA=None)
pytest.main(["-q", "-p", "no:cacheprovider", "tests/core"])
  `);
  return [Number(code), said.slice(-25).join("\\n")];
}"""


def archive() -> bytes:
    """The tests, what they import, and the stand-in for hypothesis."""
    out = BytesIO()
    packages = Path(sysconfig.get_path("purelib"))
    with ZipFile(out, "w") as packed:
        for name in (*TESTED, *BESIDE):
            packed.write(ROOT / "tests" / name, f"tests/{name}")
        packed.write(ROOT / "tests" / "site" / "sampling.py", "hypothesis.py")
        for name in PURE:
            for path in sorted((packages / name).rglob("*.py")):
                packed.write(path, path.relative_to(packages).as_posix())
        packed.write(packages / "py.py", "py.py")
        for info in packages.glob("p*.dist-info/entry_points.txt"):
            if info.parent.name.startswith(("pytest-9", "pluggy")):
                packed.write(info, info.relative_to(packages).as_posix())
        packed.writestr("mpmath/py.typed", "")
    return out.getvalue()


def test_core_is_exact_there(host, offline, browser):
    (own,) = (name for name in offline if name.endswith("/pyodide.mjs") and name[:5] == "site/")
    (host.folder / "tests.zip").write_bytes(archive())
    page = browser.new_page()
    page.goto(f"{host.url}/{own}", wait_until="commit")
    code, said = page.evaluate(LOAD, [f"{host.url}/{own}", f"{host.url}/tests.zip"])
    page.close()
    assert code == 0, said
    assert json.dumps(said).count("passed") == 1
