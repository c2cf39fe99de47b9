"""A playback as the browser reads it: arrays in base64, and the update rule as templates.

``live/playback.js`` is the other end.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from lrviz.text.about_run import first_rates, marks, still, too_large
from lrviz.text.onward import onward
from lrviz.text.pictures import letters, picture
from lrviz.text.rules import written
from lrviz.text.runs import describe, labelled
from lrviz.training.course import FLICKER
from lrviz.training.decay import decay
from lrviz.training.model import PLANES
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.parabola import ALONG
from lrviz.training.playback import SYMBOLS, Playback, Scaled
from lrviz.training.starts import random_start

# What is sent


def packed(array: npt.NDArray[Any]) -> dict[str, Any]:
    """An array as the browser reads it: little-endian base64, its type and its shape.

    Float32 and whole numbers without a sign stay what they are; all else is sent as float64.
    """
    kind = {"float32": "f4", "uint8": "u1", "uint16": "u2", "uint32": "u4"}.get(
        array.dtype.name, "f8"
    )
    raw = np.ascontiguousarray(array, dtype=f"<{kind}").tobytes()
    return {"type": kind, "shape": list(array.shape), "base64": base64.b64encode(raw).decode()}


def payload(playback: Playback) -> dict[str, Any]:
    """The playback as JSON-ready values, without the examples.

    A few hundred kB: the slices' coefficients are most of it.
    """
    h, r = playback.history, playback.request
    constants = {"eta": r.lr, "mu": r.momentum, "lambda": r.l2, **OPTIMIZERS[r.opt].constants}
    best = playback.bounds.minimum
    return {
        "rows": playback.scaled.digest,
        "plane": list(PLANES[r.plane]),
        "symbols": list(SYMBOLS),
        "taken": len(h),
        "steps": playback.steps,
        "stopped": h.stopped,
        "params": packed(h.params),
        "l2": r.l2,
        "losses": packed(h.losses),
        "plain": packed(h.losses - decay(r.l2, h.params)),
        "gradients": packed(h.gradients),
        "following": packed(playback.following),
        "used": packed(playback.used),
        "terms": {name: packed(array) for name, array in playback.terms.items()},
        "batches": _batches(playback),
        "constants": constants,
        "opt": r.opt,
        "batch": h.batch_size,
        "scaled": r.scale == "standard",
        "program": _program(r.opt),
        "picture": picture(r.opt),
        "newton": _newton(playback),
        "letters": letters(r.opt, decays=r.l2 > 0),
        "rule": [
            [list(line) for line in written(r.opt, p, len(playback.scaled.data), decays=r.l2 > 0)]
            for p in range(3)
        ],
        "across": packed(playback.surface.across),
        "up": packed(playback.surface.up),
        "low": playback.surface.low,
        "high": playback.surface.high,
        "slices": {
            "kind": playback.surface.slices.kind,
            "terms": packed(playback.surface.slices.terms),
            "middle": playback.surface.slices.middle,
            "half": playback.surface.slices.half,
            "steps": playback.surface.slices.steps.tolist(),
        },
        "minimum": None if best is None else best.tolist(),
        "bounds": {
            "guaranteed": playback.bounds.guaranteed,
            "local": playback.bounds.local,
            # They bound full-batch gradient descent alone.
            "marks": marks(playback.bounds) if r.opt == "gd" else [],
        },
        "first_rates": first_rates(playback),
        "settled_start": still(playback),
        "large": too_large(playback),
        "onward": onward(playback),
        "flicker": FLICKER,
        "random_start": list(random_start(r.seed)),
        "mean": playback.scaled.mean.tolist(),
        "scale": playback.scaled.scale.tolist(),
        "label": describe(r.run),
        "comparisons": [
            {
                "letter": letter,
                "label": label,
                "taken": len(history),
                "stopped": history.stopped,
                "params": packed(history.params),
                "losses": packed(history.losses),
            }
            for letter, label, history in labelled(playback)[1:]
        ],
    }


def _newton(playback: Playback) -> dict[str, Any] | None:
    """J and its parabola along Newton's direction and along the gradient's."""
    found = playback.parabolas
    if found is None:
        return None
    return {
        "along": ALONG.tolist(),
        "heights": packed(found.heights),
        "slopes": packed(found.slopes),
        "bends": packed(found.bends),
        "ends": packed(found.ends),
        "rate": found.rate,
    }


def _batches(playback: Playback) -> dict[str, Any] | None:
    """The rows of each step's minibatch, one after another, and where each one's end."""
    if not playback.batches:
        return None
    kind = np.uint16 if len(playback.scaled.data) <= 1 << 16 else np.uint32
    return {
        "rows": packed(np.concatenate(playback.batches).astype(kind)),
        "ends": np.cumsum([len(rows) for rows in playback.batches]).tolist(),
    }


def _program(opt: str) -> dict[str, Any] | None:
    """A rule as the browser computes it; None where it needs more than the whole gradient."""
    rule = OPTIMIZERS[opt]
    if rule.solve is not None or "seed" in rule.uses:
        return None
    return {
        "lines": [[line.name, line.right.json] for line in rule.statements],
        "keeps": list(rule.keeps),
    }


def examples(scaled: Scaled) -> dict[str, Any]:
    """The rows of a data set as JSON-ready values: features in their own units, and labels.

    They are sent once for all runs on them. The browser standardises them itself, by the
    same two operations in float64, so to the same numbers.
    """
    return {
        "digest": scaled.digest,
        "raw": packed(scaled.data.X),
        "y": packed(scaled.data.y.astype(np.uint8)),
    }
