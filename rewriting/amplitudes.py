"""Amplitudes and maps of circuits by whichever is cheaper: the circuit's own tensor network or that of its
reduced ZX diagram.

A Clifford circuit without open ends is a scalar, which its stabiliser tableau gives exactly and in polynomial
time; a circuit with few T gates reduces to a small diagram, which can be contracted where the circuit cannot.
But reduction makes diagrams dense, so each candidate is simplified by its entries and its cost estimated, and
the cheapest is kept.
(Kissinger & van de Wetering, *Simulating quantum circuits with ZX-calculus reduced stabiliser
decompositions*, arXiv 2109.01076, for the use; the reductions are those of :mod:`catenary.rewriting.zx`.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from catenary.diagrams import ArityError, UnknownGenerator
from catenary.diagrams.optional import optional
from catenary.diagrams.phases import is_symbolic, unit
from catenary.functors.bitsets import bits
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.phase_sums import NotClifford
from catenary.functors.targets.stabilisers import of_circuit
from catenary.functors.tensor import Plan, TensorNetwork, contract, expected_cost_of, plan, simplify
from catenary.functors.tensor.circuits import Bits, circuit_network, read_bits
from catenary.rewriting.zx import full_reduce, interior_clifford_simp, sparse_simp
from catenary.rewriting.zx.convert import graph_of_circuit
from catenary.rewriting.zx.graph import ZXGraph

_HADAMARD = np.array([[1.0, 1.0], [1.0, -1.0]]) / math.sqrt(2.0)
_HADAMARD.flags.writeable = False
_REDUCTIONS: dict[str, Callable[[ZXGraph], object]] = {
    "ZX reduction": full_reduce,
    "sparse ZX reduction": sparse_simp,
    "Clifford ZX reduction": interior_clifford_simp,
}
_WORTH = 0.02  # seconds of expected contraction below which no reduction is tried: what one takes
_LONG = 8  # gates a qubit above which a circuit is reduced before anything is estimated …
_SMALL = 64  # … if it has at most this many gates beyond Clifford ones
_REACH = 1e5  # how much cheaper simplification by entries may be hoped to make a network


@dataclass(frozen=True)
class Candidate:
    """One way to contract a circuit.

    Attributes:
        name: what was done to it.
        network: what is contracted.
        multiply_adds: expected for it, on a greedy path.
        seconds: the expected time, which only serves to compare.
    """

    name: str
    network: TensorNetwork
    multiply_adds: int
    seconds: float


@dataclass(frozen=True)
class Reduced:
    """The network to contract, and what it was chosen from.

    Attributes:
        chosen: the candidate with the least expected time.
        candidates: all of them, the circuit's own network first.
    """

    chosen: Candidate
    candidates: tuple[Candidate, ...]

    def __str__(self) -> str:
        rows = [
            f"{'→' if c is self.chosen else ' '} {c.name}: {len(c.network)} tensors, about "
            f"10^{math.log10(max(c.multiply_adds, 1)):.2f} multiply-adds"
            for c in self.candidates
        ]
        return "\n".join(rows)


def network_of_graph(graph: ZXGraph) -> TensorNetwork:
    """The tensor network of a graph-like ZX diagram, its scalar included: an index for each spider, a Hadamard
    for each edge.

    Raises:
        PhaseError: for a phase with free symbols.

    >>> bell = Circuit(2, (Gate("init", (0,)), Gate("init", (1,)), Gate("h", (0,)), Gate("cx", (0, 1))))
    >>> abs(network_of_graph(ZXGraph.from_circuit(bell)).contract()).round(3)
    array([[0.707, 0.   ],
           [0.   , 0.707]])
    """
    scalar = graph.hadamard_scalar()
    power, scalar.sqrt2 = scalar.sqrt2, 0
    number = {v: k for k, v in enumerate(bits(graph.alive))}
    indices: list[tuple[int, ...]] = []
    arrays: list[Any] = []
    for v in number:
        phase = graph.phase(v)
        if is_symbolic(phase) or phase != 0:
            indices.append((number[v],))
            arrays.append(np.array([1.0, unit(phase)]))
        for w in bits(graph.neighbours(v) >> v + 1):
            indices.append((number[v], number[v + 1 + w]))
            arrays.append(_HADAMARD)
    output = []
    count = len(number)
    ends = [*zip(graph.inputs, graph.input_h, strict=True), *zip(graph.outputs, graph.output_h, strict=True)]
    for v, hadamard in ends:
        if hadamard:
            indices.append((number[v], count))
            arrays.append(_HADAMARD)
            output.append(count)
            count += 1
        else:
            output.append(number[v])
    indices.append(())
    arrays.append(np.array(scalar.to_complex()))
    # the power of √2 is shared out: as one number it may be too large or too small for a float
    share = 2.0 ** (power / 2 / len(arrays))
    scaled = [array * share for array in arrays]
    return TensorNetwork(indices, scaled, output, (2,) * count, len(graph.inputs))


def reduced_network(circuit: Circuit, initial: Bits | None = None, final: Bits | None = None) -> Reduced:
    """The cheapest network of a circuit, among its own and those of its ZX reductions.

    Args:
        circuit: gates, with ``init`` and ``post`` where lines begin and end.
        initial: the basis state of the inputs, as for
            :func:`~catenary.functors.tensor.circuits.circuit_network`.
        final: the basis state that the outputs are projected on.

    Raises:
        ContractionError: for what is not a linear map.
        PhaseError: for an angle with free symbols.
        ArityError: for the wrong number of bits.

    >>> ghz = Circuit(20, [Gate("h", (0,)), *(Gate("cx", (q, q + 1)) for q in range(19))])
    >>> reduced_network(ghz, "0" * 20, "1" * 20).chosen.name
    "the circuit's network"
    """
    return _cheapest(_fixed(circuit, initial, final), circuit_network(circuit, initial, final), {})


def _cheapest(fixed: Circuit, network: TensorNetwork, known: dict[str, Candidate]) -> Reduced:
    """The cheapest of the circuit's own network and those of its reductions, of which some may be known."""
    own = _candidate("the circuit's network", network)
    candidates = [own]
    clifford = _clifford_amplitude(fixed) if own.seconds > _WORTH else None
    if clifford is not None:
        scalar = TensorNetwork(((),), (np.array(clifford),), ())
        candidates.append(Candidate("stabiliser tableau", scalar, 0, 0.0))
    elif own.seconds > _WORTH:
        for name in _REDUCTIONS:
            candidates.append(known.get(name) or _reduced_by(name, fixed))
            if candidates[-1].seconds < _WORTH:  # nothing more to gain
                break
        else:
            candidates = _all_simplified(candidates)
    return Reduced(min(candidates, key=lambda c: c.seconds), tuple(candidates))


