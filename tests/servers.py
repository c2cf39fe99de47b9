"""Streamlit servers on ports of their own, for the tests and the benchmarks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: Seconds that a server may take until it answers.
PATIENCE = 60.0


@dataclass(frozen=True)
class Server:
    """A server that answers at ``url``, and the process that it is."""

    url: str
    process: subprocess.Popen[bytes]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(script: str, port: int, log: Path, *options: str, **environ: str) -> Server:
    """A Streamlit server for one script, as the README says; it need not answer yet."""
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless=true"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, f"--server.port={port}", *options],
            cwd=ROOT,
            env=os.environ | environ,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    return Server(f"http://127.0.0.1:{port}", process)


def await_answer(server: Server, log: Path) -> None:
    """Wait until the server says that it is well.

    Raises
    ------
    RuntimeError
        It has ended, or has not answered in time; the message holds its log.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{server.url} did not answer:\n{log.read_text()}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process, kindly at first."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def served(
    script: str, *options: str, log: Path = Path(os.devnull), **environ: str
) -> Iterator[Server]:
    """A Streamlit server for one script, which answers when the block begins."""
    server = start(script, free_port(), log, *options, **environ)
    try:
        await_answer(server, log)
        yield server
    finally:
        stop(server.process)


def own_frames(log: str) -> list[str]:
    """The project's own frames in what a server has logged; there should be none.

    Streamlit itself logs a traceback when a browser leaves in mid-answer, and each call goes
    through the middleware of ``lrviz/serving.py``: a frame there that only passes a call on to
    where the error was raised is not its own.
    """
    lines = [line.strip() for line in log.splitlines() if line.strip(" ^~")]
    found = []
    for n, line in enumerate(lines):
        code, inner = [*lines[n + 1 : n + 3], "", ""][:2]
        passes = code.startswith("await self.app(scope, ") and inner.startswith("File ")
        if f"{ROOT}/lrviz" in line and not (f"{ROOT}/lrviz/serving.py" in line and passes):
            found.append(line)
    return found
