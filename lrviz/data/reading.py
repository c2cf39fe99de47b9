"""Reading a visitor's CSV into a table of text cells, and writing cells that are safe.

Reading is strict. A file is read right or refused with one sentence that says what is wrong
and where; no row is shifted, and none is left out in silence. What could mean two things is
refused too. Rows are numbered as a spreadsheet numbers them: the file's first row is row 1.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array

#: Limits of a file: bytes, columns, characters of a cell, size of a number.
BYTES_LIMIT, COLUMNS_LIMIT, CELL_LIMIT, NUMBER_LIMIT = 2_000_000, 100, 1000, 1e100
#: What a cell may hold to say that its value is missing, in any case; and what more may say so
#: where a number is expected, while it could be the name of a class.
MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null"})
NO_NUMBER = MISSING | {"none", "?", ".", "-", "--"}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}

_CLASSES = 2
_SAMPLE_ROWS = 50
_NAMED = 8
_NAME_LENGTH = 20
# ASCII digits on purpose: float() also takes full-width digits, 1_000, inf and nan.
_POINT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_COMMA = re.compile(r"[+-]?(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)(?:[eE][+-]?[0-9]+)?")
# A mark before exactly three digits could part thousands as well as decimals.
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_COMMENT = re.compile(r"[^\S\r\n]*#[^\r\n]*(?:\r\n|\r|\n|\Z)")
_SEP = re.compile(r'"?sep=([,;\t])"?[^\S\r\n]*(?:\r\n|\r|\n)', re.IGNORECASE)
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_NO_TEXT = (
    (b"PK\x03\x04", "a zip archive (an .xlsx file is one too)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF file"),
    (b"\x89PNG", "a picture"),
)
_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


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
            if len(classes(cells)[0]) == _CLASSES
        )


def is_missing(cell: str, *, number: bool = False) -> bool:
    """Whether a cell says that there is no value; ``number`` where a number is expected."""
    return cell.strip().lower() in (NO_NUMBER if number else MISSING)


def missing_values(cells: Collection[str], *, number: bool = False) -> set[str]:
    """Which different cells say that there is no value."""
    return {cell for cell in set(cells) if is_missing(cell, number=number)}


def _is_number(cell: str) -> bool:
    return bool(_POINT.fullmatch(cell) or _COMMA.fullmatch(cell))


def _pattern(cells: Collection[str]) -> re.Pattern[str]:
    """What the numbers of a column look like: with a decimal comma if any cell has one."""
    return _COMMA if any("," in c and _COMMA.fullmatch(c) for c in cells) else _POINT


def _numeric(cells: Sequence[str]) -> bool:
    present = set(cells) - missing_values(cells, number=True)
    return len(present) > 1 and all(map(_pattern(present).fullmatch, present))


def classes(cells: Collection[str]) -> tuple[dict[Any, str], Callable[[str], Any]]:
    """The different labels in order, each with how it is first written, and their key.

    Labels that are all numbers are compared as numbers, so that 1 and 1.0 are one class.
    """
    present = [cell for cell in dict.fromkeys(cells) if not is_missing(cell)]
    numeric = all(map(_POINT.fullmatch, present)) and all(math.isfinite(float(c)) for c in present)
    key: Callable[[str], Any] = float if numeric else str
    found: dict[Any, str] = {}
    for cell in present:
        found.setdefault(key(cell), cell)
    return dict(sorted(found.items())), key


# Numbers and labels of some rows


def as_numbers(table: Table, name: str, keep: Sequence[int]) -> tuple[Array, str | None]:
    """The numbers of a column in the rows at the places ``keep``, and a note if one is due.

    Raises
    ------
    DataError
        A cell is no number or beyond ±1e100, could mean two numbers, or all cells are equal.
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
    if (values == values[0]).all():
        raise DataError(
            f"Every row has {quoted(cells[0])} for {quoted(name)}: a constant column cannot "
            "tell the classes apart."
        )
    comma = f"In {quoted(name)} the comma was read as the decimal mark."
    return values, comma if pattern is _COMMA else None


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
    if any(_LINE_BREAK.search(value) for value in found.values()):
        place = next(i for i in keep if _LINE_BREAK.search(column[i]))
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


