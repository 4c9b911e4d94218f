"""Decompositions of Toffoli gates: which ones are taken decides what their neighbours cancel with.

A ccz has a T gate on each of the seven parities of its three wires. Their order may follow any order of the
wires, and as the gate is its own inverse they may all be the other way round. Where two Toffoli gates share
wires, T gates that meet make an S gate or cancel, and what is left is a relative-phase Toffoli gate only if
they cancel (Maslov, arXiv 1508.03273).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import permutations

from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.counts import counts
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.builder import inverse
from catenary.rewriting.circuits.cancellation import cancel_gates
from catenary.rewriting.circuits.merging import merge_rotations
from catenary.rewriting.circuits.regions import Region, split

VARIANTS = tuple((order, backwards) for order in permutations(range(3)) for backwards in (False, True))
"""An order of the three wires, and whether the gates are inverted."""
WORK = 100_000
"""Gates that the search for good variants may look at, in all."""
CLIMBS = 4
"""Variants, all but one of them random, that the search starts from."""
KICKS, KICKED = 40, 3
"""How often it goes on from the best variants so far, and how many of them are changed at random then."""


def toffolis(circuit: Circuit) -> list[int]:
    """The places of the unconditional ccx and ccz gates."""
    return [k for k, g in enumerate(circuit.gates) if g.name in ("ccx", "ccz") and g.condition is None]


def with_variants(circuit: Circuit, variants: Sequence[int]) -> Circuit:
    """The circuit over the basic set, each ccx and ccz by the variant of that number.

    >>> counts(with_variants(Circuit(3, [Gate("ccx", (0, 1, 2))]), [5])).t
    7
    """
    gates: list[Gate] = []
    numbers = iter(variants)
    for gate in circuit.gates:
        if gate.name not in ("ccx", "ccz") or gate.condition is not None:
            gates.append(gate)
            continue
        order, backwards = VARIANTS[next(numbers)]
        p, q, r = (gate.qubits[k] for k in order)
        around = [Gate("h", (gate.qubits[2],))] if gate.name == "ccx" else []
        written = [
            *(Gate("cx", (q, r)), Gate("tdg", (r,)), Gate("cx", (p, r)), Gate("t", (r,))),
            *(Gate("cx", (q, r)), Gate("tdg", (r,)), Gate("cx", (p, r)), Gate("t", (q,)), Gate("t", (r,))),
            *(Gate("cx", (p, q)), Gate("t", (p,)), Gate("tdg", (q,)), Gate("cx", (p, q))),
        ]
        gates.extend([*around, *(inverse(written) if backwards else written), *around])
    return to_basic(circuit.with_gates(tuple(gates), circuit.global_phase))


def good_variants(
    circuit: Circuit, count: int, seed: int, over: Callable[[], bool] = lambda: False
) -> list[Circuit]:
    """Up to ``count`` versions of the circuit over the basic set, half of them such that Toffoli gates cancel well.

    For those each Toffoli gate in turn takes the variant that leaves fewest gates after cancellation and merging
    of rotations, again and again: from some variants, and then from the best ones with a few changed at random. They
    come first. The others are random variants.

    Args:
        over: asked now and then whether to stop.
    """
    places = toffolis(circuit)
    if not places:
        return []
    rng = random.Random(seed)
    found: dict[tuple[int, ...], tuple[int, int]] = {}
    work = 0

    def value(variants: list[int]) -> tuple[int, int]:
        nonlocal work
        key = tuple(variants)
        if key not in found:
            basic = with_variants(circuit, variants)
            work += len(basic.gates)
            regions = [part.circuit for part in split(basic) if isinstance(part, Region)]
            left = [counts(cancel_gates(merge_rotations(cancel_gates(region)))) for region in regions]
            found[key] = (sum(each.two_qubit for each in left), sum(each.gates for each in left))
        return found[key]

    def climb(variants: list[int], until: float) -> None:
        now = value(variants)
        better = True
        while better:
            better = False
            for k in rng.sample(range(len(places)), len(places)):
                for other in rng.sample(range(len(VARIANTS)), len(VARIANTS)):
                    if work >= until or over():
                        return
                    kept = variants[k]
                    variants[k] = other
                    new = value(variants)
                    if new < now:
                        now = new
                        better = True
                    else:
                        variants[k] = kept

    first = [tuple([0] * len(places))]
    first += [tuple(rng.randrange(len(VARIANTS)) for _ in places) for _ in range(count - 1)]
    for k, start in enumerate(first[:CLIMBS]):
        climb(list(start), WORK * (k + 1) / CLIMBS)
    for _ in range(KICKS):
        if work >= WORK or over():
            break
        kicked = list(min((left, key) for key, left in found.items())[1])
        for k in rng.sample(range(len(places)), min(KICKED, len(places))):
            kicked[k] = rng.randrange(len(VARIANTS))
        climb(kicked, WORK)
    best = sorted(found, key=lambda key: (found[key], key))[: -(-count // 2)]
    others = [key for key in dict.fromkeys(first) if key not in best]
    return [with_variants(circuit, key) for key in [*best, *others][:count]]
