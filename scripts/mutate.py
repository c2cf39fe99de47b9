"""Whether the quick tests notice when one small thing in the code is wrong.

Changes the modules of core, data, training and text in memory, one place at a time (an operator,
a comparison, a constant, a digit in a sentence, a statement left out), and runs the tests that
reach the place, but for those that start a browser or Node. What no test notices must stand, with
a reason, in tests/mutants.toml, and is not asked again. Ends with 1 if something else survives,
or if less than 95 % is killed.

Tests are collected once. A change within a function is put into that function in a copy of the
process, and only the tests that call it are run. What stands outside of functions, and what is
called while tests are collected, is asked about where nothing is imported yet; so is, once more,
what nothing has noticed.
"""

from __future__ import annotations

import argparse
import ast
import functools
import gc
import importlib
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import FunctionType
from typing import Any

import hypothesis
import pytest

from scripts.mutants import Changed, Mutant, compiled, mutants_of, parts_of

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("core", "data", "training", "text")
APART = ("browser", "deploy", "live", "site")  # tests that start browsers, servers and Node
SHARE = 0.95
MEMORY = 4 << 30  # bytes of data a process may hold: a change may collect without end
UNABLE = 255  # how a process ends that could not ask
FLAGS = ("-q", "-s", "-p", "no:cacheprovider", "--hypothesis-seed=0", "--tb=no")
FLAGS += ("-W", "ignore:Module already imported")
#: What takes long to import is imported once, before any process is forked.
PRELOADED = ("numpy", "pandas", "mpmath", "sympy", "networkx", "plotly.graph_objects")
PRELOADED += ("sklearn.linear_model", "scipy.spatial", "streamlit.testing.v1", "playwright")

Scope = tuple[str, int]  # a module, and the first line of a function in it


def forked(work: Callable[[], int]) -> int:
    """Start a process of its own for some work; its number."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        os._exit(work())
    finally:
        os._exit(UNABLE)


def ended() -> tuple[int, int]:
    """Wait for a process, end what it started, and say which it was and how it ended."""
    pid, status = os.wait()
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return pid, os.waitstatus_to_exitcode(status)


def side_by_side(jobs: int, works: Iterator[tuple[Any, Callable[[], int]]]) -> Iterator[Any]:
    """Do work in processes, some at a time: what each was called, and how it ended."""
    under_way: dict[int, Any] = {}
    while True:
        while len(under_way) < jobs and (following := next(works, None)):
            under_way[forked(following[1])] = following[0]
        if not under_way:
            return
        pid, code = ended()
        yield under_way.pop(pid), code


class Order:
    """Which file of tests to ask first: one that kills much and takes little."""

    def __init__(self, took: dict[str, float]) -> None:
        self.took = took
        self.kills = Counter[tuple[str, str]]()

    def __call__(self, module: str, files: set[str]) -> list[str]:
        """The files in order; tests in the folder of the same name are a good guess."""

        def cost(file: str) -> float:
            guess = 10 * (Path(file).parts[1] == Path(module).parts[1])
            return self.took[file] / (1 + guess + self.kills[module, file])

        return sorted(files, key=cost)


class Quick:
    """Plugin: hypothesis looks for a failing example and not for the smallest one."""

    @staticmethod
    def pytest_configure() -> None:
        """Once the tests' own profile is loaded."""
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        settings = hypothesis.settings(database=None, phases=phases)
        hypothesis.settings.register_profile("quick", settings)
        hypothesis.settings.load_profile("quick")


