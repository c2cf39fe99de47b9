"""Every letter of the project with its two spellings, LaTeX and Unicode, side by side.

A name is what code, links and messages call a thing (``w1``); its spellings are what a person
reads. Nothing else in the project turns one spelling into the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: The gradient's five components in the derivation; TeX alone has no such digits.
MARKS = "①②③④⑤"
#: name: (LaTeX, Unicode).
SPELLINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # the graph's nodes
        "x": ("x", "x"),
        "w": ("w", "w"),
        "x1": ("x_1", "x₁"),
        "w1": ("w_1", "w₁"),
        "x2": ("x_2", "x₂"),
        "w2": ("w_2", "w₂"),
        "b": ("b", "b"),
        "y": ("y", "y"),
        "u1": ("u_1", "u₁"),
        "u2": ("u_2", "u₂"),
        "s": ("s", "s"),
        "z": ("z", "z"),
        "a": ("a", "a"),
        "c": ("c", "c"),
        "l1": (r"\ell_1", "ℓ₁"),
        "l0": (r"\ell_0", "ℓ₀"),
        "m1": ("m_1", "m₁"),
        "m0": ("m_0", "m₀"),
        "L": ("L", "L"),
        # the derivation's: any feature, and local names
        "xi": ("x_i", "xᵢ"),
        "wi": ("w_i", "wᵢ"),
        "xn": ("x_n", "xₙ"),
        "wn": ("w_n", "wₙ"),
        "approx": (r"\approx", "≈"),
        "partial": (r"\partial", "∂"),
        "...": (r"\cdots", "⋯"),
        "i": ("i", "i"),
        "n": ("n", "n"),
        "g": ("g", "g"),
        "h": ("h", "h"),
        "k": ("k", "k"),
        "t": ("t", "t"),
        "r": ("r", "r"),
        "sigma'": (r"\sigma'", "σ′"),
        # its five components
        "①": ("(1)", "①"),
        "②": ("(2)", "②"),
        "③": ("(3)", "③"),
        "④": ("(4)", "④"),
        "⑤": ("(5)", "⑤"),
        # training
        "J": ("J", "J"),
        "v": ("v", "v"),
        "m": ("m", "m"),
        "m_hat": (r"\hat m", "m̂"),
        "s_hat": (r"\hat s", "ŝ"),
        "d": ("d", "d"),
        "H": ("H", "H"),
        "eta": (r"\eta", "η"),
        "mu": (r"\mu", "μ"),
        "alpha": (r"\alpha", "α"),
        "beta1": (r"\beta_1", "β₁"),
        "beta2": (r"\beta_2", "β₂"),
        "epsilon": (r"\varepsilon", "ε"),
        "lambda": (r"\lambda", "λ"),
        "delta": (r"\delta", "δ"),
    }
)

_SUPERSCRIPT = str.maketrans("0123456789-−tzkn", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻ᵗᶻᵏⁿ")


def superscript(text: str) -> str | None:
    """The text in superscript characters, or None where Unicode has none for it."""
    raised = text.translate(_SUPERSCRIPT)
    return raised if all(new != old for new, old in zip(raised, text, strict=True)) else None
