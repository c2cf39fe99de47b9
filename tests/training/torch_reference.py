"""PyTorch's own numbers, frozen: fifty steps of its optimizers, and one example's gradients.

    python -m tests.training.torch_reference           # make the table again
    python -m tests.training.torch_reference --check   # compare it with this PyTorch

The tests read the table, so that they run where PyTorch is not installed; a workflow that has it
compares the table with what it makes itself.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from lrviz.data.built_in import load_dataset
from lrviz.data.dataset import standardise

TABLE = Path(__file__).parent / "torch_reference.json"
STEPS = 50
START = (0.3, -0.2, 0.1)
RATES = (0.002, 0.01, 0.1)
PEERS: dict[str, tuple[str, dict[str, Any]]] = {
    "gd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "rmsprop": ("RMSprop", {"alpha": 0.9, "eps": 1e-8}),
    "adam": ("Adam", {"betas": (0.9, 0.999), "eps": 1e-8}),
    "adagrad": ("Adagrad", {"eps": 1e-10}),
}
WORKED = {"x1": 1.5, "w1": 0.5, "x2": 2.0, "w2": -0.25, "b": 0.1, "y": 1.0}
#: Two builds of PyTorch may sum in another order.
TOLERANCE = 1e-11


def reference() -> dict[str, Any]:
    """The table: params (51, 3) and gradients (50, 3) of each rule and rate, by PyTorch alone."""
    torch = importlib.import_module("torch")
    data = load_dataset("penguins")
    X = torch.tensor(np.array(standardise(data.X)[0]))
    y = torch.tensor(np.array(data.y, dtype=np.float64))
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    paths = {}
    for optimizer, (name, options) in PEERS.items():
        for rate in RATES:
            w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
            rule = getattr(torch.optim, name)([w], lr=rate, **options)
            params, gradients = [w.detach().tolist()], []
            for _ in range(STEPS):
                rule.zero_grad()
                loss(X @ w[:2] + w[2], y).backward()
                gradients.append(w.grad.tolist())
                rule.step()
                params.append(w.detach().tolist())
            paths[f"{optimizer}-{rate}"] = {"params": params, "gradients": gradients}
    leaf = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=name != "y")
        for name, value in WORKED.items()
    }
    loss(leaf["w1"] * leaf["x1"] + leaf["w2"] * leaf["x2"] + leaf["b"], leaf["y"]).backward()
    worked = {name: one.grad.item() for name, one in leaf.items() if name != "y"}
    versions = {"torch": torch.__version__, "numpy": np.__version__}
    return {"versions": versions, "paths": paths, "worked": worked}


def furthest(one: Any, other: Any) -> float:
    """The largest difference between two tables of the same shape."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        return max(furthest(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return max(furthest(a, b) for a, b in zip(one, other, strict=True))
    return abs(one - other)


def main() -> int:
    """Make the table, or compare it."""
    made = reference()
    if "--check" not in sys.argv:
        TABLE.write_text(json.dumps(made, separators=(",", ":")) + "\n")
        return 0
    known = json.loads(TABLE.read_text())
    apart = max(furthest(made[key], known[key]) for key in ("paths", "worked"))
    print(f"PyTorch {made['versions']['torch']} is within {apart:.1e} of {known['versions']}.")
    return int(apart > TOLERANCE)


if __name__ == "__main__":
    sys.exit(main())
