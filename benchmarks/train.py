"""Time and memory of `lrviz.train`, beside others who do the same work.

    python benchmarks/train.py

Prints Markdown. PyTorch and scikit-learn are optional. Full-batch gradient descent in float64 on
the same data, in turns, and the least of the repeats counts. Ours and the NumPy loop record the
loss, the gradient and the parameters of every step; PyTorch's loop records nothing.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lrviz.training.model import loss_grid
from lrviz.training.newton import step_bounds
from lrviz.training.run import train
from lrviz.training.separability import separable

RATE = 0.1
#: Rows, steps and repeats of a comparison: short runs, so that some are not interrupted.
SIZES = (
    (100, 200, 100),
    (1000, 200, 60),
    (10_000, 100, 40),
    (100_000, 40, 20),
    (1_000_000, 6, 6),
)
#: Who else does it, in the order of the columns.
PEERS = ("numpy", "torch")


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


def numpy_loop(X: Any, y: Any, steps: int) -> Callable[[], Any]:
    """The plain loop: textbook formulas on whole arrays, keeping what `train` keeps."""

    def loop() -> Any:
        w, b, kept = np.zeros(2), 0.0, []
        for _ in range(steps):
            a = 1 / (1 + np.exp(-(X @ w + b)))
            loss = -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))
            slope, intercept = X.T @ (a - y) / len(y), np.mean(a - y)
            kept.append((w, b, loss, slope, intercept))
            w, b = w - RATE * slope, b - RATE * intercept
        return np.append(w, b)

    return loop


def sklearn_fit(X: Any, y: Any) -> Callable[[], Any] | None:
    """scikit-learn's own Newton to the same minimum, or None where it is not installed."""
    try:
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    except ImportError:
        return None
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-9, max_iter=50)

    def fit() -> Any:
        model.fit(X, y)
        return np.append(model.coef_[0], model.intercept_)

    return fit


def least(works: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """The least time of each in seconds, all of them in turns."""
    best = dict.fromkeys(works, np.inf)
    for _ in range(repeats):
        for name, work in works.items():
            best[name] = min(best[name], seconds(work))
    return best


def compare() -> None:
    """Print the ratios of time to others who do the same, from small to large data."""
    try:
        import torch  # noqa: PLC0415
    except ImportError:
        torch = None
    print(
        "| rows | `train`, µs a step | ÷ plain NumPy loop (at most 0.5) | ÷ PyTorch | "
        "differ by | Newton ÷ scikit-learn | differ by |\n|---|---|---|---|---|---|---|"
    )
    for rows, steps, repeats in SIZES:
        X, y = data(rows)
        ours = partial(train, X, y, learning_rate=RATE, steps=steps)
        works = {"ours": ours, "numpy": numpy_loop(X, y, steps)}
        if torch is not None:
            works["torch"] = torch_loop(torch, X, y, steps)
        newton = partial(train, X, y, optimizer="newton")
        fits = {"ours": newton, "sklearn": sklearn_fit(X, y)}
        best = least(works, repeats)
        gap = np.abs(ours().params[-1] - works["numpy"]()).max()
        shown = [f"{best['ours'] / best[name]:.2f}" if name in best else "–" for name in PEERS]
        fitted, far = "–", "–"
        if fits["sklearn"] is not None:
            took = least(fits, min(repeats, 8))
            fitted = f"{took['ours'] / took['sklearn']:.2f}"
            far = f"{np.abs(newton().params[-1] - fits['sklearn']()).max():.0e}"
        each = f"{best['ours'] / steps * 1e6:.1f}"
        cells = (f"{rows:,}", each, *shown, f"{gap:.0e}", fitted, far)
        print(f"| {' | '.join(cells)} |", flush=True)


def growth() -> None:
    """Print how time grows with the rows."""
    print("\n| rows | ms a step | ns a row | grid 41², ms | bounds, ms |\n|---|---|---|---|---|")
    axis = np.linspace(-3, 3, 41)
    for exponent in range(2, 7):
        rows = 10**exponent
        X, y = data(rows)
        # Few enough that no run ends early because float64 has nothing left to change.
        steps = 200 if exponent < 5 else 20
        step = min(seconds(partial(train, X, y, steps=steps)) for _ in range(3)) / steps
        grid = "–"  # of a million rows it would only take time
        if exponent < 6:
            grid = f"{seconds(partial(loss_grid, X, y, axis, axis, 0.0)) * 1e3:.1f}"
        bounds = seconds(partial(step_bounds, X, y))
        print(
            f"| {rows:,} | {step * 1e3:.4f} | {step * 1e9 / rows:.1f} | {grid} | "
            f"{bounds * 1e3:.1f} |"
        )


def memory() -> None:
    """Print the peak of allocated memory, as a multiple of the data's own."""
    X, y = data(1_000_000)
    own = X.nbytes + y.nbytes
    print("\n| 1,000,000 rows | peak allocated ÷ the data's own size |\n|---|---|")
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
        print(f"| {name} | {peak / own:.2f} |")


if __name__ == "__main__":
    compare()
    growth()
    memory()
