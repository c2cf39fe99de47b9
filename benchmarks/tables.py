"""Tables as the benchmarks print them, and as they are read again."""

from __future__ import annotations

from collections.abc import Iterable


def show(rows: Iterable[tuple[str, str]]) -> None:
    """Print what was measured, a row each."""
    print("| what | measured |\n|---|---|")
    for name, found in rows:
        print(f"| {name} | {found} |")


def cell(printed: str, name: str, column: int = 1) -> tuple[str, str]:
    """The whole name of the first row whose name begins so, and one of its cells.

    Raises
    ------
    ValueError
        If no row begins so.
    """
    for line in printed.splitlines():
        if line.startswith(f"| {name}"):
            row = line.strip("| ").split(" | ")
            return row[0], row[column]
    raise ValueError(f"No row begins with {name!r}.")
