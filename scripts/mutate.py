"""Whether the quick tests notice when one small thing in the code is wrong.

Changes the modules of core, data, training and text in memory, one place at a time (an operator,
a comparison, a constant, a digit in a sentence, a statement left out), and runs the tests that
reach the place, but for those that start a browser or Node. What no test notices must stand, with
a reason, in tests/mutants.toml. Ends with 1 if something else survives, or if less than 95 % is
killed.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.util
import os
import random
import re
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
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("core", "data", "training", "text")
APART = ("browser", "deploy", "live", "site")  # tests that start browsers, servers and Node
SHARE = 0.95
MEMORY = 4 << 30  # bytes of data a process may hold: a change may collect without end
OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Mod: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Pow: ast.Mult, ast.MatMult: ast.Add, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.And: ast.Or,
    ast.Or: ast.And, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt,
    ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}  # fmt: skip
ORDERED = {ast.Lt: ast.Gt, ast.LtE: ast.Gt, ast.Gt: ast.Lt, ast.GtE: ast.Lt}
NAMES = {"min": "max", "any": "all", "minimum": "maximum", "log": "log1p"}
NAMES |= {new: old for old, new in NAMES.items()}
SIGNS = {"−": "-", "≈": "=", "≤": "<", "≥": ">"}
#: What takes long to import is imported once, before any process is forked.
PRELOADED = ("numpy", "pandas", "mpmath", "sympy", "networkx", "plotly.graph_objects")
PRELOADED += ("sklearn.linear_model", "scipy.spatial", "streamlit.testing.v1", "playwright")
UNTOUCHED = {"strict", "slots"}  # keywords that assert or save, and change no answer


class Change(NamedTuple):
    """One place of a tree, and what comes there instead."""

    holder: Any
    field: str
    place: int | None
    new: ast.AST


def changes_of(node: Any, new: Callable[..., Change], *, size: bool) -> Iterator[Change]:
    """All changes of one node itself, its parts left aside; ``size``: its sign does not count."""
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign):
        yield Change(node, "op", None, OPERATORS[type(node.op)]())
    if isinstance(node, ast.BinOp) and type(node.op) in (ast.Sub, ast.Div, ast.Pow) and not size:
        yield new(ast.BinOp(node.right, node.op, node.left))
    if isinstance(node, ast.AugAssign):
        yield new(ast.Assign([node.target], node.value))
    if isinstance(node, ast.Compare):
        for n, op in enumerate(node.ops):
            yield Change(node, "ops", n, OPERATORS[type(op)]())
            if type(op) in ORDERED:
                yield Change(node, "ops", n, ORDERED[type(op)]())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield new(node.operand)
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield Change(node, "test", None, ast.UnaryOp(ast.Not(), node.test))
    field = {ast.Name: "id", ast.Attribute: "attr"}.get(type(node), "")
    if field and getattr(node, field) in NAMES:
        yield Change(node, field, None, NAMES[getattr(node, field)])
    if isinstance(node, ast.Constant):
        yield from (new(ast.Constant(value)) for value in other_values(node.value))
    if isinstance(node, ast.Set) and len(node.elts) > 1:
        for n in range(len(node.elts)):
            yield new(ast.Set(node.elts[:n] + node.elts[n + 1 :]))
    if isinstance(node, ast.Expr | ast.AugAssign | ast.Raise | ast.Break | ast.Continue):
        yield new(ast.Pass())


def other_values(value: object) -> Iterator[object]:
    """What may stand in place of a constant."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, float):
        yield 2 * value or 1.0
    elif isinstance(value, str):
        for found in re.finditer(r"\d(?!\d)", value):
            digit = str((int(found[0]) + 1) % 10)
            yield value[: found.start()] + digit + value[found.end() :]
        yield from (value.replace(old, SIGNS[old]) for old in SIGNS if old in value)
        if value and not any(map(str.isalnum, value)):
            yield value[:-1]


class Mutant(NamedTuple):
    """A change with the module it is in, the line, the function and how it reads."""

    module: str
    number: int
    line: int
    scope: int  # first line of the outermost function as compiled, 0 for the module itself
    name: str


