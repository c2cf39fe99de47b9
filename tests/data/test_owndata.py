"""The dialog for a visitor's own data, short of a browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lrviz.data.choosing import missing_rows
from lrviz.data.reading import read_table
from lrviz.data.table import BYTES_LIMIT, DataError
from lrviz.pages.owndata import Reading, defaults, gaps_sentence, passed_over, plain, titles

ROOT = Path(__file__).parent.parent.parent


def reading(text: str) -> Reading:
    table = read_table(text.encode())
    return Reading(table, table.numeric(), table.two_valued())


# Columns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b,c\n1,2,x\n2,3,y\n", ("a", "b", "c")),
        ("c,a,b\nx,1,2\ny,2,3\ny,3,4\n", ("a", "b", "c")),
        # Of two labels the last column, else the first.
        ("a,b,sex,year\n1,2,f,7\n2,3,m,8\n3,4,m,8\n", ("a", "b", "year")),
        ("a,sex,tame,b\n1,f,n,2\n2,m,n,4\n3,m,y,9\n", ("a", "b", "sex")),
        # A column that counts the rows is a feature only where there is no other.
        ("id,a,b,c\n7,1,2,x\n9,5,3,y\n8,3,4,y\n", ("a", "b", "c")),
        (",a,b,c\n1,1.5,2,x\n2,2.5,3,y\n3,3.5,4,y\n", ("a", "b", "c")),
        ("case,a,b,c\n1,1.5,2,x\n2,2.5,3,y\n3,3.5,4,y\n", ("a", "b", "c")),
        ("id,b,c\n1,2,x\n2,3,y\n", ("id", "b", "c")),
        ("day,a,c\n1,2,x\n2,3,y\n", ("day", "a", "c")),
        # All is numbers, as in a truth table.
        ("p,q,r\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n", ("p", "q", "r")),
        # The last column could be the label, but it is needed as a feature.
        ("c,b,a\nx,1,2\ny,3,2\ny,5,4\n", ("b", "a", "c")),
    ],
)
def test_the_columns_to_begin_with(text, expected):
    assert defaults(reading(text)) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "a,b,species\n1,2,x\n2,3,y\n4,5,z\n",
            "A label needs exactly two values, and no column has two: “a” has 3 different values, "
            "“b” has 3 and “species” has 3.",
        ),
        (
            # 1 and 1.0 are one value; what has few was most likely meant.
            "a,b,c\n1,2,x\n2.0,3,x\n2,4,x\n1.0,5,x\n3,6,x\n",
            "A label needs exactly two values, and no column has two: “a” has 3 different values, "
            "“b” has 5 and “c” has 1.",
        ),
        (
            "a,b,c,d,e,f\nq,1,1,1,1,1\nr,2,2,2,2,2\ns,3,3,3,3,3\n",
            "A label needs exactly two values, and no column has two: “a” has 3 different values, "
            "“b” has 3, “c” has 3, “d” has 3; 2 more columns will not do either.",
        ),
        (
            "a,name,k,e,c\n1,Bo,5,,x\n2,Al,5,?,y\n3,Cy,5,NA,y\n",
            "Two columns of numbers are needed, and only “a” is one: “name” has “Bo” in row 2, "
            "“k” is the same in every row, “e” is empty and “c” has “x” in row 2.",
        ),
        (
            "c,d,e\nx,u,1\ny,v,1\n",
            "Two columns of numbers are needed, and none is one: “c” has “x” in row 2, “d” has "
            "“u” in row 2 and “e” is the same in every row.",
        ),
        (
            "a,b,c\n1,2,x\n3,2,y\n4,1,z\n",
            "With “b” as the label, “a” is the only feature left, and two are needed: “c” has "
            "“x” in row 2.",
        ),
        (
            "age,dose,ill\n40,7,0\n50,7,1\n61,7,1\n",
            "With “ill” as the label, “age” is the only feature left, and two are needed: “dose” "
            "is the same in every row.",
        ),
        (
            "a,b,y\n1,2,0\n3,x,1\n5,6,1\n",
            "With “y” as the label, “a” is the only feature left, and two are needed: “b” has "
            "“x” in row 3.",
        ),
        (
            "a b c\n1 2 x\n",
            "Three columns are needed, two of numbers and a label, but there is only one: “a b c”.",
        ),
    ],
)
def test_what_is_said_of_a_table_that_will_not_do(text, sentence):
    with pytest.raises(DataError) as caught:
        defaults(reading(text))
    assert str(caught.value) == sentence


def test_a_column_that_is_numbers_but_for_a_cell_is_named():
    table = reading("id,age,dose,ill\n1,40,7,a\n2,abc,8,b\n3,50,9,b\n4,61,3,a\n")
    assert passed_over(table) == "Not offered as features: “age” has “abc” in row 3."
    assert passed_over(reading("a,b,name,y\n1,2,Bo,0\n3,4,Al,1\n5,6,Cy,1\n")) == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "a,b,c\n1,NA,x\n2,3,y\n",
            "Row 2 has no value for “b”: 1 of 2 rows. The data can be used once it is left out.",
        ),
        (
            "a,b,c\n1,NA,x\n?,2,x\n2,3,y\n4,5,null\n",
            "Rows 2, 3 and 5 have no value for “a”, “b” or “c”: 3 of 4 rows. The data can be used "
            "once they are left out.",
        ),
        (
            "a,b,c\n" + "1,,x\n" * 10 + "2,3,y\n",
            "Rows 2, 3, 4, 5, 6, 7, 8, 9 and 2 more have no value for “b”: 10 of 11 rows. The data "
            "can be used once they are left out.",
        ),
    ],
)
def test_rows_with_gaps_are_named(text, sentence):
    table = read_table(text.encode())
    columns = ("a", "b", "c")
    assert gaps_sentence(table, columns, missing_rows(table, *columns)) == sentence


def test_names_are_shown_on_one_line_and_told_apart():
    long = "n" * 60
    shown = titles([f"{long}1", f"{long}2", "a\nb", "a\u202eb", "plain"])
    assert len(set(shown.values())) == 5
    assert shown["plain"] == "plain"
    assert shown[f"{long}1"] == "n" * 40 + "… (column 1)"
    assert plain("a\nb") == plain("a\u202eb") == "a\ufffdb"


# The form


FORM = """
import streamlit as st
from lrviz.pages import owndata

