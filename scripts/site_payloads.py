"""What the static site shows before Python is there: made here, by the same functions."""

from __future__ import annotations

import json
from typing import Any

from lrviz import settings
from lrviz.core.graph import LOSSES, VIEWS
from lrviz.pages import graph
from lrviz.text import explanations


def files() -> dict[str, bytes]:
    """Every payload, by its name."""
    found: dict[str, Any] = {}
    for view in VIEWS:
        for loss in LOSSES:
            for of in explanations.TARGETS:
                spec = graph.structure(view, loss, of)
                found[f"{spec['structure']}.json"] = spec
    return {name: _json(value) for name, value in found.items()}


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
