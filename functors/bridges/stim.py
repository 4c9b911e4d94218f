"""Stim circuits to and from Clifford circuits. Stim keeps no global phase: neither does this bridge."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from catenary.diagrams.optional import optional
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import decomposition
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.functors.circuits.lines import in_order

_NAMES = {
    "id": "I",
    "x": "X",
    "y": "Y",
    "z": "Z",
    "h": "H",
    "s": "S",
    "sdg": "S_DAG",
    "sx": "SQRT_X",
    "sxdg": "SQRT_X_DAG",
    "cx": "CX",
    "cy": "CY",
    "cz": "CZ",
    "swap": "SWAP",
    "iswap": "ISWAP",
}
_READ = {name: ours for ours, name in _NAMES.items()}
_QUARTERS = ("id", "s", "z", "sdg")
_ANNOTATIONS = frozenset({"DETECTOR", "OBSERVABLE_INCLUDE", "QUBIT_COORDS", "SHIFT_COORDS"})
_BASES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "": ((), ()),
    "Z": ((), ()),
    "X": (("h",), ("h",)),
    "Y": (("sdg", "h"), ("h", "s")),
}
"""What takes a basis to Z's, and back."""


def _stim() -> Any:
    return optional("stim", "stim")


def to_stim(circuit: Circuit) -> Any:
    """A Clifford circuit as a ``stim.Circuit``; its global phase is left out, for Stim has none.

    Record k of Stim is the k-th measurement. ``init`` becomes ``R``, a barrier on all lines ``TICK``; lines
    that change places are swapped.

    Raises:
        CircuitError: for a gate that is no Clifford gate, ``post`` and opaque operations, a barrier on some
            lines only, and conditions other than x, y or z where one measured bit is 1 or 0.
        MissingExtra: if stim is not installed.

    >>> print(to_stim(Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1)), Gate("measure", (1,), clbits=(0,))], 1)))
    H 0
    CX 0 1
    M 1
    """
    stim = _stim()
    inits = {gate.qubits[0] for gate in circuit.gates if gate.name == "init"}
    if inits:
        plain = tuple(Gate("reset", gate.qubits) if gate.name == "init" else gate for gate in circuit.gates)
        if len(circuit.outputs) != circuit.n_qubits:
            raise CircuitError("a line ends with post: a Stim circuit cannot hold it")
        if circuit.outputs != tuple(range(circuit.n_qubits)):
            raise CircuitError(
                "lines begin with init and change places: write the permutation as swaps first"
            )
        circuit = Circuit.unchecked(circuit.n_qubits, plain, circuit.n_clbits)
    else:
        circuit = in_order(circuit)
    out = stim.Circuit()
    records: dict[int, int] = {}
    made = 0
    for index, gate in enumerate(circuit.gates):
        if gate.condition is not None:
            _conditional(stim, out, gate, index, records, made)
        elif gate.name == "measure":
            out.append("M", gate.qubits)
            records[gate.clbits[0]] = made
            made += 1
        elif gate.name == "reset":
            out.append("R", gate.qubits)
        elif gate.name == "barrier":
            if len(gate.qubits) != circuit.n_qubits:
                raise CircuitError(
                    f"gate {index}: Stim's TICK is a barrier on all lines, not on {list(gate.qubits)}"
                )
            out.append("TICK")
        else:
            for name, qubits in _clifford(gate, index):
                out.append(name, qubits)
    used = {target.value for item in out for target in item.targets_copy() if target.is_qubit_target}
    idle = [q for q in range(circuit.n_qubits) if q not in used]
    if idle:
        out.append("I", idle)
    return out


def _clifford(gate: Gate, index: int) -> list[tuple[str, tuple[int, ...]]]:
    if gate.name in _NAMES:
        return [(_NAMES[gate.name], gate.qubits)]
    if gate.name in ("opaque", "noise", "post"):
        raise CircuitError(f"gate {index} ({gate.label or gate.name}): a Stim circuit cannot hold it")
    found = []
    for step in decomposition(gate)[0]:
        name = step.name
        if name == "rz" and isinstance(step.params[0], Fraction) and step.params[0].denominator <= 2:
            name = _QUARTERS[int(step.params[0] * 2) % 4]
        if name not in _NAMES:
            angles = f"({', '.join(map(str, gate.params))})" if gate.params else ""
            raise CircuitError(
                f"gate {index} ({gate.name}{angles}) is not written with Clifford gates: Stim has no other"
            )
        found.append((_NAMES[name], step.qubits))
    return found


