"""A table of text cells from a visitor's CSV: its columns as numbers or labels, or a refusal.

What could mean two things is refused. Rows are numbered as a spreadsheet numbers them: the
file's first row is row 1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array

#: Limits of a file: bytes, columns, characters of a cell, size of a number, rows with # in front.
BYTES_LIMIT, COLUMNS_LIMIT, CELL_LIMIT, NUMBER_LIMIT = 2_000_000, 100, 1000, 1e100
COMMENTS_LIMIT = 1000
#: Least spread of a column: weights for it in its own units, and a figure's axis, still fit a
#: float64.
SPREAD_LIMIT = 1e-100
#: What a cell may hold to say that its value is missing, in any case; and what more may say so
#: where a number is expected, while it could be the name of a class.
MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null"})
NO_NUMBER = MISSING | {"none", "?", ".", "-", "--"}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}

_CLASSES = 2
_NAMED = 8
_NAME_LENGTH = 20
# ASCII digits on purpose: float() also takes full-width digits, 1_000, inf and nan.
_POINT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_COMMA = re.compile(r"[+-]?(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)(?:[eE][+-]?[0-9]+)?")
# A mark before exactly three digits could part thousands as well as decimals.
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
LINE_BREAK = re.compile(r"\r\n|\r|\n")


class DataError(ValueError):
    """Data that cannot be used; the message is one sentence for the person who brought it."""


# A table of text


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV as text cells, every row as wide as the header.

    Attributes
    ----------
    name : str
        The file's name, or "your data".
    columns : tuple of str
        Names from the header, all different.
    cells : tuple of tuple of str
        The cells of each column, without surrounding blanks.
    numbers : tuple of int
        The row number of each row, the file's first row being row 1.
    delimiter : str
        A key of `DELIMITERS`.
    notes : tuple of str
        What was decided while reading.
    """

    name: str
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    delimiter: str
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The cells of each row."""
        return tuple(zip(*self.cells, strict=True))

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of one column.

        Raises
        ------
        DataError
            There is no such column.
        """
        if name not in self.columns:
            raise DataError(
                f"There is no column named {quoted(name)}; the file has {named(self.columns)}."
            )
        return self.cells[self.columns.index(name)]

    def numeric(self) -> tuple[str, ...]:
        """Columns whose cells are all numbers or missing, with at least two numbers in them."""
        return tuple(
            name for name, cells in zip(self.columns, self.cells, strict=True) if _numeric(cells)
        )

    def two_valued(self) -> tuple[str, ...]:
        """Columns with exactly two different values, missing ones left aside."""
        return tuple(
            name
            for name, cells in zip(self.columns, self.cells, strict=True)
            if _count(cells, _CLASSES + 1) == _CLASSES
        )


def is_missing(cell: str, *, number: bool = False) -> bool:
    """Whether a cell says that there is no value; ``number`` where a number is expected."""
    return cell.strip().lower() in (NO_NUMBER if number else MISSING)


def missing_values(cells: Collection[str], *, number: bool) -> set[str]:
    """Which different cells say that there is no value."""
    return {cell for cell in set(cells) if is_missing(cell, number=number)}


def is_number(cell: str) -> bool:
    """Whether a cell is a number, with a decimal point or comma."""
    return bool(_POINT.fullmatch(cell) or _COMMA.fullmatch(cell))


def _pattern(cells: Iterable[str]) -> re.Pattern[str]:
    """What the numbers of a column look like: with a decimal comma if any cell has one."""
    return _COMMA if any("," in c and _COMMA.fullmatch(c) for c in cells) else _POINT


def _numeric(cells: Sequence[str]) -> bool:
    present = set(cells) - missing_values(cells, number=True)
    pattern = _pattern(present)
    # Written as a loop: through `map` no other visit would get a turn before the last cell.
    return len(present) > 1 and all(pattern.fullmatch(cell) for cell in present)


def classes(cells: Collection[str]) -> tuple[dict[Any, str], Callable[[str], Any]]:
    """The different labels in order, each with how it is first written, and their key.

    Labels that are all numbers are compared as numbers, so that 1 and 1.0 are one class.
    """
    present, key = _present(cells)
    found: dict[Any, str] = {}
    for cell in present:
        found.setdefault(key(cell), cell)
    return dict(sorted(found.items())), key


