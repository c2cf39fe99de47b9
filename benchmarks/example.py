"""One `lrviz.differentiate` beside micrograd and PyTorch on the same expression.

    python benchmarks/example.py

Prints a Markdown table. Both peers are optional. All in turns, and the least of many rounds counts.
micrograd has neither exp nor log: they are added here in its own style.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lrviz.core.graph import VIEWS, differentiate

WORKED = {"x1": 1.5, "x2": 2.0, "w1": 0.5, "w2": -0.25, "b": 0.1, "y": 1.0}
ROUNDS, CALLS = 200, 50


def micrograd() -> Callable[[], float] | None:
    """dL/dw1 by micrograd, every operation a node; None where it is not installed."""
    try:
        from micrograd.engine import Value  # noqa: PLC0415
    except ImportError:
        return None

    def exp(x: Value) -> Value:
        out = Value(math.exp(x.data), (x,), "exp")

        def backward() -> None:
            x.grad += out.data * out.grad

        out._backward = backward
        return out

    def log(x: Value) -> Value:
        out = Value(math.log(x.data), (x,), "log")

        def backward() -> None:
            x.grad += out.grad / x.data

        out._backward = backward
        return out

    def slope() -> float:
        v = {name: Value(value) for name, value in WORKED.items()}
        a = 1 / (1 + exp(-(v["w1"] * v["x1"] + v["w2"] * v["x2"] + v["b"])))
        loss = -(v["y"] * log(a) + (1 - v["y"]) * log(1 - a))
        loss.backward()
        return float(v["w1"].grad)

    return slope


def pytorch() -> Callable[[], float] | None:
    """dL/dw1 by PyTorch's eager mode; None where it is not installed."""
    try:
        import torch  # noqa: PLC0415
    except ImportError:
        return None
    torch.set_num_threads(1)

    def slope() -> float:
        v = {n: torch.tensor(x, dtype=torch.float64, requires_grad=True) for n, x in WORKED.items()}
        z = v["w1"] * v["x1"] + v["w2"] * v["x2"] + v["b"]
        torch.nn.functional.binary_cross_entropy_with_logits(z, v["y"].detach()).backward()
        return float(v["w1"].grad)

    return slope


def ours(view: str) -> float:
    found = differentiate(**WORKED, view=view).adjoints["w1" if view != "vector" else "w"]
    return float(found if view != "vector" else found[0])


def main() -> None:
    works = {view: partial(ours, view) for view in VIEWS}
    peers = {"micrograd": micrograd(), "PyTorch": pytorch()}
    works |= {name: work for name, work in peers.items() if work}
    for work in works.values():
        assert abs(work() - ours("features")) < 1e-12
    best = dict.fromkeys(works, math.inf)
    for _ in range(ROUNDS):
        for name, work in works.items():
            began = time.perf_counter()
            for _ in range(CALLS):
                work()
            best[name] = min(best[name], (time.perf_counter() - began) / CALLS)
    head = "| `differentiate` | µs | ÷ micrograd (at most 0.6) | ÷ PyTorch |"
    print(f"{head}\n|---|---|---|---|")
    for view in VIEWS:
        ratios = [f"{best[view] / best[n]:.2f}" if n in best else "–" for n in peers]
        print(f"| {view} | {best[view] * 1e6:.1f} | {' | '.join(ratios)} |")


if __name__ == "__main__":
    main()
