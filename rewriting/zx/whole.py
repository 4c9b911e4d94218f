"""From circuit to circuit through ZX, and the comparison of two circuits by their miter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from catenary.diagrams import ArityError, LimitReached, Phase
from catenary.diagrams.phases import as_phase
from catenary.functors.bitsets import bits
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.zx.convert import graph_of_circuit
from catenary.rewriting.zx.extract import Extraction, Method, cost, extract
from catenary.rewriting.zx.graph import NotUnitaryError, ZXGraph
from catenary.rewriting.zx.simplify import clifford_simp, full_reduce, interior_clifford_simp
from catenary.rewriting.zx.teleport import sparse_simp, teleport_phases

_CHUNK = 4000  # gates between two reductions of a diagram that is being built
_WINDOW = 20_000  # gates simplified at once: rows of an unreduced diagram are as long as it has spiders


def reduced_graph(circuit: Circuit, *, deadline: float | None = None) -> ZXGraph:
    """The fully reduced ZX diagram of a circuit; long circuits are reduced while they are read.

    Raises:
        NotUnitaryError: for operations that are not linear maps of qubits.
    """
    graph = graph_of_circuit(
        circuit, every=_CHUNK, reduce=lambda g, keep: interior_clifford_simp(g, keep=keep, deadline=deadline)
    )
    full_reduce(graph, deadline=deadline)
    return graph


def resynthesise(circuit: Circuit, *, deadline: float | None = None) -> Extraction:
    """Reduce a circuit as a ZX diagram and extract a circuit again, with the scalar beside it.

    The diagram may be open: lines that begin with ``init`` or end with ``post``. Counts may grow: the choice
    is the caller's.

    Raises:
        NotUnitaryError: for operations that are not linear maps of qubits.
        LimitReached: at the deadline, if no circuit is extracted by then.

    >>> closed = Circuit(1, [Gate(name, (0,)) for name in ("init", "h", "s", "h", "post")])
    >>> resynthesise(closed).scalar
    Scalar(√2^-1 · e^(iπ·0))
    """
    return extract(reduced_graph(circuit, deadline=deadline), deadline=deadline)


def absorb_hadamards(gates: Iterable[Gate]) -> list[Gate]:
    """The gates with ``h b; cz a,b; h b`` written as ``cx a,b``, and back, wherever that saves the two h.

    >>> absorb_hadamards([Gate("h", (1,)), Gate("cz", (0, 1)), Gate("h", (1,))])
    [Gate('cx', (0, 1))]
    """
    kept: list[Gate | None] = list(gates)
    wires: dict[int, list[int]] = {}
    for at, gate in enumerate(kept):
        assert gate is not None
        for q in gate.qubits:
            wires.setdefault(q, []).append(at)
    for q, places in wires.items():
        stack: list[int] = []
        for at in places:
            gate = kept[at]
            assert gate is not None
            stack.append(at)
            if gate.name != "h" or len(stack) < 3:
                continue
            first, middle = kept[stack[-3]], kept[stack[-2]]
            assert first is not None
            assert middle is not None
            if first.name != "h":
                continue
            if middle.name == "cz":
                changed = Gate("cx", (sum(middle.qubits) - q, q))
            elif middle.name == "cx" and middle.qubits[1] == q:
                changed = Gate("cz", middle.qubits)
            else:
                continue
            kept[stack[-3]] = kept[at] = None
            kept[stack[-2]] = changed
            stack[-3:] = [stack[-2]]
    return [gate for gate in kept if gate is not None]


def _strategies() -> list[tuple[Callable[[ZXGraph, float | None], object], Method]]:
    """What to do with a diagram whose phases have been teleported, and how to extract it, from the quickest on."""

    def sparse(gain: int) -> Callable[[ZXGraph, float | None], object]:
        return lambda graph, deadline: sparse_simp(graph, deadline=deadline, gain=gain)

    return [
        (lambda graph, deadline: None, "frontier"),
        # What is left has the same rotations however it was reduced.
        (lambda graph, deadline: full_reduce(graph, deadline=deadline), "rotations"),
        *((sparse(gain), "frontier") for gain in (3, 1, 0, 2)),
    ]


def _best_extraction(circuit: Circuit, deadline: float | None) -> Extraction:
    """Extractions after each strategy; the cheapest."""
    given = graph_of_circuit(circuit)
    teleport_phases(given, deadline=deadline)
    best: Extraction | None = None
    edges = given.n_edges
    for strategy, method in _strategies():
        graph = given.copy()
        strategy(graph, deadline)
        # A dense diagram gives a long circuit by the frontier, slowly.
        if method == "frontier" and graph.n_edges > 2 * edges + 16:
            continue
        try:
            found = extract(graph, deadline=deadline, method=method)
        except LimitReached:
            if best is None:
                raise
            break
        found = replace(found, circuit=found.circuit.with_gates(tuple(absorb_hadamards(found.circuit.gates))))
        if best is None or (found.post_selected, *cost(found.circuit)) < (
            best.post_selected,
            *cost(best.circuit),
        ):
            best = found
        if method == "frontier":
            edges = min(edges, graph.n_edges)
    assert best is not None
    return best


def simplify_circuit(
    circuit: Circuit, *, deadline: float | None = None, up_to_scale: bool = False, rounds: int = 3
) -> Circuit:
    """An equal circuit (global phase included) by ZX: few T, then few two-qubit gates, then few gates.

    Phases are teleported; then circuits are extracted after simplifications of different strength, and the
    one with the fewest two-qubit gates (3 for a swap) is kept; that again while it improves. T never grows;
    the other counts may: compare them with the given circuit's. Post-selected circuits may need another
    number of lines; factors 1/√2 become lines prepared in |0⟩ and post-selected on ⟨+|.

    Args:
        circuit: gates on lines that may begin with ``init`` and end with ``post``; no barrier, measurement,
            reset or condition.
        deadline: a :func:`time.monotonic` time to stop at.
        up_to_scale: for post-selected circuits, drop a positive factor.
        rounds: how many times to go round at most.

    Returns:
        The new circuit; the one that was given if the deadline passed first, or if the scalar is not a
        circuit's (zero, greater than one, not a power of √2) and ``up_to_scale`` is not set, or its phase
        depends on symbols.

    Raises:
        NotUnitaryError: for other operations. Cut the circuit there.

    >>> len(simplify_circuit(Circuit(1, [Gate("t", (0,))] * 8)))
    0
    """
    for index, gate in enumerate(circuit.gates):
        if gate.name == "barrier":
            raise NotUnitaryError(f"gate {index} is a barrier: cut the circuit there")
    if len(circuit.gates) > _WINDOW and circuit.is_unitary:
        return _by_windows(circuit, deadline, rounds)
    result: Circuit | None = None
    for _ in range(max(rounds, 1)):
        try:
            found = _best_extraction(circuit if result is None else result, deadline)
        except LimitReached:
            break
        following = _with_scalar(found, up_to_scale)
        if following is None or (result is not None and cost(following) >= cost(result)):
            break
        result = following
    if result is None:
        return circuit
    if circuit.is_unitary and circuit.inputs == circuit.outputs == tuple(range(circuit.n_qubits)):
        return circuit.with_gates(result.gates, result.global_phase)
    return Circuit(
        result.n_qubits,
        result.gates,
        circuit.n_clbits,
        result.inputs,
        result.outputs,
        result.global_phase,
    )


def _by_windows(circuit: Circuit, deadline: float | None, rounds: int) -> Circuit:
    """A long unitary circuit simplified piece by piece."""
    gates: list[Gate] = []
    phase = circuit.global_phase
    lines = tuple(range(circuit.n_qubits))
    for start in range(0, len(circuit.gates), _WINDOW):
        gates_here = circuit.gates[start : start + _WINDOW]
        piece = Circuit.unchecked(circuit.n_qubits, gates_here, inputs=lines, outputs=lines)
        part = simplify_circuit(piece, deadline=deadline, rounds=rounds)
        gates.extend(part.gates)
        phase = phase + part.global_phase
    return circuit.with_gates(tuple(gates), phase)


def _with_scalar(found: Extraction, up_to_scale: bool) -> Circuit | None:
    """The circuit with the scalar in it, or ``None`` if a circuit cannot hold it."""
    result, scalar = found.circuit, found.scalar
    if scalar.is_one:
        return result
    if up_to_scale and not scalar.is_zero:
        rest = scalar.copy()
        rest.normalise()
        if rest.spiders or abs(rest.number) < 1e-12:
            return None  # the phase of what would be dropped depends on the parameters, or is not known
        phase = as_phase(result.global_phase + rest.take_phase())
        return result.with_gates(result.gates, phase)
    if not scalar.is_exact_power or scalar.sqrt2 > 0:
        return None
    n, factors = result.n_qubits, -scalar.sqrt2
    extra = [Gate(name, (n + k,)) for k in range(factors) for name in ("init", "h", "post")]
    gates = (*result.gates, *extra)
    return Circuit(n + factors, gates, 0, result.inputs, result.outputs, result.global_phase)


@dataclass(frozen=True)
class Miter:
    """What the ZX miter of two circuits proved.

    Attributes:
        equal: whether a = exp(iπ·global_phase)·b; false means that they differ by more than a phase, which is
            proved too.
        global_phase: half turns; ``None`` where not equal.
        method: how it was seen.
    """

    equal: bool
    global_phase: Phase | None
    method: str


def miter(a: Circuit, b: Circuit, *, deadline: float | None = None) -> Miter | None:
    """Compare two unitary circuits by reducing a·b† as a ZX diagram.

    It is the identity when wires are all that is left; when a Clifford diagram is left, its tableau decides.
    Decimal angles are compared within 1e-12 half turns.

    Returns:
        What was proved, or ``None`` if this method does not decide, or not before the deadline.

    Raises:
        ArityError: if the circuits have different numbers of inputs or outputs.
        NotUnitaryError: for operations that are not linear maps of qubits.

    >>> from fractions import Fraction
    >>> s, tt = Circuit(1, (Gate("rz", (0,), (Fraction(1, 2),)),)), Circuit(1, (Gate("t", (0,)),) * 2)
    >>> miter(s, tt)
    Miter(equal=True, global_phase=Fraction(7, 4), method='identity wires')
    """
    for what, one, other in (("inputs", a.inputs, b.inputs), ("outputs", a.outputs, b.outputs)):
        if len(one) != len(other):
            raise ArityError(f"circuits with {len(one)} and {len(other)} {what} cannot be equal")
    if not (a.is_unitary and b.is_unitary):
        for circuit in (a, b):
            graph_of_circuit(circuit)  # names the operation, if it is one that has no diagram
        return None
    graph = reduced_graph(a >> b.dagger(), deadline=deadline)
    phase = identity_phase(graph)
    if phase is not None:
        return Miter(True, phase, "identity wires")
    if graph.t_count:
        return None
    try:
        left = extract(graph, deadline=deadline).circuit
    except LimitReached:
        return None
    if not clifford_is_identity(left):
        return Miter(False, None, "Clifford tableau")
    closed = Circuit(
        left.n_qubits,
        [
            *(Gate("init", (q,)) for q in range(left.n_qubits)),
            *left.gates,
            *(Gate("post", (q,)) for q in range(left.n_qubits)),
        ],
        global_phase=left.global_phase,
    )
    number = graph_of_circuit(closed)
    clifford_simp(number)
    return Miter(True, number.scalar.phase, "Clifford tableau")


def reduces_to_identity(
    a: Circuit, b: Circuit, *, deadline: float | None = None
) -> tuple[bool, Phase | None] | None:
    """:func:`miter` as a pair (equal, global phase in half turns), or ``None`` where it does not decide."""
    found = miter(a, b, deadline=deadline)
    return None if found is None else (found.equal, found.global_phase)


def identity_phase(graph: ZXGraph) -> Phase | None:
    """The half turns φ if the diagram is written as exp(iπφ) times identity wires, else ``None``."""
    if graph.alive != graph.boundary or graph.low or graph.high or graph.general:
        return None
    if len(graph.inputs) != len(graph.outputs):
        return None
    for i, (v, w) in enumerate(zip(graph.inputs, graph.outputs, strict=True)):
        # an edge is √2 times a Hadamard; one between two outputs is a CZ
        if graph.neighbours(v) != 1 << w or graph.neighbours(w) != 1 << v:
            return None
        if graph.input_h[i] == graph.output_h[i]:
            return None
    scalar = graph.scalar
    if not scalar.is_exact_power or scalar.sqrt2 != -len(graph.inputs):
        return None
    return scalar.phase


def clifford_is_identity(circuit: Circuit) -> bool:
    """Whether a unitary Clifford circuit is the identity up to phase, by its tableau (Aaronson and Gottesman,
    quant-ph/0406196).

    Raises:
        ValueError: for a gate that is not a Clifford gate of the basic set.

    >>> [clifford_is_identity(Circuit(1, [Gate("s", (0,))] * times)) for times in (4, 2)]
    [True, False]
    """
    # As the circuit optimiser does with this package: each is imported where it is used.
    from catenary.functors.circuits.pauli import Tableau
    from catenary.rewriting.circuits.angles import quarter_turns, rotation_angle

    tableau = Tableau(circuit.n_qubits)
    for gate in circuit.gates:
        found = rotation_angle(gate)
        if found is None:
            tableau.apply(gate)
            continue
        quarter = quarter_turns(found[0])
        if quarter is None:
            raise ValueError(f"{gate.name} is not a Clifford gate of the basic set")
        tableau.phase_gate(gate.qubits[0], quarter)
    return tableau.is_identity()


def graph_counts(graph: ZXGraph) -> dict[str, int]:
    """Spiders, edges, phases that are not Clifford, interior spiders: for reports."""
    return {
        "spiders": graph.n_spiders,
        "edges": graph.n_edges,
        "t": graph.t_count,
        "interior": len(bits(graph.interior)),
    }