def _present(cells: Collection[str]) -> tuple[list[str], Callable[[str], Any]]:
    """The different cells that say something, and what makes two of them one label."""
    present = [cell for cell in dict.fromkeys(cells) if not is_missing(cell)]
    pattern = _pattern(map(_ascii, present))
    numeric = all(
        pattern.fullmatch(cell) and math.isfinite(float(cell.replace(",", ".")))
        for cell in map(_ascii, present)
    )
    return present, _exact if numeric else str


def _count(cells: Collection[str], most: int) -> int:
    """How many different labels there are, as far as ``most``."""
    present, key = _present(cells)
    found = set()
    for cell in present:
        found.add(key(cell))
        if len(found) == most:
            break
    return len(found)


def _ascii(label: str) -> str:
    """A label with the minus that Python reads, where it has the typographic one."""
    return label.replace("−", "-")


def _exact(label: str) -> float:
    # Python compares an int with a float exactly: 2⁵³ + 1 is a class of its own, and 1 is 1.0.
    plain = _ascii(label).replace(",", ".")
    return int(plain) if re.fullmatch("[+-]?[0-9]+", plain) else float(plain)


# Numbers and labels of some rows


def as_numbers(table: Table, name: str, keep: Sequence[int]) -> tuple[Array, str | None]:
    """The numbers of a column in the rows at the places ``keep``, and a note if one is due.

    Raises
    ------
    DataError
        A cell is no number, beyond ±1e100 or too near to 0, could mean two numbers, or all cells
        are equal or differ by less than 1e-100.
    """
    column = table.column(name)
    cells = [column[i] for i in keep]
    pattern = _pattern(cells)
    for i, cell in zip(keep, cells, strict=True):
        if not pattern.fullmatch(cell):
            style = " (a comma is this column's decimal mark)" if pattern is _COMMA else ""
            _refuse(table, i, name, f"which is not a number{style}")
    _refuse_thousands(table, name, keep, pattern)
    plain = [cell.replace(",", ".") for cell in cells] if pattern is _COMMA else cells
    values = np.array([float(cell) for cell in plain], dtype=np.float64)
    beyond = np.flatnonzero(~(np.abs(values) <= NUMBER_LIMIT))
    if beyond.size:
        _refuse(table, keep[int(beyond[0])], name, "which is beyond ±1e100, the limit")
    for at in np.flatnonzero(values == 0):
        if re.search("[1-9]", re.split("[eE]", plain[at])[0]):
            _refuse(table, keep[int(at)], name, "which is too near to 0 for a float64")
    if (values == values[0]).all():
        raise DataError(
            f"Every row has {quoted(cells[0])} for {quoted(name)}: a constant column cannot "
            "tell the classes apart."
        )
    if values.max() - values.min() < SPREAD_LIMIT:
        raise DataError(
            f"The values of {quoted(name)} differ by less than {SPREAD_LIMIT:g}, too little for "
            "what is computed from them: multiply the column by a power of ten."
        )
    # A table of semicolons comes from where a point may part thousands.
    marked = [cell for cell in cells if "." in cell]
    doubtful = table.delimiter == ";" and marked and all(map(_THOUSANDS.fullmatch, marked))
    mark = "comma" if pattern is _COMMA else "point" if doubtful else ""
    return values, f"In {quoted(name)} the {mark} was read as the decimal mark." if mark else None


def _refuse(table: Table, place: int, name: str, why: str) -> NoReturn:
    cell = table.column(name)[place]
    raise DataError(f"Row {table.numbers[place]} has {quoted(cell)} for {quoted(name)}, {why}.")


