"""The Streamlit of the site is older than a server's: it takes whatever the pages ask of it."""

from __future__ import annotations

import ast

from tests.servers import ROOT

#: What a browser's Python says of every name of Streamlit that is called: its parameters.
ASKED = """async (own) => {
  const { loadPyodide } = await import(own);
  const { packages } = await (await fetch(new URL("pyodide-lock.json", own))).json();
  const python = await loadPyodide({});
  await python.loadPackage(Object.keys(packages));
  return JSON.parse(await python.runPythonAsync(`
import inspect, json
import streamlit
functions = {name: getattr(streamlit, name) for name in dir(streamlit)}
json.dumps({name: list(inspect.signature(one).parameters) for name, one in functions.items()
            if inspect.isroutine(one) or inspect.isclass(one)})
  `));
}"""


def calls():
    """Every call of a function of Streamlit: where, which one, and the names of its arguments."""
    for file in sorted((ROOT / "lrviz").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name("st"), attr=name), keywords=given):
                    yield f"{file.name}:{node.lineno}", name, {one.arg for one in given} - {None}


def test_every_argument_is_known_there(host, offline, browser):
    (own,) = (name for name in offline if name.endswith("/pyodide.mjs") and name[:5] == "site/")
    page = browser.new_page()
    page.goto(f"{host.url}/{own}", wait_until="commit")
    taken = page.evaluate(ASKED, f"{host.url}/{own}")
    page.close()
    found = list(calls())
    assert len(found) > 50
    assert {name for _, name, _ in found} <= set(taken)
    wrong = [
        (where, name, given - set(taken[name]))
        for where, name, given in found
        if not given <= set(taken[name])
    ]
    assert wrong == []