# From bytes to a table


def read_table(source: str | bytes | os.PathLike[str]) -> Table:
    """A CSV as text, its encoding, delimiter and header found out.

    Known: UTF-8 with or without BOM, UTF-16 and UTF-32 with BOM, Latin-1 as Windows writes it
    as a last resort (with a note); comma, semicolon or tab, or what Excel's line sep=; says;
    quoted cells; lines that begin with # above the header; a file without a header. Empty rows
    are skipped with a note.

    Parameters
    ----------
    source : path, bytes or str
        A str with a line break in it is the text itself; any other is a path.

    Raises
    ------
    DataError
        The file is not such a text, or too large, or its rows differ in width.
    """
    name, content = _content(source)
    notes: list[str] = []
    text = content if isinstance(content, str) else _decoded(content, notes)
    if "\0" in text:
        line = 1 + text.count("\n", 0, text.index("\0"))
        raise DataError(f"Line {line} holds a NUL character, which no CSV does.")
    if not text.strip():
        raise DataError("The file is empty.")
    above, text, delimiter, commented = _below_comments(text, notes)
    numbers, lists = _records(text, delimiter, above)
    first, head = numbers[0], [cells[0] for cells in lists]
    if commented:
        head[0] = head[0].lstrip("#").strip() or "#"
    if _has_header(first, head, [cells[1 : 1 + _SAMPLE_ROWS] for cells in lists], notes):
        numbers, lists = numbers[1:], [cells[1:] for cells in lists]
    else:
        head = [""] * len(head)
    if not numbers:
        raise DataError("The file has a header only, and no rows of data.")
    columns, cells = _columns(head, lists, notes)
    if len(set(columns)) < len(columns):
        twice = next(c for c in columns if columns.count(c) > 1)
        one, two = [i + 1 for i, c in enumerate(columns) if c == twice][:2]
        raise DataError(
            f"Columns {one} and {two} have the same name, {quoted(twice)}, in row {first}."
        )
    if numbers[-1] - numbers[0] >= len(numbers) or numbers[0] > first + 1:
        there = {first, *numbers}
        notes.append(
            f"Empty rows were skipped: "
            f"{listed([n for n in range(first, numbers[-1]) if n not in there])}."
        )
    return Table(name, columns, cells, tuple(numbers), delimiter, tuple(notes))


def _content(source: str | bytes | os.PathLike[str]) -> tuple[str, str | bytes]:
    if isinstance(source, bytes | bytearray | memoryview):
        return "your data", _limited(bytes(source))
    if isinstance(source, str) and ("\n" in source or "\r" in source or not source.strip()):
        _limited(source.encode("utf-8", "surrogatepass"))
        return "your data", source.removeprefix("\ufeff")
    try:
        path = Path(source)
        with path.open("rb") as file:
            return path.name, _limited(file.read(BYTES_LIMIT + 1))
    except (OSError, ValueError, TypeError) as error:
        if isinstance(error, DataError):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no such path"
        shown = quoted(str(source))
        raise DataError(f"The file {shown} cannot be opened: {reason.lower()}.") from None


def _limited(content: bytes) -> bytes:
    if len(content) > BYTES_LIMIT:
        raise DataError(f"The file is larger than {BYTES_LIMIT // 1_000_000} MB, the limit.")
    return content


def _decoded(content: bytes, notes: list[str]) -> str:
    for magic, kind in _NO_TEXT:
        if content.startswith(magic):
            raise DataError(f"This is {kind}, not a CSV: save the table as CSV first.")
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                known = encoding.removesuffix("-sig").upper()
                raise DataError(
                    f"The file says that it is {known}, but it is not valid {known}."
                ) from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = 1 + content.count(b"\n", 0, error.start)
    if b"\0" in content:
        raise DataError("The file is not a text in a known encoding.")
    notes.append(f"Line {line} is not UTF-8, so the file was read as Latin-1.")
    try:
        # Windows fills a gap of Latin-1 with signs such as the euro and the dash.
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    # A blank before a quotation mark must not end the quotation: x, "1,5".
    lines = io.StringIO(text, newline="")
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


