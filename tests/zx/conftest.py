"""A simulator of circuits with open lines, independent of the library, and random circuits."""

from fractions import Fraction

import numpy as np
import opt_einsum
import pytest
from hypothesis import strategies as st

from catenary.diagrams import Diagram, Spider, Swap
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.zx import QUBIT, ZX, H, X, Z, hbox, scalar_box, zx_array

_H = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
_X = np.array([[0, 1], [1, 0]])


def _diagonal(turns):
    return np.diag([1, np.exp(1j * np.pi * turns)])


_ONE = {
    "h": _H,
    "x": _X,
    "y": np.array([[0, -1j], [1j, 0]]),
    "z": _diagonal(1),
    "s": _diagonal(0.5),
    "sdg": _diagonal(-0.5),
    "t": _diagonal(0.25),
    "tdg": _diagonal(-0.25),
}


def simulate(circuit):
    """The matrix of a circuit, first wire most significant, lines opened and closed by init and post."""
    n_inputs = len(circuit.inputs)
    state = np.eye(2**n_inputs, dtype=complex).reshape((2,) * n_inputs + (2**n_inputs,))
    lines = list(circuit.inputs)
    for gate in circuit.gates:
        if gate.name == "init":
            state = np.stack([state, np.zeros_like(state)])
            lines.insert(0, gate.qubits[0])
            continue
        if gate.name == "barrier":
            continue
        at = [lines.index(q) for q in gate.qubits]
        if gate.name == "post":
            state = np.take(state, 0, axis=at[0])
            lines.remove(gate.qubits[0])
        elif len(at) == 1:
            (axis,) = at
            one = _ONE.get(gate.name)
            if one is None:
                assert gate.name == "rz"
                one = _diagonal(float(gate.params[0])) * np.exp(-0.5j * np.pi * float(gate.params[0]))
            state = np.moveaxis(np.tensordot(one, state, (1, axis)), 0, axis)
        else:
            state = np.moveaxis(state, at, (0, 1)).copy()
            if gate.name == "cz":
                state[1, 1] *= -1
            elif gate.name == "cx":
                state[1] = state[1, ::-1].copy()
            else:
                assert gate.name == "swap"
                state = np.swapaxes(state, 0, 1)
            state = np.moveaxis(state, (0, 1), at)
    order = [lines.index(q) for q in circuit.outputs]
    state = np.transpose(state, (*order, state.ndim - 1))
    phase = np.exp(1j * np.pi * float(circuit.global_phase))
    return phase * state.reshape(2 ** len(circuit.outputs), 2**n_inputs)


ANGLES = [Fraction(1, 3), Fraction(9, 4), Fraction(-1, 2), Fraction(7, 4), 0.3, -1.7, Fraction(3)]


@st.composite
def circuits(draw, max_qubits=4, max_gates=30, open_lines=False, exact=False):
    """Random circuits over the basic set; with open_lines, lines open and close anywhere."""
    n = draw(st.integers(1, max_qubits))
    angles = [angle for angle in ANGLES if not exact or isinstance(angle, Fraction)]
    names = ["h", "h", "h", "cx", "cx", "cz", "t", "tdg", "s", "sdg", "x", "y", "z", "rz", "rz", "swap"]
    if open_lines:
        names += ["init", "post"]
    is_open = [True] * n
    if open_lines:
        is_open = [draw(st.booleans()) for _ in range(n)]
    inputs = [q for q in range(n) if is_open[q]]
    gates = []
    for _ in range(draw(st.integers(0, max_gates))):
        name = draw(st.sampled_from(names))
        ready = [q for q in range(n) if is_open[q] is not (name == "init")]
        if len(ready) < (2 if name in ("cx", "cz", "swap") else 1):
            continue
        q = draw(st.sampled_from(ready))
        if name in ("cx", "cz", "swap"):
            gates.append(Gate(name, (q, draw(st.sampled_from([r for r in ready if r != q])))))
            continue
        if name in ("init", "post"):
            is_open[q] = name == "init"
        gates.append(Gate(name, (q,), (draw(st.sampled_from(angles)),) if name == "rz" else ()))
    outputs = draw(st.permutations([q for q in range(n) if is_open[q]]))
    if not open_lines:
        outputs = range(n)
    phase = draw(st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 7) if exact else 0.7]))
    return Circuit(n, gates, inputs=tuple(inputs), outputs=tuple(outputs), global_phase=phase)


def evaluate(diagram):
    """The matrix of a ZX diagram by contraction of its open hypergraph."""
    graph = diagram.to_hypergraph()
    arrays = [np.ones(())]
    indices = [()]
    for edge in graph.edges:
        arrays.append(zx_array(edge.box))
        indices.append(edge.sources + edge.targets)
    count = len(graph.vertices)
    # A boundary wire gets an index of its own, joined by a spider, so that wires may repeat.
    dom = [count + i for i in range(len(graph.dom))]
    cod = [count + len(dom) + i for i in range(len(graph.cod))]
    for outer, inner in zip(dom + cod, graph.dom + graph.cod, strict=True):
        arrays.append(np.eye(2))
        indices.append((outer, inner))
    for v in range(count):
        arrays.append(np.ones(2))
        indices.append((v,))
    operands = [part for pair in zip(arrays, indices, strict=True) for part in pair]
    array = np.asarray(opt_einsum.contract(*operands, (*cod, *dom), optimize="greedy"))
    return array.reshape(2 ** len(cod), 2 ** len(dom))


PHASES = [Fraction(k, 4) for k in range(8)] + [0.3, Fraction(1, 3)]


@st.composite
def diagrams(draw):
    """Random ZX diagrams of few wires: spiders of both colours, Hadamards, H-boxes, swaps, Frobenius
    spiders."""
    width = draw(st.integers(0, 3))
    diagram = Diagram.id(QUBIT**width, ZX)
    for _ in range(draw(st.integers(0, 6))):
        width = len(diagram.cod)
        kind = draw(st.sampled_from("ZZXXHSF1B"))
        if kind == "B":
            ins = draw(st.integers(0, min(3, width)))
            outs = draw(st.integers(0, min(3 - ins, 4 - width + ins)))
            at = draw(st.integers(0, width - ins))
            box = hbox(
                ins, outs, draw(st.sampled_from([1, 1, *PHASES])), draw(st.sampled_from([1, 1, 0, 0.5, 3]))
            )
        elif kind == "H" and width:
            at, box = draw(st.integers(0, width - 1)), H
        elif kind == "S" and width > 1:
            at, box = draw(st.integers(0, width - 2)), Swap(QUBIT, QUBIT)
        elif kind in "ZXF":
            ins = draw(st.integers(0, min(3, width)))
            outs = draw(st.integers(0, min(3, 4 - width + ins)))
            at = draw(st.integers(0, width - ins))
            if kind == "F":
                box = Spider(ins, outs, QUBIT)
            else:
                box = (Z if kind == "Z" else X)(ins, outs, draw(st.sampled_from(PHASES)))
            if kind != "F" and draw(st.booleans()):
                box = (Z if kind == "Z" else X)(outs, ins, 0.25).dagger()
        else:
            at, box = 0, scalar_box(draw(st.integers(-2, 2)), draw(st.sampled_from(PHASES)))
        diagram = diagram >> Diagram.id(QUBIT**at, ZX) @ box @ Diagram.id(
            QUBIT ** (width - at - len(box.dom)), ZX
        )
    return diagram


@pytest.fixture(scope="session")
def linear_map():
    """The function circuit -> matrix."""
    return simulate
