"""Are two circuits equal? Three answers: equal (with the method), not equal (with a witness), unknown (with
what was tried).
"""

from __future__ import annotations

import math
import time

from catenary.diagrams.phases import Phase, reduce_phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import NOT_UNITARY, Gate
from catenary.rewriting.circuits.angles import ZERO, add
from catenary.rewriting.circuits.interop import adapted
from catenary.rewriting.circuits.unitaries import difference, verify_unitary
from catenary.rewriting.circuits.verdict import Verdict
from catenary.rewriting.circuits.witness import straight


def verify(a: object, b: object, *, budget: float = 10.0, seed: int = 0) -> Verdict:
    """Decide whether two circuits are equal up to global phase.

    Tried in order: the same gate list; the Pauli-rotation miter (both circuits' rotations cancel pairwise and
    the Clifford tableau that is left is the identity; includes Clifford circuits); simulation of product
    inputs, to refute; the ZX miter; matrices of small circuits. Circuits that measure, reset or branch are
    equal when they agree region by region with the same operations in between.

    Args:
        a, b: a :class:`~catenary.functors.circuits.Circuit`, a ``qiskit.QuantumCircuit`` or a
            ``pytket.Circuit`` each.
        budget: seconds; when it is over the answer is ``"unknown"``.
        seed: of the random inputs.

    Raises:
        TypeError: for what is no circuit of these kinds.
        ValueError: for a budget that is no finite number of seconds.

    >>> from catenary.functors.circuits.gates import Gate
    >>> hzh = Circuit(1, [Gate("h", (0,)), Gate("z", (0,)), Gate("h", (0,))])
    >>> verify(hzh, Circuit(1, [Gate("x", (0,))])).answer
    'equal'
    >>> print(verify(Circuit(1, [Gate("t", (0,))]), Circuit(1)).witness)
    input |+⟩: density matrix entry (0, 1) is 0.353553-0.353553j against 0.5+0j
    """
    if not 0 <= budget < math.inf:
        raise ValueError(f"the budget is a finite number of seconds, not {budget!r}")
    return _verify(adapted(a)[0], adapted(b)[0], time.monotonic() + budget, seed)


def _verify(a: Circuit, b: Circuit, deadline: float, seed: int) -> Verdict:
    shapes = [(len(c.inputs), len(c.outputs)) for c in (a, b)]
    if shapes[0] != shapes[1]:
        one, other = (f"{inputs} inputs and {outputs} outputs" for inputs, outputs in shapes)
        reason = f"one has {one}, the other {other}"
        return Verdict("not equal", "shape", reason=reason)
    if a.with_gates(a.gates, ZERO) == b.with_gates(b.gates, ZERO):
        return Verdict("equal", "same gates", difference(a, b), tried=("same gates",))
    if a.is_unitary and b.is_unitary:
        return verify_unitary(straight(to_basic(a)), straight(to_basic(b)), deadline, seed)
    return _verify_regions(to_basic(a), to_basic(b), deadline, seed)


def _verify_regions(a: Circuit, b: Circuit, deadline: float, seed: int) -> Verdict:
    """Circuits with operations that are not unitary: region by region."""
    tried = ["same gates", "region by region"]
    same_lines = (a.n_qubits, a.inputs, a.outputs, a.n_clbits) == (
        b.n_qubits,
        b.inputs,
        b.outputs,
        b.n_clbits,
    )
    skeletons = [_operations(c) for c in (a, b)]
    if not same_lines or skeletons[0] != skeletons[1]:
        reason = (
            "the measurements, resets, conditional gates or open lines are not the same, in the same order"
        )
        return Verdict("unknown", "none", reason=reason, tried=tuple(tried))
    phase: Phase | None = difference(a, b)
    methods: list[str] = []
    regions = list(zip(_regions(a), _regions(b), strict=True))
    for k, (left, right) in enumerate(regions):
        verdict = verify_unitary(left, right, deadline, seed)
        methods.append(verdict.method)
        tried.extend(t for t in verdict.tried if t not in tried)
        if verdict.answer == "equal":
            known = phase is not None and verdict.global_phase is not None
            phase = add(phase, verdict.global_phase) if known else None
            continue
        if verdict.answer == "not equal":
            reason = f"region {k} differs ({verdict.reason}), which what follows may hide"
        else:
            reason = f"region {k}: {verdict.reason}"
        return Verdict("unknown", "none", reason=reason, tried=tuple(tried))
    method = "region by region: " + ", ".join(dict.fromkeys(methods))
    return Verdict("equal", method, None if phase is None else reduce_phase(phase), tried=tuple(tried))


def _operations(circuit: Circuit) -> list[Gate]:
    """What is not unitary, in order; barriers change nothing."""
    return [
        g for g in circuit.gates if g.name != "barrier" and (g.condition is not None or g.name in NOT_UNITARY)
    ]


def _regions(circuit: Circuit) -> list[Circuit]:
    """The unitary circuits before, between and after the operations, each on all lines."""
    runs: list[list[Gate]] = [[]]
    for gate in circuit.gates:
        if gate.name in ("barrier", "id") and gate.condition is None:
            continue
        if gate.condition is not None or gate.name in NOT_UNITARY:
            runs.append([])
        else:
            runs[-1].append(gate)
    return [Circuit.unchecked(circuit.n_qubits, tuple(run), global_phase=ZERO) for run in runs]
