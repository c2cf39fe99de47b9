"""One table of fields, which both reads and writes the query string.

`decode` never raises: a field that cannot be read keeps its default and is named in the
returned notice. `encode` leaves out what stands at its default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

from lrviz import hiding
from lrviz.core.graph import LOSSES, VIEWS
from lrviz.core.symbols import superscript
from lrviz.data.built_in import DATASETS
from lrviz.training.model import PLANES
from lrviz.training.newton import FIRST_RATE
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.run import BATCH_SIZE

State = dict[str, Any]

#: Longest text of a value that is looked at, unless the field says otherwise.
LONGEST = 400
#: Names listed in a notice before it says "and others".
NAMED = 5

# ASCII only, no underscores, no words: stricter than float().
_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?", re.ASCII)
_WORD = re.compile(r"[a-z0-9]{1,20}(-[a-z0-9]{1,20})?", re.ASCII)


class BadValueError(ValueError):
    """A value that a field does not take."""


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(_text(item) for item in value)
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    return str(value)


def said(value: float) -> str:
    """A limit as a sentence says it: −5, 999,999, 10⁻⁶."""
    sign, size = "−" * (value < 0), abs(value)
    if 0 < size < 1e-4:
        digits, _, power = f"{size:e}".partition("e")
        raised = f"10{superscript(str(int(power)))}"
        return sign + (raised if float(digits) == 1 else f"{float(digits):g}·{raised}")
    return sign + (f"{size:,.0f}" if size == int(size) else f"{size:g}")


def listed(options: Sequence[Any], last: str) -> str:
    """Some words with commas, and ``last`` before the last of them."""
    *some, end = map(str, options)
    return f"{', '.join(some)} {last} {end}" if some else end


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one page's state.

    Attributes
    ----------
    name : str
        Its key in the state.
    default : Any
        The value when it is absent.
    read : callable
        Text to value; raises `BadValueError`.
    check : callable
        Any value (from the browser, say) to a valid one; raises `BadValueError`.
    may : str
        What it may be, as a notice says it after its name: ``goes from −5 to 5``.
    write : callable
        A valid value to the text that ``read`` takes.
    longest : int
        Longest text that is looked at.
    key : str
        Its key in the query string, where that is not its name.
    only : (str, value) or None
        Another field, and the value at which alone this one is written into a link.
    apart : (tuple of str, value) or None
        Other fields, and this one's default wherever one of them is not at its own.
    about : mapping
        What `read` takes, for a reader that is not in Python; see `spec`.
    """

    name: str
    default: Any
    read: Callable[[str], Any]
    check: Callable[[Any], Any]
    may: str
    write: Callable[[Any], str] = _text
    longest: int = LONGEST
    only: tuple[str, Any] | None = None
    key: str = ""
    apart: tuple[tuple[str, ...], Any] | None = None
    about: Mapping[str, Any] | None = None

    @property
    def written(self) -> str:
        """Its key in the query string."""
        return self.key or self.name


def real(
    name: str,
    low: float,
    high: float,
    default: float | None,
    *,
    least: float = 0.0,
    apart: tuple[tuple[str, ...], Any] | None = None,
) -> Field:
    """A finite number from ``low`` to ``high`` that is 0 or at least ``least`` in size.

    None, when it is the default, is absence.
    """

    def check(value: Any) -> float | None:
        if value is None and default is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadValueError(name)
        # Compared before it is a float: an integer may be too long to be one.
        if not low <= value <= high or 0 < abs(value) < least:
            raise BadValueError(name)
        number = float(value)
        return number + 0.0  # -0.0 becomes 0.0

    may = f"goes from {said(low)} to {said(high)}"
    if 0 <= low < least:
        may = f"is 0 or goes from {said(least)} to {said(high)}"

    def read(text: str) -> float | None:
        if not _NUMBER.fullmatch(text):
            raise BadValueError(name)
        return check(float(text))

    about = {"kind": "real", "low": low, "high": high, "least": least}
    return Field(name, default, read, check, may, apart=apart, about=about)


def whole(
    name: str,
    low: int,
    high: int,
    default: int | None,
    *,
    last: str = "",
    apart: tuple[tuple[str, ...], Any] | None = None,
) -> Field:
    """An integer from ``low`` to ``high``; None, when it is the default, is absence.

    ``last`` says where it ends, when that depends on the rest of the state.
    """

    def check(value: Any) -> int | None:
        if value is None and default is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadValueError(name)
        if not low <= value <= high or value != int(value):
            raise BadValueError(name)
        return int(value)

    def read(text: str) -> int | None:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
            raise BadValueError(name)
        return check(int(text))

    may = f"is a whole number from {said(low)} to {last or said(high)}"
    return Field(
        name,
        default,
        read,
        check,
        may,
        apart=apart,
        about={"kind": "whole", "low": low, "high": high},
    )


