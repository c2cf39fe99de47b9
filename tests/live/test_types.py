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
from lrviz.practice import schedule, visit
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
    """What the compiler says of values that should satisfy a type, by the test they are for.

    Parameters
    ----------
    specs : dict of str to list of (str, value)
        For each test the names of types and the values. All are compiled at once: most of the
        time goes into starting the compiler.
    """
    types = (ROOT / "lrviz" / "live" / "types.d.ts").as_posix()
    files = {}
    for test, pairs in specs.items():
        for n, (name, spec) in enumerate(pairs):
            file = folder / f"message{len(files)}.ts"
            literal = json.dumps(short(spec), ensure_ascii=False)
            file.write_text(
                f'import type * as Types from "{types}";\n'
                f"export const message{n} = {literal} satisfies Types.{name};\n",
                encoding="utf-8",
            )
            files[file.name] = test
    config = folder / "tsconfig.json"
    # Modules that the types speak of ask where they run.
    globals_ = (ROOT / "site" / "site.d.ts").as_posix()
    config.write_text(json.dumps({"compilerOptions": OPTIONS, "files": [*files, globals_]}))
    command = [NODE, COMPILER.resolve(), "--project", config, "--pretty", "false"]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, cwd=folder
    )
    said = dict.fromkeys(specs, "")
    test = None
    for line in (ran.stdout + ran.stderr).splitlines(keepends=True):
        # What belongs to an error is indented below it.
        if not line.startswith(" "):
            test = files[re.match(r"(message\d+\.ts)\(", line)[1]]
        said[test] += line
    assert (ran.returncode != 0) == any(said.values())
    return said


def mounted(monkeypatch, key, spec, kind):
    return sent(monkeypatch, lambda: component.live(key, {**spec, "kind": kind}))


def graph_message(monkeypatch, view, loss, of):
    spec = {**graph.structure(view, loss, of), "calm": True}
    return mounted(monkeypatch, "graph", spec, "live")


def training_message(monkeypatch, made, file=None):
    spec = training._written(made)
    more = {"hidden": ["words"], "file": file, "own_points": file is None, "blank": False}
    return mounted(monkeypatch, "training", {**spec, **more}, "playback")


def graph_messages(monkeypatch):
    return [
        ("GraphSpec", graph_message(monkeypatch, view, loss, of))
        for view in VIEWS
        for loss in LOSSES
        for of in ("w1", "b")
    ]


def training_messages(monkeypatch):
    own = TrainingData(from_points(POINTS)).make(Request(data=settings.OWN, steps=4))
    specs = [("TrainingSpec", training_message(monkeypatch, make(request))) for request in RUNS]
    specs.append(("TrainingSpec", training_message(monkeypatch, own, file="a.csv")))
    rows = sent(monkeypatch, lambda: component.rows("training", examples(own.scaled)))
    specs.append(("RowsSpec", rows))
    return specs


def practice_messages(monkeypatch):
    made = problem(1, 2, 3)
    kept = schedule.answered(schedule.empty(), made.kind, right=False)
    begun = visit.fresh() | {"hints": 2}
    return [
        ("DrawingSpec", sent(monkeypatch, lambda: component.drawing("one", picture(made, "dark")))),
        *(
            ("MemorySpec", sent(monkeypatch, lambda all_=all_: component.remember("one", *all_)))
            for all_ in ((None, None, "me"), (kept, visit.packed({(1, 2, 3): begun}), ""))
        ),
    ]


#: By the type of a page's state: its fields, and values beside the defaults.
ACKNOWLEDGED = {
    "PracticeFields": (settings.PRACTICE, {"seed": 7, "level": 3, "hide": ("solution",)}),
    "GraphFields": (settings.GRAPH, {"at": "w1-z", "stage": 3, "hide": ("values", "try")}),
    "TrainingFields": (
        settings.TRAINING,
        {
            "points": POINTS,
            "comparisons": (("adam", 0.1, 0.9, 16, 0, 1.0, -1.0, 0.0),),
            "hide": ("words",),
        },
    ),
}


def acknowledgements(monkeypatch, name):
    fields, more = ACKNOWLEDGED[name]
    monkeypatch.setattr(session.st, "session_state", {})
    page_state = session.PageState("one", fields, lambda _: [])
    specs = []
    for state in ({}, more):
        page_state.memory["state"] = settings.defaults(fields) | state
        spec = sent(monkeypatch, page_state.acknowledge)
        specs.append((f"SyncSpec<Types.{name}>", spec))
    return specs


def files_taken_away():
    specs = []
    for request in (RUNS[2], RUNS[-1]):
        made = make(request)
        data, X = made.scaled.data, made.scaled.X
        text = standalone(labelled(made), data, X, plane=request.plane, scaled=True)
        found = re.search(r'<script[^>]*id="playback"[^>]*>(.*?)</script>', text, re.DOTALL)
        specs.append(("StandaloneSpec", json.loads(found[1])))
    return specs


#: What is made wrong in a message of the Graph page, and what the compiler names.
WRONG = {
    "factor": lambda spec: spec["product"].update(factor=spec["product"].pop("factors")),
    "'\"more\"' does not exist": lambda spec: spec.update(more=1),
    '"hinge"': lambda spec: spec["loss"].update(now="hinge"),
    "hits": lambda spec: spec["figures"]["tall"]["layout"]["meta"].pop("hits"),
}


def wrong_messages(monkeypatch, change):
    spec = graph_message(monkeypatch, "features", "log", "w1")
    change(spec)
    return [("GraphSpec", spec)]


@pytest.fixture(scope="session")
def said(tmp_path_factory):
    """What the compiler says of every message of these tests, by their names."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        specs = {
            "graph": graph_messages(monkeypatch),
            "training": training_messages(monkeypatch),
            "practice": practice_messages(monkeypatch),
            "file": files_taken_away(),
            **{name: acknowledgements(monkeypatch, name) for name in ACKNOWLEDGED},
            **{name: wrong_messages(monkeypatch, change) for name, change in WRONG.items()},
        }
    return compiled(tmp_path_factory.mktemp("messages"), specs)


@pytest.mark.parametrize("page", ["graph", "training", "practice"])
def test_a_page_sends_what_its_types_say(said, page):
    assert said[page] == ""


@pytest.mark.parametrize("name", ACKNOWLEDGED)
def test_an_acknowledgement_is_what_its_type_says(said, name):
    assert said[name] == ""


def test_the_file_that_is_taken_away_holds_what_its_type_says(said):
    assert said["file"] == ""


@pytest.mark.parametrize("name", WRONG)
def test_a_name_that_is_not_in_the_type_is_found(said, name):
    assert name in said[name]