class Warm(Quick):
    """Plugin: once all tests are collected, asks them about changes within functions."""

    def __init__(self, chosen: list[Mutant], jobs: int, say: Callable[..., None]) -> None:
        self.chosen = chosen
        self.jobs = jobs
        self.say = say
        self.modules = {mutant.module for mutant in chosen}
        self.called: set[int] = set()  # by the test that runs, or while tests are collected
        self.of_all: set[int] = set()  # for every test of a file
        sys.settrace(self.trace)

    def trace(self, frame: Any, *_: object) -> None:
        """Note a function that is called."""
        self.called.add(id(frame.f_code))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of running the tests."""
        sys.settrace(None)
        self.files: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            self.files.setdefault(item.nodeid.partition("::")[0], []).append(item)
        self.functions: dict[Scope, list[FunctionType]] = {}
        there = gc.get_objects()
        for one in (one for one in there if isinstance(one, FunctionType)):
            file = os.path.relpath(one.__code__.co_filename)
            self.functions.setdefault((file, one.__code__.co_firstlineno), []).append(one)
        cached = [one for one in there if isinstance(one, functools._lru_cache_wrapper)]
        own = ("lrviz.", "tests.")
        self.caches = [one for one in cached if one.__module__.startswith(own)]
        scopes = {id(f.__code__): scope for scope, fs in self.functions.items() for f in fs}
        self.scopes = {code: scope for code, scope in scopes.items() if scope[0] in self.modules}
        called = {self.scopes[one] for one in self.called & set(self.scopes)}
        gc.freeze()  # what is there is not looked through, and so not copied, by every process
        self.reach()
        reached = [[*scope, sorted(files)] for scope, files in self.reached.items()]
        early = [n for n, mutant in enumerate(self.chosen) if mutant.where in called]
        self.say(took=self.took, reached=reached, early=early)
        order = Order(self.took)
        works = (
            ((n, mutant, files), partial(self.kill, mutant, files))
            for n, mutant in enumerate(self.chosen)
            if n not in early
            for files in [order(mutant.module, set(self.reached.get(mutant.where, ())))]
        )
        for (n, mutant, files), code in side_by_side(self.jobs, works):
            if 0 < code < UNABLE:
                order.kills[mutant.module, files[code - 1]] += 1
            self.say(judged=n, code=code)
        return True

    def run(self, items: list[pytest.Item]) -> Iterator[pytest.Item]:
        """Run some tests of one file, each with nothing kept from another."""
        for item, following in pairwise([*items, None]):
            for cache in self.caches:
                cache.cache_clear()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            yield item

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Any:
        """What a fixture for many tests calls is called for each of them."""
        before = self.called
        if fixturedef.scope != "function":
            self.called = self.of_all
        made = yield
        self.called = before
        return made

    def follow(self, file: str) -> int:
        """Run a file of tests unchanged, and write down which functions each test calls."""
        calls: dict[str, set[int]] = {}
        start = time.monotonic()

        self.called, self.of_all = set(), set()
        threading.settrace(self.trace)
        sys.settrace(self.trace)
        for item in self.run(self.files[file]):
            calls[item.nodeid], self.called = self.called, set()
        sys.settrace(None)
        rows = [
            (*self.scopes[one], test)
            for test, called in calls.items()
            for one in (called | self.of_all) & set(self.scopes)
        ]
        told = json.dumps([time.monotonic() - start, rows])
        Path(f"{file}.reach").write_text(told, "utf-8")
        return int(self.files[file][0].session.testsfailed > 0)

    def reach(self) -> None:
        """For each function, which tests of which files call it; the seconds of each file."""
        self.reached: dict[Scope, dict[str, set[str]]] = {}
        self.took: dict[str, float] = {}
        works = ((file, partial(self.follow, file)) for file in self.files)
        for file, code in side_by_side(self.jobs, works):
            if code:
                self.say(wrong=f"{file} fails without any change: nothing can be said.")
                os._exit(0)
            self.took[file], rows = json.loads(Path(f"{file}.reach").read_text("utf-8"))
            for module, line, test in rows:
                calling = self.reached.setdefault((module, line), {})
                calling.setdefault(file, set()).add(test)

    def kill(self, mutant: Mutant, files: list[str]) -> int:
        """Run tests with one change until one fails, or takes far too long: the file's place."""
        held = self.functions[mutant.where]
        name = held[0].__code__.co_qualname
        changed = next(p for p in parts_of(compiled(mutant)) if p.co_qualname == name)
        for function in held:
            function.__code__ = changed
        calling = self.reached[mutant.where]
        for place, file in enumerate(files, 1):
            signal.setitimer(signal.ITIMER_REAL, 15 + 5 * self.took[file])
            items = [item for item in self.files[file] if item.nodeid in calling[file]]
            for item in self.run(items):
                if item.session.testsfailed:
                    return place
        return 0


