"""Wires as e-classes: every node means what its wires say, every answer is verified, the rest is refused."""

import random
from fractions import Fraction

import numpy as np
import pytest

from catenary.diagrams import Box, Diagram, DoctrineError, Swap, Ty
from catenary.diagrams.errors import ArgumentError, RewriteError
from catenary.functors.circuits import Circuit, Gate
from catenary.rewriting import Limits, Rule, Theory
from catenary.rewriting.circuits import verify
from catenary.rewriting.circuits.windows import saturate_circuit, saturate_window
from catenary.rewriting.egraph import EGraph, PhasePlaces, UnitaryModel, WireGraph
from catenary.rewriting.egraph.gates import gate_theory
from catenary.rewriting.library import bialgebra, clifford_t_circuits, comonoid, group, phase_gadgets

pytest.importorskip("egglog")

q = Ty("q")
X, Z = np.array([[0, 1], [1, 0]], dtype=complex), np.diag([1.0, -1.0]).astype(complex)
GATES = gate_theory().theory


def random_circuit(rng: random.Random, qubits: int, size: int) -> Circuit:
    gates = []
    for _ in range(size):
        name = rng.choice(["h", "x", "p", "p", "cx", "cx", "cz"])
        lines = tuple(rng.sample(range(qubits), 2 if name in ("cx", "cz") else 1))
        angle = (Fraction(rng.randrange(1, 8), 4),) if name == "p" else ()
        gates.append(Gate(name, lines, angle))
    return Circuit(qubits, gates)


# The meaning of a wire: the operators X and Z of its qubit, pulled back to the inputs.


def on_inputs(qubits: int) -> list[tuple[np.ndarray, np.ndarray]]:
    found = []
    for k in range(qubits):
        left, right = np.eye(1 << k), np.eye(1 << (qubits - k - 1))
        found.append(tuple(np.kron(np.kron(left, pauli), right) for pauli in (X, Z)))
    return found