def one_of(name: str, options: Sequence[Any], default: Any) -> Field:
    """One of some words or numbers; None, when it is the default, is absence."""
    by_text = {str(option): option for option in options}

    def check(value: Any) -> Any:
        if value is None and default is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or str(value) not in by_text:
            raise BadValueError(name)
        return by_text[str(value)]

    return Field(
        name,
        default,
        check,
        check,
        f"is {listed(options, 'or')}",
        about={"kind": "one", "options": list(options)},
    )


def word(name: str, may: str) -> Field:
    """A node ``z``, an edge ``w1-z`` or a card; None is absence. The page says what exists."""

    def check(value: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str) or not _WORD.fullmatch(value.lower()):
            raise BadValueError(name)
        return value

    return Field(name, None, check, check, may, about={"kind": "word"})


def words(name: str, options: Sequence[str]) -> Field:
    """A comma-separated subset of some words, as a tuple in the order of the table."""

    def check(value: Any) -> tuple[str, ...]:
        given = value.split(",") if isinstance(value, str) else value
        if not isinstance(given, list | tuple):
            raise BadValueError(name)
        if any(item not in options for item in given):
            raise BadValueError(name)
        return tuple(option for option in options if option in given)

    may = f"names parts of the page with commas between them: {listed(options, 'and')}"
    return Field(name, (), check, check, may, about={"kind": "words", "options": list(options)})


def numbers(name: str, count: int, low: float, high: float, default: tuple[float, ...]) -> Field:
    """So many finite numbers from ``low`` to ``high``, comma-separated, as a tuple."""
    one = real(name, low, high, 0.0)

    def check(value: Any) -> tuple[float, ...]:
        if not isinstance(value, list | tuple) or len(value) != count:
            raise BadValueError(name)
        return tuple(one.check(item) for item in value)

    def read(text: str) -> tuple[float, ...]:
        return check([one.read(part) for part in text.split(",")])

    about = {"kind": "numbers", "count": count, "each": one.about}
    may = f"is {count} numbers from {said(low)} to {said(high)} with commas between them"
    return Field(name, default, read, check, may, about=about)


def rows(
    name: str,
    most: int,
    columns: Sequence[Field],
    *,
    only: tuple[str, Any] | None = None,
    key: str = "",
) -> Field:
    """Up to ``most`` rows of values, each column a field; "_" parts values and "~" rows.

    Both marks stand in a link as they are, so that sixty points stay short.
    """

    def check(value: Any) -> tuple[tuple[Any, ...], ...]:
        if not isinstance(value, list | tuple) or len(value) > most:
            raise BadValueError(name)
        out = []
        for row in value:
            if not isinstance(row, list | tuple) or len(row) != len(columns):
                raise BadValueError(name)
            out.append(tuple(one.check(item) for one, item in zip(columns, row, strict=True)))
        return tuple(out)

    def read(text: str) -> tuple[tuple[Any, ...], ...]:
        split = [row.split("_") for row in text.split("~")]
        if any(len(row) != len(columns) for row in split):
            raise BadValueError(name)
        return check(
            [[one.read(part) for one, part in zip(columns, row, strict=True)] for row in split]
        )

    def write(value: tuple[tuple[Any, ...], ...]) -> str:
        return "~".join("_".join(_text(item) for item in row) for row in value)

    about = {"kind": "rows", "most": most, "columns": [one.about for one in columns]}
    may = f"holds at most {most} of them, written as Copy link writes them"
    longest = most * 32 * len(columns)
    return Field(
        name, (), read, check, may, write, longest=longest, only=only, key=key, about=about
    )


#: Parts of the Graph page that a link may leave out.
HIDEABLE = tuple(hiding.GRAPH)

_SLIDERS = (("x1", 1.5), ("x2", 2.0), ("w1", 0.5), ("w2", -0.25), ("b", 0.17))
#: Range and step of the five inputs.
LOW, HIGH, STEP = -5.0, 5.0, 0.01

#: The smallest nudge: below it a parameter near 5 would not change at all.
NUDGE_LOW = 1e-15
#: Learning rates that are offered for one step on the Graph page.
STEP_RATES = (0.1, 0.5, 1, 5)

GRAPH: tuple[Field, ...] = (
    *(real(name, LOW, HIGH, default) for name, default in _SLIDERS),
    one_of("y", (0, 1), 1),
    one_of("view", VIEWS, "features"),
    one_of("of", ("w1", "w2", "b"), "w1"),
    one_of("part", ("goal", "strategy", "1", "2", "3", "4", "5", "sigmoid", "result"), "strategy"),
    word("at", "is a node of the view, such as z, or an edge of it, such as z-a"),
    whole("stage", 0, 99, None, last="the last stage of the view"),
    whole("line", 0, 99, 0, last="the last line of the part"),
    one_of("loss", LOSSES, "log"),
    real("nudge", NUDGE_LOW, 1.0, None),
    one_of("lr", STEP_RATES, 1),
    words("hide", HIDEABLE),
    word("guide", "is the name of a card of this page's guide"),
)