def _conditional(stim: Any, out: Any, gate: Gate, index: int, records: dict[int, int], made: int) -> None:
    assert gate.condition is not None
    held, value = gate.condition
    if gate.name not in ("x", "y", "z") or len(held) != 1 or held[0] not in records or value > 1:
        raise CircuitError(
            f"gate {index} ({gate.name}): Stim has x, y and z on the condition that one measured bit is 1 or 0"
        )
    if not value:
        out.append(gate.name.upper(), gate.qubits)
    record = stim.target_rec(records[held[0]] - made)
    out.append(f"C{gate.name.upper()}", [record, *gate.qubits])


def from_stim(circuit: Any, *, skip_annotations: bool = False) -> Circuit:
    """A ``stim.Circuit`` as a circuit, equal up to global phase; measurement k writes bit k.

    Loops are unrolled; ``TICK`` is a barrier on all lines; gates that have no name here are written over h,
    s and cx from their tableau, measurements and resets in other bases with the change of basis.

    Args:
        circuit: the Stim circuit.
        skip_annotations: leave out detectors, observables and coordinates, which do not act on qubits.

    Raises:
        CircuitError: for noise, annotations unless they may be left out, and what has no equivalent here, by name.
        MissingExtra: if stim is not installed.

    >>> import stim
    >>> from_stim(stim.Circuit("RX 0\\nS_DAG 0\\nM 0")).gates[1:]
    (Gate('h', (0,)), Gate('sdg', (0,)), Gate('measure', (0,), clbits=(0,)))
    """
    stim = _stim()
    n = circuit.num_qubits
    gates: list[Gate] = []
    bits = 0
    for index, instruction in enumerate(circuit.flattened()):
        name, targets = instruction.name, instruction.targets_copy()
        where = f"instruction {index} ({name})"
        if name == "TICK":
            if n:
                gates.append(Gate("barrier", tuple(range(n))))
            continue
        if name in _ANNOTATIONS:
            if skip_annotations:
                continue
            raise CircuitError(f"{where} is an annotation: pass skip_annotations=True to leave it out")
        data = stim.gate_data(name)
        if instruction.gate_args_copy() or (data.is_noisy_gate and not data.produces_measurements):
            raise CircuitError(f"{where} is noise, or a measurement with noise: it has no equivalent here")
        if data.is_unitary:
            for group in instruction.target_groups():
                gates += _unitary(stim, name, data, group, bits, where)
            continue
        base = name[1:] if name[:2] != "MR" else name[2:]
        if name[:1] not in ("M", "R") or base not in _BASES or any(t.is_combiner for t in targets):
            raise CircuitError(f"{where} has no equivalent here")
        for target in targets:
            q = target.value
            change, back = ([Gate(step, (q,)) for step in steps] for steps in _BASES[base])
            flip = [Gate("x", (q,))] if target.is_inverted_result_target else []
            if name[0] == "M":
                gates += [*change, *flip, Gate("measure", (q,), clbits=(bits,)), *flip]
                bits += 1
                gates += [Gate("reset", (q,)), *back] if name[:2] == "MR" else back
            else:
                gates += [Gate("reset", (q,)), *back]
    return Circuit(n, gates, bits)


def _unitary(stim: Any, name: str, data: Any, group: list[Any], bits: int, where: str) -> list[Gate]:
    records = [target for target in group if target.is_measurement_record_target]
    if records:
        qubits = [target for target in group if target.is_qubit_target]
        pauli = {"CX": "x", "XCZ": "x", "CY": "y", "YCZ": "y", "CZ": "z"}.get(name)
        if len(records) != 1 or len(qubits) != 1 or pauli is None:
            raise CircuitError(f"{where} has no equivalent here")
        return [Gate(pauli, (qubits[0].value,), (), (), ((bits + records[0].value,), 1))]
    if not all(target.is_qubit_target for target in group):
        raise CircuitError(
            f"{where} has no equivalent here: it is controlled by something else than a measurement"
        )
    lines = tuple(target.value for target in group)
    if name in _READ:
        return [Gate(_READ[name], lines)]
    try:
        tableau = data.tableau
    except IndexError:  # SPP acts on Pauli strings of any length
        tableau = None
    if tableau is None:
        raise CircuitError(f"{where} has no equivalent here")
    return [
        Gate(_READ[part.name], tuple(lines[t.value] for t in pair))
        for part in tableau.to_circuit(method="elimination")
        for pair in part.target_groups()
    ]
