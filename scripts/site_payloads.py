"""What the static site shows before Python is there: made here, by the pages' own functions."""

from __future__ import annotations

import json
from typing import Any

from lrviz import settings
from lrviz.core.graph import LOSSES, VIEWS
from lrviz.live.component import plain
from lrviz.live.playback_payload import examples
from lrviz.pages import graph, training
from lrviz.text import explanations
from lrviz.training.playback import Request, make


def files() -> dict[str, bytes]:
    """Every payload, by its name; site/early.js reads them.

    The fields of both pages' links, the Graph page in each of its structures, and the run that the
    Training page opens with.
    """
    found: dict[str, Any] = {
        "fields": {
            graph.KEY: settings.spec(settings.GRAPH),
            training.KEY: settings.spec(settings.TRAINING),
        }
    }
    for view in VIEWS:
        for loss in LOSSES:
            for of in explanations.TARGETS:
                found[f"{view}-{loss}-{of}"] = graph.structure(view, loss, of)
    request = Request(**settings.OPENING)
    found["training"] = {
        "request": request._asdict(),
        "data": training.structure(request) | {"file": None, "own_points": False},
        "rows": plain(examples(make(request).scaled)),
    }
    return {f"{name}.json": _json(value) for name, value in found.items()}


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
