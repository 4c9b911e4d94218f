"""From circuit to circuit through ZX, and the comparison of two circuits by their miter."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from catenary.diagrams import ArityError, LimitReached, Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.zx.convert import graph_of_circuit
from catenary.rewriting.zx.extract import Extraction, extract
from catenary.rewriting.zx.graph import NotUnitaryError, ZXGraph, bits
from catenary.rewriting.zx.simplify import clifford_simp, full_reduce, interior_clifford_simp

_CHUNK = 4000  # gates between two reductions of a diagram that is being built


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


def simplify_circuit(
    circuit: Circuit, *, deadline: float | None = None, up_to_scale: bool = False
) -> Circuit:
    """An equal circuit (global phase included) by full ZX reduction and extraction.

    T never grows; two-qubit gates may: compare the counts of both and keep the better. Post-selected circuits
    may need another number of lines; factors 1/√2 become lines prepared in |0⟩ and post-selected on ⟨+|.

    Args:
        circuit: gates on lines that may begin with ``init`` and end with ``post``; no barrier, measurement,
            reset or condition.
        deadline: a :func:`time.monotonic` time to stop at.
        up_to_scale: for post-selected circuits, drop a positive factor.

    Returns:
        The new circuit; the one that was given if the deadline passed first, or if the scalar is not a
        circuit's (zero, greater than one, not a power of √2) and ``up_to_scale`` is not set.

    Raises:
        NotUnitaryError: for other operations. Cut the circuit there.

    >>> len(simplify_circuit(Circuit(1, [Gate("t", (0,))] * 8)))
    0
    """
    for index, gate in enumerate(circuit.gates):
        if gate.name == "barrier":
            raise NotUnitaryError(f"gate {index} is a barrier: cut the circuit there")
    try:
        found = resynthesise(circuit, deadline=deadline)
    except LimitReached:
        return circuit
    result, scalar = found.circuit, found.scalar
    if not scalar.is_one and not (up_to_scale and not scalar.is_zero):
        if not scalar.is_exact_power or scalar.sqrt2 > 0:
            return circuit
        n = result.n_qubits
        extra = [Gate(name, (n + k,)) for k in range(-scalar.sqrt2) for name in ("init", "h", "post")]
        result = Circuit(
            n - scalar.sqrt2, (*result.gates, *extra), 0, result.inputs, result.outputs, result.global_phase
        )
    if circuit.n_clbits:
        result = Circuit(
            result.n_qubits,
            result.gates,
            circuit.n_clbits,
            result.inputs,
            result.outputs,
            result.global_phase,
        )
    if circuit.is_unitary and circuit.inputs == circuit.outputs == tuple(range(circuit.n_qubits)):
        return circuit.with_gates(result.gates, result.global_phase)
    return result


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
    for i, v in enumerate(graph.inputs):
        # an edge is √2 times a Hadamard
        if graph.neighbours(v) != 1 << graph.outputs[i] or graph.input_h[i] == graph.output_h[i]:
            return None
    scalar = graph.scalar
    if not scalar.is_exact_power or scalar.sqrt2 != -len(graph.inputs):
        return None
    return scalar.phase


def clifford_is_identity(circuit: Circuit) -> bool:
    """Whether a unitary Clifford circuit is the identity up to phase, by its tableau (Aaronson and Gottesman,
    quant-ph/0406196).

    >>> [clifford_is_identity(Circuit(1, [Gate("s", (0,))] * times)) for times in (4, 2)]
    [True, False]
    """
    n = circuit.n_qubits
    # Columns: bit k of x[q] says that generator k (X_0 … X_{n-1}, Z_0 … Z_{n-1}) has an X on qubit q.
    x = [1 << q for q in range(n)]
    z = [1 << n + q for q in range(n)]
    sign = 0
    for gate in circuit.gates:
        name, qubits = gate.name, gate.qubits
        q = qubits[0]
        quarters = {"s": 1, "z": 2, "sdg": 3}.get(name)
        if name == "rz" and isinstance(gate.params[0], Fraction) and gate.params[0].denominator <= 2:
            quarters = int(2 * gate.params[0]) % 4
        if quarters is not None:
            for _ in range(quarters):
                sign ^= x[q] & z[q]
                z[q] ^= x[q]
        elif name == "h":
            sign ^= x[q] & z[q]
            x[q], z[q] = z[q], x[q]
        elif name == "x":
            sign ^= z[q]
        elif name == "y":
            sign ^= x[q] ^ z[q]
        elif name == "cz":
            t = qubits[1]
            sign ^= x[q] & x[t] & (z[q] ^ z[t])
            z[q] ^= x[t]
            z[t] ^= x[q]
        elif name == "cx":
            t = qubits[1]
            sign ^= x[q] & z[t] & ~(x[t] ^ z[q])
            x[t] ^= x[q]
            z[q] ^= z[t]
        elif name == "swap":
            t = qubits[1]
            x[q], x[t] = x[t], x[q]
            z[q], z[t] = z[t], z[q]
        else:
            raise ArityError(f"{name} is not a Clifford gate of the basic set")
    return sign == 0 and all(x[q] == 1 << q and z[q] == 1 << n + q for q in range(n))


def graph_counts(graph: ZXGraph) -> dict[str, int]:
    """Spiders, edges, phases that are not Clifford, interior spiders: for reports."""
    return {
        "spiders": graph.n_spiders,
        "edges": graph.n_edges,
        "t": graph.t_count,
        "interior": len(bits(graph.interior)),
    }