def _clifford_amplitude(circuit: Circuit) -> complex | None:
    """The exact scalar of a Clifford circuit without open ends, by its stabiliser tableau as a sum over paths;
    ``None`` for any other circuit.
    """
    if circuit.inputs or circuit.outputs:
        return None
    if any(map(_is_far_from_clifford, circuit.gates)):
        return None
    try:
        return complex(of_circuit(circuit).array())
    except NotClifford:
        return None


def _is_far_from_clifford(gate: Gate) -> bool:
    return gate.name in ("t", "tdg") or any(is_symbolic(p) or p * 2 % 1 for p in gate.params)


def _is_quick_to_reduce(fixed: Circuit) -> bool:
    """Whether a circuit is long and has few gates beyond Clifford ones: then its ZX reduction is likely to be small, and
    takes less than to find out what the circuit's own network would cost.
    """
    long = len(fixed.gates) >= _LONG * fixed.n_qubits
    return long and sum(map(_is_far_from_clifford, fixed.gates)) <= _SMALL


def _reduced_by(name: str, fixed: Circuit) -> Candidate:
    graph = graph_of_circuit(fixed)
    _REDUCTIONS[name](graph)
    return _candidate(name, network_of_graph(graph))


def _candidate(name: str, network: TensorNetwork) -> Candidate:
    cost = expected_cost_of(network)
    return Candidate(name, network, cost.multiply_adds, cost.seconds)


