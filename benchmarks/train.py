"""Time and memory of `lrviz.training.optimizers.train`, beside PyTorch doing the same work.

Run by hand from the repository: ``python benchmarks/train.py``. PyTorch is optional. Both
sides do full-batch gradient descent in float64 on the same data, in turns, and the least
of the repeats counts. Ours also records the loss, the gradient and the parameters of every
step; PyTorch's loop records nothing.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lrviz.training.model import loss_grid
from lrviz.training.newton import step_bounds
from lrviz.training.run import train
from lrviz.training.separability import separable

REPEATS = 5
RATE = 0.1


def data(rows: int) -> tuple[Any, Any]:
    """Two overlapping clouds (rows, 2) with labels, the same at every call."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, rows)
    return rng.normal(size=(rows, 2)) + y[:, None], y


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def torch_loop(torch: Any, X: Any, y: Any, steps: int) -> Callable[[], Any]:
    """PyTorch's eager training loop on tensors that are made beforehand."""
    features = torch.tensor(X)
    labels = torch.tensor(y, dtype=torch.float64)
    loss_of = torch.nn.functional.binary_cross_entropy_with_logits

    def loop() -> Any:
        w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
        b = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        rule = torch.optim.SGD([w, b], lr=RATE)
        for _ in range(steps):
            rule.zero_grad()
            loss_of(features @ w + b, labels).backward()
            rule.step()
        return np.append(w.detach().numpy(), b.detach().numpy())

    return loop


def compare() -> None:
    """Print the ratio to PyTorch's time on small and on large data."""
    try:
        import torch  # noqa: PLC0415
    except ImportError:
        print("PyTorch is not installed, so the comparison is left out.")
        return
    print(
        f"{'rows':>9} {'steps':>6} {'ours s':>9} {'PyTorch s':>10} {'ratio':>7} {'differ by':>10}"
    )
    for rows, steps, repeats in ((333, 1000, REPEATS), (1_000_000, 100, 3)):
        X, y = data(rows)
        loop = torch_loop(torch, X, y, steps)
        ours, theirs = [], []
        for _ in range(repeats):
            ours.append(seconds(partial(train, X, y, learning_rate=RATE, steps=steps)))
            theirs.append(seconds(loop))
        mine, other = min(ours), min(theirs)
        gap = np.abs(train(X, y, learning_rate=RATE, steps=steps).params[-1] - loop()).max()
        print(f"{rows:9} {steps:6} {mine:9.4f} {other:10.4f} {mine / other:7.3f} {gap:10.1e}")


def growth() -> None:
    """Print how time grows with the rows."""
    print(f"\n{'rows':>9} {'ms a step':>10} {'ns a row':>9} {'grid 41² ms':>12} {'bounds ms':>10}")
    axis = np.linspace(-3, 3, 41)
    for exponent in range(2, 7):
        rows = 10**exponent
        X, y = data(rows)
        # Few enough that no run ends early because float64 has nothing left to change.
        steps = 200 if exponent < 5 else 20
        step = min(seconds(partial(train, X, y, steps=steps)) for _ in range(3)) / steps
        grid = seconds(partial(loss_grid, X, y, axis, axis, 0.0)) if exponent < 6 else np.nan
        bounds = seconds(partial(step_bounds, X, y))
        print(
            f"{rows:9} {step * 1e3:10.4f} {step * 1e9 / rows:9.1f} {grid * 1e3:12.1f} "
            f"{bounds * 1e3:10.1f}"
        )


def memory() -> None:
    """Print the peak of allocated memory, as a multiple of the data's own."""
    X, y = data(1_000_000)
    own = X.nbytes + y.nbytes
    print("\npeak allocated beside the data, 1,000,000 rows, as a multiple of the data's own")
    for name, work in (
        ("train, gd", lambda: train(X, y, steps=3)),
        ("train, sgd", lambda: train(X, y, optimizer="sgd", steps=3)),
        ("train, newton", lambda: train(X, y, optimizer="newton", steps=3)),
        ("separable", lambda: separable(X, y)),
        ("step_bounds", lambda: step_bounds(X, y)),
    ):
        tracemalloc.start()
        work()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"{name:>15} {peak / own:6.2f}")


if __name__ == "__main__":
    compare()
    growth()
    memory()
