"""What the Practice page has for teachers: worksheets, the link of a task, and its codes."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from lrviz import settings
from lrviz.pages.session import PageState, home
from lrviz.practice import handin
from lrviz.practice.problem import TASK, Problem
from lrviz.practice.worksheet import VARIANTS, worksheet


def teachers(page_state: PageState) -> None:
    """The folded part for teachers."""
    state = page_state.state
    with st.expander("For teachers", key="practice-teachers"):
        left, right = st.columns(2, gap="large")
        with left:
            _worksheet(state["seed"], state["level"])
        with right:
            _task(state["seed"], state["level"])
            _check()


def _worksheet(seed: int, level: int) -> None:
    st.markdown(
        f"**A worksheet** for paper: {TASK} problems of this seed and level, with room to write, "
        "and the key on a page of its own. Each further variant takes the next seed."
    )
    count = st.number_input("Variants", 1, VARIANTS, 1, key="practice-variants", width=130)
    st.download_button(
        "Worksheet, HTML",
        lambda: worksheet(seed, level, int(count)).encode(),
        f"lrviz-worksheet-{seed}-level-{level}.html",
        "text/html",
        on_click="ignore",
    )


def _task(seed: int, level: int) -> None:
    st.markdown(
        f"**A task** of {TASK} problems, by link: no hints, no solutions, no mistakes named; the "
        "first answer counts. A link is no lock: who takes the last field away sees everything."
    )
    query = settings.encode(
        settings.PRACTICE, {"seed": seed, "level": level, "n": 1, "hide": ("solution",)}
    )
    link = f"{home(st.context.url or '', 'practice')}/practice?{urlencode(query, safe=',-')}"
    st.code(link, language=None, wrap_lines=True)


def _check() -> None:
    st.markdown(f"**Check a code** that was handed in. {handin.PROVES}")
    with st.form("practice-check", border=False):
        name = st.text_input("Name", max_chars=handin.NAME_LONGEST, key="practice-check-name")
        given = st.text_input("Code", max_chars=40, key="practice-check-code")
        asked = st.form_submit_button("Check the code")
    if not asked:
        return
    found = handin.check(name, given)
    if found is None:
        st.markdown("This code does not belong to this name.")
        return
    listed = ", ".join(map(str, found.right)) or "none"
    st.markdown(
        f"Seed {found.seed}, level {found.level}: {len(found.right)} of {TASK} right at the first "
        f"answer ({listed})."
    )


def hand_in(made: Problem, right: list[int]) -> None:
    """The end of a task: what was right, and the code to hand in."""
    st.markdown(f"**{len(right)} of {TASK}** were right at the first answer in this visit.")
    name = st.text_input("Your name", max_chars=handin.NAME_LONGEST, key="practice-name")
    if name.strip():
        st.markdown("The code to hand in, with your name:")
        st.code(handin.code(name, made.seed, made.level, right), language=None)
        st.markdown(handin.PROVES)
