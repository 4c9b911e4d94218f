"""The optimiser as a pass of Qiskit's transpiler and of pytket.

Both libraries are imported when a pass is made. A pass never makes a circuit worse: where nothing better was
found, or what was found could not be verified, the circuit is given back as it was.
"""

from __future__ import annotations

from typing import Any

from catenary.diagrams.errors import ArgumentError
from catenary.diagrams.optional import optional
from catenary.functors.circuits.gates import CircuitError
from catenary.rewriting.circuits.costs import COSTS
from catenary.rewriting.circuits.optimize import optimize


def _checked(cost: str) -> str:
    if cost not in COSTS:
        raise ArgumentError("the cost of the optimiser", f"one of {', '.join(COSTS)}", cost)
    return cost


def qiskit_pass(*, cost: str = "two_qubit", budget: float = 10.0, seed: int = 0, strict: bool = False) -> Any:
    """A ``qiskit.transpiler.TransformationPass`` that runs :func:`~catenary.rewriting.circuits.optimize`.

    The result is over x y z h s sdg t tdg rz cx cz swap, with the global phase: run it before routing and the
    translation to a device's gates. Registers keep their names, parameters theirs.

    Args:
        cost, budget, seed: as for ``optimize``.
        strict: raise where a circuit holds what Catenary has no equivalent for (loops, delays …), instead of giving it
            back as it was.

    Raises:
        ArgumentError: for an unknown cost.
        MissingExtra: if qiskit is not installed.

    >>> from qiskit import QuantumCircuit
    >>> from qiskit.transpiler import PassManager
    >>> circuit = QuantumCircuit(2)
    >>> _ = circuit.cx(0, 1), circuit.t(0), circuit.cx(0, 1)
    >>> dict(PassManager([qiskit_pass(budget=1)]).run(circuit).count_ops())
    {'t': 1}
    """
    base: Any = optional("qiskit.transpiler.basepasses", "qiskit").TransformationPass
    from qiskit.converters import circuit_to_dag, dag_to_circuit

    options: dict[str, Any] = {"cost": _checked(cost), "budget": budget, "seed": seed}

    class CatenaryOptimize(base):  # type: ignore[misc]
        """Catenary's optimiser as a transformation pass."""

        def __init__(self) -> None:
            super().__init__()
            self.options = options  # the base class tells passes apart by their arguments

        def run(self, dag: Any) -> Any:
            given = dag_to_circuit(dag)
            try:
                found = optimize(given, **options).circuit
            except CircuitError:
                if strict:
                    raise
                return dag
            if found is given:
                return dag
            found.metadata, found.name = given.metadata, given.name
            return circuit_to_dag(_on_registers_of(found, given))

    return CatenaryOptimize()


def _on_registers_of(found: Any, given: Any) -> Any:
    """The found Qiskit circuit on the bits and registers of the given one."""
    out = given.copy_empty_like()
    # parameters are told apart by an identity beside their name
    own = {parameter.name: parameter for parameter in given.parameters}
    theirs = {parameter: own[parameter.name] for parameter in found.parameters if parameter.name in own}
    bound = found.assign_parameters(theirs) if theirs else found
    out.global_phase = 0  # composition adds the other's
    return out.compose(bound, qubits=out.qubits, clbits=out.clbits)


def pytket_pass(*, cost: str = "two_qubit", budget: float = 10.0, seed: int = 0, strict: bool = False) -> Any:
    """A ``pytket.passes.CustomPass`` that runs :func:`~catenary.rewriting.circuits.optimize`.

    Args:
        cost, budget, seed, strict: as for :func:`qiskit_pass`.

    Raises:
        ArgumentError: for an unknown cost.
        MissingExtra: if pytket is not installed.

    >>> from pytket import Circuit
    >>> circuit = Circuit(2).CX(0, 1).T(0).CX(0, 1)
    >>> pytket_pass(budget=1).apply(circuit), circuit.n_gates
    (True, 1)
    """
    passes = optional("pytket.passes", "pytket")
    options: dict[str, Any] = {"cost": _checked(cost), "budget": budget, "seed": seed}

    def transform(circuit: Any) -> Any:
        try:
            found = optimize(circuit, **options).circuit
        except CircuitError:
            if strict:
                raise
            return circuit
        if found is circuit:
            return circuit
        names = dict(zip(found.qubits, circuit.qubits, strict=True))
        names |= dict(zip(found.bits, circuit.bits, strict=True))
        moved = {old: new for old, new in names.items() if old != new}
        if moved:
            found.rename_units(moved)
        if circuit.name is not None:
            found.name = circuit.name
        return found

    return passes.CustomPass(transform)