def _all_simplified(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates, simplified from the cheapest on, except those that are out of reach of the best."""
    best = math.inf
    done: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda c: c.seconds):
        if candidate.seconds < _REACH * best:
            done[candidate.name] = _simplified(candidate)
            best = min(best, done[candidate.name].seconds)
    return [done.get(candidate.name, candidate) for candidate in candidates]


def _simplified(candidate: Candidate) -> Candidate:
    simple = simplify(candidate.network)
    after = _candidate(f"{candidate.name}, simplified by {simple}", simple.network)
    return min(candidate, after, key=lambda c: c.seconds)


def _fixed(circuit: Circuit, initial: Bits | None, final: Bits | None) -> Circuit:
    """The circuit with its fixed inputs prepared and its fixed outputs projected by gates."""
    before: list[Gate] = []
    for place, bit in read_bits(initial, len(circuit.inputs), "inputs").items():
        q = circuit.inputs[place]
        before.append(Gate("init", (q,)))
        if bit:
            before.append(Gate("x", (q,)))
    after: list[Gate] = []
    for place, bit in read_bits(final, len(circuit.outputs), "outputs").items():
        q = circuit.outputs[place]
        if bit:
            after.append(Gate("x", (q,)))
        after.append(Gate("post", (q,)))
    gates = (*before, *circuit.gates, *after)
    return Circuit(circuit.n_qubits, gates, global_phase=circuit.global_phase)


def plan_amplitude(circuit: Circuit, initial: Bits, final: Bits, **options: Any) -> Plan:
    """What :func:`amplitude` would do; its ``method`` names the reduction. ``options`` are those of
    :func:`~catenary.functors.tensor.plan`.
    """
    from dataclasses import replace

    reduced = reduced_network(circuit, initial, final)
    found = plan(reduced.chosen.network, simplify=False, **options)
    before = reduced.candidates[0].multiply_adds
    return replace(found, simplified=reduced.chosen.name, before=before)


def amplitude(circuit: Circuit, initial: Bits, final: Bits, **options: Any) -> complex:
    """The amplitude ⟨final|circuit|initial⟩ of basis states: of a Clifford circuit by its stabiliser tableau,
    exactly and whatever its size; of another by the cheapest of its network and its ZX reductions.

    ``options`` are those of :func:`~catenary.functors.tensor.contract`.

    Raises:
        ArityError: unless there is a bit for each input and output.

    >>> ghz = Circuit(3, [Gate("h", (0,)), Gate("cx", (0, 1)), Gate("cx", (1, 2))])
    >>> round(amplitude(ghz, "000", "111").real, 6)
    0.707107
    """
    fixed = _fixed(circuit, initial, final)
    clifford = _clifford_amplitude(fixed)
    if clifford is not None:
        return clifford
    known: dict[str, Candidate] = {}
    if _is_quick_to_reduce(fixed):
        known["ZX reduction"] = _reduced_by("ZX reduction", fixed)
    chosen = next((c.network for c in known.values() if c.seconds < _WORTH), None)
    if chosen is None:
        chosen = _cheapest(fixed, circuit_network(circuit, initial, final), known).chosen.network
    if chosen.output:
        raise ArityError("an amplitude needs a bit, 0 or 1, for each input and output of the circuit")
    return complex(contract(chosen, simplify=False, **options))


def probability(circuit: Circuit, initial: Bits, final: Bits, engine: str = "amplitude") -> float:
    """The probability |⟨final|circuit|initial⟩|² of measuring ``final``.

    Args:
        circuit: gates, with ``init`` and ``post``.
        initial, final: a bit for each input and output.
        engine: ``"amplitude"`` (:func:`amplitude`), or ``"stim"``: Stim's tableau simulator, for Clifford circuits
            without ``post``. Stim keeps no global phase, so that it has probabilities and no amplitudes.

    Raises:
        UnknownGenerator: for another engine.
        CircuitError: where Stim cannot hold the circuit.
        MissingExtra: for ``"stim"`` without the extra stim.
        ArityError: unless there is a bit for each input and output.

    >>> ghz = Circuit(3, [Gate("h", (0,)), Gate("cx", (0, 1)), Gate("cx", (1, 2))])
    >>> round(probability(ghz, "000", "111"), 12)
    0.5
    """
    if engine not in ("amplitude", "stim"):
        raise UnknownGenerator(engine, ["amplitude", "stim"], "the list of engines for probabilities")
    if engine == "amplitude":
        return abs(amplitude(circuit, initial, final)) ** 2
    from catenary.functors.bridges.stim import to_stim

    stim = optional("stim", "stim")
    start = read_bits(initial, len(circuit.inputs), "inputs")
    end = read_bits(final, len(circuit.outputs), "outputs")
    if len(start) < len(circuit.inputs) or len(end) < len(circuit.outputs):
        raise ArityError("a probability needs a bit, 0 or 1, for each input and output of the circuit")
    simulator = stim.TableauSimulator()
    # where all lines run right through, Stim's are numbered by the inputs; output k is line k in any case
    whole = len(circuit.inputs) == circuit.n_qubits
    ones = [place if whole else circuit.inputs[place] for place, bit in start.items() if bit]
    if ones:
        simulator.x(*ones)
    simulator.do(to_stim(circuit))
    found = 1.0
    for place, bit in end.items():
        z = simulator.peek_z(place)
        if z == (1 if bit else -1):
            return 0.0
        if z == 0:
            found /= 2
            simulator.postselect_z(place, desired_value=bool(bit))
    return found
