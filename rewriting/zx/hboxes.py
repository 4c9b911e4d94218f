"""H-boxes in graph-like ZX diagrams: the ZH-calculus reduced to ZX, exactly.

An H-box with the label e^(iα) multiplies by e^(iα x₁…xₙ). A product of bits is a sum of their parities,
2^(n-1) x₁…xₙ = Σ (-1)^(|S|+1) ⊕S over the sets S of bits that are not empty, so it is a phase gadget with the phase
±α/2^(n-1) for each (Kuijpers, van de Wetering and Kissinger, *Graphical Fourier theory and the cost of quantum
addition*, arXiv 1904.07551): seven for a CCZ.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

from catenary.diagrams import LimitReached, Phase
from catenary.diagrams.phases import is_symbolic
from catenary.rewriting.zx.graph import ZXGraph

LARGEST_H_BOX = 12  # legs: one with n legs is 2^n - 1 phases


def add_h_box(graph: ZXGraph, spiders: list[int], phase: Phase, modulus: float) -> None:
    """Multiply a diagram by an H-box with its legs at some spiders and the label modulus · e^(iπ·phase).

    Legs at one spider are one leg: x² = x.

    Raises:
        LimitReached: for too many legs.

    >>> g = ZXGraph()
    >>> ends = [g.add_spider() for _ in range(3)]
    >>> add_h_box(g, ends, Fraction(1), 1.0)
    >>> g.t_count
    7
    """
    legs = list(dict.fromkeys(spiders))
    exact = modulus == 1
    if not legs:
        graph.scalar.number *= modulus
        graph.scalar.rotate(phase)
    elif exact and len(legs) == 2 and not is_symbolic(phase) and phase % 2 == 1:
        graph.toggle(*legs)
    elif exact:
        _multiply(graph, legs, phase)
    elif len(legs) == 1:
        _weigh(graph, legs[0], phase, modulus)
    else:
        # a^(x₁…xₙ) = ½ Σ_yz (-1)^(x₁…xₙ y) (-1)^(yz) a^z
        y, z = graph.add_spider(), graph.add_spider()
        _multiply(graph, [*legs, y], Fraction(1))
        graph.toggle(y, z)
        _weigh(graph, z, phase, modulus)
        graph.scalar.sqrt2 -= 2


def _multiply(graph: ZXGraph, legs: list[int], phase: Phase) -> None:
    """Multiply by e^(iπ·phase) where all bits are 1."""
    if len(legs) > LARGEST_H_BOX:
        raise LimitReached("an H-box as a ZX diagram", f"{len(legs)} legs (the limit is {LARGEST_H_BOX})")
    share = phase / 2 ** (len(legs) - 1)
    for size in range(1, len(legs) + 1):
        for chosen in combinations(legs, size):
            turn = share if size % 2 else -share
            if size == 1:
                graph.add_phase(chosen[0], turn)
                continue
            hub, leaf = graph.add_spider(), graph.add_spider(turn)
            graph.toggle(hub, leaf)
            for v in chosen:
                graph.toggle(hub, v)
            graph.scalar.sqrt2 -= 2


def _weigh(graph: ZXGraph, v: int, phase: Phase, modulus: float) -> None:
    """Multiply by (modulus · e^(iπ·phase))^x: Σ_h (-1)^(hx) e^(iθh) is 1 + e^(iθ) at x = 0 and -i·tan(θ/2) times
    that at x = 1, and tan(θ/2) the modulus for the right θ.
    """
    if modulus == 0:
        effect = graph.add_spider()  # only x = 0 stays
        graph.toggle(effect, v)
        graph.scalar.sqrt2 -= 2
        return
    theta = 2 * math.atan(modulus) / math.pi
    graph.add_phase(v, phase + Fraction(1, 2))
    effect = graph.add_spider(theta)
    graph.toggle(effect, v)
    graph.scalar.number /= 2 * math.cos(math.atan(modulus))
    graph.scalar.rotate(-theta / 2)
