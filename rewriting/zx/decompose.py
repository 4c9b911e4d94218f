"""Closed ZX diagrams as sums of stabiliser terms: strong simulation where contraction is too dear.

Two spiders with bits x, y and phases α, β are the sum of the case x = y, with the phase α + β, and the case x ≠ y,
with the phase α - β and the factor e^(iβ). For two T spiders both phases are Clifford: so each pair doubles the number of
terms, and t of them make 2^(t/2) (Bravyi, Smith and Smolin, *Trading classical and quantum computational resources*,
arXiv 1506.01396). Each term is fully reduced again before it is taken apart further (Kissinger and van de Wetering, arXiv
2109.01076), which removes phases of its own accord. A single phase is cut into x = 0 and x = 1.
"""

from __future__ import annotations

from catenary.diagrams import ArityError, Phase
from catenary.functors.bitsets import bits
from catenary.rewriting.limits import check_deadline
from catenary.rewriting.zx.graph import ZXGraph
from catenary.rewriting.zx.scalar import split_phase
from catenary.rewriting.zx.simplify import full_reduce


def stabiliser_value(graph: ZXGraph, *, deadline: float | None = None) -> complex:
    """The number that a closed diagram is, by a sum over stabiliser terms.

    Args:
        graph: without inputs and outputs; not changed.
        deadline: a :func:`time.monotonic` time to stop at.

    Raises:
        ArityError: if it has inputs or outputs.
        LimitReached: at the deadline.
        PhaseError: for phases with free symbols.

    >>> from catenary.functors.circuits import Circuit, Gate
    >>> closed = Circuit(1, [Gate(name, (0,)) for name in ("init", "h", "t", "h", "post")])
    >>> print(f"{stabiliser_value(ZXGraph.from_circuit(closed)):.4f}")
    0.8536+0.3536j
    """
    if graph.inputs or graph.outputs:
        raise ArityError(
            f"a number has no inputs and outputs; the diagram has {len(graph.inputs + graph.outputs)}"
        )
    total, left = 0j, [graph.copy()]
    while left:
        check_deadline(deadline, "summing over stabiliser terms")
        term = left.pop()
        full_reduce(term)
        if term.scalar.is_zero:
            continue
        if not term.alive:
            total += term.scalar.to_complex()
            continue
        left += _taken_apart(term)
    return total


def _taken_apart(graph: ZXGraph) -> list[ZXGraph]:
    """Two diagrams that add up to this one, with fewer phases."""
    spiders = sorted(bits(graph.general), key=graph.degree, reverse=True)
    v = spiders[0]
    alpha = graph.phase(v)
    partner = next(
        (w for w in spiders[1:] if _clifford(alpha + graph.phase(w), alpha - graph.phase(w))), None
    )
    terms = [graph.copy(), graph.copy()]
    for bit, term in enumerate(terms):
        check = term.add_spider()  # Σ (-1)^(h(x + y + bit)) is 2 where x + y = bit
        term.add_quarters(1 << check, 2 * bit)
        term.toggle(check, v)
        term.scalar.sqrt2 -= 2
        if partner is None:
            term.take_phase(v)
            if bit:
                term.scalar.rotate(alpha)
            continue
        term.toggle(check, partner)
        beta = term.take_phase(partner)
        if bit:
            term.scalar.rotate(beta)
        term.add_phase(v, -beta if bit else beta)
    return terms


def _clifford(*phases: Phase) -> bool:
    return all(split_phase(phase)[1] is None for phase in phases)
