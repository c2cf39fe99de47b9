"""A worksheet for paper: one HTML file that loads nothing, with the key on a page of its own."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files

from lrviz.core.expression import plain, symbol
from lrviz.practice.judge import key_said
from lrviz.practice.making import problem
from lrviz.practice.picture import picture
from lrviz.practice.problem import KINDS, SEED_HIGH, TASK, TOLERANCE, Problem
from lrviz.text.numbers import number
from lrviz.text.prose import Text

#: Most variants in one file.
VARIANTS = 10

_STYLE = """
:root {
  color-scheme: light; font: 11pt/1.45 "Source Sans 3", system-ui, sans-serif; color: #1b2430;
}
body { max-width: 178mm; margin: 8mm auto; padding: 0 6mm; }
h1 { font-size: 15pt; margin: 0 0 2mm; }
h2 { font-size: 11.5pt; margin: 0 0 1mm; }
section { break-after: page; }
section:last-child { break-after: auto; }
.who { display: flex; gap: 8mm; margin: 8mm 0 6mm; }
.who span { flex: 1; border-top: 1px solid #5b6675; font-size: 9pt; }
article { break-inside: avoid; margin-bottom: 6mm; }
article p { margin: 0 0 2mm; }
.room { min-height: 26mm; border: 1px solid #c3cbd6; border-radius: 2mm; }
.beside { display: grid; grid-template-columns: 96mm 1fr; gap: 5mm; }
.lv-task-tall { display: none; }
.lv-task-wide { display: block; }
.lines { list-style: none; padding: 0; margin: 0 0 2mm; }
.lines b { display: inline-block; width: 7mm; }
.order span { display: inline-block; width: 12mm; border-bottom: 1px solid #5b6675; margin: 0 2mm; }
table { border-collapse: collapse; margin: 0 0 2mm; }
th, td { padding: 1mm 5mm 1mm 0; text-align: left; border-bottom: 1px solid #c3cbd6; }
.key li { margin-bottom: 2mm; break-inside: avoid; }
.key small { color: #5b6675; font-size: 9.5pt; }
@page { size: A4; margin: 14mm; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
"""


def worksheet(seed: int, level: int, variants: int = 1) -> str:
    """The document.

    Parameters
    ----------
    seed : int
        Of the first variant; each further one takes the next seed, after the last one the first.
    level : {1, 2, 3}
    variants : int
        1 to `VARIANTS`.

    Raises
    ------
    ValueError
        The number of variants is outside its range, or there is no such seed or level.
    """
    if not 1 <= variants <= VARIANTS:
        raise ValueError(f"A file has 1 to {VARIANTS} variants, not {variants}.")
    seeds = [(seed + k) % (SEED_HIGH + 1) for k in range(variants)]
    sheets = [[problem(one, level, n) for n in range(1, TASK + 1)] for one in seeds]
    body = "".join(map(_sheet, sheets)) + "".join(map(_key, sheets))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Worksheet, seed {seed}, level {level} · lrviz</title>
<style>{_picture_style()}{_STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""


def _title(sheet: list[Problem]) -> str:
    return f"seed {sheet[0].seed}, level {sheet[0].level}"


def _sheet(sheet: list[Problem]) -> str:
    tasks = "".join(f"<article>{_task(n, one)}</article>" for n, one in enumerate(sheet, 1))
    return (
        f"<section><h1>Logistic regression by hand</h1><p>{_title(sheet)}. log is the natural "
        f"logarithm. A number counts as right within {TOLERANCE:.0%} of the exact one.</p>"
        f'<div class="who"><span>Name</span><span>Date</span></div>{tasks}</section>'
    )


def _task(n: int, one: Problem) -> str:
    out = f"<h2>{n}. {escape(KINDS[one.kind])}</h2><p>{_words(one.question)}</p>"
    if one.lines:
        rows = "".join(f"<li><b>{mark}</b>{escape(plain(line))}</li>" for mark, line in one.lines)
        out += f'<ul class="lines">{rows}</ul>'
        if one.kind == "order":
            out += "<ol>" + "".join(f"<li>{_words(note)}</li>" for note in one.notes) + "</ol>"
            return out + f'<p class="order">Order: {"<span></span>" * len(one.lines)}</p>'
        return out + '<p class="order">Line <span></span> because</p><div class="room"></div>'
    if one.rows:
        names = tuple(one.rows[0])
        head = "".join(f"<th>{plain(symbol(name))}</th>" for name in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{number(row[name])}</td>" for name in names) + "</tr>"
            for row in one.rows
        )
        out += f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    if not picture(one, "light"):
        return out + '<div class="room"></div>'
    return out + f'<div class="beside">{picture(one, "light")}<div class="room"></div></div>'


def _key(sheet: list[Problem]) -> str:
    rows = "".join(
        f"<li>{escape(key_said(one))}<br><small>{_why(one)}</small></li>" for one in sheet
    )
    return f'<section class="key"><h1>Key: {_title(sheet)}</h1><ol>{rows}</ol></section>'


def _why(one: Problem) -> str:
    if one.kind == "mean":
        return escape(one.rule.plain)
    if one.formula is not None:
        return escape(f"{plain(one.formula)}. {one.rule.plain}")
    if one.kind == "wrong":
        return escape(f"Its rule is: {one.notes[int(str(one.key)) - 1].plain}")
    return ""


def _words(text: Text) -> str:
    return escape(text.plain)


@cache
def _picture_style() -> str:
    return (files("lrviz") / "live" / "practice.css").read_text(encoding="utf-8")