def changes(tree: ast.Module) -> Iterator[tuple[Change, ast.stmt, tuple[int, str]]]:
    """Every change of a module with the statement and the function that hold it."""

    def visit(node: Any, field: str, place: int | None, at: Any, scope: tuple[int, str]) -> Any:
        if isinstance(node, ast.stmt):
            at = node
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # a docstring
        if isinstance(node, ast.keyword) and node.arg in UNTOUCHED:
            return

        def new(other: ast.AST) -> Change:
            return Change(holder, field, place, other)

        holder = parents[-1]
        size = isinstance(holder, ast.Call) and ast.unparse(holder.func) in ("abs", "np.abs")
        yield from ((change, at, scope) for change in changes_of(node, new, size=size))
        parents.append(node)
        for name, part in ast.iter_fields(node):
            if name in ("annotation", "returns") or isinstance(part, ast.expr_context):
                continue
            inner = scope
            if isinstance(node, ast.FunctionDef) and name == "body" and not scope[0]:
                first = min((node.lineno, *(one.lineno for one in node.decorator_list)))
                inner = (first, scope[1] + node.name)
            elif isinstance(node, ast.ClassDef) and not scope[0]:
                inner = (0, f"{node.name}.")
            if isinstance(part, ast.AST):
                yield from visit(part, name, None, at, inner)
            elif isinstance(part, list):
                for n, one in enumerate(part):
                    if isinstance(one, ast.AST):
                        yield from visit(one, name, n, at, inner)
        parents.pop()

    parents: list[Any] = [tree]
    for n, statement in enumerate(tree.body):
        if not re.match(r"(from|import) |.*TypeAlias", ast.unparse(statement)):
            yield from visit(statement, "body", n, statement, (0, ""))


def put(change: Change, new: Any) -> Any:
    """Make a change, or take it back: what stood there is returned."""
    held = getattr(change.holder, change.field)
    if change.place is None:
        setattr(change.holder, change.field, new)
        return held
    old, held[change.place] = held[change.place], new
    return old


def alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def mutants_of(module: str) -> list[Mutant]:
    """All mutants of a module, each named by what is changed and what stands around it."""
    tree, found = ast.parse(Path(module).read_text("utf-8")), []
    for number, (change, at, (scope, function)) in enumerate(changes(tree)):
        before = ast.unparse(at)
        old = put(change, change.new)
        # A statement that is itself replaced is not the one that stands there now.
        after = ast.unparse(ast.fix_missing_locations(change.new) if old is at else at)
        put(change, old)
        start = alike(before, after)
        end = alike(before[start:][::-1], after[start:][::-1])
        old_text, new_text = before[start : len(before) - end], after[start : len(after) - end]
        around = before[max(0, start - 28) : start], before[len(before) - end :][:28]
        text = f"{around[0]}[{old_text} → {new_text}]{around[1]}"
        line = getattr(old, "lineno", None) or getattr(change.holder, "lineno", at.lineno)
        name = " ".join(f"{function}: {text}".split())
        found.append(Mutant(module, number, line, scope, name))
    return found


class Mutated:
    """An import hook for one module with one change in it."""

    def __init__(self, mutant: Mutant) -> None:
        self.file = Path(mutant.module).resolve()
        self.name = mutant.module.removesuffix(".py").replace("/", ".")
        tree = ast.parse(self.file.read_text("utf-8"))
        change = next(c for n, (c, *_) in enumerate(changes(tree)) if n == mutant.number)
        put(change, change.new)
        self.code = compile(ast.fix_missing_locations(tree), str(self.file), "exec")

    def find_spec(self, name: str, *_: object) -> Any:
        """Take over the one module."""
        if name == self.name:
            return importlib.util.spec_from_file_location(name, self.file, loader=self)
        return None

    def create_module(self, _: object) -> None:
        """Nothing of its own."""

    def exec_module(self, module: Any) -> None:
        """Run the changed code."""
        exec(self.code, vars(module))


class Quick:
    """Plugin: hypothesis looks for a failing example and not for the smallest one."""

    @staticmethod
    def pytest_configure() -> None:
        """Once the tests' own profile is loaded."""
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        settings = hypothesis.settings(database=None, phases=phases)
        hypothesis.settings.register_profile("quick", settings)
        hypothesis.settings.load_profile("quick")


