"""Circuits as pictures and text."""

import random
import xml.etree.ElementTree as ET
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams.drawing.metrics import cells
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.drawing import circuit_svg, circuit_text, pack
from catenary.functors.circuits.gates import GATES, Gate

SVG = "{http://www.w3.org/2000/svg}"


def random_circuit(seed: int, qubits: int, size: int) -> Circuit:
    rnd = random.Random(seed)
    gates = []
    for _ in range(size):
        spec = rnd.choice([s for s in GATES.values() if s.n_qubits <= qubits])
        params = tuple(Fraction(rnd.randrange(16), 8) for _ in range(spec.n_params))
        lines = tuple(rnd.sample(range(qubits), spec.n_qubits))
        condition = ((0, 1), rnd.randrange(4)) if rnd.random() < 0.1 else None
        gates.append(Gate(spec.name, lines, params, condition=condition))
        if rnd.random() < 0.1:
            gates.append(Gate("measure", (lines[0],), clbits=(rnd.randrange(2),)))
        if rnd.random() < 0.05:
            gates.append(Gate("barrier", tuple(range(qubits))))
    return Circuit(qubits, gates, 2)


circuits = st.builds(random_circuit, st.integers(0, 10**6), st.integers(1, 6), st.integers(0, 40))


@given(circuits)
def test_columns_keep_the_order_and_never_collide(circuit):
    picture = pack(circuit)
    taken = {}
    for item in picture.placed:
        for line in range(item.low, item.high + 1):
            assert taken.get(line, -1) < item.column
            taken[line] = item.column
    assert [item.gate for item in picture.placed] == list(circuit.gates)


@given(circuits)
def test_svg_is_well_formed_and_complete(circuit):
    svg = circuit_svg(circuit, wrap=10)
    assert svg == circuit_svg(circuit, wrap=10)
    root = ET.fromstring(svg)
    assert [e.get("class") for e in root.iter(SVG + "g")].count("gate") == len(circuit.gates)
    width, height = float(root.get("width")), float(root.get("height"))
    for rect in root.iter(SVG + "rect"):
        if rect.get("class") != "paper":
            assert float(rect.get("x")) >= 0
            assert float(rect.get("x")) + float(rect.get("width")) <= width
            assert float(rect.get("y")) + float(rect.get("height")) <= height
    for text in root.iter(SVG + "text"):
        assert 0 <= float(text.get("x")) <= width
        assert 0 <= float(text.get("y")) <= height


@given(circuits)
def test_text_rows_have_one_width(circuit):
    lines = circuit_text(circuit, width=60).split("\n")
    rows = [line for line in lines if line.startswith(("q", "c:"))]
    blocks = [rows[i : i + circuit.n_qubits] for i in range(0, len(rows), circuit.n_qubits + 1)]
    for block in blocks:
        assert len({cells(line) for line in block}) == 1


def test_text():
    gates = [
        Gate("h", (0,)),
        Gate("cx", (0, 2)),
        Gate("rz", (2,), (Fraction(1, 4),)),
        Gate("ccx", (0, 1, 2)),
        Gate("swap", (0, 1)),
        Gate("cz", (1, 2)),
        Gate("measure", (2,), clbits=(0,)),
    ]
    expected = """
q0: ─H─●─────────●─×─────
       │         │ │
q1: ───┼─────────●─×─●───
       │         │   │
q2: ───⊕─Rz(π/4)─⊕───●─M─
                       │
c:  ═══════════════════0═
"""
    assert "\n" + circuit_text(Circuit(3, gates, 1)) == expected


def test_lines_begin_and_end_with_caps():
    gates = [Gate("init", (1,)), Gate("cx", (0, 1)), Gate("post", (0,))]
    assert circuit_text(Circuit(2, gates)).split("\n")[0].endswith("⟨0|")
    assert circuit_text(Circuit(2, gates)).split("\n")[2].startswith("q1:  |0⟩─⊕─")
    svg = circuit_svg(Circuit(2, gates))
    assert svg.count('class="cap"') == 2


def test_names_notes_and_limits():
    circuit = Circuit(
        2, [Gate("x", (0,))] * 30, qregs=[Register("a", 1), Register("b", 1)], global_phase=Fraction(1, 4)
    )
    text = circuit_text(circuit, max_gates=10)
    assert text.startswith("a[0]:")
    assert "… 20 more gates …" in text
    assert "global phase π/4" in text
    assert "… 20 more gates …" in circuit_svg(circuit, max_gates=10)
    assert ET.fromstring(circuit_svg(Circuit(0, ()))) is not None
    assert circuit_text(Circuit(0, ())) == "\n"


def test_labels_are_escaped():
    opaque = Gate("opaque", (0,), label="<b>&")
    root = ET.fromstring(circuit_svg(Circuit(1, [opaque])))
    assert "<b>&" in [t.text for t in root.iter(SVG + "text")]
