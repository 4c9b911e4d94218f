"""Gates that an OpenQASM 2 file defines: their bodies, and the definitions of ours that they become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from catenary.diagrams.errors import CatenaryError
from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.definitions import GateDefinition, same_gates, unfolded
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.qasm2_values import EvaluationError, Program, symbolic_phase

Step = tuple[str, tuple[Phase, ...], tuple[int, ...]]
"""A gate of an expansion: name (``opaque NAME`` for an opaque one), angles, places of its qubits."""


@dataclass(slots=True)
class Definition:
    """A gate of the file: its body as (name or definition, angle programs, argument indices, place)."""

    name: str
    n_params: int
    n_qubits: int
    body: list[tuple[str | Definition, tuple[Program, ...], tuple[int, ...], int]] = field(
        default_factory=list
    )
    work: int = 1
    opaque: bool = False
    params: tuple[str, ...] = ()


class Kept:
    """The definitions of a file that stay gates of their names.

    Args:
        tolerance: of decimal angles.
    """

    def __init__(self, tolerance: float):
        self.tolerance = tolerance
        self.found: dict[int, GateDefinition] = {}

    def add(self, target: Definition) -> None:
        """Make a definition of ours of one of the file, with its parameters as symbols, where that can be said: those that
        it uses come first.
        """
        import sympy

        symbols = [(sympy.Symbol(name), True) for name in target.params]
        gates: list[Gate] = []
        try:
            for inner, programs, places, _ in target.body:
                angles = tuple(symbolic_phase(p, symbols, self.tolerance) for p in programs)
                if isinstance(inner, str):
                    gates.append(Gate(inner, places, angles))
                else:
                    gates.append(self.found[id(inner)](places, *angles))
            body = Circuit(target.n_qubits, gates)
            self.found[id(target)] = GateDefinition(target.name, target.params, body)
        except (EvaluationError, CatenaryError, KeyError, OverflowError):
            return

    def gate(self, target: Definition, params: Sequence[Phase], steps: Sequence[Step]) -> Gate | None:
        """A defined gate by its name, where that is the same as its expansion."""
        definition = self.found.get(id(target))
        if definition is None:
            return None
        own = definition(range(target.n_qubits), *params)
        given = [Gate(name, qubits, angles) for name, angles, qubits in steps]
        return own if same_gates(unfolded(Circuit.unchecked(target.n_qubits, (own,))).gates, given) else None
