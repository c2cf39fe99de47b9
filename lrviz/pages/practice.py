"""The Practice page: a problem from the link, an answer, and the mistake by its name."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import streamlit as st

from lrviz import settings
from lrviz.core.expression import latex
from lrviz.core.symbols import SPELLINGS
from lrviz.figures.palette import PALETTES
from lrviz.live.component import HERE, alone, drawing, remember, signals
from lrviz.pages import teaching
from lrviz.pages.session import PageState, mode
from lrviz.practice import explain, schedule, visit
from lrviz.practice.answer import LONGEST
from lrviz.practice.judge import STATED, Verdict, judge, markdown
from lrviz.practice.making import problem
from lrviz.practice.picture import picture
from lrviz.practice.problem import KINDS, LEVELS, N_HIGH, SEED_HIGH, TASK, Problem
from lrviz.text.numbers import number

KEY: Final = "practice"
_LEVELS = {1: "nearly all given", 2: "less given", 3: "least given"}
_REMEMBERED = "What went wrong comes back sooner. Only your browser remembers it"
_READ = "; the server reads it to choose the next problem, and keeps nothing"


def page() -> None:
    """Show the Practice page."""
    page_state = PageState(KEY, settings.PRACTICE, lambda _: [])
    page_state.load()
    page_state.notice()
    st.html(HERE / "practice.css")
    _remembered(page_state.session)
    signals(KEY)
    if chosen := page_state.taken():
        page_state.put(**chosen, n=1)
    state = page_state.state
    made = problem(state["seed"], state["level"], state["n"])
    task = "solution" in state["hide"]
    _head(page_state, made, task=task)
    if task and made.n > TASK:
        teaching.hand_in(made, _rights(made))
    else:
        _problem(page_state, made, task=task)
    if not task:
        teaching.teachers(page_state)
    page_state.acknowledge()


def _remembered(session: str) -> None:
    """Hear once what the browser remembers, and tell it what is new.

    What a button has done is done by then, so all of it is told.
    """
    state = st.session_state
    heard = state.get("practice-heard", False)
    done = visit.packed(_done()) if heard else None
    told = remember(KEY, state.get("practice-news"), done, "" if heard else session)
    if told is not None:
        state["practice-heard"] = True
        state.setdefault("practice-memory", schedule.checked(told.kept))
        begun = {key: one for key, one in _done().items() if one != visit.fresh()}
        state["practice-done"] = visit.unpacked(told.visit) | begun


def _done() -> dict[visit.Key, visit.Record]:
    """What has been done with each problem in this visit."""
    done: dict[visit.Key, visit.Record] = st.session_state.setdefault("practice-done", {})
    return done


def _memory() -> schedule.Memory:
    memory: schedule.Memory = st.session_state.get("practice-memory") or schedule.empty()
    return memory


def _record(made: Problem) -> visit.Record:
    """What has been done with a problem in this visit."""
    return _done().setdefault((made.seed, made.level, made.n), visit.fresh())


def _rights(made: Problem) -> list[int]:
    """The problems of a task that were right at the first answer."""
    done = _done()
    return [
        n
        for n in range(1, TASK + 1)
        if done.get((made.seed, made.level, n), {}).get("first") is True
    ]


def _head(page_state: PageState, made: Problem, *, task: bool) -> None:
    with st.container(key="practice-head"):
        left, right = st.columns([3, 2], vertical_alignment="center")
        with left:
            over = task and made.n > TASK
            st.html(f"<h1>{escape('The end of the task' if over else KINDS[made.kind])}</h1>")
            with st.container(key="practice-count"):
                n = f"{min(made.n, TASK)} of {TASK}" if task else made.n
                level = f"level {made.level}: {_LEVELS[made.level]}"
                st.markdown(f"Problem {n} · seed {made.seed} · {level} · L is the log loss")
        if task:
            return
        with (
            right,
            st.container(key="practice-tools", horizontal=True, horizontal_alignment="right"),
        ):
            st.segmented_control("Level", LEVELS, required=True, key=page_state.shown("level"))
            st.number_input("Seed", 0, SEED_HIGH, None, key=page_state.shown("seed"), width=130)


def _problem(page_state: PageState, made: Problem, *, task: bool) -> None:
    with st.container(key="practice-question"):
        st.markdown(markdown(made.question))
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        _given(made, solved=not task and _solved(made))
    with right, st.container(key="practice-answer"):
        _answering(page_state, made, task=task)


def _solved(made: Problem) -> bool:
    verdict: Verdict | None = _record(made)["verdict"]
    return verdict is not None and verdict.right is True


def _given(made: Problem, *, solved: bool) -> None:
    if made.lines:
        with st.container(key="practice-lines"):
            for mark, line in made.lines:
                name = f"Line {mark}" if mark.isdigit() else mark
                st.markdown(rf"**{name}:**  $\displaystyle {latex(line)}$")
        if made.kind == "order":
            with st.container(key="practice-rules"):
                st.markdown("**The rules, in order**")
                st.markdown("\n".join(f"{n}. {markdown(r)}" for n, r in enumerate(made.notes, 1)))
    elif made.rows:
        st.html(_table(made))
    else:
        drawing(KEY, picture(made, mode(), answered=solved))


def _table(made: Problem) -> str:
    names = tuple(made.rows[0])
    head = "".join(f'<th scope="col">{SPELLINGS[name][1]}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{n}</th>'
        + "".join(f"<td>{number(row[name])}</td>" for name in names)
        + "</tr>"
        for n, row in enumerate(made.rows, 1)
    )
    return (
        '<table class="lv-table" aria-label="Examples"><thead><tr><th scope="col">example</th>'
        f"{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _label(made: Problem) -> str:
    if made.kind == "order":
        return "The letters in order"
    if made.kind == "wrong":
        return "The number of the line"
    return "Your answer"


def _help(made: Problem) -> str:
    if made.lines:
        return ""
    letters = ", ".join(SPELLINGS[name][1] for name, _ in made.given)
    use = f", with the letter{'s' * (len(made.given) > 1)} {letters}" if letters else ""
    return f"A number, or an expression such as (0.5866-1)*1.5{use}. {STATED}"


def _answering(page_state: PageState, made: Problem, *, task: bool) -> None:
    record = _record(made)
    name = f"{made.seed}-{made.level}-{made.n}"
    typed = f"practice-typed-{name}"
    hints, verdict = record["hints"], record["verdict"]
    following = _next(made, task=task)
    # What a button does is done before anything is drawn, and so it is done even if the
    # browser asks for another run while that goes on.
    with st.form(f"practice-form-{name}", border=False):
        st.text_input(_label(made), key=typed, max_chars=LONGEST, autocomplete="off")
        st.form_submit_button(
            "Check",
            type="primary",
            on_click=lambda: _judged(made, record, judge(made, st.session_state[typed])),
        )
    with st.container(key="practice-stated"):
        st.markdown(_help(made))
    with st.container(horizontal=True, key="practice-buttons"):
        if not task:
            st.button(
                f"Hint {min(hints + 1, explain.HINTS)} of {explain.HINTS}",
                disabled=hints >= explain.HINTS,
                key=f"practice-hint-{name}",
                on_click=lambda: record.update(hints=hints + 1),
            )
            st.button(
                "Solution",
                disabled=record["solution"],
                key=f"practice-show-{name}",
                on_click=lambda: _show(made, record),
            )
        st.button(
            "Next",
            type="primary" if verdict is not None and verdict.right else "secondary",
            key=f"practice-next-{name}",
            on_click=lambda: page_state.put(n=following),
        )
    _said(made, verdict, task=task)
    if not task:
        for step in range(1, record["hints"] + 1):
            st.markdown(f"**Hint {step}** · {explain.hint(made, step)}")
        if record["solution"]:
            with st.container(key="practice-solution"):
                st.markdown("**Solution**")
                for line in explain.solution(made):
                    st.markdown(line)
        with st.container(key="practice-memory"):
            st.markdown(_REMEMBERED + ("" if alone() else _READ) + ".")


def _next(made: Problem, *, task: bool) -> int:
    if task:
        return min(made.n + 1, TASK + 1)
    return schedule.following(_memory(), made.seed, made.level, made.n) if made.n < N_HIGH else 1


def _judged(made: Problem, record: dict[str, Any], verdict: Verdict) -> None:
    record["verdict"] = verdict
    if verdict.right is not None:
        _keep(made, record, right=verdict.right)


def _show(made: Problem, record: dict[str, Any]) -> None:
    record["solution"] = True
    _keep(made, record, right=False)


def _keep(made: Problem, record: dict[str, Any], *, right: bool) -> None:
    """The first answer counts, and the browser is told."""
    if record["first"] is None:
        record["first"] = right
        news = schedule.answered(_memory(), made.kind, right=right)
        st.session_state["practice-memory"] = st.session_state["practice-news"] = news


def _said(made: Problem, verdict: Verdict | None, *, task: bool) -> None:
    if verdict is None:
        return
    short = "" if verdict.right is None else "Right." if verdict.right else "Not yet."
    with st.container(key="practice-said"):
        named = verdict.mistakes
        st.html(
            _sign(verdict)
            + f'<p class="lv-unseen" role="status">{short or escape(verdict.sentence)} '
            f"{escape(', '.join(one.name for one in named))}</p>"
        )
        if task and verdict.right is not None:
            st.markdown(short)
            return
        st.markdown(verdict.sentence)
        for one in named:
            link = f"./?{explain.graph_link(made, one)}"
            st.markdown(f"{one.sentence} [The line that settles it]({link})")
        if verdict.right and made.inputs:
            st.markdown(f"[See it on the graph](./?{explain.graph_link(made)})")


def _sign(verdict: Verdict) -> str:
    """What the words say, for the eye: as the blanks of a link show it."""
    if verdict.right is None:
        return ""
    colours = PALETTES[mode()]
    colour, sign = (colours["value"], "✓") if verdict.right else (colours["gradient"], "✗")
    style = f"background: {colour}; color: {colours['surface']}"
    return f'<span class="lv-judged" aria-hidden="true" style="{style}">{sign}</span>'