def after(box: Box, wires: list[tuple[np.ndarray, np.ndarray]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """The operators on a gate's outputs, from the textbook action of each gate on Pauli operators."""
    (x, z), *rest = wires
    if box.name == "h":
        return [(z, x)]
    if box.name == "x":
        return [(x, -z)]
    if box.name == "p":
        angle = np.pi * float(box.params[0])
        return [(np.cos(angle) * x - np.sin(angle) * 1j * x @ z, z)]
    ((x2, z2),) = rest
    if box.name == "cx":
        return [(x @ x2, z), (x2, z @ z2)]
    assert box.name == "cz"
    return [(x @ z2, z), (z @ x2, z2)]


def wrong_nodes(graph: WireGraph, qubits: int) -> int:
    """How many nodes do not do to the operators of their wires what their gate does."""
    meaning = dict(zip(graph.inputs, on_inputs(qubits), strict=True))
    nodes = list(graph.nodes)
    read: set[int] = set()
    wrong = 0
    while len(read) < len(nodes):
        before = len(read)
        for number, (box, inputs, outputs) in enumerate(nodes):
            if number in read or any(wire not in meaning for wire in inputs):
                continue
            read.add(number)
            found = after(box, [meaning[wire] for wire in inputs])
            for wire, operators in zip(outputs, found, strict=True):
                known = meaning.setdefault(wire, operators)
                if not all(np.allclose(a, b, atol=1e-7) for a, b in zip(known, operators, strict=True)):
                    wrong += 1
                    break
        if len(read) == before:  # nodes on wires that are made from themselves
            return wrong + len(nodes) - len(read)
    return wrong


def read_every_node(seeds: range, *, coexisting: bool = True) -> int:
    wrong = 0
    for seed in seeds:
        rng = random.Random(seed)
        graph = WireGraph(GATES, analyses=[PhasePlaces(about_x=seed % 4 == 3)] if seed % 2 else [])
        graph.add(random_circuit(rng, 2, rng.randint(4, 12)).to_diagram())
        graph._saturate(Limits(seconds=30, depth=rng.randint(1, 3), places=600), coexisting=coexisting)
        wrong += wrong_nodes(graph, 2) > 0
    return wrong


def test_the_readings_are_the_gates_own():
    """The action used above is that of the library's matrices: U† P U."""
    from catenary.functors.circuits.simulate import unitary

    for gate in (
        Gate("h", (0,)),
        Gate("x", (0,)),
        Gate("p", (0,), (Fraction(1, 4),)),
        Gate("cx", (0, 1)),
        Gate("cz", (0, 1)),
    ):
        n = len(gate.qubits)
        u = unitary(Circuit(n, [gate]))
        box = Circuit(n, [gate]).to_diagram().boxes[0]
        for pair, mine in zip(on_inputs(n), after(box, on_inputs(n)), strict=True):
            for pauli, image in zip(pair, mine, strict=True):
                assert np.allclose(u.conj().T @ pauli @ u, image)


def test_every_node_acts_on_pauli_operators_as_its_gate():
    assert read_every_node(range(16)) == 0


@pytest.mark.slow
def test_every_node_of_thousands_of_circuits():
    assert read_every_node(range(1000, 3000)) == 0


@pytest.mark.slow
def test_without_coexistence_there_are_nodes_with_a_wrong_sign():
    """The test above sees what it is there for."""
    assert read_every_node(range(1000, 1200), coexisting=False) > 0


def test_extractions_are_verified_and_cheaper():
    gained = 0
    for seed in range(8):
        rng = random.Random(seed)
        circuit = random_circuit(rng, rng.randint(2, 3), rng.randint(8, 14))
        graph = WireGraph(GATES)
        found = graph.extract(circuit.to_diagram(), limits=Limits(seconds=30, depth=2, places=2000), rounds=2)
        result = Circuit.from_diagram(found.diagram)
        verdict = verify(circuit, result.with_gates(result.gates, result.global_phase + found.phase))
        assert (verdict.answer, verdict.global_phase) == ("equal", 0), seed
        assert found.verdict == "equal"
        assert found.cost <= found.before == len(circuit)
        gained += found.cost < found.before
    assert gained >= 4


MOVES = [("H", (0,)), ("H", (1,)), ("S", (0,)), ("S", (1,)), ("CX", (0, 1)), ("CX", (1, 0))]


def fewest(most: int) -> dict[tuple[complex, ...], int]:
    """The fewest gates of {H, S, CX} for each unitary up to phase, by breadth-first search."""
    from catenary.functors.circuits.simulate import unitary

    steps = [unitary(Circuit(2, [Gate(name.lower(), lines)])) for name, lines in MOVES]
    layer, found = [np.eye(4)], {key(np.eye(4)): 0}
    for length in range(1, most + 1):
        longer = []
        for matrix in layer:
            for step in steps:
                reached = step @ matrix
                if key(reached) not in found:
                    found[key(reached)] = length
                    longer.append(reached)
        layer = longer
    return found


def key(matrix: np.ndarray) -> tuple[complex, ...]:
    flat = matrix.ravel()
    first = flat[np.flatnonzero(np.abs(flat) > 1e-9)[0]]
    return tuple((np.round(flat * abs(first) / first, 6) + 0.0).tolist())


def test_optima_against_brute_force():
    """No extraction is below the least over all circuits, and some meet it (the rules are no complete set)."""
    theory = clifford_t_circuits()
    least = fewest(5)
    graph = WireGraph(theory)
    exchange = graph.model.matrix(Swap(q, q).diagram)
    met = 0
    for seed in range(8):
        rng = random.Random(seed)
        diagram = Diagram.id(q @ q)
        for name, lines in rng.choices(MOVES, k=6):
            box = theory.signature[name]
            layer = box.diagram if len(lines) == 2 else (box @ q if lines == (0,) else q @ box)
            diagram = diagram >> (Swap(q, q) >> layer >> Swap(q, q) if lines == (1, 0) else layer)
        matrix = graph.model.matrix(diagram)
        found = graph.extract(diagram, limits=Limits(seconds=30, depth=4, places=2000))
        # Wires may end exchanged at no cost.
        best = min(least.get(key(m), 6) for m in (matrix, exchange @ matrix))
        assert best <= found.cost <= 6
        assert found.verdict == "equal"
        met += found.cost == best
    assert met >= 4


def test_equal_and_what_is_not():
    theory = clifford_t_circuits()
    h, s, t, cx = (theory.signature[name] for name in ("H", "S", "T", "CX"))
    graph = WireGraph(theory)
    assert graph.equal(t >> t >> h >> h, s) is True
    assert graph.equal(h @ h >> cx >> h @ h, Swap(q, q) >> cx >> Swap(q, q)) is True
    limits = Limits(seconds=3, depth=4, places=500)
    for left, right in ((t, s), (cx.diagram, Swap(q, q) >> cx >> Swap(q, q)), (h, s)):
        assert graph.equal(left, right, limits) is None
    with pytest.raises(RewriteError, match="cannot be equal"):
        graph.equal(h, cx)
    graph.add(h)
    with pytest.raises(RewriteError, match="a diagram on"):
        graph.add(cx)


def test_scalars_become_the_phase():
    theory = clifford_t_circuits()
    h, s, w = (theory.signature[name] for name in ("H", "S", "w"))
    found = WireGraph(theory).extract(s >> h >> s >> h >> s >> h, limits=Limits(depth=2))
    assert (found.cost, found.phase) == (0.0, Fraction(1, 4))
    found = WireGraph(theory).extract(w @ (h >> h))
    assert (found.cost, found.phase) == (0.0, Fraction(1, 4))


def test_rules_with_variables_at_the_values_that_occur():
    from catenary.rewriting.library.circuits import gadget

    graph = WireGraph(phase_gadgets())
    one = gadget(1, Fraction(1, 4))
    cx = graph.theory.signature["CX"]
    diagram = one @ q >> cx >> one @ q
    found = graph.extract(diagram)
    assert sorted(box.name for box in found.diagram.boxes) == ["CX", "P"]
    assert found.verdict == "equal"


def test_a_theory_of_ones_own_with_a_matrix():
    v, w = Box("v", q @ q, q @ q), Box("w", q, q)
    iswap = np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]])
    model = UnitaryModel("iswap", {"v": iswap, "w": np.diag([1, -1])})
    signature = v.signature.join(w.signature)
    rules = [
        Rule("vv", v >> v, w @ w),
        Rule("ww", w >> w, Diagram.id(q)),
        Rule("slide", w @ q >> v, v >> q @ w),
    ]
    theory = Theory("iswaps", signature, rules)
    found = WireGraph(theory, model).extract(v >> w @ w >> v >> v >> v)
    assert found.cost == 2.0
    assert found.verdict == "equal"
    assert abs(float(found.phase)) < 1e-9
    with pytest.raises(RewriteError, match="no unitary model is registered"):
        WireGraph(theory)
    wrong = Theory("wrong", signature, [Rule("v = w w", v.diagram, w @ w)])
    with pytest.raises(RewriteError, match="two sides of rule 'v = w w' differ"):
        WireGraph(wrong, model)
    with pytest.raises(RewriteError, match="is not unitary"):
        WireGraph(theory, UnitaryModel("bad", {"v": iswap * 2, "w": np.eye(2)}))
    with pytest.raises(RewriteError, match="does not say what"):
        WireGraph(theory, UnitaryModel("less", {"v": iswap}))


