"""Reading a visitor's CSV into a table of text cells.

Reading is strict. A file is read right or refused with one sentence that says what is wrong
and where; no row is shifted, and none is left out in silence.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from lrviz.data.table import (
    BYTES_LIMIT,
    CELL_LIMIT,
    COLUMNS_LIMIT,
    COMMENTS_LIMIT,
    DELIMITERS,
    LINE_BREAK,
    DataError,
    Table,
    cell_count,
    is_missing,
    is_number,
    listed,
    quoted,
)

_SAMPLE_ROWS = 50
_COMMENT = re.compile(r"[^\S\r\n]*#[^\r\n]*(?:\r\n|\r|\n|\Z)")
_SEP = re.compile(r'"?sep=([,;\t])"?[^\S\r\n]*(?:\r\n|\r|\n)', re.IGNORECASE)
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
                    sample.append(_stripped(cells[: COLUMNS_LIMIT + 1]))
                if len(sample) > _SAMPLE_ROWS:
                    break
        except csv.Error:
            pass
        if not sample:
            return False, False, 0, 0
        # The first row's width or the commonest, since a title may stand above the header.
        widths = Counter(map(len, sample))
        width = max(len(sample[0]), max(widths, key=lambda w: (widths[w], w)))
        numbers = sum(is_number(cell) for cells in sample for cell in cells)
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
        if len(lines) == COMMENTS_LIMIT:
            raise DataError(
                f"The file begins with more than {COMMENTS_LIMIT} rows of comments, marked by #."
            )
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
        if any(is_number(cell.lstrip("# ")) for cell in cells):
            raise DataError(
                f"Row {number} begins with # as a comment does, but has {len(cells)} cells as a "
                "row of data does: take out the sign or the row."
            )
        header = number == len(lines) and any(map(is_number, below))
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
                        f"Row {number} has {cell_count(len(cells))}, "
                        f"but row {numbers[0]} has {width}."
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
        breaks = len(LINE_BREAK.findall(cell))
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
    words, data, missing = _above_numbers(first, body)
    if words and data:
        raise DataError(
            f"Row {number} has {quoted(words[0])} above numbers, as a header does, and the number "
            f"{quoted(data[0])} above numbers, as data do: a header needs a word for every column."
        )
    numbers = bool(data) or sum(map(is_number, first)) > 1
    repeated = any(cell and cell in column for cell, column in zip(first, body, strict=True))
    if words or not (numbers or any(missing) or (missing and repeated)):
        return True
    holds = "numbers" if numbers else "data"
    notes.append(f"Row {number} holds {holds}, so the file has no header.")
    return False


def _above_numbers(
    first: list[str], body: list[list[str]]
) -> tuple[list[str], list[str], list[str]]:
    """The cells above columns that mostly hold numbers: words, numbers, signs for nothing."""
    words: list[str] = []
    data: list[str] = []
    missing: list[str] = []
    for cell, column in zip(first, body, strict=True):
        below = [c for c in column if not is_missing(c, number=True)]
        if 2 * sum(map(is_number, below)) > len(below):
            kind = data if is_number(cell) else missing if is_missing(cell, number=True) else words
            kind.append(cell)
    return words, data, missing


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
