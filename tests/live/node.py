"""Modules of the page in a JavaScript runtime without a browser: the one that Playwright brings."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import playwright

LIVE = Path(__file__).parent.parent.parent / "lrviz" / "live"
CLOCK = Path(__file__).parent / "clock.js"
NODE = next((Path(playwright.__file__).parent / "driver").glob("node*"))

_FRAME = """
import {{ readFileSync }} from "node:fs";
const given = JSON.parse(readFileSync(0, "utf8"));
const load = (name) => import(new URL(name, "{live}/"));
const clock = () => import("{clock}");
const body = async () => {{ {body} }};
process.stdout.write(JSON.stringify({{ answer: await body() }}));
"""


def run(body: str, given: Any = None) -> Any:
    """What a piece of JavaScript returns, as JSON.

    Parameters
    ----------
    body : str
        Statements that may ``await`` and ``return``. ``given`` is there, ``load("queue.js")``
        imports a module of the page, and ``clock()`` the module `CLOCK`.
    given : JSON-ready value

    Raises
    ------
    AssertionError
        The code throws; the message is what the runtime wrote.
    """
    code = _FRAME.format(live=LIVE.as_uri(), clock=CLOCK.as_uri(), body=body)
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", code],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout).get("answer")