@pytest.mark.parametrize("theory", [comonoid(), bialgebra()])
def test_theories_without_a_unitary_model_are_refused(theory):
    with pytest.raises(RewriteError, match=r"no unitary model is registered .* EGraph"):
        WireGraph(theory)


def test_boxes_that_are_not_unitary_are_refused():
    theory = comonoid()
    model = UnitaryModel("none", {"n": np.eye(4), "c": np.eye(2)})
    with pytest.raises(RewriteError, match="1 inputs and 2 outputs, so it is not unitary"):
        WireGraph(theory, model)
    with pytest.raises(DoctrineError):
        WireGraph(group(), model)
    graph = WireGraph(GATES)
    with pytest.raises(RewriteError, match="no unitary circuit"):
        graph.add(Circuit(1, [Gate("reset", (0,))]).to_diagram())
    with pytest.raises(RewriteError, match="add a diagram first"):
        graph.saturate()
    with pytest.raises(RewriteError, match="add a diagram first"):
        graph.extract()
    with pytest.raises(RewriteError, match="negative cost"):
        graph.extract(Circuit(1, [Gate("h", (0,)), Gate("h", (0,))]).to_diagram(), cost={"h": -1.0})


def test_the_verifier_has_the_last_word(monkeypatch):
    """What the model does not confirm is not given out."""
    circuit = Circuit(1, [Gate("h", (0,)), Gate("h", (0,))]).to_diagram()
    graph = WireGraph(GATES)
    monkeypatch.setattr(UnitaryModel, "compare", lambda *_, **__: ("unknown", None))
    found = graph.extract(circuit)
    assert (found.verdict, found.cost, found.optimal) == ("unknown", 2.0, False)
    assert graph.equal(circuit, Circuit(1).to_diagram()) is None


