"""The small things that can be wrong in a module: one operator, constant, digit or statement each.

Each has a name that says the function, what is changed and what stands around it, and is the same
as long as that text is.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

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

    @property
    def where(self) -> tuple[str, int]:
        """The function it is in."""
        return self.module, self.scope


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
        if before == after:  # x / x turned round
            continue
        start = alike(before, after)
        end = alike(before[start:][::-1], after[start:][::-1])
        old_text, new_text = before[start : len(before) - end], after[start : len(after) - end]
        around = before[max(0, start - 28) : start], before[len(before) - end :][:28]
        text = f"{around[0]}[{old_text} → {new_text}]{around[1]}"
        line = getattr(old, "lineno", None) or getattr(change.holder, "lineno", at.lineno)
        name = " ".join(f"{function}: {text}".split())
        found.append(Mutant(module, number, line, scope, name))
    return found


def compiled(mutant: Mutant) -> CodeType:
    """The code of a module with one change in it."""
    tree = ast.parse(Path(mutant.module).read_text("utf-8"))
    change = next(c for n, (c, *_) in enumerate(changes(tree)) if n == mutant.number)
    put(change, change.new)
    return compile(ast.fix_missing_locations(tree), str(Path(mutant.module).resolve()), "exec")


def parts_of(code: CodeType) -> Iterator[CodeType]:
    """All functions and classes within some code."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            yield from parts_of(part)


class Changed:
    """An import hook for one module with one change in it."""

    def __init__(self, mutant: Mutant) -> None:
        self.file = mutant.module
        self.name = mutant.module.removesuffix(".py").replace("/", ".")
        self.code = compiled(mutant)

    def find_spec(self, name: str, *_: object) -> Any:
        """Take over the one module."""
        if name == self.name:
            file = Path(self.file).resolve()
            return importlib.util.spec_from_file_location(name, file, loader=self)
        return None

    def create_module(self, _: object) -> None:
        """Nothing of its own."""

    def exec_module(self, module: Any) -> None:
        """Run the changed code."""
        exec(self.code, vars(module))