owndata.form(st.session_state.setdefault("used", []).append)
"""


@pytest.fixture
def app() -> AppTest:
    at = AppTest.from_string(FORM, default_timeout=30).run()
    at.button_group[0].set_value("Paste rows").run()
    return at


def paste(at: AppTest, text: str) -> AppTest:
    return at.text_area[0].set_value(text).run()


def said(at: AppTest, kind: str) -> list[str]:
    return [one.proto.body for one in at.get("html") if f'class="lv-own-{kind}"' in one.proto.body]


def choice(at: AppTest, label: str):
    return next(box for box in at.selectbox if box.label == label)


def test_pasted_rows_are_read_and_used_once(app):
    paste(app, "width,height,kind\n1,2,b\n2,5,a\n3,4,b\n")
    assert "3 rows, 3 columns, separated by commas." in said(app, "quiet")[1]
    assert [box.value for box in app.selectbox] == ["width", "height", "kind", "b"]
    app.button(key="own-use").click().run()
    assert not app.exception
    (data,) = app.session_state["used"]
    assert data.X.tolist() == [[1, 2], [2, 5], [3, 4]]
    assert data.y.tolist() == [1, 0, 1]
    assert (data.feature_names, data.label_names) == (("width", "height"), ("a", "b"))


#: What the page does with the data is ended by another run, the first time.
ENDED = """
import streamlit as st
from lrviz.pages import owndata

def use(data):
    st.session_state.setdefault("used", []).append(data)
    if len(st.session_state["used"]) == 1:
        st.rerun()

