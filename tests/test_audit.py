"""`scripts/audit` says how much was really looked up, and fails on what is known."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FINE = {"name": "numpy", "version": "1", "vulns": []}
UNKNOWN = {"name": "plotly", "skip_reason": "Dependency not found on PyPI"}
BAD = {"name": "idna", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}


@pytest.mark.parametrize(
    ("pins", "said", "code"),
    [
        ([FINE, FINE], "2 of 2 pins audited, 0 known vulnerabilities.", 0),
        ([FINE, UNKNOWN], "1 of 2 pins audited, 0 known vulnerabilities; 1 could NOT be", 0),
        ([FINE, BAD], "2 of 2 pins audited, 1 known vulnerability.", 1),
        (None, "NOTHING was audited", 0),
    ],
)
def test_what_it_says_and_how_it_ends(tmp_path, pins, said, code):
    report = json.dumps({"dependencies": pins}) if pins else ""
    stub = tmp_path / "pip-audit"
    stub.write_text(f"#!{sys.executable}\nimport sys\nprint({report!r})\n")
    if not pins:
        stub.write_text("#!/bin/sh\necho 'Max retries exceeded' >&2\nexit 1\n")
    stub.chmod(0o755)
    environ = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    ran = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "audit")],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said in ran.stdout
    assert ran.returncode == code
    assert len(ran.stdout.splitlines()) == (2 if code else 1)
