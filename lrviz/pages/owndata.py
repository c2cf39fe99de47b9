"""A visitor's own data: a dialog that reads a file or pasted rows and asks which columns to use.

What is brought stays in this session's memory, and nothing is written to disk. Text that comes
from a visitor is shown as escaped HTML or as an option of a select, never as Markdown: there a
column named ``:smile:`` or ``$x$`` would not look as it is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

import streamlit as st
from streamlit.typing import UploadedFile

from lrviz.data.choosing import choose, missing_rows
from lrviz.data.dataset import Dataset
from lrviz.data.reading import read_table
from lrviz.data.table import BYTES_LIMIT, DELIMITERS, DataError, Table, is_missing, printable
from lrviz.live import internals
from lrviz.pages import tables

#: Where the session keeps what was last used, and what lives only while the dialog is open.
KEY, _OPEN = "own-data", "own-data-open"

_UPLOAD, _PASTE = "Upload a file", "Paste rows"
_LIMIT = BYTES_LIMIT // 1_000_000
_EXAMPLE = "width, height, kind\n4.1, 2.3, round\n1.7, 3.9, long"
_PREVIEW_ROWS = 5
#: Pixels: eight columns of numbers, and no wider than the eye takes in.
_WIDTH = 880
#: How many rows or columns a sentence names before it counts the rest.
_NAMED_ROWS, _NAMED_COLUMNS = 8, 4
_NAMES_OF_IDS = frozenset({"", "id", "index", "no", "no.", "nr", "row", "unnamed: 0", "#"})

Columns = tuple[str, str, str]  #: first feature, second feature, label


@dataclass(frozen=True, slots=True)
class Given:
    """What was brought: the way it came, what it is called, its bytes."""

    way: str
    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """Tells this content from any other."""
        return hashlib.sha256(self.content).hexdigest()[:16]


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A data set that was used, with all it takes to open the dialog on it again.

    Attributes
    ----------
    data : Dataset
    source : Given
        The file, or the pasted rows.
    columns : (str, str, str)
        First feature, second feature, label.
    one : str
        The label's value that is 1.
    drop : bool
        Whether rows with missing values were left out.
    """

    data: Dataset
    source: Given
    columns: Columns
    one: str
    drop: bool


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A table, the columns that could be features and those that could be the label.

    ``aside`` says which columns look like numbers and are not offered.
    """

    table: Table
    numeric: tuple[str, ...]
    two_valued: tuple[str, ...]
    aside: str = ""


@dataclass(slots=True, eq=False)
class _Open:
    """What is kept while the dialog is open, so that a choice does not read the file again."""

    turn: int = 0
    wish: str = ""
    upload: str = ""
    digest: str = ""
    reading: Reading | None = None
    columns: Columns | None = None
    gaps: tuple[int, ...] = ()
    made: dict[str | None, Dataset] = field(default_factory=dict)


def ask(use: Callable[[Dataset], None]) -> None:
    """Open the dialog.

    Parameters
    ----------
    use
        Called once, with the data set, when the visitor says so; the app reruns after it.
    """
    # Widgets of an earlier opening are other widgets: the browser remembers them by their key.
    turn: int = st.session_state.get("own-turn", 0) + 1
    st.session_state["own-turn"] = turn
    _forget()
    st.session_state[_OPEN] = _Open(turn)
    _dialog(use)


def resume(use: Callable[[Dataset], None], *, still: bool) -> None:
    """Open the dialog again where it was open as the page ran last.

    Where the page was left meanwhile, not ``still`` open, it stays closed.
    """
    if _OPEN not in st.session_state:
        return
    if still:
        _dialog(use)
    else:
        _forget()


def kept() -> Chosen | None:
    """What this session last used, if anything."""
    chosen: Chosen | None = st.session_state.get(KEY)
    return chosen


def _forget() -> None:
    """Let go of all that only the open dialog needs."""
    held: _Open | None = st.session_state.pop(_OPEN, None)
    if held and held.upload:
        internals.forget_upload(held.upload)


@st.dialog("Your own data", width=_WIDTH, on_dismiss=_forget)
def _dialog(use: Callable[[Dataset], None]) -> None:
    if _OPEN not in st.session_state:
        st.rerun()  # it was done with, and the run that was to close it has not come
    form(use)


def form(use: Callable[[Dataset], None]) -> None:
    """What the dialog shows."""
    held: _Open = st.session_state.setdefault(_OPEN, _Open())
    ready = None
    try:
        source = _source(held)
        if source is not None:
            ready = _chosen(held, source)
    except DataError as error:
        st.html(f'<p class="lv-own-wrong" role="alert">{escape(str(error))}</p>')
    with st.container(horizontal=True):
        _button(held, "Use this data", "use", type="primary", disabled=ready is None)
        _button(held, "Cancel", "cancel")
    if held.wish == "use" and ready is not None:
        st.session_state[KEY] = ready
        use(ready.data)
        _forget()
        st.rerun()
    if held.wish == "cancel":
        _forget()
        st.rerun()
    held.wish = ""


def _button(held: _Open, label: str, wish: str, **options: Any) -> None:
    """A button whose press is remembered until it is done: another run may end this one before."""
    st.button(label, key=f"own-{wish}", on_click=lambda: setattr(held, "wish", wish), **options)


# Where the data come from


def _source(held: _Open) -> Given | None:
    """Ask for a file or for rows; None while there is neither."""
    last = kept()
    before = last.source if last else None
    way = st.segmented_control(
        "How the data come",
        (_UPLOAD, _PASTE),
        default=before.way if before else _UPLOAD,
        required=True,
        key=f"own-way-{held.turn}",
        label_visibility="collapsed",
    )
    source = (_uploaded if way == _UPLOAD else _pasted)(held, before)
    _quiet("Your data stay in this session: they are not written to disk and are in no link.")
    return source


def _uploaded(held: _Open, before: Given | None) -> Given | None:
    # Any type may come: what is no CSV is told so, by the sentence that says what it is.
    file = st.file_uploader(
        f"A CSV file of up to {_LIMIT} MB: two columns of numbers and one with two values",
        max_upload_size=_LIMIT,
        key=f"own-file-{held.turn}",
    )
    if isinstance(file, UploadedFile):
        held.upload = file.file_id
        return Given(_UPLOAD, plain(file.name), file.getvalue())
    return before if before and before.way == _UPLOAD else None


def _pasted(held: _Open, before: Given | None) -> Given | None:
    same = before.content.decode() if before and before.way == _PASTE else ""
    text = st.text_area(
        "Rows, with the columns’ names first",
        same,
        height=150,
        placeholder=_EXAMPLE,
        key=f"own-text-{held.turn}",
    )
    # A field hands its text over when it is left; without this there is nowhere to go.
    st.button("Read", key="own-read")
    if not text or not text.strip():
        return None
    # Bytes on purpose: the reader takes a str of one line for a path.
    return Given(_PASTE, "your data", text.encode())


# Which columns


def _chosen(held: _Open, source: Given) -> Chosen | None:
    """Ask for columns, for what is 1, and for leave to drop rows; None until all is settled.

    Raises
    ------
    DataError
        The file, or a choice, cannot be used.
    """
    reading = _read(held, source)
    _overview(source, reading.table)
    if reading.aside:
        _quiet(reading.aside)
    last = kept()
    same = last if last and last.source.digest == source.digest else None
    asked = same.columns if same else defaults(reading)
    four = st.columns(4)
    key = f"own-{held.turn}-{source.digest}"
    first, second, label = asked
    columns = (
        four[0].selectbox(
            "First feature", **_options(reading, reading.numeric, first), key=f"{key}-first"
        ),
        four[1].selectbox(
            "Second feature", **_options(reading, reading.numeric, second), key=f"{key}-second"
        ),
        four[2].selectbox(
            "Label", **_options(reading, reading.two_valued, label), key=f"{key}-label"
        ),
    )
    usual = _made(held, reading.table, columns, None)
    key = f"{key}-{'-'.join(str(reading.table.columns.index(name)) for name in columns)}"
    again = same if same and same.columns == columns else None
    written = titles(usual.label_names, "value")
    counts = dict(zip(usual.label_names, _counts(usual), strict=True))
    one = four[3].selectbox(
        "Which value is 1",
        usual.label_names,
        index=usual.label_names.index(again.one) if again else 1,
        format_func=lambda name: f"{written[name]} ({_rows(counts[name])})",
        key=f"{key}-one",
    )
    data = _made(held, reading.table, columns, one)
    _about(data, reading.table)
    drop = _asked_to_drop(
        reading.table, columns, held.gaps, again is not None and again.drop, f"{key}-drop"
    )
    return Chosen(data, source, columns, one, drop) if drop or not held.gaps else None


def _read(held: _Open, source: Given) -> Reading:
    if held.reading is None or held.digest != source.digest:
        held.reading, held.columns = None, None
        held.made.clear()
        table = replace(read_table(source.content), name=source.name)
        held.digest = source.digest
        reading = Reading(table, table.numeric(), table.two_valued())
        held.reading = replace(reading, aside=passed_over(reading))
    return held.reading


def _made(held: _Open, table: Table, columns: Columns, one: str | None) -> Dataset:
    """The data set of these columns without its gaps, made once.

    Raises
    ------
    DataError
        There is none.
    """
    if held.columns != columns:
        held.made.clear()
        held.columns, held.gaps = None, ()
        held.gaps = missing_rows(table, *columns)
        held.columns = columns
    if one not in held.made:
        try:
            held.made[one] = choose(table, *columns, drop_missing=True, one=one)
        except DataError as error:
            if not held.gaps:
                raise
            said = str(error)
            many = f"{len(held.gaps)} rows that have" if len(held.gaps) > 1 else "row that has"
            raise DataError(
                f"Without the {many} missing values, {said[0].lower()}{said[1:]}"
            ) from None
    return held.made[one]


def _options(reading: Reading, options: Sequence[str], asked: str) -> dict[str, Any]:
    """What a select of columns is given."""
    return {
        "options": options,
        "index": options.index(asked),
        "format_func": titles(reading.table.columns).__getitem__,
    }


def defaults(reading: Reading) -> Columns:
    """The columns that are chosen to begin with.

    The label is the last column if that has two values, else the first that has. The features
    are the first two other columns of numbers; those that only count the rows come last.

    Raises
    ------
    DataError
        There are no two features and a label.
    """
    table = reading.table
    last = table.columns[-1]
    for label in sorted(reading.two_valued, key=lambda name: name != last):
        numbers = [name for name in reading.numeric if name != label]
        if len(numbers) > 1:
            best = sorted(numbers, key=lambda name: _counts_rows(table, name))[:2]
            first, second = (name for name in numbers if name in best)
            return first, second, label
    raise DataError(why_not(reading))


def _counts_rows(table: Table, name: str) -> bool:
    """Whether a column seems to number the rows."""
    nameless = name == f"column {table.columns.index(name) + 1}"
    if name.casefold() in _NAMES_OF_IDS:
        return True
    cells = table.column(name)
    if cells[0] not in ("0", "1"):
        return False
    start = int(cells[0])
    counting = all(cell == str(start + i) for i, cell in enumerate(cells))
    return counting and (nameless or name == table.columns[0])


# What is said


def why_not(reading: Reading) -> str:
    """Why a table has no two features and a label."""
    table = reading.table
    if len(table.columns) < 3:
        there = "is only one" if len(table.columns) == 1 else "are only two"
        names = _joined([_quoted(name) for name in table.columns], "and")
        return f"Three columns are needed, two of numbers and a label, but there {there}: {names}."
    if not reading.two_valued:
        found = [(name, _values(table.column(name))) for name in table.columns]
        # What has few values was most likely meant.
        found.sort(key=lambda item: (item[1] < 2, item[1]))
        said = [f"{_quoted(name)} has {count}" for name, count in found]
        said[0] += f" different value{'' if found[0][1] == 1 else 's'}"
        return f"A label needs exactly two values, and no column has two: {_cut(said)}."
    if len(reading.numeric) < 2:
        others = [name for name in table.columns if name not in reading.numeric]
        there = f"only {_quoted(reading.numeric[0])} is one" if reading.numeric else "none is one"
        reasons = _cut([_no_number(table, name) for name in others])
        return f"Two columns of numbers are needed, and {there}: {reasons}."
    label = reading.two_valued[0]
    left = next(name for name in reading.numeric if name != label)
    others = [name for name in table.columns if name not in reading.numeric and name != label]
    reasons = f": {_cut([_no_number(table, name) for name in others])}" if others else ""
    return (
        f"With {_quoted(label)} as the label, {_quoted(left)} is the only feature left, "
        f"and two are needed{reasons}."
    )


def passed_over(reading: Reading) -> str:
    """Columns that look like numbers for the most part and are not offered, and why; or ''."""
    table, found = reading.table, []
    for name in table.columns:
        cells = [cell for cell in table.column(name) if not is_missing(cell, number=True)]
        numbers = sum(map(_is_float, cells))
        offered = name in reading.numeric or name in reading.two_valued
        if not offered and 2 * numbers > len(cells):
            found.append(_no_number(table, name))
    return f"Not offered as features: {_cut(found)}." if found else ""


def _values(cells: Sequence[str]) -> int:
    """How many different values there are; 1 and 1.0 are one."""
    present = {cell for cell in cells if not is_missing(cell)}
    try:
        return len({float(cell) for cell in present})
    except ValueError:
        return len(present)


def _no_number(table: Table, name: str) -> str:
    """Why a column is none of numbers that differ."""
    for number, cell in zip(table.numbers, table.column(name), strict=True):
        if not is_missing(cell, number=True) and not _is_float(cell):
            return f"{_quoted(name)} has {_quoted(cell)} in row {number}"
    present = {cell for cell in table.column(name) if not is_missing(cell, number=True)}
    if not present:
        return f"{_quoted(name)} is empty"
    if len(present) == 1:
        return f"{_quoted(name)} is the same in every row"
    return f"{_quoted(name)} is not all numbers"


def _is_float(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _overview(source: Given, table: Table) -> None:
    name = f"{source.name}: " if source.way == _UPLOAD else ""
    width = len(table.columns)
    split = f", separated by {DELIMITERS[table.delimiter]}s" if width > 1 else ""
    read = f"{name}{_rows(len(table.rows))}, {width} column{'' if width == 1 else 's'}{split}."
    _quiet(" ".join((read, *table.notes)), status=True)
    shown = [
        (str(number), *map(plain, cells))
        for number, cells in zip(table.numbers, table.rows[:_PREVIEW_ROWS], strict=False)
    ]
    head = ("Row", *map(plain, table.columns))
    body = tables.table("First rows", head, shown)
    # A wide table scrolls in its own frame, and a keyboard must be able to get there.
    st.html(
        '<div class="lv-own-rows" role="region" aria-label="First rows of your data" '
        f'tabindex="0">{body}</div>'
    )


def _about(data: Dataset, table: Table) -> None:
    zero, one = map(_quoted, data.label_names)
    none, some = _counts(data)
    notes = [note for note in data.notes[len(table.notes) :] if "left out" not in note]
    said = f"{one} is 1, in {_rows(some)}; {zero} is 0, in {_rows(none)}."
    _quiet(" ".join((said, *notes)))


def _asked_to_drop(
    table: Table, columns: Columns, gaps: Sequence[int], before: bool, key: str
) -> bool:
    """Name the rows with gaps, if any, and ask whether to leave them out."""
    if not gaps:
        return False
    st.html(f'<p class="lv-own-gaps">{escape(gaps_sentence(table, columns, gaps))}</p>')
    what = "this row" if len(gaps) == 1 else f"these {len(gaps)} rows"
    return st.checkbox(f"Leave {what} out", before, key=key)


def gaps_sentence(table: Table, columns: Columns, gaps: Sequence[int]) -> str:
    """Which rows have no value in which of the chosen columns, and what follows."""
    empty = [
        _quoted(name)
        for i, name in enumerate(columns)
        if any(is_missing(cell, number=i < 2) for cell in table.column(name))
    ]
    where = _joined(empty, "or")
    numbers = [str(number) for number in gaps[:_NAMED_ROWS]]
    if len(gaps) > _NAMED_ROWS:
        numbers.append(f"{len(gaps) - _NAMED_ROWS} more")
    one = len(gaps) == 1
    return (
        f"{'Row' if one else 'Rows'} {_joined(numbers, 'and')} {'has' if one else 'have'} no value "
        f"for {where}: {len(gaps)} of {_rows(len(table.rows))}. The data can be used once "
        f"{'it is' if one else 'they are'} left out."
    )


def titles(names: Sequence[str], what: str = "column") -> dict[str, str]:
    """How each of these is written in a select, no two alike."""
    shown = [plain(name) for name in names]
    # A select tells its options apart by what is written on them.
    return {
        name: text if shown.count(text) == 1 else f"{text} ({what} {i + 1})"
        for i, (name, text) in enumerate(zip(names, shown, strict=True))
    }


def plain(text: str, longest: int = 40) -> str:
    """Text from a visitor on one line, not too long, with nothing in it that cannot be seen."""
    line = printable(text)
    return f"{line[:longest]}…" if len(line) > longest else line


def _quoted(text: str) -> str:
    return f"“{plain(text)}”"


def _quiet(text: str, *, status: bool = False) -> None:
    role = ' role="status"' if status else ""
    st.html(f'<p class="lv-own-quiet"{role}>{escape(text)}</p>')


def _counts(data: Dataset) -> tuple[int, int]:
    ones = int(data.y.sum())
    return len(data) - ones, ones


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def _joined(parts: Sequence[str], word: str) -> str:
    *rest, last = parts
    return f"{', '.join(rest)} {word} {last}" if rest else last


def _cut(parts: Sequence[str]) -> str:
    """The first few of a list, and how many more there are."""
    more = len(parts) - _NAMED_COLUMNS
    if more <= 0:
        return _joined(parts, "and")
    also = f"{more} more column{'' if more == 1 else 's'} will not do either"
    return f"{', '.join(parts[:_NAMED_COLUMNS])}; {also}"
