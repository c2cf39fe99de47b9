"""A class at work: many sessions at once, beside the least a live page could be.

    python benchmarks/load.py [sessions] [seconds]

Prints a Markdown table. Sessions speak Streamlit's protocol over loopback, from a process of
their own; every one changes an input once a second. Server and visitors share the machine.
"""

from __future__ import annotations

import asyncio
import math
import random
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.tables import show  # noqa: E402
from lrviz.core.graph import INPUTS, differentiate  # noqa: E402
from lrviz.pages import tables  # noqa: E402
from tests.deploy.protocol import Session, cells, percentile  # noqa: E402
from tests.servers import served  # noqa: E402

#: Sessions opened and closed one after another, and seconds until Streamlit forgets them.
VISITS, FORGET = 500, 5
#: Everyone comes in during the first of these seconds; what is measured begins after the second.
COMING, SETTLE = 5, 10
#: How often the crowd is without and beside the visitor at the limit.
TURNS = 3
#: No watch over files: it would be memory and work that a deployment does not have.
QUIET = "--server.fileWatcherType=none"


def memory(pid: int) -> float:
    """Resident memory of a process, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return math.nan


class Ours(Session):
    """The Graph page: a change is answered when its tables are there and right."""

    async def step(self, value: float) -> float:
        """Move w1; seconds until the answer was there."""
        fields = self.data["fields"] | {"w1": value}
        spent = await self.change(fields)
        if self.data["ack"] != self.seq:
            raise RuntimeError("no answer")
        # Checking costs this process time that it should spend listening: one in ten.
        if self.seq % 10 == 1:
            p = differentiate(**{name: fields[name] for name in INPUTS})
            if self.table("Values") != cells(tables.values(p), "Values"):
                raise RuntimeError("wrong answer")
        return spent


class Bare(Session):
    """benchmarks/bare.py: a change is answered when its text is there."""

    async def step(self, value: float) -> float:
        """Move the slider; seconds until the answer was there."""
        spent = await self.set("value", str(value))
        if not any(f">{value}<" in body for body in self.html):
            raise RuntimeError("wrong answer")
        return spent


class Heavy(Session):
    """One visitor at the limit: the largest file, the most steps, three runs, in 3D, anew."""

    async def run(self) -> float:
        """Ask for another run; seconds until it was there."""
        rate = 0.001 * (1 + self.seq % 7)
        beside = [["adam", rate, 0.9, 1000, 1, 3, 3, 3], ["sgd", rate, 0.9, 1000, 2, 3, -3, 3]]
        self.seq += 1
        # Every second run is short, so that what follows a run has its share of the time too.
        steps = 2000 if self.seq % 2 else 100
        fields = {"data": "large", "steps": steps, "surface": "3d", "comparisons": beside}
        message = {"client": self.client, "seq": self.seq, "rest": True}
        message["fields"] = fields | {"opt": ("gd", "momentum")[self.seq % 2], "lr": rate}
        return await self.set("message", message, timeout=600)


async def at_the_limit(url: str, took: list[float]) -> None:
    """One run after the other, until it is cancelled."""
    session = Heavy(url, path="training", mount="training")
    await session.open(timeout=60)
    while True:
        took.append(await session.run())


async def beside_one(
    url: str, count: int, seconds: float, took: list[float] | None
) -> tuple[list[float], list[str]]:
    """The crowd's answers, while one visitor is at the limit if his runs are asked for."""
    one = asyncio.create_task(at_the_limit(url, took)) if took is not None else None
    spent, errors, sessions = await crowd(lambda: Ours(url), count, seconds)
    if one:
        if one.done():
            errors.append(repr(one.exception()))
        one.cancel()
    await leave(sessions)
    return spent, errors


def at_once(count: int, seconds: float) -> list[tuple[str, str]]:
    """Rows: the same crowd without and beside one visitor at the limit, in turns."""
    with served("benchmarks/large.py", QUIET) as server:
        asyncio.run(come_and_go(server.url, 10))
        before, took, parts, errors = memory(server.process.pid), [], ([], []), []
        for n in range(2 * TURNS):
            beside = took if n % 2 else None
            spent, wrong = asyncio.run(beside_one(server.url, count, seconds / TURNS, beside))
            parts[n % 2].append(percentile(spent, 0.95))
            errors += wrong
        held = memory(server.process.pid) - before
    pairs = [f"{1000 * calm:.0f} and {1000 * busy:.0f}" for calm, busy in zip(*parts, strict=True)]
    ratio = median(busy / calm for calm, busy in zip(*parts, strict=True))
    name = (
        f"{count} sessions: 95th percentile without and beside one visitor at the limit, in turns"
    )
    return [
        (name, f"{', '.join(pairs)} ms ({len(took)} runs ended)"),
        ("… ratio in turns, median (at most 2); errors (none)", f"{ratio:.2f}; {len(errors)}"),
        ("memory of all these visits together", f"{held:.0f} MB"),
    ]


