"""Circuits written from their end to their start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from fractions import Fraction

from catenary.diagrams import Phase
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.pauli import QUARTERS
from catenary.rewriting.zx.scalar import Scalar

_NAMED = {
    Fraction(1): "z",
    Fraction(1, 2): "s",
    Fraction(3, 2): "sdg",
    Fraction(1, 4): "t",
    Fraction(7, 4): "tdg",
}


def phase_gate(phase: Phase, scalar: Scalar) -> tuple[str, tuple[Phase, ...]]:
    """The name and parameters of diag(1, e^iφ), up to a phase that goes to the scalar."""
    name = _NAMED.get(phase) if isinstance(phase, Fraction) else None
    if name is not None:
        return name, ()
    scalar.rotate(phase / 2)
    return "rz", (phase,)


_BY_QUARTER = ("id", "s", "z", "sdg")


def _inverse(gate: Gate, name: str, qubits: tuple[int, ...]) -> bool:
    """Whether a gate is undone by the one with this name on these qubits, among those written most."""
    if name in ("h", "cx"):
        return gate.name == name and gate.qubits == qubits
    if name == "cz":
        return gate.name == name and set(gate.qubits) == set(qubits)
    return name in QUARTERS and gate.name in QUARTERS and not (QUARTERS[name] + QUARTERS[gate.name]) & 3


class Tape:
    """Gates written from the end of a circuit to its start; inverse neighbours cancel, powers of S merge.

    >>> tape = Tape()
    >>> for name in ("h", "s", "h", "h"):
    ...     tape.write(name, 0)
    >>> tape.in_order()
    [Gate('s', (0,)), Gate('h', (0,))]
    """

    def __init__(self) -> None:
        self.gates: list[Gate | None] = []
        self.last: defaultdict[int, list[int]] = defaultdict(list)

    def write(self, name: str, *qubits: int, params: tuple[Phase, ...] = ()) -> None:
        """A gate before all that has been written."""
        gates, last = self.gates, self.last
        end = last[qubits[0]]
        if end:
            top = end[-1]
            found = gates[top]
            # the last one on all of these qubits
            if found is not None and all(last[q] and last[q][-1] == top for q in qubits[1:]):
                if _inverse(found, name, qubits):
                    gates[top] = None
                    for q in qubits:
                        last[q].pop()
                    return
                if name in QUARTERS and found.name in QUARTERS:
                    total = (QUARTERS[name] + QUARTERS[found.name]) & 3
                    gates[top] = Gate(_BY_QUARTER[total], qubits)
                    return
        for q in qubits:
            last[q].append(len(gates))
        gates.append(Gate(name, qubits, params))

    def phase(self, qubit: int, phase: Phase, scalar: Scalar) -> None:
        """The gate diag(1, e^iφ), up to a phase that goes to the scalar."""
        name, params = phase_gate(phase, scalar)
        self.write(name, qubit, params=params)

    def in_order(self, without: Container[int] = ()) -> list[Gate]:
        """The gates from the first to the last, but for those written at some places."""
        last = len(self.gates) - 1
        return [
            gate
            for place, gate in enumerate(reversed(self.gates))
            if gate is not None and last - place not in without
        ]


def swaps(lines: list[int]) -> list[Gate]:
    """Swap gates that bring the state of line i to line ``lines[i]``."""
    gates: list[Gate] = []
    where = list(range(len(lines)))  # where[q]: the input whose state is on line q
    for i, q in enumerate(lines):
        at = where.index(i)
        if at != q:
            gates.append(Gate("swap", (q, at)))
            where[q], where[at] = where[at], where[q]
    return gates