def _refuse_thousands(
    table: Table, name: str, keep: Sequence[int], pattern: re.Pattern[str]
) -> None:
    """Refuse a column in which every mark may part thousands, unless the table tells.

    1,234 is a thousand to one visitor and little more than one to another. A single 1,5
    settles it for commas. A point is taken for a decimal mark unless the table uses commas.
    """
    mark = "," if pattern is _COMMA else "."
    column = table.column(name)
    marked = [i for i in keep if mark in column[i]]
    if not marked or not all(map(_THOUSANDS.fullmatch, (column[i] for i in marked))):
        return
    commas = any(
        "," in cell and _COMMA.fullmatch(cell) and not _THOUSANDS.fullmatch(cell)
        for cells in table.cells
        for cell in cells
    )
    if commas != (mark == ","):
        cell = column[marked[0]]
        both = f"{cell.replace(mark, '')} or {cell.replace(mark, '.')}"
        _refuse(table, marked[0], name, f"which may mean {both}: write it so that it is clear")


def as_labels(
    table: Table, name: str, keep: Sequence[int]
) -> tuple[tuple[str, str], npt.NDArray[np.int64]]:
    """What 0 and 1 mean, and the labels (m,) of the rows at the places ``keep``.

    Raises
    ------
    DataError
        There are not exactly two values, or one has a line break in it.
    """
    column = table.column(name)
    cells = [column[i] for i in keep]
    found, key = classes(cells)
    if any(LINE_BREAK.search(value) for value in found.values()):
        place = next(i for i in keep if LINE_BREAK.search(column[i]))
        raise DataError(
            f"Row {table.numbers[place]} has a line break inside its label {quoted(name)}, "
            "perhaps because a quotation mark is out of place."
        )
    if len(found) == 1:
        only = next(iter(found.values()))
        raise DataError(f"Every row has the label {quoted(only)}: two classes are needed.")
    if len(found) != _CLASSES:
        seen: dict[Any, int] = {}
        for i, cell in zip(keep, cells, strict=True):
            seen.setdefault(key(cell), table.numbers[i])
        third, row = sorted(seen.items(), key=lambda item: item[1])[_CLASSES]
        raise DataError(
            f"The label {quoted(name)} has {len(found)} different values, and two are needed: "
            f"row {row} brings the third, {quoted(found[third])}."
        )
    zero, one = found
    codes = {cell: int(key(cell) == one) for cell in set(cells)}
    return (found[zero], found[one]), np.array([codes[c] for c in cells], dtype=np.int64)


# Sentences


def quoted(text: str, longest: int = 40) -> str:
    """Text from a file as it may stand in a sentence: on one line and not too long."""
    start = text[: longest + 1]
    line = printable(start)
    return f"“{line[:longest]}…”" if len(line) > longest else f"“{line}”"


def printable(text: str, instead: str = "\N{REPLACEMENT CHARACTER}") -> str:
    """Text from a file with something to see for what would break a line or hide.

    The two joiners stay: they shape emoji and the words of many scripts.
    """
    return "".join(c if c.isprintable() or c in "\u200c\u200d" else instead for c in text)


def named(names: Sequence[str]) -> str:
    """The first of some names, quoted."""
    shown = ", ".join(quoted(name, _NAME_LENGTH) for name in names[:_NAMED])
    return f"{shown}, ..." if len(names) > _NAMED else shown


def listed(numbers: Sequence[int]) -> str:
    """The first of some numbers, and how many more there are."""
    shown = ", ".join(map(str, numbers[:_NAMED]))
    rest = len(numbers) - _NAMED
    return f"{shown} and {rest} more" if rest > 0 else shown


def cell_count(count: int) -> str:
    """So many cells, in words."""
    return "1 cell" if count == 1 else f"{count} cells"


# Writing


def to_csv_cell(value: object) -> str:
    """One cell of a CSV that is exported, which no spreadsheet runs as a formula.

    Numbers are written so that reading them gives the same number. A text that begins, after
    blanks, with a character that starts a formula (= + - @ and their full-width forms, or a
    tab or line break) and is not simply a number gets an apostrophe before it (OWASP, "CSV
    injection"); a text with a delimiter, quotation mark or line break is quoted.
    """
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return repr(float(value))
    text = str(value)
    start = text.lstrip(" \u00a0\ufeff")
    if start[:1] in tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20\u2212") and start:
        text = text if _POINT.fullmatch(text) else "'" + text
    if any(c in text for c in ',;\t"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