def _stripped(cells: Sequence[str]) -> list[str]:
    return list(map(str.strip, cells))


def _delimiter(text: str) -> str:
    """The delimiter that gives rows of equal width, at least two cells, and most numbers."""

    def score(delimiter: str) -> tuple[bool, bool, int, int]:
        sample: list[list[str]] = []
        try:
            for cells in _parsed(text, delimiter):
                if cells:
                    sample.append(_stripped(cells))
                if len(sample) > _SAMPLE_ROWS:
                    break
        except csv.Error:
            pass
        if not sample:
            return False, False, 0, 0
        # The first row's width or the commonest, since a title may stand above the header.
        widths = Counter(map(len, sample))
        width = max(len(sample[0]), max(widths, key=lambda w: (widths[w], w)))
        numbers = sum(_is_number(cell) for cells in sample for cell in cells)
        return width > 1, len(widths) == 1, numbers, width

    return max(DELIMITERS, key=score)


def _below_comments(text: str, notes: list[str]) -> tuple[int, str, str, bool]:
    """Lines with # in front cut off: how many, what is left, its delimiter, whether # leads it.

    Excel's own first line, sep=; and so on, is taken at its word. Of the lines with #, the last
    stays as the header if it is as wide as the next row, which has a number.
    """
    if told := _SEP.match(text):
        return 1, text[told.end() :], told.group(1), False
    lines: list[str] = []
    end = 0
    while found := _COMMENT.match(text, end):
        lines.append(found.group())
        end = found.end()
    rest = text[end:]
    if not lines or not rest.strip():
        return 0, text, _delimiter(text), False
    delimiter = _delimiter(rest)
    below = _first_record(rest, delimiter)
    header = False
    for number, line in enumerate(lines, 1):
        cells = _first_record(line, delimiter)
        if len(cells) < 2 or len(cells) != len(below):
            continue
        if any(_is_number(cell.lstrip("# ")) for cell in cells):
            raise DataError(
                f"Row {number} begins with # as a comment does, but has {len(cells)} cells as a "
                "row of data does: take out the sign or the row."
            )
        header = number == len(lines) and any(map(_is_number, below))
    above = len(lines) - header
    if above:
        which = "row 1" if above == 1 else f"rows 1 to {above}"
        notes.append(f"Left out as comments, with # in front: {which}.")
    return above, text[sum(map(len, lines[:above])) :], delimiter, header


def _first_record(text: str, delimiter: str) -> list[str]:
    try:
        for cells in _parsed(text, delimiter):
            if any(map(str.strip, cells)):
                return _stripped(cells)
    except csv.Error:
        pass
    return []


def _records(text: str, delimiter: str, above: int) -> tuple[list[int], list[list[str]]]:
    """The numbers of the rows that are not empty, and each column; all rows are equally wide."""
    numbers: list[int] = []
    flat: list[str] = []
    number = above
    width = 0
    try:
        for cells in _parsed(text, delimiter):
            number += 1
            # 2 MB may hold half a million rows, so what a row must not be is seen in one string,
            # and no list is kept for each.
            whole = "".join(cells)
            if not whole or whole.isspace():
                continue
            if len(whole) > CELL_LIMIT:
                _check_lengths(number, cells)
            if len(cells) != width:
                if width:
                    raise DataError(
                        f"Row {number} has {_cells(len(cells))}, but row {numbers[0]} has {width}."
                    )
                width = len(cells)
                if width > COLUMNS_LIMIT:
                    raise DataError(
                        f"The file has {width} columns, and at most {COLUMNS_LIMIT} can be read."
                    )
            if "\n" in whole or "\r" in whole:
                _check_line_breaks(number, cells, delimiter)
            numbers.append(number)
            flat += cells
    except csv.Error as error:
        raise DataError(_why(str(error), number + 1)) from None
    if not numbers:
        raise DataError("The file has no cells with anything in them.")
    return numbers, [_stripped(flat[i::width]) for i in range(width)]