#: A visitor's own data: hand-placed points, which the link carries, and a file, which it does not.
OWN, FILE = "own", "file"
#: Most hand-placed points, how far out they may lie, and how near to an axis that they are not on.
POINTS_LIMIT, POINTS_HIGH, POINTS_LEAST = 60, 100.0, 1e-100
#: Most runs beside the one that the controls set.
COMPARISONS_LIMIT = 2
#: Limits of a run on the page; `lrviz.train` itself takes more steps.
RATE_LOW, RATE_HIGH, STEPS_HIGH, START_HIGH = 1e-4, 1e3, 2000, 100.0
#: Weight decay: 0, or from the least that Newton still finds a minimum for.
DECAY_LOW, DECAY_HIGH = 1e-6, 10.0
#: The probability from which on an example counts as class 1.
THRESHOLD_LOW, THRESHOLD_HIGH, THRESHOLD = 0.01, 0.99, 0.5
#: Parts of the Training page that a link may leave out.
TRAINING_HIDEABLE = tuple(hiding.TRAINING)

#: The run that a link without fields opens: a zig-zag. With any other data, the rate and the
#: steps that it does not name are ordinary ones, so that a link says what it always said; and so
#: is the rate under any other rule, for which that of the zig-zag is far too large.
OPENING: Mapping[str, Any] = {"data": "twins", "lr": 5.2, "steps": 60}
ELSEWHERE: Mapping[str, Any] = {"lr": FIRST_RATE, "steps": 200}

#: What sets one run apart from another on the same data: the arguments of `lrviz.train`.
RUN: tuple[Field, ...] = (
    one_of("opt", tuple(OPTIMIZERS), "gd"),
    real("lr", RATE_LOW, RATE_HIGH, OPENING["lr"], apart=(("data", "opt"), ELSEWHERE["lr"])),
    real("momentum", 0.0, 0.999, 0.9),
    whole("batch", 1, 1000, BATCH_SIZE),
    whole("seed", 0, 999_999, 0),
)
_START = tuple(real(name, -START_HIGH, START_HIGH, 0.0) for name in ("w1", "w2", "b"))

TRAINING: tuple[Field, ...] = (
    one_of("data", (*DATASETS, OWN, FILE), OPENING["data"]),
    one_of("scale", ("standard", "raw"), "standard"),
    *RUN,
    real("l2", 0.0, DECAY_HIGH, 0.0, least=DECAY_LOW),
    whole("steps", 1, STEPS_HIGH, OPENING["steps"], apart=(("data",), ELSEWHERE["steps"])),
    numbers("start", 3, -START_HIGH, START_HIGH, (0.0, 0.0, 0.0)),
    one_of("plane", tuple(PLANES), "w1w2"),
    one_of("surface", ("contour", "3d"), "contour"),
    # The lecture view has surface, loss curve and player alone.
    one_of("layout", ("page", "lecture"), "page"),
    whole("step", 0, STEPS_HIGH, 0),
    real("threshold", THRESHOLD_LOW, THRESHOLD_HIGH, THRESHOLD),
    whole("example", 0, 999_999, 0),
    rows(
        "points",
        POINTS_LIMIT,
        (
            real("x1", -POINTS_HIGH, POINTS_HIGH, 0.0, least=POINTS_LEAST),
            real("x2", -POINTS_HIGH, POINTS_HIGH, 0.0, least=POINTS_LEAST),
            whole("y", 0, 1, 0),
        ),
        # A copy of a file's rows stays out of the link as long as they are not what is shown.
        only=("data", OWN),
    ),
    rows("comparisons", COMPARISONS_LIMIT, (*RUN, *_START), key="versus"),
    words("hide", TRAINING_HIDEABLE),
    word("guide", "is the name of a card of this page's guide"),
)

#: Parts of the Practice page that a link may leave out.
PRACTICE_HIDEABLE = tuple(hiding.PRACTICE)
#: Ranges: seeds, levels, and the number of a problem.
PRACTICE_SEED, PRACTICE_LEVELS, PRACTICE_N = 999_999, (1, 2, 3), 999

PRACTICE: tuple[Field, ...] = (
    whole("seed", 0, PRACTICE_SEED, 1),
    one_of("level", PRACTICE_LEVELS, 1),
    whole("n", 1, PRACTICE_N, 1),
    words("hide", PRACTICE_HIDEABLE),
)


