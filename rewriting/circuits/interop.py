"""Optimising circuits of other libraries: the same kind comes back."""

from __future__ import annotations

from typing import Any

from catenary.functors.circuits.circuit import Circuit
from catenary.rewriting.circuits.optimize import OptimizationResult, optimize


def optimize_any(circuit: Any, **options: Any) -> tuple[Any, OptimizationResult]:
    """Optimise a Catenary, Qiskit or pytket circuit.

    Args:
        circuit: a :class:`~catenary.functors.circuits.Circuit`, a ``qiskit.QuantumCircuit`` or a
            ``pytket.Circuit``.
        options: those of :func:`~catenary.rewriting.circuits.optimize`.

    Returns:
        the optimised circuit in the library of the argument, and the full result.

    Raises:
        TypeError: for anything else.
        MissingExtra: if the library's bridge needs a package that is not installed.

    >>> from catenary.functors.circuits.gates import Gate
    >>> optimize_any(Circuit(1, [Gate("h", (0,)), Gate("h", (0,))]))[0].gates
    ()
    """
    if isinstance(circuit, Circuit):
        result = optimize(circuit, **options)
        return result.circuit, result
    library = type(circuit).__module__.partition(".")[0]
    if library == "qiskit":
        from catenary.functors.bridges.qiskit import from_qiskit, to_qiskit

        result = optimize(from_qiskit(circuit), **options)
        return to_qiskit(result.circuit), result
    if library == "pytket":
        from catenary.functors.bridges.pytket import from_pytket, to_pytket

        result = optimize(from_pytket(circuit), **options)
        return to_pytket(result.circuit), result
    kind = f"{type(circuit).__module__}.{type(circuit).__name__}"
    raise TypeError(f"a Catenary, Qiskit or pytket circuit is needed, not {kind}")
