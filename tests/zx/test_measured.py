"""Simplified circuits with measurements have the same outcomes and states."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.functors.circuits import Circuit, Gate
from catenary.functors.mixed import mixed_circuit
from catenary.rewriting.zx.measured import simplify_measured

_spec = importlib.util.spec_from_file_location("zx_circuits", Path(__file__).with_name("conftest.py"))
_module = sys.modules.setdefault("zx_circuits", importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(_module)
circuits = _module.circuits


@st.composite
def measured_circuits(draw):
    """Circuits of two or three unitary parts with measurements, resets and conditional gates between them."""
    n = draw(st.integers(1, 3))
    gates = []
    for _ in range(draw(st.integers(1, 3))):
        part = draw(circuits(max_qubits=n, max_gates=12))
        gates += [gate for gate in part.gates if max(gate.qubits) < n]
        for q in range(n):
            kind = draw(st.sampled_from(["", "measure", "measure", "reset", "if"]))
            if kind == "measure":
                gates.append(Gate("measure", (q,), (), (q,)))
            elif kind == "reset":
                gates.append(Gate("reset", (q,)))
            elif kind == "if":
                gates.append(Gate("x", (q,), condition=((0,), 1)))
    return Circuit(n, gates, n_clbits=n)


def channel(circuit):
    return np.asarray(mixed_circuit(circuit).network.contract())


@given(measured_circuits())
@settings(max_examples=40)
def test_outcomes_and_states_are_kept(circuit):
    simple = simplify_measured(circuit)
    np.testing.assert_allclose(channel(simple), channel(circuit), atol=1e-9)
    turns = [sum(g.name in ("t", "tdg", "rz") for g in c.gates) for c in (simple, circuit)]
    assert turns[0] <= turns[1]
    fixed = [[g for g in c.gates if g.name in ("measure", "reset") or g.condition] for c in (simple, circuit)]
    assert fixed[0] == fixed[1]


def test_phases_before_a_measurement_go():
    gates = [
        Gate("h", (0,)),
        Gate("h", (1,)),
        Gate("t", (0,)),
        Gate("cx", (0, 1)),
        Gate("t", (1,)),
        Gate("cx", (0, 1)),
    ]
    last = [Gate("measure", (q,), (), (q,)) for q in range(2)]
    simple = simplify_measured(Circuit(2, [*gates, *last], n_clbits=2))
    assert [gate.name for gate in simple.gates] == ["h", "h", "measure", "measure"]
    # what follows on the qubit sees the phase
    seen = simplify_measured(Circuit(2, [*gates, Gate("h", (0,)), *last], n_clbits=2))
    assert sum(gate.name in ("t", "tdg") for gate in seen.gates) == 2
