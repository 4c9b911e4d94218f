"""Circuits of other libraries, taken and given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from catenary.diagrams.errors import ArgumentError
from catenary.functors.circuits.circuit import Circuit

AnyCircuit = TypeVar("AnyCircuit")
"""A :class:`~catenary.functors.circuits.Circuit`, a ``qiskit.QuantumCircuit`` or a ``pytket.Circuit``."""


def adapted(circuit: AnyCircuit) -> tuple[Circuit, Callable[[Circuit], AnyCircuit]]:
    """A circuit of any known library as ours, and the way back to its library.

    Raises:
        TypeError: for what is no circuit of a known library.
        CircuitError: if the circuit holds what has no equivalent here.

    >>> adapted("h q[0];")
    Traceback (most recent call last):
      ...
    catenary.diagrams.errors.ArgumentError: a circuit is one of Catenary, Qiskit or pytket, not 'h q[0];'
    """
    given: Any = circuit
    if isinstance(given, Circuit):
        return given, lambda result: result
    kinds = {(kind.__module__.partition(".")[0], kind.__name__) for kind in type(given).__mro__}
    if ("qiskit", "QuantumCircuit") in kinds:
        from catenary.functors.bridges.qiskit import from_qiskit, to_qiskit

        return from_qiskit(given), to_qiskit
    if ("pytket", "Circuit") in kinds:
        from catenary.functors.bridges.pytket import from_pytket, to_pytket

        return from_pytket(given), to_pytket
    raise ArgumentError("a circuit", "one of Catenary, Qiskit or pytket", given)
