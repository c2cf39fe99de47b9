"""Real messages to the browser are what ``types.d.ts`` says: the compiler looks at them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from lrviz import settings
from lrviz.core.graph import LOSSES, VIEWS
from lrviz.data.dataset import from_points
from lrviz.export.standalone import standalone
from lrviz.live import component
from lrviz.live.playback_payload import examples
from lrviz.pages import graph, session, training
from lrviz.practice import schedule
from lrviz.practice.making import problem
from lrviz.practice.picture import picture
from lrviz.text.runs import labelled
from lrviz.training.playback import Request, TrainingData, make
from tests.live.node import NODE

ROOT = Path(__file__).parent.parent.parent
COMPILER = ROOT / "node_modules" / ".bin" / "tsc"
OPTIONS = json.loads((ROOT / "tsconfig.json").read_text())["compilerOptions"]

pytestmark = pytest.mark.skipif(
    not COMPILER.exists(),
    reason="TypeScript is not installed (npm ci), so types.d.ts was not held against Python.",
)

POINTS = ((1.0, 2.0, 1), (-1.0, 0.5, 0), (0.5, -2.0, 1))
#: Beside the default: a stack, no minimum, every rule's own terms, two runs beside, few points.
RUNS = (
    Request(),
    Request(scale="raw", lr=0.1, steps=30, plane="w2b"),
    Request(data="separable", opt="momentum", steps=20),
    Request(opt="newton", steps=5),
    *(Request(opt=opt, steps=5) for opt in ("sgd", "nesterov", "rmsprop", "adam", "adagrad")),
    Request(steps=9, comparisons=(("adam", 0.1, 0.9, 16, 0, 1.0, -1.0, 0.0),) * 2),
)


class SentError(Exception):
    """What would have been sent."""


def sent(monkeypatch, send):
    """The data of the mount that a call makes."""

    def mount(*_, data, **__):
        raise SentError(data)

    monkeypatch.setattr(component, "_component", mount)
    with pytest.raises(SentError) as caught:
        send()
    return component.plain(caught.value.args[0])


def short(spec):
    """The same with arrays cut short: a text is a text."""
    if isinstance(spec, dict):
        return {k: v[:8] if k == "base64" else short(v) for k, v in spec.items()}
    return [short(one) for one in spec] if isinstance(spec, list) else spec


def compiled(folder, specs):
    """What the compiler says of values that should satisfy a type, given by name."""
    types = (ROOT / "lrviz" / "live" / "types.d.ts").as_posix()
    files = []
    for n, (name, spec) in enumerate(specs):
        file = folder / f"message{n}.ts"
        literal = json.dumps(short(spec), ensure_ascii=False)
        file.write_text(
            f'import type * as Types from "{types}";\n'
            f"export const message = {literal} satisfies Types.{name};\n",
            encoding="utf-8",
        )
        files.append(file.name)
    config = folder / "tsconfig.json"
    config.write_text(json.dumps({"compilerOptions": OPTIONS, "files": files}))
    command = [NODE, COMPILER.resolve(), "--project", config]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return ran.stdout + ran.stderr


def mounted(monkeypatch, key, spec, kind):
    return sent(monkeypatch, lambda: component.live(key, {**spec, "kind": kind}))


def graph_message(monkeypatch, view, loss, of):
    spec = {**graph.structure(view, loss, of), "calm": True}
    return mounted(monkeypatch, "graph", spec, "live")


def training_message(monkeypatch, made, file=None):
    spec = training._written(made)
    more = {"hidden": ["words"], "file": file, "own_points": file is None, "blank": False}
    return mounted(monkeypatch, "training", {**spec, **more}, "playback")


def test_the_graph_page_sends_what_its_type_says(tmp_path, monkeypatch):
    specs = [
        ("GraphSpec", graph_message(monkeypatch, view, loss, of))
        for view in VIEWS
        for loss in LOSSES
        for of in ("w1", "b")
    ]
    assert compiled(tmp_path, specs) == ""


def test_the_training_page_sends_what_its_type_says(tmp_path, monkeypatch):
    own = TrainingData(from_points(POINTS)).make(Request(data=settings.OWN, steps=4))
    specs = [("TrainingSpec", training_message(monkeypatch, make(request))) for request in RUNS]
    specs.append(("TrainingSpec", training_message(monkeypatch, own, file="a.csv")))
    rows = sent(monkeypatch, lambda: component.rows("training", examples(own.scaled)))
    specs.append(("RowsSpec", rows))
    assert compiled(tmp_path, specs) == ""


def test_the_practice_page_sends_what_its_types_say(tmp_path, monkeypatch):
    made = problem(1, 2, 3)
    kept = schedule.answered(schedule.empty(), made.kind, right=False)
    specs = [
        ("DrawingSpec", sent(monkeypatch, lambda: component.drawing("one", picture(made, "dark")))),
        *(
            ("MemorySpec", sent(monkeypatch, lambda news=news: component.remember("one", news)))
            for news in (None, kept)
        ),
    ]
    assert compiled(tmp_path, specs) == ""


@pytest.mark.parametrize(
    ("fields", "name", "more"),
    [
        (settings.PRACTICE, "PracticeFields", {"seed": 7, "level": 3, "hide": ("solution",)}),
        (settings.GRAPH, "GraphFields", {"at": "w1-z", "stage": 3, "hide": ("values", "try")}),
        (
            settings.TRAINING,
            "TrainingFields",
            {
                "points": POINTS,
                "comparisons": (("adam", 0.1, 0.9, 16, 0, 1.0, -1.0, 0.0),),
                "hide": ("words",),
            },
        ),
    ],
)
def test_an_acknowledgement_is_what_its_type_says(tmp_path, monkeypatch, fields, name, more):
    monkeypatch.setattr(session.st, "session_state", {})
    page_state = session.PageState("one", fields, lambda _: [])
    specs = []
    for state in ({}, more):
        page_state.memory["state"] = settings.defaults(fields) | state
        spec = sent(monkeypatch, page_state.acknowledge)
        specs.append((f"SyncSpec<Types.{name}>", spec))
    assert compiled(tmp_path, specs) == ""


def test_the_file_that_is_taken_away_holds_what_its_type_says(tmp_path):
    specs = []
    for request in (RUNS[2], RUNS[-1]):
        made = make(request)
        data, X = made.scaled.data, made.scaled.X
        text = standalone(labelled(made), data, X, plane=request.plane, scaled=True)
        found = re.search(r'<script[^>]*id="playback"[^>]*>(.*?)</script>', text, re.DOTALL)
        specs.append(("StandaloneSpec", json.loads(found[1])))
    assert compiled(tmp_path, specs) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda spec: spec["product"].update(factor=spec["product"].pop("factors")), "factor"),
        (lambda spec: spec.update(more=1), "'\"more\"' does not exist"),
        (lambda spec: spec["loss"].update(now="hinge"), '"hinge"'),
        (lambda spec: spec["figures"]["tall"]["layout"]["meta"].pop("hits"), "hits"),
    ],
)
def test_a_name_that_is_not_in_the_type_is_found(tmp_path, monkeypatch, change, said):
    spec = graph_message(monkeypatch, "features", "log", "w1")
    change(spec)
    assert said in compiled(tmp_path, [("GraphSpec", spec)])
