"""Circuits as directed acyclic graphs of networkx."""

from __future__ import annotations

from typing import Any

from catenary.diagrams.optional import optional
from catenary.functors.circuits import Circuit


def circuit_dag(circuit: Circuit) -> Any:
    """The ``networkx.MultiDiGraph`` of a circuit: gates by index (attribute ``gate``), inputs ``("in", q)``,
    outputs ``("out", q)``; an edge for each stretch of a line (attributes ``wire="qubit"``, ``index``), and
    for each classical bit from its last writer to a reader or to its next writer (``wire="clbit"``).

    Raises:
        MissingExtra: if networkx is not installed.
    """
    networkx = optional("networkx", "networkx")
    graph = networkx.MultiDiGraph(global_phase=circuit.global_phase)
    last: dict[tuple[str, int], Any] = {}
    for q in circuit.inputs:
        graph.add_node(("in", q), label=f"q{q}")
        last["qubit", q] = ("in", q)
    for i, gate in enumerate(circuit.gates):
        graph.add_node(i, gate=gate, label=gate.label or gate.name)
        read = gate.condition[0] if gate.condition is not None else ()
        for wire, indices in (("qubit", gate.qubits), ("clbit", tuple(dict.fromkeys(gate.clbits + read)))):
            for index in indices:
                if (wire, index) in last:
                    graph.add_edge(last[wire, index], i, wire=wire, index=index)
                if wire == "qubit" or index in gate.clbits:
                    last[wire, index] = i
    for q in circuit.outputs:
        graph.add_node(("out", q), label=f"q{q}")
        graph.add_edge(last["qubit", q], ("out", q), wire="qubit", index=q)
    return graph