def _check_lengths(number: int, cells: list[str]) -> None:
    longest = max(len(cell.strip()) for cell in cells)
    if longest > CELL_LIMIT:
        raise DataError(
            f"Row {number} has a cell of {longest} characters, and at most {CELL_LIMIT} are "
            "allowed."
        )


def _check_line_breaks(number: int, cells: list[str], delimiter: str) -> None:
    """Refuse a cell that has swallowed rows: a stray quotation mark, closed by another later."""
    for cell in cells:
        breaks = len(_LINE_BREAK.findall(cell))
        if breaks and cell.count(delimiter) >= breaks * (len(cells) - 1):
            raise DataError(
                f"Row {number} has a cell in which rows have run together, perhaps because a "
                'quotation mark (") is out of place.'
            )


def _why(message: str, row: int) -> str:
    if "unexpected end of data" in message:
        return f'Row {row} opens a quotation mark (") that is never closed.'
    if "field larger" in message:
        return f"Row {row} has a cell that is far too long: more than {CELL_LIMIT} characters."
    if "expected after" in message:
        return f'Row {row} has text or a blank right after a closing quotation mark (").'
    return f"Row {row} cannot be read as CSV."


def _has_header(number: int, first: list[str], body: list[list[str]], notes: list[str]) -> bool:
    """Whether the first row names the columns: what it holds above columns of numbers.

    A word there is a name, a number is data, and both at once are refused. A sign for a
    missing value is data too, since no one names a column so.
    """
    word = datum = None
    gaps: list[str] = []
    for i, cell in enumerate(first):
        below = [c for c in body[i] if not is_missing(c, number=True)]
        if 2 * sum(map(_is_number, below)) <= len(below):
            continue
        if _is_number(cell):
            datum = datum or cell
        elif is_missing(cell, number=True):
            gaps.append(cell)
        else:
            word = word or cell
    if word is not None and datum is not None:
        raise DataError(
            f"Row {number} has {quoted(word)} above numbers, as a header does, and the number "
            f"{quoted(datum)} above numbers, as data do: a header needs a word for every column."
        )
    if word is not None:
        return True
    repeated = any(c and c in body[i] for i, c in enumerate(first))
    numbers = datum is not None or sum(map(_is_number, first)) > 1
    if not numbers and not any(gaps) and not (gaps and repeated):
        return True
    holds = "numbers" if numbers else "data"
    notes.append(f"Row {number} holds {holds}, so the file has no header.")
    return False


def _columns(
    head: list[str], lists: list[list[str]], notes: list[str]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Names and cells, without the columns that have neither, as trailing delimiters make."""
    keep = [i for i, name in enumerate(head) if name or any(lists[i])]
    if len(keep) < len(head):
        dropped = sorted(set(range(len(head))) - set(keep))
        notes.append(
            f"Columns with nothing in them were left out: {listed([i + 1 for i in dropped])}."
        )
    names = []
    for i in keep:
        name = head[i] or f"column {i + 1}"
        while not head[i] and name in head:
            name += "*"
        names.append(name)
    return tuple(names), tuple(tuple(lists[i]) for i in keep)


# Sentences


def quoted(text: str, longest: int = 40) -> str:
    """Text from a file as it may stand in a sentence: on one line and not too long."""
    start = text[: longest + 1]
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in start)
    return f"“{line[:longest]}…”" if len(line) > longest else f"“{line}”"


def named(names: Sequence[str]) -> str:
    """The first of some names, quoted."""
    shown = ", ".join(quoted(name, _NAME_LENGTH) for name in names[:_NAMED])
    return f"{shown}, ..." if len(names) > _NAMED else shown


def listed(numbers: Sequence[int]) -> str:
    """The first of some numbers, and how many more there are."""
    shown = ", ".join(map(str, numbers[:_NAMED]))
    rest = len(numbers) - _NAMED
    return f"{shown} and {rest} more" if rest > 0 else shown


def _cells(count: int) -> str:
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
        return repr(float(value)) if math.isfinite(value) else str(float(value))
    text = str(value)
    start = text.lstrip(" \u00a0\ufeff")
    if start[:1] in tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20\u2212") and start:
        text = text if _POINT.fullmatch(text) else "'" + text
    if any(c in text for c in ',;\t"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