def test_windows_by_wires():
    circuit = random_circuit(random.Random(5), 3, 24)
    for facts in (False, True):
        found = saturate_circuit(circuit, qubits=3, gates=12, sweeps=1, engine="wires", facts=facts)
        assert len(found) < len(circuit)
        verdict = verify(circuit, found)
        assert (verdict.answer, verdict.global_phase) == ("equal", 0)
    with pytest.raises(ArgumentError, match="net or wires"):
        saturate_window(circuit, engine="term")


def test_event_net_and_wires_agree():
    rng = random.Random(3)
    for _ in range(2):
        diagram = random_circuit(rng, 2, 5).to_diagram()
        limits = Limits(seconds=30, depth=3, places=1500, transitions=4000)
        net = EGraph(GATES).extract(diagram, limits=limits)
        wires = WireGraph(GATES).extract(diagram, limits=Limits(seconds=30, depth=5, places=3000))
        assert wires.cost <= net.cost


def test_phase_places_are_equal_circuits():
    moved = 0
    for seed in range(40):
        rng = random.Random(seed)
        circuit = random_circuit(rng, rng.randint(2, 4), rng.randint(5, 25))
        for about_x in (False, True):
            for form in PhasePlaces(about_x=about_x).forms(circuit.to_diagram()):
                moved += 1
                assert verify(circuit, Circuit.from_diagram(form)).answer == "equal", seed
    assert moved > 50
    assert len(list(PhasePlaces(most=1).forms(circuit.to_diagram()))) <= 1
    assert not list(PhasePlaces().forms(Circuit(1, [Gate("t", (0,))]).to_diagram()))
    theory = clifford_t_circuits()
    assert not list(PhasePlaces().forms(theory.signature["H"].diagram))


def test_facts_find_what_rules_of_bounded_size_do_not():
    """Two phases on one parity, eight gates apart: they are one gate with the facts."""
    one, other = (Gate("p", (1,), (Fraction(k, 4),)) for k in (1, 3))
    first, second = Gate("cx", (0, 1)), Gate("cx", (2, 1))
    gates = [one, first, other, second, other, first, other, second, one]
    diagram = Circuit(3, gates).to_diagram()
    limits = Limits(seconds=60, depth=1, places=4000)
    without = WireGraph(GATES).extract(diagram, limits=limits)
    facts = WireGraph(GATES, analyses=[PhasePlaces()]).extract(diagram, limits=limits)
    assert facts.verdict == "equal"
    assert (without.cost, facts.cost) == (9.0, 8.0)