async def visitor(session: Session, i: int, end: float, spent: list[float], errors: list[str]):
    """One change a second, at this visitor's own moment of the second."""
    rng = random.Random(i)
    try:
        settled = time.monotonic() + SETTLE
        await asyncio.sleep(COMING * rng.random())
        await session.open(timeout=60)
        beat = time.monotonic() + rng.random()
        while beat < end:
            await asyncio.sleep(max(0.0, beat - time.monotonic()))
            took = await session.step(round(rng.uniform(-5, 5), 2))
            if time.monotonic() > settled:
                spent.append(took)
            # Who was answered late goes on late; changes are not piled up.
            beat = max(beat + 1, time.monotonic())
        errors += session.errors
    except Exception as error:
        errors.append(repr(error))


async def crowd(make, count: int, seconds: float) -> tuple[list[float], list[str], list[Session]]:
    """So many visitors for so long; what each answer took, and what went wrong."""
    spent, errors, sessions = [], [], [make() for _ in range(count)]
    end = time.monotonic() + SETTLE + seconds
    await asyncio.gather(*(visitor(s, i, end, spent, errors) for i, s in enumerate(sessions)))
    return spent, errors, sessions


async def leave(sessions: list[Session]) -> None:
    for session in sessions:
        await session.close()


async def come_and_go(url: str, count: int) -> None:
    """Open a page, change it once, close it; ten at a time."""

    async def one() -> None:
        session = Ours(url)
        await session.open(timeout=60)
        await session.step(1.0)
        await session.close()

    for _ in range(count // 10):
        await asyncio.gather(*(one() for _ in range(10)))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    rows = [("sessions, each one change a second; seconds", f"{count}; {seconds:.0f}")]
    found = {}
    with served("app.py", QUIET) as server, served("benchmarks/bare.py", QUIET) as bare:
        url, pid = server.url, server.process.pid
        asyncio.run(come_and_go(url, 10))
        before = memory(pid)

        async def ours() -> None:
            found["ours"] = await crowd(lambda: Ours(url), count, seconds)
            found["memory"] = (memory(pid) - before) / count
            await leave(found["ours"][2])

        async def least() -> None:
            found["bare"] = await crowd(lambda: Bare(bare.url, mount="bare"), count, seconds)
            await leave(found["bare"][2])

        asyncio.run(least())
        asyncio.run(ours())
    for name, title in (("ours", "the Graph page"), ("bare", "the bare app")):
        spent, errors, _ = found[name]
        each = f"{1000 * percentile(spent, 0.5):.0f}, {1000 * percentile(spent, 0.95):.0f} ms"
        rows.append((f"{title}: answers; median, 95th percentile", f"{len(spent)}; {each}"))
        rows.append((f"{title}: errors (none)", f"{len(errors)} {errors[:1] or ''}".strip()))
    ratio = percentile(found["ours"][0], 0.95) / percentile(found["bare"][0], 0.95)
    rows.append(("95th percentile ÷ that of the bare app (at most 1.5)", f"{ratio:.2f}"))
    rows.append(("memory per session at work", f"{found['memory']:.2f} MB"))

    rows += at_once(count, seconds)
    environ = {"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": str(FORGET)}
    with served("app.py", QUIET, **environ) as server:
        url, pid = server.url, server.process.pid
        # A first round fills caches and the allocator's pools; the second shows what stays.
        marks = []
        for _ in range(2):
            asyncio.run(come_and_go(url, VISITS))
            time.sleep(FORGET + 1)
            asyncio.run(come_and_go(url, 10))
            marks.append(memory(pid))
        after = f"{marks[0]:.0f}, {marks[1]:.0f} MB"
        rows.append((f"memory after {VISITS} and {2 * VISITS} sessions came and went", after))
    show(rows)


if __name__ == "__main__":
    main()
