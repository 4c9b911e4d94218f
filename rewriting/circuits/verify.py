"""Are two circuits equal? Three answers: equal (with the method), not equal (with a witness), unknown (with
what was tried).
"""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from catenary.diagrams import LimitReached
from catenary.diagrams.phases import Phase, reduce_phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import NOT_UNITARY, Gate
from catenary.functors.circuits.pauli import Tableau, hermitian
from catenary.functors.circuits.phase_sums import clifford_phase
from catenary.rewriting.circuits.angles import ZERO, add
from catenary.rewriting.circuits.builder import inverse
from catenary.rewriting.circuits.dense import exact_phase, float_phase, is_clifford_t
from catenary.rewriting.circuits.interop import adapted
from catenary.rewriting.circuits.rotations import NormalForm, normal_form
from catenary.rewriting.circuits.witness import Witness, check_witness, observable_witness, search, straight

Answer = Literal["equal", "not equal", "unknown"]
FLOAT_TOLERANCE = 1e-10
"""Decimal angles whose sum is within this many half turns of a Clifford angle count as that angle."""

ENTRIES_A_SECOND = 5e7
"""Matrix entries that one gate after another is taken to change in a second, at least."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to whether two circuits are equal up to global phase. Immutable.

    Attributes:
        answer: ``"equal"``, ``"not equal"`` or ``"unknown"``.
        method: how the answer was found.
        global_phase: when equal, φ in half turns with a = exp(iπφ)·b; ``None`` where it has no meaning or is
            not known.
        witness: when not equal, an input on which the outputs differ; ``None`` if the circuits differ in
            shape.
        reason: one sentence for people.
        tried: the methods tried, in order.
    """

    answer: Answer
    method: str
    global_phase: Phase | None = None
    witness: Witness | None = None
    reason: str = ""
    tried: tuple[str, ...] = ()


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
        return Verdict("equal", "same gates", _difference(a, b), tried=("same gates",))
    if a.is_unitary and b.is_unitary:
        return _verify_unitary(straight(to_basic(a)), straight(to_basic(b)), deadline, seed)
    return _verify_regions(to_basic(a), to_basic(b), deadline, seed)


def _difference(a: Circuit, b: Circuit) -> Phase:
    return reduce_phase(add(a.global_phase, -b.global_phase))


def pauli_miter(
    a: Circuit, b: Circuit, *, deadline: float | None = None
) -> tuple[Phase | None, NormalForm, Tableau, bool]:
    """The Pauli-rotation normal form of a · b†, for straight unitary circuits over the basic set.

    Returns the phase of a over b when they are equal (nothing is left), else ``None``; the normal form; its
    tableau; and whether decimal angles had to be rounded.

    Raises:
        LimitReached: past the deadline.
    """
    gates = (*inverse(b.gates), *a.gates)
    rounded = any(isinstance(p, float) for gate in gates for p in gate.params)
    whole = Circuit.unchecked(a.n_qubits, gates, global_phase=add(a.global_phase, -b.global_phase))
    form, tableau = normal_form(whole, tolerance=FLOAT_TOLERANCE if rounded else 0.0, deadline=deadline)
    phase: Phase | None = None
    if not form.rotations and tableau.is_identity():
        between = clifford_phase(a.n_qubits, form.clifford)
        assert between is not None
        phase = reduce_phase(add(form.phase, between))
    return phase, form, tableau, rounded