def defaults(fields: Sequence[Field], beside: Mapping[str, Any] | None = None) -> State:
    """Every field at its default: that of a page, or that beside some fields that are given."""
    own = {field.name: field.default for field in fields}
    there = own | dict(beside or {})
    for field in fields:
        if field.apart and any(there[name] != own[name] for name in field.apart[0]):
            own[field.name] = field.apart[1]
    return own


def followed(fields: Sequence[Field], state: State, **given: Any) -> State:
    """``state`` with what is given; what stood at its default beside the old stands so again."""
    after = state | given
    old, new = defaults(fields, state), defaults(fields, after)
    moved = {name for name in new if old[name] != new[name] and state[name] == old[name]}
    return after | {name: new[name] for name in moved - set(given)}


def spec(fields: Sequence[Field]) -> list[dict[str, Any]]:
    """The table for a reader in the browser, where a page stands before Python is there."""
    return [
        {
            "name": one.name,
            "key": one.written,
            "default": one.default,
            "longest": one.longest,
            "only": one.only,
            "apart": one.apart,
            "may": one.may,
            **(one.about or {}),
        }
        for one in fields
    ]


def decode(
    fields: Sequence[Field],
    query: Mapping[str, Sequence[str]],
    valid: Callable[[State], Sequence[str]] = lambda _: (),
) -> tuple[State, list[str]]:
    """The state that a query string describes, and the names that could not be read.

    Parameters
    ----------
    fields
        The page's table.
    query : mapping of str to the list of its values
        As a browser sent it.
    valid : callable
        Names the fields whose values do not go together (a node of another view, say);
        they too go back to their defaults.
    """
    given: State = {}
    bad: list[str] = []
    written = {field.written: field for field in fields}
    named = {field.name: field for field in fields}
    for name, texts in query.items():
        field = written.get(name)
        if field is None or len(texts) != 1 or len(texts[0]) > field.longest:
            bad.append(name)
            continue
        try:
            given[field.name] = field.read(texts[0])
        except BadValueError:
            bad.append(name)
    for name in valid(defaults(fields, given) | given):
        given.pop(name, None)
        bad.append(named[name].written)
    return defaults(fields, given) | given, bad


def accept(fields: Sequence[Field], base: State, given: Mapping[str, Any]) -> State:
    """``base`` with what the browser sent, field by field; what does not fit is ignored."""
    state = dict(base)
    for field in fields:
        if field.name in given:
            try:
                state[field.name] = field.check(given[field.name])
            except BadValueError:
                continue
    return state


@cache
def all_keys() -> frozenset[str]:
    """The key of every field of every page: of all the tables of this module."""
    tables = [table for table in globals().values() if isinstance(table, tuple)]
    return frozenset(one.written for table in tables for one in table if isinstance(one, Field))


def shortened(query: str, characters: int, fields: int) -> str:
    """A query string that is not too long: of fields that no page has, a few are enough to say so.

    Parameters
    ----------
    query : str
        As it stands in a link, without the question mark.
    characters, fields : int
        How long it may be, and how many fields it may have.
    """
    if len(query) <= characters and query.count("&") < fields:
        return query
    known: list[str] = []
    unknown: list[str] = []
    # What is cut off may be half a field.
    for part in query[:characters].split("&")[: -1 if len(query) > characters else None]:
        here = unquote_plus(part.partition("=")[0]) in all_keys()
        (known if here else unknown).append(part)
    # One more than a notice names, so that it says "and others".
    few = [*unknown[: NAMED + 1], "…"] if len(query) > characters else unknown[: NAMED + 1]
    return "&".join([*known[: fields - len(few)], *few])


def encode(fields: Sequence[Field], state: Mapping[str, Any]) -> dict[str, str]:
    """The shortest query that `decode` reads back to the same state."""
    out = {}
    rest = defaults(fields, state)
    for field in fields:
        value = state[field.name]
        if value == rest[field.name] or (field.only and state[field.only[0]] != field.only[1]):
            continue
        out[field.written] = field.write(value)
    return out


def notice(bad: Sequence[str], fields: Sequence[Field] = ()) -> str:
    """One sentence that names the fields of a link that could not be read, or ''.

    Where the page's table is given, it also says what each of them may be.
    """
    if not bad:
        return ""
    may = {field.written: field.may for field in fields}
    what, names = [], list(dict.fromkeys(bad))
    for name in names[:NAMED]:
        shown = re.sub(r"[^\w.-]", "?", name)[:20] or "?"
        unknown = "is no field of this page"
        what.append(f"{shown}, which {may.get(name, unknown)}" if fields else shown)
    text = ("; " if fields else ", ").join(what) + (" and others" if len(names) > NAMED else "")
    # The sentence is Markdown, to which two underscores are bold.
    text = text.replace("_", r"\_")
    if len(names) > 1:
        return f"These fields of the link could not be read and were left out: {text}."
    return f"This field of the link could not be read and was left out: {text}."