def warm(files: list[str], chosen: list[Mutant], jobs: int) -> Iterator[dict[str, Any]]:
    """What a process tells that has collected all tests, and asks them of what it can."""
    told, telling = os.pipe()

    def work() -> int:
        with os.fdopen(telling, "w", encoding="utf-8") as line:

            def say(**what: object) -> None:
                print(json.dumps(what), file=line, flush=True)

            return int(pytest.main([*FLAGS, *files], [Warm(chosen, jobs, say)]))

    pid = forked(work)
    os.close(telling)
    with os.fdopen(told, encoding="utf-8") as lines:
        yield from map(json.loads, lines)
    os.waitpid(pid, 0)


def cold(mutant: Mutant, files: list[str], took: dict[str, float]) -> int:
    """Import all with one change, and run tests until a file fails: its place from 1."""
    sys.meta_path.insert(0, Changed(mutant))
    for place, file in enumerate(files, 1):
        signal.setitimer(signal.ITIMER_REAL, 30 + 5 * took[file])
        if pytest.main([*FLAGS, "-x", file], [Quick()]):
            return place
    return 0


def used(file: str) -> set[str]:
    """The modules and packages of the project that a file takes something from."""
    names = set()
    for node in ast.walk(ast.parse(Path(file).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    found = set()
    for name in names:
        path = name.replace(".", "/")
        around = str(Path(path).parent)
        places = (f"{path}.py", f"{path}/__init__.py", f"{around}.py", f"{around}/__init__.py")
        found |= set(list(filter(os.path.exists, places))[:1])
    return found


def users(files: list[str]) -> dict[str, set[str]]:
    """For each module, the files of tests that take something from it, themselves or by others."""
    takes = functools.cache(used)
    found: dict[str, set[str]] = {}
    for file in files:
        seen, waiting = set(), {file}
        while waiting:
            one = waiting.pop()
            seen.add(one)
            waiting |= takes(one) - seen
        for module in seen:
            found.setdefault(module, set()).add(file)
    return found


def judged(
    chosen: list[Mutant], files: list[str], named: set[tuple[str, str]], jobs: int
) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant with whether a test noticed it; what has a reason is taken to survive."""
    within: list[Mutant] = []
    again: list[tuple[Mutant, set[str]]] = []  # with the files of tests to ask
    calling = users(files)
    for mutant in chosen:
        if (mutant.module, mutant.name) in named:
            yield mutant, False
        elif mutant.scope:
            within.append(mutant)
        else:
            again.append((mutant, calling.get(mutant.module, set())))
    took: dict[str, float] = {}
    for told in warm(files, within, jobs):
        if "wrong" in told:
            sys.exit(told["wrong"])
        elif "took" in told:
            took = told["took"]
            by_scope = {(module, line): set(them) for module, line, them in told["reached"]}
            early = [within[n] for n in told["early"]]
            again += ((mutant, calling.get(mutant.module, set())) for mutant in early)
            print(
                f"{len(took)} files of tests have said what they call; "
                f"{len(again)} changes are left for when nothing is imported",
                flush=True,
            )
        elif told["code"] in (0, UNABLE):
            mutant = within[told["judged"]]
            again.append((mutant, by_scope.get(mutant.where, set())))
            print(f"to be asked again: {mutant.module}:{mutant.line} {mutant.name}", flush=True)
        else:
            yield within[told["judged"]], True
    if not took:
        sys.exit("The tests could not be collected.")
    order = Order(took)

    def works() -> Iterator[Any]:
        for mutant, asked in again:
            ordered = order(mutant.module, asked & set(took))
            yield (mutant, ordered), partial(cold, mutant, ordered, took)

    for (mutant, ordered), code in side_by_side(jobs, works()):
        if 0 < code < UNABLE:
            order.kills[mutant.module, ordered[code - 1]] += 1
        yield mutant, code not in (0, UNABLE)


def main() -> int:
    """Mutate, test, and print what survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="paths of modules; all of them without any")
    parser.add_argument("--all", action="store_true", help="every mutant instead of a sample")
    parser.add_argument("--per-module", type=int, default=12, help="how many a sample has (12)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (0)")
    parser.add_argument(
        "--tests", nargs="+", default=["tests"], help="folders or files to ask; all without it"
    )
    parser.add_argument(
        "--among", type=Path, help="only mutants whose names this file holds: what a run printed"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (all cores)")
    given = parser.parse_args()
    given.among = given.among and given.among.resolve()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as copy:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = f"{copy}/.hypothesis"
        apart = shutil.ignore_patterns(".git", ".venv", "node_modules", ".*_cache", "__pycache__")
        shutil.copytree(ROOT, copy, ignore=apart, dirs_exist_ok=True)
        if (ROOT / "node_modules").exists():
            Path(copy, "node_modules").symlink_to(ROOT / "node_modules")
        os.chdir(copy)
        sys.path.insert(0, copy)
        return run(given)


def run(given: argparse.Namespace) -> int:
    """Do what the arguments say, in a copy."""
    modules = given.modules or [
        str(file)
        for folder in FOLDERS
        for file in sorted(Path("lrviz", folder).glob("*.py"))
        if file.name != "__init__.py"
    ]
    among = given.among.read_text("utf-8") if given.among else None
    draw = random.Random(given.seed)
    chosen: list[Mutant] = []
    for module in modules:
        found = [one for one in mutants_of(module) if among is None or one.name in among]
        few = found if given.all else draw.sample(found, min(given.per_module, len(found)))
        chosen += sorted(few, key=lambda mutant: mutant.number)
    for name in PRELOADED:
        importlib.import_module(name)
    files = [
        str(file)
        for named in map(Path, given.tests)
        for file in ([named] if named.is_file() else sorted(named.rglob("test_*.py")))
        if file.parts[1] not in APART
    ]
    accepted = {
        (module, name)
        for group in tomllib.loads(Path("tests/mutants.toml").read_text("utf-8"))["accepted"]
        for module, names in group["mutants"].items()
        for name in names
    }
    survivors: dict[str, list[Mutant]] = {module: [] for module in modules}
    total = Counter(mutant.module for mutant in chosen)
    left = Counter(total)
    for n, (mutant, killed) in enumerate(judged(chosen, files, accepted, given.jobs), 1):
        if not killed:
            survivors[mutant.module].append(mutant)
            if (mutant.module, mutant.name) not in accepted:
                print(f"{n}/{len(chosen)} {mutant.module}:{mutant.line} {mutant.name}", flush=True)
        if n % 100 == 0:
            print(f"{n}/{len(chosen)}", flush=True)
        left[mutant.module] -= 1
        if not left[mutant.module]:
            every = total[mutant.module]
            killed_of = every - len(survivors[mutant.module])
            print(f"{n}/{len(chosen)} {mutant.module}: {killed_of} of {every} killed", flush=True)
    return report(survivors, total, accepted)


def report(
    survivors: dict[str, list[Mutant]], total: Counter[str], accepted: set[tuple[str, str]]
) -> int:
    """Print the table; 1 if it is not good enough."""
    print(f"\n{'module':34}{'mutants':>8}{'killed':>8}  survivors")
    for module, alive in survivors.items():
        known = sum((module, one.name) in accepted for one in alive)
        said = f"{known} with a reason" * bool(known)
        print(f"{module:34}{total[module]:8}{total[module] - len(alive):8}  {said}")
        for one in sorted(alive, key=lambda one: one.line):
            if (module, one.name) not in accepted:
                print(f"    {module}:{one.line} {one.name}")
    alive = [one for those in survivors.values() for one in those]
    unnamed = sum((one.module, one.name) not in accepted for one in alive)
    share = 1 - len(alive) / max(1, total.total())
    print(f"{total.total()} mutants, {share:.1%} killed, {unnamed} survivors without a reason.")
    return int(unnamed > 0 or share < SHARE)


if __name__ == "__main__":
    sys.exit(main())