def _verify_unitary(a: Circuit, b: Circuit, deadline: float, seed: int) -> Verdict:
    tried = ["same gates"]
    if a.gates == b.gates:
        return Verdict("equal", "same gates", _difference(a, b), tried=tuple(tried))
    tried.append("Pauli-rotation miter")
    suspects: list[tuple[int, int]] = []
    tableau = None
    left = ""
    try:
        phase, form, tableau, rounded = pauli_miter(a, b, deadline=deadline)
        if phase is not None:
            method = "Clifford tableau" if _all_clifford(a) and _all_clifford(b) else "Pauli-rotation miter"
            if rounded:
                method += f", decimal angles compared within {FLOAT_TOLERANCE:g} half turns"
            return Verdict("equal", method, phase, tried=tuple(tried))
        back = normal_form(Circuit.unchecked(b.n_qubits, b.gates), deadline=deadline)[1]
        for rotation in form.rotations[:16]:
            start_of_b = back.pull(hermitian(rotation.x, rotation.z))
            suspects.append((start_of_b.x, start_of_b.z))
        left = f"{len(form.rotations)} rotations are left in the Pauli-rotation miter"
    except LimitReached as limit:
        tried[-1] += f" ({limit.limit})"
    symbols = sorted({s for c in (a, b) for s in c.free_symbols}, key=str)
    rng = random.Random(seed)
    values = {str(s): Fraction(rng.randrange(1, 64), 37) for s in symbols}
    numbers = (a.bind(values), b.bind(values)) if symbols else (a, b)
    n = a.n_qubits

    def refuted(witness: Witness, method: str) -> Verdict | None:
        if symbols:
            witness = Witness(
                witness.inputs,
                witness.row,
                witness.column,
                witness.observable,
                witness.values,
                tuple(values.items()),
            )
        try:
            if check_witness(a, b, witness):
                return Verdict("not equal", method, None, witness, str(witness), tuple(tried))
        except LimitReached:
            pass
        return None

    def simulate(tries: int, until: float, offset: int) -> Verdict | None:
        found = search(*numbers, suspects=suspects, tries=tries, deadline=until, seed=seed + offset)
        return None if found is None else refuted(found, "product-state simulation")

    tried.append("product-state simulation")
    start = time.monotonic()
    verdict = simulate(8 if n > 3 else 24, start + max(0.0, deadline - start) * 0.2, 0)
    if verdict is not None:
        return verdict
    if tableau is not None and not tableau.is_identity():
        tried.append("Pauli observables")
        start = time.monotonic()
        found = observable_witness(
            *numbers, tableau, seed=seed, deadline=start + max(0.0, deadline - start) * 0.2
        )
        if found is not None:
            verdict = refuted(found, "Pauli observables")
            if verdict is not None:
                return verdict
    if n <= 8 and not symbols:
        verdict = _dense(a, b, tried, deadline)
        if verdict is not None:
            return verdict
    tried.append("ZX miter")
    phase_found = _zx_miter(a, b, deadline)
    if phase_found is not None:
        return Verdict("equal", "ZX miter", phase_found[0], tried=tuple(tried))
    if 8 < n <= 10 and not symbols and time.monotonic() < deadline:
        verdict = _dense(a, b, tried, deadline)
        if verdict is not None:
            return verdict
    tried.append("product-state simulation, longer")
    for offset in range(1, 50):
        if time.monotonic() > deadline:
            break
        verdict = simulate(24, deadline, offset)
        if verdict is not None:
            return verdict
        if n <= 3:
            break
    return Verdict(
        "unknown",
        "none",
        reason=f"no method decided within the budget; {left or 'nothing was found'}",
        tried=tuple(tried),
    )


def _all_clifford(circuit: Circuit) -> bool:
    return all(gate.name not in ("t", "tdg", "rz") for gate in circuit.gates)


def _dense(a: Circuit, b: Circuit, tried: list[str], deadline: float) -> Verdict | None:
    """Equal by matrices, or ``None``."""
    if is_clifford_t(a) and is_clifford_t(b) and a.n_qubits <= 8:
        tried.append("exact matrices")
        try:
            equal, phase = exact_phase(a, b, deadline=deadline)
            return (
                Verdict("equal", "exact matrices over Z[ω, 1/√2]", phase, tried=tuple(tried))
                if equal
                else None
            )
        except LimitReached as limit:
            tried[-1] += f" ({limit.limit})"
    # Numpy does not look at the clock.
    work = (len(a.gates) + len(b.gates)) * 4.0**a.n_qubits
    if work > ENTRIES_A_SECOND * (deadline - time.monotonic()):
        return None
    tried.append("floating-point matrices")
    equal, number, distance = float_phase(a, b)
    if not equal:
        return None
    method = f"matrices in 64-bit floating point, largest difference {distance:.1e}"
    return Verdict("equal", method, number, tried=tuple(tried))


def _zx_miter(a: Circuit, b: Circuit, deadline: float) -> tuple[Phase | None] | None:
    """Equal by the ZX miter, with the phase, or ``None``."""
    from catenary.rewriting.zx import reduces_to_identity

    answer = reduces_to_identity(a, b, deadline=deadline)
    if answer is None or not answer[0]:
        return None
    return (answer[1],)


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
    phase: Phase | None = _difference(a, b)
    methods: list[str] = []
    regions = list(zip(_regions(a), _regions(b), strict=True))
    for k, (left, right) in enumerate(regions):
        verdict = _verify_unitary(left, right, deadline, seed)
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