def test(file: str) -> int:
    """Run one file of tests in this process."""
    flags = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", "--tb=no"]
    return int(pytest.main([*flags, "-W", "ignore:Module already imported", file], [Quick()]))


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
        os._exit(1)


def ended() -> tuple[int, int]:
    """Wait for a process, end what it started, and say which it was and how it ended."""
    pid, status = os.wait()
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return pid, os.waitstatus_to_exitcode(status)


Reach = dict[tuple[str, int], set[str]]


def reach(files: list[str], modules: set[str]) -> tuple[Reach, dict[str, float]]:
    """For each function, which files of tests call it; the seconds that each takes unchanged."""
    found: Reach = {}
    took: dict[str, float] = {}
    for file in files:
        lines = Path(f"{file}.reach")

        def work(file: str = file, lines: Path = lines) -> int:
            called = set()

            def trace(frame: Any, *_: object) -> None:
                called.add(frame.f_code)

            threading.settrace(trace)
            sys.settrace(trace)
            answer = test(file)
            sys.settrace(None)
            rows = (
                f"{one.co_firstlineno * (one.co_name != '<module>')} {one.co_filename}\n"
                for one in called
            )
            lines.write_text("".join(rows), "utf-8")
            return answer

        start = time.monotonic()
        forked(work)
        if ended()[1]:
            sys.exit(f"{file} fails without any change: nothing can be said.")
        took[file] = time.monotonic() - start
        for row in lines.read_text("utf-8").splitlines():
            line, _, name = row.partition(" ")
            module = os.path.relpath(name)
            if module in modules:
                found.setdefault((module, int(line)), set()).add(file)
    return found, took


def kill(mutant: Mutant, files: list[str], took: dict[str, float]) -> int:
    """Run tests with one change until a file fails, or takes far too long: its place from 1."""
    sys.meta_path.insert(0, Mutated(mutant))
    for place, file in enumerate(files, 1):
        signal.setitimer(signal.ITIMER_REAL, 15 + 5 * took[file])
        if test(file):
            return place
    return 0


def judged(
    chosen: list[Mutant], reached: Reach, took: dict[str, float], jobs: int
) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant with whether a test noticed it."""
    kills = Counter[tuple[str, str]]()

    def cost(module: str, file: str) -> float:
        """Seconds for what it kills; tests in the folder of the same name are a good guess."""
        guess = 10 * (Path(file).parts[1] == Path(module).parts[1])
        return took[file] / (1 + guess + kills[module, file])

    under_way: dict[int, tuple[Mutant, list[str]]] = {}
    waiting = iter(chosen)
    while True:
        for mutant in islice(waiting, jobs - len(under_way)):
            calling = reached.get((mutant.module, mutant.scope), ())
            files = sorted(calling, key=partial(cost, mutant.module))
            work = partial(kill, mutant, files, took)
            under_way[forked(work)] = mutant, files
        if not under_way:
            return
        pid, code = ended()
        mutant, files = under_way.pop(pid)
        if code > 0:
            kills[mutant.module, files[code - 1]] += 1
        yield mutant, code != 0


def main() -> int:
    """Mutate, test, and print what survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="paths of modules; all of them without any")
    parser.add_argument("--all", action="store_true", help="every mutant instead of a sample")
    parser.add_argument("--per-module", type=int, default=12, help="how many a sample has (12)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (0)")
    parser.add_argument(
        "--tests", nargs="+", default=["tests"], help="folders of tests to ask; all without it"
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
        for folder in given.tests
        for file in sorted(Path(folder).rglob("test_*.py"))
        if file.parts[1] not in APART
    ]
    reached, took = reach(files, set(modules))
    accepted = {
        (module, name)
        for group in tomllib.loads(Path("tests/mutants.toml").read_text("utf-8"))["accepted"]
        for module, names in group["mutants"].items()
        for name in names
    }
    survivors: dict[str, list[Mutant]] = {module: [] for module in modules}
    total = Counter(mutant.module for mutant in chosen)
    left = Counter(total)
    for n, (mutant, killed) in enumerate(judged(chosen, reached, took, given.jobs), 1):
        if not killed:
            survivors[mutant.module].append(mutant)
            if (mutant.module, mutant.name) not in accepted:
                print(f"{n}/{len(chosen)} {mutant.module}:{mutant.line} {mutant.name}", flush=True)
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