owndata.form(use)
"""


def test_a_press_whose_run_was_ended_by_another_is_done_by_that():
    at = AppTest.from_string(ENDED, default_timeout=30).run()
    at.button_group[0].set_value("Paste rows").run()
    paste(at, "width,height,kind\n1,2,b\n2,5,a\n3,4,b\n")
    at.button(key="own-use").click().run()
    assert [data.y.tolist() for data in at.session_state["used"]] == 2 * [[1, 0, 1]]
    # Then it is done with.
    at.run()
    assert len(at.session_state["used"]) == 2
    assert not at.exception


def test_which_value_is_1_can_be_turned_round(app):
    paste(app, "x,y,kind\n1,2,b\n2,5,a\n3,4,b\n")
    assert choice(app, "Which value is 1").options == ["a (1 row)", "b (2 rows)"]
    assert "“b” is 1, in 2 rows; “a” is 0, in 1 row." in said(app, "quiet")[2]
    choice(app, "Which value is 1").set_value("a").run()
    assert "“a” is 1, in 1 row; “b” is 0, in 2 rows." in said(app, "quiet")[2]
    app.button(key="own-use").click().run()
    assert app.session_state["used"][0].y.tolist() == [0, 1, 0]


def test_rows_with_gaps_wait_for_the_visitors_word(app):
    paste(app, "x,y,kind\n1,2,b\n2,NA,a\n3,4,a\n,4,a\n")
    (sentence,) = said(app, "gaps")
    assert "Rows 3 and 5 have no value for “x” or “y”: 2 of 4 rows." in sentence
    assert app.button(key="own-use").disabled
    (box,) = app.checkbox
    assert box.label == "Leave these 2 rows out"
    assert not box.value
    box.check().run()
    app.button(key="own-use").click().run()
    assert app.session_state["used"][0].X.tolist() == [[1, 2], [3, 4]]


def test_another_choice_of_columns_asks_about_its_rows_again(app):
    paste(app, "x,y,u,v,kind\n3,2,1,1,b\n2,NA,3,3,a\n1,4,,5,a\n")
    app.checkbox[0].check().run()
    choice(app, "Second feature").set_value("u").run()
    assert "Row 4 has no value for “u”" in said(app, "gaps")[0]
    assert not app.checkbox[0].value
    assert app.button(key="own-use").disabled
    choice(app, "Second feature").set_value("v").run()
    assert not said(app, "gaps")
    assert not app.button(key="own-use").disabled


def test_gaps_that_leave_nothing_to_learn_from_say_so(app):
    paste(app, "x,y,kind\n1,2,b\n2,NA,a\n3,4,b\n")
    (sentence,) = said(app, "wrong")
    assert "Without the row that has missing values, every row has the label “b”: two" in sentence
    assert not said(app, "gaps")
    assert app.button(key="own-use").disabled


def test_the_same_column_twice_is_no_choice(app):
    paste(app, "x,y,kind\n1,2,b\n2,3,a\n")
    choice(app, "Second feature").set_value("x").run()
    assert "Two different features and a label other than they are needed." in said(app, "wrong")[0]
    assert app.button(key="own-use").disabled
    choice(app, "First feature").set_value("y").run()
    app.button(key="own-use").click().run()
    assert app.session_state["used"][0].feature_names == ("y", "x")


def test_it_opens_again_on_what_was_used(app):
    paste(app, "x,y,u,kind,tame\n1,2,5,b,n\n2,NA,6,a,n\n3,4,7,a,y\n4,4,8,a,y\n")
    choice(app, "First feature").set_value("u").run()
    choice(app, "Label").set_value("kind").run()
    choice(app, "Second feature").set_value("y").run()
    choice(app, "Which value is 1").set_value("a").run()
    app.checkbox[0].check().run()
    app.button(key="own-use").click().run()
    chosen = app.session_state["own-data"]
    assert (chosen.columns, chosen.one, chosen.drop) == (("u", "y", "kind"), "a", True)
    again = AppTest.from_string(FORM, default_timeout=30)
    again.session_state["own-data"] = chosen
    again.run()
    assert again.text_area[0].value.startswith("x,y,u,kind,tame")
    assert [box.value for box in again.selectbox] == ["u", "y", "kind", "a"]
    assert again.checkbox[0].value
    again.button(key="own-use").click().run()
    assert again.session_state["used"][0].y.tolist() == chosen.data.y.tolist() == [0, 1, 1]


@pytest.mark.parametrize("path", ["/etc/passwd", str(ROOT / "lrviz" / "data" / "penguins.csv")])
def test_a_pasted_path_is_text_and_no_file_is_opened(app, path):
    paste(app, path)
    (sentence,) = said(app, "wrong")
    assert "penguins" not in sentence or "“" in sentence
    assert "root:" not in "".join(one.proto.body for one in app.get("html"))
    assert not app.selectbox


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b,c\n", "The file has a header only, and no rows of data."),
        ("a,b,c\n1,2\n", "Row 2 has 2 cells, but row 1 has 3."),
        ('a,b,c\n1,2,"x\n', 'Row 2 opens a quotation mark (") that is never closed.'),
        ("a,a,c\n1,2,x\n", "Columns 1 and 2 have the same name, “a”, in row 1."),
        ("a,b,c\n1,2,x\0\n", "Line 2 holds a NUL character, which no CSV does."),
        ("a,b,c\n1,2,x\n1,3,y\n", "Two columns of numbers are needed, and only “b” is one: “a”"),
        ("a,b,c\n1,2,x\n2,1e200,y\n", "Row 3 has “1e200” for “b”, which is beyond ±1e100, the"),
        ("\ufeffa,b,c\n1,2,x\n2,3,y\n", ""),
        ("x" * (BYTES_LIMIT + 1), "The file is larger than 2 MB, the limit."),
    ],
)
def test_bad_text_gets_one_sentence(app, text, sentence):
    paste(app, text)
    assert not app.exception
    found = said(app, "wrong")
    assert len(found) == bool(sentence)
    assert all(sentence.replace('"', "&quot;") in one for one in found)
    assert app.button(key="own-use").disabled == bool(sentence)


def test_what_a_visitor_writes_is_never_html_nor_markdown(app):
    names = ["<b>x</b>", "$y$ :smile: a -> b", "<script>alert(1)</script>"]
    paste(app, ",".join(names) + "\n1,2,<img src=x onerror=alert(1)>\n2,,=HYPERLINK(1)\n3,4,*u*\n")
    body = "".join(one.proto.body for one in app.get("html"))
    assert "<b>" not in body
    assert "<script" not in body
    assert "<img" not in body
    assert "&lt;b&gt;x&lt;/b&gt;" in body
    # Nothing goes through Markdown but our own words.
    labels = [box.label for box in (*app.selectbox, *app.checkbox, *app.button)]
    assert not [text for text in labels if any(name in text for name in names)]
    assert not app.markdown


def test_only_one_file_is_kept_and_nothing_of_it_once_the_dialog_is_done(app):
    paste(app, "x,y,kind\n1,2,b\n2,3,a\n")
    held = app.session_state["own-data-open"]
    table = held.reading.table
    choice(app, "Which value is 1").set_value("a").run()
    assert app.session_state["own-data-open"].reading.table is table
    paste(app, "x,y,kind\n1,2,c\n2,3,a\n")
    assert app.session_state["own-data-open"].reading.table is not table
    app.button(key="own-use").click().run()
    # The form is shown again by this script: with a memory of its own.
    assert app.session_state["own-data-open"] is not held
    assert app.session_state["own-data"].source.content == b"x,y,kind\n1,2,c\n2,3,a\n"


# Uploads


SPOOL = """
import asyncio, tempfile
import app
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser

def refuse(*args, **kwargs):
    raise AssertionError("a file was opened on disk")

tempfile.TemporaryFile = refuse
HEAD = b'--x\\r\\nContent-Disposition: form-data; name="f"; filename="f.csv"\\r\\n\\r\\n'

async def stream():
    yield HEAD
    for _ in range(64):
        yield b"1" * 65536
    yield b"\\r\\n--x--\\r\\n"

async def main():
    headers = Headers({"content-type": "multipart/form-data; boundary=x"})
    form = await MultiPartParser(headers, stream()).parse()
    assert len(await form["f"].read()) == 4 * 1024 * 1024

asyncio.run(main())
"""


def test_an_upload_as_large_as_any_is_never_put_on_disk():
    done = subprocess.run(
        [sys.executable, "-c", SPOOL], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    # Without what the app does, this test would fail.
    bare = SPOOL.replace("import app\n", "")
    done = subprocess.run(
        [sys.executable, "-c", bare], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "a file was opened on disk" in done.stderr
